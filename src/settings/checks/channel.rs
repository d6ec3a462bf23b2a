//! Channels: names they refer to, schedules, feeds, proof.

use super::{Judge, Names, named};
use crate::tables::channel::{ChannelTable, FeedTable, RoleWord, ScheduleTable};
use crate::tables::department::DepartmentFile;
use crate::tables::layout::{LayoutTable, MeaningWord};
use crate::tables::{Key, place, text, value};
use model::{Code, Finding, Proof, Standing};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;

pub(crate) fn judge(judge: &mut Judge<'_>, channel: &Spanned<ChannelTable>, dept: &DepartmentFile, names: &Names<'_>) {
    let (span, channel) = (channel.span(), channel.get_ref());
    judge.need(&channel.mode, "mode", &span);
    let lost = ["layout", "name"]
        .iter()
        .any(|k| judge.removed.iter().any(|(_, key)| key == k));
    let layouts: Vec<&str> = named(&dept.layout, |l| &l.name).map(|(name, _)| name).collect();
    let layouts = (!lost).then_some(layouts);
    for (matter, layout) in &channel.layouts {
        own_matter(judge, matter, dept, names);
        judge.defined(Code::SUnknownLayout, layout, &layouts);
    }
    if !channel.layouts.is_empty() {
        judge.need(&channel.out, "out", &span);
    }
    if !channel.feed.is_empty() {
        judge.need(&channel.in_, "in", &span);
    }
    schedule(judge, &channel.out);
    schedule(judge, &channel.in_);
    super::node::positive(judge, &channel.max_rows);
    if !channel.layouts.is_empty() && value(&channel.proof).is_some_and(|p| *p != Proof::Receipt) {
        judge.need(&channel.unconfirmed_after, "unconfirmed_after", &span);
    }
    for feed in &channel.feed {
        self::feed(judge, feed, dept, names, &layouts);
    }
    judge.unique(named(&channel.feed, |f| &f.name));
}

/// A matter that is known and belongs to the department.
fn own_matter(judge: &mut Judge<'_>, matter: &Spanned<String>, dept: &DepartmentFile, names: &Names<'_>) {
    let Some(known) = &names.matters else {
        return;
    };
    let own: Vec<&str> = named(&dept.matter, |m| &m.id).map(|(id, _)| id).collect();
    if known.contains(&matter.get_ref().as_str()) && !own.contains(&matter.get_ref().as_str()) {
        let finding = Finding::new(Code::SForeignMatter)
            .with("name", matter.get_ref())
            .with("dept", text(&dept.id));
        judge.say(&matter.span(), finding);
    } else {
        judge.known(Code::SUnknownMatter, matter, &own);
    }
}

fn schedule(judge: &mut Judge<'_>, key: &Key<ScheduleTable>) {
    let Some(spanned) = key else {
        return;
    };
    let table = spanned.get_ref();
    let yes = |key: &Key<bool>| value(key).copied().unwrap_or_default();
    let chosen = [
        yes(&table.at_once),
        table.every.is_some(),
        table.cron.is_some(),
        yes(&table.on_request),
    ];
    let lost = ["at_once", "every", "cron", "on_request", "workdays_only"];
    if lost
        .iter()
        .any(|k| judge.removed.contains(&(spanned.span().start, (*k).to_owned())))
    {
        return;
    }
    if chosen.iter().filter(|c| **c).count() != 1 || table.workdays_only.is_some() && table.cron.is_none() {
        judge.say(&spanned.span(), Finding::new(Code::SSchedule));
    }
    if let Some(cron) = &table.cron
        && let Some(finding) = super::cron::judge(cron.get_ref())
    {
        judge.say(&cron.span(), finding);
    }
}

fn feed(
    judge: &mut Judge<'_>,
    feed: &Spanned<FeedTable>,
    dept: &DepartmentFile,
    names: &Names<'_>,
    layouts: &Option<Vec<&str>>,
) {
    let (span, feed) = (feed.span(), feed.get_ref());
    judge.need_text(&feed.name, "name", &span);
    judge.need(&feed.role, "role", &span);
    judge.need(&feed.layout, "layout", &span);
    if let Some(matter) = &feed.matter {
        own_matter(judge, matter, dept, names);
    }
    let Some(wanted) = &feed.layout else {
        return;
    };
    judge.defined(Code::SUnknownLayout, wanted, layouts);
    let found = dept.layout.iter().find(|l| text(&l.get_ref().name) == wanted.get_ref());
    if let (Some(layout), Some(role)) = (found, value(&feed.role)) {
        serves(judge, wanted, layout, *role);
        let says = layout
            .get_ref()
            .field
            .iter()
            .any(|f| value(&f.get_ref().is) == Some(&MeaningWord::Matter));
        if *role == RoleWord::Results && !says {
            judge.need(&feed.matter, "matter", &span);
        }
    }
}

/// Whether a layout has the fields that its role needs.
fn serves(judge: &mut Judge<'_>, wanted: &Spanned<String>, layout: &Spanned<LayoutTable>, role: RoleWord) {
    use MeaningWord::{BatchNo, CaseNo, EntClass, MessageId, ReturnCode, RowNo, Status};
    let (needed, word): (&[&[MeaningWord]], _) = match role {
        RoleWord::Cases => (&[&[CaseNo], &[EntClass]], "cases"),
        RoleWord::Results => (&[&[CaseNo], &[Status]], "results"),
        RoleWord::Receipts => (
            &[&[CaseNo, RowNo, MessageId, BatchNo], &[ReturnCode, Status]],
            "receipts",
        ),
        RoleWord::ReceiptsWithResults => (&[&[CaseNo], &[ReturnCode, Status]], "receipts_with_results"),
    };
    let fields = &layout.get_ref().field;
    let has = |meaning: &MeaningWord| fields.iter().any(|f| value(&f.get_ref().is) == Some(meaning));
    for choice in needed {
        if !choice.iter().any(has) {
            let field = choice.iter().map(|m| word_of(*m)).collect::<Vec<_>>().join(" / ");
            let finding = Finding::new(Code::SNeedsField).with("name", wanted.get_ref());
            judge.say(
                &wanted.span(),
                finding.with("field", format!("is = {field}")).with("role", word),
            );
        }
    }
    if let (RoleWord::Cases, Some(review)) = (role, &layout.get_ref().review) {
        let detail = crate::diagnostic::both(
            "办件来源不在此提出校核",
            "whoever sends cases asks for no review with them",
        );
        judge.say(&review.span(), Finding::new(Code::SValue).with("detail", detail));
    }
    if matches!(role, RoleWord::Results | RoleWord::ReceiptsWithResults) && has(&Status) {
        total(judge, layout);
    }
}

fn word_of(meaning: MeaningWord) -> &'static str {
    match meaning {
        MeaningWord::CaseNo => "\"case_no\"",
        MeaningWord::EntClass => "\"ent_class\"",
        MeaningWord::RowNo => "\"row_no\"",
        MeaningWord::MessageId => "\"message_id\"",
        MeaningWord::BatchNo => "\"batch_no\"",
        MeaningWord::Status => "\"status\"",
        MeaningWord::ReturnCode => "\"return_code\"",
        _ => "",
    }
}

/// A department must be able to say yes and to say no, in every version of its words; a word that is not listed goes to
/// a person.
fn total(judge: &mut Judge<'_>, layout: &Spanned<LayoutTable>) {
    let words = &layout.get_ref().status;
    let start = words.as_ref().map(|w| w.span().start);
    if judge
        .removed
        .iter()
        .any(|(table, key)| Some(*table) == start || *table == layout.span().start && key == "status")
    {
        return; // a word whose meaning could not be read is reported, and may be the one that is missed here
    }
    let versions = super::layout::versions_status(layout.get_ref());
    let mut meant: BTreeMap<&str, Vec<Standing>> = BTreeMap::new();
    for (word, standing) in value(words).into_iter().flatten() {
        // A word that lacks its version is reported where it stands.
        let version = match word.get_ref().split_once(':') {
            Some((version, _)) if versions => version,
            None if versions => continue,
            _ => "",
        };
        meant.entry(version).or_default().push(*standing.get_ref());
    }
    if meant.is_empty() {
        meant.insert("", Vec::new());
    }
    let at: Range<usize> = place(&layout.get_ref().name, &layout.span());
    for (version, meant) in meant {
        for (there, missing) in [
            (meant.iter().any(|s| s.is_positive()), "approved"),
            (
                meant.iter().any(|s| s.is_negative()),
                "denied / returned / acceptance_refused",
            ),
        ] {
            if !there {
                let missing = match version {
                    "" => missing.to_owned(),
                    version => format!("{version}:… = {missing}"),
                };
                let finding = Finding::new(Code::SStatusTotal).with("name", text(&layout.get_ref().name));
                judge.say(&at, finding.with("missing", missing));
            }
        }
    }
}
