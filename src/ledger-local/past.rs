//! Reading back in the journal: the rows of long batches, and what young cases are told from.

use crate::ledger::from_journal;
use ::ledger::{Event, LedgerError, Past, Pos, Sealed, codec};
use journal::{EntryPos, JournalError, Reader};
use std::collections::BTreeMap;
use std::path::Path;

/// The journal, as far as the books look back into it.
pub struct JournalPast {
    reader: Reader,
}

impl JournalPast {
    /// Over what is committed, now and later.
    pub fn new(reader: Reader) -> Self {
        Self { reader }
    }
}

enum Halt {
    /// One group was wanted, and one was read.
    Enough,
    /// It was written too late.
    Late,
    Failed(LedgerError),
}

impl From<JournalError> for Halt {
    fn from(error: JournalError) -> Self {
        Self::Failed(from_journal(error))
    }
}

impl Past for JournalPast {
    fn rows(&self, group: u64) -> Result<Option<Vec<(Pos, Event)>>, LedgerError> {
        self.of_kind(group, Event::is_row)
    }

    fn data(&self, group: u64) -> Result<Option<Vec<(Pos, Event)>>, LedgerError> {
        self.of_kind(group, Event::may_hold_data)
    }

    fn evidence(&self, group: u64, before_ms: i64) -> Result<Option<Vec<Pos>>, LedgerError> {
        let of_kind = self.timed(group, before_ms, Event::may_be_evidence)?;
        let evidence = |entries: Vec<(Pos, Event)>| {
            let lapsing = entries.into_iter().filter(|(_, event)| event.is_evidence());
            lapsing.map(|(pos, _)| pos).collect()
        };
        Ok(of_kind.map(evidence))
    }

    fn time(&self, group: u64) -> Result<Option<i64>, LedgerError> {
        self.reader.time(group).map_err(from_journal)
    }

    fn acts(&self, group: u64) -> Result<Option<(i64, Vec<Pos>)>, LedgerError> {
        let kinds = self.reader.kinds(group).map_err(from_journal)?;
        let places = |(at, kinds): (i64, Vec<u16>)| {
            let named = (0..).zip(kinds).filter(|(_, kind)| Event::may_name_person(*kind));
            (at, named.map(|(ordinal, _)| Pos { group, ordinal }).collect())
        };
        Ok(kinds.map(places))
    }

    fn archive(&self, places: &BTreeMap<u64, Vec<u32>>, to: &Path) -> Result<Sealed, LedgerError> {
        crate::archive::archive(&self.reader, places, to)
    }

    fn event(&self, pos: Pos) -> Result<Option<(i64, Event)>, LedgerError> {
        let place = EntryPos {
            group: pos.group,
            ordinal: pos.ordinal,
        };
        match self.reader.read_timed(place) {
            Ok((at, body)) => {
                let event = codec::decode(&body).map_err(|e| LedgerError::Read(e.to_string()))?;
                Ok(Some((at, event)))
            }
            Err(JournalError::Erased(_)) => Ok(None),
            Err(error) => Err(from_journal(error)),
        }
    }
}

impl JournalPast {
    fn of_kind(&self, group: u64, wanted: fn(u16) -> bool) -> Result<Option<Vec<(Pos, Event)>>, LedgerError> {
        self.timed(group, i64::MAX, wanted)
    }

    fn timed(
        &self,
        group: u64,
        before_ms: i64,
        wanted: fn(u16) -> bool,
    ) -> Result<Option<Vec<(Pos, Event)>>, LedgerError> {
        if group > self.reader.last() {
            return Ok(None);
        }
        let mut rows = Vec::new();
        let read = self.reader.replay(group, |view| {
            if view.time_ms >= before_ms {
                return Err(Halt::Late);
            }
            for entry in view.entries.iter().filter(|e| wanted(e.kind)) {
                // A body that was erased before it had effect has none.
                let Some(body) = entry.body else { continue };
                let event = codec::decode(body).map_err(|e| Halt::Failed(LedgerError::Read(e.to_string())))?;
                let ordinal = entry.ordinal;
                rows.push((Pos { group, ordinal }, event));
            }
            Err(Halt::Enough)
        });
        match read {
            Err(Halt::Failed(error)) => Err(error),
            Err(Halt::Late) => Ok(None),
            Ok(()) | Err(Halt::Enough) => Ok(Some(rows)),
        }
    }
}
