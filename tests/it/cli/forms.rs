//! Every form in which something is stored or handed out has a version. What version 1 wrote lies in `fixtures/ledger/forms/v1`
//! and is read for ever; a newer one is refused by name, and left as it is.
//!
//! To make them anew (only while a form is not yet in use): set `TANGHULU_WRITE_FIXTURE` and run
//! `they_are_still_written_the_same`.

use super::desk::deserted;
use super::say::{Said, ask, call};
use accounts::{Accounts, Attempt, Order, Role};
use engine::view::{DaySheet, SHEET_LABEL, SignedSheet, sheet_digest};
use journal::{Journal, Limits, NewEntry, NodeKey, SignedHead, Suite, open_blob, seal_blob};
use ledger::event::Person;
use ledger::{Erasure, Event, Ledger, Pos};
use ledger_local::{Index, LocalLedger, MemoryIndex, Meta, SledIndex, restore};
use model::{BatchId, CaseNo, Incoming, ItemNo, Value as ItemValue};
use seams::{Clock, DirStorage, SeededRng, SimStorage, Storage, SystemClock, SystemRng};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// 2020-03-02, noon at +08:00.
const THEN: i64 = 1_583_121_600_000;
const CASE: &str = "110108202003020000012";
const PASSWORD: &str = "correct-horse-battery-9";
const SECRET: &str = "糖葫芦街三十六号院";

fn place() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/ledger/forms/v1")
}

fn node_key() -> NodeKey {
    NodeKey::parse(&"0123456789abcdef".repeat(4)).unwrap()
}

fn open(storage: Arc<dyn Storage>, seed: u64) -> LocalLedger {
    let (index, rng) = (Box::new(MemoryIndex::default()), Arc::new(SeededRng::new(seed)));
    LocalLedger::open(storage, index, &node_key(), Suite::Sha256, rng, None)
        .unwrap()
        .0
}

/// Writes everything that has a form.
fn make(dir: &Path) {
    let storage = Arc::new(SimStorage::new());
    let mut ledger = open(storage, 1);
    let case_no = CaseNo::new(CASE);
    let row = Event::Row {
        batch: BatchId(1),
        line: 1,
        incoming: Some(Box::new(Incoming {
            case_no: Some(case_no.clone()),
            items: [(ItemNo(1), ItemValue::Text(SECRET.into()))].into_iter().collect(),
            ..Incoming::default()
        })),
        findings: Vec::new(),
    };
    let opened = Event::CaseOpened {
        case_no: case_no.clone(),
        ent_class: "000001".into(),
    };
    ledger.stage(THEN, row).unwrap();
    ledger.stage(THEN, opened).unwrap();
    ledger.commit().unwrap();
    let at = Pos { group: 1, ordinal: 0 };
    let to = dir.join("archive.arc");
    let places = BTreeMap::from([(at.group, vec![at.ordinal])]);
    let sealed = ledger.books().past().archive(&places, &to).unwrap();
    let erased = Event::CaseErased(Erasure {
        case_no,
        places: vec![at],
        rows: Vec::new(),
        batches: Vec::new(),
        person: Person::rule(),
        reason: "r".to_owned(),
        archive: Some((sealed.name, sealed.digest)),
    });
    ledger.erase(THEN + 1, vec![erased], &[at]).unwrap();

    let sheet = DaySheet {
        form: DaySheet::FORM,
        node: "fe-01".to_owned(),
        day: jiff::civil::date(2020, 3, 2),
        closed_at: THEN + 2,
        before: None,
        lines: Vec::new(),
    };
    let digest = sheet_digest(&sheet);
    let (signature, public_key) = ledger.sign(SHEET_LABEL, &sheet.bytes()).unwrap();
    let closed = Event::DayClosed {
        sheet: Box::new(sheet.clone()),
        digest: digest.clone(),
    };
    let closed = ledger.stage(THEN + 2, closed).unwrap();
    ledger.commit().unwrap();
    let head = ledger.signed_head(closed.group).unwrap().unwrap();
    let paper = SignedSheet {
        sheet,
        digest,
        signature,
        public_key,
        ledger: head.clone(),
    };
    let write = |name: &str, bytes: &[u8]| fs::write(dir.join(name), bytes).unwrap();
    write("day-sheet.json", &serde_json::to_vec_pretty(&paper).unwrap());
    write("head.txt", head.as_bytes());

    let backup = dir.join("backup");
    ledger.snapshot().unwrap().write(&backup, "fe-01", THEN + 3).unwrap();
    let witness = Arc::new(SimStorage::new());
    assert_eq!(ledger.keep_witness(witness.clone(), "witness").unwrap(), None);
    let version = "0.1.0".to_owned();
    ledger
        .stage(THEN + 4, Event::NodeStarted { version, machine: None })
        .unwrap();
    ledger.commit().unwrap();
    write("witness", &witness.files()["witness"]);
    write(
        "blob",
        &seal_blob(&node_key(), "form", SECRET.as_bytes(), &SeededRng::new(2)),
    );

    let restored = tempfile::tempdir().unwrap();
    let checked = restore::check(&backup, Some(&node_key())).unwrap();
    // The mark names the place, which is another each time.
    let mark = restore::restore(&backup, &checked, restored.path(), &SeededRng::new(3)).unwrap();
    let mark = restore::Mark {
        from: "/mnt/backup".to_owned(),
        ..mark
    };
    write("restored.json", &serde_json::to_vec_pretty(&mark).unwrap());

    let accounts = accounts(dir);
    let people = [
        ("王安全", Role::SecurityAdministrator, Some(1000), false),
        ("李华", Role::Clerk, None, false),
        ("赵六", Role::Auditor, None, true),
    ];
    for (name, role, uid, totp) in people {
        let (name, roles) = (name.to_owned(), [role].into());
        let order = Order::Add { name, roles, uid, totp };
        accounts.change(|book| order.apply(book, THEN, accounts.rng())).unwrap();
    }
    accounts.choose("李华", PASSWORD).unwrap();
}

fn accounts(dir: &Path) -> Accounts {
    Accounts::open(dir.to_owned(), node_key(), Arc::new(SeededRng::new(4))).unwrap()
}

/// All files below a directory, by path.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, dir: &Path, all: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, all);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                all.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut all = BTreeMap::new();
    walk(dir, dir, &mut all);
    all
}

/// A node whose key is the fixtures', and a copy of them.
struct Scene {
    dir: TempDir,
    config: PathBuf,
}

impl Scene {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        deserted(dir.path(), &clock);
        let keys = dir.path().join("keys");
        fs::create_dir_all(&keys).unwrap();
        let key = keys.join("node.key");
        fs::write(&key, format!("{}\n", node_key().reveal_hex())).unwrap();
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        for (name, bytes) in files(&place()) {
            let path = dir.path().join("forms").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let config = dir.path().join("config");
        Self { dir, config }
    }

    fn at(&self, name: &str) -> String {
        self.dir.path().join("forms").join(name).to_str().unwrap().to_owned()
    }

    fn ask(&self, words: &[&str]) -> Said {
        ask(&self.config, words)
    }

    fn json(&self, words: &[&str]) -> Value {
        let said = self.ask(&[words, &["--json"]].concat());
        serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:?}"))
    }

    /// Lays a file of the fixtures where the node looks for it.
    fn lay(&self, name: &str, to: &str) {
        let to = self.dir.path().join(to);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(self.at(name), to).unwrap();
    }
}

#[test]
fn they_are_still_written_the_same() {
    if std::env::var_os("TANGHULU_WRITE_FIXTURE").is_some() {
        let _ = fs::remove_dir_all(place());
        fs::create_dir_all(place()).unwrap();
        make(&place());
    }
    let fresh = tempfile::tempdir().unwrap();
    make(fresh.path());
    let (now, then) = (files(fresh.path()), files(&place()));
    assert_eq!(now.keys().collect::<Vec<_>>(), then.keys().collect::<Vec<_>>());
    for (name, bytes) in now {
        assert!(bytes == then[&name], "{name} is written otherwise");
    }
}

#[test]
fn accounts_of_version_1_are_read_and_open_the_same_doors() {
    let copy = tempfile::tempdir().unwrap();
    fs::copy(place().join("accounts"), copy.path().join("accounts")).unwrap();
    let accounts = accounts(copy.path());
    let line = |name: &str| accounts.account(name).unwrap().line(THEN);
    assert_eq!(
        (line("王安全").state.as_str(), line("王安全").uid),
        ("token", Some(1000))
    );
    assert_eq!((line("李华").state.as_str(), line("李华").totp), ("active", false));
    assert_eq!((line("赵六").state.as_str(), line("赵六").totp), ("token", true));
    let attempt = |secret: &str| Attempt {
        name: "李华".to_owned(),
        secret: secret.to_owned(),
        code: String::new(),
    };
    assert!(accounts.enter(&attempt("another-password-9"), THEN).is_err());
    assert!(!accounts.enter(&attempt(PASSWORD), THEN).unwrap().must_choose);
}

#[test]
fn version_1_of_each_form_is_read_and_says_what_it_said() {
    let scene = Scene::new();
    let head: SignedHead = fs::read_to_string(scene.at("head.txt")).unwrap().parse().unwrap();
    assert_eq!(head.group, 3);
    let paper: Value = serde_json::from_slice(&fs::read(scene.at("day-sheet.json")).unwrap()).unwrap();
    let public = paper["public_key"].as_str().unwrap();
    let nowhere = |words: &[&str]| call(&[&["--config", "/nowhere", "--json"], words].concat());

    let archive = nowhere(&["ledger", "verify", &scene.at("archive.arc"), "--public-key", public]);
    assert_eq!(archive.code, 0, "{archive:?}");
    let shown = scene.json(&["case", CASE, "--archive", &scene.at("archive.arc")]);
    assert_eq!(
        (&shown["rows"][0]["what"], &shown["rows"][0]["at"]),
        (&"row".into(), &THEN.into()),
        "{shown}"
    );
    assert_eq!(shown["rows"][0]["items"][0]["value"], SECRET);
    let sheet = nowhere(&[
        "balance",
        "--verify",
        &scene.at("day-sheet.json"),
        "--public-key",
        public,
    ]);
    assert_eq!(sheet.code, 0, "{sheet:?}");
    let backup = scene.json(&["ledger", "restore", &scene.at("backup"), "--verify"]);
    assert_eq!(
        (&backup["node"], &backup["group"], &backup["at"]),
        (&"fe-01".into(), &3.into(), &(THEN + 3).into())
    );
    let journal = scene.at("backup/journal");
    let anchored = nowhere(&[
        "ledger",
        "verify",
        &journal,
        "--public-key",
        public,
        "--anchor",
        &scene.at("head.txt"),
    ]);
    assert_eq!(anchored.code, 0, "{anchored:?}");
    let blob = open_blob(&node_key(), "form", &fs::read(scene.at("blob")).unwrap()).unwrap();
    assert_eq!(blob, SECRET.as_bytes());

    // The mark and the witness say what the ledger that was restored has forgotten.
    assert_eq!(scene.ask(&["ledger", "restore", &scene.at("backup")]).code, 0);
    scene.lay("restored.json", "data/restored.json");
    scene.lay("witness", "keys/witness");
    let doubt = scene.json(&["ledger", "resume"]);
    let codes: Vec<&str> = doubt["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|f| f["code"].as_str())
        .collect();
    assert_eq!(codes, ["L_RESTORED", "L_OLDER"], "{doubt}");
    assert!(doubt.to_string().contains("/mnt/backup"), "{doubt}");
}

/// CRC-32 (IEEE), bit by bit.
fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & (0u32.wrapping_sub(crc & 1)));
        }
    }
    !crc
}

fn raised(path: &str, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert_eq!(text.matches(from).count(), 1, "{path}: {from}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn a_newer_version_of_each_form_is_refused_by_name_and_left_as_it_is() {
    let scene = Scene::new();
    let archive = scene.at("archive.arc");
    let mut bytes = fs::read(&archive).unwrap();
    bytes[8] += 1;
    let sum = crc(&bytes[..60]);
    bytes[60..64].copy_from_slice(&sum.to_le_bytes());
    fs::write(&archive, bytes).unwrap();
    let backup = scene.at("backup");
    raised(&scene.at("backup/backup.json"), "\"format\": 1", "\"format\": 2");
    let sheet = scene.at("day-sheet.json");
    raised(&sheet, "\"form\": 1", "\"form\": 2");
    let head = fs::read_to_string(scene.at("head.txt"))
        .unwrap()
        .replacen("th1:", "th2:", 1);
    let journal = scene.at("backup/journal");
    let before = files(&scene.dir.path().join("forms"));
    for (words, names) in [
        (vec!["ledger", "verify", &archive], "archive.arc"),
        (vec!["case", CASE, "--archive", &archive], "archive.arc"),
        (vec!["ledger", "restore", &backup, "--verify"], "backup.json"),
        (vec!["ledger", "restore", &backup], "backup.json"),
        (vec!["balance", "--verify", &sheet], "day-sheet.json"),
        (vec!["ledger", "verify", &journal, "--anchor", &head], "--anchor"),
    ] {
        refused(&scene.ask(&words), names, &words);
    }
    assert_eq!(files(&scene.dir.path().join("forms")), before);
    assert!(!scene.dir.path().join("data/journal").exists(), "nothing was restored");
}

fn refused(said: &Said, names: &str, words: &[&str]) {
    assert!(matches!(said.code, 1 | 2), "{words:?}: {said:?}");
    let text = format!("{}{}", said.out, said.err);
    assert!(text.contains("L_NEWER") && text.contains(names), "{words:?}: {said:?}");
    assert!(text.contains('2') && text.contains('1'), "{words:?}: {said:?}");
}

/// What the node itself keeps.
#[test]
fn a_node_does_not_start_on_what_a_newer_one_left_and_touches_nothing() {
    for name in ["restored.json", "witness"] {
        let scene = Scene::new();
        assert_eq!(scene.ask(&["ledger", "stats"]).code, 0, "makes a ledger");
        let to = match name {
            "witness" => "keys/witness",
            _ => "data/restored.json",
        };
        scene.lay(name, to);
        let path = scene.dir.path().join(to);
        match name {
            "witness" => raised(path.to_str().unwrap(), "th1:", "th2:"),
            _ => raised(path.to_str().unwrap(), "\"format\": 1", "\"format\": 2"),
        }
        let bytes = fs::read(&path).unwrap();
        let journal = files(&scene.dir.path().join("data/journal"));
        let words = ["ledger", "rebuild", "--as", "张三"];
        refused(&scene.ask(&words), name, &words);
        assert_eq!(fs::read(&path).unwrap(), bytes);
        assert_eq!(files(&scene.dir.path().join("data/journal")), journal);
    }
}

#[test]
fn an_event_of_a_newer_version_stops_the_node_and_stays() {
    let scene = Scene::new();
    assert_eq!(scene.ask(&["ledger", "stats"]).code, 0, "makes a ledger");
    let dir = scene.dir.path().join("data/journal");
    let storage = Arc::new(DirStorage::open(&dir).unwrap());
    let (mut journal, _) = Journal::open(storage, &node_key(), Limits::default(), Arc::new(SystemRng::new())).unwrap();
    let body = b"\x02{\"e\":\"something new\"}";
    let entry = NewEntry {
        kind: 2,
        key: b"node",
        body,
    };
    journal.commit(THEN, &[entry]).unwrap();
    journal.close().unwrap();
    let before = files(&dir);
    let words = ["ledger", "rebuild", "--as", "张三"];
    refused(&scene.ask(&words), "L_NEWER", &words);
    assert_eq!(files(&dir), before);
}

/// The index is derived: one of another version is set aside and made again.
#[test]
fn an_index_of_another_version_is_made_again() {
    let scene = Scene::new();
    assert_eq!(scene.ask(&["ledger", "restore", &scene.at("backup")]).code, 0);
    let shown = scene.json(&["case", CASE]);
    let (index, rng) = (scene.dir.path().join("data/index"), Arc::new(SystemRng::new()));
    let mut newer = SledIndex::open(&index, &node_key(), rng.clone()).unwrap();
    let meta = newer.meta().unwrap().unwrap();
    assert_eq!(meta.format, Meta::FORMAT);
    let format = meta.format + 1;
    newer
        .write(&[("case/x".to_owned(), Some(vec![1]))], &Meta { format, ..meta })
        .unwrap();
    drop(newer);
    let dir = scene.dir.path().join("data/journal");
    let before = files(&dir);
    assert_eq!(scene.json(&["case", CASE]), shown);
    assert_eq!(files(&dir), before, "a question changes nothing");
    let again = SledIndex::open(&index, &node_key(), rng).unwrap();
    assert_eq!(again.meta().unwrap().unwrap().format, Meta::FORMAT);
}
