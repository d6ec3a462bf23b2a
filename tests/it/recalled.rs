//! A set is taken back (`disk cancel`), and the program dies over it: between any two of its steps, on a stick that stays or
//! one that is pulled at that moment. At no time may a set lie on a stick whose cases are wanted again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::media::{Stick, sets};
use crate::two_gateways::{Gateway, verdicts};
use departments::cases::{self, Kind};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tempfile::TempDir;

/// Between the steps on the medium.
const ON_THE_MEDIUM: [&str; 3] = ["disk.set-unnamed", "disk.note-written", "disk.set-cleared"];
/// Between the steps of the ledger, which come before and after those.
const IN_THE_LEDGER: [&str; 4] = [
    "journal.group-written",
    "ledger.group-committed",
    "engine.decided",
    "engine.told",
];

/// A city that sends, a district that takes, and how many cases there were.
struct Pair {
    city: Gateway,
    far: Gateway,
    dir: TempDir,
    sent: Vec<(u32, String)>,
}

impl Pair {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (city, far) = (Gateway::city(dir.path()), Gateway::far(dir.path(), "far-1"));
        let sent = Vec::new();
        Self { city, far, dir, sent }
    }

    /// Another stick.
    fn stick(&self) -> PathBuf {
        let path = self.dir.path().join(format!("stick-{}", self.sent.len()));
        fs::create_dir(&path).unwrap();
        path
    }

    /// The next case comes, and leaves on a stick. The number of its set.
    fn cut(&mut self, stick: &Path) -> String {
        let after = self.sent.last().map_or(0, |(n, _)| *n);
        let n = (after + 1..).find(|n| cases::kind(*n) == Kind::Plain).unwrap();
        let case_no = self.city.posted(n, |_| {});
        self.sent.push((n, case_no));
        self.city.exports("far", stick).remove(0)
    }

    /// `disk cancel`, which dies at a point. Whether it did.
    fn dies(&self, number: &str, point: &str) -> bool {
        let mut cancel = self.city.command(&["disk", "cancel", number, "--reason", "送错"]);
        let ended = cancel
            .env(seams::point::VARIABLE, point)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        !ended.unwrap().success()
    }

    /// `disk cancel`: nothing, or the code of what is wrong.
    fn cancels(&self, number: &str) -> Option<String> {
        let said = self.city.said(&["disk", "cancel", number, "--reason", "送错"]);
        let told: serde_json::Value = serde_json::from_str(&said.out).unwrap_or_default();
        assert_eq!(said.code == 0, told["error"].is_null(), "{said:?}");
        told["error"]["code"].as_str().map(str::to_owned)
    }

    fn is_cancelled(&self, number: &str) -> bool {
        let log = self.city.ask(&["disk", "log"]);
        let line = log.as_array().unwrap().iter().find(|line| line["number"] == number);
        line.unwrap_or_else(|| panic!("{number}: {log}"))["cancelled"] == true
    }

    /// What died is said again, and ends: the set is off, its case goes under another number, and comes once.
    fn finished(&self, number: &str, stick: &Path, what: &str) {
        let before = self.is_cancelled(number);
        assert!(
            !(before && stick.join(number).exists()),
            "{what}: wanted again, and still there"
        );
        let again = self.cancels(number);
        assert_eq!(again.as_deref(), before.then_some("V_STATE"), "{what}");
        assert!(self.is_cancelled(number), "{what}");
        let left: Vec<String> = names(stick);
        assert_eq!(left, [format!("{number}.cancelled.txt")], "{what}");
        let anew = self.city.exports("far", stick);
        assert!(anew.len() == 1 && anew[0] != number, "{what}: {anew:?}");
        assert_eq!(verdicts(&self.far.imports(stick, &[])), ["accepted"], "{what}");
    }

    /// Every case is at the office, once; it decides, and the city hears of each.
    fn come_to_an_end(&self) {
        let all: Vec<String> = self.sent.iter().map(|(_, case_no)| case_no.clone()).collect();
        assert_eq!(self.far.decides("准予"), all, "what the office got");
        let back = self.dir.path().join("back");
        fs::create_dir(&back).unwrap();
        self.far.exports("city", &back);
        self.city.imports(&back, &[]);
        for case_no in &all {
            let counts = self.city.counts(case_no);
            assert_eq!(counts, ("booked".to_owned(), "approved".to_owned()), "{case_no}");
        }
        let balance = self.city.ask(&["balance"]);
        let waits = (&balance["unexplained"], &balance["total"]["waiting"]);
        assert_eq!(waits, (&0.into(), &0.into()), "{balance}");
        self.city.ask(&["ledger", "verify"]);
    }
}

fn names(dir: &Path) -> Vec<String> {
    let each = fs::read_dir(dir).unwrap();
    let mut names: Vec<String> = each
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "lost+found")
        .collect();
    names.sort();
    names
}

#[test]
fn a_recall_killed_between_any_two_steps_is_finished_by_the_next_one() {
    let mut pair = Pair::new();
    let mut met: BTreeMap<&str, u32> = BTreeMap::new();
    for point in IN_THE_LEDGER.into_iter().chain(ON_THE_MEDIUM) {
        // Each time that it is passed, until it is passed no more.
        for nth in 1..20 {
            let stick = pair.stick();
            let number = pair.cut(&stick);
            let died = pair.dies(&number, &format!("{point}:{nth}"));
            pair.finished(&number, &stick, &format!("{point}:{nth}"));
            if !died {
                break;
            }
            *met.entry(point).or_default() += 1;
        }
    }
    println!("killed at {met:?}");
    assert_eq!(met.len(), IN_THE_LEDGER.len() + ON_THE_MEDIUM.len(), "{met:?}");
    // The ledger is asked before, and told after.
    assert!(met["engine.decided"] > 1, "{met:?}");
    pair.come_to_an_end();
}

/// Whoever died over it thinks better of it, or goes on with something else on the same stick.
#[test]
fn a_recall_that_nobody_finishes_leaves_a_set_that_is_whole_or_none() {
    let mut pair = Pair::new();
    for point in ON_THE_MEDIUM {
        // Cut once more: it is there and whole, and is taken back no more.
        let stick = pair.stick();
        let number = pair.cut(&stick);
        assert!(pair.dies(&number, point), "{point}");
        let at = stick.to_str().unwrap();
        pair.city
            .ask(&["disk", "export", "far", "--to", at, "--again", &number]);
        assert_eq!(names(&stick), std::slice::from_ref(&number), "{point}");
        assert_eq!(pair.cancels(&number).as_deref(), Some("V_STATE"), "{point}");
        assert_eq!(verdicts(&pair.far.imports(&stick, &[])), ["accepted"], "{point}");

        // Something else is cut onto that stick: what was begun there is swept, but for a note.
        let stick = pair.stick();
        let number = pair.cut(&stick);
        assert!(pair.dies(&number, point), "{point}");
        let other = pair.cut(&stick);
        assert!(!names(&stick).contains(&number), "{point}: {:?}", names(&stick));
        let said = pair.cancels(&number);
        if point == "disk.set-unnamed" {
            // Nothing proves that it was not carried away: a person who knows says so.
            assert_eq!(said.as_deref(), Some("V_STATE"), "{point}");
            let case_no = &pair.sent[pair.sent.len() - 2].1;
            let settle = ["settle", case_no, "far.reg", "not-booked", "--reason", "盘没有离开"];
            pair.city.ask(&settle);
        } else {
            assert_eq!(said, None, "{point}");
        }
        let anew = pair.city.exports("far", &stick);
        assert!(
            anew.len() == 1 && ![&number, &other].contains(&&anew[0]),
            "{point}: {anew:?}"
        );
        let came = pair.far.imports(&stick, &[]);
        assert_eq!(verdicts(&came), ["accepted", "accepted"], "{point}: {came:?}");
    }
    pair.come_to_an_end();
}

/// Whoever dies over it has the stick pulled out under him: what the stick had not written yet is gone.
#[test]
fn a_stick_pulled_while_a_set_is_taken_back_has_all_of_it_or_nothing_that_counts() {
    let mut pair = Pair::new();
    let mut stick = Stick::new(&pair.dir);
    let at = stick.at.clone();
    for point in ON_THE_MEDIUM {
        let number = pair.cut(&at);
        assert!(pair.dies(&number, point), "{point}");
        stick.pull();
        stick.plug();
        let files = stick.files();
        let there = sets(&files).contains(&&*number);
        // Off for good once the note says so; before that it may be under its name again, and is whole then.
        assert!(!there || point == "disk.set-unnamed", "{point}: {:?}", files.keys());
        assert!(!pair.is_cancelled(&number), "{point}");
        pair.finished(&number, &at, point);
        // It is said that it is off, and so it is.
        stick.pull();
        stick.plug();
        assert!(!at.join(&number).exists(), "{point}");
        departments::play::world::wipe(&at).unwrap();
    }
    pair.come_to_an_end();
}
