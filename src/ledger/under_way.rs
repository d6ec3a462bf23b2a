//! What is at hand of our batches that are under way: enough to know whether one must be looked at. A batch itself is as
//! long as what it carries, and all that are under way together may be longer than memory, and take long to read at a start.

use crate::books::{Books, OutBatch, padded};
use model::{BatchId, DeptId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Attempts of batches that were read again, and are let go of once there are more.
const WARM_ATTEMPTS: usize = 20_000;
/// Records looked at in one go.
const PAGE: usize = 256;

/// Batches of ours that are not done with, and what was read of them and others.
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
    stands: Stands,
    quiet: i64,
}

/// How a batch stands that is not done with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Stands {
    /// When it was prepared, milliseconds since 1970.
    since: i64,
    /// It has unsettled attempts. One that has none is not done with before it has left.
    unsettled: bool,
    /// Its hand-over was completed.
    left: bool,
    /// Its hand-over was not completed, and may be by the node.
    unfinished: bool,
    /// It was open when the ledger was in doubt.
    doubted: bool,
}

impl Stands {
    /// `None` where it is done with.
    fn of(out: &OutBatch) -> Option<Self> {
        let may_go = out.copies == 0 && !out.dissolved && !out.doubted;
        let unsettled = !out.open.is_empty();
        // One without records says what we took: it is done as soon as it has left.
        let open = unsettled || (out.attempts.is_empty() && may_go);
        open.then_some(Self {
            since: out.since,
            unsettled,
            left: out.copies > 0,
            unfinished: may_go,
            doubted: out.doubted,
        })
    }
}

/// The same as the index has it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Listed {
    batch: BatchId,
    dept: DeptId,
    channel: String,
    stands: Stands,
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
    fn way(&mut self, dept: &DeptId, channel: &str) -> u32 {
        let same = |(d, c): &(DeptId, String)| d == dept && c == channel;
        let way = self.ways.iter().position(same).unwrap_or_else(|| {
            self.ways.push((dept.clone(), channel.to_owned()));
            self.ways.len() - 1
        });
        u32::try_from(way).unwrap_or(u32::MAX)
    }

    fn put(&mut self, batch: BatchId, way: u32, stands: Stands) -> Option<Kept> {
        let kept = Kept {
            way,
            stands,
            quiet: i64::MIN,
        };
        self.batches.insert(batch, kept)
    }
}

impl Books {
    /// A batch of ours.
    pub fn out_batch(&mut self, batch: BatchId) -> Option<&OutBatch> {
        let key = padded(batch);
        if self.outbound.hot(&key).is_none() {
            if self.under_way.read > WARM_ATTEMPTS {
                self.outbound.let_go();
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
            self.outbound.let_go();
            self.under_way.read = 0;
        }
    }

    /// Learns from the index which batches are not done with. None of them is read for it.
    pub(crate) fn list_under_way(&mut self) {
        let mut last = String::new();
        loop {
            let keys = self.open_out.page("", &last, PAGE);
            for key in &keys {
                let Some(listed) = self.open_out.get(key).cloned() else {
                    continue;
                };
                let way = self.under_way.way(&listed.dept, &listed.channel);
                self.under_way.put(listed.batch, way, listed.stands);
                self.note_unfinished((listed.dept, listed.channel), listed.batch, listed.stands.unfinished);
            }
            self.open_out.let_go();
            match keys.into_iter().next_back() {
                Some(key) => last = key,
                None => break,
            }
        }
    }

    /// Notes how a batch of ours stands: it is found by what is still to be done with it.
    pub(crate) fn index_batch(&mut self, batch: BatchId) {
        let key = padded(batch);
        let Some(out) = self.outbound.get(&key) else { return };
        let way = self.under_way.way(&out.dept, &out.channel);
        let stands = Stands::of(out);
        let before = match stands {
            Some(stands) => self.under_way.put(batch, way, stands),
            None => self.under_way.batches.remove(&batch),
        };
        if before.map(|kept| kept.stands) == stands {
            return;
        }
        let (dept, channel) = (out.dept.clone(), out.channel.clone());
        self.note_unfinished(
            (dept.clone(), channel.clone()),
            batch,
            stands.is_some_and(|s| s.unfinished),
        );
        match stands {
            None => self.open_out.remove(&key),
            Some(stands) => {
                let listed = Listed {
                    batch,
                    dept,
                    channel,
                    stands,
                };
                self.open_out.insert(&key, listed);
            }
        }
    }

    fn note_unfinished(&mut self, way: (DeptId, String), batch: BatchId, unfinished: bool) {
        let set = self.unfinished.entry(way).or_default();
        if unfinished {
            set.insert(batch);
        } else {
            set.remove(&batch);
        }
    }

    /// Our batches that are not done with.
    pub fn open_out(&self) -> Vec<BatchId> {
        self.under_way.batches.keys().copied().collect()
    }

    /// Our batches with unsettled attempts, without reading them.
    pub fn under_way(&self) -> impl Iterator<Item = Open<'_>> {
        let UnderWay { ways, batches, .. } = &self.under_way;
        let unsettled = batches.iter().filter(|(_, kept)| kept.stands.unsettled);
        unsettled.filter_map(|(batch, kept)| {
            let (dept, channel) = ways.get(kept.way as usize)?;
            Some(Open {
                batch: *batch,
                dept,
                channel,
                since: kept.stands.since,
                left: kept.stands.left,
                doubted: kept.stands.doubted,
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
        assert_eq!(held(&again), 0, "a start reads none of them");
        for books in [&mut books, &mut again] {
            assert_eq!(books.unfinished.values().flatten().count() as u64, batches);
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
