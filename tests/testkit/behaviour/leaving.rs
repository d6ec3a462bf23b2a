//! What leaves: encoded once, booked once, whatever happens on the way.

use super::node::{Node, Verdict, assert_silent, assert_sound, crash_after, crash_points};
use super::{Counterpart, REFUSED};
use port::{Outcome, Prepared, Said, Starts};
use std::mem::discriminant;
use std::sync::Arc;

/// Same rows and numbers, same bytes, in every life; each record in at least one part.
pub async fn encode_is_deterministic_and_the_same_after_a_restart<C: Counterpart>(other: Arc<C>) {
    let mut node = Node::new(Arc::clone(&other));
    let (rows, numbers) = (other.outgoing(&[1, 2, 3]), other.numbers(7));
    let first = node.adapter.encode(&rows, &numbers).unwrap();
    assert_eq!(node.adapter.encode(&rows, &numbers).unwrap(), first);
    node.restart();
    assert_eq!(node.adapter.encode(&rows, &numbers).unwrap(), first, "after a restart");
    assert!(!first.number.is_empty());
    for record in 0..rows.records.len() {
        assert!(
            first.parts.iter().any(|p| p.records.contains(&record)),
            "record {record} is in no part"
        );
    }
    let later = node.adapter.encode(&rows, &other.numbers(8)).unwrap();
    assert_ne!(later.number, first.number, "each batch has a number of its own");
}

/// All misfits at once, by record, without a value; what is left of the batch encodes.
pub async fn misfits_are_named_and_nothing_is_encoded<C: Counterpart>(other: Arc<C>) {
    let node = Node::new(Arc::clone(&other));
    let (sound, numbers) = (other.outgoing(&[1, 2, 3, 4]), other.numbers(1));
    let mut rows = sound.clone();
    for record in [1, 3] {
        other.spoil(&mut rows.rows[record]);
    }
    let misfits = node.adapter.encode(&rows, &numbers).unwrap_err().misfits();
    assert_eq!(misfits.iter().map(|m| m.record).collect::<Vec<_>>(), [1, 3]);
    for misfit in &misfits {
        assert!(!misfit.findings.is_empty());
        misfit.findings.iter().for_each(assert_silent);
    }
    assert_eq!(
        node.adapter.encode(&rows, &numbers).unwrap_err().misfits(),
        misfits,
        "the same misfits again"
    );
    for record in [3, 1] {
        rows.rows.remove(record);
        rows.records.remove(record);
    }
    let rest = node.adapter.encode(&rows, &numbers).unwrap();
    let mut whole = sound;
    whole.rows.remove(3);
    whole.records.remove(3);
    whole.rows.remove(1);
    whole.records.remove(1);
    assert_eq!(
        node.adapter.encode(&whole, &numbers).unwrap(),
        rest,
        "the rest as if they had never been"
    );
}

/// Each record once, and the department's word on each.
pub async fn deliver_books_each_record_exactly_once<C: Counterpart>(other: Arc<C>) {
    let mut node = Node::new(other);
    if node.adapter.abilities().starts == Starts::Claim {
        let batch = node.prepare(1, &[1]);
        assert_eq!(node.adapter.deliver(&batch).await.unwrap_err().next, port::Next::Never);
        return;
    }
    let batch = node.prepare(1, &[1, 2, 3]);
    assert_eq!(node.booked(&batch), [0, 0, 0]);
    let outcomes = node.deliver(&batch).await;
    assert!(
        outcomes
            .iter()
            .all(|o| matches!(o, Outcome::Acknowledged(_) | Outcome::Pending)),
        "{outcomes:?}"
    );
    node.other.let_department_work().await;
    assert_eq!(node.booked(&batch), [1, 1, 1]);
    node.other.let_department_work().await;
    assert_eq!(node.booked(&batch), [1, 1, 1], "a second look at the same thing");
    let verdicts = node.verdicts(&batch, &outcomes).await;
    if node.other.code_column().is_some() || outcomes.iter().any(|o| matches!(o, Outcome::Acknowledged(_))) {
        assert_eq!(verdicts, vec![Verdict::Booked; 3]);
    }
}

/// Again in the same life and in the next, before and after the department took it.
pub async fn deliver_again_books_nothing_twice<C: Counterpart>(other: Arc<C>) {
    let mut node = Node::new(other);
    let batch = node.prepare(1, &[1, 2]);
    let again = Prepared {
        again: true,
        ..batch.clone()
    };
    let first = node.deliver(&batch).await;
    assert_alike(&node.deliver(&again).await, &first, "before it was taken");
    node.other.let_department_work().await;
    assert_alike(&node.deliver(&again).await, &first, "after it was taken");
    node.restart();
    assert_alike(&node.deliver(&again).await, &first, "after a restart");
    node.other.let_department_work().await;
    assert_eq!(node.booked(&batch), [1, 1]);
}

fn assert_alike(found: &[Outcome], first: &[Outcome], when: &str) {
    let alike = found.len() == first.len() && found.iter().zip(first).all(|(a, b)| discriminant(a) == discriminant(b));
    assert!(alike, "{when}: {found:?} after {first:?}");
}

/// Dies at every point of a hand-over; the next life finishes it.
pub async fn a_crash_before_deliver_returns_loses_and_doubles_nothing<C: Counterpart>(other: Arc<C>) {
    crash_in_deliver(other, false).await;
}

/// The same, and the department takes what it sees before the next life begins.
pub async fn a_crash_before_deliver_returns_while_the_department_is_quick<C: Counterpart>(other: Arc<C>) {
    crash_in_deliver(other, true).await;
}

async fn crash_in_deliver<C: Counterpart>(other: Arc<C>, quick: bool) {
    let mut node = Node::new(Arc::clone(&other));
    for (crashes, (seq, polls)) in (1..).zip(crash_points()).enumerate() {
        let batch = node.prepare(seq, &[2 * seq, 2 * seq + 1]);
        let call = batch.clone();
        let ended = crash_after(&other, polls, |adapter| async move { adapter.deliver(&call).await }).await;
        if quick {
            other.let_department_work().await;
        }
        node.restart();
        let outcomes = node
            .deliver(&Prepared {
                again: true,
                ..batch.clone()
            })
            .await;
        other.let_department_work().await;
        for ((record, outcome), booked) in batch.records.iter().zip(&outcomes).zip(node.booked(&batch)) {
            let fits = match outcome {
                Outcome::Unknown => booked <= 1,
                Outcome::Acknowledged(_) | Outcome::Pending => booked == 1,
                Outcome::Refused { .. } => false,
            };
            assert!(
                fits,
                "cut after {polls} polls: {} {outcome:?}, booked {booked} times",
                record.case_no
            );
        }
        if ended.is_some() {
            assert!(crashes > 0, "it never crashed");
            return;
        }
    }
    panic!("it never ends");
}

/// One record's refusal is its own.
pub async fn a_refused_record_is_named_and_the_others_are_booked<C: Counterpart>(other: Arc<C>) {
    let mut node = Node::new(other);
    let batch = node.prepare(1, &[1, REFUSED, 3]);
    let outcomes = node.deliver(&batch).await;
    node.other.let_department_work().await;
    assert_eq!(node.booked(&batch), [1, 0, 1]);
    let refused = Verdict::Refused(node.other.refusal().to_owned());
    assert_eq!(
        node.verdicts(&batch, &outcomes).await,
        [Verdict::Booked, refused, Verdict::Booked]
    );
}

/// The second batch arrives before the first, and so do their answers.
pub async fn batches_in_reverse_order_lose_nothing<C: Counterpart>(other: Arc<C>) {
    let mut node = Node::new(other);
    let (first, second) = (node.prepare(1, &[1, 2]), node.prepare(2, &[3, 4]));
    let later = node.deliver(&second).await;
    node.other.let_department_work().await;
    let earlier = node.deliver(&first).await;
    node.other.let_department_work().await;
    node.other.let_department_work().await;
    assert_eq!((node.booked(&first), node.booked(&second)), (vec![1, 1], vec![1, 1]));
    if node.collects() {
        let reads = node.take_in().await;
        for record in first.records.iter().chain(&second.records) {
            assert!(
                reads.iter().any(|r| r.names(&record.case_no)),
                "{} was never answered",
                record.case_no
            );
        }
    }
    let all: Vec<&Outcome> = earlier.iter().chain(&later).collect();
    assert!(
        all.iter()
            .all(|o| matches!(o, Outcome::Acknowledged(_) | Outcome::Pending)),
        "{all:?}"
    );
}

/// Nothing of a hand-over into the void is lost, and nothing is doubled when it is made good.
pub async fn deliver_to_one_that_is_down_is_made_good_later<C: Counterpart>(other: Arc<C>) {
    let mut node = Node::new(Arc::clone(&other));
    let batch = node.prepare(1, &[1, 2]);
    other.go_down().await;
    match node.adapter.deliver(&batch).await {
        Err(fault) => assert_sound(&fault),
        Ok(outcomes) => assert_eq!(outcomes, vec![Outcome::Unknown; 2], "nobody was there"),
    }
    other.come_back().await;
    other.let_department_work().await;
    assert_eq!(node.booked(&batch), [0, 0]);
    node.restart();
    node.deliver(&Prepared {
        again: true,
        ..batch.clone()
    })
    .await;
    other.let_department_work().await;
    assert_eq!(node.booked(&batch), [1, 1]);
}

/// What the other side is said to have booked it has, and the other way round; silence is always allowed, but not
/// where the channel promises that it can say.
pub async fn query_says_what_is_so<C: Counterpart>(other: Arc<C>) {
    let node = Node::new(Arc::clone(&other));
    let abilities = node.adapter.abilities();
    let mut definite = 0;
    let (sent, never) = (node.prepare(1, &[1, REFUSED]), node.prepare(2, &[3]));
    if abilities.starts != Starts::Claim {
        node.deliver(&sent).await;
        definite += truthful(&node, &sent, "handed over").await;
        other.let_department_work().await;
        definite += truthful(&node, &sent, "taken").await;
        definite += truthful(&node, &never, "never sent").await;
        let back = node.prepare(3, &[5]);
        if abilities.recalls {
            node.deliver(&back).await;
            assert_eq!(node.adapter.recall(&back).await.unwrap(), port::Recalled::Recalled);
            definite += truthful(&node, &back, "taken back").await;
            other.let_department_work().await;
            assert_eq!(node.booked(&back), [0]);
        }
    } else {
        definite += truthful(&node, &sent, "claimed by nobody").await;
    }
    assert_eq!(definite > 0, abilities.queries, "abilities promise what query does");
}

/// How many records got a definite answer; none of them a lie.
async fn truthful<C: Counterpart>(node: &Node<C>, batch: &Prepared, when: &str) -> usize {
    let said = node.adapter.query(batch).await.unwrap();
    assert_eq!(said.len(), batch.records.len());
    let mut definite = 0;
    for (said, booked) in said.iter().zip(node.booked(batch)) {
        let fits = match said {
            Said::Booked(_) => booked == 1,
            Said::NotBooked => booked == 0,
            Said::Taken | Said::CannotSay => true,
        };
        assert!(fits, "{when}: {said:?}, booked {booked} times");
        definite += usize::from(*said != Said::CannotSay);
    }
    definite
}

/// Looks, and touches nothing.
pub async fn probe_changes_nothing<C: Counterpart>(other: Arc<C>) {
    let node = Node::new(Arc::clone(&other));
    node.adapter.probe().await.unwrap();
    if node.adapter.abilities().starts != Starts::Claim {
        node.deliver(&node.prepare(1, &[1])).await;
        other.let_department_work().await;
    }
    let before = other.seen();
    for _ in 0..3 {
        node.adapter.probe().await.unwrap();
    }
    assert_eq!(other.seen(), before);
    other.let_department_work().await;
    if node.adapter.abilities().starts != Starts::Claim {
        assert_eq!(node.booked(&node.prepare(1, &[1])), [1]);
    }
}

/// Down: a sound fault. Back: none.
pub async fn probe_says_what_is_wrong<C: Counterpart>(other: Arc<C>) {
    let mut node = Node::new(Arc::clone(&other));
    node.adapter.probe().await.unwrap();
    other.go_down().await;
    let fault = node.adapter.probe().await.unwrap_err();
    assert_sound(&fault);
    assert_ne!(fault.next, port::Next::Never, "it may come back: {fault}");
    other.come_back().await;
    node.restart();
    node.adapter.probe().await.unwrap();
}
