//! What the tests of this crate share: a small dictionary, code tables, an agreement, layouts in few words.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::{Compiled, Facts};
use model::define::{Agreement, CodeTable, Field, Layout, Meaning};
use model::{
    CaseNo, Dictionary, Finding, Header, ItemDef, ItemKind, ItemNo, Items, MatterId, Op, Row, Standing, Value,
};

pub(crate) const CASE_NO: &str = "110108202603020000019";

/// Number, name, type as in the dictionary file, check, code table.
const ITEMS: &[(u16, &str, &str, &str, &str)] = &[
    (1, "ent_name", "C100", "name_ent", ""),
    (2, "name_approval_no", "C40", "name_approval_no", ""),
    (3, "ent_name_valid_to", "D", "date", ""),
    (4, "ent_type", "C4", "", ""),
    (5, "reg_no", "C15", "reg_no15", ""),
    (6, "org_code", "C9", "org_code", ""),
    (7, "licence_issue_date", "D", "", ""),
    (8, "licence_authority", "C60", "", ""),
    (9, "term_from", "D", "", ""),
    (10, "term_to", "D", "", ""),
    (11, "addr", "C120", "", ""),
    (12, "tel", "C24", "phone", ""),
    (13, "industry_code", "C5", "", ""),
    (14, "main_product", "C100", "", ""),
    (15, "reg_capital", "N16.6", "amount_wan", ""),
    (16, "staff_count", "N6", "", ""),
    (17, "rep_name", "C60", "person", ""),
    (18, "rep_id_type", "C3", "", "id_type"),
    (19, "rep_id_no", "C20", "by_type", ""),
    (20, "rep_sex", "C1", "", ""),
    (21, "rep_tel", "C24", "phone", ""),
    (22, "fin_id_no", "C20", "by_type", ""),
    (23, "inv_name", "C100", "", ""),
    (24, "inv_id_type", "C3", "", "id_type"),
    (25, "inv_id_no", "C20", "by_type", ""),
    (26, "inv_ratio", "N5.2", "", ""),
    (27, "apply_date", "D", "", ""),
    (28, "ent_class", "C6", "", ""),
    (29, "hitech_cert_no", "C20", "", ""),
    (30, "seal_codes", "C13", "seal_code", ""),
    (31, "tax_no_local", "C20", "tax_no", ""),
    (32, "tax_no_national", "C20", "tax_no", ""),
    (33, "tax_office", "C40", "", ""),
    (34, "scope", "C1000", "", ""),
    (35, "block_date", "D", "", ""),
    (36, "eia_no", "C40", "", ""),
];

pub(crate) fn dictionary() -> Dictionary {
    Dictionary::new(ITEMS.iter().map(|(no, id, kind, check, codes)| {
        let (letter, size) = kind.split_at(1);
        let (digits, scale) = size.split_once('.').unwrap_or((size, "0"));
        ItemDef {
            no: ItemNo(*no),
            id: (*id).into(),
            zh: (*id).into(),
            en: (*id).into(),
            kind: match letter {
                "N" => ItemKind::Decimal {
                    digits: digits.parse().unwrap(),
                    scale: scale.parse().unwrap(),
                },
                "D" => ItemKind::Date,
                _ => ItemKind::Text,
            },
            max_len: digits.parse().unwrap_or(10),
            repeating: id.starts_with("inv_") || *id == "seal_codes",
            mask: None,
            check: (!check.is_empty()).then(|| (*check).into()),
            codes: (!codes.is_empty()).then(|| (*codes).into()),
            open_end: *id == "term_to",
            shared: true,
        }
    }))
}

fn table(name: &str, pairs: &[(&str, &str)]) -> CodeTable {
    CodeTable {
        name: name.into(),
        version: "1".into(),
        date: "2026-01-01".parse().unwrap(),
        pairs: pairs.iter().map(|(l, r)| ((*l).to_owned(), (*r).to_owned())).collect(),
    }
}

pub(crate) fn codes() -> Vec<CodeTable> {
    let all = ["111", "414", "511", "516"];
    vec![
        table("id_type", &all.map(|code| (code, code))),
        table("park_id_type", &[("1", "111"), ("2", "414")]),
        table("epb_op", &[("I", "submit"), ("U", "amend")]),
        table("ret_code", &[("成功", "0000"), ("失败", "9999")]),
    ]
}

pub(crate) fn no(id: &str) -> ItemNo {
    dictionary().find(id).unwrap().no
}

/// An agreement that lists every item except these.
pub(crate) fn agreement_without(ids: &[&str]) -> Agreement {
    let items = dictionary()
        .iter()
        .map(|def| def.no)
        .filter(|item| !ids.iter().any(|id| no(id) == *item))
        .collect();
    let expires = "2026-12-31".parse().unwrap();
    Agreement {
        id: "BM-2026-007".into(),
        basis: String::new(),
        purpose: String::new(),
        expires,
        items,
    }
}

pub(crate) fn agreement() -> Agreement {
    agreement_without(&[])
}

/// A field: column, what it means (an item's name, `is:…` for anything else), out, in.
pub(crate) fn field(name: &str, means: &str, out: &[&str], in_: &[&str]) -> Field {
    let owned = |specs: &[&str]| specs.iter().map(|s| (*s).to_owned()).collect();
    let meaning = match means.strip_prefix("is:") {
        None => Meaning::Item(no(means)),
        Some("case_no") => Meaning::CaseNo,
        Some("ent_class") => Meaning::EntClass,
        Some("row_no") => Meaning::RowNo,
        Some("message_id") => Meaning::MessageId,
        Some("status") => Meaning::Status,
        Some("status_version") => Meaning::StatusVersion,
        Some("return_code") => Meaning::ReturnCode,
        Some("reason") => Meaning::Reason,
        Some("source_seq") => Meaning::SourceSeq,
        Some("receipt_no") => Meaning::ReceiptNo,
        Some("batch_no") => Meaning::BatchNo,
        Some("op") => Meaning::Operation,
        Some("result_date") => Meaning::ResultDate,
        Some("matter") => Meaning::Matter,
        Some("attachments") => Meaning::Attachments,
        Some("secrecy") => Meaning::Secrecy,
        Some("review") => Meaning::Review,
        Some("ignored") => Meaning::Ignored,
        Some(text) => Meaning::Const(text.strip_prefix("const=").unwrap().to_owned()),
    };
    Field {
        name: name.into(),
        meaning,
        out: owned(out),
        in_: owned(in_),
        ..Field::default()
    }
}

pub(crate) fn required(mut field: Field) -> Field {
    field.required = true;
    field
}

pub(crate) fn at_most(mut field: Field, max_bytes: u32) -> Field {
    field.max_bytes = Some(max_bytes);
    field
}

pub(crate) fn layout(encoding: &str, fields: Vec<Field>) -> Layout {
    let status = [
        ("受理", Standing::Accepted),
        ("补正", Standing::SupplementRequested),
        ("办结", Standing::Approved),
        ("退件", Standing::Returned),
        ("PASS", Standing::Approved),
        ("REJECT", Standing::Denied),
        ("SUPPLEMENT", Standing::SupplementRequested),
    ];
    Layout {
        name: "test".into(),
        encoding: encoding.into(),
        fields,
        status: status
            .into_iter()
            .map(|(word, standing)| (word.to_owned(), standing))
            .collect(),
        review: [
            ("校核", vec![]),
            ("资本有误", vec![no("reg_capital")]),
            ("法定代表人", vec![no("rep_name"), no("rep_id_no")]),
        ]
        .map(|(word, items): (&str, Vec<_>)| (word.to_owned(), items))
        .into(),
        null_words: vec!["NULL".into(), "－".into()],
        computed: Vec::new(),
    }
}

pub(crate) fn compiled(layout: &Layout) -> Compiled {
    Compiled::new(layout, &dictionary(), &codes()).unwrap()
}

pub(crate) fn row(cells: &[&str]) -> Row {
    Row {
        line: 7,
        cells: cells.iter().map(|c| Some((*c).into())).collect(),
    }
}

/// Reads one row whose header is the layout's own.
pub(crate) fn read(layout: &Layout, cells: &[&str]) -> Result<(model::Incoming, Vec<Finding>), Vec<Finding>> {
    let compiled = compiled(layout);
    let header = Header::new(layout.fields.iter().map(|f| f.name.as_str()));
    compiled.bind(&header).unwrap().read(&row(cells))
}

pub(crate) fn items(pairs: &[(&str, &str)]) -> Items {
    let value = |text: &str| match text.contains('|') {
        true => Value::List(text.split('|').map(Into::into).collect()),
        false => Value::text(text),
    };
    pairs.iter().map(|(id, text)| (no(id), value(text))).collect()
}

/// Facts for the tests' one case.
pub(crate) fn with_facts<R>(items: &Items, test: impl FnOnce(Facts<'_>) -> R) -> R {
    let (case_no, matter) = (CaseNo::new(CASE_NO), MatterId::new("park.hitech"));
    test(Facts {
        case_no: &case_no,
        ent_class: "000001",
        matter: &matter,
        op: Op::Submit,
        items,
        token: "HUB-PARK-20260323-000001",
        row_no: 1,
        reason: None,
        result_date: None,
        standing: None,
    })
}

/// Code and column of each finding: what the table-driven tests compare.
pub(crate) fn said(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|f| format!("{} {}", f.code, f.place.column.as_deref().unwrap_or("-")))
        .collect()
}
