//! What arrives: offered until the ledger has it, the same every time, whole or not at all.

use super::Counterpart;
use super::node::{Node, Read, answer, crash_after, crash_points};
use model::CaseNo;
use port::Prepared;
use std::sync::Arc;

/// Digests by name, in the order offered.
fn digests(reads: &[Read]) -> Vec<(String, [u8; 32])> {
    reads.iter().map(|r| (r.offer.name.clone(), r.offer.digest)).collect()
}

/// Hands over batch `seq` and lets the department answer it in full.
async fn answered<C: Counterpart>(node: &Node<C>, seq: u32, cases: &[u32]) -> Prepared {
    let batch = node.prepare(seq, cases);
    node.deliver(&batch).await;
    for _ in 0..2 {
        node.other.let_department_work().await;
    }
    assert!(node.booked(&batch).iter().all(|n| *n == 1));
    batch
}

/// For each feed, where a case is named first.
fn first_of(reads: &[Read], feed: &str, case: &CaseNo) -> Option<usize> {
    reads
        .iter()
        .filter(|r| r.offer.feed == feed)
        .position(|r| r.names(case))
}

/// One at a time, the older first, and the same one until it was acknowledged.
pub async fn collect_offers_oldest_first_and_again_until_acknowledged<C: Counterpart>(other: Arc<C>) {
    let mut node = Node::new(other);
    let older = answered(&node, 1, &[1, 2]).await.records[0].case_no.clone();
    let newer = answered(&node, 2, &[3, 4]).await.records[0].case_no.clone();
    let all = node.collect(100).await;
    assert!(all.len() >= 2, "two answers are waiting");
    for read in &all {
        let feed = &read.offer.feed;
        let (first, second) = (first_of(&all, feed, &older), first_of(&all, feed, &newer));
        assert!(
            first.is_some() && first < second,
            "{feed}: the older answer at {first:?}, the newer at {second:?}"
        );
    }
    let mut left = digests(&all);
    while !left.is_empty() {
        for _ in 0..2 {
            let one = node.collect(1).await;
            assert_eq!(digests(&one), left[..1], "not acknowledged: the same again");
        }
        let one = node.collect(1).await.remove(0);
        node.acknowledge(&one).await;
        left.remove(0);
        let rest = digests(&node.collect(100).await);
        assert_eq!(rest[..left.len()], left, "the rest, in order");
        // A medium keeps what it has: what was answered comes after what was not, and is recognised.
        assert!(
            rest.len() == left.len() || node.other.place().is_some(),
            "acknowledged and offered again"
        );
        assert!(rest.iter().all(|r| digests(&all).contains(r)));
    }
}

/// Reading changes nothing.
pub async fn collect_twice_gives_the_same_digests<C: Counterpart>(other: Arc<C>) {
    let mut node = Node::new(other);
    answered(&node, 1, &[1, 2]).await;
    let first = node.collect(100).await;
    assert!(!first.is_empty());
    let second = node.collect(100).await;
    assert_eq!(digests(&second), digests(&first));
    assert!(
        first
            .iter()
            .zip(&second)
            .all(|(a, b)| a.rows == b.rows && a.offer.declared == b.offer.declared)
    );
    node.restart();
    assert_eq!(digests(&node.collect(100).await), digests(&first), "after a restart");
}

/// Dies at every point of reading; the next life is offered all of it.
pub async fn a_crash_before_collect_returns_offers_again<C: Counterpart>(other: Arc<C>) {
    let mut node = Node::new(Arc::clone(&other));
    for (crashes, (seq, polls)) in (1..).zip(crash_points()).enumerate() {
        let batch = answered(&node, seq, &[2 * seq, 2 * seq + 1]).await;
        let ask = node.ask(100);
        let call = |adapter: Arc<dyn port::Adapter>| async move { adapter.collect(&ask).await.is_ok() };
        let ended = crash_after(&other, polls, call).await;
        node.restart();
        // What the dead process had asked of a database may still be done while the first look is under way.
        node.collect(100).await;
        let offered = node.collect(100).await;
        for feed in feeds(&offered) {
            for record in &batch.records {
                let times = offered
                    .iter()
                    .filter(|r| r.offer.feed == feed && r.names(&record.case_no))
                    .count();
                assert_eq!(times, 1, "cut after {polls} polls: {} in {feed}", record.case_no);
            }
        }
        assert!(
            !offered.is_empty(),
            "cut after {polls} polls: nothing is offered any more"
        );
        for read in &offered {
            node.acknowledge(read).await;
        }
        if ended.is_some() {
            assert!(crashes > 0, "it never crashed");
            return;
        }
    }
    panic!("it never ends");
}

fn feeds(reads: &[Read]) -> Vec<String> {
    let mut feeds: Vec<String> = reads.iter().map(|r| r.offer.feed.clone()).collect();
    feeds.sort();
    feeds.dedup();
    feeds
}

/// Collected, read, not acknowledged: the next life is offered the same.
pub async fn a_crash_between_collect_and_acknowledge_offers_again<C: Counterpart>(other: Arc<C>) {
    let mut node = Node::new(Arc::clone(&other));
    let batch = answered(&node, 1, &[1, 2]).await;
    let ask = node.ask(100);
    let before = crash_after(&other, usize::MAX, move |adapter| async move {
        let offers = adapter.collect(&ask).await.unwrap();
        offers.into_iter().map(|o| (o.name, o.digest)).collect::<Vec<_>>()
    });
    let before = before.await.unwrap();
    assert!(!before.is_empty());
    node.restart();
    let again = node.take_in().await;
    assert_eq!(digests(&again), before);
    assert!(
        batch
            .records
            .iter()
            .all(|r| again.iter().any(|read| read.names(&r.case_no)))
    );
}

/// Dies at every point of acknowledging; the next life acknowledges again, and it ends as if nothing had happened.
pub async fn a_crash_before_acknowledge_returns_is_made_good<C: Counterpart>(other: Arc<C>) {
    let mut node = Node::new(Arc::clone(&other));
    for (seq, polls) in (1..).zip(crash_points()) {
        let batch = answered(&node, seq, &[2 * seq, 2 * seq + 1]).await;
        let reads = node.collect(100).await;
        let mut ended = true;
        for read in &reads {
            // The ledger has it before the source is told.
            node.commit(read);
            let (claim, answer) = (read.offer.claim.clone(), answer(read));
            let call = |adapter: Arc<dyn port::Adapter>| async move { adapter.acknowledge(&claim, &answer).await };
            ended &= crash_after(&other, polls, call).await.is_some();
            node.restart();
            node.acknowledge(read).await;
        }
        let after = node.collect(100).await;
        assert!(
            after.is_empty() || other.place().is_some(),
            "cut after {polls} polls: offered after all"
        );
        for record in &batch.records {
            assert!(reads.iter().any(|r| r.names(&record.case_no)));
        }
        if ended {
            return;
        }
    }
    panic!("it never ends");
}

/// Twice, in this life and the next: the place looks the same.
pub async fn acknowledge_twice_is_the_same<C: Counterpart>(other: Arc<C>) {
    let mut node = Node::new(other);
    answered(&node, 1, &[1, 2]).await;
    let reads = node.collect(100).await;
    assert!(!reads.is_empty());
    for read in &reads {
        node.acknowledge(read).await;
    }
    let after = node.other.seen();
    for read in &reads {
        node.acknowledge(read).await;
    }
    assert_eq!(node.other.seen(), after);
    node.restart();
    for read in &reads {
        node.acknowledge(read).await;
    }
    assert_eq!(node.other.seen(), after, "after a restart");
    assert!(node.collect(100).await.is_empty() || node.other.place().is_some());
}

/// Names do not count; content does.
pub async fn the_same_content_has_the_same_digest<C: Counterpart>(other: Arc<C>) {
    let node = Node::new(Arc::clone(&other));
    if node.collects() {
        answered(&node, 1, &[1]).await;
        answered(&node, 2, &[2]).await;
    }
    let [one, two, else_] = other.twins(&*node.adapter).await;
    assert_ne!(one.name, two.name);
    assert_eq!(one.digest, two.digest);
    assert_ne!(one.digest, else_.digest);
    let (one, two, else_) = (node.read(one), node.read(two), node.read(else_));
    assert_eq!(one.rows, two.rows);
    assert_ne!(one.rows, else_.rows);
}

/// What is still being written is not offered, and is not lost when it is finished.
pub async fn a_half_written_batch_is_left_alone<C: Counterpart>(other: Arc<C>) {
    let mut node = Node::new(Arc::clone(&other));
    let batch = answered(&node, 1, &[1, 2]).await;
    let case = &batch.records[0].case_no;
    other.half_write().await;
    let before = other.seen();
    match node.adapter.collect(&node.ask(100)).await {
        Err(fault) => assert_eq!(fault.next, port::Next::Retry, "{fault}"),
        Ok(offers) => assert!(offers.is_empty(), "a half-written batch was offered"),
    }
    assert_eq!(other.seen(), before, "it was touched");
    other.finish().await;
    let reads = node.take_in().await;
    assert!(reads.iter().any(|r| r.names(case)));
}

/// Where batches are claimed: what another node holds is not ours, until a person says that that node is gone.
pub async fn what_another_node_claimed_is_left_until_it_is_taken_over<C: Counterpart>(other: Arc<C>) {
    let mut node = Node::new(Arc::clone(&other));
    let neighbour = other.neighbour();
    let batch = answered(&node, 1, &[1, 2]).await;
    let theirs = neighbour.collect(&node.ask(100)).await.unwrap();
    assert!(!theirs.is_empty());
    for _ in 0..2 {
        assert!(node.collect(100).await.is_empty(), "claimed by another node");
        node.restart();
    }
    let again = neighbour.collect(&node.ask(100)).await.unwrap();
    assert_eq!(again.len(), theirs.len(), "we looked, and touched nothing");
    let taken = node.adapter.take_over().await.unwrap();
    assert!(theirs.iter().all(|o| taken.contains(&o.name)), "{taken:?}");
    assert!(
        node.adapter.take_over().await.unwrap().is_empty(),
        "nothing is left to take over"
    );
    assert!(
        neighbour.collect(&node.ask(100)).await.unwrap().is_empty(),
        "it is ours now"
    );
    node.restart();
    let reads = node.take_in().await;
    let ours: Vec<[u8; 32]> = reads.iter().map(|r| r.offer.digest).collect();
    assert_eq!(ours, theirs.iter().map(|o| o.digest).collect::<Vec<_>>());
    for record in &batch.records {
        assert!(reads.iter().any(|r| r.names(&record.case_no)));
    }
}

/// Dies at every point of taking over: whatever is offered then is whole, and taking over again brings the rest.
pub async fn a_crash_before_take_over_returns_is_made_good<C: Counterpart>(other: Arc<C>) {
    let mut node = Node::new(Arc::clone(&other));
    for (seq, polls) in (1..).zip(crash_points()) {
        let batch = answered(&node, seq, &[2 * seq, 2 * seq + 1]).await;
        let theirs = other.neighbour().collect(&node.ask(100)).await.unwrap();
        let call = |adapter: Arc<dyn port::Adapter>| async move { adapter.take_over().await };
        let ended = crash_after(&other, polls, call).await;
        node.restart();
        let mut reads = node.take_in().await;
        node.adapter.take_over().await.unwrap();
        reads.extend(node.take_in().await);
        assert_eq!(reads.len(), theirs.len(), "cut after {polls} polls");
        for record in &batch.records {
            assert!(reads.iter().any(|r| r.names(&record.case_no)));
        }
        if ended.is_some() {
            return;
        }
    }
    panic!("it never ends");
}
