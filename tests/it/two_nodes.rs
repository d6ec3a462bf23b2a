//! Two nodes with two ledgers on one directory: each file is one node's alone, whoever is killed when; and a node that
//! sleeps while its file is taken over gives nothing of it effect when it wakes.
//!
//! Both are processes of the shipped program. Each file opens a case of its own, so who gave it effect can be asked.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use departments::cases::{self, Kind};
use departments::play::config::{self, Endpoints};
use engine::verb::{Reply, Request};
use rustix::process::{Pid, Signal, kill_process};
use seams::{Rng as _, SeededRng};
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use torture::{Line, No};

const NODE: &str = env!("CARGO_BIN_EXE_tanghulu");
/// Anything in these tests that takes longer has hung.
const LONG: Duration = Duration::from_secs(240);
const PERSON: &str = "张三";
const NAMES: [&str; 2] = ["n1", "n2"];

/// Two configurations of one directory.
struct Pair {
    dir: TempDir,
    nodes: [Option<Child>; 2],
}

impl Pair {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("front/in")).unwrap();
        for name in NAMES {
            let home = dir.path().join(name);
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
                .unwrap()
                .local_addr()
                .unwrap();
            config::write(&home, &Endpoints::nowhere(&port.to_string())).unwrap();
            config::keep(&home.join("config"), &["aic", "hub"]).unwrap();
            edit(&home.join("config/tanghulu.toml"), |t| {
                t["node"]["name"] = name.into();
                t["people"][PERSON] = i64::from(rustix::process::getuid().as_raw()).into();
                t["retry"]["first"] = "200ms".into();
                t["retry"]["max"] = "1s".into();
            });
            let front = dir.path().join("front");
            edit(&home.join("config/departments/hub.toml"), |t| {
                let channels = vec![channel(&front, "in", "100ms")];
                t["channel"] = channels.into_iter().map(toml::Value::Table).collect::<Vec<_>>().into();
            });
        }
        Self {
            dir,
            nodes: [None, None],
        }
    }

    fn start(&mut self, at: usize) {
        let log = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.dir.path().join(NAMES[at]).join("node.log"))
            .unwrap();
        let node = Command::new(NODE)
            .arg("--config")
            .arg(self.dir.path().join(NAMES[at]).join("config"))
            .arg("run")
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn();
        self.nodes[at] = Some(node.unwrap());
    }

    /// SIGKILL; the node must have been alive.
    fn kill(&mut self, at: usize) {
        let mut node = self.nodes[at].take().unwrap();
        assert_eq!(
            node.try_wait().unwrap().map(|s| s.to_string()),
            None,
            "{}",
            self.log(at)
        );
        node.kill().unwrap();
        node.wait().unwrap();
    }

    fn signal(&self, at: usize, signal: Signal) {
        kill_process(Pid::from_child(self.nodes[at].as_ref().unwrap()), signal).unwrap();
    }

    fn log(&self, at: usize) -> String {
        let log = fs::read_to_string(self.dir.path().join(NAMES[at]).join("node.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().rev().take(15).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    fn line(&self, at: usize) -> Line {
        let socket = self.dir.path().join(NAMES[at]).join("data/node.sock");
        Line::new(socket, PERSON.to_owned())
    }

    fn front(&self, name: &str) -> PathBuf {
        self.dir.path().join("front/in").join(name)
    }

    /// Puts a file of these cases there by one rename.
    fn put(&self, name: &str, cases: &[u32]) {
        let lines = cases.iter().map(|n| line(*n));
        let aside = self.front(&format!("{name}.part"));
        fs::write(&aside, lines.collect::<String>()).unwrap();
        fs::rename(aside, self.front(name)).unwrap();
    }

    /// Files that wait or are claimed.
    fn waiting(&self) -> Vec<String> {
        let names = names_in(&self.front(""));
        names.into_iter().filter(|name| name.contains(".jsonl")).collect()
    }

    /// Whether a node has given a case effect.
    async fn knows(&self, at: usize, case: u32) -> bool {
        let (case_no, begun) = (cases::case_no(case), Instant::now());
        loop {
            let request = Request::Case {
                case_no: case_no.clone(),
                reveal: None,
            };
            match self.line(at).ask(request).await {
                Ok(_) => return true,
                Err(No::Said(_)) => return false,
                Err(No::Down) => {
                    assert!(
                        begun.elapsed() < LONG,
                        "{} does not answer\n{}",
                        NAMES[at],
                        self.log(at)
                    );
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }

    async fn until(&self, what: &str, mut done: impl FnMut() -> bool) {
        let begun = Instant::now();
        while !done() {
            let logs = || format!("{}\n{}\n{:?}", self.log(0), self.log(1), self.waiting());
            assert!(begun.elapsed() < LONG, "never: {what}\n{}", logs());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        for node in self.nodes.iter_mut().flatten() {
            let _ = node.kill();
            let _ = node.wait();
        }
    }
}

pub(crate) fn edit(path: &Path, change: impl FnOnce(&mut toml::Table)) {
    let mut table: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
    change(&mut table);
    fs::write(path, table.to_string()).unwrap();
}

/// Cases that come as files instead of requests.
pub(crate) fn channel(front: &Path, dir: &str, every: &str) -> toml::Table {
    let text = format!(
        "name = \"{dir}\"\nmode = \"frontend\"\nin = {{ every = \"{every}\" }}\n\
         [[feed]]\nname = \"cases\"\nrole = \"cases\"\nlayout = \"case\"\n\
         [settings]\ntransport = \"directory\"\nformat = \"jsonl\"\nroot = {front:?}\n\
         [settings.in]\ndir = \"{dir}\"\nready = \"rename\"\nanswer = true\n\
         feeds = [{{ feed = \"cases\", pattern = \"CASE_*.jsonl\" }}]\n"
    );
    text.parse().unwrap()
}

/// A case as a line of a file, without what only a request can list.
pub(crate) fn line(case: u32) -> String {
    let mut body = cases::spine_submission(case);
    body["items"]
        .as_object_mut()
        .unwrap()
        .retain(|_, value| !value.is_array());
    format!("{body}\n")
}

fn names_in(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir).map(|dir| {
        dir.map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    });
    let mut names: Vec<String> = names.unwrap_or_default();
    names.sort();
    names
}

/// Cases that nothing is wrong with.
fn sound() -> impl Iterator<Item = u32> {
    (1..).filter(|n| cases::kind(*n) == Kind::Plain)
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |n| n.parse().unwrap())
}

/// The short form; `TANGHULU_FILES`, `TANGHULU_KILLS` and `TANGHULU_SEED` make it another one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_random_they_never_take_a_file_twice_and_leave_none() {
    let (files, kills) = (number("TANGHULU_FILES", 240), number("TANGHULU_KILLS", 14));
    let seed = number("TANGHULU_SEED", torture::fresh_seed());
    println!("seed {seed}");
    let rng = SeededRng::new(seed);
    let cases: Vec<u32> = sound().take(usize::try_from(files).unwrap()).collect();
    let mut pair = Pair::new();
    let mut put = 0;
    for kill in 0..=kills {
        let due = cases.len() * usize::try_from(kill + 1).unwrap() / usize::try_from(kills + 1).unwrap();
        for case in &cases[put..due] {
            pair.put(&format!("CASE_{case:06}.jsonl"), &[*case]);
        }
        put = due;
        for at in 0..2 {
            if pair.nodes[at].is_none() {
                pair.start(at);
            }
        }
        if kill < kills {
            // From before it is ready to well into its work.
            tokio::time::sleep(Duration::from_millis(rng.below(1_500))).await;
            let at = usize::try_from(rng.below(2)).unwrap();
            pair.kill(at);
            if rng.below(3) == 0 {
                pair.kill(1 - at);
            }
        }
    }
    pair.until("nothing is left", || pair.waiting().is_empty()).await;
    let (mut taken, mut wrong) = ([0, 0], Vec::new());
    for case in &cases {
        let known = [pair.knows(0, *case).await, pair.knows(1, *case).await];
        match known {
            [true, false] => taken[0] += 1,
            [false, true] => taken[1] += 1,
            _ => wrong.push((*case, known)),
        }
    }
    assert_eq!(wrong, [], "seed {seed}: taken by both or by none");
    println!("{taken:?}");
    assert!(
        taken.iter().all(|n| *n > 0),
        "seed {seed}: one node did nothing: {taken:?}"
    );
    let expected: Vec<String> = cases
        .iter()
        .flat_map(|case| {
            let name = format!("CASE_{case:06}.jsonl");
            [name.clone(), format!("{name}.receipt.jsonl")]
        })
        .collect();
    assert_eq!(names_in(&pair.front("done")), expected, "seed {seed}");
    assert_eq!(names_in(&pair.front("")), ["done"], "seed {seed}");
}

/// Faults 38 and 44: an event of the directory brings a case into the journal hours before the next look by the clock; a
/// flood comes in whole by events alone, and holds up no other channel. `TANGHULU_FILES` makes it another number.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_brings_in_one_case_and_a_flood_and_other_channels_go_on_meanwhile() {
    // More than one turn takes.
    let files = usize::try_from(number("TANGHULU_FILES", 1_100)).unwrap();
    let mut pair = Pair::new();
    let front = pair.dir.path().join("front");
    fs::create_dir(front.join("other")).unwrap();
    edit(&pair.dir.path().join("n1/config/departments/hub.toml"), |t| {
        let channels = ["in", "other"].map(|dir| toml::Value::Table(channel(&front, dir, "12h")));
        t["channel"] = channels.to_vec().into();
    });
    pair.start(0);
    let mut cases = sound();
    let first = cases.next().unwrap();
    assert!(!pair.knows(0, first).await, "it is up");
    pair.put("CASE_0.jsonl", &[first]);
    pair.until("the first file is put away", || {
        pair.front("done/CASE_0.jsonl").exists()
    })
    .await;
    assert!(pair.knows(0, first).await);
    let flood: Vec<u32> = cases.by_ref().take(files).collect();
    for case in &flood {
        pair.put(&format!("CASE_{case:06}.jsonl"), &[*case]);
    }
    let aside = cases.next().unwrap();
    fs::write(front.join("other/x.part"), line(aside)).unwrap();
    fs::rename(front.join("other/x.part"), front.join("other/CASE_1.jsonl")).unwrap();
    let there = front.join("other/done/CASE_1.jsonl");
    pair.until("the other channel has its turn", || there.exists()).await;
    assert!(!pair.waiting().is_empty(), "only after the flood was through");
    pair.until("the flood is through", || pair.waiting().is_empty()).await;
    let done = names_in(&pair.front("done"));
    assert_eq!(
        done.iter().filter(|name| name.ends_with("receipt.jsonl")).count(),
        files + 1
    );
    assert_eq!(done.len(), 2 * (files + 1));
    for case in flood.iter().step_by(101) {
        assert!(pair.knows(0, *case).await, "{case}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_sleeps_through_a_take_over_gives_nothing_effect_when_it_wakes() {
    let cases: Vec<u32> = sound().take(2_000).collect();
    let mut pair = Pair::new();
    pair.start(0);
    assert!(!pair.knows(0, 1).await, "it is up");
    pair.put("CASE_1.jsonl", &cases);
    let held = |pair: &Pair, node: &str| {
        pair.waiting()
            .iter()
            .any(|name| name.contains(&format!(".claimed-{node}.")))
    };
    pair.until("the first one has claimed it", || held(&pair, "n1")).await;
    // In the midst of reading, most of the time; wherever it was, it must come to the same.
    tokio::time::sleep(Duration::from_millis(100)).await;
    pair.signal(0, Signal::STOP);
    assert!(held(&pair, "n1"), "it was quicker than we");
    pair.start(1);
    assert!(!pair.knows(1, 1).await, "somebody else's claim is left alone");
    let order = Request::TakeOver {
        dept: "hub".to_owned(),
        reason: "前置机一停用".to_owned(),
    };
    let taken = pair.line(1).insist(order).await.unwrap();
    assert!(matches!(taken, Reply::Done { count: 1 }), "{taken:?}");
    pair.until("the second one has put it away", || {
        pair.front("done/CASE_1.jsonl").exists()
    })
    .await;
    pair.signal(0, Signal::CONT);
    // Before its effect, before its rows, or while it was still being copied.
    let ways = ["left to another node", "C_VANISHED", "it was changed while it was read"];
    let lost = |log: &str| ways.iter().any(|way| log.contains(way));
    pair.until("the first one says that it lost it", || lost(&pair.log(0)))
        .await;
    for case in cases.iter().step_by(97) {
        assert!(pair.knows(1, *case).await && !pair.knows(0, *case).await, "case {case}");
    }
    // It goes on with what comes next.
    pair.kill(1);
    let next = sound().nth(2_000).unwrap();
    pair.put("CASE_2.jsonl", &[next]);
    pair.until("the next one is taken", || pair.front("done/CASE_2.jsonl").exists())
        .await;
    assert!(pair.knows(0, next).await);
    let done = [
        "CASE_1.jsonl",
        "CASE_1.jsonl.receipt.jsonl",
        "CASE_2.jsonl",
        "CASE_2.jsonl.receipt.jsonl",
    ];
    assert_eq!(names_in(&pair.front("done")), done);
}
