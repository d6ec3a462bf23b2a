//! Where a value of a run lies in sled, so that the order of sled's keys is the order of runs and of records in them.

/// Bytes before the name.
const HEAD: usize = 9;

/// What a value holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Records; its name is the key of the first.
    Block = b'b' as isize,
    /// Which keys may be in the run; its name is the first of them.
    Filter = b'f' as isize,
    /// A part of a value too long for a block; its name is its number.
    Piece = b'p' as isize,
}

/// The place of a value.
pub fn place(run: u64, kind: Kind, name: &[u8]) -> Vec<u8> {
    let mut place = Vec::with_capacity(HEAD + name.len() + 1);
    place.extend_from_slice(&run.to_be_bytes());
    place.push(kind as u8);
    place.extend_from_slice(name);
    place
}

/// The name in a place, if it is one of this kind in this run.
pub fn name(place: &[u8], run: u64, kind: Kind) -> Option<&[u8]> {
    let rest = place.strip_prefix(&run.to_be_bytes()[..])?;
    rest.strip_prefix(&[kind as u8][..])
}

/// The run that a place belongs to.
pub fn run(place: &[u8]) -> Option<u64> {
    place.first_chunk().map(|id| u64::from_be_bytes(*id))
}
