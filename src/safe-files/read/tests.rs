#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use std::io::Write;

#[test]
fn a_file_is_read_whole_or_refused() {
    let tmp = tempfile::tempdir().unwrap();
    let path = tmp.path().join("f");
    for len in [0usize, 1, 5_000] {
        std::fs::write(&path, vec![7u8; len]).unwrap();
        let (bytes, look) = read_bounded(&path, len as u64).unwrap();
        assert_eq!((bytes, look.len), (vec![7u8; len], len as u64));
        if len > 0 {
            let limit = len as u64 - 1;
            assert!(matches!(read_bounded(&path, limit), Err(FileError::TooLarge { limit: l }) if l == limit));
        }
    }
}

#[test]
fn only_regular_files_are_opened_and_pipes_do_not_block() {
    let tmp = tempfile::tempdir().unwrap();
    let (real, link, pipe) = (
        tmp.path().join("real"),
        tmp.path().join("link"),
        tmp.path().join("pipe"),
    );
    std::fs::write(&real, b"x").unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    rustix::fs::mknodat(CWD, &pipe, rustix::fs::FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    for path in [&link, &pipe, &tmp.path().to_path_buf()] {
        assert!(
            matches!(open_regular(path), Err(FileError::NotRegular)),
            "{}",
            path.display()
        );
    }
    assert!(matches!(open_regular(&tmp.path().join("none")), Err(FileError::Gone)));
    assert!(open_regular(&real).is_ok());
}

#[test]
fn a_file_that_changes_meanwhile_is_not_taken() {
    let tmp = tempfile::tempdir().unwrap();
    let path = tmp.path().join("f");
    type Change = fn(&Path);
    let changes: [Change; 3] = [
        |p| {
            std::fs::OpenOptions::new()
                .append(true)
                .open(p)
                .unwrap()
                .write_all(b"more")
                .unwrap()
        },
        |p| {
            std::fs::OpenOptions::new()
                .write(true)
                .open(p)
                .unwrap()
                .set_len(1)
                .unwrap()
        },
        |p| {
            std::fs::File::open(p)
                .unwrap()
                .set_modified(std::time::UNIX_EPOCH)
                .unwrap()
        },
    ];
    for change in changes {
        std::fs::write(&path, b"begin").unwrap();
        let (file, before) = open_regular(&path).unwrap();
        change(&path);
        assert!(matches!(read_open(file, before, 100), Err(FileError::Changed)));
    }
}
