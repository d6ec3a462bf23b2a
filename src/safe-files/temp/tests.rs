#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use std::io::{Read, Seek, SeekFrom, Write};

#[test]
fn both_ways_give_a_file_that_nobody_sees() {
    let tmp = tempfile::tempdir().unwrap();
    for make in [anonymous, unlinked] {
        let mut file = make(tmp.path()).unwrap();
        file.write_all(b"hello").unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        let mut back = String::new();
        file.read_to_string(&mut back).unwrap();
        assert_eq!(back, "hello");
        assert_eq!(std::fs::read_dir(tmp.path()).unwrap().count(), 0);
    }
    assert!(matches!(anonymous(&tmp.path().join("none")), Err(FileError::Gone)));
}
