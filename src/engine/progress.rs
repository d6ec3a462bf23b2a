//! How far long pieces of work have come, for whoever waits for them. Kept beside the loop and told without it: a loop that
//! is busy is the reason why somebody asks. Nothing is decided by it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One piece of work.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct WorkLine {
    /// What is done: `export`, `deliver`, `import`, `collect`.
    pub work: String,
    /// For whom, where that was said.
    pub dept: String,
    /// So much is done: rows that left, or bytes of what came.
    pub done: u64,
    /// Of so much, as far as is known by now; 0 where nothing is.
    pub of: u64,
}

/// What is under way.
#[derive(Debug, Default)]
pub struct Progress {
    lines: Mutex<(u64, BTreeMap<u64, WorkLine>)>,
}

impl Progress {
    fn all(&self) -> MutexGuard<'_, (u64, BTreeMap<u64, WorkLine>)> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is under way, oldest first.
    pub fn lines(&self) -> Vec<WorkLine> {
        self.all().1.values().cloned().collect()
    }

    /// A piece of work begins. It ends when its meter goes.
    pub fn begin(self: &Arc<Self>, work: &str, dept: &str) -> Meter {
        let (work, dept) = (work.to_owned(), dept.to_owned());
        let (done, of) = (0, 0);
        let mut all = self.all();
        all.0 += 1;
        let id = all.0;
        all.1.insert(id, WorkLine { work, dept, done, of });
        drop(all);
        Meter {
            progress: self.clone(),
            id,
        }
    }
}

/// Says how far one piece of work is.
#[derive(Debug)]
pub struct Meter {
    progress: Arc<Progress>,
    id: u64,
}

impl Meter {
    fn change(&self, change: impl FnOnce(&mut WorkLine)) {
        if let Some(line) = self.progress.all().1.get_mut(&self.id) {
            change(line);
        }
    }

    fn done(&self) -> u64 {
        self.progress.all().1.get(&self.id).map_or(0, |line| line.done)
    }

    /// So much more is to be done.
    pub fn expect(&self, more: u64) {
        self.change(|line| line.of += more);
    }

    /// So much more is done.
    pub fn add(&self, more: u64) {
        self.change(|line| line.done += more);
    }

    /// A part of the work, so many bytes, which begins here.
    pub fn share(&self, bytes: u64) -> Share<'_> {
        Share(Some(Part {
            meter: self,
            from: self.done(),
            bytes,
            rows: AtomicU64::new(0),
        }))
    }

    /// Of work that nobody waits for.
    pub fn unread() -> Self {
        Arc::<Progress>::default().begin("", "")
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.progress.all().1.remove(&self.id);
    }
}

/// How far one batch that comes is, as a part of what somebody waits for; nothing where nobody does.
#[derive(Debug, Default)]
pub struct Share<'a>(Option<Part<'a>>);

#[derive(Debug)]
struct Part<'a> {
    meter: &'a Meter,
    from: u64,
    bytes: u64,
    /// How many rows it has; 0 while nobody knows.
    rows: AtomicU64,
}

impl Share<'_> {
    /// It has so many rows.
    pub fn expect(&self, rows: Option<u64>) {
        if let Some(part) = &self.0 {
            part.rows.store(rows.unwrap_or(0), Relaxed);
        }
    }

    /// So many of its rows were read: half of the way, for each has its effect yet.
    pub fn read(&self, rows: u64) {
        self.at(|all| rows.min(all), 2);
    }

    /// So many of its rows have had effect.
    pub fn taken(&self, rows: u64) {
        self.at(|all| all + rows.min(all), 2);
    }

    /// It is answered.
    pub fn ended(&self) {
        if let Some(part) = &self.0 {
            part.meter.change(|line| line.done = part.from + part.bytes);
        }
    }

    fn at(&self, rows: impl FnOnce(u64) -> u64, of: u64) {
        let Some(part) = &self.0 else { return };
        let all = part.rows.load(Relaxed);
        if all == 0 {
            return;
        }
        let share = u128::from(part.bytes) * u128::from(rows(all)) / (u128::from(all) * u128::from(of));
        let done = part.from + u64::try_from(share).unwrap_or(part.bytes);
        part.meter.change(|line| line.done = done.max(line.done));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_of_work_is_told_while_it_is_under_way() {
        let progress = Arc::new(Progress::default());
        let meter = progress.begin("import", "tax");
        meter.expect(300);
        let done = || progress.lines()[0].done;
        let first = meter.share(100);
        first.expect(Some(50));
        first.read(25);
        assert_eq!(done(), 25);
        first.taken(25);
        assert_eq!(done(), 75);
        // A file that has more rows than it says is not more than all of it.
        first.taken(500);
        assert_eq!(done(), 100);
        first.ended();
        // Nobody knows how many rows: nothing is said before its end.
        let second = meter.share(200);
        second.expect(None);
        second.read(10);
        assert_eq!(done(), 100);
        second.ended();
        let all = WorkLine {
            work: "import".to_owned(),
            dept: "tax".to_owned(),
            done: 300,
            of: 300,
        };
        assert_eq!(progress.lines(), [all]);
        drop(meter);
        assert_eq!(progress.lines(), []);
    }
}
