//! Departments of the scenario, field by field: what the domain notes show of their files, as items and back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::Compiled;
use crate::testing::*;
use model::check;
use model::define::Layout;
use model::{Header, Incoming, Row, Standing};
use proptest::prelude::*;

/// The first case of the scenario.
fn case() -> model::Items {
    items(&[
        ("ent_name", "北京测试一号生物制剂有限公司"),
        ("reg_no", "110199000000011"),
        ("org_code", "123456788"),
        ("industry_code", "2760"),
        ("reg_capital", "100.000000"),
        ("main_product", "生物制剂"),
        ("apply_date", "2026-03-02"),
        ("licence_issue_date", "2026-03-16"),
        ("rep_name", "张测试"),
        ("rep_id_type", "111"),
        ("rep_id_no", "110199197602140073"),
        ("rep_tel", "13800138000"),
        ("addr", "北京市海淀区示例路１号"),
        ("tel", "010-55550100"),
    ])
}

/// Writes the case, compares it with the file of the domain notes, and reads that file back into the same items.
fn there_and_back(layout: &Layout, file: &[(&str, &str)]) {
    let compiled = compiled(layout);
    let all = case();
    let row = with_facts(&all, |facts| compiled.write(&facts, &agreement(), None)).unwrap();
    let names = compiled.header().names().iter().map(|n| &**n);
    let written: Vec<(&str, &str)> = names.zip(row.cells.iter().map(|c| c.as_deref().unwrap())).collect();
    assert_eq!(written, file);

    let sent: model::Items = all
        .into_iter()
        .filter(|(item, _)| compiled.items().contains(item))
        .collect();
    assert_eq!(take(&compiled, file).items, sent);
}

/// Reads one row, its columns in the opposite order.
fn take(compiled: &Compiled, file: &[(&str, &str)]) -> Incoming {
    let header = Header::new(file.iter().rev().map(|(name, _)| *name));
    let cells = file.iter().rev().map(|(_, text)| Some((*text).into())).collect();
    let (incoming, warnings) = compiled.bind(&header).unwrap().read(&Row { line: 1, cells }).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    incoming
}

fn park_submit() -> Layout {
    layout(
        "utf-8",
        vec![
            field("msgId", "is:message_id", &[], &[]),
            required(field("caseNo", "is:case_no", &[], &[])),
            required(field("entName", "ent_name", &[], &[])),
            field("entClass", "is:ent_class", &[], &[]),
            field("industryCode", "industry_code", &[], &[]),
            field("regCapitalYuan", "reg_capital", &["wan_to_yuan"], &["yuan_to_wan"]),
            required(field("regNo", "reg_no", &[], &[])),
            field("legalRep.name", "rep_name", &[], &[]),
            field(
                "legalRep.idType",
                "rep_id_type",
                &["dict:park_id_type"],
                &["dict:park_id_type"],
            ),
            field("legalRep.idNo", "rep_id_no", &[], &[]),
            field("legalRep.phone", "rep_tel", &[], &[]),
            field("mainProduct", "main_product", &[], &[]),
            field("applyDate", "apply_date", &["date:%Y-%m-%d"], &["date:%Y-%m-%d"]),
        ],
    )
}

#[test]
fn park_request() {
    there_and_back(
        &park_submit(),
        &[
            ("msgId", "HUB-PARK-20260323-000001"),
            ("caseNo", CASE_NO),
            ("entName", "北京测试一号生物制剂有限公司"),
            ("entClass", "000001"),
            ("industryCode", "2760"),
            ("regCapitalYuan", "1000000.00"),
            ("regNo", "110199000000011"),
            ("legalRep.name", "张测试"),
            ("legalRep.idType", "1"),
            ("legalRep.idNo", "110199197602140073"),
            ("legalRep.phone", "13800138000"),
            ("mainProduct", "生物制剂"),
            ("applyDate", "2026-03-02"),
        ],
    );
}

#[test]
fn park_result() {
    let layout = layout(
        "utf-8",
        vec![
            field("seq", "is:source_seq", &[], &[]),
            field("caseNo", "is:case_no", &[], &[]),
            required(field("result", "is:status", &[], &[])),
            field("certNo", "hitech_cert_no", &[], &[]),
            field("certDate", "is:result_date", &[], &[]),
            field("opinion", "is:reason", &[], &[]),
        ],
    );
    let file = [
        ("seq", "1"),
        ("caseNo", CASE_NO),
        ("result", "PASS"),
        ("certNo", "GX20260001"),
        ("certDate", "2026-04-01"),
        ("opinion", ""),
    ];
    let incoming = take(&compiled(&layout), &file);
    assert_eq!(incoming.standing, Some(Standing::Approved));
    assert_eq!(incoming.items, items(&[("hitech_cert_no", "GX20260001")]));
    assert_eq!(incoming.result_date.as_deref(), Some("2026-04-01"));
    assert_eq!(incoming.source_seq.as_deref(), Some("1"));
}

#[test]
fn ltax_file() {
    let layout = layout(
        "gbk",
        vec![
            field("序号", "is:row_no", &[], &[]),
            field("业务编号", "is:case_no", &[], &[]),
            required(field("纳税人名称", "ent_name", &[], &[])),
            field("注册号", "reg_no", &["fullwidth"], &["width_code"]),
            at_most(field("组织机构代码", "org_code", &["hyphen_org"], &["unhyphen"]), 10),
            field("法定代表人", "rep_name", &[], &[]),
            field("身份证号码", "rep_id_no", &[], &[]),
            field("注册地址", "addr", &[], &[]),
            // No `in`: the way back is the inverse.
            field("联系电话", "tel", &["fullwidth"], &[]),
            field(
                "注册资本(元)",
                "reg_capital",
                &["wan_to_yuan", "group_commas"],
                &["strip_commas", "yuan_to_wan"],
            ),
            field("行业代码", "industry_code", &[], &[]),
            field("登记日期", "licence_issue_date", &["date:%Y-%m-%d"], &[]),
        ],
    );
    there_and_back(
        &layout,
        &[
            ("序号", "1"),
            ("业务编号", CASE_NO),
            ("纳税人名称", "北京测试一号生物制剂有限公司"),
            ("注册号", "１１０１９９０００００００１１"),
            ("组织机构代码", "12345678-8"),
            ("法定代表人", "张测试"),
            ("身份证号码", "110199197602140073"),
            ("注册地址", "北京市海淀区示例路１号"),
            ("联系电话", "０１０－５５５５０１００"),
            ("注册资本(元)", "1,000,000.00"),
            ("行业代码", "2760"),
            ("登记日期", "2026-03-16"),
        ],
    );
}

#[test]
fn ntax_file() {
    let mut fields = vec![
        field("YWBH", "is:case_no", &[], &[]),
        at_most(field("NSRMC", "ent_name", &[], &[]), 80),
        field("ZCH", "reg_no", &[], &[]),
        field("ZZJGDM", "org_code", &[], &[]),
        at_most(field("FDDBR", "rep_name", &[], &[]), 30),
        field("SFZHM", "rep_id_no", &[], &[]),
        at_most(field("ZCDZ", "addr", &[], &[]), 80),
        at_most(field("LXDH", "tel", &[], &[]), 20),
    ];
    fields.push(field("ZCZB", "reg_capital", &["scale:2"], &[]));
    fields.push(field("HYDM", "industry_code", &[], &[]));
    fields.push(field("DJRQ", "licence_issue_date", &["date:%Y%m%d"], &[]));
    let layout = layout("cp936", fields);
    let file = [
        ("YWBH", CASE_NO),
        ("NSRMC", "北京测试一号生物制剂有限公司"),
        ("ZCH", "110199000000011"),
        ("ZZJGDM", "123456788"),
        ("FDDBR", "张测试"),
        ("SFZHM", "110199197602140073"),
        ("ZCDZ", "北京市海淀区示例路１号"),
        ("LXDH", "010-55550100"),
        ("ZCZB", "100.00"),
        ("HYDM", "2760"),
        ("DJRQ", "20260316"),
    ];
    there_and_back(&layout, &file);
    // The department writes one decimal where one is enough.
    let short = file.map(|(name, text)| if name == "ZCZB" { (name, "100.0") } else { (name, text) });
    let compiled = compiled(&layout);
    assert_eq!(take(&compiled, &short).items, take(&compiled, &file).items);
}

#[test]
fn ntax_return_disk() {
    let layout = layout(
        "gbk",
        vec![
            field("YWBH", "is:case_no", &[], &[]),
            required(field("CLJG", "is:return_code", &[], &[])),
            field("CLSM", "is:reason", &[], &[]),
            field("NSRSBH", "tax_no_national", &[], &[]),
            field("ZGSWS", "tax_office", &[], &[]),
            field("DJRQ", "is:result_date", &[], &["date:%Y%m%d"]),
        ],
    );
    let file = [
        ("ywbh", CASE_NO),
        ("cljg", "0000"),
        ("clsm", ""),
        ("nsrsbh", "110108123456788"),
        ("zgsws", "海淀第一税务所"),
        ("djrq", "20260413"),
    ];
    let incoming = take(&compiled(&layout), &file);
    assert_eq!(incoming.return_code.as_deref(), Some("0000"));
    assert_eq!(
        incoming.items,
        items(&[("tax_no_national", "110108123456788"), ("tax_office", "海淀第一税务所")])
    );
    assert_eq!(incoming.result_date.as_deref(), Some("2026-04-13"));
}

/// Capital in 万元 with two implied decimals: a third one would lose yuan.
#[test]
fn stat_capital() {
    let layout = layout(
        "gbk",
        vec![
            field("业务编号", "is:case_no", &[], &[]),
            field("注册资本", "reg_capital", &["implied:2"], &[]),
        ],
    );
    there_and_back(&layout, &[("业务编号", CASE_NO), ("注册资本", "10000")]);
    let compiled = compiled(&layout);
    for (capital, expected) in [
        ("50.500000", Ok("5050")),
        ("0.010000", Ok("1")),
        ("50.505000", Err("2006")),
    ] {
        let items = items(&[("reg_capital", capital)]);
        let written = with_facts(&items, |facts| compiled.write(&facts, &agreement(), None));
        let cell = written.map(|row| row.cells[1].as_deref().unwrap().to_owned());
        let codes = cell.map_err(|findings| findings[0].code.return_code());
        assert_eq!(codes.as_deref(), expected.as_deref(), "{capital}");
    }
}

#[test]
fn epb_rows() {
    let out = layout(
        "utf-8",
        vec![
            field("PROJID", "is:case_no", &[], &[]),
            field("STDVER", "is:const=2", &[], &[]),
            field("BLOCK", "is:matter", &[], &[]),
            field("OP", "is:op", &["dict:epb_op"], &[]),
            field("SQDWMC", "ent_name", &[], &[]),
            field("XMDZ", "addr", &[], &[]),
            field("HYDM", "industry_code", &[], &[]),
            field("ZTZ", "reg_capital", &[], &[]),
        ],
    );
    let file = [
        ("PROJID", CASE_NO),
        ("STDVER", "2"),
        ("BLOCK", "park.hitech"),
        ("OP", "I"),
        ("SQDWMC", "北京测试一号生物制剂有限公司"),
        ("XMDZ", "北京市海淀区示例路１号"),
        ("HYDM", "2760"),
        ("ZTZ", "100.000000"),
    ];
    there_and_back(&out, &file);

    let mut certificate = field("CERTIFICATENO", "eia_no", &[], &[]);
    certificate.check = Some("doc_no".into());
    let mut back = layout(
        "utf-8",
        vec![
            field("PROJID", "is:case_no", &[], &[]),
            field("STDVER", "is:status_version", &[], &[]),
            field("DONERESULT", "is:status", &[], &[]),
            field("EXITRES", "is:reason", &[], &[]),
            certificate,
            field("OCCURTIME", "is:result_date", &[], &["before: "]),
        ],
    );
    back.status = [("1:6", Standing::Closed), ("2:0", Standing::Approved)]
        .map(|(word, standing)| (word.to_owned(), standing))
        .into();
    let file = [
        ("PROJID", CASE_NO),
        ("STDVER", "2"),
        ("DONERESULT", "0"),
        ("EXITRES", ""),
        ("CERTIFICATENO", "海环审字〔2026〕1号"),
        ("OCCURTIME", "2026-03-12 15:00:00"),
    ];
    let incoming = take(&compiled(&back), &file);
    assert_eq!(incoming.standing, Some(Standing::Approved));
    assert_eq!(incoming.items, items(&[("eia_no", "海环审字〔2026〕1号")]));
    assert_eq!(incoming.result_date.as_deref(), Some("2026-03-12"));
}

#[test]
fn aic_forms() {
    let form = |fields| layout("utf-8", fields);
    let name = form(vec![
        field("case_no", "is:case_no", &[], &[]),
        required(field("name_approval_no", "name_approval_no", &[], &[])),
        field("ent_name_valid_to", "ent_name_valid_to", &[], &[]),
    ]);
    let keyed = [
        ("name_approval_no", "（京海）名称预核（内）字〔2026〕第0000001号"),
        ("ent_name_valid_to", "2026-09-08"),
        ("case_no", CASE_NO),
    ];
    assert_eq!(take(&compiled(&name), &keyed).items, items(&keyed[..2]));
    let licence = form(vec![
        field("case_no", "is:case_no", &[], &[]),
        required(field("reg_no", "reg_no", &[], &[])),
        required(field("licence_issue_date", "licence_issue_date", &[], &[])),
        field("licence_authority", "licence_authority", &[], &[]),
    ]);
    let keyed = [
        ("reg_no", "110199000000011"),
        ("licence_issue_date", "2026-03-16"),
        ("case_no", CASE_NO),
    ];
    assert_eq!(take(&compiled(&licence), &keyed).items, items(&keyed[..2]));
}

/// Facts that lie far apart, so that a mistake of one place does not look like another's.
fn any_case() -> impl Strategy<Value = model::Items> {
    let org = "[0-9A-Z]{8}".prop_map(|body| format!("{body}{}", check::org_code::check_char(&body).unwrap()));
    let days = (2000i16..2030, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| format!("{y}-{m:02}-{d:02}"));
    let cents = (0u64..1_000_000_000_000_000).prop_map(|c| format!("{}.{:06}", c / 1_000_000, c % 1_000_000));
    let name = "[北京市测试一二三号科技有限公司]{2,20}";
    let address = "[北京市海淀区中关村大街路号院楼0-9０-９]{1,30}";
    (org, days, cents, name, address, "1[38][0-9]{9}").prop_map(|(org, day, wan, name, address, tel)| {
        items(&[
            ("ent_name", &name),
            ("org_code", &org),
            ("licence_issue_date", &day),
            ("reg_capital", &wan),
            ("addr", &address),
            ("tel", &tel),
        ])
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back_as_it_was(case in any_case()) {
        for date in ["date:%Y-%m-%d", "date:%Y%m%d", "date:%Y年%-m月%-d日", "date:%Y/%-m/%-d"] {
            let layout = layout("gb18030", vec![
                field("编号", "is:case_no", &[], &[]),
                field("名称", "ent_name", &[], &[]),
                field("机构", "org_code", &["hyphen_org", "fullwidth"], &[]),
                field("资本", "reg_capital", &["wan_to_yuan", "group_commas"], &["strip_commas", "yuan_to_wan"]),
                field("日期", "licence_issue_date", &[date], &[]),
                field("电话", "tel", &["fullwidth"], &[]),
                field("地址", "addr", &[], &[]),
            ]);
            let compiled = compiled(&layout);
            let row = with_facts(&case, |facts| compiled.write(&facts, &agreement(), None)).unwrap();
            let (incoming, _) = compiled.bind(compiled.header()).unwrap().read(&row).unwrap();
            prop_assert_eq!(&incoming.items, &case);
        }
    }
}

#[test]
fn what_does_not_resolve_is_said_all_at_once() {
    let mut fields = vec![
        field("a", "reg_capital", &["yuan_to_pound"], &["dict:nowhere"]),
        field("b", "ent_name", &["date:%Y"], &[]),
        field("a", "addr", &[], &[]),
    ];
    fields[1].check = Some("astrology".into());
    fields.push(model::define::Field {
        name: "c".into(),
        meaning: model::define::Meaning::Item(model::ItemNo(999)),
        ..Default::default()
    });
    let findings = Compiled::new(&layout("big5", fields), &dictionary(), &codes()).unwrap_err();
    assert_eq!(
        said(&findings),
        [
            "S_TWICE a",
            "S_WORD encoding",
            "S_UNKNOWN_TRANSFORM a",
            "S_UNKNOWN_CODES a",
            "S_TRANSFORM_ARG b",
            "S_UNKNOWN_CHECK b",
            "S_UNKNOWN_ITEM c",
        ]
    );
}
