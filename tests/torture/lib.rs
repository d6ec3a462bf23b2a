//! Kills a running node at random moments and lets the departments' own books judge.
//!
//! The node is a process of its own, started from its shipped program with its shipped configuration. Everything else
//! lives here and survives: the departments, the platform that posts and reads its feed, the clerk, the courier, the
//! operator. They reach the node the way anybody does, over HTTP and the local socket, and try again when it is gone.
//!
//! At the end nobody asks the node whether all is well: what was booked, and how often, is counted in the books.

#![allow(clippy::disallowed_methods, reason = "a driver of real processes, files and time")]

mod clerk;
mod courier;
mod flight;
mod judge;
mod line;
mod lister;
mod moment;
mod node;
mod operator;
mod people;
mod platform;
mod report;
mod stage;
mod sum;

pub use judge::{balance, settle};
pub use line::{Line, No};
pub use node::Node;
pub use people::People;
pub use report::Report;
pub use stage::Stage;
pub use sum::Sum;

use departments::play::tally::DEPARTMENTS;
use flight::Flight;
use moment::{Chooser, MERGE, Moment};
use seams::point::ALL;
use seams::{Rng, SeededRng, SystemRng};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A node that is not ready by then never will be.
const START: Duration = Duration::from_secs(60);

/// A merge of sixteen runs begins and is over in one writing of the index where so many wait.
const RUNS: u32 = 30;
/// How long a life is that only is to end well, at most.
const LIFE: Duration = Duration::from_millis(500);

/// Cases that are posted at once.
const FIRST: u32 = 12;
/// How long a node that was asked to end is let live, at most.
const END: Duration = Duration::from_millis(60);

/// What to try.
#[derive(Clone, Debug)]
pub struct Options {
    /// How often the node is killed, at least.
    pub kills: u32,
    /// How many cases are posted over the run, at most.
    pub cases: u32,
    /// Decides moments and pauses.
    pub seed: u64,
    /// The node's program.
    pub node: PathBuf,
    /// Where it plays: made if missing, must be empty otherwise.
    pub dir: PathBuf,
    /// Which part of the points is its own, of how many: several runs at once share them. `(0, 1)` has all.
    pub part: (usize, usize),
}

/// A seed nobody chose.
pub fn fresh_seed() -> u64 {
    SystemRng::new().next_u64() >> 16
}

/// Removes the directory of a run.
pub fn remove(dir: &Path) {
    let _ = std::fs::remove_dir_all(dir);
}

/// Kills, restarts and judges.
///
/// # Errors
/// The run could not be carried out: no program, no room, or a node that no longer starts (which is a defect of it).
pub async fn run(options: &Options) -> io::Result<Report> {
    let stage = Stage::open(&options.dir, options.cases, options.seed).await?;
    let begun = stage.clock.mono();
    let rng = SeededRng::new(options.seed);
    let people = People::start(&stage, rng.fork())?;
    let line = stage.line();
    let chooser = Chooser::new(rng.fork(), options.part);
    let mut flight = Flight::new(&stage);
    let mut report = Report::new(options.seed);
    let mut worked = false;
    let mut usual_start = Duration::from_millis(200);
    let (enough, most) = (u64::from(options.kills), u64::from(options.kills) * 3 / 2);
    let lacks = |report: &Report| !report.is_covered() || chooser.lacks(report);
    while report.kills < enough || (lacks(&report) && report.kills < most) {
        people.allow(share(options, report.kills));
        // The very first start makes the ledger: that too must bear a kill, at each of its steps.
        let moment = match chooser.first(&report) {
            Some(first) => first,
            None if *report.moments.get(Moment::Start.word()).unwrap_or(&0) == 0 => Moment::Start,
            None => chooser.next(&report),
        };
        if let Moment::Point(point) = moment {
            if ALL[point] == MERGE {
                let died = until_merged(options, &stage, &people, &line).await?;
                flight.look(&stage)?;
                report.count_point(MERGE, died, died);
                continue;
            }
            let name = chooser.point_name(point, &report);
            let mut node = Node::spawn_to_die(&options.node, &stage, Some(&name))?;
            let died = chooser.until_point(point, &mut node, &stage, &people).await?;
            let killed = died || node.kill().await?;
            // What is in flight then is known, but was not aimed at.
            flight.look(&stage)?;
            report.count_point(ALL[point], died, killed);
            continue;
        }
        let mut node = Node::spawn(&options.node, &stage)?;
        let started = stage.clock.mono();
        let mut up = None;
        if moment == Moment::Start {
            stage.clock.sleep(chooser.part_of(usual_start)).await;
        } else {
            node.ready(&line, START, &*stage.clock).await?;
            let ready = stage.clock.mono();
            usual_start = (usual_start + ready.saturating_sub(started)) / 2;
            if !worked {
                worked = true;
                busy(&stage).await;
            }
            report.silent += judge::silent_sample(&line, &people.accepted(), &rng).await;
            chooser.wait(moment, &stage, &people).await;
            up = Some(stage.clock.mono().saturating_sub(ready));
        }
        if moment == Moment::End {
            node.term()?;
            stage.clock.sleep(chooser.part_of(END)).await;
        }
        let met = node.kill().await?;
        chooser.calm(&stage);
        if !met && moment == Moment::End {
            // It was quicker than we: no kill.
            continue;
        }
        report.count(moment, up, &flight.look(&stage)?);
        if report.kills.is_multiple_of(20) {
            eprintln!(
                "{} kills, {} with an attempt in flight, {} cases posted",
                report.kills,
                report.in_flight,
                people.posted()
            );
        }
    }
    let mut node = Node::spawn(&options.node, &stage)?;
    node.ready(&line, START, &*stage.clock).await?;
    judge::judge(&stage, &people, &line, &mut report).await?;
    report.seconds = stage.clock.mono().saturating_sub(begun).as_secs_f64().round();
    drop(node);
    stage.end();
    Ok(report)
}

/// How many cases may be posted by now: half of them come by and by, the others where nothing happens.
fn share(options: &Options, kills: u64) -> u32 {
    let due = u64::from(options.cases) * kills / (2 * u64::from(options.kills.max(1)));
    u32::try_from(due).unwrap_or(options.cases).saturating_add(FIRST)
}

/// Ends a node in good order again and again, each time with something to write: one that writes its index once in a life
/// merges its runs at the end of one of these lives, and dies of it. `false`: it never came there. Meanwhile a list comes that is
/// so long that the index is written while it is taken in.
async fn until_merged(options: &Options, stage: &Stage, people: &People, line: &Line) -> io::Result<bool> {
    people.want_long_list();
    for _ in 0..RUNS {
        let mut node = Node::spawn_to_die(&options.node, stage, Some(MERGE))?;
        node.ready(line, START, &*stage.clock).await?;
        let before = people.posted();
        people.allow(before + 1);
        let begun = stage.clock.mono();
        while people.posted() == before && stage.clock.mono().saturating_sub(begun) < LIFE {
            stage.clock.sleep(Duration::from_millis(10)).await;
        }
        node.term()?;
        let asked = stage.clock.mono();
        while !node.is_gone()? && stage.clock.mono().saturating_sub(asked) < START {
            stage.clock.sleep(Duration::from_millis(10)).await;
        }
        if node.has_died()? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Waits until work has come to every department.
async fn busy(stage: &Stage) {
    let begun = stage.clock.mono();
    let books = || {
        DEPARTMENTS
            .iter()
            .map(|dept| stage.world.books.join(format!("{dept}.csv")))
    };
    let empty = || books().any(|book| std::fs::read_to_string(book).is_ok_and(|text| text.lines().count() < 2));
    while empty() && stage.clock.mono().saturating_sub(begun) < START {
        stage.clock.sleep(Duration::from_millis(50)).await;
    }
}

/// Counts by word, for the report.
type Counts = BTreeMap<&'static str, u64>;
