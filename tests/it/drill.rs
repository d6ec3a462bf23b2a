//! The drill: a backup of a node at work, a machine that is lost, a ledger restored elsewhere that has forgotten what it
//! gave away since. It sends nothing until a person trusts it, and then nothing twice.
//!
//! Among living departments, over the shipped program; the departments' own books judge.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::full::{Mount, fill};
use crate::play::{LONG, NODE, Play, text};
use departments::cases;
use departments::play::tally::{self, DEPARTMENTS, Said};
use engine::verb::{Reply, Request};
use ledger::account::Account;
use model::Code;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

/// A case's part in a department's book.
type Entry = (String, String, u64);

impl Play {
    /// Everything that stands in the departments' books.
    fn entries(&self) -> Vec<Entry> {
        let read = |dept: &&str| std::fs::read_to_string(self.stage.world.books.join(format!("{dept}.csv"))).unwrap();
        let entry = |line: &str| {
            let mut cells = line.split(',').map(str::to_owned);
            let (case_no, matter) = (cells.next().unwrap(), cells.next().unwrap());
            (case_no, matter, cells.next().unwrap().parse().unwrap())
        };
        let books: Vec<String> = DEPARTMENTS.iter().map(read).collect();
        // A line that is being written is none yet.
        let whole = |book: &String| book.rfind('\n').map_or(0, |end| end + 1);
        let lines = books.iter().flat_map(|book| book[..whole(book)].lines().skip(1));
        lines.map(entry).collect()
    }

    /// Waits until the departments have booked so much more.
    async fn until_entries(&self, more: usize) {
        let begun = (self.stage.clock.mono(), self.entries().len());
        while self.entries().len() < begun.1 + more {
            assert!(
                self.stage.clock.mono().saturating_sub(begun.0) < LONG,
                "nothing is booked"
            );
            self.stage.clock.sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the departments have worked off what lies with them.
    async fn until_quiet(&self) {
        let mut before = self.entries().len();
        let mut same = 0;
        while same < 8 {
            self.stage.clock.sleep(Duration::from_millis(250)).await;
            let now = self.entries().len();
            same = if now == before { same + 1 } else { 0 };
            before = now;
        }
    }

    /// Waits until the operator has looked for all that he was asked about and nothing moves any more; how often anything
    /// was booked twice.
    async fn until_worked_off(&self) -> u64 {
        let begun = self.stage.clock.mono();
        loop {
            self.until_quiet().await;
            let Ok(Reply::Unsettled(lines)) = self.line.ask(Request::UnsettledList).await else {
                panic!("{}", self.log());
            };
            if lines.is_empty() {
                break;
            }
            let waited = self.stage.clock.mono().saturating_sub(begun);
            assert!(waited < LONG, "nobody settles {lines:?}");
        }
        let tally = tally::count(&self.stage.world.books, &self.people.accepted(), Said::default(), 0.0);
        tally.unwrap().doubled
    }

    async fn good(&self, words: &[&str]) -> Output {
        let said = self.tanghulu(words).await;
        assert_eq!(said.status.code(), Some(0), "{words:?}: {}", text(&said));
        said
    }

    async fn refused(&self, words: &[&str], code: &str) {
        let said = self.tanghulu(words).await;
        assert_eq!(said.status.code(), Some(1), "{words:?}: {}", text(&said));
        assert!(text(&said).contains(code), "{words:?}: {}", text(&said));
    }

    /// Why it is in doubt.
    async fn doubts(&self) -> BTreeSet<Code> {
        self.status().await.doubted.iter().map(|f| f.code).collect()
    }

    fn witness(&self) -> PathBuf {
        self.stage.key().with_file_name("witness")
    }

    /// The platform posts again all that it posted.
    async fn post_again(&self) {
        let poster = self.stage.poster().unwrap();
        for n in self.people.accepted() {
            let told = poster.post(&cases::submission(n)).await.unwrap();
            assert!(told.accepted(), "{n}: {told:?}");
        }
    }

    /// The platform answers again what it was asked before.
    async fn supplement_again(&self) {
        let poster = self.stage.poster().unwrap();
        for n in self.people.accepted() {
            let case_no = cases::case_no(n).to_string();
            let Ok(Reply::Why(why)) = self.line.ask(Request::Why { case_no }).await else {
                continue;
            };
            for line in why.lines.iter().filter(|l| l.waits_for == "supplement") {
                drop(poster.post(&cases::supplement(n, &line.matter)).await.unwrap());
            }
        }
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let there = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &there);
        } else if path.is_file() {
            std::fs::copy(&path, &there).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_busy_nodes_backup_restored_elsewhere_loses_and_doubles_nothing() {
    let play = Play::begin(40).await;
    let mut node = play.start().await;
    play.until_entries(120).await;
    let backup = play.stage.dir.join("backup");
    let (to, person) = (backup.to_str().unwrap(), "张三");
    let made = play.good(&["ledger", "backup", "--to", to, "--as", person]).await;
    assert!(
        text(&made).contains("th1:") && text(&made).contains("node key"),
        "{}",
        text(&made)
    );
    play.refused(&["ledger", "backup", "--to", to, "--as", person], "L_EXISTS")
        .await;
    // It goes on, and then the machine is gone.
    play.people.allow(60);
    play.until_entries(60).await;
    assert!(node.kill().await.unwrap());
    play.until_quiet().await;
    std::fs::rename(play.stage.data(), play.stage.dir.join("gone")).unwrap();
    std::fs::remove_file(play.witness()).unwrap();

    // Another machine, with the key that was kept elsewhere.
    play.good(&["ledger", "restore", to, "--verify"]).await;
    assert!(!play.stage.data().exists(), "it only compared");
    play.good(&["ledger", "restore", to]).await;
    play.refused(&["ledger", "restore", to], "L_NOT_EMPTY").await;
    let node = play.start().await;
    assert!(play.doubts().await.contains(&Code::LRestored));
    // What comes is taken, and nothing leaves.
    let before = play.entries();
    play.post_again().await;
    play.refused(&["disk", "export", "ntax", "--to", to, "--as", person], "L_DOUBT")
        .await;
    play.refused(&["deliver", "park", "--as", person], "L_DOUBT").await;
    let case = cases::case_no(1).to_string();
    assert!(text(&play.good(&["why", &case]).await).contains("L_DOUBT"));
    assert!(text(&play.good(&["balance"]).await).contains("L_RESTORED"));
    play.until("told by the platform's cursor", |status| {
        let older = |f: &model::Finding| matches!(f.code, Code::LOlder | Code::LForked);
        status.doubted.iter().any(older)
    })
    .await;
    play.until_quiet().await;
    assert_eq!(play.entries(), before, "nothing was handed over while it was in doubt");
    // A restart changes nothing of that.
    assert_eq!(play.stop(node).await, Some(0), "{}", play.log());
    let node = play.start().await;
    assert!(play.doubts().await.contains(&Code::LRestored));
    play.refused(&["ledger", "resume"], "L_RESTORED").await;
    assert!(
        !play.status().await.doubted.is_empty(),
        "without a reason it only tells"
    );

    play.good(&["ledger", "resume", "--reason", "磁盘损坏，由备份恢复", "--as", person])
        .await;
    assert_eq!(play.doubts().await, BTreeSet::new());
    let mut doubled = play.until_worked_off().await;
    // A 补正 that was answered in the lost time is answered again.
    for _ in 0..3 {
        play.supplement_again().await;
        doubled = doubled.max(play.until_worked_off().await);
    }
    let balance = torture::balance(&play.line).await.unwrap();
    println!(
        "{} entries before, {} now: {balance:?}",
        before.len(),
        play.entries().len()
    );
    assert_eq!((doubled, balance.unexplained), (0, 0), "{balance:?}");
    assert!(play.entries().len() > before.len(), "work went on");
    assert_nothing_is_lost(&play).await;
    drop(node);
}

/// Every case that was told as accepted is known; what a department has, the ledger says it has, or says by name what it
/// waits for before it can know; and what it says is booked is booked.
async fn assert_nothing_is_lost(play: &Play) {
    let entries: BTreeSet<Entry> = play.entries().into_iter().collect();
    for n in play.people.accepted() {
        let case_no = cases::case_no(n).to_string();
        let case = play
            .line
            .ask(Request::Case {
                case_no: case_no.clone(),
                reveal: None,
            })
            .await;
        let why = play
            .line
            .ask(Request::Why {
                case_no: case_no.clone(),
            })
            .await;
        let (Ok(Reply::Case(case)), Ok(Reply::Why(why))) = (case, why) else {
            panic!("{case_no} is not known");
        };
        let named = why
            .lines
            .iter()
            .any(|l| !matches!(l.waits_for.as_str(), "" | "nothing"));
        let of_case = entries.iter().filter(|(no, _, _)| *no == case_no);
        for (_, matter, round) in of_case {
            let known = case
                .obligations
                .iter()
                .find(|o| o.matter == *matter && u64::from(o.round) == *round);
            let booked = known.is_some_and(|o| matches!(o.account, Account::Booked | Account::Unproved));
            assert!(
                booked || named,
                "{case_no} {matter}/{round} is booked there: {known:?} {:?}",
                why.lines
            );
        }
        let booked = case.obligations.iter().filter(|o| o.account == Account::Booked);
        for o in booked.filter(|o| !o.matter.starts_with("hub.")) {
            let entry = (case_no.clone(), o.matter.clone(), u64::from(o.round));
            assert!(entries.contains(&entry), "{entry:?} is booked here and not there");
        }
    }
}

/// Offline, before anybody else can say so.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_data_directory_copied_back_from_yesterday_is_noticed_at_the_start() {
    let play = Play::begin(4).await;
    let node = play.start().await;
    play.until_booked(2).await;
    assert_eq!(play.stop(node).await, Some(0), "{}", play.log());
    let (data, yesterday) = (play.stage.data(), play.stage.dir.join("yesterday"));
    copy(&data, &yesterday);
    let node = play.start().await;
    assert_eq!(play.doubts().await, BTreeSet::new());
    play.people.allow(8);
    play.until_entries(6).await;
    assert_eq!(play.stop(node).await, Some(0), "{}", play.log());
    std::fs::rename(&data, play.stage.dir.join("today")).unwrap();
    std::fs::rename(&yesterday, &data).unwrap();
    // Whoever asks it first finds out, a verb as well as the daemon.
    assert!(text(&play.good(&["balance"]).await).contains("L_OLDER"));
    let node = play.start().await;
    assert!(play.doubts().await.contains(&Code::LOlder));
    assert!(play.log().contains("L_OLDER"), "{}", play.log());
    assert_eq!(play.stop(node).await, Some(0), "{}", play.log());
    // The latest data is found after all: it was never in doubt.
    std::fs::remove_dir_all(&data).unwrap();
    std::fs::rename(play.stage.dir.join("today"), &data).unwrap();
    let said = text(&play.good(&["balance"]).await);
    assert!(
        said.contains("L_FORKED"),
        "what was seen meanwhile is of another course: {said}"
    );
    play.good(&[
        "ledger",
        "resume",
        "--nothing-lost",
        "--reason",
        "找回最新数据",
        "--as",
        "张三",
    ])
    .await;
    let node = play.start().await;
    assert_eq!(play.doubts().await, BTreeSet::new());
    crate::play::assert_right(&play.settle().await);
    drop(node);
}

/// Of a node that nobody told: those it deals with have seen more of it than it knows.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_others_have_seen_of_it_is_noticed() {
    let play = Play::begin(2).await;
    let node = play.start().await;
    play.until_entries(4).await;
    assert_eq!(play.doubts().await, BTreeSet::new());
    let poster = play.stage.poster().unwrap();
    let page = poster
        .get("/v1/changes?since=0000000000900000-00000001&limit=10")
        .await
        .unwrap();
    assert!(page.accepted(), "it is answered: {page:?}");
    assert_eq!(play.doubts().await, BTreeSet::from([Code::LOlder]));
    // The department's clerk waits, and is told why.
    let ready = poster.get("/readyz?verbose").await.unwrap();
    assert_eq!((ready.status, &ready.body["ready"]), (200, &true.into()));
    assert!(ready.body["checks"].to_string().contains("L_OLDER"), "{ready:?}");
    play.good(&[
        "ledger",
        "resume",
        "--nothing-lost",
        "--reason",
        "平台误用了旧游标",
        "--as",
        "张三",
    ])
    .await;
    let again = poster
        .get("/v1/changes?since=0000000000900000-00000001&limit=10")
        .await
        .unwrap();
    assert!(again.accepted(), "{again:?}");
    assert_eq!(play.doubts().await, BTreeSet::new(), "it was judged");
    crate::play::assert_right(&play.settle().await);
    drop(node);
}

/// A cloned machine: both go on from one ledger, and the platform reads one of them and then the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_that_go_on_from_one_ledger_are_noticed_by_who_reads_both() {
    let play = Play::begin(2).await;
    let node = play.start().await;
    play.until_entries(4).await;
    assert_eq!(play.stop(node).await, Some(0), "{}", play.log());
    let (data, clone) = (play.stage.data(), play.stage.dir.join("clone"));
    copy(&data, &clone);
    let node = play.start().await;
    play.people.allow(6);
    play.until_entries(8).await;
    let poster = play.stage.poster().unwrap();
    let page = poster.get("/v1/changes?limit=1000").await.unwrap();
    let cursor = page.body["next"].as_str().unwrap().to_owned();
    assert_eq!(play.stop(node).await, Some(0), "{}", play.log());
    // The other one, which knows no witness of the first: it goes on by itself and for longer.
    std::fs::rename(&data, play.stage.dir.join("first")).unwrap();
    std::fs::rename(&clone, &data).unwrap();
    std::fs::remove_file(play.witness()).unwrap();
    let node = play.start().await;
    play.people.allow(30);
    play.until("longer than the first", |status| status.open_cases > 12)
        .await;
    // Whoever else reads the feed has found out by now, or does so with this.
    drop(
        poster
            .get(&format!("/v1/changes?since={cursor}&limit=10"))
            .await
            .unwrap(),
    );
    let doubts = play.doubts().await;
    assert!(
        doubts.contains(&Code::LForked) || doubts.contains(&Code::LOlder),
        "{doubts:?}"
    );
    drop(node);
}

/// The same data under another machine's name, as a copy of it would be.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_ledger_that_runs_on_another_machine_is_noticed() {
    let play = Play::begin(1).await;
    // Where nobody says where the witness is kept, it lies beside the key.
    let file = play.stage.config().join("tanghulu.toml");
    let mut table: toml::Table = std::fs::read_to_string(&file).unwrap().parse().unwrap();
    table["node"].as_table_mut().unwrap().remove("witness").unwrap();
    std::fs::write(&file, table.to_string()).unwrap();
    let node = play.start().await;
    assert_eq!(play.stop(node).await, Some(0), "{}", play.log());
    assert!(play.stage.key().with_file_name("node.key.witness").exists() && !play.witness().exists());
    let other = play.stage.dir.join("machine-id");
    std::fs::write(&other, "0123456789abcdef0123456789abcdef\n").unwrap();
    let elsewhere = |words: &str| {
        let (id, config) = (other.display(), play.stage.config());
        let call = format!("{NODE} --config {} --lang en {words}", config.display());
        let script = format!("mount --bind {id} /etc/machine-id && exec {call}");
        let done = Command::new("unshare").args(["-r", "-m", "sh", "-c", &script]).output();
        done.unwrap_or_else(|error| panic!("unshare cannot run ({error}): apt-get install util-linux"))
    };
    assert!(
        !text(&play.good(&["balance"]).await).contains("L_MOVED"),
        "at home it is none"
    );
    let said = elsewhere("ledger resume");
    assert_eq!(said.status.code(), Some(1), "{}", text(&said));
    assert!(text(&said).contains("L_MOVED"), "{}", text(&said));
    // It stays so, wherever it is looked at, until somebody says that it was moved.
    assert!(text(&play.good(&["balance"]).await).contains("L_MOVED"));
    play.good(&[
        "ledger",
        "resume",
        "--nothing-lost",
        "--reason",
        "整机搬迁",
        "--as",
        "张三",
    ])
    .await;
    let node = play.start().await;
    assert_eq!(play.doubts().await, BTreeSet::new());
    crate::play::assert_right(&play.settle().await);
    drop(node);
}

/// Neither half a backup nor half a ledger.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_finds_no_room_leaves_nothing() {
    let play = Play::begin(2).await;
    let node = play.start().await;
    play.until_entries(4).await;
    let small = play.stage.dir.join("small");
    let _disk = Mount::memory(&small, 64);
    let ballast = fill(&small);
    let (to, data) = (small.join("b1"), play.stage.data());
    let backup = ["ledger", "backup", "--to", to.to_str().unwrap(), "--as", "张三"];
    play.refused(&backup, "C_PLACE").await;
    assert_eq!(std::fs::read_dir(&small).unwrap().count(), 1, "the ballast alone");
    std::fs::remove_file(ballast).unwrap();
    play.good(&backup).await;
    assert_eq!(play.stop(node).await, Some(0), "{}", play.log());
    std::fs::rename(&data, play.stage.dir.join("gone")).unwrap();
    let disk = Mount::memory(&data, 1);
    // A file that may lie there takes all the room there is.
    std::fs::rename(fill(&data), data.join("lock")).unwrap();
    let restore = ["ledger", "restore", to.to_str().unwrap()];
    play.refused(&restore, "C_PLACE").await;
    assert_eq!(std::fs::read_dir(&data).unwrap().count(), 1, "the lock alone");
    drop(disk);
    play.good(&restore).await;
    let node = play.start().await;
    assert!(play.doubts().await.contains(&Code::LRestored));
    drop(node);
}
