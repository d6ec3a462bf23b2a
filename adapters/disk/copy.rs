//! A copy of what lies on a medium, here, without a name: nothing is parsed while the medium can still be pulled out,
//! and nothing is left behind when the process dies.
//!
//! What came encrypted is opened on the way: in clear it exists only in that nameless file, and only as much of it as one
//! piece is ever in memory.

use crate::age::{self, Identity, Trouble};
use crate::medium;
use crate::seal;
use aws_lc_rs::digest::{Context, SHA256};
use model::Finding;
use safe_files::Look;
use seams::point;
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
        why: Finding,
    },
}

/// Copies one regular file, opening it where it is encrypted and `identities` are given. An error is the medium's (or our
/// disk's) and says nothing about the content. `max` bounds the bytes in clear.
pub(crate) fn copy(from: &Path, work: &Path, max: u64, identities: Option<&[Identity]>) -> io::Result<Copied> {
    let (file, before) = medium::open_regular(from)?;
    let mut source = Metered {
        file,
        state: Context::new(&SHA256),
        bytes: 0,
        most: before.len,
    };
    let mut head = Vec::new();
    source.by_ref().take(age::HEAD as u64).read_to_end(&mut head)?;
    let identities = identities.filter(|_| age::begins(&head));
    if before.len > if identities.is_some() { age::most(max) } else { max } {
        return Ok(Copied::TooLarge(before.len));
    }
    let mut into = Growing::new(work, max)?;
    let whole = Cursor::new(head).chain(BufReader::with_capacity(64 * 1024, source.by_ref()));
    let filled = match identities {
        Some(identities) => opened(whole, identities, &mut into)?,
        None => plain(whole, &mut into)?,
    };
    if let Filled::TooLarge(bytes) = filled {
        return Ok(Copied::TooLarge(bytes));
    }
    let (lies, bytes) = source.ended(before)?;
    if let Filled::Unopened(why) = filled {
        return Ok(Copied::Unopened { lies, bytes, why });
    }
    into.file.seek(SeekFrom::Start(0))?;
    point::passed("disk.copied");
    Ok(Copied::Whole(Copy {
        bytes: into.bytes,
        digest: finish(into.state),
        file: into.file,
        lies,
        sealed: identities.is_some(),
    }))
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

fn opened(from: impl BufRead, identities: &[Identity], into: &mut Growing) -> io::Result<Filled> {
    let told = |trouble: Trouble| seal::told(trouble, identities).map(Filled::Unopened);
    let mut pieces = match age::open(from, identities) {
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
    state: Context,
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
        Ok((finish(self.state), self.bytes))
    }
}

fn changed() -> io::Error {
    io::Error::new(io::ErrorKind::WouldBlock, "changed while it was read")
}

/// The copy while it is made.
struct Growing {
    file: File,
    state: Context,
    bytes: u64,
    max: u64,
}

impl Growing {
    fn new(work: &Path, max: u64) -> io::Result<Self> {
        Ok(Self {
            file: safe_files::anonymous(work).map_err(medium::plain)?,
            state: Context::new(&SHA256),
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

fn finish(state: Context) -> [u8; 32] {
    let mut digest = [0; 32];
    digest.copy_from_slice(state.finish().as_ref());
    digest
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    /// What opens to more than is allowed is left there; nothing of what is too much reaches our disk.
    #[test]
    fn no_more_than_the_bound_is_opened() {
        let dir = tempfile::tempdir().unwrap();
        let identity = Identity::all(&age::tests::secret([1; 32])).unwrap();
        let closed = |bytes: usize| {
            let file = age::write(&[identity[0].recipient], &vec![7; bytes], &|_| [3; 32]).unwrap();
            std::fs::write(dir.path().join("file"), file).unwrap();
        };
        let copied = |max| copy(&dir.path().join("file"), dir.path(), max, Some(&identity)).unwrap();
        for (bytes, max) in [(101, 100), (60_000, 100), (70_000, 65_536), (200_000, 150_000)] {
            closed(bytes);
            assert!(matches!(copied(max), Copied::TooLarge(_)), "{bytes} of {max}");
            let Copied::Whole(copy) = copied(bytes as u64) else {
                panic!("{bytes}")
            };
            assert_eq!((copy.bytes, copy.sealed), (bytes as u64, true));
        }
        // Nobody asked to open it: the copy is of what lies there.
        let raw = copy(&dir.path().join("file"), dir.path(), 1 << 20, None).unwrap();
        let Copied::Whole(raw) = raw else {
            panic!("a plain copy")
        };
        assert!(raw.bytes > 200_000 && !raw.sealed && raw.lies == raw.digest);
    }
}
