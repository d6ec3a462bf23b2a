//! Two gateways on the two sides of a gap, with nothing between them but what a courier carries: cases go one way, results
//! and word of what was taken come back the other.
//!
//! Both are the shipped program; every verb is a process of its own, so each step is a restart as well.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod amended;
mod suites;

use crate::cli::say::{Said, ask, program};
use crate::two_nodes;
use departments::cases;
use departments::play::config::{self, Endpoints};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

const PERSON: &str = "张三";
/// Keys and their public halves out of RFC 8032, 7.1.
const CITY: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const FAR: &str = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";

/// A gateway, by its directory.
pub(crate) struct Gateway(PathBuf);

impl Gateway {
    fn new(dir: &Path, name: &str, key: &str, departments: &[(&str, &str)]) -> Self {
        let home = dir.join(name);
        config::write(&home, &Endpoints::nowhere("127.0.0.1:1")).unwrap();
        config::keep(&home.join("config"), &["hub"]).unwrap();
        two_nodes::edit(&home.join("config/tanghulu.toml"), |t| {
            t["node"]["name"] = name.into();
            t["people"][PERSON] = i64::from(rustix::process::getuid().as_raw()).into();
        });
        let front = home.join("front");
        fs::create_dir_all(front.join("in")).unwrap();
        two_nodes::edit(&home.join("config/departments/hub.toml"), |t| {
            t["channel"] = vec![toml::Value::Table(two_nodes::channel(&front, "in", "1h"))].into();
        });
        for (file, text) in departments {
            fs::write(home.join("config/departments").join(file), text).unwrap();
        }
        let secret = home.join("gateway.key");
        fs::write(&secret, key).unwrap();
        fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        Self(home)
    }

    pub(crate) fn city(dir: &Path) -> Self {
        Self::new(
            dir,
            "city-1",
            CITY,
            &[("far.toml", include_str!("two_gateways/far.toml"))],
        )
    }

    pub(crate) fn far(dir: &Path, name: &str) -> Self {
        let departments = [
            ("city.toml", include_str!("two_gateways/city.toml")),
            ("far.toml", include_str!("two_gateways/office.toml")),
        ];
        let gateway = Self::new(dir, name, FAR, &departments);
        fs::remove_file(gateway.0.join("config/departments/hub.toml")).unwrap();
        let office = gateway.0.join("office");
        for dir in ["in", "out"] {
            fs::create_dir_all(office.join(dir)).unwrap();
        }
        two_nodes::edit(&gateway.0.join("config/departments/far.toml"), |t| {
            t["channel"][0]["settings"]["root"] = office.display().to_string().into();
        });
        gateway
    }

    /// The program, to be called with these words.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let config = self.0.join("config");
        let mut command = program();
        command
            .args(["--config", config.to_str().unwrap(), "--json", "--as", PERSON])
            .args(words);
        command
    }

    pub(crate) fn said(&self, words: &[&str]) -> Said {
        ask(
            &self.0.join("config"),
            &[&["--json", "--lang", "en", "--as", PERSON], words].concat(),
        )
    }

    /// What a verb answers, be it yes or no.
    fn told(&self, words: &[&str]) -> Value {
        let said = self.said(words);
        serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{words:?}: {said:?}"))
    }

    /// A verb whose answer is yes.
    pub(crate) fn ask(&self, words: &[&str]) -> Value {
        let said = self.said(words);
        assert_eq!(said.code, 0, "{words:?}: {said:?}");
        serde_json::from_str(&said.out).unwrap()
    }

    /// Case `n` comes from the platform, in a file of its own.
    pub(crate) fn posted(&self, n: u32, change: impl FnOnce(&mut Value)) -> String {
        let mut body: Value = serde_json::from_str(&two_nodes::line(n)).unwrap();
        change(&mut body);
        static FILES: AtomicU32 = AtomicU32::new(1);
        let file = FILES.fetch_add(1, Ordering::Relaxed);
        fs::write(self.0.join(format!("front/in/CASE_{file}.jsonl")), format!("{body}\n")).unwrap();
        self.ask(&["collect", "hub"]);
        cases::case_no(n)
    }

    /// The numbers of the sets that went onto a medium.
    pub(crate) fn exports(&self, dept: &str, medium: &Path) -> Vec<String> {
        let sets = self.ask(&["disk", "export", dept, "--to", medium.to_str().unwrap()]);
        names(&sets)
    }

    /// What became of what was on a medium: name, verdict, codes.
    pub(crate) fn imports(&self, medium: &Path, more: &[&str]) -> Vec<(String, String, Vec<String>)> {
        let words = [&["disk", "import", medium.to_str().unwrap()], more].concat();
        let all = self.told(&words);
        let line = |line: &Value| {
            let codes = line["findings"].as_array().unwrap().iter();
            let codes = codes.map(|f| f["code"].as_str().unwrap().to_owned()).collect();
            (word(line, "name"), word(line, "verdict"), codes)
        };
        all.as_array()
            .unwrap_or_else(|| panic!("{all}"))
            .iter()
            .map(line)
            .collect()
    }

    /// How an obligation counts, and its standing.
    pub(crate) fn counts(&self, case_no: &str) -> (String, String) {
        let case = self.told(&["case", case_no]);
        let o = &case["obligations"][0];
        (word(o, "account"), o["standing"].as_str().unwrap_or("-").to_owned())
    }

    /// The office takes every case that waits, and decides it. Which cases those were, one for each line it got.
    pub(crate) fn decides(&self, ruling: &str) -> Vec<String> {
        self.ask(&["deliver", "far"]);
        let (out, mut results, mut got) = (self.0.join("office/out"), String::new(), Vec::new());
        for entry in fs::read_dir(&out).unwrap() {
            let path = entry.unwrap().path();
            for line in fs::read_to_string(&path).unwrap().lines() {
                let case: Value = serde_json::from_str(line).unwrap();
                got.push(word(&case, "case_no"));
                results += &format!("{{\"case_no\":{},\"status\":\"{ruling}\"}}\n", case["case_no"]);
            }
            fs::remove_file(path).unwrap();
        }
        let n = fs::read_dir(self.0.join("office/in")).unwrap().count();
        fs::write(self.0.join(format!("office/in/RESULT_{n}.jsonl")), results).unwrap();
        self.ask(&["collect", "far"]);
        got.sort();
        got
    }

    /// Whether a case is known.
    pub(crate) fn knows(&self, case_no: &str) -> bool {
        self.said(&["case", case_no]).code == 0
    }

    /// The codes of what was refused, and the reasons that came with them.
    fn refused(&self) -> Vec<(String, String)> {
        let all = self.ask(&["refused", "list"]);
        let each = all.as_array().unwrap().iter();
        each.map(|line| (word(line, "code"), word(line, "reason"))).collect()
    }
}

fn word(value: &Value, key: &str) -> String {
    value[key]
        .as_str()
        .unwrap_or_else(|| panic!("{key} of {value}"))
        .to_owned()
}

fn names(sets: &Value) -> Vec<String> {
    sets.as_array().unwrap().iter().map(|set| word(set, "name")).collect()
}

/// Another stick.
fn stick(dir: &TempDir, name: &str) -> PathBuf {
    let path = dir.path().join(name);
    fs::create_dir(&path).unwrap();
    path
}

/// Verdicts alone.
pub(crate) fn verdicts(took: &[(String, String, Vec<String>)]) -> Vec<&str> {
    took.iter().map(|(_, verdict, _)| verdict.as_str()).collect()
}

#[test]
fn cases_go_and_results_and_word_of_what_was_taken_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let (city, far) = (Gateway::city(dir.path()), Gateway::far(dir.path(), "far-1"));
    let first = city.posted(1, |_| {});
    let lame = city.posted(2, |case| {
        case["items"].as_object_mut().unwrap().remove("tel");
    });
    let out = stick(&dir, "out");
    let number = city.exports("far", &out).remove(0);
    assert_eq!(verdicts(&far.imports(&out, &[])), ["accepted"]);
    let receipt = fs::read_to_string(out.join(format!("{number}.receipt.txt"))).unwrap();
    assert!(receipt.contains("Our node: far-1"), "{receipt}");
    assert_eq!(verdicts(&far.imports(&out, &[])), ["repeat"]);
    assert_eq!(city.counts(&first), ("waiting".into(), "-".into()));

    // Nothing is decided there yet; word of what was taken needs no row. It is said once.
    let back = stick(&dir, "back");
    let word = far.exports("city", &back);
    assert_eq!(word.len(), 1);
    assert_eq!(far.exports("city", &back), [""; 0]);
    let taken = city.imports(&back, &[]);
    assert_eq!(verdicts(&taken), ["accepted", "accepted"], "{taken:?}");
    assert_eq!(taken[0].0, format!("{}/took.csv", word[0]));
    assert_eq!(city.counts(&first), ("booked".into(), "-".into()));
    assert_eq!(city.counts(&lame), ("refused".into(), "-".into()));
    assert_eq!(city.refused(), [("2001".to_owned(), "“LXDH”必填".to_owned())]);
    // Word of word has no end.
    assert_eq!(city.exports("far", &stick(&dir, "nothing")), [""; 0]);

    far.decides("准予");
    let results = stick(&dir, "results");
    // It says once more what it took: that is known, and nobody is told.
    assert_eq!(far.exports("city", &results).len(), 1);
    assert_eq!(verdicts(&city.imports(&results, &[])), ["accepted"]);
    assert_eq!(city.counts(&first), ("booked".into(), "approved".into()));
    // The report is answered by what goes out next, though no case does.
    let report = far.ask(&["receipts"]);
    assert_eq!(report[0]["open"], 1, "{report}");
    let next = stick(&dir, "next");
    assert_eq!(city.exports("far", &next).len(), 1);
    assert_eq!(verdicts(&far.imports(&next, &[])), ["accepted", "accepted"]);
    assert_eq!(far.ask(&["receipts"]), Value::Array(Vec::new()));
    for gateway in [&city, &far] {
        let balance = gateway.ask(&["balance"]);
        assert_eq!(
            (&balance["unexplained"], &balance["total"]["waiting"]),
            (&0.into(), &0.into())
        );
        gateway.ask(&["ledger", "verify"]);
    }
}

/// The courier lost a stick. What follows it is held at home until it came, or until a person says that it is not waited
/// for; the other side, whose rule is to go on, takes what there is and lists what is missing.
#[test]
fn a_set_that_is_missing_is_waited_for_or_passed_by_rule() {
    let dir = tempfile::tempdir().unwrap();
    let (city, far) = (Gateway::city(dir.path()), Gateway::far(dir.path(), "far-1"));
    let mut sets = Vec::new();
    for n in 1..=3 {
        city.posted(n, |_| {});
        sets.push(city.exports("far", &stick(&dir, &format!("out-{n}"))).remove(0));
    }
    // The second comes first: the first is missing. Later it comes, and nothing is missing any more before the third.
    let at = |n: u32| dir.path().join(format!("out-{n}"));
    let second = far.imports(&at(2), &[]);
    assert_eq!(second[0].2, ["E_SEQUENCE_GAP"], "{second:?}");
    let listed = far.ask(&["refused", "list"]);
    let args = serde_json::json!([["missing", sets[0]], ["found", sets[1]]]);
    assert_eq!(listed[0]["findings"][0]["args"], args, "{listed}");
    for n in [1, 3] {
        assert_eq!(far.imports(&at(n), &[])[0].2, [""; 0], "{n}");
    }

    far.decides("准予");
    let lost = stick(&dir, "lost");
    let first = far.exports("city", &lost).remove(0);
    let late = city.posted(4, |_| {});
    city.exports("far", &stick(&dir, "out-4"));
    far.imports(&at(4), &[]);
    let back = stick(&dir, "back");
    let word = far.exports("city", &back).remove(0);
    let held = city.imports(&back, &[]);
    // Its list of what was taken does not depend on what is missing.
    assert_eq!(verdicts(&held), ["accepted", "refused"], "{held:?}");
    assert_eq!((&held[1].0, &held[1].2), (&word, &vec!["E_SEQUENCE_HELD".to_owned()]));
    assert_eq!(city.counts(&late).0, "booked");
    // Cut again, both come at once and in their order.
    let both = back.to_str().unwrap();
    far.ask(&["disk", "export", "city", "--to", both, "--again", &first]);
    let came = city.imports(&back, &[]);
    let named: Vec<(&str, &str)> = came
        .iter()
        .map(|(name, verdict, _)| (name.as_str(), verdict.as_str()))
        .collect();
    assert!(
        named.contains(&(&first, "accepted")) && named.contains(&(&word, "accepted")),
        "{named:?}"
    );
    assert_eq!(city.counts(&cases::case_no(1)), ("booked".into(), "approved".into()));

    // One that never comes is passed by a person.
    far.decides("准予");
    let gone = far.exports("city", &stick(&dir, "gone")).remove(0);
    city.posted(5, |_| {});
    city.exports("far", &stick(&dir, "out-5"));
    far.imports(&at(5), &[]);
    let last = stick(&dir, "last");
    let word = far.exports("city", &last).remove(0);
    assert_eq!(verdicts(&city.imports(&last, &[])), ["accepted", "refused"]);
    let passed = city.imports(&last, &["--past-gaps"]);
    let gap = vec!["E_SEQUENCE_GAP".to_owned()];
    assert_eq!(passed, [(word, "accepted".to_owned(), gap)], "{gone}");
    assert_eq!(city.counts(&late).1, "-", "its result was on the one that is gone");
}

/// A stick was imported by two machines of the other side. Each has the cases in its ledger; who sent them learns it by the
/// second list, and neither is believed over the other.
#[test]
fn a_set_that_two_machines_took_is_told_of() {
    let dir = tempfile::tempdir().unwrap();
    let city = Gateway::city(dir.path());
    let case_no = city.posted(1, |_| {});
    let out = stick(&dir, "out");
    let number = city.exports("far", &out).remove(0);
    let mut told = Vec::new();
    for name in ["far-1", "far-2"] {
        let far = Gateway::far(dir.path(), name);
        assert_eq!(verdicts(&far.imports(&out, &[])), ["accepted"], "{name}");
        let back = stick(&dir, &format!("back-{name}"));
        far.exports("city", &back);
        told.push(city.imports(&back, &[])[0].clone());
    }
    assert_eq!(told[0].2, [""; 0]);
    assert_eq!(city.counts(&case_no).0, "booked");
    let refused = city.ask(&["refused", "list"]);
    let finding = &refused[0]["findings"][0];
    assert_eq!(finding["code"], "E_TAKEN_TWICE", "{refused}");
    let what = finding["args"].to_string();
    for part in [&*number, "far-1 b", "far-2 b"] {
        assert!(what.contains(part), "{what}");
    }
}
