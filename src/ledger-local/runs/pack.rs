//! Values packed before they are sealed: records of one kind say much the same, and what sled holds costs memory.

/// Bytes that a packed value may say it has: far above what is written here.
const MOST: usize = 1 << 20;
/// Kept as it was: it would not have become smaller.
const PLAIN: u8 = 0;
/// LZ4, after its length.
const LZ4: u8 = 1;

/// A value in as few bytes as is quickly had.
pub fn pack(value: &[u8]) -> Vec<u8> {
    let packed = lz4_flex::block::compress_prepend_size(value);
    let (how, bytes) = match packed.len() < value.len() {
        true => (LZ4, packed.as_slice()),
        false => (PLAIN, value),
    };
    let mut out = Vec::with_capacity(bytes.len() + 32);
    out.push(how);
    out.extend_from_slice(bytes);
    out
}

/// The value again.
pub fn unpack(bytes: &[u8]) -> Option<Vec<u8>> {
    let (how, bytes) = bytes.split_first()?;
    match *how {
        PLAIN => Some(bytes.to_vec()),
        LZ4 => {
            let length = u32::from_le_bytes(*bytes.first_chunk()?) as usize;
            (length <= MOST).then(|| lz4_flex::block::decompress_size_prepended(bytes).ok())?
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{MOST, pack, unpack};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn whatever_was_packed_is_there_again(value in prop::collection::vec(any::<u8>(), 0..4000), times in 1..20_usize) {
            let value = value.repeat(times);
            let packed = pack(&value);
            prop_assert!(packed.len() <= value.len() + 1);
            prop_assert_eq!(unpack(&packed), Some(value));
        }

        #[test]
        fn nothing_foreign_makes_it_fall_over(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = unpack(&bytes);
        }
    }

    #[test]
    fn a_length_beyond_all_measure_is_not_believed() {
        let mut packed = pack(&vec![7; 4096]);
        assert_eq!(unpack(&packed).unwrap().len(), 4096);
        packed[1..5].copy_from_slice(&(MOST as u32 + 1).to_le_bytes());
        assert_eq!(unpack(&packed), None);
    }
}
