#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use model::{AttemptId, MatterId};
use std::collections::BTreeMap;

fn delivery(n: u32, op: Op, state: AttemptState, cause: Cause) -> Delivery {
    Delivery {
        n,
        op,
        projection: String::new(),
        items: Vec::new(),
        about: None,
        due: None,
        superseded: None,
        substitute: BTreeMap::new(),
        parked: Vec::new(),
        attempts: vec![Attempt {
            id: AttemptId(u64::from(n)),
            op,
            token: String::new(),
            batch: None,
            channel: "frontend".to_owned(),
            state,
            since: 0,
            cause,
            receipt_no: None,
            claim: None,
            claimed_before: false,
            parent: None,
            rank: 0,
        }],
    }
}

fn owed(deliveries: Vec<Delivery>) -> Obligation {
    Obligation {
        matter: MatterId::new("psb.seal"),
        round: 1,
        opened_at: 0,
        standing: None,
        ended: None,
        deliveries,
    }
}

/// Taken by a gap, withdrawn at the desk, and then found to have been lost on its way.
#[test]
fn a_withdrawal_that_was_noted_is_no_booking() {
    use AttemptState::{Acknowledged, Recalled};
    let noted = || delivery(2, Op::Withdraw, Acknowledged, Cause::Turn);
    let taken = owed(vec![delivery(1, Op::Submit, Acknowledged, Cause::Taken), noted()]);
    assert_eq!(taken.account(), Account::Unproved);
    let lost = owed(vec![delivery(1, Op::Submit, Recalled, Cause::Turn), noted()]);
    assert_eq!(
        (lost.account(), lost.booked(), lost.is_over()),
        (Account::Refused, false, true)
    );
    let waits = owed(vec![delivery(1, Op::Submit, Recalled, Cause::Turn)]);
    assert_eq!((waits.account(), waits.is_over()), (Account::Waiting, false));
}
