#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use seams::SeededRng;

fn at(minutes: u64) -> Duration {
    Duration::from_secs(minutes * 60)
}

#[test]
fn a_session_ends_when_nobody_is_there_and_after_a_day_in_any_case() {
    let (all, rng) = (Sessions::default(), SeededRng::new(1));
    let token = all.begin("李华", Lang::Zh, false, at(0), &rng).unwrap();
    assert_eq!(all.find(&token, at(14)).unwrap().person, "李华");
    assert!(all.find(&token, at(28)).is_some(), "seen at 14");
    assert!(all.find(&token, at(43)).is_none(), "idle");
    let token = all.begin("李华", Lang::Zh, false, at(0), &rng).unwrap();
    for minutes in (0..720).step_by(10) {
        assert!(all.find(&token, at(minutes)).is_some(), "{minutes}");
    }
    assert!(all.find(&token, at(720)).is_none(), "twelve hours");
}

#[test]
fn each_login_is_another_session_and_ends_alone_or_with_its_person() {
    let (all, rng) = (Sessions::default(), SeededRng::new(2));
    let one = all.begin("李华", Lang::Zh, false, at(0), &rng).unwrap();
    let two = all.begin("李华", Lang::En, false, at(0), &rng).unwrap();
    let other = all.begin("王五", Lang::En, false, at(0), &rng).unwrap();
    assert_ne!(one, two);
    assert_ne!(all.find(&one, at(0)).unwrap().csrf, all.find(&two, at(0)).unwrap().csrf);
    all.end(&one);
    assert!(all.find(&one, at(0)).is_none() && all.find(&two, at(0)).is_some());
    all.end_all("李华");
    assert!(all.find(&two, at(0)).is_none() && all.find(&other, at(0)).is_some());
}

#[test]
fn there_are_never_more_than_the_bound_and_ended_ones_make_room() {
    let (all, rng) = (Sessions::default(), SeededRng::new(3));
    for _ in 0..MOST {
        assert!(all.begin("李华", Lang::Zh, false, at(0), &rng).is_some());
    }
    assert!(all.begin("李华", Lang::Zh, false, at(1), &rng).is_none());
    assert!(all.begin("李华", Lang::Zh, false, at(16), &rng).is_some());
}
