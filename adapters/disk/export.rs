//! A set onto a medium, and back off it: at every moment it is there as a whole, or not under its name.

use crate::medium;
use port::{Part, Recalled};
use seams::point;
use std::io;
use std::path::{Path, PathBuf};

/// What ends the name of the note that stands for a set that was taken back.
pub(crate) const CANCELLED: &str = ".cancelled.txt";

/// Which set goes where, and under which name it grows.
pub(crate) struct Export<'a> {
    pub(crate) medium: &'a Path,
    pub(crate) number: &'a str,
    pub(crate) parts: &'a [Part],
    /// What ends the names of unfinished sets of this channel; nobody else's begin or end so.
    pub(crate) unfinished: &'a str,
}

/// How writing a set ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Written {
    /// It is there, durable, and was read back.
    Done,
    /// Something else of that name is there.
    Conflict,
}

impl Export<'_> {
    fn target(&self) -> PathBuf {
        self.medium.join(self.number)
    }

    fn growing(&self) -> PathBuf {
        self.medium.join(format!("{}{}", self.number, self.unfinished))
    }

    /// What stands on the medium in place of a set that was taken back.
    fn cancelled(&self) -> PathBuf {
        self.medium.join(self.cancelled_name())
    }

    fn cancelled_name(&self) -> String {
        format!("{}{CANCELLED}", self.number)
    }

    /// Writes the set. Said again it finds it and says so.
    ///
    /// Died before the rename: only an unfinished set is there, which the next export removes. Died after: it is there.
    #[allow(
        clippy::disallowed_methods,
        reason = "its own note of an earlier time, by its own name"
    )]
    pub(crate) fn write(&self, is_ours: &dyn Fn(&str) -> bool) -> io::Result<Written> {
        self.sweep(is_ours)?;
        if self.target().symlink_metadata().is_ok() {
            if !self.is_there()? {
                return Ok(Written::Conflict);
            }
            medium::sync_medium(self.medium)?;
            return Ok(Written::Done);
        }
        let growing = self.growing();
        std::fs::create_dir(&growing)?;
        point::passed("disk.set-begun");
        self.fill(&growing)?;
        point::passed("disk.set-written");
        if !self.is_at(&growing)? {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "read back differs"));
        }
        point::passed("disk.set-read-back");
        match medium::rename_new(&growing, &self.target()) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => return Ok(Written::Conflict),
            other => other?,
        }
        point::passed("disk.set-renamed");
        // A note from an earlier time would make a set that was carried away look like one that was taken back.
        let _ = std::fs::remove_file(self.cancelled());
        medium::sync_dir(self.medium)?;
        medium::sync_medium(self.medium)?;
        point::passed("disk.set-synced");
        Ok(Written::Done)
    }

    fn fill(&self, growing: &Path) -> io::Result<()> {
        let mut folders: Vec<PathBuf> = vec![growing.to_owned()];
        for part in self.parts {
            let path = growing.join(&part.name);
            if let Some(folder) = path.parent().filter(|f| !folders.iter().any(|known| known == f)) {
                std::fs::create_dir_all(folder)?;
                folders.push(folder.to_owned());
            }
            medium::write_new(&path, &part.bytes)?;
            point::passed("disk.part-written");
        }
        folders.iter().rev().try_for_each(|folder| medium::sync_dir(folder))
    }

    /// Whether the set stands under its name with every byte.
    pub(crate) fn is_there(&self) -> io::Result<bool> {
        self.is_at(&self.target())
    }

    fn is_at(&self, dir: &Path) -> io::Result<bool> {
        for part in self.parts {
            match medium::holds(&dir.join(&part.name), &part.bytes) {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(e) if is_absent(&e) => return Ok(false),
                Err(e) => return Err(e),
            }
        }
        Ok(true)
    }

    /// Removes what earlier, interrupted exports of this channel left.
    #[allow(
        clippy::disallowed_methods,
        reason = "what an interrupted export of ours left under a name only we give"
    )]
    fn sweep(&self, is_ours: &dyn Fn(&str) -> bool) -> io::Result<()> {
        for name in medium::names(self.medium)? {
            if name.strip_suffix(self.unfinished).is_some_and(is_ours) {
                std::fs::remove_dir_all(self.medium.join(name))?;
            }
        }
        Ok(())
    }

    /// Takes the set off the medium where that proves something: it is there whole, and no answer lies beside it.
    ///
    /// A note stays in its place, so that asking again gives the same answer. Died in between: the set has lost its
    /// name already, and the next call finds the rest.
    #[allow(
        clippy::disallowed_methods,
        reason = "what an interrupted recall of ours left under a name only we give"
    )]
    pub(crate) fn take_back(&self, is_answer: &dyn Fn(&str) -> bool) -> io::Result<Recalled> {
        if medium::names(self.medium)?.iter().any(|name| is_answer(name)) {
            return Ok(Recalled::Taken);
        }
        let note = self.note();
        if self.target().symlink_metadata().is_err() {
            return match medium::holds(&self.cancelled(), note.as_bytes()) {
                Ok(true) => self.clear().map(|()| Recalled::Recalled),
                _ if self.is_at(&self.growing())? => self.cancel(&note),
                _ => Ok(Recalled::Impossible),
            };
        }
        if !self.is_there()? {
            return Ok(Recalled::Impossible);
        }
        match medium::rename_new(&self.target(), &self.growing()) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                std::fs::remove_dir_all(self.growing())?;
                medium::rename_new(&self.target(), &self.growing())?;
            }
            other => other?,
        }
        point::passed("disk.set-unnamed");
        medium::sync_dir(self.medium)?;
        self.cancel(&note)
    }

    fn cancel(&self, note: &str) -> io::Result<Recalled> {
        medium::write_over(self.medium, &self.cancelled_name(), note.as_bytes())?;
        point::passed("disk.note-written");
        self.clear()?;
        point::passed("disk.set-cleared");
        Ok(Recalled::Recalled)
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "the set that was just renamed to a name only we give"
    )]
    fn clear(&self) -> io::Result<()> {
        match std::fs::remove_dir_all(self.growing()) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        medium::sync_dir(self.medium)?;
        medium::sync_medium(self.medium)
    }

    /// Names the set by its digest: another set of the same number was not the one taken back.
    fn note(&self) -> String {
        let all: Vec<u8> = self.parts.iter().flat_map(|part| part.bytes.iter().copied()).collect();
        let digest = crate::keys::to_hex(&crate::keys::sha256(&all));
        format!(
            "批次 {n} 已撤回，本介质上不再有效。\r\nBatch {n} was taken back; it no longer counts on this medium.\r\nSHA-256 {digest}\r\n",
            n = self.number
        )
    }
}

fn is_absent(e: &io::Error) -> bool {
    matches!(
        e.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidInput
    )
}
