//! A layout rehearsed: what a department file says of itself in `[[test]]`, played through the compiled layout.
//!
//! A rehearsal is what a row really goes through, agreement included, only without a batch. It compares text with text
//! and names what differs; where that stands in a file is the caller's affair.

use crate::{Compiled, Facts, UNIT_SEPARATOR};
use model::define::Agreement;
use model::{CaseNo, Code, Dictionary, Finding, Header, Incoming, Items, MatterId, Op, Row, Standing, Value};
use std::collections::{BTreeMap, BTreeSet};

#[cfg(test)]
mod tests;

/// What can be given to a row that is written, and expected of one that is read, beside items.
pub const FACTS: &[&str] = &[
    "case_no",
    "ent_class",
    "matter",
    "op",
    "reason",
    "result_date",
    "standing",
];
/// The same, for writing only.
pub const WRITTEN: &[&str] = &["message_id", "row_no"];
/// The same, for reading only.
pub const READ: &[&str] = &["receipt_no", "return_code", "review", "row_no", "source_seq"];

/// Which way the row goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// Items and facts become columns.
    Out,
    /// Columns become items and facts.
    In,
}

/// Texts by name; several values of a repeating item are a list.
pub type Texts = BTreeMap<String, Vec<String>>;

/// What should come of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expect {
    /// These texts; what is not named is not compared, an empty text means nothing there.
    Texts(Texts),
    /// A refusal with this code, in this column where one is named.
    Refusal(Code, Option<String>),
}

/// What differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Miss {
    /// A name that can be neither given nor expected; the names that can.
    Unknown(String, Vec<String>),
    /// Under this name (empty: of the whole), this was expected and that was found.
    Differs {
        /// The name.
        key: String,
        /// Expected.
        expected: String,
        /// Found.
        found: String,
    },
}

/// Plays a row through a layout. Empty where everything is as expected.
pub fn rehearse(
    layout: &Compiled,
    agreement: &Agreement,
    dictionary: &Dictionary,
    way: Way,
    given: &Texts,
    expect: &Expect,
) -> Vec<Miss> {
    let unknown = unknown(layout, dictionary, way, given, expect);
    if !unknown.is_empty() {
        return unknown;
    }
    let made = match way {
        Way::Out => written(layout, agreement, dictionary, given),
        Way::In => read(layout, dictionary, given),
    };
    compare(made, expect)
}

fn unknown(layout: &Compiled, dictionary: &Dictionary, way: Way, given: &Texts, expect: &Expect) -> Vec<Miss> {
    let columns: BTreeSet<&str> = layout.columns().collect();
    let words = |more: &'static [&'static str]| FACTS.iter().chain(more).copied();
    let items = || dictionary.iter().map(|def| &*def.id);
    let none = Texts::new();
    let expected = match expect {
        Expect::Texts(texts) => texts,
        Expect::Refusal(..) => &none,
    };
    let (facts, cells, known): (_, _, BTreeSet<&str>) = match way {
        Way::Out => (given, expected, words(WRITTEN).chain(items()).collect()),
        Way::In => (expected, given, words(READ).chain(items()).collect()),
    };
    let mut misses = Vec::new();
    for (names, known) in [(facts, &known), (cells, &columns)] {
        for name in names.keys().filter(|name| !known.contains(name.as_str())) {
            let known = known.iter().map(|k| (*k).to_owned()).collect();
            misses.push(Miss::Unknown(name.clone(), known));
        }
    }
    misses
}

/// What a row says by name, or why there is none.
type Made = Result<BTreeMap<String, String>, Vec<Finding>>;

fn written(layout: &Compiled, agreement: &Agreement, dictionary: &Dictionary, given: &Texts) -> Made {
    let text = |name: &str| given.get(name).and_then(|texts| texts.first()).map(String::as_str);
    let wrong = |name: &str| vec![Finding::new(Code::EFormat).with("column", name).column(name)];
    let mut items = Items::new();
    for (name, texts) in given {
        let def = dictionary.find(name).filter(|_| !FACTS.contains(&name.as_str()));
        if let Some(def) = def {
            let value = match (def.repeating, texts.as_slice()) {
                (true, texts) => Value::List(texts.iter().map(|t| t.as_str().into()).collect()),
                (false, [only]) => Value::text(only.as_str()),
                (false, _) => return Err(wrong(name)),
            };
            items.insert(def.no, value);
        }
    }
    let row_no = match text("row_no") {
        None => 1,
        Some(number) => number.parse().map_err(|_| wrong("row_no"))?,
    };
    let op = text("op")
        .map_or(Some(Op::Submit), Op::from_word)
        .ok_or_else(|| wrong("op"))?;
    let standing = match text("standing") {
        None => None,
        Some(word) => Some(Standing::from_word(word).ok_or_else(|| wrong("standing"))?),
    };
    let (case_no, matter) = (
        CaseNo::new(text("case_no").unwrap_or_default()),
        MatterId::new(text("matter").unwrap_or_default()),
    );
    let facts = Facts {
        case_no: &case_no,
        ent_class: text("ent_class").unwrap_or_default(),
        matter: &matter,
        op,
        items: &items,
        token: text("message_id").unwrap_or_default(),
        row_no,
        reason: text("reason"),
        result_date: text("result_date"),
        standing,
    };
    let row = layout.write(&facts, agreement, None)?;
    let names = layout.header().names().iter();
    let cell = |cell: Option<Box<str>>| cell.map(|text| shown(&text)).unwrap_or_default();
    Ok(names
        .zip(row.cells)
        .map(|(name, text)| (name.to_string(), cell(text)))
        .collect())
}

fn read(layout: &Compiled, dictionary: &Dictionary, given: &Texts) -> Made {
    let separator = UNIT_SEPARATOR.to_string();
    // A column the test does not name is there and empty.
    let names: Vec<&str> = layout.columns().collect();
    let cells = names
        .iter()
        .map(|name| given.get(*name).map(|texts| texts.join(&separator).into()))
        .collect();
    let bound = layout.bind(&Header::new(names)).map_err(|finding| vec![finding])?;
    let (incoming, _) = bound.read(&Row { line: 1, cells })?;
    Ok(said(&incoming, dictionary))
}

/// Everything a row that was read says, by name.
fn said(incoming: &Incoming, dictionary: &Dictionary) -> BTreeMap<String, String> {
    let mut said: BTreeMap<String, String> = BTreeMap::new();
    let review = || {
        let named = incoming.review.iter().map(|no| dictionary.id(*no));
        named.collect::<Vec<_>>().join("; ")
    };
    let facts = [
        ("review", (!incoming.review.is_empty()).then(review)),
        ("case_no", incoming.case_no.as_ref().map(ToString::to_string)),
        ("ent_class", incoming.ent_class.as_deref().map(str::to_owned)),
        ("matter", incoming.matter.as_ref().map(ToString::to_string)),
        ("op", incoming.op.map(|op| op.word().to_owned())),
        ("reason", incoming.reason.as_deref().map(str::to_owned)),
        ("receipt_no", incoming.receipt_no.as_deref().map(str::to_owned)),
        ("result_date", incoming.result_date.as_deref().map(str::to_owned)),
        ("return_code", incoming.return_code.as_deref().map(str::to_owned)),
        ("row_no", incoming.row_no.map(|no| no.to_string())),
        ("source_seq", incoming.source_seq.as_deref().map(str::to_owned)),
        ("standing", incoming.standing.map(|standing| standing.to_string())),
    ];
    for (no, value) in &incoming.items {
        let text = match value {
            Value::Text(text) => text.to_string(),
            Value::List(texts) => texts.join("; "),
        };
        said.insert(dictionary.id(*no).to_owned(), text);
    }
    said.extend(
        facts
            .into_iter()
            .filter_map(|(name, text)| Some((name.to_owned(), text?))),
    );
    said
}

/// Several values of one cell, for people.
fn shown(text: &str) -> String {
    text.split(UNIT_SEPARATOR).collect::<Vec<_>>().join("; ")
}

fn compare(made: Made, expect: &Expect) -> Vec<Miss> {
    let differs = |key: &str, expected: String, found: String| Miss::Differs {
        key: key.to_owned(),
        expected,
        found,
    };
    match (made, expect) {
        (Ok(made), Expect::Texts(texts)) => texts
            .iter()
            .map(|(name, texts)| (name, texts.join("; "), made.get(name).cloned().unwrap_or_default()))
            .filter(|(_, expected, found)| expected != found)
            .map(|(name, expected, found)| differs(name, expected, found))
            .collect(),
        (Ok(_), Expect::Refusal(code, column)) => vec![differs("", at(*code, column.as_deref()), "-".to_owned())],
        (Err(findings), Expect::Texts(_)) => vec![differs("", "-".to_owned(), all(&findings))],
        (Err(findings), Expect::Refusal(code, column)) => {
            let meant = |f: &Finding| f.code == *code && (column.is_none() || f.place.column == *column);
            match findings.iter().any(meant) {
                true => Vec::new(),
                false => vec![differs("", at(*code, column.as_deref()), all(&findings))],
            }
        }
    }
}

/// A code and the column it is about.
fn at(code: Code, column: Option<&str>) -> String {
    column.map_or_else(|| code.to_string(), |column| format!("{code} {column}"))
}

fn all(findings: &[Finding]) -> String {
    let said: Vec<String> = findings.iter().map(|f| at(f.code, f.place.column.as_deref())).collect();
    said.join(", ")
}
