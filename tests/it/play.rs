//! A run among living departments without kills of its own: what tests of a node in trouble share.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use departments::play::tally::Tally;
use engine::verb::{Reply, Request};
use engine::view::{Balance, Status};
use std::path::Path;
use std::process::Output;
use std::time::Duration;
use tempfile::TempDir;
use torture::{Line, Node, People, Stage};

/// The node as it is shipped.
pub const NODE: &str = env!("CARGO_BIN_EXE_tanghulu");
/// Anything in these tests that takes longer has hung.
pub const LONG: Duration = Duration::from_secs(120);
/// A service manager waits this long and kills.
const STOP: Duration = Duration::from_secs(12);

/// A run without kills of its own.
pub struct Play {
    pub stage: Stage,
    pub people: People,
    pub line: Line,
    _dir: TempDir,
}

impl Play {
    /// Departments and people are at work; `cases` are posted as soon as a node is there.
    pub async fn begin(cases: u32) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let seed = torture::fresh_seed();
        let stage = Stage::open(dir.path(), 200, seed).await.unwrap();
        let people = People::start(&stage, seams::SeededRng::new(seed)).unwrap();
        people.allow(cases);
        let line = stage.line();
        Self {
            stage,
            people,
            line,
            _dir: dir,
        }
    }

    pub async fn start(&self) -> Node {
        let before = self.starts();
        let mut node = Node::spawn(Path::new(NODE), &self.stage).unwrap();
        node.ready(&self.line, LONG, &*self.stage.clock).await.unwrap();
        // It answers first and says so in its log a moment later.
        while self.starts() == before {
            self.stage.clock.sleep(Duration::from_millis(10)).await;
        }
        node
    }

    /// How many starts the log tells of.
    pub fn starts(&self) -> usize {
        let log = std::fs::read_to_string(self.stage.log()).unwrap_or_default();
        log.lines().filter(|line| line.contains("opened=")).count()
    }

    /// Asks it to end and waits; its exit code.
    pub async fn stop(&self, mut node: Node) -> Option<i32> {
        node.term().unwrap();
        node.ended_within(STOP, &*self.stage.clock).await.unwrap().code()
    }

    pub async fn settle(&self) -> (Tally, Balance) {
        torture::settle(&self.stage, &self.people, &self.line).await.unwrap()
    }

    /// Waits until departments have booked so much, with more under way.
    pub async fn until_booked(&self, rows: usize) {
        let begun = self.stage.clock.mono();
        while self.stage.world.aic.books().entries().len() < rows {
            assert!(
                self.stage.clock.mono().saturating_sub(begun) < LONG,
                "nothing is booked"
            );
            self.stage.clock.sleep(Duration::from_millis(10)).await;
        }
    }

    /// How it says it is.
    pub async fn status(&self) -> Status {
        match self.line.ask(Request::Status).await {
            Ok(Reply::Status(status)) => status,
            other => panic!("{other:?}: {}", self.log()),
        }
    }

    /// Waits until it says so of itself.
    pub async fn until(&self, what: &str, is_so: impl Fn(&Status) -> bool) {
        let begun = self.stage.clock.mono();
        while !is_so(&self.status().await) {
            let waited = self.stage.clock.mono().saturating_sub(begun);
            assert!(waited < LONG, "never {what}: {}", self.log());
            self.stage.clock.sleep(Duration::from_millis(50)).await;
        }
    }

    /// Another process with the same configuration.
    pub async fn tanghulu(&self, args: &[&str]) -> Output {
        let call = tokio::process::Command::new(NODE)
            .arg("--config")
            .arg(self.stage.config())
            .args(["--lang", "en"])
            .args(args)
            .kill_on_drop(true)
            .output();
        tokio::select! {
            output = call => output.unwrap(),
            () = self.stage.clock.sleep(LONG) => panic!("{args:?} does not end"),
        }
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.stage.log()).unwrap()
    }

    /// What the last start found.
    pub fn opened(&self) -> String {
        let log = self.log();
        log.lines().rfind(|line| line.contains("opened=")).unwrap().to_owned()
    }
}

impl Drop for Play {
    fn drop(&mut self) {
        self.stage.end();
    }
}

pub fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

pub fn assert_right((tally, balance): &(Tally, Balance)) {
    assert!(tally.is_good(), "{tally:?} {balance:?}");
    assert!(tally.booked > 0, "{tally:?}");
    assert_eq!(balance.unexplained, 0, "{balance:?}");
}
