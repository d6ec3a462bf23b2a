//! A person vouches for another host key. What the configuration says stays as its administrator wrote it.

use crate::answer::audit;
use crate::desk::{Desk, Done, no};
use ledger::Event;
use ledger::event::Person;
use model::{Code, DeptId};

/// Journals that a channel's other side is known by another key from now on, and who said so.
pub fn trust(
    desk: &mut Desk<'_>,
    dept: &DeptId,
    channel: &str,
    fingerprint: &str,
    pinned: Option<String>,
    person: Person,
) -> Done {
    let at = format!("{dept}/{channel}");
    let Some(instead_of) = pinned else {
        return no(Code::VNoKey, "channel", at);
    };
    let before = desk.books().channel(dept, channel).trusted;
    let before = before.filter(|t| t.holds_beside(&instead_of)).map(|t| t.fingerprint);
    let known = before.unwrap_or_else(|| instead_of.clone());
    if known == fingerprint {
        return no(Code::VTrusted, "channel", at);
    }
    let result = format!("{known} -> {fingerprint}");
    audit(desk, person.clone(), "channel trust", &at, &result)?;
    desk.say(Event::HostKeyTrusted {
        dept: dept.clone(),
        channel: channel.to_owned(),
        fingerprint: fingerprint.to_owned(),
        instead_of,
        person,
    })?;
    Ok(())
}

#[cfg(test)]
mod tests;
