//! What people did, line by line, as the journal has it: who, what, to what. Reasons stand with the case, not here: they are
//! free text, and a list shows no personal value.

use crate::action::Act;
use ledger::event::Cause;
use ledger::{Custody, Event, Pos};
use model::check::{Options, case_no};
use model::mask;
use serde::{Deserialize, Serialize};

/// One act.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ActLine {
    /// When, milliseconds since 1970.
    pub at: i64,
    /// Where in the journal: group/entry.
    pub pos: String,
    /// Who.
    pub person: String,
    /// Did what: a fixed word.
    pub action: String,
    /// To what: a case, a batch, a task, an account.
    pub object: String,
    /// With what result.
    pub result: String,
}

/// Acts, the newest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Acts {
    /// The acts.
    pub lines: Vec<ActLine>,
    /// Where those before them begin; nothing where there are none.
    pub next: Option<String>,
    /// How far back was looked, milliseconds since 1970.
    pub back_to: Option<i64>,
}

/// The act that an event says, if a person is behind it.
pub fn act(event: &Event, at: i64, pos: Pos) -> Option<ActLine> {
    let person = event.person().map(|p| p.name.clone());
    if let Some(act) = Act::of(event, at) {
        return Some(line(
            at,
            pos,
            act.person.name,
            (&act.action, act.object, masked(&act.result)),
        ));
    }
    let person = person?;
    let said: (&str, String, String) = match event {
        Event::TaskClaimed { task, case_no, .. } => ("task_claimed", case_no.to_string(), task.to_string()),
        Event::FormClosed { task, case_no, .. } => ("form_closed", case_no.to_string(), task.to_string()),
        Event::RowSettled { row, .. } => ("row_settled", format!("{}:{}", row.0, row.1), String::new()),
        Event::DeliveryDue { key, n, substitute, .. } => {
            let words = if substitute.is_empty() {
                String::new()
            } else {
                format!(" ={}", substitute.len())
            };
            let which = format!("{}/{} #{n}{words}", key.matter, key.round);
            ("delivery_due_again", key.case_no.to_string(), which)
        }
        Event::ObligationEnded { key, .. } => (
            "obligation_ended",
            key.case_no.to_string(),
            format!("{}/{}", key.matter, key.round),
        ),
        Event::AttemptsMoved { attempts, to, cause } => {
            let first = attempts.first();
            let more = attempts.len().saturating_sub(1);
            let case_no = first.map(|(_, case_no)| case_no.to_string()).unwrap_or_default();
            let ids = first.map(|(id, _)| id.to_string()).unwrap_or_default();
            let more = if more > 0 { format!(" +{more}") } else { String::new() };
            let listed = if matches!(cause, Cause::Listed { .. }) {
                " listed"
            } else {
                ""
            };
            ("attempt_moved", case_no, format!("{ids}{more} {to}{listed}"))
        }
        Event::BatchLeft { batch, copy, .. } => ("batch_left", batch.to_string(), format!("#{copy}")),
        Event::BatchCarried {
            batch, copy, custody, ..
        } => {
            let custody = match custody {
                Custody::Taken { .. } => "taken",
                Custody::Returned => "returned",
                Custody::Wiped => "wiped",
                Custody::Lost => "lost",
            };
            ("batch_carried", batch.to_string(), format!("#{copy} {custody}"))
        }
        Event::CodeProposed {
            table, code, canonical, ..
        } => ("code_proposed", table.clone(), format!("{code} = {canonical}")),
        Event::CodeMapped {
            table, code, canonical, ..
        } => ("code_mapped", table.clone(), format!("{code} = {canonical}")),
        Event::HostKeyTrusted {
            dept,
            channel,
            fingerprint,
            ..
        } => ("host_key_trusted", format!("{dept}/{channel}"), fingerprint.clone()),
        Event::LedgerTrusted { .. } => ("ledger_trusted", String::new(), String::new()),
        Event::CaseErased(erasure) => ("case_erased", erasure.case_no.to_string(), String::new()),
        Event::ReviewAsked(asked) => ("review_asked", asked.case_no.to_string(), asked.review.to_string()),
        Event::ReviewAnswered(answered) => (
            "review_answered",
            answered.case_no.to_string(),
            format!("{} {}", answered.review, answered.answer.word()),
        ),
        _ => return None,
    };
    Some(line(at, pos, person, said))
}

fn line(at: i64, pos: Pos, person: String, said: (&str, String, String)) -> ActLine {
    let (action, object, result) = said;
    ActLine {
        at,
        pos: format!("{}/{}", pos.group, pos.ordinal),
        person,
        action: action.to_owned(),
        object,
        result,
    }
}

/// What an audit entry ends with is a word, a case, or somebody's reason: a number in a reason may be somebody's own.
fn masked(result: &str) -> String {
    match case_no::check(result, &Options::default()) {
        Ok(_) => result.to_owned(),
        Err(_) => mask::numbers_in(result),
    }
}
