//! Couriers for a year: sticks that are lost on either way, come late, come twice, come with half of an answer; two or three
//! of them out at once, and amendments in between. Judged by the bureau's own books.
//!
//! `TANGHULU_TRIPS=N` says how many trips (60), `TANGHULU_SEED=N` which (1).

use crate::harness::{CLERK, Town, about, plain};
use departments::cases::{self, Kind};
use departments::ntax::Habits;
use departments::play::config;
use seams::{Rng as _, SeededRng};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Sticks that the courier has.
const STICKS: usize = 3;
/// Trips with one node, at most.
const TRIPS: u64 = 60;
/// Rows of a disk at most: several are cut at once.
const ROWS: i64 = 3;

fn number(name: &str, or: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(or)
}

/// Where a stick is.
enum Stick {
    /// In the office, empty.
    Here,
    /// At the bureau, so many trips more before they look at it.
    There(u64),
}

struct Courier {
    town: Town,
    rng: SeededRng,
    sticks: Vec<(PathBuf, Stick)>,
    /// Answers that the bureau gave, as they were: they come again.
    old: Vec<PathBuf>,
    /// Numbers of disks of which the stick was lost, or whose answer was.
    lost: BTreeSet<String>,
    /// Cases that were posted, by their numbers, and how often the address of each was changed.
    posted: BTreeMap<u32, u32>,
    /// What happened, and how often.
    met: BTreeMap<&'static str, u32>,
}

impl Courier {
    async fn new(seed: u64) -> Self {
        let town = Town::start_with(|config| {
            config::keep(&config.dir, &["hub", "ntax"]).unwrap();
            config.edit("departments/ntax.toml", |t| {
                t["matter"][0].as_table_mut().unwrap().remove("after");
                t["channel"][0]["out"] = toml::toml! { on_request = true }.into();
                t["channel"][0]["max_rows"] = ROWS.into();
                t["channel"][0]["unconfirmed_after"] = "1s".into();
            });
        })
        .await;
        let sticks = (0..STICKS).map(|n| {
            let path = town.dir.path().join(format!("stick-{n}"));
            std::fs::create_dir(&path).unwrap();
            (path, Stick::Here)
        });
        Self {
            sticks: sticks.collect(),
            rng: SeededRng::new(seed),
            old: Vec::new(),
            lost: BTreeSet::new(),
            posted: BTreeMap::new(),
            met: BTreeMap::new(),
            town,
        }
    }

    fn chance(&self, percent: u64) -> bool {
        self.rng.below(100) < percent
    }

    fn meet(&mut self, what: &'static str) {
        *self.met.entry(what).or_default() += 1;
    }

    /// New cases, and now and then another address for one that may be under way.
    async fn posts(&mut self) {
        for _ in 0..self.rng.below(3) {
            let after = self.posted.last_key_value().map_or(0, |(n, _)| *n);
            let n = (after + 1..).find(|n| cases::kind(*n) == Kind::Plain).unwrap();
            let mut case = plain(n);
            case["items"]["reg_no"] = cases::reg_no(n).into();
            case["items"]["licence_issue_date"] = "2026-03-02".into();
            self.town.post(&case).await;
            self.posted.insert(n, 0);
        }
        if self.chance(15)
            && let Some(at) = self.rng.below(self.posted.len().max(1) as u64).try_into().ok()
            && let Some((n, times)) = self.posted.iter_mut().nth(at)
        {
            *times += 1;
            let addr = format!("北京市海淀区迁址路{n}号{times}室");
            let amend = about("amend", *n, json!({ "items": { "addr": addr } }));
            self.town.post(&amend).await;
            self.meet("amendments");
        }
    }

    /// Cuts what is due onto a stick; now and then a lost one again.
    async fn cut(&mut self, stick: &Path) {
        let at = stick.display().to_string();
        let cut = self.town.ask(&["disk", "export", "ntax", "--to", &at]).await;
        if cut.as_array().unwrap().len() > 1 {
            self.meet("two disks at once");
        }
        if self.chance(40)
            && let Some(number) = self.lost.pop_first()
        {
            let again = ["disk", "export", "ntax", "--to", &at, "--again", &number];
            self.town.ask(&again).await;
            self.meet("cut again");
        }
    }

    /// The bureau takes in what is on a stick and answers in its way.
    fn served(&mut self, stick: &Path) {
        let habits = Habits {
            bag: self.chance(20),
            lower_case: self.chance(20),
            missing_row: self.chance(15),
            extra_row: self.chance(15),
            duplicate_row: self.chance(15),
            deleted_row: self.chance(10),
            ..Habits::default()
        };
        let (partial, mut answers) = (habits.missing_row, Vec::new());
        self.town.ntax.set_habits(habits);
        for taking in self.town.ntax.take(stick).unwrap() {
            if taking.refused.as_deref() == Some("1005") {
                self.meet("a set that was booked before");
                // They had it: their answer is what was lost.
                self.town.ntax.reissue(&taking.number, stick).unwrap().unwrap();
                continue;
            }
            assert_eq!(taking.refused, None, "{taking:?}");
            if partial {
                self.meet("partial answers");
                self.lost.insert(taking.number.clone());
            }
            answers.push((taking.number, taking.answer.unwrap()));
        }
        if let [(one, first), (other, second), ..] = answers.as_slice()
            && first.is_file()
            && second.is_file()
            && self.chance(40)
        {
            // Each under the other's name: neither answers what it says.
            let (a, b) = (std::fs::read(first).unwrap(), std::fs::read(second).unwrap());
            std::fs::write(first, b).unwrap();
            std::fs::write(second, a).unwrap();
            self.lost.extend([one.clone(), other.clone()]);
            self.meet("answers exchanged");
        }
        for (_, answer) in &answers {
            self.keep(answer);
        }
        self.town.ntax.set_habits(Habits::default());
    }

    /// A copy of an answer, that somebody will hand in again.
    fn keep(&mut self, answer: &Path) {
        if answer.is_dir() || !self.chance(25) {
            return;
        }
        let kept = self.town.dir.path().join(format!("old-{}", self.old.len()));
        std::fs::create_dir(&kept).unwrap();
        let kept = kept.join(answer.file_name().unwrap());
        std::fs::copy(answer, &kept).unwrap();
        self.old.push(kept);
    }

    /// A stick comes back and is read.
    async fn comes_back(&mut self, stick: &Path) {
        if !self.old.is_empty() && self.chance(20) {
            let old = &self.old[usize::try_from(self.rng.below(self.old.len() as u64)).unwrap()];
            let again = stick.join(old.file_name().unwrap());
            if !again.exists() {
                std::fs::copy(old, again).unwrap();
                self.meet("answers that came again");
            }
        }
        self.import(stick).await;
        departments::play::world::wipe(stick).unwrap();
    }

    async fn import(&mut self, stick: &Path) {
        let at = stick.display().to_string();
        let said = self.town.run_as(CLERK, &["disk", "import", &at]).await;
        assert!(said.code <= 1, "{said:?}");
        for file in said.json.as_array().unwrap() {
            match file["verdict"].as_str().unwrap() {
                "accepted" => self.meet("answers"),
                "repeat" => self.meet("repeats"),
                other => panic!("{other}: {file:#}"),
            }
        }
    }

    /// Numbers of everything on a stick.
    fn carried(stick: &Path) -> Vec<String> {
        let names = std::fs::read_dir(stick).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with("SW")).collect()
    }

    async fn trip(&mut self) {
        self.posts().await;
        if self.chance(3) {
            self.town.restart().await;
            self.meet("starts");
        }
        for n in 0..self.sticks.len() {
            let (stick, state) = &mut self.sticks[n];
            let stick = stick.clone();
            match state {
                Stick::There(0) => {
                    *state = Stick::Here;
                    self.served(&stick);
                    if self.chance(10) {
                        self.meet("answers lost");
                        self.lost.extend(Self::carried(&stick));
                        departments::play::world::wipe(&stick).unwrap();
                    } else {
                        self.comes_back(&stick).await;
                    }
                    return;
                }
                Stick::There(trips) => *trips -= 1,
                Stick::Here => {}
            }
        }
        let here = self.sticks.iter().position(|(_, state)| matches!(state, Stick::Here));
        let Some(n) = here else { return };
        let stick = self.sticks[n].0.clone();
        self.cut(&stick).await;
        let carried = Self::carried(&stick);
        if carried.is_empty() {
            return;
        }
        if self.chance(10) {
            self.meet("sticks lost");
            self.lost.extend(carried);
            departments::play::world::wipe(&stick).unwrap();
            return;
        }
        let late = if self.chance(30) { self.rng.below(6) } else { 0 };
        if late > 2 {
            self.meet("late");
        }
        self.sticks[n].1 = Stick::There(late);
    }

    /// The clerk keys what waits for nothing but him.
    async fn keys(&mut self) {
        let tasks = self.town.ask(&["queue", "list"]).await;
        for task in tasks.as_array().unwrap() {
            assert_eq!(task["op"], "amend", "{task}");
            let task = task["task"].as_str().unwrap().to_owned();
            self.town.serve(&task).await;
            self.meet("amendments keyed");
        }
    }

    /// Everything that is still out comes home, and what was lost is cut until it is answered.
    async fn home(&mut self) {
        for n in 0..self.sticks.len() {
            let stick = self.sticks[n].0.clone();
            self.served(&stick);
            self.import(&stick).await;
            departments::play::world::wipe(&stick).unwrap();
        }
        let stick = self.sticks[0].0.clone();
        for _ in 0..20 {
            let at = stick.display().to_string();
            self.town.ask(&["disk", "export", "ntax", "--to", &at]).await;
            for number in self.open().await {
                let again = ["disk", "export", "ntax", "--to", &at, "--again", &number];
                self.town.ask(&again).await;
            }
            if Self::carried(&stick).is_empty() {
                break;
            }
            for taking in self.town.ntax.take(&stick).unwrap() {
                if taking.refused.is_some() {
                    self.town.ntax.reissue(&taking.number, &stick).unwrap().unwrap();
                }
            }
            self.import(&stick).await;
            departments::play::world::wipe(&stick).unwrap();
        }
        for _ in 0..20 {
            self.keys().await;
        }
    }

    /// Numbers of disks of which something is not answered.
    async fn open(&self) -> Vec<String> {
        let log = self.town.ask(&["disk", "log"]).await;
        let open = log.as_array().unwrap().iter().filter(|disk| disk["open"] != 0);
        open.map(|disk| disk["number"].as_str().unwrap().to_owned()).collect()
    }

    /// What is out for longer than agreed is on the list, each of it.
    async fn is_listed(&self) {
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        let overdue = self.town.ask(&["disk", "log", "--overdue"]).await;
        let listed = overdue.as_array().unwrap().iter();
        let listed: BTreeSet<&str> = listed.map(|disk| disk["number"].as_str().unwrap()).collect();
        for number in self.open().await {
            assert!(listed.contains(number.as_str()), "{number} is out, and not on the list");
        }
    }

    /// The bureau's books against what was posted, row by row; and nothing was matched to another's case.
    async fn judge(&self) {
        assert_eq!(self.open().await, Vec::<String>::new());
        let mut told = "case_no,matter,round\n".to_owned();
        for (n, times) in &self.posted {
            let no = cases::case_no(*n);
            told.push_str(&format!("{no},ntax.reg,1\n"));
            let case = self.town.ask(&["case", &no]).await;
            let items = case["items"].as_array().unwrap();
            let given = items.iter().find(|item| item["item"] == "tax_no_national");
            let expected: Value = format!("110108{}", cases::org_code(*n)).into();
            assert_eq!(given.map(|item| &item["value"]), Some(&expected), "{case:#}");
            let rows = self.town.rows(&no);
            let amends = rows.iter().filter(|(_, _, op)| op == "amend").count();
            assert!(amends <= *times as usize, "{no}: {rows:?}, {times} amendments");
        }
        let dir = self.town.dir.path();
        std::fs::write(dir.join("told.csv"), told).unwrap();
        let recount = std::process::Command::new("python3")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recount.py"))
            .arg(dir)
            .output()
            .unwrap();
        assert!(recount.status.success(), "{recount:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_to_sticks_each_disk_is_answered_once_or_listed() {
    let (mut seed, mut left) = (number("TANGHULU_SEED", 1), number("TANGHULU_TRIPS", TRIPS));
    while left > 0 {
        // A day has names for 234 disks.
        let trips = left.min(TRIPS);
        let mut courier = Courier::new(seed).await;
        for trip in 1..=trips {
            courier.trip().await;
            courier.keys().await;
            if trip % 20 == 0 {
                courier.is_listed().await;
            }
        }
        courier.home().await;
        courier.judge().await;
        println!(
            "seed {seed}: {trips} trips, {} cases: {:?}",
            courier.posted.len(),
            courier.met
        );
        courier.town.close().await;
        (seed, left) = (seed + 1, left - trips);
    }
}
