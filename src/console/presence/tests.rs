#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::testing::{NOW, TestClock};

#[test]
fn whoever_comes_back_soon_never_left_and_nobody_sees_themselves() {
    let clock = Arc::new(TestClock::default());
    let presence = Arc::new(Presence::new(clock.clone()));
    let first = presence.sit("t1", "李华");
    clock.advance(60_000);
    let second = presence.sit("t1", "李华");
    let other = presence.sit("t1", "王五");
    assert_eq!(presence.others("t1", "王五"), [("李华".to_owned(), NOW)]);
    assert_eq!(presence.others("t1", "李华"), [("王五".to_owned(), NOW + 60_000)]);
    assert!(presence.others("t2", "王五").is_empty());
    drop(first);
    clock.advance(60_000);
    assert_eq!(presence.others("t1", "王五").len(), 1, "one page is open still");
    drop(second);
    clock.advance(5_000);
    let back = presence.sit("t1", "李华");
    assert_eq!(presence.others("t1", "王五"), [("李华".to_owned(), NOW)]);
    drop(back);
    clock.advance(6_000);
    assert!(presence.others("t1", "王五").is_empty());
    drop(other);
    clock.advance(6_000);
    let _elsewhere = presence.sit("t2", "李华");
    assert_eq!(presence.lock().len(), 1, "what nobody looks at is forgotten");
}
