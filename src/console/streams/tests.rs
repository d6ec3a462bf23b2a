#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

#[test]
fn a_session_has_a_few_all_have_a_bound_and_each_end_makes_room() {
    let streams = Arc::<Streams>::default();
    let mut own: Vec<Place> = (0..OF_ONE).map(|_| streams.enter("a").unwrap()).collect();
    assert!(streams.enter("a").is_none());
    let others: Vec<Place> = (OF_ONE..STREAMS)
        .map(|n| streams.enter(&format!("s{n}")).unwrap())
        .collect();
    assert!(streams.enter("b").is_none(), "no more in all");
    own.pop();
    assert!(streams.enter("b").is_some());
    drop((own, others));
    assert!(streams.lock().is_empty(), "nothing is left of those that ended");
}
