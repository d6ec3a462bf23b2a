//! Layouts: fields, their meaning, their transforms, and whether what is written can be read back.

use super::{Judge, Names, expr};
use crate::diagnostic::both;
use crate::suggest::{listed, nearest};
use crate::tables::layout::{FieldTable, LayoutTable, MeaningWord};
use crate::tables::{Words, place, text, value};
use crate::words::{Arg, ENCODINGS, TRANSFORMS, is_date_pattern, transform, undo};
use model::{Code, Finding};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;

/// How a department uses a layout.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Use {
    pub(crate) written: bool,
    pub(crate) read: bool,
}

pub(crate) fn judge(judge: &mut Judge<'_>, layout: &Spanned<LayoutTable>, names: &Names<'_>, used: Use) {
    let (span, layout) = (layout.span(), layout.get_ref());
    judge.need_text(&layout.name, "name", &span);
    judge.need(&layout.encoding, "encoding", &span);
    if let Some(encoding) = &layout.encoding {
        judge.known(Code::SWord, encoding, ENCODINGS);
    }
    judge.need_some(&layout.field, "field", &span);
    for field in &layout.field {
        self::field(judge, field, names, used);
    }
    unique_names(judge, layout);
    for computed in &layout.computed {
        expr::computed(judge, computed, names, used);
    }
    versioned_words(judge, layout);
    super::review::judge(judge, layout, &span, names, used);
    if used.read {
        let items = layout.field.iter().filter_map(|f| f.get_ref().item.as_ref());
        let items = items.chain(layout.computed.iter().filter_map(|c| c.get_ref().item.as_ref()));
        judge.unique(items.map(|i| (i.get_ref().as_str(), i.span())));
    }
}

fn field(judge: &mut Judge<'_>, field: &Spanned<FieldTable>, names: &Names<'_>, used: Use) {
    let (span, field) = (field.span(), field.get_ref());
    judge.need_text(&field.name, "name", &span);
    let meanings = [
        field.item.is_some(),
        field.constant.is_some(),
        field.is.is_some(),
        field.expr.is_some(),
    ];
    let lost = ["item", "const", "is", "expr"]
        .iter()
        .any(|k| judge.removed.contains(&(span.start, (*k).to_owned())));
    if meanings.iter().filter(|m| **m).count() != 1 && !lost {
        judge.say(
            &place(&field.name, &span),
            Finding::new(Code::SMeaning).with("name", text(&field.name)),
        );
    }
    if let Some(item) = &field.item {
        judge.defined(Code::SUnknownItem, item, &names.items);
    }
    expr::field(judge, field, names, used);
    if let Some(check) = &field.check {
        let known: Vec<&str> = model::check::names().collect();
        judge.known(Code::SUnknownCheck, check, &known);
    }
    super::node::positive(judge, &field.max_bytes);
    let sound =
        transforms(judge, &field.out, names) & transforms(judge, &field.in_, names) & no_mask(judge, &field.in_);
    if sound {
        both_ways(judge, field, used);
    }
}

/// True where every transform is known and has the argument it needs.
fn transforms(judge: &mut Judge<'_>, written: &Words, names: &Names<'_>) -> bool {
    let mut sound = true;
    for step in written {
        let (name, arg, known) = transform(step.get_ref());
        let Some(known) = known else {
            let all = || TRANSFORMS.iter().map(|t| t.name);
            let finding = Finding::new(Code::SUnknownTransform)
                .with("name", name)
                .with("known", listed(all()));
            judge.sink.at(judge.file, &step.span(), finding).did_you_mean = nearest(name, all());
            sound = false;
            continue;
        };
        let detail = match (known.arg, arg) {
            (Arg::None, Some(_)) => both("没有参数", "takes no argument"),
            (Arg::Date | Arg::Table | Arg::Separator | Arg::Places, None | Some("")) => {
                both("需要参数", "needs an argument")
            }
            (Arg::Date, Some(pattern)) if !is_date_pattern(pattern) => {
                both("须含 %Y、%m、%d 各一次", "must hold %Y, %m and %d once each")
            }
            (Arg::Places, Some(places)) if !places.parse::<u8>().is_ok_and(|n| n <= 12) => {
                both("须为0至12", "must be 0 to 12")
            }
            (Arg::Shape(shape), _) if mapping::transform::check(step.get_ref()).is_err() => {
                both(format!("写成 {shape}"), format!("write {shape}"))
            }
            (Arg::Table, Some(table)) => {
                if let Some(codes) = names.codes.as_ref().filter(|c| !c.contains(&table)) {
                    let finding = Finding::new(Code::SUnknownCodes).with("name", table);
                    let hint = nearest(table, codes.iter().copied());
                    judge.sink.at(judge.file, &step.span(), finding).did_you_mean = hint;
                    sound = false;
                }
                continue;
            }
            _ => continue,
        };
        let finding = Finding::new(Code::STransformArg)
            .with("name", name)
            .with("detail", detail);
        judge.say(&step.span(), finding);
        sound = false;
    }
    sound
}

/// What is masked has left its value behind: nothing can be read from it.
fn no_mask(judge: &mut Judge<'_>, written: &Words) -> bool {
    let masks: Vec<_> = written
        .iter()
        .filter(|step| transform(step.get_ref()).0 == "mask")
        .collect();
    for step in &masks {
        let detail = both("只能用于 out", "it stands in out only");
        let finding = Finding::new(Code::STransformArg).with("name", "mask");
        judge.say(&step.span(), finding.with("detail", detail));
    }
    masks.is_empty()
}

/// A direction that is used and not given follows from the other one; both given, they must undo each other.
fn both_ways(judge: &mut Judge<'_>, field: &FieldTable, used: Use) {
    let plain = |words: &Words| -> Vec<String> { words.iter().map(|w| w.get_ref().clone()).collect() };
    let (out, back) = (plain(&field.out), plain(&field.in_));
    let derived = [
        (used.written && out.is_empty(), &field.in_, &back),
        (used.read && back.is_empty(), &field.out, &out),
    ];
    for (wanted, words, given) in derived {
        if let (true, Err(stuck), Some(first)) = (wanted, undo(given), words.first()) {
            let at = words.iter().find(|w| w.get_ref() == stuck).unwrap_or(first);
            let finding = Finding::new(Code::SNoInverse)
                .with("transform", stuck)
                .with("name", text(&field.name));
            judge.say(&at.span(), finding);
        }
    }
    let (true, Ok(expected), Some(first)) = (used.written && used.read, undo(&out), field.in_.first()) else {
        return;
    };
    let mut rest = back.iter();
    if !out.is_empty() && !expected.iter().all(|step| rest.any(|b| b == step)) {
        let shown = expected
            .iter()
            .map(|s| format!("\"{s}\""))
            .collect::<Vec<_>>()
            .join(", ");
        let finding = Finding::new(Code::SNotInverse).with("expected", format!("in = [{shown}]"));
        judge.say(&first.span(), finding.with("name", text(&field.name)));
    }
}

/// Whether a field says by which version of the code standard the status words are read.
pub(crate) fn versions_status(layout: &LayoutTable) -> bool {
    let mut fields = layout.field.iter().map(|f| f.get_ref());
    fields.any(|f| value(&f.is) == Some(&MeaningWord::StatusVersion))
}

/// Where rows name a version, a word without one would never be found.
fn versioned_words(judge: &mut Judge<'_>, layout: &LayoutTable) {
    let Some(words) = value(&layout.status).filter(|_| versions_status(layout)) else {
        return;
    };
    for word in words.keys() {
        let parts = word.get_ref().split_once(':');
        if parts.is_none_or(|(version, word)| version.is_empty() || word.is_empty()) {
            let detail = both(
                "行内带版本（status_version），结果须写作“版本:代码”",
                "rows name a version (status_version), so a word is written \"VERSION:WORD\"",
            );
            judge.say(&word.span(), Finding::new(Code::SValue).with("detail", detail));
        }
    }
}

/// Names and aliases differ; where the fields have type words of DBF, they differ after ten bytes too.
fn unique_names(judge: &mut Judge<'_>, layout: &LayoutTable) {
    let kinds = || layout.field.iter().map(|f| text(&f.get_ref().kind));
    // `N16` is a number of fixed width too; text is `A100` there and `C100` in DBF.
    let dbf = kinds().any(is_dbf_kind) && !kinds().any(|kind| kind.starts_with('A'));
    let mut seen: BTreeMap<String, (Range<usize>, Option<&str>)> = BTreeMap::new();
    for field in &layout.field {
        let field = field.get_ref();
        for name in field.name.iter().chain(&field.aliases) {
            if dbf && !is_dbf_name(name.get_ref()) {
                judge.say(
                    &name.span(),
                    Finding::new(Code::SFieldName).with("name", name.get_ref()),
                );
            }
            let key = if dbf {
                cut(name.get_ref(), 10).to_uppercase()
            } else {
                name.get_ref().clone()
            };
            let part = part(field);
            match seen.get(&key) {
                // Two fields may take different parts of one column.
                Some((_, first)) if first.is_some() && part.is_some() && *first != part => {}
                Some((first, _)) => {
                    let first = judge.sink.location(judge.file, first);
                    judge.twice(&name.span(), name.get_ref(), first);
                }
                None => {
                    seen.insert(key, (name.span(), part));
                }
            }
        }
    }
}

/// A type word of DBF: `C80`, `N16.2`, `D`.
/// Which part of its column a field takes, where its first transform takes one.
fn part(field: &FieldTable) -> Option<&str> {
    let (name, _, _) = transform(field.in_.first()?.get_ref());
    matches!(name, "before" | "after").then_some(name)
}

fn is_dbf_kind(kind: &str) -> bool {
    kind == "D"
        || kind
            .strip_prefix(['C', 'N'])
            .is_some_and(|width| width.starts_with(|c: char| c.is_ascii_digit()))
}

/// What a DBF field can be called.
fn is_dbf_name(name: &str) -> bool {
    (1..=10).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// The first bytes of a text, at most so many, whole characters only.
fn cut(text: &str, most: usize) -> &str {
    let mut at = most.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    text.split_at(at).0
}
