//! A form is expected: what a department decided comes by a clerk's hand, and by no other way.
//!
//! That is so on a clerk's own rung, and where a rung's answer came and cannot be the result: it was lost on the way back,
//! or two departments contradict each other and have to agree first.

use crate::desk::{Desk, Done};
use ledger::Event;
use model::define::{Channel, FeedRole};
use model::{Mode, ObligationKey, TaskId};

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
