#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::rng::SeededRng;
use std::collections::BTreeSet;
use std::io::ErrorKind;

/// What every storage must do; run against both.
fn suite(s: &dyn Storage) {
    assert_eq!(s.list("").unwrap(), vec![]);
    assert!(!s.exists("a.seg").unwrap());
    s.create("b.seg").unwrap();
    s.create("a.seg").unwrap();
    s.create("head").unwrap();
    assert_eq!(s.create("a.seg").unwrap_err().kind(), ErrorKind::AlreadyExists);
    s.append("a.seg", b"hello ").unwrap();
    s.append("a.seg", b"world").unwrap();
    s.sync("a.seg").unwrap();
    s.sync_dir().unwrap();
    assert_eq!(s.len("a.seg").unwrap(), 11);
    assert_eq!(s.read_at("a.seg", 6, 100).unwrap(), b"world");
    assert_eq!(s.read_at("a.seg", 99, 5).unwrap(), b"");
    let mut buf = [0u8; 5];
    assert_eq!(s.read_into("a.seg", 0, &mut buf).unwrap(), 5);
    assert_eq!(&buf, b"hello");
    let listed: Vec<_> = s.list("").unwrap().into_iter().map(|f| (f.name, f.len)).collect();
    assert_eq!(
        listed,
        vec![("a.seg".into(), 11), ("b.seg".into(), 0), ("head".into(), 0)]
    );
    assert_eq!(s.list("a").unwrap().len(), 1);

    s.truncate("a.seg", 5).unwrap();
    s.append("a.seg", b"!").unwrap();
    assert_eq!(s.read_at("a.seg", 0, 100).unwrap(), b"hello!");
    s.write_at("head", 0, b"0123456789").unwrap();
    s.write_at("head", 2, b"xx").unwrap();
    assert_eq!(s.read_at("head", 0, 100).unwrap(), b"01xx456789");

    s.rename("a.seg", "b.seg").unwrap();
    assert_eq!(s.read_at("b.seg", 0, 100).unwrap(), b"hello!");
    s.append("b.seg", b"?").unwrap();
    assert_eq!(s.read_at("b.seg", 0, 100).unwrap(), b"hello!?");
    assert_eq!(s.len("a.seg").unwrap_err().kind(), ErrorKind::NotFound);
    s.remove("b.seg").unwrap();
    for e in [
        s.append("b.seg", b"x"),
        s.sync("b.seg"),
        s.remove("b.seg"),
        s.rename("b.seg", "c"),
        s.truncate("b.seg", 0),
    ] {
        assert_eq!(e.unwrap_err().kind(), ErrorKind::NotFound);
    }
    for bad in ["", "..", "a/b", ".hidden", "a\\b", "a\0b", &"x".repeat(121)] {
        assert_eq!(s.create(bad).unwrap_err().kind(), ErrorKind::InvalidInput, "{bad:?}");
        assert_eq!(
            s.rename("head", bad).unwrap_err().kind(),
            ErrorKind::InvalidInput,
            "{bad:?}"
        );
    }
}

#[test]
fn memory_keeps_the_contract() {
    suite(&SimStorage::new());
}

#[test]
fn a_directory_keeps_the_contract() {
    let tmp = tempfile::tempdir().unwrap();
    let path = tmp.path().join("data");
    suite(&DirStorage::create(&path).unwrap());
    let again = DirStorage::open(&path).unwrap();
    assert_eq!(
        again.read_at("head", 0, 3).unwrap(),
        b"01x",
        "another handle sees the same files"
    );
}

#[test]
fn a_directory_follows_no_links_and_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let tmp = tempfile::tempdir().unwrap();
    let path = tmp.path().join("data");
    let s = DirStorage::create(&path).unwrap();
    std::fs::write(tmp.path().join("outside"), b"x").unwrap();
    std::os::unix::fs::symlink(tmp.path().join("outside"), path.join("link")).unwrap();
    assert!(s.append("link", b"y").is_err());
    assert!(s.list("").unwrap().is_empty(), "a link is no file of ours");
    std::fs::create_dir(path.join("dir")).unwrap();
    assert!(s.len("dir").is_err());
    s.create("f").unwrap();
    let mode = std::fs::metadata(path.join("f")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

#[test]
fn many_files_can_be_used_in_turn() {
    let tmp = tempfile::tempdir().unwrap();
    let s = DirStorage::open(tmp.path()).unwrap();
    for i in 0..300 {
        let name = format!("{i:04}");
        s.create(&name).unwrap();
        s.append(&name, name.as_bytes()).unwrap();
        s.sync(&name).unwrap();
    }
    for i in 0..300 {
        let name = format!("{i:04}");
        s.append(&name, b"+").unwrap();
        assert_eq!(s.read_at(&name, 0, 10).unwrap(), format!("{name}+").as_bytes());
    }
}

#[test]
fn what_is_synced_survives_and_the_rest_is_a_prefix_or_torn() {
    let mut tails = BTreeSet::new();
    for seed in 0..400 {
        let s = SimStorage::new();
        s.create("f").unwrap();
        s.append("f", b"safe").unwrap();
        s.sync("f").unwrap();
        s.sync_dir().unwrap();
        s.append("f", &[b'x'; 700]).unwrap();
        s.append("f", b"second").unwrap();
        s.crash(&SeededRng::new(seed));
        let got = s.read_at("f", 0, 10_000).unwrap();
        assert!(got.starts_with(b"safe"));
        let whole = [&b"safe"[..], &[b'x'; 700], b"second"].concat();
        assert!(got.len() <= whole.len());
        for (i, b) in got.iter().enumerate() {
            assert!(*b == whole[i] || *b == 0, "only what was written, or zeros");
        }
        tails.insert((got.len(), got.contains(&0)));
    }
    assert!(
        tails.contains(&(4, false)) && tails.contains(&(710, false)),
        "both ends happen"
    );
    assert!(tails.contains(&(512, false)), "torn at a sector");
    assert!(tails.contains(&(704, true)), "length without bytes");
}

#[test]
fn names_without_a_directory_sync_may_be_forgotten() {
    let mut seen = BTreeSet::new();
    for seed in 0..64 {
        let s = SimStorage::new();
        s.create("old").unwrap();
        s.sync_dir().unwrap();
        s.create("tmp").unwrap();
        s.append("tmp", b"new").unwrap();
        s.sync("tmp").unwrap();
        s.rename("tmp", "old").unwrap();
        s.crash(&SeededRng::new(seed));
        let state: Vec<_> = s.files().into_iter().collect();
        seen.insert(state);
    }
    let file = |n: &str, b: &[u8]| (n.to_owned(), b.to_vec());
    assert_eq!(
        seen,
        BTreeSet::from([
            vec![file("old", b"")],
            vec![file("old", b""), file("tmp", b"new")],
            vec![file("old", b"new")],
        ])
    );
}

#[test]
fn a_failed_sync_is_never_made_up_for() {
    let s = SimStorage::new();
    s.create("f").unwrap();
    s.sync_dir().unwrap();
    s.append("f", b"lost").unwrap();
    s.fail_at(1, ErrorKind::Other);
    assert!(s.sync("f").is_err());
    assert_eq!(s.read_at("f", 0, 10).unwrap(), b"lost", "still readable");
    s.sync("f").unwrap();
    s.crash(&SeededRng::new(1));
    assert_eq!(s.read_at("f", 0, 10).unwrap(), b"");
}

#[test]
fn the_nth_call_fails_once() {
    let s = SimStorage::new();
    s.create("f").unwrap();
    s.fail_at(2, ErrorKind::StorageFull);
    s.append("f", b"aa").unwrap();
    assert_eq!(s.append("f", b"bbbb").unwrap_err().kind(), ErrorKind::StorageFull);
    s.append("f", b"c").unwrap();
    assert_eq!(s.read_at("f", 0, 10).unwrap(), b"aabbc", "a full disk takes what fits");
}

#[test]
fn a_write_that_fails_has_had_as_much_effect_as_was_said() {
    let took = [
        (Took::Nothing, ""),
        (Took::Half, "bb"),
        (Took::Short, "bbb"),
        (Took::All, "bbbb"),
    ];
    for (took, left) in took {
        let s = SimStorage::new();
        s.create("f").unwrap();
        s.fail_changes(1, 2, ErrorKind::StorageFull, took);
        assert!(s.exists("f").unwrap(), "who only looks is not counted");
        assert_eq!(s.append("f", b"bbbb").unwrap_err().kind(), ErrorKind::StorageFull);
        assert!(s.append("f", b"").is_err(), "it fails so often");
        s.append("f", b"c").unwrap();
        assert_eq!(
            s.read_at("f", 0, 10).unwrap(),
            format!("{left}c").as_bytes(),
            "{took:?}"
        );
        assert_eq!(s.struck(), 2);
    }
}

#[test]
fn the_power_goes_before_a_call_or_after_it_and_nothing_answers_until_it_is_back() {
    for (after, left) in [(false, &b"safe"[..]), (true, b"safe and sound")] {
        let s = SimStorage::new();
        s.create("f").unwrap();
        s.append("f", b"safe").unwrap();
        s.sync("f").unwrap();
        s.sync_dir().unwrap();
        // Appending is the first, the sync the second.
        s.cut_at(2, after);
        s.append("f", b" and sound").unwrap();
        assert!(s.sync("f").is_err(), "whoever called learns nothing");
        assert!(s.sync("f").is_err() && s.exists("f").is_err() && s.create("g").is_err());
        // Of what was not synced, nothing is left.
        s.crash(&SeededRng::new(if after { 0 } else { losing() }));
        assert_eq!(s.read_at("f", 0, 20).unwrap(), left, "after: {after}");
        assert_eq!((s.struck(), s.list("").unwrap().len()), (1, 1));
    }
}

/// A seed with which a crash loses what was not synced.
fn losing() -> u64 {
    let loses = |seed: &u64| {
        let s = SimStorage::new();
        s.create("f").unwrap();
        s.sync_dir().unwrap();
        s.append("f", b" and sound").unwrap();
        s.crash(&SeededRng::new(*seed));
        s.files()["f"].is_empty()
    };
    (0..64).find(loses).unwrap()
}

#[test]
fn the_directory_around_a_file_is_opened_by_the_files_path() {
    let tmp = tempfile::tempdir().unwrap();
    let (dir, name) = DirStorage::around(&tmp.path().join("paper.json")).unwrap();
    assert_eq!(name, "paper.json");
    dir.create(&name).unwrap();
    assert!(tmp.path().join("paper.json").exists());
    let kind = |path: &std::path::Path| DirStorage::around(path).map(|(_, name)| name).map_err(|e| e.kind());
    assert_eq!(kind("paper.json".as_ref()), Ok("paper.json".to_owned()), "here");
    assert_eq!(kind("/".as_ref()), Err(ErrorKind::InvalidInput));
    assert_eq!(kind("/nowhere/paper.json".as_ref()), Err(ErrorKind::NotFound));
    let odd: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"odd\xff");
    assert_eq!(kind(&tmp.path().join(odd)), Err(ErrorKind::InvalidInput));
}

#[test]
fn a_crash_is_repeatable() {
    let run = || {
        let s = SimStorage::new();
        s.create("f").unwrap();
        s.sync_dir().unwrap();
        for i in 0..20u8 {
            s.append("f", &[i; 100]).unwrap();
        }
        s.crash(&SeededRng::new(99));
        s.files()
    };
    assert_eq!(run(), run());
}
