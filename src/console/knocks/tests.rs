#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use std::net::Ipv4Addr;

#[test]
fn one_place_is_slowed_down_and_others_are_not() {
    let knocks = Knocks::default();
    let place = |n| Some(IpAddr::V4(Ipv4Addr::new(10, 0, 0, n)));
    let at = Duration::from_secs;
    for _ in 0..TRIES {
        assert_eq!(knocks.may(place(1), at(5)), Ok(()));
    }
    assert_eq!(knocks.may(place(1), at(25)), Err(41));
    assert_eq!(knocks.may(place(2), at(25)), Ok(()));
    assert_eq!(knocks.may(place(1), at(65)), Ok(()));
}

/// A hall whose clerks all come from one place logs in at nine; whoever guesses there is slowed down all the same.
#[test]
fn tries_that_let_somebody_in_are_not_counted() {
    let (knocks, place, now) = (Knocks::default(), None, Duration::from_secs(1));
    for _ in 0..500 {
        assert_eq!(knocks.may(place, now), Ok(()));
        knocks.good(place);
    }
    for _ in 0..TRIES {
        assert_eq!(knocks.may(place, now), Ok(()));
    }
    assert!(knocks.may(place, now).is_err());
}
