//! What was kept for its term goes by itself: a node that was started is enough. What is owed and decided, what somebody still
//! waits for, and what explains the chain stays.

use super::daemon::{Daemon, until};
use super::desk::deserted;
use super::say::{Said, ask, program};
use departments::cases;
use journal::{Journal, JournalError, Limits, NodeKey, Suite};
use ledger::event::{Ending, Person, RowVerdict};
use ledger::{Event, Ledger, codec};
use ledger_local::{LocalLedger, MemoryIndex};
use model::{BatchId, CaseNo, DeptId, Incoming, ItemNo, MatterId, ObligationKey, Value as ItemValue};
use seams::{Clock, DirStorage, SystemClock, SystemRng};
use serde_json::Value;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use tempfile::TempDir;

/// 2020-03-02, noon at +08:00: whatever day it is, that is long ago.
const LONG_AGO: i64 = 1_583_121_600_000;
/// What the rows say.
const SECRET: &str = "糖葫芦街三十六号院";
/// Over since, and under way.
const OVER: u32 = 1;
const OPEN: u32 = 2;

struct Old {
    dir: TempDir,
    config: PathBuf,
    archives: PathBuf,
}

fn key_of(dir: &Path) -> NodeKey {
    NodeKey::parse(&fs::read_to_string(dir.join("keys/node.key")).unwrap()).unwrap()
}

fn told(n: u32) -> Vec<Event> {
    let (batch, case_no) = (BatchId(n.into()), CaseNo::new(cases::case_no(n)));
    let item = ItemNo(1);
    let incoming = Incoming {
        case_no: Some(case_no.clone()),
        ent_class: Some("000001".into()),
        items: [(item, ItemValue::Text(SECRET.into()))].into_iter().collect(),
        ..Incoming::default()
    };
    let key = ObligationKey {
        case_no: case_no.clone(),
        matter: MatterId::new("aic.name"),
        round: 1,
    };
    vec![
        Event::BatchBegun {
            batch,
            dept: DeptId::new("hub"),
            channel: "link".to_owned(),
            feed: "cases".to_owned(),
            name: format!("{n}"),
            digest: format!("{n:064}"),
            number: None,
            answers: None,
            bytes: 1,
        },
        Event::Row {
            batch,
            line: 1,
            incoming: Some(Box::new(incoming)),
            findings: Vec::new(),
        },
        Event::BatchEnded {
            batch,
            accepted: true,
            findings: Vec::new(),
            rows: vec![(1, RowVerdict::Merged, "0000".to_owned())],
            position: None,
        },
        Event::CaseOpened {
            case_no: case_no.clone(),
            ent_class: "000001".into(),
        },
        Event::Merged {
            case_no,
            source: DeptId::new("hub"),
            matter: None,
            row: (batch, 1),
            take: vec![item],
            proposals: Vec::new(),
            claims: Vec::new(),
        },
        Event::ObligationOpened { key },
    ]
}

fn act(action: &str) -> Event {
    Event::Audit {
        person: Person {
            name: "张三".to_owned(),
            uid: 1,
        },
        action: action.to_owned(),
        object: "x".to_owned(),
        result: "y".to_owned(),
    }
}

impl Old {
    /// A ledger of long ago: a case that is over, one under way, and acts.
    fn new(keep: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        deserted(dir.path(), &clock);
        let (config, archives) = (dir.path().join("config"), dir.path().join("archives"));
        fs::create_dir(&archives).unwrap();
        assert_eq!(ask(&config, &["ledger", "stats"]).code, 0, "makes ledger and key");
        let storage = Arc::new(DirStorage::open(&dir.path().join("data/journal")).unwrap());
        let index = Box::new(MemoryIndex::default());
        let rng = Arc::new(SystemRng::new());
        let (mut ledger, _) = LocalLedger::open(storage, index, &key_of(dir.path()), Suite::Sha256, rng, None).unwrap();
        let withdrawn = Event::ObligationEnded {
            key: ObligationKey {
                case_no: CaseNo::new(cases::case_no(OVER)),
                matter: MatterId::new("aic.name"),
                round: 1,
            },
            how: Ending::Withdrawn,
            reason: "申请人撤回".to_owned(),
            person: None,
        };
        let groups = [
            told(OVER),
            vec![withdrawn, act("reveal")],
            told(OPEN),
            vec![act("ledger backup"), act("view task")],
        ];
        for group in groups {
            for event in group {
                ledger.stage(LONG_AGO, event).unwrap();
            }
            ledger.commit().unwrap();
        }
        drop(ledger);
        let file = config.join("tanghulu.toml");
        let keep = keep.replace("DIR", archives.to_str().unwrap());
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, format!("{text}\n[keep]\n{keep}\n")).unwrap();
        Self { dir, config, archives }
    }

    fn ask(&self, words: &[&str]) -> Said {
        ask(&self.config, words)
    }

    fn json(&self, words: &[&str]) -> Value {
        let said = self.ask(&[words, &["--json"]].concat());
        serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:?}"))
    }

    fn start(&self) -> Daemon {
        Daemon::start(&self.config, &self.dir.path().join("log"))
    }

    /// What a rule did last, once it did something.
    fn last(&self, what: &str) -> Value {
        until(what, || self.last_now(what))
    }

    fn last_now(&self, what: &str) -> Option<Value> {
        let stats = self.json(&["ledger", "stats"]);
        let last = stats["keep"]["last"].as_array().unwrap().clone();
        let of = last.into_iter().map(|l| l["lapse"].clone());
        of.into_iter().find(|l| l["what"] == what)
    }

    fn archives(&self) -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> = fs::read_dir(&self.archives)
            .unwrap()
            .map(|e| e.unwrap().path())
            .collect();
        found.sort();
        found
    }

    /// Of the journal's bodies: how many say the secret, and which acts are among them.
    fn bodies(&self) -> (usize, Vec<String>) {
        let storage = Arc::new(DirStorage::open(&self.dir.path().join("data/journal")).unwrap());
        let rng = Arc::new(SystemRng::new());
        let (journal, _) = Journal::open(storage, &key_of(self.dir.path()), Limits::default(), rng).unwrap();
        let (mut secret, mut acts) = (0, Vec::new());
        journal
            .replay::<JournalError>(1, |group| {
                for entry in group.entries.iter().filter(|e| e.kind < journal::KIND_RESERVED) {
                    let Some(body) = entry.body else { continue };
                    secret += usize::from(body.windows(SECRET.len()).any(|w| w == SECRET.as_bytes()));
                    if let Event::Audit { action, .. } = codec::decode(body).unwrap() {
                        acts.push(action);
                    }
                }
                Ok(())
            })
            .unwrap();
        (secret, acts)
    }
}

#[test]
fn what_was_kept_for_its_term_goes_by_itself_and_nothing_else() {
    let old = Old::new("data = \"1095 days\"\narchive = \"DIR\"\nevidence = \"180 days\"");
    let stats = old.json(&["ledger", "stats"]);
    assert_eq!(
        (&stats["keep"]["data"], &stats["keep"]["evidence"]),
        (&1_095.into(), &180.into())
    );
    assert_eq!(
        stats["keep"]["last"],
        Value::Array(Vec::new()),
        "a verb lets nothing go"
    );
    assert_eq!(old.bodies().0, 2);
    let balance = old.json(&["balance"]);
    let revealed = old.ask(&["case", &cases::case_no(OPEN), "--reveal", "核对", "--as", "张三"]);
    assert_eq!(revealed.code, 0, "{revealed:?}");

    let daemon = old.start();
    let (data, evidence) = (old.last("data"), old.last("evidence"));
    assert_eq!((&data["cases"], &data["entries"]), (&1.into(), &1.into()), "{data}");
    assert_eq!(evidence["entries"], 2, "{evidence}");
    let text = old.ask(&["ledger", "stats", "--lang", "en"]).out;
    for part in ["1095 days", "180 days", "data of cases", old.archives.to_str().unwrap()] {
        assert!(text.contains(part), "{part}: {text}");
    }
    daemon.end();

    // What was over is in the archive alone; what is under way is where it was; so is what explains the chain.
    assert_eq!(old.bodies(), (1, vec!["ledger backup".to_owned(), "reveal".to_owned()]));
    let shown = old.json(&["case", &cases::case_no(OVER)]);
    assert!(shown["erased"].is_i64() && shown["items"] == Value::Array(Vec::new()));
    assert!(old.json(&["case", &cases::case_no(OPEN)]).get("erased").is_none());
    assert_eq!(old.json(&["balance"]), balance, "the account stays");
    let archives = old.archives();
    assert_eq!(archives.len(), 1);
    let archive = archives[0].to_str().unwrap();
    let name = archives[0].file_name().unwrap().to_str().unwrap();
    assert_eq!(data["archive"][0], name);
    let public = old.json(&["ledger", "stats"])["public_key"]
        .as_str()
        .unwrap()
        .to_owned();
    let verified = old.json(&["ledger", "verify", archive, "--public-key", &public]);
    assert_eq!((&verified["intact"], &verified["bodies"]), (&true.into(), &1.into()));
    let verified = old.json(&["ledger", "verify"]);
    assert_eq!(verified["intact"], true);
    assert_eq!(verified["erased"].as_array().unwrap().len(), 3);
    // Made again from what is left, the books say the same; and the rule finds nothing more.
    let last = old.json(&["ledger", "stats"])["keep"].clone();
    assert_eq!(old.ask(&["ledger", "rebuild", "--as", "张三"]).code, 0);
    assert_eq!(old.json(&["ledger", "stats"])["keep"], last);
    old.start().end();
    assert_eq!(old.archives(), archives);
}

#[test]
fn without_a_place_for_archives_it_is_erased_and_the_rule_is_the_reason() {
    let old = Old::new("data = \"1095 days\"");
    let daemon = old.start();
    let data = old.last("data");
    assert!(data["cases"] == 1 && data.get("archive").is_none(), "{data}");
    daemon.end();
    assert_eq!(old.bodies().0, 1);
    assert_eq!(old.bodies().1.len(), 3, "evidence is kept for ever");
    let shown = old.json(&["case", &cases::case_no(OVER)]);
    assert!(shown["erased"].is_i64());
}

/// A ledger that may be old lets nothing go.
#[test]
fn an_archive_that_was_written_for_nothing_stays_and_nothing_goes_while_the_ledger_is_in_doubt() {
    let old = Old::new("data = \"1095 days\"\narchive = \"DIR\"");
    let (data, before) = (old.dir.path().join("data"), old.dir.path().join("before"));
    copy(&data, &before);
    let daemon = old.start();
    old.last("data");
    daemon.end();
    let first = old.archives();
    let bytes = fs::read(&first[0]).unwrap();
    // As it was before anything went, with the archive there.
    fs::remove_dir_all(&data).unwrap();
    copy(&before, &data);
    let daemon = old.start();
    let doubted = old.json(&["ledger", "resume"]);
    assert_ne!(doubted["findings"], Value::Array(Vec::new()), "{doubted}");
    let why = until("the turn that is not taken", || {
        let why = old.json(&["ledger", "stats"])["keep"]["trouble"].clone();
        (!why.is_null()).then_some(why)
    });
    assert_eq!(why["code"], "L_DOUBT", "{why}");
    assert_eq!(old.last_now("data"), None);
    assert_eq!(old.archives(), first, "nothing is even written");
    let resumed = old.ask(&["ledger", "resume", "--nothing-lost", "--reason", "演练", "--as", "张三"]);
    assert_eq!(resumed.code, 0, "{resumed:?}");
    old.last("data");
    daemon.end();
    let both = old.archives();
    assert_eq!(both.len(), 2, "{both:?}");
    assert_eq!(fs::read(&first[0]).unwrap(), bytes, "the first is as it was");
    assert_eq!(old.bodies().0, 1);
}

/// Killed when the archive is there and nothing is erased: nothing is lost, and the next one has another name.
#[test]
fn killed_between_archive_and_erasure_it_goes_on_with_another_archive() {
    let old = Old::new("data = \"1095 days\"\narchive = \"DIR\"");
    let mut command = program();
    command
        .env("TANGHULU_DIE_AT", "lapse.archived")
        .arg("--config")
        .arg(&old.config);
    let status = command
        .arg("run")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.signal(), Some(9));
    let first = old.archives();
    assert_eq!((first.len(), old.bodies().0), (1, 2), "nothing went");
    let bytes = fs::read(&first[0]).unwrap();
    let daemon = old.start();
    old.last("data");
    daemon.end();
    assert_eq!((old.archives().len(), old.bodies().0), (2, 1));
    assert_eq!(fs::read(&first[0]).unwrap(), bytes, "the first is as it was");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = (entry.as_ref().unwrap().path(), entry.unwrap().file_name());
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else if path.is_file() {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}
