//! Dictionary, code tables, calendars.

use super::{Judge, Names, Parsed, Tree, named};
use crate::Today;
use crate::diagnostic::{Sink, both};
use crate::tables::dictionary::{CalendarFile, CodesFile, DictionaryFile, ItemTable};
use crate::tables::{Day, Key, text, value};
use jiff::ToSpan;
use model::{Code, Finding};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;

const ROOT: Range<usize> = 0..0;
/// The most classes that choreography is checked for.
pub(crate) const MAX_CLASSES: usize = 4_096;
/// So many days before a year begins its calendar is missed.
const NOTICE: i64 = 60;
/// Places of `ent_class`.
pub(crate) const CLASS_PLACES: usize = 6;

pub(crate) fn judge(tree: &Tree, names: &Names<'_>, today: Today, sink: &mut Sink) {
    if let Some(dictionary) = &tree.dictionary {
        self::dictionary(dictionary, names, sink);
    }
    for parsed in &tree.codes {
        codes(parsed, sink);
    }
    for parsed in &tree.calendar {
        calendar(parsed, sink);
    }
    // Days are counted into the next year some time before it begins; its list is published in the autumn.
    let soon = today.date.saturating_add(NOTICE.days());
    let mut years = vec![today.date.year(), soon.year()];
    years.dedup();
    for year in years {
        let is_it = |known: &u16| i32::from(*known) == i32::from(year);
        if !tree.calendar.iter().any(|c| value(&c.table.year).is_some_and(is_it)) {
            let file = format!("calendar/{year}.toml");
            sink.whole(&file, Finding::new(Code::WCalendarMissing).with("year", year));
        }
    }
}

fn dictionary(parsed: &Parsed<DictionaryFile>, names: &Names<'_>, sink: &mut Sink) {
    let mut judge = Judge {
        sink,
        file: &parsed.file,
        removed: &parsed.removed,
    };
    let table = &parsed.table;
    judge.need(&table.ent_class, "ent_class", &ROOT);
    if let Some(places) = &table.ent_class {
        let count = places
            .get_ref()
            .iter()
            .try_fold(1_usize, |n, p| n.checked_mul(p.get_ref().chars().count()));
        let right = places.get_ref().len() == CLASS_PLACES && count.is_some_and(|n| n > 0 && n <= MAX_CLASSES);
        if !right {
            let detail = both(
                "须为六个非空文本，合计至多4096类",
                "six texts, none empty, at most 4096 classes in all",
            );
            judge.say(&places.span(), Finding::new(Code::SValue).with("detail", detail));
        }
    }
    judge.need_some(&table.item, "item", &ROOT);
    let mut numbers: BTreeMap<u16, Range<usize>> = BTreeMap::new();
    for item in table.item.iter().chain(&table.result) {
        self::item(&mut judge, item.get_ref(), &item.span(), names);
        if let Some(no) = &item.get_ref().no {
            if let Some(first) = numbers.get(no.get_ref()) {
                let first = judge.sink.location(judge.file, first);
                judge.twice(&no.span(), no.get_ref(), first);
            } else {
                numbers.insert(*no.get_ref(), no.span());
            }
        }
    }
    for item in table.same.iter().flatten() {
        judge.defined(Code::SUnknownItem, item, &names.items);
    }
    judge.unique(named(&table.item, |i| &i.id).chain(named(&table.result, |i| &i.id)));
}

fn item(judge: &mut Judge<'_>, item: &ItemTable, span: &Range<usize>, names: &Names<'_>) {
    judge.need(&item.no, "no", span);
    judge.need_text(&item.id, "id", span);
    judge.need_text(&item.zh, "zh", span);
    judge.need_text(&item.en, "en", span);
    judge.need(&item.type_, "type", span);
    if let Some(check) = &item.check {
        let known: Vec<&str> = model::check::names().collect();
        judge.known(Code::SUnknownCheck, check, &known);
    }
    if let Some(codes) = &item.codes {
        judge.defined(Code::SUnknownCodes, codes, &names.codes);
    }
}

fn codes(parsed: &Parsed<CodesFile>, sink: &mut Sink) {
    let mut judge = Judge {
        sink,
        file: &parsed.file,
        removed: &parsed.removed,
    };
    let table = &parsed.table;
    judge.need_text(&table.name, "name", &ROOT);
    judge.need_text(&table.version, "version", &ROOT);
    judge.need(&table.date, "date", &ROOT);
    judge.need_text(&table.source, "source", &ROOT);
    if table.pairs.is_empty() {
        judge.need::<()>(&None, "pairs", &ROOT);
    }
    file_name(&mut judge, &table.name, text(&table.name), "codes");
    let mut right: Vec<_> = table.pairs.values().map(|r| (r.get_ref().as_str(), r.span())).collect();
    right.sort_by_key(|(_, span)| span.start);
    judge.unique(right);
}

fn calendar(parsed: &Parsed<CalendarFile>, sink: &mut Sink) {
    let mut judge = Judge {
        sink,
        file: &parsed.file,
        removed: &parsed.removed,
    };
    let table = &parsed.table;
    judge.need(&table.year, "year", &ROOT);
    judge.need_text(&table.source, "source", &ROOT);
    let year = value(&table.year).copied().unwrap_or_default();
    file_name(&mut judge, &table.year, &year.to_string(), "calendar");
    let mut seen: BTreeMap<Day, Range<usize>> = BTreeMap::new();
    let mut days: Vec<&Spanned<Day>> = table.off.iter().chain(&table.work).collect();
    days.sort_by_key(|d| d.span().start);
    for day in days {
        if table.year.is_some() && i32::from(day.get_ref().0.year()) != i32::from(year) {
            let detail = both("不在本年", "not in this year");
            judge.say(&day.span(), Finding::new(Code::SValue).with("detail", detail));
        }
        match seen.get(day.get_ref()) {
            Some(first) => {
                let first = judge.sink.location(judge.file, first);
                judge.twice(&day.span(), day.get_ref().0, first);
            }
            None => {
                seen.insert(*day.get_ref(), day.span());
            }
        }
    }
}

/// A file must be called after the key it is known by.
pub(crate) fn file_name<T>(judge: &mut Judge<'_>, key: &Key<T>, name: &str, folder: &str) {
    let expected = format!("{folder}/{name}.toml");
    if let Some(key) = key
        && judge.file != expected
    {
        judge.say(
            &key.span(),
            Finding::new(Code::SFileName)
                .with("name", name)
                .with("expected", expected),
        );
    }
}
