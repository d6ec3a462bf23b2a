//! Walking a segment that may be damaged: one step at a time, and on to the next group that is whole.

use crate::damage::DamageKind;
use crate::error::JournalError;
use crate::group::{Fault, GroupHeader, MAGIC};
use crate::head::Head;
use crate::layout::{ERASE_NAME, GROUP_HEADER, HEAD, HEAD_FILE, get_u32, get_u64};
use crate::read::EntryPos;
use crate::segment::{HeaderFault, first_of};
use seams::Storage;
use std::io;

/// How much is searched at a time.
const WINDOW: usize = 1 << 20;

/// An unacknowledged end that a crash left.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TornTail {
    /// The segment.
    pub file: String,
    /// The group that was being written.
    pub group: u64,
    /// Where it began.
    pub offset: u64,
    /// How many bytes of it there were.
    pub bytes: u64,
}

/// What stands at an offset.
pub(crate) enum Step {
    /// The segment's end.
    End,
    /// A group whose header is whole; all its bytes are in the buffer.
    Group(GroupHeader),
    /// No whole group.
    Bad(Fault),
    /// A group of a newer format.
    Newer(u16),
}

/// Reads the group at `offset` of a file of `len` bytes.
pub(crate) fn step(storage: &dyn Storage, name: &str, offset: u64, len: u64, bytes: &mut Vec<u8>) -> io::Result<Step> {
    let there = len.saturating_sub(offset);
    if there == 0 {
        return Ok(Step::End);
    }
    bytes.resize(GROUP_HEADER, 0);
    let got = storage.read_into(name, offset, bytes)?;
    if got < GROUP_HEADER {
        return Ok(Step::Bad(Fault::new(got, DamageKind::Cut)));
    }
    let header = match GroupHeader::parse(bytes) {
        Ok(header) => header,
        Err(HeaderFault::Newer(found)) => return Ok(Step::Newer(found)),
        Err(HeaderFault::Bad) => return Ok(Step::Bad(Fault::new(0, DamageKind::GroupHeader))),
    };
    if header.total() as u64 > there {
        let at = usize::try_from(there).unwrap_or(usize::MAX);
        return Ok(Step::Bad(Fault::new(at, DamageKind::Cut)));
    }
    bytes.resize(header.total(), 0);
    let got = storage.read_into(name, offset, bytes)?;
    if got < bytes.len() {
        return Ok(Step::Bad(Fault::new(got, DamageKind::Cut)));
    }
    Ok(Step::Group(header))
}

/// The first offset from `from` on where a whole header of group `least` or later stands.
pub(crate) fn find_group(
    storage: &dyn Storage,
    name: &str,
    from: u64,
    len: u64,
    least: u64,
) -> io::Result<Option<u64>> {
    let size = usize::try_from(len.saturating_sub(from)).map_or(WINDOW, |rest| rest.min(WINDOW));
    let mut window = vec![0; size];
    let mut offset = from;
    while offset + (GROUP_HEADER as u64) <= len {
        let got = storage.read_into(name, offset, &mut window)?;
        if got < GROUP_HEADER {
            return Ok(None);
        }
        let starts = got - GROUP_HEADER + 1;
        let found = (0..starts).find(|i| {
            let at = &window[*i..got];
            at.starts_with(MAGIC) && GroupHeader::parse(at).is_ok_and(|h| h.seq >= least)
        });
        if let Some(i) = found {
            return Ok(Some(offset + i as u64));
        }
        offset += starts as u64;
    }
    Ok(None)
}

/// The segment files by their promised first group, in order.
pub(crate) fn segment_files(storage: &dyn Storage) -> io::Result<Vec<(u64, String, u64)>> {
    let files = storage.list("")?;
    Ok(files
        .into_iter()
        .filter_map(|f| Some((first_of(&f.name)?, f.name, f.len)))
        .collect())
}

/// The `head` file, or what is wrong with it.
pub(crate) fn read_head(storage: &dyn Storage) -> Result<Result<Head, DamageKind>, JournalError> {
    if !storage.exists(HEAD).map_err(JournalError::io("look for the head"))? {
        return Ok(Err(DamageKind::HeadMissing));
    }
    let bytes = storage
        .read_at(HEAD, 0, HEAD_FILE + 1)
        .map_err(JournalError::io("read the head"))?;
    match Head::parse(&bytes) {
        Ok(head) => Ok(Ok(head)),
        Err(HeaderFault::Newer(found)) => Err(JournalError::Newer {
            found,
            file: HEAD.to_owned(),
        }),
        Err(HeaderFault::Bad) => Ok(Err(DamageKind::Head)),
    }
}

/// The entries that the body of an erasure names.
pub(crate) fn erased_names(body: &[u8]) -> impl Iterator<Item = EntryPos> + '_ {
    body.chunks_exact(ERASE_NAME).map(|name| EntryPos {
        group: get_u64(name, 0),
        ordinal: get_u32(name, 8),
    })
}
