use super::*;

const WINDOW: u64 = 300;

#[test]
fn a_nonce_is_new_once() {
    let mut nonces = Nonces::new(10);
    assert_eq!(nonces.note("a", 1000, 1000, WINDOW), Seen::New);
    assert_eq!(nonces.note("a", 1000, 1000, WINDOW), Seen::Before);
    assert_eq!(
        nonces.note("a", 1200, 1200, WINDOW),
        Seen::Before,
        "another time makes it no other number"
    );
    assert_eq!(nonces.note("b", 1000, 1300, WINDOW), Seen::New);
}

#[test]
fn a_request_signed_ahead_of_our_clock_is_remembered_until_it_is_stale() {
    let mut nonces = Nonces::new(10);
    assert_eq!(nonces.note("a", 1300, 1000, WINDOW), Seen::New);
    for now in [1300, 1301, 1599, 1600] {
        assert_eq!(nonces.note("a", 1300, now, WINDOW), Seen::Before, "{now}");
    }
}

#[test]
fn what_is_stale_makes_room() {
    let mut nonces = Nonces::new(2);
    assert_eq!(nonces.note("a", 1000, 1000, WINDOW), Seen::New);
    assert_eq!(nonces.note("b", 1001, 1001, WINDOW), Seen::New);
    assert_eq!(nonces.note("c", 1300, 1300, WINDOW), Seen::Full);
    assert_eq!(
        nonces.note("b", 1001, 1300, WINDOW),
        Seen::Before,
        "a full memory still knows"
    );
    assert_eq!(nonces.note("c", 1301, 1301, WINDOW), Seen::New);
    assert_eq!(nonces.known.len(), 2);
    assert_eq!(nonces.by_time.len(), 2);
}

#[test]
fn a_clock_that_jumps_back_grants_nothing_twice() {
    let mut nonces = Nonces::new(10);
    assert_eq!(nonces.note("a", 1000, 1000, WINDOW), Seen::New);
    assert_eq!(nonces.note("b", 2000, 2000, WINDOW), Seen::New);
    assert_eq!(nonces.note("a", 1000, 1000, WINDOW), Seen::Before);
    assert_eq!(nonces.note("c", 1001, 1000, WINDOW), Seen::New);
}
