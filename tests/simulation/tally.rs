//! What all seeds of several runs came to, kept in a file, so that a million of them need not be one run.

use crate::crowd::Lives;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// All seeds from the first to the last.
#[derive(Default, Serialize, Deserialize)]
pub struct Tally {
    /// The last seed that was lived.
    pub last: u64,
    pub cases: u64,
    pub bookings: u64,
    pub crashes: u64,
    pub steps: u64,
    /// Seeds in which something happened that must never happen.
    pub bad: Vec<u64>,
}

impl Tally {
    /// What stands in a file; nothing where there is none.
    pub fn read(file: &Path) -> Self {
        match std::fs::read_to_string(file) {
            Ok(text) => serde_json::from_str(&text).unwrap(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::default(),
            Err(error) => panic!("{}: {error}", file.display()),
        }
    }

    /// Replaces the file, as a whole.
    pub fn write(&self, file: &Path) {
        let aside = file.with_extension("part");
        std::fs::write(&aside, self.line()).unwrap();
        std::fs::rename(aside, file).unwrap();
    }

    /// As one line of JSON.
    pub fn line(&self) -> String {
        serde_json::to_string(self).unwrap()
    }

    /// Seeds up to this one were lived.
    pub fn add(&mut self, last: u64, lives: &Lives) {
        self.last = last;
        self.cases += lives.cases;
        self.bookings += lives.bookings;
        self.crashes += lives.crashes;
        self.steps += lives.steps;
        self.bad.extend(lives.bad.iter().map(|(seed, _)| *seed));
    }
}

#[test]
fn the_next_run_goes_on_behind_the_last_seed() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("seeds.json");
    let mut tally = Tally::read(&file);
    assert_eq!(tally.last, 0);
    let lives = Lives {
        cases: 4,
        ..Lives::default()
    };
    tally.add(500, &lives);
    tally.write(&file);
    let mut tally = Tally::read(&file);
    tally.add(900, &lives);
    assert_eq!((tally.last, tally.cases), (900, 8));
}
