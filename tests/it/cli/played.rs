//! Verbs on what a demo leaves: the same answers from a borrowed ledger, from a daemon, and from an index made again.

use super::daemon::Daemon;
use super::normal::Normal;
use super::say::{Said, ask, call, compare, golden};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Cases of a run: enough for a wrong check digit, a character that GBK lacks, a name too long, a 补正.
const CASES: &str = "13";

/// A finished run.
pub struct Played {
    dir: TempDir,
    /// Its configuration.
    pub config: PathBuf,
    /// The ledger's directory.
    pub data: PathBuf,
    /// What the run said of itself.
    pub said: Value,
}

impl Played {
    /// Plays one.
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().to_str().unwrap();
        let demo = call(&["demo", "--once", "--cases", CASES, "--json", "--dir", place]);
        assert_eq!(demo.code, 0, "{demo:?}");
        let config = dir.path().join("config");
        // Its port may be somebody else's by now.
        let file = config.join("tanghulu.toml");
        let text = fs::read_to_string(&file).unwrap();
        let lines = text.lines().map(|l| {
            if l.starts_with("http = ") {
                "http = \"127.0.0.1:0\""
            } else {
                l
            }
        });
        fs::write(&file, lines.collect::<Vec<_>>().join("\n")).unwrap();
        let data = dir.path().join("data");
        Self {
            config,
            data,
            said: serde_json::from_str(&demo.out).unwrap(),
            dir,
        }
    }

    /// Where everything of it lies.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// A case's number.
    pub fn case(n: u32) -> String {
        departments::cases::case_no(n)
    }
}

/// Every question, with its words. None of them changes anything.
pub fn questions() -> Vec<Vec<String>> {
    let mut questions: Vec<Vec<String>> = [
        "balance",
        "queue list",
        "queue list --dept aic",
        "refused list",
        "refused list --dept ltax",
        "refused show b0:1",
        "unsettled list",
        "receipts",
        "receipts --overdue",
        "flow",
        "flow --class 000000",
        "disk log",
        "queue show t1",
        "queue show t404",
        "case 1",
    ]
    .iter()
    .map(|line| line.split(' ').map(str::to_owned).collect())
    .collect();
    for n in [1, 3, 7, 11, 13] {
        for verb in ["case", "why"] {
            questions.push(vec![verb.to_owned(), Played::case(n)]);
        }
    }
    questions
}

fn answers(config: &Path) -> Vec<(Vec<String>, &'static str, Said)> {
    let mut all = Vec::new();
    for words in questions() {
        let line: Vec<&str> = words.iter().map(String::as_str).collect();
        for form in ["--json", "--lang=en"] {
            all.push((words.clone(), form, ask(config, &[&line, &[form][..]].concat())));
        }
    }
    all
}

/// What of a case does not depend on which hand-over was quicker.
fn outline(config: &Path, n: u32, normal: &Normal) -> String {
    let said = ask(config, &["case", &Played::case(n), "--json"]);
    assert_eq!(said.code, 0, "{said:?}");
    let case: Value = serde_json::from_str(&said.out).unwrap();
    let word = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
    let list = |key: &str| case[key].as_array().unwrap().clone();
    let mut text = format!(
        "{} {} withdrawn {}\n",
        case["case_no"], case["ent_class"], case["withdrawn"]
    );
    for i in list("items") {
        text.push_str(&format!(
            "{} from {} {} {}\n",
            word(&i["item"]),
            word(&i["source"]),
            i["matter"],
            i["proposal"]
        ));
    }
    for o in list("obligations") {
        text.push_str(&format!(
            "{} {} {} {} {}\n",
            word(&o["matter"]),
            o["round"],
            o["account"],
            o["standing"],
            o["reason"]
        ));
        for a in o["attempts"].as_array().unwrap() {
            let words = [&a["op"], &a["channel"], &a["state"], &a["reason"], &a["parent"]]
                .map(word)
                .join(" ");
            let codes: Vec<String> = a["findings"]
                .as_array()
                .unwrap()
                .iter()
                .map(|f| word(&f["code"]))
                .collect();
            text.push_str(&format!("  {words} {}\n", codes.join(",")));
        }
    }
    let mut story: Vec<String> = list("story")
        .iter()
        .map(|s| {
            let line = normal.text(&format!("{} {}", word(&s["event"]), word(&s["detail"])));
            // Through a gap it is chance whether a look, a receipt or a result is the first to say so.
            let by_them = ["answer", "taken", "receipt", "result"].iter().find_map(|how| {
                let at = line.find(&format!(" acknowledged {how}"))?;
                Some(format!("{} acknowledged by the department", line.get(..at)?))
            });
            by_them.unwrap_or_else(|| line.trim_end().to_owned())
        })
        .collect();
    story.sort();
    normal.text(&text) + &story.join("\n") + "\n"
}

#[test]
fn a_finished_run_answers_every_question() {
    let played = Played::new();
    let normal = Normal::new(played.dir()).without_numbers();
    let config = &played.config;
    let mut said = played.said.clone();
    assert!(said["seconds"].take().is_f64());
    compare("played_demo", &format!("{said:#}\n"));
    let (plain, supplement, rare) = (Played::case(1), Played::case(3), Played::case(11));
    for (name, words, code) in [
        ("played_balance", vec!["balance"], 0),
        ("played_queue_list", vec!["queue", "list"], 0),
        (
            "played_queue_list_unknown",
            vec!["queue", "list", "--dept", "nobody"],
            1,
        ),
        ("played_refused_list", vec!["refused", "list"], 0),
        ("played_refused_list_dept", vec!["refused", "list", "--dept", "ntax"], 0),
        ("played_unsettled_list", vec!["unsettled", "list"], 0),
        ("played_receipts", vec!["receipts"], 0),
        ("played_flow", vec!["flow"], 0),
        ("played_flow_class", vec!["flow", "--class", "000000"], 0),
        ("played_why", vec!["why", &plain], 0),
        ("played_why_supplement", vec!["why", &supplement], 0),
        ("played_why_rare_character", vec!["why", &rare], 0),
        ("played_case_unknown", vec!["case", "110108202603020000999"], 1),
        ("played_why_unknown", vec!["why", "110108202603020000999"], 1),
    ] {
        golden(name, config, &words, code, &normal);
    }
    for (name, n) in [
        ("played_case", 1),
        ("played_case_supplement", 3),
        ("played_case_rare", 11),
        ("played_case_long", 13),
    ] {
        compare(name, &outline(config, n, &normal));
    }
}

#[test]
fn the_books_answer_the_same_borrowed_served_and_made_again() {
    let played = Played::new();
    let config = &played.config;
    let borrowed = answers(config);
    let daemon = Daemon::start(config, &played.dir().join("log"));
    let served = answers(config);
    let rebuilt = ask(config, &["ledger", "rebuild", "--as", "张三"]);
    assert_eq!(rebuilt.code, 0, "{rebuilt:?}");
    let again = answers(config);
    daemon.end();
    let reopened = answers(config);
    for (before, others) in borrowed.iter().zip(served.iter().zip(again.iter().zip(&reopened))) {
        assert_eq!(before, others.0, "by a daemon");
        assert_eq!(before, others.1.0, "after the index was made again");
        assert_eq!(before, others.1.1, "after the daemon ended");
    }
}

#[test]
fn verbs_that_meet_wait_for_each_other() {
    let played = Played::new();
    let ask = || {
        let mut program = super::say::program();
        program
            .arg("--config")
            .arg(&played.config)
            .arg("balance")
            .stdout(std::process::Stdio::null());
        program.spawn().unwrap()
    };
    let mut asked: Vec<_> = (0..6).map(|_| ask()).collect();
    for child in &mut asked {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn the_ledger_is_looked_at_and_made_again() {
    let played = Played::new();
    let config = &played.config;
    let figures = |said: &Said| {
        let value: Value = serde_json::from_str(&said.out).unwrap();
        value
    };
    let stats = figures(&ask(config, &["ledger", "stats", "--json"]));
    let verified = figures(&ask(config, &["ledger", "verify", "--json"]));
    assert_eq!(verified["intact"], true);
    assert_eq!(verified["damages"], 0);
    assert_eq!((&stats["cases"], &stats["suite"]), (&12.into(), &"sha256".into()));
    assert_eq!(
        stats["open_cases"], 1,
        "only the case that is refused for good waits for a person"
    );
    assert_eq!(verified["head"], stats["head"]);
    assert_eq!(verified["groups"], stats["groups"]);
    for form in ["zh", "en"] {
        for verb in ["stats", "verify"] {
            let said = ask(config, &["ledger", verb, "--lang", form]);
            assert_eq!(said.code, 0, "{said:?}");
            let words: Vec<&str> = said.out.lines().filter_map(|l| l.split("  ").next()).collect();
            compare(&format!("ledger_{verb}_{form}"), &(words.join("\n") + "\n"));
        }
    }
    // Without a name nothing is done, and it is said.
    assert_eq!(ask(config, &["ledger", "rebuild"]).code, 1);
    assert_eq!(ask(config, &["ledger", "rebuild", "--as", "nobody"]).code, 1);
    // One byte in the middle of the journal.
    let segment = played.data.join("journal/00000000000000000001.seg");
    let mut bytes = fs::read(&segment).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&segment, bytes).unwrap();
    let damaged = ask(config, &["ledger", "verify", "--json"]);
    assert_eq!(damaged.code, 1, "{damaged:?}");
    assert_eq!(figures(&damaged)["intact"], false);
}

#[test]
fn a_demo_ends_with_a_verdict_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().to_str().unwrap();
    let said = call(&["demo", "--once", "--cases", "2", "--dir", place, "--lang", "en"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
    let last = said.out.lines().last().unwrap();
    assert!(
        last.starts_with("the books agree: 2 cases, 20 owed, 20 booked by departments, 0 refused"),
        "{last}"
    );
    for part in ["department  mode", "aic.licence", &Played::case(1)] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
}
