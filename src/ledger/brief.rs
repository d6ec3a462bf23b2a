//! A young case is kept in the index as the places of its story, and folded anew from the journal when it is asked for.
//!
//! What a case holds stands in the journal already. Most cases of a large file are looked at once or twice more, so the
//! index need not hold their items again: a few places are a fiftieth of that. Once an event about many cases is part of
//! its story, or the story is no longer short, a case is kept whole: reading would cost more than room.

use crate::arriving::{NoPast, Past, Pending, PendingRow};
use crate::books::Books;
use crate::case_file::CaseFile;
use crate::event::{Event, Pos};
use crate::shelf::{Empty, Form, Json};
use crate::store::LedgerError;
use std::sync::{Arc, Mutex, PoisonError};

#[cfg(test)]
mod tests;

/// Places of a brief, at most.
const MOST: usize = 16;
/// How a brief begins: it is a list. A whole case begins with `{`.
const LIST: u8 = b'[';

/// Where all that a case consists of stands, in the order in which it has to be read: a row before the event that
/// takes it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Brief(Vec<Pos>);

impl Brief {
    /// With one more place, if that is not too many.
    pub(crate) fn and(mut self, pos: Pos) -> Option<Self> {
        if self.0.len() == MOST {
            return None;
        }
        self.0.push(pos);
        Some(self)
    }

    fn encode(&self) -> Option<Vec<u8>> {
        let places: Vec<(u64, u32)> = self.0.iter().map(|pos| (pos.group, pos.ordinal)).collect();
        serde_json::to_vec(&places).ok()
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let places: Vec<(u64, u32)> = serde_json::from_slice(bytes).ok()?;
        let place = |(group, ordinal)| Pos { group, ordinal };
        Some(Self(places.into_iter().map(place).collect()))
    }

    /// The case that it tells, folded with the code that folds everything.
    fn tell(self, key: &str, past: &dyn Past) -> Result<Option<CaseFile>, LedgerError> {
        let mut books = Books::over(Arc::new(Empty), Arc::new(NoPast));
        for pos in self.0 {
            // What was erased is in no case any more.
            let Some((at, event)) = past.event(pos)? else { continue };
            match event {
                Event::Row {
                    batch,
                    line,
                    incoming,
                    findings,
                } => {
                    let row = PendingRow {
                        line,
                        incoming: incoming.map(|i| *i),
                        findings,
                        pos,
                        parked: None,
                    };
                    books.pending.insert(batch, Pending::of(row));
                }
                event => books.apply(pos, at, &event),
            }
        }
        Ok(books.cases.take(key))
    }
}

/// What went wrong where a case was to be told again, if anything did.
#[derive(Clone, Default)]
pub(crate) struct Untold(Arc<Mutex<Option<String>>>);

impl Untold {
    /// Whether, and what.
    pub(crate) fn why(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, why: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
    }
}

/// Cases as the index has them: briefly or whole.
pub(crate) struct BriefForm {
    past: Arc<dyn Past>,
    untold: Untold,
}

impl BriefForm {
    pub(crate) fn over(past: Arc<dyn Past>, untold: Untold) -> Self {
        Self { past, untold }
    }
}

impl Form<CaseFile> for BriefForm {
    fn store(&self, file: &CaseFile) -> Option<Vec<u8>> {
        match &file.brief {
            Some(brief) => brief.encode(),
            None => Json.store(file),
        }
    }

    fn load(&self, key: &str, bytes: &[u8]) -> Option<CaseFile> {
        if bytes.first() != Some(&LIST) {
            return Json.load(key, bytes);
        }
        let told = match Brief::decode(bytes) {
            Some(brief) => brief.tell(key, &*self.past),
            None => Err(LedgerError::Read(format!("the brief of {key} is none"))),
        };
        match told {
            Ok(Some(file)) => return Some(file),
            Ok(None) => self.untold.note(format!("nothing is left of {key}")),
            Err(error) => self.untold.note(error.to_string()),
        }
        None
    }
}
