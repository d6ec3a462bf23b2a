//! What many runs come to, kept in a file where somebody wants to go on another day.

use crate::report::Report;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// All runs together. Counts as in a [`Report`].
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Sum {
    /// Kills.
    pub kills: u64,
    /// Runs, each with a seed of its own.
    pub seeds: u64,
    /// Owed and nowhere.
    pub lost: i64,
    /// Booked twice.
    pub doubled: u64,
    /// Waiting without saying for what.
    pub silent: u64,
    /// Waiting at the end of their run.
    pub waiting: u64,
    /// Places where a chain is broken.
    pub damaged: u64,
    /// Opened obligations that a node's own balance did not explain.
    pub unexplained: i64,
    /// Kills that met an attempt handed over and not settled.
    pub in_flight: u64,
    /// Points at which a node died, each with how often.
    pub points: BTreeMap<String, u64>,
    /// Points at which none ever died.
    pub points_not_met: Vec<String>,
    /// Obligations booked.
    pub booked: u64,
    /// Seeds of the runs that were not right.
    pub wrong: Vec<u64>,
    /// How long they took.
    pub seconds: f64,
}

impl Sum {
    /// What was reached so far; nothing where there is no such file.
    ///
    /// # Errors
    /// It cannot be read, or is none of ours.
    pub fn read(path: &Path) -> io::Result<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => serde_json::from_str(&text).map_err(io::Error::other),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    /// Replaces the file, as a whole.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let aside = path.with_extension("part");
        std::fs::write(&aside, serde_json::to_string(self).map_err(io::Error::other)?)?;
        std::fs::rename(aside, path)
    }

    /// Adds a run.
    pub fn add(&mut self, report: &Report) {
        self.kills += report.kills;
        self.seeds += 1;
        self.lost += report.lost;
        self.doubled += report.doubled;
        self.silent += report.silent;
        self.waiting += report.waiting;
        self.damaged += report.damaged;
        self.unexplained += report.unexplained;
        self.in_flight += report.in_flight;
        for (point, times) in &report.points {
            *self.points.entry((*point).to_owned()).or_default() += times;
        }
        let met = |point: &&&str| !self.points.contains_key(**point);
        self.points_not_met = seams::point::ALL.iter().filter(met).map(|p| (*p).to_owned()).collect();
        self.booked += report.booked;
        if !report.is_right() {
            self.wrong.push(report.seed);
        }
        self.seconds += report.seconds;
    }
}
