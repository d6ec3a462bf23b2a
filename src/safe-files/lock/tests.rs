#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;

#[test]
fn one_at_a_time_and_the_other_learns_who() {
    let tmp = tempfile::tempdir().unwrap();
    let first = DirLock::take(tmp.path()).unwrap().unwrap();
    let held = DirLock::take(tmp.path()).unwrap().unwrap_err();
    assert_eq!(held.pid, std::process::id());
    drop(first);
    let again = DirLock::take(tmp.path()).unwrap();
    assert!(again.is_ok(), "free again");
    assert!(matches!(DirLock::take(&tmp.path().join("none")), Err(FileError::Gone)));
}
