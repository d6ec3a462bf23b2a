//! A copy of what lies on a medium, here, without a name: nothing is parsed while the medium can still be pulled out,
//! and nothing is left behind when the process dies.

use crate::medium;
use aws_lc_rs::digest::{Context, SHA256};
use seams::point;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// A file of ours with somebody's bytes.
pub(crate) struct Copy {
    pub(crate) file: File,
    pub(crate) bytes: u64,
    pub(crate) digest: [u8; 32],
    /// Its first bytes, at most 32.
    pub(crate) head: Vec<u8>,
}

/// How copying ended.
pub(crate) enum Copied {
    Whole(Copy),
    /// It has more than the most allowed bytes; this many at least.
    TooLarge(u64),
}

/// Copies one regular file. An error is the medium's (or our disk's) and says nothing about the content.
pub(crate) fn copy(from: &Path, work: &Path, max: u64) -> io::Result<Copied> {
    let (mut source, before) = medium::open_regular(from)?;
    if before.len > max {
        return Ok(Copied::TooLarge(before.len));
    }
    let mut file = safe_files::anonymous(work).map_err(medium::plain)?;
    let mut state = Context::new(&SHA256);
    let mut buffer = vec![0; 64 * 1024];
    let (mut bytes, mut head) = (0_u64, Vec::new());
    loop {
        let read = source.read(&mut buffer)?;
        let chunk = buffer.get(..read).unwrap_or_default();
        if chunk.is_empty() {
            break;
        }
        bytes += chunk.len() as u64;
        if bytes > max {
            return Ok(Copied::TooLarge(bytes));
        }
        head.extend(chunk.iter().take(32_usize.saturating_sub(head.len())));
        state.update(chunk);
        file.write_all(chunk)?;
    }
    if bytes != before.len || safe_files::look_at(&source).map_err(medium::plain)? != before {
        return Err(io::Error::new(io::ErrorKind::WouldBlock, "changed while it was read"));
    }
    file.seek(SeekFrom::Start(0))?;
    point::passed("disk.copied");
    let mut digest = [0; 32];
    digest.copy_from_slice(state.finish().as_ref());
    Ok(Copied::Whole(Copy {
        file,
        bytes,
        digest,
        head,
    }))
}
