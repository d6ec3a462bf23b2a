#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use std::os::unix::fs::PermissionsExt;

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_new_file_appears_whole_and_nothing_else_does() {
    let tmp = tempfile::tempdir().unwrap();
    write_new(tmp.path(), "名单.csv", b"content").unwrap();
    assert_eq!(names(tmp.path()), ["名单.csv"]);
    let path = tmp.path().join("名单.csv");
    assert_eq!(std::fs::read(&path).unwrap(), b"content");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn nothing_is_ever_overwritten() {
    let tmp = tempfile::tempdir().unwrap();
    write_new(tmp.path(), "f", b"old").unwrap();
    assert!(matches!(write_new(tmp.path(), "f", b"new"), Err(FileError::Exists)));
    std::fs::create_dir(tmp.path().join("d")).unwrap();
    std::os::unix::fs::symlink("nowhere", tmp.path().join("l")).unwrap();
    for taken in ["d", "l"] {
        assert!(
            matches!(write_new(tmp.path(), taken, b"new"), Err(FileError::Exists)),
            "{taken}"
        );
    }
    assert_eq!(names(tmp.path()), ["d", "f", "l"], "and no leftovers");
    assert_eq!(std::fs::read(tmp.path().join("f")).unwrap(), b"old");
}

#[test]
fn the_two_step_way_keeps_the_same_promise() {
    let tmp = tempfile::tempdir().unwrap();
    for (name, bytes) in [("a", "a"), ("b", "b")] {
        std::fs::write(tmp.path().join(name), bytes).unwrap();
    }
    let dir = open_dir(tmp.path()).unwrap();
    assert!(matches!(link_new(&dir, "a", &dir, "b"), Err(FileError::Exists)));
    assert!(matches!(link_new(&dir, "none", &dir, "c"), Err(FileError::Gone)));
    link_new(&dir, "a", &dir, "c").unwrap();
    assert_eq!(names(tmp.path()), ["b", "c"]);
    assert_eq!(std::fs::read(tmp.path().join("b")).unwrap(), b"b");
}

#[test]
fn what_is_ours_alone_can_be_replaced_at_once() {
    let tmp = tempfile::tempdir().unwrap();
    write_over(tmp.path(), "f", b"one").unwrap();
    write_over(tmp.path(), "f", b"two").unwrap();
    assert_eq!(std::fs::read(tmp.path().join("f")).unwrap(), b"two");
    assert_eq!(names(tmp.path()), ["f"]);
}

#[test]
fn an_abandoned_file_leaves_nothing_and_a_hidden_one_meanwhile() {
    let tmp = tempfile::tempdir().unwrap();
    let mut file = NewFile::begin(tmp.path()).unwrap();
    file.write_all(b"half").unwrap();
    let seen = names(tmp.path());
    assert!(seen.len() == 1 && seen[0].starts_with('.'), "{seen:?}");
    drop(file);
    assert!(names(tmp.path()).is_empty());
}

#[test]
fn names_that_lead_elsewhere_are_refused_before_anything_is_written() {
    let tmp = tempfile::tempdir().unwrap();
    let inner = tmp.path().join("inner");
    std::fs::create_dir(&inner).unwrap();
    for bad in ["../f", "..", "a/b", "", "a\nb"] {
        assert!(
            matches!(write_new(&inner, bad, b"x"), Err(FileError::Name(_))),
            "{bad:?}"
        );
        assert!(
            matches!(write_over(&inner, bad, b"x"), Err(FileError::Name(_))),
            "{bad:?}"
        );
        assert!(
            matches!(NewFile::begin(&inner).unwrap().publish(bad), Err(FileError::Name(_))),
            "{bad:?}"
        );
    }
    assert_eq!(names(tmp.path()), ["inner"]);
    assert!(names(&inner).is_empty());
    assert!(matches!(
        write_new(&tmp.path().join("none"), "f", b""),
        Err(FileError::Gone)
    ));
}

#[test]
fn streams_and_modes() {
    let tmp = tempfile::tempdir().unwrap();
    let mut file = NewFile::begin(tmp.path()).unwrap();
    for i in 0..100u8 {
        file.write_all(&[i; 1_000]).unwrap();
    }
    file.set_mode(0o640).unwrap();
    file.publish("big").unwrap();
    let meta = std::fs::metadata(tmp.path().join("big")).unwrap();
    assert_eq!((meta.len(), meta.permissions().mode() & 0o777), (100_000, 0o640));
    sync_dir(tmp.path()).unwrap();
}
