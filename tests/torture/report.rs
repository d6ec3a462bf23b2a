//! What came out of a run, as one line of JSON.

use crate::Counts;
use crate::moment::Moment;
use serde::Serialize;
use std::time::Duration;

/// The modes that must be met in flight.
const MODES: [&str; 4] = ["disk", "frontend", "link", "manual"];

/// The outcome of a run. Counts are kills or obligations.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Report {
    /// The seed of its moments.
    pub seed: u64,
    /// How often the node was killed.
    pub kills: u64,
    /// Kills that met an attempt handed over and not settled.
    pub in_flight: u64,
    /// The same, per mode.
    pub per_mode: Counts,
    /// Kills by what their moment was chosen by.
    pub moments: Counts,
    /// Points of the node at which it died, each with how often.
    pub points: Counts,
    /// How often it was sent to each.
    #[serde(skip)]
    tried: Counts,
    /// How often it had ended in good order before it came there: no kill.
    #[serde(skip)]
    ended: u64,
    /// Points that were never met, though it was sent there.
    pub points_not_met: Vec<&'static str>,
    /// Kills by how long the node had been ready.
    pub ready_for: Counts,
    /// Cases told as accepted.
    pub cases: u64,
    /// Obligations that these must open.
    pub accepted: u64,
    /// Of these, booked in a department's book.
    pub booked: u64,
    /// Refused by name.
    pub refused: u64,
    /// Waiting at the end.
    pub waiting: u64,
    /// Owed and nowhere.
    pub lost: i64,
    /// Booked twice.
    pub doubled: u64,
    /// Waiting without saying for what.
    pub silent: u64,
    /// Opened obligations that the node's own balance does not explain.
    pub unexplained: i64,
    /// Places where the journal's chain is broken.
    pub damaged: u64,
    /// How long it took.
    pub seconds: f64,
}

impl Report {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            kills: 0,
            in_flight: 0,
            per_mode: MODES.iter().map(|mode| (*mode, 0)).collect(),
            moments: Counts::new(),
            points: Counts::new(),
            tried: Counts::new(),
            ended: 0,
            points_not_met: Vec::new(),
            ready_for: Counts::new(),
            cases: 0,
            accepted: 0,
            booked: 0,
            refused: 0,
            waiting: 0,
            lost: 0,
            doubled: 0,
            silent: 0,
            unexplained: 0,
            damaged: 0,
            seconds: 0.0,
        }
    }

    /// Counts one kill: how its moment was chosen, how long the node had been ready, what was in flight.
    pub(crate) fn count(&mut self, moment: Moment, up: Option<Duration>, open: &Counts) {
        self.kills += 1;
        *self.moments.entry(moment.word()).or_default() += 1;
        let span = match up.map(|up| up.as_millis()) {
            None => "not yet",
            Some(..10) => "under 10 ms",
            Some(..100) => "under 100 ms",
            Some(..500) => "under 500 ms",
            Some(..1000) => "under 1 s",
            Some(..2000) => "under 2 s",
            Some(_) => "longer",
        };
        *self.ready_for.entry(span).or_default() += 1;
        self.in_flight += u64::from(!open.is_empty());
        for mode in open.keys() {
            *self.per_mode.entry(mode).or_default() += 1;
        }
    }

    /// The node was sent to a point, and died there, was killed in the end, or had ended in good order before.
    pub(crate) fn count_point(&mut self, point: &'static str, died: bool, killed: bool) {
        self.kills += u64::from(killed);
        self.ended += u64::from(!killed);
        *self.moments.entry(Moment::Point(0).word()).or_default() += 1;
        *self.tried.entry(point).or_default() += 1;
        *self.points.entry(point).or_default() += u64::from(died);
        self.points.retain(|_, met| *met > 0);
        let never = self.tried.keys().filter(|point| !self.points.contains_key(*point));
        self.points_not_met = never.copied().collect();
    }

    /// How often the node was sent to a point.
    pub(crate) fn tried(&self, point: &str) -> u64 {
        self.tried.get(point).copied().unwrap_or(0)
    }

    /// How often it died there.
    pub(crate) fn met(&self, point: &str) -> u64 {
        self.points.get(point).copied().unwrap_or(0)
    }

    /// Kills whose moment was chosen by what was seen from outside.
    fn seen(&self) -> u64 {
        self.kills + self.ended - self.tried.values().sum::<u64>()
    }

    /// The mode that was met least often, while some are not met often enough.
    pub(crate) fn least_met(&self) -> Option<&'static str> {
        let least = self.per_mode.iter().min_by_key(|(_, met)| **met)?;
        Some(*least.0)
    }

    /// Whether kills from outside met attempts in flight often enough, in every mode: three of four, and one of ten in each.
    pub fn is_covered(&self) -> bool {
        let kills = self.seen();
        self.in_flight * 4 >= kills * 3 && self.per_mode.values().all(|met| met * 10 >= kills)
    }

    /// Nothing lost, doubled, left waiting or silent, and the kills were worth something.
    pub fn is_right(&self) -> bool {
        let wrong = self.doubled + self.waiting + self.silent + self.damaged;
        self.lost == 0 && self.unexplained == 0 && wrong == 0 && self.is_covered()
    }
}
