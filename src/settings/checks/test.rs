//! `[[test]]`: each is played through the layout it names, and what differs is said where it stands.

use super::{Judge, Parsed};
use crate::diagnostic::{Sink, both};
use crate::lower;
use crate::suggest::{listed, nearest};
use crate::tables::department::DepartmentFile;
use crate::tables::test::{DirectionWord, TestTable, Texts};
use crate::tables::{text, value};
use mapping::rehearse::{Expect, Miss, Way, rehearse};
use mapping::{Compiled, rehearse};
use model::define::{CodeTable, Department};
use model::{Code, Dictionary, Finding};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;

type Given = BTreeMap<Spanned<String>, Spanned<Texts>>;

/// Judges the tests of a department, and plays them where nothing else is wrong with what they rest on: a test that fails
/// beside an error is that error's echo.
pub(crate) fn judge(parsed: &Parsed<DepartmentFile>, dictionary: &Dictionary, codes: &[CodeTable], sink: &mut Sink) {
    let rests_on = [parsed.file.as_str(), "dictionary.toml", "codes/"];
    let sound = !rests_on.iter().any(|file| sink.is_wrong(file));
    let mut judge = Judge {
        sink,
        file: &parsed.file,
        removed: &parsed.removed,
    };
    for test in &parsed.table.test {
        complete(&mut judge, test, &parsed.table);
    }
    if let Some(department) = lower::department(&parsed.table, dictionary).filter(|_| sound) {
        play(parsed, &department, dictionary, codes, sink);
    }
}

/// What must stand in a test, whether or not it can be played.
fn complete(judge: &mut Judge<'_>, test: &Spanned<TestTable>, dept: &DepartmentFile) {
    let (span, test) = (test.span(), test.get_ref());
    judge.need_text(&test.name, "name", &span);
    judge.need(&test.layout, "layout", &span);
    judge.need(&test.direction, "direction", &span);
    judge.need(&test.given, "given", &span);
    if let Some(layout) = &test.layout {
        let layouts: Vec<&str> = dept.layout.iter().map(|l| text(&l.get_ref().name)).collect();
        judge.known(Code::SUnknownLayout, layout, &layouts);
    }
    if let Some(code) = &test.expect_error {
        let known: Vec<&str> = Code::ALL
            .iter()
            .map(|c| c.word())
            .filter(|w| w.starts_with("E_"))
            .collect();
        judge.known(Code::SWord, code, &known);
    }
    match (&test.expect, &test.expect_error) {
        (None, None) => judge.need::<()>(&None, "expect", &span),
        (Some(_), Some(error)) => {
            let detail = both("expect 与 expect_error 只留一个", "keep one of expect and expect_error");
            judge.say(&error.span(), Finding::new(Code::SValue).with("detail", detail));
        }
        _ => {}
    }
    if let (Some(column), None) = (&test.column, &test.expect_error) {
        let detail = both("只与 expect_error 同用", "it goes with expect_error only");
        judge.say(&column.span(), Finding::new(Code::SValue).with("detail", detail));
    }
}

fn play(
    parsed: &Parsed<DepartmentFile>,
    department: &Department,
    dictionary: &Dictionary,
    codes: &[CodeTable],
    sink: &mut Sink,
) {
    for test in &parsed.table.test {
        let (span, test) = (test.span(), test.get_ref());
        let named = |l: &&model::define::Layout| l.name == text(&test.layout);
        let Some(layout) = department.layouts.iter().find(named) else {
            continue;
        };
        // What keeps a layout from being compiled was said where it stands.
        let Ok(compiled) = Compiled::new(layout, dictionary, codes) else {
            continue;
        };
        let (Some(way), Some(given)) = (value(&test.direction), value(&test.given)) else {
            continue;
        };
        let Some(expect) = expected(test) else { continue };
        let way = match way {
            DirectionWord::Out => Way::Out,
            DirectionWord::In => Way::In,
        };
        for miss in rehearse(
            &compiled,
            &department.agreement,
            dictionary,
            way,
            &plain(given),
            &expect,
        ) {
            say(sink, &parsed.file, test, &span, miss);
        }
    }
}

fn expected(test: &TestTable) -> Option<Expect> {
    match (value(&test.expect), value(&test.expect_error)) {
        (Some(texts), None) => Some(Expect::Texts(plain(texts))),
        (None, Some(code)) => Some(Expect::Refusal(Code::from_word(code)?, value(&test.column).cloned())),
        _ => None,
    }
}

fn plain(texts: &Given) -> rehearse::Texts {
    let pairs = texts.iter();
    pairs
        .map(|(n, t)| (n.get_ref().clone(), t.get_ref().0.clone()))
        .collect()
}

fn say(sink: &mut Sink, file: &str, test: &TestTable, whole: &Range<usize>, miss: Miss) {
    let maps = [value(&test.expect), value(&test.given)];
    let key_of = |key: &str| {
        maps.iter()
            .flatten()
            .flat_map(|m| m.keys())
            .find(|k| k.get_ref() == key)
    };
    match miss {
        Miss::Unknown(key, known) => {
            let span = key_of(&key).map_or_else(|| whole.clone(), Spanned::span);
            let known = || known.iter().map(String::as_str);
            let finding = Finding::new(Code::STestName)
                .with("name", &key)
                .with("known", listed(known()));
            sink.at(file, &span, finding).did_you_mean = nearest(&key, known());
        }
        Miss::Differs { key, expected, found } => {
            let value_of = |key: &str| maps[0]?.iter().find(|(k, _)| k.get_ref() == key).map(|(_, v)| v.span());
            let error = test.expect_error.as_ref().map(Spanned::span);
            let name = test.name.as_ref().map(Spanned::span);
            let span = value_of(&key).or(error).or(name).unwrap_or_else(|| whole.clone());
            let key = if key.is_empty() {
                both("结果", "the result")
            } else {
                key
            };
            let finding = Finding::new(Code::STest)
                .with("name", text(&test.name))
                .with("key", key)
                .with("expected", expected);
            sink.at(file, &span, finding.with("found", found));
        }
    }
}
