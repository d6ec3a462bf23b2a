//! Taking back: after `Recalled` nothing is booked, and nothing that was not recalled is lost.

use super::Counterpart;
use super::node::{Node, crash_after, crash_points};
use port::{Prepared, Recalled, Starts};
use std::sync::Arc;

/// Taken back, or honestly not; the books agree either way.
pub async fn recall_of_an_untaken_batch_books_nothing<C: Counterpart>(other: Arc<C>) {
    let node = Node::new(Arc::clone(&other));
    let (back, kept) = (node.prepare(1, &[1, 2]), node.prepare(2, &[3]));
    if node.adapter.abilities().starts != Starts::Claim {
        node.deliver(&back).await;
        node.deliver(&kept).await;
    }
    let recalled = node.adapter.recall(&back).await.unwrap();
    other.let_department_work().await;
    if node.adapter.abilities().recalls {
        assert_eq!(recalled, Recalled::Recalled);
        assert_eq!(node.booked(&back), [0, 0]);
        assert_eq!(node.booked(&kept), [1], "another batch went back with it");
    } else {
        assert_eq!(recalled, Recalled::Impossible, "abilities promise what recall does");
        let there = usize::from(node.adapter.abilities().starts != Starts::Claim);
        assert_eq!(node.booked(&back), [there; 2]);
    }
}

/// The second call, in this life and the next, says the same and changes nothing.
pub async fn recall_twice_is_the_same<C: Counterpart>(other: Arc<C>) {
    let mut node = Node::new(Arc::clone(&other));
    let batch = node.prepare(1, &[1, 2]);
    if node.adapter.abilities().starts != Starts::Claim {
        node.deliver(&batch).await;
    }
    let first = node.adapter.recall(&batch).await.unwrap();
    let after = other.seen();
    assert_eq!(node.adapter.recall(&batch).await.unwrap(), first);
    node.restart();
    assert_eq!(node.adapter.recall(&batch).await.unwrap(), first, "after a restart");
    assert_eq!(other.seen(), after);
    other.let_department_work().await;
    assert_eq!(
        node.adapter.recall(&batch).await.unwrap(),
        first,
        "after the department looked"
    );
    // A late repeat of the hand-over does not bring back what was taken back.
    if first == Recalled::Recalled && other.place().is_none() {
        let again = node
            .adapter
            .deliver(&Prepared {
                again: true,
                ..batch.clone()
            })
            .await;
        assert!(again.is_err(), "{again:?}");
        other.let_department_work().await;
        assert_eq!(node.booked(&batch), [0, 0]);
    }
}

/// What was taken is not taken back, and stays booked.
pub async fn recall_of_a_taken_batch_does_not_say_recalled<C: Counterpart>(other: Arc<C>) {
    let node = Node::new(Arc::clone(&other));
    let batch = node.prepare(1, &[1, 2]);
    node.deliver(&batch).await;
    other.let_department_work().await;
    for _ in 0..2 {
        let recalled = node.adapter.recall(&batch).await.unwrap();
        assert!(
            matches!(recalled, Recalled::Taken | Recalled::Impossible),
            "{recalled:?}"
        );
    }
    other.let_department_work().await;
    assert_eq!(node.booked(&batch), [1, 1]);
}

/// Dies at every point of taking back; the next life ends it one way or the other.
pub async fn a_crash_before_recall_returns_is_made_good<C: Counterpart>(other: Arc<C>) {
    let mut node = Node::new(Arc::clone(&other));
    for (seq, polls) in (1..).zip(crash_points()) {
        let batch = node.prepare(seq, &[2 * seq, 2 * seq + 1]);
        node.deliver(&batch).await;
        let call = batch.clone();
        let ended = crash_after(&other, polls, |adapter| async move { adapter.recall(&call).await }).await;
        // Every other time the department is quicker than the next life.
        if polls % 2 == 1 {
            other.let_department_work().await;
        }
        node.restart();
        let recalled = node.adapter.recall(&batch).await.unwrap();
        other.let_department_work().await;
        let booked = if recalled == Recalled::Recalled { 0 } else { 1 };
        assert_eq!(
            node.booked(&batch),
            [booked; 2],
            "cut after {polls} polls: {recalled:?}"
        );
        if ended.is_some() {
            return;
        }
    }
    panic!("it never ends");
}
