#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]
use super::*;
use crate::backup::tests::{Scene, key};
use seams::{SeededRng, SystemRng};
use std::path::PathBuf;

/// Restores a backup into a data directory of its own, as the node of `key` does.
fn restored(scene: &Scene, backup: &str, data: &str) -> Result<Mark, Finding> {
    let (from, data) = (scene.at(backup), scene.at(data));
    std::fs::create_dir_all(&data).unwrap();
    let checked = check(&from, Some(&key()))?;
    restore(&from, &checked, &data, &SystemRng::new())
}

fn segment(scene: &Scene, backup: &str) -> PathBuf {
    let dir = scene.at(backup).join(JOURNAL);
    let mut files = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path());
    files.find(|p| p.extension().is_some_and(|e| e == "seg")).unwrap()
}

fn edit(path: &Path, change: impl FnOnce(&mut serde_json::Value)) {
    let mut value: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    change(&mut value);
    std::fs::write(path, serde_json::to_vec(&value).unwrap()).unwrap();
}

#[test]
fn a_restored_ledger_is_the_backup_and_bears_its_mark() {
    let mut scene = Scene::new(7);
    scene.backup("b1").unwrap();
    scene.work(5);
    let made = restored(&scene, "b1", "new").unwrap();
    assert_eq!((made.group, made.at), (7, 5));
    assert_eq!(mark(&scene.at("new")).unwrap(), Some(made.clone()));
    let (own, copy) = (scene.at("b1").join(JOURNAL), scene.at("new").join(JOURNAL));
    for entry in std::fs::read_dir(own).unwrap() {
        let path = entry.unwrap().path();
        let there = copy.join(path.file_name().unwrap());
        assert_eq!(std::fs::read(path).unwrap(), std::fs::read(there).unwrap());
    }
    assert_ne!(
        restored(&scene, "b1", "other").unwrap().id,
        made.id,
        "each has a mark of its own"
    );
    assert_eq!(mark(&scene.at("data")).unwrap(), None);
}

/// A way to spoil a backup, and what is said of it then.
type Spoil = (&'static str, fn(&Scene), &'static str);

const SPOILS: [Spoil; 11] = [
    (
        "no paper",
        |s| std::fs::remove_file(s.at("b").join(PAPER)).unwrap(),
        "L_BACKUP",
    ),
    (
        "half a paper",
        |s| {
            let path = s.at("b").join(PAPER);
            let text = std::fs::read(&path).unwrap();
            std::fs::write(path, &text[..text.len() / 2]).unwrap();
        },
        "L_BACKUP",
    ),
    (
        "no journal",
        |s| std::fs::remove_dir_all(s.at("b").join(JOURNAL)).unwrap(),
        "L_BACKUP",
    ),
    (
        "a segment is gone",
        |s| std::fs::remove_file(segment(s, "b")).unwrap(),
        "L_BACKUP",
    ),
    (
        "a segment is cut",
        |s| {
            let path = segment(s, "b");
            let bytes = std::fs::read(&path).unwrap();
            std::fs::write(&path, &bytes[..bytes.len() - 9]).unwrap();
        },
        "L_BACKUP",
    ),
    (
        "a byte is another",
        |s| {
            let path = segment(s, "b");
            let mut bytes = std::fs::read(&path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            std::fs::write(path, bytes).unwrap();
        },
        "L_DAMAGED",
    ),
    (
        "a file more",
        |s| std::fs::write(s.at("b").join(JOURNAL).join("99999999999999999999.seg"), "x").unwrap(),
        "L_BACKUP",
    ),
    (
        "another group is said",
        |s| edit(&s.at("b").join(PAPER), |p| p["group"] = 6.into()),
        "L_BACKUP",
    ),
    (
        "another digest is said",
        |s| edit(&s.at("b").join(PAPER), |p| p["files"][0]["sha256"] = "00".into()),
        "L_BACKUP",
    ),
    (
        "another program's",
        |s| edit(&s.at("b").join(PAPER), |p| p["kind"] = "tar".into()),
        "L_BACKUP",
    ),
    (
        "a newer format",
        |s| edit(&s.at("b").join(PAPER), |p| p["format"] = 2.into()),
        "L_NEWER",
    ),
];

#[test]
fn what_is_not_whole_is_refused_and_nothing_is_touched() {
    for (what, spoil, code) in SPOILS {
        let mut scene = Scene::new(7);
        scene.backup("b").unwrap();
        spoil(&scene);
        let no = restored(&scene, "b", "new").unwrap_err();
        assert_eq!(no.code.word(), code, "{what}: {no:?}");
        assert_eq!(std::fs::read_dir(scene.at("new")).unwrap().count(), 0, "{what}");
        if code == "L_DAMAGED" {
            let place = no.arg("place").unwrap();
            assert!(
                place.contains("group 4") || place.contains("group 3"),
                "{what}: the entry is named: {place}"
            );
        }
    }
}

/// Who signs a journal of his own making gets no further than his own key.
#[test]
fn a_foreign_backup_is_refused_by_the_key() {
    let mut scene = Scene::new(3);
    scene.backup("b").unwrap();
    let other = NodeKey::generate(&SeededRng::new(9));
    let no = check(&scene.at("b"), Some(&other)).unwrap_err();
    assert_eq!(no.code, Code::LKey);
    // Without a key it is only judged as what it says.
    assert_eq!(check(&scene.at("b"), None).unwrap().report.last_group, 3);
    // A paper that names another key to check with.
    edit(&scene.at("b").join(PAPER), |p| p["public_key"] = "00".repeat(32).into());
    assert_eq!(check(&scene.at("b"), None).unwrap_err().code, Code::LBackup);
}

#[test]
fn a_directory_in_which_anything_lies_is_left_alone() {
    let mut scene = Scene::new(3);
    scene.backup("b").unwrap();
    for there in ["journal", "index", "work", "note.txt"] {
        let data = scene.at(there).join("data");
        std::fs::create_dir_all(data.join(there)).unwrap();
        let checked = check(&scene.at("b"), Some(&key())).unwrap();
        let no = restore(&scene.at("b"), &checked, &data, &SystemRng::new()).unwrap_err();
        assert_eq!(no.code, Code::LNotEmpty, "{there}");
        assert_eq!(std::fs::read_dir(&data).unwrap().count(), 1, "{there}");
    }
    // What an earlier call did not live to finish is no ledger.
    let data = scene.at("begun");
    std::fs::create_dir_all(data.join(PART)).unwrap();
    std::fs::write(data.join(PART).join("head"), "half").unwrap();
    std::fs::write(data.join(MARK), "half").unwrap();
    std::fs::write(data.join("lock"), "1").unwrap();
    restored(&scene, "b", "begun").unwrap();
    assert!(mark(&data).unwrap().is_some() && !data.join(PART).exists());
}

#[test]
fn a_ledger_that_goes_on_from_a_backup_is_told_from_one_that_does_not() {
    let mut scene = Scene::new(4);
    scene.backup("b").unwrap();
    let checked = check(&scene.at("b"), None).unwrap();
    scene.work(3);
    let own = compare(&checked, &scene.at("data").join(JOURNAL)).unwrap().unwrap();
    assert_eq!(own.last_group, 7);
    assert_eq!(compare(&checked, &scene.at("nothing")).unwrap(), None);
    // One that was restored from an older backup and went on does not have what this one has.
    restored(&scene, "b", "old").unwrap();
    scene.backup("later").unwrap();
    let later = check(&scene.at("later"), None).unwrap();
    let no = compare(&later, &scene.at("old").join(JOURNAL)).unwrap_err();
    assert_eq!(no.code, Code::LDamaged, "{no:?}");
    // Another journal altogether.
    let stranger = Scene::seeded(2, 9);
    let no = compare(&checked, &stranger.at("data").join(JOURNAL));
    assert!(no.is_err(), "{no:?}");
}
