//! A witness outside the data directory: the last signed head, written now and then. A data directory that somebody
//! copied back from yesterday has never heard of what the witness saw, and that is noticed before anything is sent.
//!
//! It is only ever behind the journal, never ahead: it is written after the group is durable. It is no part of the ledger,
//! and a ledger whose witness is lost or cannot be written is none the worse.

use super::LocalLedger;
use ::ledger::LedgerError;
use journal::{HEAD_FORM, NoHead, SignedHead};
use seams::Storage;
use std::io;
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// Between two writings, milliseconds by the journal's time.
const PAUSE: i64 = 10_000;
/// It is never longer than this, bytes.
const MOST: usize = 512;

/// Where the witness is kept.
pub(super) struct Witness {
    place: Arc<dyn Storage>,
    name: String,
    last: Option<i64>,
    /// It could not be written, and that was said.
    broken: bool,
}

/// What a witness saw that the journal does not know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Witnessed {
    /// The group.
    pub group: u64,
    /// The head as it stands there.
    pub head: String,
    /// The journal has that group, and it is another; or it is another journal.
    pub other: bool,
    /// The last group of this journal.
    pub last: u64,
}

impl Witness {
    fn read(&self) -> io::Result<Option<Result<SignedHead, NoHead>>> {
        if !self.place.exists(&self.name)? {
            return Ok(None);
        }
        let bytes = self.place.read_at(&self.name, 0, MOST)?;
        let text = std::str::from_utf8(&bytes).unwrap_or_default();
        Ok(text.lines().next().map(str::parse))
    }

    fn write(&self, head: &SignedHead) -> io::Result<()> {
        if !self.place.exists(&self.name)? {
            self.place.create(&self.name)?;
        }
        self.place.write_at(&self.name, 0, format!("{head}\n").as_bytes())
    }
}

impl LocalLedger {
    /// Keeps a witness under this name; what the one that is there saw and this journal does not know. One that a newer program
    /// wrote is left as it is.
    pub fn keep_witness(&mut self, place: Arc<dyn Storage>, name: &str) -> Result<Option<Witnessed>, LedgerError> {
        let witness = Witness {
            place,
            name: name.to_owned(),
            last: None,
            broken: false,
        };
        let saw = witness.read();
        if let Ok(Some(Err(NoHead::Newer(found)))) = saw {
            let known = HEAD_FORM;
            return Err(LedgerError::Newer { found, known });
        }
        self.witness = Some(witness);
        Ok(match saw {
            Ok(Some(Ok(head))) if head.is_of(&self.journal.public_key()) => self.judge(&head),
            // Another journal's, of the same node: this one was put in its place.
            Ok(Some(Ok(head))) if head.id != self.journal.id() => Some(Witnessed {
                group: head.group,
                head: head.to_string(),
                other: true,
                last: self.journal.head_chain().0,
            })
            .filter(|saw| saw.group > 0),
            // One that was torn says nothing.
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(%error, name, "the witness could not be read");
                None
            }
        })
    }

    fn judge(&self, head: &SignedHead) -> Option<Witnessed> {
        let told = |other| {
            Some(Witnessed {
                group: head.group,
                head: head.to_string(),
                other,
                last: self.journal.head_chain().0,
            })
        };
        match self.journal.signed_head(head.group) {
            Ok(None) => told(false),
            Ok(Some(own)) if own.chain != head.chain => told(true),
            // What cannot be read is found by those who need it.
            Ok(Some(_)) | Err(_) => None,
        }
    }

    /// After a commit, once in a while.
    pub(super) fn bear_witness(&mut self, at: i64) {
        let Some(witness) = &mut self.witness else { return };
        if witness.last.is_some_and(|last| at.saturating_sub(last) < PAUSE) {
            return;
        }
        witness.last = Some(at);
        let (group, _) = self.journal.head_chain();
        let Ok(Some(head)) = self.journal.signed_head(group) else {
            return;
        };
        match witness.write(&head) {
            Ok(()) => witness.broken = false,
            Err(error) => {
                if !witness.broken {
                    tracing::warn!(%error, name = witness.name, "the witness cannot be written");
                }
                witness.broken = true;
            }
        }
    }

    /// At the end, whatever the time.
    pub(super) fn bear_last_witness(&mut self) {
        if let Some(witness) = &mut self.witness
            && witness.last.is_some()
        {
            witness.last = None;
            self.bear_witness(0);
        }
    }
}
