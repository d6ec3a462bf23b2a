//! CRC-32 (IEEE 802.3): finds slips of the disk in the small fixed parts; forgery is the chain's business.

/// What each byte comes to, followed by so many zero bytes: eight bytes are taken at once.
const TABLES: [[u32; 256]; 8] = tables();

const fn tables() -> [[u32; 256]; 8] {
    let mut tables = [[0u32; 256]; 8];
    let mut i = 0;
    while i < 256 {
        let mut crc = i as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xEDB8_8320
            } else {
                crc >> 1
            };
            bit += 1;
        }
        tables[0][i] = crc;
        i += 1;
    }
    let mut zeros = 1;
    while zeros < 8 {
        let mut i = 0;
        while i < 256 {
            let crc = tables[zeros - 1][i];
            tables[zeros][i] = tables[0][(crc & 0xFF) as usize] ^ (crc >> 8);
            i += 1;
        }
        zeros += 1;
    }
    tables
}

/// The checksum of these bytes.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    let (eights, rest) = bytes.as_chunks::<8>();
    let mut crc = !0u32;
    for eight in eights {
        let mut first = *eight;
        for (byte, before) in first.iter_mut().zip(crc.to_le_bytes()) {
            *byte ^= before;
        }
        crc = (0..8).fold(0, |sum, i| sum ^ TABLES[7 - i][usize::from(first[i])]);
    }
    !rest
        .iter()
        .fold(crc, |crc, b| TABLES[0][usize::from(crc as u8 ^ b)] ^ (crc >> 8))
}

#[cfg(test)]
mod tests {
    use super::{TABLES, crc32};

    #[test]
    fn the_published_check_value() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn eight_bytes_at_once_come_to_the_same_as_one_by_one() {
        let bytes: Vec<u8> = (0..1_000u32).map(|i| (i * i + 7 * i) as u8).collect();
        for len in 0..bytes.len() {
            let one_by_one = bytes[..len]
                .iter()
                .fold(!0u32, |crc, b| TABLES[0][usize::from(crc as u8 ^ b)] ^ (crc >> 8));
            assert_eq!(crc32(&bytes[..len]), !one_by_one, "{len}");
        }
    }
}
