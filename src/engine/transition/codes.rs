//! What a code means is said by two people; then the table is extended, and everything that waited goes on.

use crate::desk::{Desk, Done, no};
use crate::transition::take_up;
use ledger::Event;
use ledger::event::Person;
use model::{Code, Finding};

/// Characters a code may have.
const CODE_MAX: usize = 64;

/// What became of a call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Mapped {
    /// Another person must say the same.
    Proposed,
    /// The table was extended; how many rows and deliveries went on.
    Confirmed(u64),
}

/// One person's word: the first proposes, another one's same word confirms.
pub fn map(
    desk: &mut Desk<'_>,
    table: &str,
    code: &str,
    canonical: &str,
    person: Person,
    reason: String,
) -> Done<Mapped> {
    judge(desk, table, code, canonical)?;
    let proposal = desk.books().proposal(table, code).cloned();
    let Some(first) = proposal.filter(|p| p.canonical == canonical) else {
        let (table, code, canonical) = (table.to_owned(), code.to_owned(), canonical.to_owned());
        desk.say(Event::CodeProposed {
            table,
            code,
            canonical,
            person,
            reason,
        })?;
        return Ok(Mapped::Proposed);
    };
    if first.person.name == person.name {
        return no(Code::VSamePerson, "person", person.name);
    }
    let date = desk.today();
    desk.say(Event::CodeMapped {
        table: table.to_owned(),
        code: code.to_owned(),
        canonical: canonical.to_owned(),
        date,
        proposed: first.person,
        confirmed: person,
        reason,
    })?;
    take_up::all(desk).map(Mapped::Confirmed)
}

/// Whether the pair says anything new of a table that there is. What a table knows already it keeps.
fn judge(desk: &mut Desk<'_>, table: &str, code: &str, canonical: &str) -> Done {
    let plan = desk.plan;
    let Some(known) = plan.table(table) else {
        return no(Code::VNotFound, "what", table);
    };
    for text in [code, canonical] {
        let plain = !text.is_empty() && text.trim() == text && !text.chars().any(char::is_control);
        if !plain || text.chars().count() > CODE_MAX {
            return Err(Finding::new(Code::ECharset).with("column", text.escape_debug()).into());
        }
    }
    let extensions = desk.extensions();
    let means = known.canonical(code).or_else(|| extensions.canonical(table, code));
    let written = known.local(canonical).or_else(|| extensions.local(table, canonical));
    match (means, written) {
        (Some(means), Some(written)) => no(
            Code::VState,
            "detail",
            format!("{table}: {code} = {means}, {written} = {canonical}"),
        ),
        _ => Ok(()),
    }
}
