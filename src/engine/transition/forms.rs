//! A form is expected: what a department decided comes by a clerk's hand, and by no other way.
//!
//! That is so on a clerk's own rung, and where a rung's answer came and cannot be the result: it was lost on the way back,
//! or two departments contradict each other and have to agree first.

use crate::desk::{Desk, Done};
use crate::plan::Plan;
use ledger::case_file::Form;
use ledger::{Event, Pos};
use model::define::{Channel, FeedRole, Layout, Meaning};
use model::{CaseNo, MatterId, Mode, ObligationKey, TaskId};
use std::collections::BTreeMap;

/// How a matter's results are keyed.
pub struct FormLayout<'p> {
    /// Over which channel.
    pub channel: &'p str,
    /// As which feed.
    pub feed: &'p str,
    /// In which fields.
    pub layout: &'p Layout,
}

/// How results of a matter are keyed, where a clerk brings them.
pub fn layout<'p>(plan: &'p Plan, matter: &MatterId) -> Option<FormLayout<'p>> {
    let dept = plan.dept(&matter.dept())?;
    dept.ladder
        .iter()
        .filter(|c| c.mode == Mode::Manual)
        .find_map(|channel| {
            let feed = channel.feeds.iter().find(|f| f.matter.as_ref() == Some(matter))?;
            let (layout, _) = dept.layout(&feed.layout)?;
            Some(FormLayout {
                channel: &channel.name,
                feed: &feed.name,
                layout,
            })
        })
}

/// Whether a field of this meaning is typed: what a form says of itself is not.
pub fn is_typed(meaning: &Meaning) -> bool {
    !matches!(meaning, Meaning::CaseNo | Meaning::Matter | Meaning::Const(_))
}

/// What was keyed, under the names of the layout and without blanks around it. A name that it does not know stays.
pub fn by_name(layout: &Layout, entries: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let name = |name: String| {
        let field = layout
            .fields
            .iter()
            .find(|f| f.name == name || f.aliases.contains(&name));
        field.map_or(name, |field| field.name.clone())
    };
    let named = entries.into_iter().map(|(n, text)| (name(n), text.trim().to_owned()));
    named.collect()
}

/// A form, with its case.
pub fn of(desk: &mut Desk<'_>, task: TaskId) -> Option<(CaseNo, Form)> {
    let case_no = desk.books().case_of_form(task)?.clone();
    let form = desk.books().case(&case_no)?.form(task)?.clone();
    Some((case_no, form))
}

/// What was keyed, from the journal; nothing where it was erased.
pub fn read(desk: &mut Desk<'_>, pos: Pos) -> Done<Option<BTreeMap<String, String>>> {
    // What was said in this very group is not readable before it is durable.
    desk.ledger.commit()?;
    Ok(desk.ledger.read(pos)?.and_then(Event::entries))
}

/// Whether a clerk brings results of this matter over this channel.
pub fn brings(channel: &Channel, key: &ObligationKey) -> bool {
    let about = |matter: &Option<_>| matter.as_ref().is_none_or(|m| *m == key.matter);
    channel.mode == Mode::Manual && channel.feeds.iter().any(|feed| about(&feed.matter))
}

/// Opens a form over this channel, unless one was opened before.
pub fn open(desk: &mut Desk<'_>, channel: &str, key: &ObligationKey) -> Done {
    let expected = desk.books().case(&key.case_no).is_some_and(|file| {
        let mut forms = file.forms.iter();
        forms.any(|form| form.matter == key.matter && form.round == key.round)
    });
    if expected {
        return Ok(());
    }
    let task = TaskId(desk.books().counters.task);
    desk.say(Event::FormOpened {
        task,
        key: key.clone(),
        channel: channel.to_owned(),
    })?;
    Ok(())
}

/// Opens a form on whatever rung of the department brings one.
pub fn open_somewhere(desk: &mut Desk<'_>, key: &ObligationKey) -> Done {
    let plan = desk.plan;
    let ladder = plan.dept(&key.matter.dept()).map(|dept| dept.ladder.as_slice());
    match ladder.unwrap_or_default().iter().find(|channel| brings(channel, key)) {
        Some(channel) => open(desk, &channel.name, key),
        None => Ok(()),
    }
}

/// A person knows that it was booked, and the only file that would have brought the decision is past: it comes by hand.
pub fn after_word(desk: &mut Desk<'_>, channel: &str, key: &ObligationKey) -> Done {
    let plan = desk.plan;
    let at_once = plan
        .dept(&key.matter.dept())
        .and_then(|dept| dept.channel(channel))
        .is_some_and(|c| c.feeds.iter().any(|feed| feed.role == FeedRole::ReceiptsWithResults));
    let decided = desk.books().obligation(key).is_none_or(|o| o.standing.is_some());
    if at_once && !decided {
        open_somewhere(desk, key)?;
    }
    Ok(())
}
