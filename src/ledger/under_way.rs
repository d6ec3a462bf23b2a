//! What is at hand of our batches that are under way: enough to know whether one must be looked at. A batch itself is as
//! long as what it carries, and all that are under way together may be longer than memory.

use crate::books::{Books, OutBatch, padded};
use crate::shelf::Kept as _;
use model::{BatchId, DeptId};
use std::collections::BTreeMap;

/// Attempts of batches that were read again, and are let go of once there are more.
const WARM_ATTEMPTS: usize = 20_000;

/// Batches of ours with unsettled attempts, and what was read of them and others.
#[derive(Default)]
pub(crate) struct UnderWay {
    /// Departments and channels, each named once.
    ways: Vec<(DeptId, String)>,
    batches: BTreeMap<BatchId, Kept>,
    /// Attempts of batches that were read since any were let go of.
    read: usize,
}

struct Kept {
    way: u32,
    since: i64,
    left: bool,
    doubted: bool,
    quiet: i64,
}

/// One batch with unsettled attempts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Open<'a> {
    /// Its number.
    pub batch: BatchId,
    /// For.
    pub dept: &'a DeptId,
    /// Over.
    pub channel: &'a str,
    /// When it was prepared, milliseconds since 1970.
    pub since: i64,
    /// Its hand-over was completed.
    pub left: bool,
    /// It was open when the ledger was in doubt.
    pub doubted: bool,
    /// Nothing of it is late before this instant, unless something happens to it: whoever looked says so (`is_quiet`).
    pub quiet: i64,
}

impl UnderWay {
    fn note(&mut self, out: &OutBatch) {
        let same = |(dept, channel): &(DeptId, String)| *dept == out.dept && *channel == out.channel;
        let way = self.ways.iter().position(same).unwrap_or_else(|| {
            self.ways.push((out.dept.clone(), out.channel.clone()));
            self.ways.len() - 1
        });
        let kept = Kept {
            way: u32::try_from(way).unwrap_or(u32::MAX),
            since: out.since,
            left: out.copies > 0,
            doubted: out.doubted,
            quiet: i64::MIN,
        };
        self.batches.insert(out.batch, kept);
    }
}

impl Books {
    /// A batch of ours.
    pub fn out_batch(&mut self, batch: BatchId) -> Option<&OutBatch> {
        let key = padded(batch);
        if self.outbound.hot(&key).is_none() {
            if self.under_way.read > WARM_ATTEMPTS {
                self.outbound.trim(0);
                self.under_way.read = 0;
            }
            self.under_way.read += 1 + self.outbound.get(&key).map_or(0, |out| out.attempts.len());
        }
        self.outbound.get(&key)
    }

    /// Lets go of batches that a checkpoint has written, where they are long: few of them are many attempts.
    pub(crate) fn cool_outbound(&mut self) {
        let attempts: usize = self.outbound.iter_hot().map(|(_, out)| out.attempts.len()).sum();
        if attempts > WARM_ATTEMPTS {
            self.outbound.trim(0);
            self.under_way.read = 0;
        }
    }

    /// Notes what became of a batch, where anything of it is unsettled.
    pub(crate) fn note_under_way(&mut self, batch: BatchId) {
        match self.outbound.get(&padded(batch)) {
            Some(out) if !out.open.is_empty() => self.under_way.note(out),
            _ => drop(self.under_way.batches.remove(&batch)),
        }
    }

    /// Our batches with unsettled attempts, without reading them.
    pub fn under_way(&self) -> impl Iterator<Item = Open<'_>> {
        let UnderWay { ways, batches, .. } = &self.under_way;
        batches.iter().filter_map(|(batch, kept)| {
            let (dept, channel) = ways.get(kept.way as usize)?;
            Some(Open {
                batch: *batch,
                dept,
                channel,
                since: kept.since,
                left: kept.left,
                doubted: kept.doubted,
                quiet: kept.quiet,
            })
        })
    }

    /// Nothing of a batch is late before an instant, unless something happens to it.
    pub fn is_quiet(&mut self, batch: BatchId, until: i64) {
        if let Some(kept) = self.under_way.batches.get_mut(&batch) {
            kept.quiet = until;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::arriving::NoPast;
    use crate::event::{Event, NewAttempt, Pos};
    use crate::shelf::{Change, Cold};
    use model::{AttemptId, CaseNo, MatterId, ObligationKey, Op};
    use std::sync::{Arc, Mutex};

    /// An index in memory.
    #[derive(Default)]
    struct Beneath(Mutex<BTreeMap<String, Vec<u8>>>);

    impl Beneath {
        fn take(&self, changes: Vec<Change>) {
            for (key, value) in changes {
                match value {
                    Some(value) => self.0.lock().unwrap().insert(key, value),
                    None => self.0.lock().unwrap().remove(&key),
                };
            }
        }
    }

    impl Cold for Beneath {
        fn get(&self, key: &str) -> Option<Vec<u8>> {
            self.0.lock().unwrap().get(key).cloned()
        }
        fn keys(&self, prefix: &str, after: &str, most: usize) -> Vec<String> {
            let all = self.0.lock().unwrap();
            let keys = all.keys().filter(|key| key.starts_with(prefix) && key.as_str() > after);
            keys.take(most).cloned().collect()
        }
    }

    fn prepared(batch: u64, rows: u64) -> Event {
        let attempt = |n| NewAttempt {
            id: AttemptId(batch * 10_000 + n),
            key: ObligationKey {
                case_no: CaseNo::new(format!("case-{n}")),
                matter: MatterId::new("tax.case"),
                round: 1,
            },
            delivery: 1,
            op: Op::Submit,
            token: format!("t{n}"),
            parent: None,
        };
        Event::BatchPrepared {
            batch: BatchId(batch),
            dept: DeptId::new("tax"),
            channel: "disk".to_owned(),
            day: jiff::civil::date(2026, 3, 2),
            seq: 1,
            number: format!("n{batch}"),
            parts: Vec::new(),
            digest: String::new(),
            attempts: (1..=rows).map(attempt).collect(),
        }
    }

    fn held(books: &Books) -> usize {
        books.outbound.iter_hot().map(|(_, out)| out.attempts.len()).sum()
    }

    /// However many are under way: made, or found at a start, or looked through, none but the last few are at hand.
    #[test]
    fn long_batches_are_let_go_of_and_still_known() {
        let beneath = Arc::new(Beneath::default());
        let mut books = Books::over(beneath.clone(), Arc::new(NoPast));
        let (batches, rows) = (30, 2_000);
        for batch in 1..=batches {
            let pos = Pos {
                group: batch,
                ordinal: 0,
            };
            books.apply(pos, 1_000, &prepared(batch, rows));
            beneath.take(books.changes());
            books.written();
            books.cool();
            assert!(held(&books) <= WARM_ATTEMPTS, "{} after {batch}", held(&books));
        }
        let mut again = Books::over(beneath, Arc::new(NoPast));
        for books in [&mut books, &mut again] {
            let known: Vec<BatchId> = books.under_way().map(|open| open.batch).collect();
            assert_eq!(known, (1..=batches).map(BatchId).collect::<Vec<_>>());
            for batch in known {
                assert_eq!(books.out_batch(batch).map(|out| out.attempts.len() as u64), Some(rows));
                // What a checkpoint left, what was read since, and this one.
                assert!(held(books) <= 2 * WARM_ATTEMPTS + 2 * rows as usize, "{}", held(books));
            }
        }
    }
}
