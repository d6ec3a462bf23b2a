//! Journal and index as one ledger.

use crate::backup::Fixed;
use crate::index::{Index, IndexError, Meta};
use crate::past::JournalPast;
use crate::reserve::Reserve;
use ::ledger::store::{Ledger, LedgerError, Snapshot, Stats, StoryLine, Verified};
use ::ledger::{Books, Event, Past, Pos, codec};
use journal::{EntryPos, Journal, JournalError, Limits, NewEntry, NodeKey, OpenReport, Suite};
use model::CaseNo;
use seams::{Rng, Storage, point};
use std::sync::Arc;

mod room;
mod witness;

pub use witness::Witnessed;

/// A group may hold one whole batch with all its effects.
const LIMITS: Limits = Limits {
    segment_bytes: 64 << 20,
    group_bytes: 64 << 20,
};
/// Entries and bytes at which a group is full: far below what the journal takes, for one decision may still say much.
const FULL_ENTRIES: usize = 8_192;
const FULL_BYTES: usize = 16 << 20;
/// Records changed between two checkpoints, about.
const CHECKPOINT_EVERY: u64 = 10_000;

/// The ledger of one machine.
pub struct LocalLedger {
    journal: Journal,
    storage: Arc<dyn Storage>,
    index: Box<dyn Index>,
    books: Books,
    past: Arc<dyn Past>,
    staged: Vec<(u16, String, Vec<u8>)>,
    staged_bytes: usize,
    staged_weight: u64,
    staged_time: i64,
    since_checkpoint: u64,
    watermark: u64,
    failed: bool,
    /// A writing of the index failed: it lacks what only the journal can say again.
    index_stale: bool,
    /// The last that was written found room, or there was room since.
    room: bool,
    reserve: Option<Reserve>,
    witness: Option<witness::Witness>,
    _guard: Option<Guard>,
}

/// Whatever keeps other processes away, held as long as the ledger lives.
pub type Guard = Box<dyn std::any::Any + Send>;

/// What opening found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Opened {
    /// A torn tail that was cut off: bytes.
    pub torn_bytes: Option<u64>,
    /// The journal's own note of how far it had come was missing or damaged: a cut end could not have been noticed.
    pub head_lost: Option<String>,
    /// The index was made again, and why.
    pub rebuilt: Option<String>,
    /// Groups folded in again.
    pub replayed: u64,
}

impl LocalLedger {
    /// Opens the ledger in a place, or makes it where there is none.
    pub fn open(
        storage: Arc<dyn Storage>,
        index: Box<dyn Index>,
        key: &NodeKey,
        suite: Suite,
        rng: Arc<dyn Rng>,
        guard: Option<Guard>,
    ) -> Result<(Self, Opened), LedgerError> {
        let (journal, report) = match Journal::open(storage.clone(), key, LIMITS, rng.clone()) {
            Ok(opened) => opened,
            Err(JournalError::Missing) => {
                let journal = Journal::create(storage.clone(), key, suite, LIMITS, rng).map_err(from_journal)?;
                (journal, OpenReport::default())
            }
            Err(error) => return Err(from_journal(error)),
        };
        let mut opened = Opened {
            torn_bytes: report.torn_tail.as_ref().map(|t| t.bytes),
            ..Opened::default()
        };
        if let Some(kind) = &report.head_lost {
            tracing::warn!(
                ?kind,
                "the journal's head was lost; a cut end could not have been noticed"
            );
            opened.head_lost = Some(format!("{kind:?}"));
        }
        let past = Arc::new(JournalPast::new(journal.reader()));
        let books = Books::over(index.cold(), past.clone());
        let mut ledger = Self {
            journal,
            storage,
            index,
            books,
            past,
            staged: Vec::new(),
            staged_bytes: 0,
            staged_weight: 0,
            staged_time: 0,
            since_checkpoint: 0,
            watermark: 0,
            failed: false,
            index_stale: false,
            room: true,
            reserve: None,
            witness: None,
            _guard: guard,
        };
        match ledger.catch_up() {
            Ok(replayed) => opened.replayed = replayed,
            Err(why) => {
                tracing::warn!(%why, "the index is made again from the journal");
                opened.rebuilt = Some(why);
                ledger.rebuild()?;
            }
        }
        Ok((ledger, opened))
    }

    /// Folds in what the index lacks. `Err` says why the index cannot be used.
    fn catch_up(&mut self) -> Result<u64, String> {
        let Some(meta) = self.index.meta().map_err(|e| e.to_string())? else {
            return if self.index.cold().keys("", "", 1).is_empty() {
                self.replay_from(1).map_err(|e| e.to_string())
            } else {
                Err("it has content and no watermark".to_owned())
            };
        };
        if meta.format != Meta::FORMAT {
            return Err(format!("its format is {}", meta.format));
        }
        if meta.watermark > self.journal.reader().last() {
            return Err("it is ahead of the journal".to_owned());
        }
        if meta.watermark > 0 && self.chain_at(meta.watermark)? != meta.chain {
            return Err("it belongs to another journal".to_owned());
        }
        self.books = Books::over(self.index.cold(), self.past.clone());
        self.books.counters = meta.counters;
        self.books.last = meta.last;
        self.books.last_time = meta.last_time;
        self.watermark = meta.watermark;
        let replayed = self.replay_from(meta.watermark + 1).map_err(|e| e.to_string())?;
        if self.index.is_damaged() {
            return Err("a value in it is damaged".to_owned());
        }
        Ok(replayed)
    }

    fn chain_at(&self, group: u64) -> Result<[u8; 32], String> {
        let mut found = None;
        let stop = self.journal.replay(group, |view| {
            found = Some(view.chain);
            Err(Halt::Found)
        });
        match (stop, found) {
            (Err(Halt::Journal(error)), None) => Err(error.to_string()),
            (_, Some(chain)) => Ok(chain),
            (_, None) => Err(format!("group {group} is not there")),
        }
    }

    /// When a group was written, milliseconds since 1970.
    fn time_of(&self, group: u64) -> Result<i64, LedgerError> {
        let mut at = None;
        let stop = self.journal.replay(group, |view| {
            at = Some(view.time_ms);
            Err(Halt::Found)
        });
        match (stop, at) {
            (Err(Halt::Journal(error)), _) => Err(from_journal(error)),
            (_, at) => Ok(at.unwrap_or_default()),
        }
    }

    fn replay_from(&mut self, group: u64) -> Result<u64, LedgerError> {
        if group > self.journal.reader().last() {
            return Ok(0);
        }
        let mut groups = 0;
        let (books, index) = (&mut self.books, &mut *self.index);
        let (watermark, since, stale) = (&mut self.watermark, &mut self.since_checkpoint, &mut self.index_stale);
        let room = self.room;
        self.journal
            .replay(group, |view| -> Result<(), Halt> {
                groups += 1;
                for entry in &view.entries {
                    if entry.kind >= journal::KIND_RESERVED {
                        continue;
                    }
                    // An erased body leaves the books as they are: what it did was indexed, or is erased with it.
                    let Some(body) = entry.body else { continue };
                    let event = codec::decode(body).map_err(Halt::Codec)?;
                    *since += event.weight();
                    books.ready(&event).map_err(Halt::Ledger)?;
                    books.apply(
                        Pos {
                            group: view.seq,
                            ordinal: entry.ordinal,
                        },
                        view.time_ms,
                        &event,
                    );
                }
                // A long way is gone in steps: what is written needs no memory, and whoever dies on it goes on from there.
                if *since >= CHECKPOINT_EVERY && room && !*stale && books.last.group == view.seq {
                    match save(index, books, view.chain) {
                        Ok(()) => (*watermark, *since) = (view.seq, 0),
                        Err(error) => {
                            tracing::warn!(%error, "the index could not be written; the journal has everything");
                            *stale = true;
                        }
                    }
                }
                Ok(())
            })
            .map_err(|halt| match halt {
                Halt::Journal(error) => from_journal(error),
                Halt::Codec(codec::CodecError::Newer(found)) => LedgerError::Newer {
                    found: found.into(),
                    known: codec::VERSION.into(),
                },
                Halt::Codec(error) => LedgerError::Damaged {
                    place: "entry".to_owned(),
                    detail: error.to_string(),
                },
                Halt::Ledger(error) => error,
                Halt::Found => LedgerError::Read("stopped".to_owned()),
            })?;
        Ok(groups)
    }

    /// Nothing was erased. Whether the group is on the disk nobody knows, but where it was judged before anything was written.
    fn unerased(&mut self, error: JournalError) -> LedgerError {
        let judged = matches!(
            error,
            JournalError::Erased(_)
                | JournalError::NoEntry(_)
                | JournalError::NotErasable(_)
                | JournalError::TooLarge { .. }
        );
        self.failed |= !judged;
        from_journal(error)
    }

    fn write_checkpoint(&mut self) -> Result<(), IndexError> {
        if self.index_stale {
            return self.rebuild().map_err(|e| IndexError(e.to_string()));
        }
        let watermark = self.books.last.group;
        let chain = if watermark == 0 {
            [0; 32]
        } else {
            self.chain_at(watermark).map_err(IndexError)?
        };
        if let Err(error) = save(&mut *self.index, &mut self.books, chain) {
            // What it has by now nobody knows; what it should have is still at hand.
            self.index_stale = true;
            return Err(error);
        }
        self.watermark = watermark;
        self.since_checkpoint = 0;
        Ok(())
    }
}

/// What is staged, as the journal takes it: kind, key and body.
fn entries(staged: &[(u16, String, Vec<u8>)]) -> Vec<NewEntry<'_>> {
    let each = staged.iter();
    each.map(|(kind, key, body)| NewEntry {
        kind: *kind,
        key: key.as_bytes(),
        body,
    })
    .collect()
}

/// Writes what the books have and the index lacks, and lets go of it. `chain`: the head after the last group folded in.
fn save(index: &mut dyn Index, books: &mut Books, chain: [u8; 32]) -> Result<(), IndexError> {
    let meta = Meta {
        format: Meta::FORMAT,
        watermark: books.last.group,
        chain,
        counters: books.counters,
        last: books.last,
        last_time: books.last_time,
    };
    index.write(&books.changes(), &meta)?;
    point::passed("ledger.checkpoint-written");
    books.written();
    books.cool();
    Ok(())
}

enum Halt {
    Found,
    Ledger(LedgerError),
    Journal(JournalError),
    Codec(codec::CodecError),
}

impl From<JournalError> for Halt {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl Ledger for LocalLedger {
    fn books(&mut self) -> &mut Books {
        &mut self.books
    }

    fn stage(&mut self, now: i64, event: Event) -> Result<Pos, LedgerError> {
        if self.failed {
            return Err(LedgerError::Write("an earlier write failed".to_owned()));
        }
        let body = codec::encode(&event).map_err(|e| LedgerError::Write(e.to_string()))?;
        if self.staged.is_empty() {
            self.staged_time = now.max(self.books.last_time);
        }
        // What cannot be read back cannot be gone on from: nothing of this group is written.
        if let Err(error) = self.books.ready(&event) {
            self.failed = true;
            return Err(error);
        }
        let pos = Pos {
            group: self.journal.reader().last() + 1,
            ordinal: self.staged.len() as u32,
        };
        self.staged_bytes += body.len();
        self.staged_weight += event.weight();
        self.staged.push((event.kind(), event.key(), body));
        self.books.apply(pos, self.staged_time, &event);
        Ok(pos)
    }

    fn is_full(&self) -> bool {
        self.staged.len() >= FULL_ENTRIES || self.staged_bytes >= FULL_BYTES
    }

    fn commit(&mut self) -> Result<(), LedgerError> {
        if self.failed {
            return Err(LedgerError::Write("an earlier step failed".to_owned()));
        }
        if self.index.is_damaged() {
            // What was decided may rest on a value that is gone, and so may an answer. Nothing of it is written or said; the
            // next start rebuilds.
            self.failed = true;
            let _ = self.index.reset();
            return Err(LedgerError::Write(
                "the index is damaged; it is made again at the next start".to_owned(),
            ));
        }
        if self.staged.is_empty() {
            return Ok(());
        }
        if let Some(why) = self.books.untold() {
            // The same, but no index helps: it is the journal that cannot be read.
            self.failed = true;
            return Err(LedgerError::Read(why));
        }
        let entries = entries(&self.staged);
        point::passed("ledger.group-staged");
        let written = self.journal.commit(self.staged_time, &entries);
        self.since_checkpoint += std::mem::take(&mut self.staged_weight);
        if let Err(error @ JournalError::Full { .. }) = written {
            return Err(self.take_back(error.to_string()));
        }
        if let Err(error) = written {
            self.failed = true;
            return Err(LedgerError::Write(error.to_string()));
        }
        self.staged.clear();
        self.staged_bytes = 0;
        point::passed("ledger.group-committed");
        self.bear_witness(self.staged_time);
        // An index that finds no room is broken off in its midst; the journal can do without for a while.
        if self.since_checkpoint >= CHECKPOINT_EVERY
            && self.room
            && let Err(error) = self.write_checkpoint()
        {
            tracing::warn!(%error, "the index could not be written; the journal has everything");
            // To make it again is long: not with each group until it succeeds.
            self.since_checkpoint = 0;
        }
        Ok(())
    }

    fn has_room(&mut self) -> bool {
        self.is_roomy()
    }

    fn read(&mut self, pos: Pos) -> Result<Option<Event>, LedgerError> {
        Ok(self.past.event(pos)?.map(|(_, event)| event))
    }

    fn story(&mut self, case_no: &CaseNo) -> Result<Vec<StoryLine>, LedgerError> {
        // What was decided in this very group is part of the story and not readable before it is durable.
        self.commit()?;
        let Some(places) = self.books.case(case_no).map(|f| f.story.clone()) else {
            return Ok(Vec::new());
        };
        let mut lines = Vec::with_capacity(places.len());
        for pos in places {
            let (at, event) = match self.past.event(pos)? {
                Some((at, event)) => (at, Some(event)),
                None => (self.time_of(pos.group)?, None),
            };
            lines.push(StoryLine { at, pos, event });
        }
        Ok(lines)
    }

    fn checkpoint(&mut self) -> Result<(), LedgerError> {
        self.commit()?;
        self.bear_last_witness();
        self.write_checkpoint().map_err(|e| LedgerError::Write(e.to_string()))
    }

    fn rebuild(&mut self) -> Result<(), LedgerError> {
        self.commit()?;
        if self.failed {
            return Err(LedgerError::Write("an earlier write failed".to_owned()));
        }
        let held = self.books.held();
        // Between the old books and the new there are none: an error here is final.
        self.failed = true;
        self.books = Books::over(Arc::new(::ledger::shelf::Empty), self.past.clone());
        self.index.reset().map_err(|e| LedgerError::Write(e.to_string()))?;
        self.books = Books::over(self.index.cold(), self.past.clone());
        self.books.hold(held);
        (self.watermark, self.since_checkpoint, self.index_stale) = (0, 0, false);
        self.replay_from(1)?;
        self.failed = false;
        if self.index_stale {
            return Err(LedgerError::Write("the index could not be written".to_owned()));
        }
        self.write_checkpoint().map_err(|e| LedgerError::Write(e.to_string()))
    }

    fn erase(&mut self, now: i64, events: Vec<Event>, places: &[Pos]) -> Result<(), LedgerError> {
        self.commit()?;
        for event in &events {
            self.books.ready(event)?;
        }
        let at = now.max(self.books.last_time);
        let mut bodies = Vec::with_capacity(events.len());
        for event in &events {
            let body = codec::encode(event).map_err(|e| LedgerError::Write(e.to_string()))?;
            bodies.push((event.kind(), event.key(), body));
        }
        let place = |pos: &Pos| EntryPos {
            group: pos.group,
            ordinal: pos.ordinal,
        };
        let places: Vec<EntryPos> = places.iter().map(place).collect();
        let group = self
            .journal
            .erase_saying(at, &entries(&bodies), &places)
            .map_err(|error| match error {
                JournalError::Full { .. } => self.take_back(error.to_string()),
                other => self.unerased(other),
            })?;
        for (ordinal, event) in (0..).zip(&events) {
            self.books.apply(Pos { group, ordinal }, at, event);
        }
        self.since_checkpoint += events.len() as u64;
        Ok(())
    }

    fn sign(&mut self, label: &str, bytes: &[u8]) -> Option<(String, String)> {
        let signature = self.journal.sign(label, bytes);
        Some((hex(&signature), self.journal.public_key().to_string()))
    }

    fn signed_head(&mut self, group: u64) -> Result<Option<String>, LedgerError> {
        let head = self.journal.signed_head(group).map_err(from_journal)?;
        Ok(head.map(|head| head.to_string()))
    }

    fn stats(&mut self) -> Result<Stats, LedgerError> {
        let stats = self.journal.stats().map_err(from_journal)?;
        Ok(Stats {
            groups: stats.groups,
            entries: stats.entries,
            bytes: stats.bytes,
            segments: stats.segments,
            head: hex(&stats.head),
            cases: self.books.counters.cases,
            open_cases: self.books.counters.open,
            watermark: self.watermark,
            suite: self.journal.suite().word().to_owned(),
            public_key: self.journal.public_key().to_string(),
            signed_head: self.signed_head(self.journal.head_chain().0)?.unwrap_or_default(),
        })
    }

    fn verify(&mut self) -> Result<Verified, LedgerError> {
        self.commit()?;
        let report = journal::verify(&*self.storage).map_err(from_journal)?;
        Ok(Verified {
            groups: report.groups,
            entries: report.entries,
            erased: report.erased.len() as u64,
            damage: report.damage.iter().map(ToString::to_string).collect(),
            head: hex(&report.head),
        })
    }

    fn chain(&mut self, group: u64) -> Result<Option<[u8; 32]>, LedgerError> {
        self.journal.reader().chain_after(group).map_err(from_journal)
    }

    fn snapshot(&mut self) -> Result<Box<dyn Snapshot>, LedgerError> {
        self.commit()?;
        let fixed = self.journal.snapshot().map_err(from_journal)?;
        Ok(Box::new(Fixed(fixed)))
    }
}

impl Drop for LocalLedger {
    fn drop(&mut self) {
        // A clean end spares the next start its replay; a failed ledger must not touch anything any more.
        let sound = !self.failed && !self.index_stale && !self.index.is_damaged();
        if sound && self.room && self.staged.is_empty() {
            let _ = self.write_checkpoint();
        }
        if !self.failed {
            self.bear_last_witness();
        }
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// A journal's error in the ledger's words.
pub fn from_journal(error: JournalError) -> LedgerError {
    match error {
        JournalError::Damaged(damage) => LedgerError::Damaged {
            place: format!("{} @{}", damage.file, damage.offset),
            detail: damage.to_string(),
        },
        JournalError::Key => LedgerError::Key,
        JournalError::Newer { found, .. } => LedgerError::Newer {
            found: found.into(),
            known: journal::FORMAT_VERSION.into(),
        },
        JournalError::Full { .. } => LedgerError::Full(error.to_string()),
        JournalError::Io { .. } | JournalError::Poisoned => LedgerError::Write(error.to_string()),
        other => LedgerError::Read(other.to_string()),
    }
}
