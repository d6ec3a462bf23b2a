//! The sheets of days that are over: written with `balance --day`, kept elsewhere, checked with `balance --verify` by
//! somebody who has neither node nor ledger.

use super::desk::deserted;
use super::say::{Said, call, compare};
use engine::view::{DaySheet, sheet_digest};
use journal::{NodeKey, Suite};
use ledger::{DayBefore, Event, Ledger, Pos};
use ledger_local::{LocalLedger, MemoryIndex};
use model::{CaseNo, MatterId, ObligationKey};
use seams::{Clock, DirStorage, SystemClock, SystemRng};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// 2026-03-02, noon at +08:00.
const NOON: i64 = 1_772_424_000_000;
const DAY: i64 = 86_400_000;

/// A ledger of which two days are over and a third is not.
struct Books {
    dir: TempDir,
    config: String,
}

fn open(ledger: &mut LocalLedger, at: i64, n: u32, matters: &[&str]) {
    let case_no = CaseNo::new(departments::cases::case_no(n));
    let opened = Event::CaseOpened {
        case_no: case_no.clone(),
        ent_class: "000001".into(),
    };
    ledger.stage(at, opened).unwrap();
    for matter in matters {
        let key = ObligationKey {
            case_no: case_no.clone(),
            matter: MatterId::new(*matter),
            round: 1,
        };
        ledger.stage(at, Event::ObligationOpened { key }).unwrap();
    }
    ledger.commit().unwrap();
}

fn close(ledger: &mut LocalLedger, at: i64, day: &str) -> Pos {
    let before = ledger.books().last_day().map(|closed| DayBefore {
        day: closed.sheet.day,
        digest: closed.digest.clone(),
    });
    let sheet = DaySheet {
        form: DaySheet::FORM,
        node: "fe-01".to_owned(),
        day: day.parse().unwrap(),
        closed_at: at,
        before,
        lines: ledger.books().day_lines(),
    };
    let digest = sheet_digest(&sheet);
    let sheet = Box::new(sheet);
    let pos = ledger.stage(at, Event::DayClosed { sheet, digest }).unwrap();
    ledger.commit().unwrap();
    pos
}

impl Books {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        deserted(dir.path(), &clock);
        let config = dir.path().join("config").to_str().unwrap().to_owned();
        let books = Self { dir, config };
        assert_eq!(books.ask(&["ledger", "stats"]).code, 0, "makes ledger and key");
        let storage = Arc::new(DirStorage::open(&books.dir.path().join("data/journal")).unwrap());
        let key = fs::read_to_string(books.dir.path().join("keys/node.key")).unwrap();
        let (mut ledger, _) = LocalLedger::open(
            storage,
            Box::new(MemoryIndex::default()),
            &NodeKey::parse(&key).unwrap(),
            Suite::Sha256,
            Arc::new(SystemRng::new()),
            None,
        )
        .unwrap();
        open(&mut ledger, NOON, 1, &["aic.name"]);
        close(&mut ledger, NOON + DAY / 2, "2026-03-02");
        open(&mut ledger, NOON + DAY, 2, &["aic.name", "epb.eia"]);
        let withdrawn = Event::ObligationEnded {
            key: ObligationKey {
                case_no: CaseNo::new(departments::cases::case_no(1)),
                matter: MatterId::new("aic.name"),
                round: 1,
            },
            how: ledger::event::Ending::Withdrawn,
            reason: "申请人撤回".to_owned(),
            person: None,
        };
        ledger.stage(NOON + DAY, withdrawn).unwrap();
        ledger.commit().unwrap();
        close(&mut ledger, NOON + 3 * DAY, "2026-03-03");
        open(&mut ledger, NOON + 3 * DAY, 3, &["aic.name"]);
        drop(ledger);
        books
    }

    fn ask(&self, words: &[&str]) -> Said {
        call(&[&["--config", &self.config], words].concat())
    }

    /// A day's sheet as it is kept.
    fn paper(&self, day: &str) -> PathBuf {
        let said = self.ask(&["--json", "balance", "--day", day]);
        assert_eq!(said.code, 0, "{said:?}");
        let path = self.dir.path().join(format!("{day}.json"));
        fs::write(&path, said.out).unwrap();
        path
    }

    /// A paper with something in it changed.
    fn forged(&self, name: &str, paper: &Path, change: impl FnOnce(&mut Value)) -> PathBuf {
        let mut value: Value = serde_json::from_slice(&fs::read(paper).unwrap()).unwrap();
        change(&mut value);
        let path = self.dir.path().join(name);
        fs::write(&path, value.to_string()).unwrap();
        path
    }
}

/// Checks papers where there is nothing else.
fn verify(papers: &[&Path], more: &[&str]) -> Said {
    let papers: Vec<&str> = papers.iter().map(|p| p.to_str().unwrap()).collect();
    call(
        &[
            &["--config", "/nowhere", "--json", "balance", "--verify"],
            &papers[..],
            more,
        ]
        .concat(),
    )
}

fn wrong(said: &Said) -> Vec<String> {
    let checked: Value = serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:?}"));
    let sheets = checked.as_array().unwrap_or_else(|| panic!("{said:?}"));
    let words = sheets.iter().flat_map(|sheet| sheet["wrong"].as_array().unwrap());
    words.map(|word| word.as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_day_that_is_over_has_a_sheet_and_the_sheets_are_a_chain() {
    let books = Books::new();
    let key = books.ask(&["--json", "ledger", "stats"]).out;
    let key: Value = serde_json::from_str(&key).unwrap();
    let key = key["public_key"].as_str().unwrap().to_owned();
    for lang in ["zh", "en"] {
        let said = books.ask(&["balance", "--day", "2026-03-03", "--lang", lang]);
        assert_eq!(said.code, 0, "{said:?}");
        // What follows is another for each ledger.
        let till = |l: &&str| {
            !["摘要", "前一份", "sheet before", "digest"]
                .iter()
                .any(|w| l.starts_with(w))
        };
        let told: Vec<&str> = said.out.lines().take_while(till).collect();
        compare(&format!("balance_day_{lang}"), &(told.join("\n") + "\n"));
    }
    let (first, second) = (books.paper("2026-03-02"), books.paper("2026-03-03"));
    // Given in any order.
    let good = verify(&[&second, &first], &["--public-key", &key]);
    assert_eq!((good.code, wrong(&good)), (0, Vec::new()), "{good:?}");
    // One alone is good, and it is said that the one before was not compared.
    let alone = verify(&[&second], &["--public-key", &key]);
    assert_eq!(alone.code, 0);
    assert!(alone.out.contains("\"alone\": true"), "{alone:?}");
    // The sheet says which head of the chain holds it.
    let said = books.ask(&[
        "ledger",
        "verify",
        "--public-key",
        &key,
        "--anchor",
        second.to_str().unwrap(),
    ]);
    assert_eq!(said.code, 0, "{said:?}");
    // Whoever changes anything now closes the third day first.
    assert_eq!(books.ask(&["balance", "--day", "2026-03-05"]).code, 1, "not over yet");
    assert_eq!(books.ask(&["ledger", "rebuild", "--as", "张三"]).code, 0);
    let third = books.paper("2026-03-05");
    let all = verify(&[&first, &second, &third], &["--public-key", &key]);
    assert_eq!((all.code, wrong(&all)), (0, Vec::new()), "{all:?}");
    let again = books.paper("2026-03-03");
    assert_eq!(
        fs::read(&again).unwrap(),
        fs::read(&second).unwrap(),
        "the same for ever"
    );
}

/// Its name, what it is told by, and what is done to the paper.
type Forgery = (&'static str, &'static [&'static str], fn(&mut Value));

#[test]
fn a_sheet_that_somebody_changed_is_told() {
    let books = Books::new();
    let (first, second) = (books.paper("2026-03-02"), books.paper("2026-03-03"));
    let cases: [Forgery; 6] = [
        ("count", &["signature", "digest", "unexplained"], |v| {
            v["sheet"]["lines"][0]["closing"] = 7.into()
        }),
        ("both", &["signature", "digest"], |v| {
            v["sheet"]["lines"][0]["closing"] = 7.into();
            let opened = v["sheet"]["lines"][0]["closing"].as_u64().unwrap() + 1;
            v["sheet"]["lines"][0]["flow"] = serde_json::json!({"opened": opened, "again": 0, "moved_in": 0,
                "booked": 0, "unproved": 0, "refused": 1, "moved_out": 0});
            v["sheet"]["lines"][0]["opening"] = 0.into();
        }),
        ("day", &["signature", "digest"], |v| {
            v["sheet"]["day"] = "2026-03-04".into()
        }),
        ("digest", &["digest"], |v| v["digest"] = "00".into()),
        ("signature", &["signature"], |v| v["signature"] = "11".repeat(64).into()),
        ("key", &["signature"], |v| v["public_key"] = "22".repeat(32).into()),
    ];
    for (name, expect, change) in cases {
        let forged = books.forged(name, &second, change);
        let said = verify(&[&forged], &[]);
        assert_eq!(
            (said.code, wrong(&said)),
            (1, expect.iter().map(ToString::to_string).collect()),
            "{name}"
        );
    }
    // Another ledger that says the same of the day is another ledger all the same.
    let stats: Value = serde_json::from_str(&books.ask(&["--json", "ledger", "stats"]).out).unwrap();
    let others = Books::new();
    let other = others.paper("2026-03-02");
    let said = verify(&[&other], &["--public-key", stats["public_key"].as_str().unwrap()]);
    assert_eq!((said.code, wrong(&said)), (1, vec!["signature".to_owned()]));
    let emptied = books.forged("emptied", &first, |v| v["sheet"]["lines"] = Value::Array(Vec::new()));
    let said = verify(&[&emptied, &second], &[]);
    assert_eq!(wrong(&said), ["signature", "digest", "before", "opening"]);
}

#[test]
fn what_is_no_sheet_is_refused() {
    let books = Books::new();
    let paper = books.paper("2026-03-02");
    let newer = books.forged("newer", &paper, |v| v["sheet"]["form"] = 2.into());
    let more = books.forged("more", &paper, |v| v["sheet"]["remark"] = "x".into());
    let letter = books.dir.path().join("letter");
    fs::write(&letter, "糖葫芦").unwrap();
    for (paper, code) in [
        (newer.as_path(), "L_NEWER"),
        (more.as_path(), "V_CALL"),
        (letter.as_path(), "V_CALL"),
        (Path::new("/nowhere/sheet.json"), "C_PLACE"),
    ] {
        let said = verify(&[paper], &[]);
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.out.contains(code), "{said:?}");
    }
    assert_eq!(verify(&[&paper], &["--public-key", "abc"]).code, 2);
    // Days without a sheet, and what is no day.
    for (day, code) in [
        ("2026-03-01", 1),
        ("2026-03-04", 1),
        ("2030-01-01", 1),
        ("2026-02-30", 2),
        ("yesterday", 2),
    ] {
        let said = books.ask(&["balance", "--day", day]);
        assert_eq!(said.code, code, "{day}: {said:?}");
    }
}
