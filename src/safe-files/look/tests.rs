#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;

#[test]
fn a_look_notices_growth_and_exchange_and_refuses_links() {
    let tmp = tempfile::tempdir().unwrap();
    let (a, b) = (tmp.path().join("a"), tmp.path().join("b"));
    std::fs::write(&a, b"one").unwrap();
    let first = look(&a).unwrap();
    assert_eq!(first.len, 3);
    assert_eq!(look(&a).unwrap(), first);
    std::fs::write(&b, b"two").unwrap();
    std::fs::rename(&b, &a).unwrap();
    assert_ne!(look(&a).unwrap(), first, "another file of the same length");
    std::os::unix::fs::symlink(&a, &b).unwrap();
    assert!(matches!(look(&b), Err(FileError::NotRegular)));
    assert!(matches!(look(tmp.path()), Err(FileError::NotRegular)));
    assert!(matches!(look(&tmp.path().join("c")), Err(FileError::Gone)));
}

#[test]
fn a_file_is_steady_when_it_was_left_alone_long_enough() {
    let at = |len, sec| Look {
        len,
        modified: (sec, 0),
        id: (1, 1),
    };
    let t = Duration::from_secs;
    let mut steady = Steady::new(t(5));
    assert!(!steady.is_steady("f", at(1, 1), t(0)), "never at first sight");
    assert!(!steady.is_steady("f", at(1, 1), t(4)));
    assert!(!steady.is_steady("f", at(2, 2), t(5)), "it grew: the wait begins anew");
    assert!(!steady.is_steady("f", at(2, 3), t(9)), "touched");
    assert!(!steady.is_steady("f", at(2, 3), t(13)));
    assert!(steady.is_steady("f", at(2, 3), t(14)));
    assert!(!steady.is_steady("g", at(2, 3), t(14)));
    steady.retain(|name| name == "g");
    assert!(!steady.is_steady("f", at(2, 3), t(99)), "forgotten");
    assert_eq!(steady.seen.len(), 2);
}

#[test]
fn without_a_wait_two_looks_are_enough() {
    let mut steady = Steady::new(Duration::ZERO);
    let seen = Look {
        len: 1,
        modified: (1, 0),
        id: (1, 1),
    };
    assert!(!steady.is_steady("f", seen, Duration::ZERO));
    assert!(steady.is_steady("f", seen, Duration::ZERO));
}
