//! A copy of what lies on a medium, here, without a name: nothing is parsed while the medium can still be pulled out,
//! and nothing is left behind when the process dies.
//!
//! What came encrypted is opened on the way: in clear it exists only in that nameless file, and only as much of it as one
//! piece is ever in memory.

use crate::age;
use crate::medium;
use crate::opener::{Identities, Kind, Trouble};
use crate::suite::{Digester, Suite};
use model::Finding;
use safe_files::Look;
use seams::point;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// A file of ours with somebody's bytes.
pub(crate) struct Copy {
    pub(crate) file: File,
    pub(crate) bytes: u64,
    pub(crate) digest: [u8; 32],
    /// The digest of what lies on the medium: another one where that is encrypted.
    pub(crate) lies: [u8; 32],
    /// Whether it lies there encrypted.
    pub(crate) sealed: bool,
}

/// How copying ended.
pub(crate) enum Copied {
    Whole(Copy),
    /// It has more than the most allowed bytes; this many at least.
    TooLarge(u64),
    /// It is encrypted and cannot be opened; what lies there, and why.
    Unopened {
        lies: [u8; 32],
        bytes: u64,
        /// What lay beside it and was read.
        beside: Vec<u8>,
        why: Finding,
    },
}

/// Where a file lies, and which of the files beside it belong to it.
pub(crate) struct Lies<'a> {
    pub(crate) path: &'a Path,
    /// What is listed with it, by path or name; absent where there is no list.
    pub(crate) listed: Option<&'a BTreeMap<String, [u8; 32]>>,
}

/// Copies one regular file, opening it where it is encrypted and `identities` are given. An error is the medium's (or our
/// disk's) and says nothing about the content. `max` bounds the bytes in clear.
pub(crate) fn copy(
    from: &Lies<'_>,
    work: &Path,
    max: u64,
    suite: Suite,
    identities: Option<&Identities>,
) -> io::Result<Copied> {
    let (file, before) = medium::open_regular(from.path)?;
    let mut source = Metered {
        file,
        state: Digester::new(suite),
        bytes: 0,
        most: before.len,
    };
    let mut head = Vec::new();
    source.by_ref().take(age::HEAD as u64).read_to_end(&mut head)?;
    let kind = identities.map(|identities| (identities, identities.kind(&head, from.name())));
    let most = match &kind {
        Some((identities, Kind::Sealed)) => identities.most(max),
        _ => max,
    };
    if before.len > most {
        return Ok(Copied::TooLarge(before.len));
    }
    let mut into = Growing::new(work, max)?;
    let mut seen = Vec::new();
    let whole = Cursor::new(head).chain(BufReader::with_capacity(64 * 1024, source.by_ref()));
    let (filled, sealed) = match kind {
        Some((identities, Kind::Sealed)) => (opened(whole, from, identities, &mut into, &mut seen)?, true),
        Some((identities, Kind::Odd(detail))) => (Filled::Unopened(identities.form(detail)), true),
        Some((_, Kind::Clear)) | None => (plain(whole, &mut into)?, false),
    };
    if let Filled::TooLarge(bytes) = filled {
        return Ok(Copied::TooLarge(bytes));
    }
    let (lies, bytes) = source.ended(before)?;
    if let Filled::Unopened(why) = filled {
        return Ok(Copied::Unopened {
            lies,
            bytes,
            beside: seen,
            why,
        });
    }
    into.file.seek(SeekFrom::Start(0))?;
    point::passed("disk.copied");
    Ok(Copied::Whole(Copy {
        bytes: into.bytes,
        digest: into.state.finish(),
        file: into.file,
        lies,
        sealed,
    }))
}

/// The most bytes of a file that lies beside another.
const BESIDE_MAX: u64 = 4096;

impl Lies<'_> {
    fn name(&self) -> &str {
        self.path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
    }

    /// What lies beside it under its name and this ending, whatever the capitals; links are not followed, and of what is
    /// larger than it can be nothing is believed.
    fn beside(&self, ending: &str) -> io::Result<Option<Vec<u8>>> {
        let name = format!("{}{ending}", self.name());
        let is_listed = |list: &BTreeMap<String, [u8; 32]>| {
            let named = |path: &String| path.rsplit('/').next().is_some_and(|p| p.eq_ignore_ascii_case(&name));
            list.keys().any(named)
        };
        let Some(dir) = self.path.parent().filter(|_| self.listed.is_none_or(is_listed)) else {
            return Ok(None);
        };
        let Some(spelled) = medium::spelled(dir, &name)? else {
            return Ok(None);
        };
        let path = dir.join(spelled);
        if !path.symlink_metadata()?.is_file() {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        let file = medium::open_regular(&path)?.0;
        if file.take(BESIDE_MAX + 1).read_to_end(&mut bytes)? as u64 > BESIDE_MAX {
            bytes.clear();
        }
        Ok(Some(bytes))
    }
}

enum Filled {
    Whole,
    TooLarge(u64),
    Unopened(Finding),
}

fn plain(mut from: impl BufRead, into: &mut Growing) -> io::Result<Filled> {
    loop {
        let chunk = from.fill_buf()?;
        let bytes = chunk.len();
        if bytes == 0 {
            return Ok(Filled::Whole);
        }
        if !into.add(chunk)? {
            return Ok(Filled::TooLarge(into.bytes));
        }
        from.consume(bytes);
    }
}

/// What is read of what lies beside it is added to `seen`.
fn opened(
    from: impl BufRead,
    lies: &Lies<'_>,
    identities: &Identities,
    into: &mut Growing,
    seen: &mut Vec<u8>,
) -> io::Result<Filled> {
    let told = |trouble: Trouble| identities.told(trouble).map(Filled::Unopened);
    let mut beside = |ending: &str| {
        let read = lies.beside(ending)?;
        // What is missing counts too: a file that is put there later makes another thing of it.
        seen.extend_from_slice(ending.as_bytes());
        seen.extend_from_slice(read.as_deref().unwrap_or_default());
        Ok(read)
    };
    let mut pieces = match identities.open(from, &mut beside) {
        Ok(pieces) => pieces,
        Err(trouble) => return told(trouble),
    };
    loop {
        match pieces.next() {
            Ok(None) => return Ok(Filled::Whole),
            Ok(Some(piece)) if into.add(piece)? => {}
            Ok(Some(_)) => return Ok(Filled::TooLarge(into.bytes)),
            Err(trouble) => return told(trouble),
        }
    }
}

/// What is read from a medium, counted and digested as it lies there.
struct Metered {
    file: File,
    state: Digester,
    bytes: u64,
    /// The bytes it had when it was opened: one that grows is not read for ever.
    most: u64,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.bytes > self.most {
            return Err(changed());
        }
        let read = self.file.read(buffer)?;
        self.state.update(buffer.get(..read).unwrap_or_default());
        self.bytes += read as u64;
        Ok(read)
    }
}

impl Metered {
    /// Reads what is left; the digest and the bytes, where it is still the file that was opened.
    fn ended(mut self, before: Look) -> io::Result<([u8; 32], u64)> {
        io::copy(&mut self, &mut io::sink())?;
        if self.bytes != before.len || safe_files::look_at(&self.file).map_err(medium::plain)? != before {
            return Err(changed());
        }
        Ok((self.state.finish(), self.bytes))
    }
}

fn changed() -> io::Error {
    io::Error::new(io::ErrorKind::WouldBlock, "changed while it was read")
}

/// The copy while it is made.
struct Growing {
    file: File,
    state: Digester,
    bytes: u64,
    max: u64,
}

impl Growing {
    fn new(work: &Path, max: u64) -> io::Result<Self> {
        Ok(Self {
            file: safe_files::anonymous(work).map_err(medium::plain)?,
            state: Digester::new(Suite::Age),
            bytes: 0,
            max,
        })
    }

    /// Adds bytes; not where they would be too many.
    fn add(&mut self, chunk: &[u8]) -> io::Result<bool> {
        self.bytes += chunk.len() as u64;
        if self.bytes > self.max {
            return Ok(false);
        }
        self.state.update(chunk);
        self.file.write_all(chunk)?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    /// What opens to more than is allowed is left there; nothing of what is too much reaches our disk.
    #[test]
    fn no_more_than_the_bound_is_opened() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let secret = age::tests::secret([1; 32]);
        let to = age::Identity::all(&secret).unwrap()[0].recipient;
        let identity = Identities::from_text(Suite::Age, &secret).unwrap();
        let closed = |bytes: usize| {
            let file = age::write(&[to], &vec![7; bytes], &|_| [3; 32]).unwrap();
            std::fs::write(&path, file).unwrap();
        };
        let lies = Lies {
            path: &path,
            listed: None,
        };
        let copied = |max| copy(&lies, dir.path(), max, Suite::Age, Some(&identity)).unwrap();
        for (bytes, max) in [(101, 100), (60_000, 100), (70_000, 65_536), (200_000, 150_000)] {
            closed(bytes);
            assert!(matches!(copied(max), Copied::TooLarge(_)), "{bytes} of {max}");
            let Copied::Whole(copy) = copied(bytes as u64) else {
                panic!("{bytes}")
            };
            assert_eq!((copy.bytes, copy.sealed), (bytes as u64, true));
        }
        // Nobody asked to open it: the copy is of what lies there.
        let raw = copy(&lies, dir.path(), 1 << 20, Suite::Age, None).unwrap();
        let Copied::Whole(raw) = raw else {
            panic!("a plain copy")
        };
        assert!(raw.bytes > 200_000 && !raw.sealed && raw.lies == raw.digest);
    }
}
