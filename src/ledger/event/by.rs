//! Who did it, for events that a person is behind: for whoever reads later what people did.

use super::{Cause, Event, Person};

impl Event {
    /// The person, or the rule, behind it; nothing where it happened by itself.
    pub fn person(&self) -> Option<&Person> {
        match self {
            Self::Audit { person, .. }
            | Self::HostKeyTrusted { person, .. }
            | Self::LedgerTrusted { person, .. }
            | Self::RowSettled { person, .. }
            | Self::BatchCarried { person, .. }
            | Self::TaskClaimed { person, .. }
            | Self::CodeProposed { person, .. }
            | Self::CodeMapped { confirmed: person, .. } => Some(person),
            Self::CaseErased(erasure) => Some(&erasure.person),
            Self::ReviewAsked(asked) => asked.person.as_ref(),
            Self::ReviewAnswered(answered) => answered.person.as_ref(),
            Self::ObligationEnded { person, .. }
            | Self::DeliveryDue { person, .. }
            | Self::BatchLeft { person, .. }
            | Self::FormClosed { person, .. } => person.as_ref(),
            Self::AttemptsMoved {
                cause: Cause::Person { person, .. } | Cause::Listed { person, .. },
                ..
            } => Some(person),
            _ => None,
        }
    }

    /// Whether a person may be behind entries of this kind: the others need not be looked into.
    pub fn may_name_person(kind: u16) -> bool {
        matches!(
            kind,
            2 | 3 | 6 | 7 | 15 | 24 | 31 | 42 | 53 | 54 | 56 | 61 | 63 | 70 | 71 | 90 | 91
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::Event;
    use serde_json::{Value, json};

    /// One event of each kind that may name a person.
    fn named() -> Vec<Value> {
        let who = || json!({ "name": "张三", "uid": 7 });
        let key = || json!({ "case_no": "1", "matter": "aic.name", "round": 1 });
        vec![
            json!({ "audit": { "person": who(), "action": "a", "object": "o", "result": "r" } }),
            json!({ "row_settled": { "row": [7, 3], "person": who(), "reason": "r" } }),
            json!({ "task_claimed": { "task": 1, "case_no": "1", "person": who(), "until": 9 } }),
            json!({ "form_closed": { "task": 1, "case_no": "1", "person": who() } }),
            json!({ "obligation_ended": { "key": key(), "how": "dropped", "reason": "r", "person": who() } }),
            json!({ "delivery_due": { "key": key(), "n": 1, "at": 9, "person": who() } }),
            json!({ "code_proposed": { "table": "t", "code": "c", "canonical": "d", "person": who(), "reason": "r" } }),
            json!({ "attempts_moved": { "attempts": [[1, "1"]], "to": "acknowledged",
                    "cause": { "by": "person", "person": who(), "reason": "r" } } }),
            json!({ "batch_left": { "batch": 7, "copy": 1, "person": who() } }),
        ]
    }

    #[test]
    fn every_event_with_a_person_is_of_a_kind_that_is_looked_into() {
        for value in named() {
            let event: Event = serde_json::from_value(value.clone()).unwrap_or_else(|e| panic!("{value}: {e}"));
            assert_eq!(event.person().map(|p| p.name.as_str()), Some("张三"), "{value}");
            assert!(Event::may_name_person(event.kind()), "{value}");
        }
        let key = json!({ "case_no": "1", "matter": "aic.name", "round": 1 });
        let retry = json!({ "delivery_due": { "key": key, "n": 1, "at": 9 } });
        let retry: Event = serde_json::from_value(retry).unwrap();
        assert_eq!(retry.person(), None);
    }
}
