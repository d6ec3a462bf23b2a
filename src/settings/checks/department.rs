//! One department: what must stand, what it refers to, what may leave, and its ladder.

use super::layout::Use;
use super::{Judge, Names, Parsed, Tree, named};
use crate::Today;
use crate::diagnostic::{Sink, both};
use crate::tables::channel::ChannelTable;
use crate::tables::department::{AgreementTable, DepartmentFile, MatterTable};
use crate::tables::layout::{FieldTable, MeaningWord};
use crate::tables::{Words, place, text, value};
use model::{Code, Finding, Mode, Op};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use toml::Spanned;

const ROOT: Range<usize> = 0..0;

pub(crate) fn judge(parsed: &Parsed<DepartmentFile>, names: &Names<'_>, today: Today, sink: &mut Sink) {
    let mut judge = Judge {
        sink,
        file: &parsed.file,
        removed: &parsed.removed,
    };
    let dept = &parsed.table;
    judge.need_text(&dept.id, "id", &ROOT);
    judge.need_text(&dept.name, "name", &ROOT);
    judge.need_text(&dept.name_en, "name_en", &ROOT);
    judge.need(&dept.agreement, "agreement", &ROOT);
    super::shared::file_name(&mut judge, &dept.id, text(&dept.id), "departments");
    if let Some(agreement) = &dept.agreement {
        self::agreement(&mut judge, agreement, names, today);
    }
    for matter in &dept.matter {
        self::matter(&mut judge, matter, dept, names);
    }
    judge.unique(named(&dept.layout, |l| &l.name));
    for layout in &dept.layout {
        let used = use_of(dept, text(&layout.get_ref().name));
        super::layout::judge(&mut judge, layout, names, used);
    }
    judge.need_some(&dept.channel, "channel", &ROOT);
    for channel in &dept.channel {
        super::channel::judge(&mut judge, channel, dept, names);
    }
    ladder(&mut judge, dept);
    leaving(&mut judge, dept);
}

fn agreement(judge: &mut Judge<'_>, agreement: &Spanned<AgreementTable>, names: &Names<'_>, today: Today) {
    let (span, agreement) = (agreement.span(), agreement.get_ref());
    judge.need_text(&agreement.id, "id", &span);
    judge.need_text(&agreement.basis, "basis", &span);
    judge.need_text(&agreement.purpose, "purpose", &span);
    judge.need(&agreement.expires, "expires", &span);
    judge.need(&agreement.items, "items", &span);
    if let Some(day) = &agreement.expires
        && day.get_ref().0 < today.date
    {
        let finding = Finding::new(Code::WAgreementExpired).with("agreement", text(&agreement.id));
        judge.say(&day.span(), finding.with("date", day.get_ref().0));
    }
    if let Some(listed) = &agreement.items {
        items(judge, listed.get_ref(), names);
    }
}

/// Items that must be known, each named once.
fn items(judge: &mut Judge<'_>, listed: &Words, names: &Names<'_>) {
    for item in listed {
        judge.defined(Code::SUnknownItem, item, &names.items);
    }
    judge.unique(listed.iter().map(|i| (i.get_ref().as_str(), i.span())));
}

fn matter(judge: &mut Judge<'_>, matter: &Spanned<MatterTable>, dept: &DepartmentFile, names: &Names<'_>) {
    let (span, matter) = (matter.span(), matter.get_ref());
    judge.need_text(&matter.id, "id", &span);
    judge.need_text(&matter.title, "title", &span);
    judge.need_text(&matter.title_en, "title_en", &span);
    judge.need(&matter.limit, "limit", &span);
    judge.need_text(&matter.basis, "basis", &span);
    if let (Some(id), Some(owner)) = (&matter.id, value(&dept.id)) {
        let own = id
            .get_ref()
            .strip_prefix(owner.as_str())
            .and_then(|rest| rest.strip_prefix('.'));
        if own.is_none_or(|name| name.is_empty() || name.contains('.')) {
            let finding = Finding::new(Code::SForeignMatter)
                .with("name", id.get_ref())
                .with("dept", owner);
            judge.say(&id.span(), finding);
        }
    }
    for pattern in &matter.applies {
        if !super::flow::is_pattern(pattern.get_ref(), &names.classes) {
            judge.say(
                &pattern.span(),
                Finding::new(Code::SPattern).with("name", pattern.get_ref()),
            );
        }
    }
    items(judge, &matter.gives, names);
    items(judge, &matter.needs, names);
    items(judge, &matter.needs_before_decision, names);
    for other in &matter.after {
        judge.defined(Code::SUnknownMatter, other, &names.matters);
    }
}

/// How the department's channels use a layout.
fn use_of(dept: &DepartmentFile, name: &str) -> Use {
    let channels = || dept.channel.iter().map(Spanned::get_ref);
    Use {
        written: channels().any(|c| c.layouts.values().any(|l| l.get_ref() == name)),
        read: channels().any(|c| c.feed.iter().any(|f| text(&f.get_ref().layout) == name)),
    }
}

/// The name of a channel: its own, or its mode's word.
pub(crate) fn channel_name(channel: &ChannelTable) -> String {
    match (value(&channel.name), value(&channel.mode)) {
        (Some(name), _) => name.clone(),
        (None, Some(mode)) => mode.word().to_owned(),
        (None, None) => String::new(),
    }
}

fn ladder(judge: &mut Judge<'_>, dept: &DepartmentFile) {
    let mut seen: BTreeMap<String, Range<usize>> = BTreeMap::new();
    for channel in &dept.channel {
        let name = channel_name(channel.get_ref());
        let at = place(&channel.get_ref().name, &channel.span());
        if name.is_empty() {
            continue;
        }
        match seen.get(&name) {
            Some(first) => {
                let first = judge.sink.location(judge.file, first);
                judge.twice(&at, &name, first);
            }
            None => {
                seen.insert(name, at);
            }
        }
    }
    let Some(last) = dept.channel.last() else {
        return;
    };
    if value(&last.get_ref().mode).is_some_and(|m| *m != Mode::Manual) && dept.no_manual.is_none() {
        judge.say(&last.span(), Finding::new(Code::SNoManual));
    }
    if let Some(reason) = &dept.no_manual {
        judge.need_text(&dept.no_manual, "no_manual", &ROOT);
        if value(&last.get_ref().mode) == Some(&Mode::Manual) {
            let detail = both("最后一级就是人工录入", "the last rung is manual");
            judge.say(&reason.span(), Finding::new(Code::SValue).with("detail", detail));
        }
    }
    for matter in &dept.matter {
        reachable(judge, matter.get_ref(), dept);
    }
}

/// Every hand-over a matter can ask for needs a rung; without a manual one, at least the opening.
fn reachable(judge: &mut Judge<'_>, matter: &MatterTable, dept: &DepartmentFile) {
    let Some(id) = &matter.id else {
        return;
    };
    let only = [Op::Submit];
    let wanted = if matter.reports || dept.no_manual.is_some() {
        &only[..]
    } else {
        Op::ALL
    };
    let serving = || {
        dept.channel
            .iter()
            .map(Spanned::get_ref)
            .filter(|c| c.layouts.contains_key(id.get_ref().as_str()))
    };
    for op in wanted {
        let can = |c: &ChannelTable| value(&c.ops).is_none_or(|ops| ops.iter().any(|o| o.get_ref() == op));
        if !serving().any(can) {
            let finding = Finding::new(Code::SNoChannel)
                .with("matter", id.get_ref())
                .with("op", op);
            judge.say(&id.span(), finding);
        }
    }
}

/// Every item of a layout that goes out must be in the agreement.
fn leaving(judge: &mut Judge<'_>, dept: &DepartmentFile) {
    let Some(agreement) = &dept.agreement else {
        return;
    };
    let Some(listed) = &agreement.get_ref().items else {
        return;
    };
    let listed: BTreeSet<&str> = listed.get_ref().iter().map(|i| i.get_ref().as_str()).collect();
    for layout in &dept.layout {
        let layout = layout.get_ref();
        if !use_of(dept, text(&layout.name)).written {
            continue;
        }
        for (item, span) in layout.field.iter().flat_map(|f| sent(f.get_ref())) {
            if !listed.contains(item.as_str()) {
                let finding = Finding::new(Code::SNotAgreed).with("agreement", text(&agreement.get_ref().id));
                judge.say(&span, finding.with("item", item).with("layout", text(&layout.name)));
            }
        }
    }
}

/// The items that a field sends. The class of enterprise is one of the shared items, whatever it also is.
fn sent(field: &FieldTable) -> Vec<(String, Range<usize>)> {
    match (&field.item, &field.is, &field.expr) {
        (Some(item), ..) => vec![(item.get_ref().clone(), item.span())],
        (None, Some(is), _) if *is.get_ref() == MeaningWord::EntClass => vec![("ent_class".to_owned(), is.span())],
        (None, None, Some(text)) => {
            let items = super::expr::items(text.get_ref()).into_iter();
            items.map(|item| (item, text.span())).collect()
        }
        _ => Vec::new(),
    }
}

/// Names that must be unique over all departments.
pub(crate) fn across(tree: &Tree, sink: &mut Sink) {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for parsed in &tree.departments {
        let dept = &parsed.table;
        let ids = dept.id.iter().map(|k| (k.get_ref().clone(), k.span()));
        let matters = named(&dept.matter, |m| &m.id).map(|(id, span)| (id.to_owned(), span));
        for (name, span) in ids.chain(matters) {
            match seen.get(&name) {
                Some(first) => {
                    let finding = Finding::new(Code::STwice).with("name", &name).with("first", first);
                    sink.at(&parsed.file, &span, finding);
                }
                None => {
                    seen.insert(name, sink.location(&parsed.file, &span));
                }
            }
        }
    }
}
