//! When to kill: at any time, during the start, or just after something was seen to happen in one of the modes.

use crate::node::Node;
use crate::people::People;
use crate::report::Report;
use crate::stage::Stage;
use departments::park::Trouble;
use seams::point::ALL;
use seams::{Rng, SeededRng};
use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::time::Duration;

/// What a moment is chosen by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Moment {
    /// 1 ms to 2 s after it was ready.
    Any,
    /// Before it is ready.
    Start,
    /// While it ends because it was asked to.
    End,
    /// Just after the park booked something.
    Link,
    /// Just after a name appeared in the bureau's directory.
    Frontend,
    /// Just after a name appeared on the stick.
    Disk,
    /// Just after a clerk took a task.
    Manual,
    /// Where it passes one of its points, by its number in the list of all.
    Point(usize),
}

impl Moment {
    /// Its word in the report.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Start => "start",
            Self::End => "end",
            Self::Link => "link",
            Self::Frontend => "frontend",
            Self::Disk => "disk",
            Self::Manual => "manual",
            Self::Point(_) => "point",
        }
    }
}

/// How often a moment is one of the node's points, out of a hundred.
const POINTS: u64 = 45;
/// A point that was not met so often is not waited for again.
const PATIENCE: u64 = 4;
/// How long a point is waited for, at most.
const UNTIL_POINT: Duration = Duration::from_secs(12);
/// Where a node dies once runs of its index became one.
pub(crate) const MERGE: &str = "index.merge-ended";
/// How long a node lives before it is asked to end, where only that brings it there.
const UNTIL_END: Duration = Duration::from_millis(1_500);
/// Those that only making a ledger passes: they are tried first, for nobody comes there again.
const FIRST: &str = "journal.segment";
/// Those that a node passes once in a life, or with one list.
const ONCE: [&str; 6] = [
    FIRST,
    "link.token-had",
    "engine.judged",
    "engine.stopped",
    "frontend.receipt",
    "ledger.checkpoint",
];
/// Those that it passes where it takes in a list.
const LISTS: [&str; 5] = [
    "engine.chunk-journalled",
    "engine.judged",
    "engine.stretch-taken",
    "frontend.receipt-written",
    "frontend.receipt-left",
];
/// Those that a node passes when it is asked to end, and seldom before.
const LAST: [&str; 3] = ["index.", "ledger.checkpoint", "engine.stopped"];

/// Other moments by weight, out of a hundred.
const WEIGHTS: [(Moment, u64); 7] = [
    (Moment::Any, 30),
    (Moment::Start, 10),
    (Moment::End, 5),
    (Moment::Link, 25),
    (Moment::Frontend, 10),
    (Moment::Disk, 10),
    (Moment::Manual, 10),
];
/// How often a moment goes to the mode that was met least, out of a hundred.
const FAVOUR: u64 = 25;
/// Nothing may happen in a mode for a while; then any moment is as good.
const MOST: Duration = Duration::from_secs(3);
/// Where nothing happens for so long, another case is posted.
const IDLE: Duration = Duration::from_millis(200);
/// How slow the park is when it is slow.
const SLOW: Duration = Duration::from_millis(300);

/// Draws moments.
pub(crate) struct Chooser {
    rng: SeededRng,
    /// Which part of the points is looked for, of how many.
    part: (usize, usize),
}

impl Chooser {
    pub(crate) fn new(rng: SeededRng, part: (usize, usize)) -> Self {
        Self { rng, part }
    }

    /// Whether a point of its part was met by no kill, and not looked for too often in vain.
    pub(crate) fn lacks(&self, report: &Report) -> bool {
        (0..ALL.len()).any(|n| self.is_open(n, report))
    }

    /// The same of one point. Those of a ledger that is made are passed before anything else, and by nobody again.
    fn is_open(&self, n: usize, report: &Report) -> bool {
        let name = ALL[n];
        let (part, of) = self.part;
        n % of.max(1) == part && !name.starts_with(FIRST) && report.met(name) == 0 && report.tried(name) < PATIENCE
    }

    /// The next one: by weight, now and then in favour of the mode that was met least.
    pub(crate) fn next(&self, report: &Report) -> Moment {
        if self.rng.below(100) < POINTS
            && let Some(point) = self.point(report)
        {
            return Moment::Point(point);
        }
        if self.rng.below(100) < FAVOUR
            && let Some(mode) = report.least_met()
        {
            return WEIGHTS
                .iter()
                .map(|(m, _)| *m)
                .find(|m| m.word() == mode)
                .unwrap_or(Moment::Any);
        }
        let mut at = self.rng.below(WEIGHTS.iter().map(|(_, w)| w).sum());
        for (moment, weight) in WEIGHTS {
            if at < weight {
                return moment;
            }
            at -= weight;
        }
        Moment::Any
    }

    /// A point that making a ledger passes, while there is one left.
    pub(crate) fn first(&self, report: &Report) -> Option<Moment> {
        let wanted = |(_, name): &(usize, &&'static str)| name.starts_with(FIRST) && report.tried(name) == 0;
        let mut all = ALL.iter().enumerate();
        all.find(wanted).map(|(n, _)| Moment::Point(n))
    }

    /// One of the points that were tried least, and not too often in vain.
    fn point(&self, report: &Report) -> Option<usize> {
        let worth = |name: &str| !name.starts_with(FIRST) && (report.met(name) > 0 || report.tried(name) < PATIENCE);
        let mut open: Vec<usize> = (0..ALL.len()).filter(|n| self.is_open(*n, report)).collect();
        if open.is_empty() {
            open = (0..ALL.len()).filter(|n| worth(ALL[*n])).collect();
        }
        let least = open.iter().map(|n| report.tried(ALL[*n])).min()?;
        let least: Vec<usize> = open.into_iter().filter(|n| report.tried(ALL[*n]) == least).collect();
        let n = self.rng.below(least.len() as u64) as usize;
        least.get(n).copied()
    }

    /// A point, and the how many-eth time the node comes there.
    pub(crate) fn point_name(&self, point: usize, report: &Report) -> String {
        let name = ALL[point];
        let in_vain = report.tried(name) > report.met(name);
        let times = if in_vain || ONCE.iter().any(|once| name.starts_with(once)) {
            1
        } else {
            1 + self.rng.below(3)
        };
        format!("{name}:{times}")
    }

    /// Waits until a node that is to die at a point has died, while work of every kind comes to it. `false`: it never
    /// came there.
    pub(crate) async fn until_point(
        &self,
        point: usize,
        node: &mut Node,
        stage: &Stage,
        people: &People,
    ) -> io::Result<bool> {
        let begun = stage.clock.mono();
        let lists = LISTS.contains(&ALL[point]);
        let ends = LAST.iter().any(|last| ALL[point].starts_with(last));
        let (mut asked, mut idle) = (false, begun);
        while stage.clock.mono().saturating_sub(begun) < UNTIL_POINT {
            if node.has_died()? {
                return Ok(true);
            }
            if node.is_gone()? {
                return Ok(false);
            }
            if stage.clock.mono().saturating_sub(idle) > IDLE {
                idle = stage.clock.mono();
                people.allow(people.posted() + 1);
                people.send_courier();
                if lists {
                    people.want_list();
                }
            }
            let up = stage.clock.mono().saturating_sub(begun);
            if ends && !asked && up > UNTIL_END {
                asked = node.term().is_ok();
            }
            stage.clock.sleep(Duration::from_millis(20)).await;
        }
        node.has_died()
    }

    /// Some part of a span.
    pub(crate) fn part_of(&self, span: Duration) -> Duration {
        Duration::from_millis(self.rng.below(u64::try_from(span.as_millis()).unwrap_or(1).max(1)))
    }

    /// Waits for a moment of a node that is ready.
    pub(crate) async fn wait(&self, moment: Moment, stage: &Stage, people: &People) {
        let park = stage.world.books.join("park.csv");
        let upload = stage.dir.join("ltax-front").join("upload");
        let sticks: Vec<_> = stage
            .world
            .bureaus
            .iter()
            .map(|(dept, _)| stage.world.stick(dept))
            .collect();
        let on_sticks = || sticks.iter().flat_map(|stick| names(stick)).collect::<BTreeSet<_>>();
        match moment {
            Moment::Any | Moment::Start | Moment::End => {
                stage
                    .clock
                    .sleep(Duration::from_millis(1) + self.part_of(Duration::from_secs(2)))
                    .await;
            }
            Moment::Link => {
                // A department that has booked and is slow to say so: what it meets is the oldest trap there is.
                let slow = self.rng.below(3) > 0;
                if slow {
                    stage.world.park.trouble(Trouble::CommitThenStall(SLOW), 8);
                }
                let before = len(&park);
                self.until(stage, people, if slow { 200 } else { 2 }, || len(&park) != before)
                    .await;
            }
            Moment::Frontend => {
                let before = names(&upload);
                self.until(stage, people, 30, || !names(&upload).is_subset(&before))
                    .await;
            }
            Moment::Disk => {
                people.send_courier();
                let before = on_sticks();
                self.until(stage, people, 60, || !on_sticks().is_subset(&before)).await;
            }
            Moment::Point(_) => {}
            Moment::Manual => {
                let before = people.claims();
                self.until(stage, people, 40, || people.claims() != before).await;
            }
        }
    }

    /// What was arranged for a moment ends with it.
    pub(crate) fn calm(&self, stage: &Stage) {
        stage.world.park.calm();
    }

    /// Waits until something is seen, and up to some milliseconds more.
    async fn until(&self, stage: &Stage, people: &People, more_ms: u64, seen: impl Fn() -> bool) {
        // Not always the first thing after the start.
        stage.clock.sleep(self.part_of(Duration::from_millis(700))).await;
        let begun = stage.clock.mono();
        let mut idle = begun;
        while !seen() && stage.clock.mono().saturating_sub(begun) < MOST {
            if stage.clock.mono().saturating_sub(idle) > IDLE {
                idle = stage.clock.mono();
                people.allow(people.posted() + 1);
            }
            stage.clock.sleep(Duration::from_micros(500)).await;
        }
        stage
            .clock
            .sleep(Duration::from_micros(self.rng.below(more_ms * 1000)))
            .await;
    }
}

fn len(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |m| m.len())
}

fn names(dir: &Path) -> BTreeSet<std::ffi::OsString> {
    std::fs::read_dir(dir)
        .map(|entries| entries.flatten().map(|e| e.file_name()).collect())
        .unwrap_or_default()
}
