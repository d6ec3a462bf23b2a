#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]
use super::*;
use crate::{LocalLedger, MemoryIndex};
use ::journal::{NodeKey, Suite};
use ::ledger::{Event, Ledger};
use seams::SeededRng;
use std::sync::Arc;
use tempfile::TempDir;

pub(crate) fn key() -> NodeKey {
    NodeKey::parse(&"0123456789abcdef".repeat(4)).unwrap()
}

/// A ledger of so many groups in a real directory, and where its backups go.
pub(crate) struct Scene {
    pub(crate) dir: TempDir,
    pub(crate) ledger: LocalLedger,
}

impl Scene {
    pub(crate) fn new(groups: u32) -> Self {
        Self::seeded(1, groups)
    }

    pub(crate) fn seeded(seed: u64, groups: u32) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let journal = dir.path().join("data").join(JOURNAL);
        std::fs::create_dir_all(&journal).unwrap();
        let storage = Arc::new(DirStorage::open(&journal).unwrap());
        let (index, rng) = (Box::new(MemoryIndex::default()), Arc::new(SeededRng::new(seed)));
        let (ledger, _) = LocalLedger::open(storage, index, &key(), Suite::Sha256, rng, None).unwrap();
        let mut scene = Self { dir, ledger };
        scene.work(groups);
        scene
    }

    pub(crate) fn work(&mut self, groups: u32) {
        for _ in 0..groups {
            let version = "0.1.0".to_owned();
            let event = Event::NodeStarted { version, machine: None };
            self.ledger.stage(1, event).unwrap();
            self.ledger.commit().unwrap();
        }
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn backup(&mut self, name: &str) -> Result<Backup, NoBackup> {
        let to = self.at(name);
        self.ledger.snapshot().unwrap().write(&to, "n1", 5)
    }

    /// What lies beside the data.
    pub(crate) fn beside(&self) -> Vec<String> {
        let names = std::fs::read_dir(self.dir.path()).unwrap();
        let mut names: Vec<String> = names.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

#[test]
fn a_backup_is_whole_and_says_what_it_holds() {
    let mut scene = Scene::new(7);
    let made = scene.backup("b1").unwrap();
    assert_eq!((made.group, made.files, made.at), (7, 2, 5));
    let text = std::fs::read(scene.at("b1").join(PAPER)).unwrap();
    let paper: Paper = serde_json::from_slice(&text).unwrap();
    assert_eq!(
        (paper.kind.as_str(), paper.format, paper.node.as_str(), paper.group),
        (KIND, FORMAT, "n1", 7)
    );
    assert_eq!(paper.head, made.head);
    assert_eq!(paper.files.iter().map(|f| f.bytes).sum::<u64>(), made.bytes);
    // Nobody else reads it, and no key lies in it.
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(
        (mode(&scene.at("b1")), mode(&scene.at("b1").join(PAPER))),
        (0o700, 0o600)
    );
    assert_eq!(scene.beside(), ["b1", "data"], "nothing is left of how it was made");
}

#[test]
fn nothing_that_is_there_is_replaced() {
    let mut scene = Scene::new(2);
    scene.backup("b1").unwrap();
    let before = std::fs::read(scene.at("b1").join(PAPER)).unwrap();
    scene.work(3);
    assert!(matches!(scene.backup("b1"), Err(NoBackup::Exists)));
    assert_eq!(std::fs::read(scene.at("b1").join(PAPER)).unwrap(), before);
    // Not even what is empty, or a file.
    std::fs::create_dir(scene.at("empty")).unwrap();
    std::fs::write(scene.at("file"), "mine").unwrap();
    for name in ["empty", "file"] {
        assert!(matches!(scene.backup(name), Err(NoBackup::Exists)), "{name}");
    }
    assert_eq!(std::fs::read(scene.at("file")).unwrap(), b"mine");
    assert!(matches!(scene.backup("no/such/place"), Err(NoBackup::Place(_))));
    assert_eq!(scene.beside(), ["b1", "data", "empty", "file"]);
}

/// A call that was killed leaves its part, and the next one clears it away; one that still writes keeps it, and so does
/// whoever put something else there.
#[test]
fn a_part_that_nobody_writes_is_cleared_away() {
    let mut scene = Scene::new(2);
    let part = scene.at("b1.part");
    std::fs::create_dir_all(part.join(JOURNAL)).unwrap();
    std::fs::write(part.join(JOURNAL).join("00000001.seg"), "half").unwrap();
    let held = File::open(&part).unwrap();
    held.try_lock().unwrap();
    assert!(matches!(scene.backup("b1"), Err(NoBackup::Exists)));
    assert!(part.join(JOURNAL).join("00000001.seg").exists());
    drop(held);
    scene.backup("b1").unwrap();
    assert_eq!(scene.beside(), ["b1", "data"]);
    std::fs::create_dir(scene.at("b2.part")).unwrap();
    std::fs::write(scene.at("b2.part").join("mine"), "mine").unwrap();
    std::os::unix::fs::symlink(scene.at("b1"), scene.at("b3.part")).unwrap();
    for name in ["b2", "b3"] {
        match scene.backup(name) {
            Err(NoBackup::Place(why)) => assert!(why.contains(NOT_OURS), "{why}"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(std::fs::read(scene.at("b2.part").join("mine")).unwrap(), b"mine");
    assert!(scene.at("b1").join(PAPER).exists());
    assert_eq!(scene.beside(), ["b1", "b2.part", "b3.part", "data"]);
}

/// A journal that is damaged makes no backup: whoever relies on one must not find out later.
#[test]
fn a_damaged_journal_makes_no_backup_and_leaves_nothing() {
    let mut scene = Scene::new(9);
    let journal = scene.at("data").join(JOURNAL);
    let segment = std::fs::read_dir(&journal).unwrap().map(|e| e.unwrap().path());
    let segment = segment
        .into_iter()
        .find(|p| p.extension().is_some_and(|e| e == "seg"))
        .unwrap();
    let mut bytes = std::fs::read(&segment).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&segment, bytes).unwrap();
    match scene.backup("b1") {
        Err(NoBackup::Ledger(LedgerError::Damaged { place, .. })) => assert!(place.contains(".seg"), "{place}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(scene.beside(), ["data"]);
}
