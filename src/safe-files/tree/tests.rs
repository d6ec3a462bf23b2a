#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use tempfile::TempDir;

fn tree() -> (TempDir, Tree) {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("root/in/done")).unwrap();
    let tree = Tree::new(&dir.path().join("root"));
    (dir, tree)
}

fn all(tree: &Tree, path: &str) -> Result<Vec<u8>, FileError> {
    let mut reading = tree.read(path)?;
    let mut bytes = Vec::new();
    loop {
        let piece = reading.next(7)?;
        if piece.is_empty() {
            assert!(reading.is_unchanged()?);
            return Ok(bytes);
        }
        bytes.extend(piece);
    }
}

#[test]
fn paths_never_lead_out_of_the_root_nor_over_a_link() {
    let (dir, tree) = tree();
    let outside = dir.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("secret"), "secret").unwrap();
    symlink(&outside, tree.root().join("in/way")).unwrap();
    symlink(outside.join("secret"), tree.root().join("in/link")).unwrap();
    fs::write(tree.root().join("in/mine"), "mine").unwrap();
    for path in ["../outside/secret", "in/../../outside/secret", "in/.", ".."] {
        assert!(
            matches!(tree.read(path), Err(FileError::Name(NameError::Path))),
            "{path}"
        );
        assert!(
            matches!(tree.stat(path), Err(FileError::Name(NameError::Path))),
            "{path}"
        );
        assert!(tree.write_aside(path, b"x", 0o640).is_err(), "{path}");
    }
    assert!(matches!(tree.read("in/way/secret"), Err(FileError::NotDir)));
    assert!(matches!(tree.list("in/way", 9), Err(FileError::NotDir)));
    assert!(matches!(
        tree.write_aside("in/way/new", b"x", 0o640),
        Err(FileError::NotDir)
    ));
    assert!(matches!(tree.rename("in/mine", "in/way/mine"), Err(FileError::NotDir)));
    assert!(matches!(tree.remove("in/way/secret"), Err(FileError::NotDir)));
    assert!(matches!(tree.make_dir("in/way/new", 0o750), Err(FileError::NotDir)));
    assert!(matches!(tree.read("in/link"), Err(FileError::NotRegular)));
    assert_eq!(tree.stat("in/link").unwrap(), Some(Stands::Other));
    // Written over: the link goes, what it led to stays.
    tree.write_aside("in/link", b"ours", 0o640).unwrap();
    assert_eq!(all(&tree, "in/link").unwrap(), b"ours");
    assert_eq!(fs::read(outside.join("secret")).unwrap(), b"secret");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
}

#[test]
fn only_regular_files_are_read_and_a_pipe_does_not_block() {
    let (_dir, tree) = tree();
    rustix::fs::mknodat(CWD, tree.root().join("in/pipe"), FileType::Fifo, Mode::RUSR, 0).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(tree.root().join("in/socket")).unwrap();
    for name in ["in/pipe", "in/done"] {
        assert!(matches!(tree.read(name), Err(FileError::NotRegular)), "{name}");
    }
    assert!(tree.read("in/socket").is_err());
    assert!(matches!(tree.stat("in/done").unwrap(), Some(Stands::Dir { .. })));
    assert_eq!(tree.stat("in/pipe").unwrap(), Some(Stands::Other));
    assert_eq!(tree.stat("in/socket").unwrap(), Some(Stands::Other));
    assert_eq!(tree.stat("in/none").unwrap(), None);
    assert_eq!(tree.stat("none/none").unwrap(), None);
    assert!(matches!(tree.stat("/").unwrap(), Some(Stands::Dir { .. })));
}

#[test]
fn a_listing_says_what_it_left_out() {
    let (_dir, tree) = tree();
    for name in [
        &b"a"[..],
        "地税".as_bytes(),
        b"\xb5\xd8\xcb\xb0.txt",
        b"line\nline",
        b"-rf",
    ] {
        fs::write(tree.root().join("in").join(std::ffi::OsStr::from_bytes(name)), "x").unwrap();
    }
    let mut listed = tree.list("/in/", 100).unwrap();
    listed.names.sort_by(|a, b| a.0.cmp(&b.0));
    let names: Vec<&str> = listed.names.iter().map(|(n, _)| n.as_str()).collect();
    assert_eq!(names, ["-rf", "a", "done", "line\nline", "地税"]);
    assert_eq!((listed.cut, listed.unreadable), (false, 1));
    let cut = tree.list("in", 3).unwrap();
    assert_eq!((cut.cut, cut.names.len() + cut.unreadable), (true, 3));
    assert!(matches!(tree.list("none", 3), Err(FileError::Gone)));
}

#[test]
fn what_changes_while_it_is_read_is_noticed() {
    let (_dir, tree) = tree();
    let path = tree.root().join("in/f");
    let changes: [(&str, &dyn Fn()); 4] = [
        ("appended", &|| fs::write(&path, "0123456789 and more").unwrap()),
        ("cut", &|| fs::write(&path, "0123").unwrap()),
        ("removed", &|| fs::remove_file(&path).unwrap()),
        ("its time set back", &|| {
            let before = fs::metadata(&path).unwrap().modified().unwrap();
            let file = fs::File::options().write(true).open(&path).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(20));
            file.set_modified(before).unwrap();
        }),
    ];
    for (what, change) in changes {
        fs::write(&path, "0123456789").unwrap();
        let mut reading = tree.read("in/f").unwrap();
        assert_eq!(reading.next(4).unwrap(), b"0123");
        assert!(reading.is_unchanged().unwrap(), "{what}");
        change();
        assert!(!reading.is_unchanged().unwrap(), "{what}");
    }
}

#[test]
fn writing_aside_replaces_the_name_and_not_the_file() {
    let (_dir, tree) = tree();
    let path = tree.root().join("in/f.part");
    fs::write(&path, "theirs").unwrap();
    fs::hard_link(&path, tree.root().join("in/other")).unwrap();
    tree.write_aside("in/f.part", b"ours", 0o640).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"ours");
    assert_eq!(fs::read(tree.root().join("in/other")).unwrap(), b"theirs");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(matches!(tree.write_aside("none/f", b"x", 0o640), Err(FileError::Gone)));
}

#[test]
fn a_rename_replaces_nothing_and_tells_its_failures_apart() {
    let (_dir, tree) = tree();
    fs::write(tree.root().join("in/a"), "a").unwrap();
    fs::write(tree.root().join("in/b"), "b").unwrap();
    assert!(matches!(tree.rename("in/a", "in/b"), Err(FileError::Exists)));
    assert_eq!(all(&tree, "in/b").unwrap(), b"b");
    assert!(matches!(tree.rename("in/none", "in/c"), Err(FileError::Gone)));
    assert!(matches!(tree.rename("in/none", "in/b"), Err(FileError::Gone)));
    assert!(matches!(tree.rename("in/a", "none/a"), Err(FileError::NoDir)));
    tree.rename("in/a", "in/done/a").unwrap();
    assert_eq!(all(&tree, "in/done/a").unwrap(), b"a");
    // A directory with all that is in it, and not onto another.
    tree.make_dir("in/001", 0o750).unwrap();
    tree.make_dir("in/001", 0o750).unwrap();
    tree.write_aside("in/001/x", b"x", 0o640).unwrap();
    tree.make_dir("in/done/001", 0o750).unwrap();
    assert!(matches!(tree.rename("in/001", "in/done/001"), Err(FileError::Exists)));
    tree.rename("in/001", "in/done/002").unwrap();
    assert_eq!(all(&tree, "in/done/002/x").unwrap(), b"x");
    assert!(matches!(tree.make_dir("in/b", 0o750), Err(FileError::Exists)));
    tree.remove("in/b").unwrap();
    assert!(matches!(tree.remove("in/b"), Err(FileError::Gone)));
}

/// Two file systems of one machine: its disk and its memory.
#[test]
fn a_file_goes_to_another_file_system_whole_or_not_at_all() {
    let (_dir, here) = tree();
    let far = tempfile::tempdir_in("/dev/shm").unwrap();
    let there = Tree::new(far.path());
    let (from, to) = (here.walk("in").unwrap(), there.walk("").unwrap());
    assert_ne!(
        rustix::fs::fstat(&from).unwrap().st_dev,
        rustix::fs::fstat(&to).unwrap().st_dev
    );
    let big: Vec<u8> = (0..600_000u32).map(|n| n.to_le_bytes()[0]).collect();
    fs::write(here.root().join("in/f"), &big).unwrap();
    assert!(matches!(rename_here(&from, "f", &to, "f"), Err(FileError::OtherDevice)));
    across::carry(&from, "f", &to, "f").unwrap();
    assert!(!here.root().join("in/f").exists());
    assert_eq!(fs::read(far.path().join("f")).unwrap(), big);
    // Nothing is replaced, and then nothing is removed.
    fs::write(here.root().join("in/f"), "another").unwrap();
    assert!(matches!(across::carry(&from, "f", &to, "f"), Err(FileError::Exists)));
    assert_eq!(fs::read(here.root().join("in/f")).unwrap(), b"another");
    assert_eq!(fs::read(far.path().join("f")).unwrap(), big);
    assert_eq!(fs::read_dir(far.path()).unwrap().count(), 1, "no copy is left");
    // Directories stay where they are, and it is said.
    assert!(matches!(
        across::carry(&from, "done", &to, "done"),
        Err(FileError::OtherDevice)
    ));
}
