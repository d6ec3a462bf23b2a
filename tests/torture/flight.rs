//! What was under way when the node died: read from its journal, by nobody but the dead node's own entries.
//!
//! This only says how well the moments were chosen. Whether anything was lost or doubled is not asked here.

use crate::Counts;
use crate::stage::Stage;
use journal::{Journal, JournalError, Limits, NodeKey};
use ledger::{Event, codec};
use model::{AttemptId, AttemptState, Mode};
use seams::{DirStorage, SystemRng};
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Follows the journal from kill to kill.
pub(crate) struct Flight {
    /// The first group not read yet.
    next: u64,
    modes: HashMap<AttemptId, Mode>,
    /// Handed over and not settled.
    open: HashMap<AttemptId, Mode>,
    copy: PathBuf,
}

enum Halt {
    Journal(JournalError),
    Codec(codec::CodecError),
}

impl From<JournalError> for Halt {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl Flight {
    pub(crate) fn new(stage: &Stage) -> Self {
        Self {
            next: 1,
            modes: HashMap::new(),
            open: HashMap::new(),
            copy: stage.dir.join("peek"),
        }
    }

    /// Attempts that were handed over and not settled, per mode. Reads a copy: the journal is the node's alone.
    pub(crate) fn look(&mut self, stage: &Stage) -> io::Result<Counts> {
        let journal = stage.data().join("journal");
        if !journal.is_dir() || !stage.key().is_file() {
            return Ok(Counts::new());
        }
        copy(&journal, &self.copy)?;
        let key = NodeKey::parse(&std::fs::read_to_string(stage.key())?).map_err(io::Error::other)?;
        let storage = Arc::new(DirStorage::open(&self.copy)?);
        let limits = Limits {
            segment_bytes: 64 << 20,
            group_bytes: 64 << 20,
        };
        match Journal::open(storage, &key, limits, Arc::new(SystemRng::new())) {
            Ok((journal, _)) => self.follow(&journal)?,
            // Killed before its journal had begun.
            Err(JournalError::Missing) => {}
            Err(error) => return Err(io::Error::other(error.to_string())),
        }
        let mut counts = Counts::new();
        for mode in self.open.values() {
            *counts.entry(mode.word()).or_default() += 1;
        }
        Ok(counts)
    }

    fn follow(&mut self, journal: &Journal) -> io::Result<()> {
        let last = journal.reader().last();
        if self.next > last {
            return Ok(());
        }
        let followed = journal.replay(self.next, |view| -> Result<(), Halt> {
            for body in view
                .entries
                .iter()
                .filter(|e| e.kind < journal::KIND_RESERVED)
                .filter_map(|e| e.body)
            {
                self.note(&codec::decode(body).map_err(Halt::Codec)?);
            }
            Ok(())
        });
        followed.map_err(|halt| match halt {
            Halt::Journal(error) => io::Error::other(error.to_string()),
            Halt::Codec(error) => io::Error::other(error.to_string()),
        })?;
        self.next = last + 1;
        Ok(())
    }

    fn note(&mut self, event: &Event) {
        match event {
            Event::BatchPrepared { channel, attempts, .. } => {
                let Some(mode) = Mode::from_word(channel) else { return };
                self.modes.extend(attempts.iter().map(|a| (a.id, mode)));
            }
            Event::AttemptsMoved { attempts, to, .. } => {
                for (id, _) in attempts {
                    match (to.is_open(), self.modes.get(id)) {
                        (true, Some(mode)) if *to != AttemptState::Prepared => drop(self.open.insert(*id, *mode)),
                        _ => drop(self.open.remove(id)),
                    }
                }
            }
            _ => {}
        }
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if to.exists() {
        std::fs::remove_dir_all(to)?;
    }
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}
