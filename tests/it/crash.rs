//! What a node survives: being killed at any moment, being asked to end, a second one beside it, a lost or torn index;
//! and what it must not pass over: a journal somebody changed.
//!
//! Among living departments, over the shipped program; the departments' own books judge.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::play::{NODE, Play, assert_right, text};
use std::path::{Path, PathBuf};
use torture::Options;

/// Nodes at once: each mostly waits for what the world does.
const NODES: u32 = 3;

/// `TANGHULU_KILLS` makes it another number: how often the nodes are killed, all together. The points at which they die are
/// shared between them.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_hundred_kills_over_all_points_lose_and_double_nothing() {
    let kills = std::env::var("TANGHULU_KILLS").map_or(300, |n| n.parse::<u32>().unwrap());
    let (dir, mut runs) = (tempfile::tempdir().unwrap(), tokio::task::JoinSet::new());
    for nth in 0..NODES {
        let options = Options {
            kills: kills.div_ceil(NODES),
            cases: kills * 2 + 80,
            seed: 20_260_302 + u64::from(nth),
            node: PathBuf::from(NODE),
            dir: dir.path().join(nth.to_string()),
            part: (nth as usize, NODES as usize),
        };
        runs.spawn(async move { (options.dir.clone(), torture::run(&options).await.unwrap()) });
    }
    let mut sum = torture::Sum::default();
    while let Some(run) = runs.join_next().await {
        let (dir, report) = run.unwrap();
        println!("{}", serde_json::to_string(&report).unwrap());
        assert!(report.is_right(), "{report:?}");
        let json = dir.join("report.json");
        std::fs::write(&json, serde_json::to_string(&report).unwrap()).unwrap();
        let recount = crate::demo::recount(&dir, Some(&json));
        assert!(recount.status.success(), "{}", text(&recount));
        sum.add(&report);
    }
    println!("{}", serde_json::to_string(&sum).unwrap());
    assert!(sum.kills >= u64::from(kills), "{sum:?}");
    // Fewer kills are a look at whether it works; they cannot meet every point.
    if kills >= 300 {
        assert_eq!(sum.points_not_met, Vec::<String>::new(), "points that no kill has met");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn asked_to_end_at_work_it_ends_in_time_and_goes_on_where_it_was() {
    let play = Play::begin(30).await;
    let node = play.start().await;
    play.until_booked(10).await;
    assert_eq!(play.stop(node).await, Some(0), "{}", play.log());
    let again = play.start().await;
    assert!(
        play.opened().contains("replayed: 0"),
        "a clean end leaves nothing to replay: {}",
        play.log()
    );
    assert_right(&play.settle().await);
    drop(again);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_second_one_on_the_same_data_is_refused_and_told_who_has_it() {
    let play = Play::begin(3).await;
    let node = play.start().await;
    let pid = node.pid().unwrap().to_string();
    let second = play.tanghulu(&["run"]).await;
    assert_eq!(second.status.code(), Some(1), "{}", text(&second));
    assert!(
        text(&second).contains("L_HELD") && text(&second).contains(&pid),
        "{pid}: {}",
        text(&second)
    );
    // Nor with another listener: the data decides, not the port.
    let config = play.stage.config().join("tanghulu.toml");
    let mut table: toml::Table = std::fs::read_to_string(&config).unwrap().parse().unwrap();
    table["listen"]["http"] = toml::Value::String("127.0.0.1:0".to_owned());
    std::fs::write(&config, table.to_string()).unwrap();
    let third = play.tanghulu(&["run"]).await;
    assert_eq!(third.status.code(), Some(1), "{}", text(&third));
    assert!(
        text(&third).contains("L_HELD") && text(&third).contains(&pid),
        "{pid}: {}",
        text(&third)
    );
    // The one that has it is none the worse.
    assert_right(&play.settle().await);
}

/// A way to lose what lies in a directory.
type Spoil = fn(&Path);

/// The files below a directory, largest first.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path))
        } else {
            found.push(path)
        }
    }
    found.sort_by_key(|path| std::cmp::Reverse(std::fs::metadata(path).unwrap().len()));
    found
}

fn flip(path: &Path, at: u64) {
    let mut bytes = std::fs::read(path).unwrap();
    let at = usize::try_from(at).unwrap();
    bytes[at] ^= 0x20;
    std::fs::write(path, bytes).unwrap();
}

const SPOILS: [(&str, Spoil); 5] = [
    ("deleted", |index| std::fs::remove_dir_all(index).unwrap()),
    ("cut in half", |index| {
        for path in files(index) {
            let half = std::fs::metadata(&path).unwrap().len() / 2;
            std::fs::OpenOptions::new()
                .write(true)
                .open(&path)
                .unwrap()
                .set_len(half)
                .unwrap();
        }
    }),
    ("flipped in many places", |index| {
        for path in files(index) {
            let len = std::fs::metadata(&path).unwrap().len();
            (0..64).filter(|_| len > 0).for_each(|i| flip(&path, i * len / 64));
        }
    }),
    ("emptied", |index| {
        for path in files(index) {
            std::fs::write(path, "").unwrap();
        }
    }),
    ("one file gone", |index| std::fs::remove_file(&files(index)[0]).unwrap()),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_lost_or_torn_index_is_made_again_and_says_the_same() {
    let play = Play::begin(10).await;
    let mut node = play.start().await;
    let before = play.settle().await;
    assert_right(&before);
    let index = play.stage.data().join("index");
    for (how, spoil) in SPOILS {
        // Once with what a clean end wrote and a kill after it.
        assert_eq!(play.stop(node).await, Some(0), "{how}: {}", play.log());
        node = play.start().await;
        assert!(node.kill().await.unwrap());
        assert!(!files(&index).is_empty(), "{how}: there is an index to spoil");
        spoil(&index);
        node = play.start().await;
        assert!(
            !play.opened().contains("replayed: 0"),
            "{how}: the journal was not read: {}",
            play.opened()
        );
        let log = play.log();
        let told = log.lines().rfind(|line| line.contains("the ledger is open")).unwrap();
        assert!(told.contains("took_ms="), "{how}: how long it took: {told}");
        let after = torture::balance(&play.line).await.unwrap();
        assert_eq!(after, before.1, "{how}");
    }
    // It is an index to work with.
    play.people.allow(20);
    assert_right(&play.settle().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_changed_journal_is_found_and_named() {
    let play = Play::begin(5).await;
    let mut node = play.start().await;
    assert_right(&play.settle().await);
    assert!(node.kill().await.unwrap());
    let verified = play.tanghulu(&["ledger", "verify"]).await;
    assert_eq!(verified.status.code(), Some(0), "{}", text(&verified));
    let journal = play.stage.data().join("journal");
    let segment = files(&journal)
        .into_iter()
        .find(|p| p.extension().is_some_and(|e| e == "seg"))
        .unwrap();
    let name = segment.file_name().unwrap().to_str().unwrap().to_owned();
    let len = std::fs::metadata(&segment).unwrap().len();
    for at in [len / 4, len / 2, len * 3 / 4] {
        flip(&segment, at);
        let verified = play.tanghulu(&["ledger", "verify"]).await;
        assert_eq!(verified.status.code(), Some(1), "{at}: {}", text(&verified));
        assert!(text(&verified).contains(&name), "{at}: {}", text(&verified));
        let started = play.tanghulu(&["run"]).await;
        assert_eq!(started.status.code(), Some(1), "{at}: {}", text(&started));
        let said = text(&started);
        assert!(
            said.contains("L_DAMAGED") && said.contains(&format!("{name} @")),
            "{at}: {said}"
        );
        flip(&segment, at);
    }
    // Put right, it goes on: nothing was changed by those who found it.
    let node = play.start().await;
    assert_right(&play.settle().await);
    drop(node);
}
