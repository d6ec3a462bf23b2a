#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::place::Kind;

fn entry(name: &str, mtime: Option<i64>) -> Entry {
    Entry {
        name: name.to_owned(),
        kind: Kind::File,
        size: 1,
        mtime,
    }
}

#[test]
fn what_is_written_in_the_future_ages_from_its_first_look() {
    let seen = Seen::default();
    let at = |s: i64| UnixMs(s * 1000);
    let age = |name: &str, mtime, now| seen.age(name, mtime, at(now)).as_secs();
    let all = [
        entry("past", Some(50)),
        entry("future", Some(500)),
        entry("no time", None),
    ];
    seen.look(&all, at(100));
    seen.look(&all, at(130));
    for (name, mtime, now, expected) in [
        ("past", Some(50), 130, 80),
        ("future", Some(500), 130, 30),
        ("no time", None, 130, 30),
        // Its own time has come by now: it was seen before.
        ("future", Some(500), 510, 410),
        // Never seen, or written anew since.
        ("other", None, 130, 0),
        ("future", Some(600), 130, 0),
    ] {
        assert_eq!(age(name, mtime, now), expected, "{name} {now}");
    }
    // It is remembered past its own time, and only for as long as it is there.
    seen.look(&all, at(520));
    assert_eq!(age("future", Some(500), 520), 420);
    seen.look(&all[..1], at(530));
    seen.look(&all, at(540));
    assert_eq!(age("future", Some(500), 540), 40, "its own time is over, and it is new");
    assert_eq!(age("no time", None, 540), 0);
}
