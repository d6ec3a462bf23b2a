//! Bech32 (BIP 173), as age writes its keys: letters that are read aloud and copied by hand, with a check at the end.

const LETTERS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
/// Letters at the end that only check the others.
const CHECK: usize = 6;

/// The 32 bytes behind `prefix`, `1` and their letters; all in capitals or all in small letters, as the standard asks.
pub(super) fn read(prefix: &str, text: &str) -> Option<[u8; 32]> {
    let lower = text.to_ascii_lowercase();
    if text != lower && text != text.to_ascii_uppercase() {
        return None;
    }
    let letters = lower.strip_prefix(prefix)?.strip_prefix('1')?;
    let fives: Vec<u8> = letters
        .bytes()
        .map(|letter| LETTERS.iter().position(|known| *known == letter))
        .map(|at| at.and_then(|at| u8::try_from(at).ok()))
        .collect::<Option<_>>()?;
    let (data, _) = fives.split_at_checked(fives.len().checked_sub(CHECK)?)?;
    if polymod(prefix, fives.iter().copied()) != 1 {
        return None;
    }
    let (mut bytes, mut held, mut bits) = (Vec::with_capacity(32), 0_u32, 0);
    for five in data {
        held = (held << 5) | u32::from(*five);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xff).ok()?);
        }
    }
    // What is left over fills up the last letter: less than one letter, and nothing but zeros.
    let rest_is_zero = bits < 5 && held & ((1 << bits) - 1) == 0;
    rest_is_zero.then(|| bytes.try_into().ok()).flatten()
}

/// The letters of 32 bytes, in small letters.
pub(super) fn write(prefix: &str, bytes: &[u8; 32]) -> String {
    let (mut fives, mut held, mut bits) = (Vec::with_capacity(52 + CHECK), 0_u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            fives.push((held >> bits) & 31);
        }
    }
    if bits > 0 {
        fives.push((held << (5 - bits)) & 31);
    }
    let small = |five: u32| u8::try_from(five & 31).unwrap_or_default();
    let data: Vec<u8> = fives.into_iter().map(small).collect();
    let check = polymod(prefix, data.iter().copied().chain([0; CHECK])) ^ 1;
    let check = (0..CHECK).map(|at| small(check >> (5 * (CHECK - 1 - at))));
    let letter = |five: u8| char::from(LETTERS[usize::from(five)]);
    format!(
        "{prefix}1{}",
        data.iter().copied().chain(check).map(letter).collect::<String>()
    )
}

/// The remainder that the check is made of: 1 over a whole word that is sound.
fn polymod(prefix: &str, fives: impl Iterator<Item = u8>) -> u32 {
    let high = prefix.bytes().map(|b| b >> 5);
    let low = prefix.bytes().map(|b| b & 31);
    high.chain([0]).chain(low).chain(fives).fold(1, |check: u32, five| {
        let top = check >> 25;
        let shifted = ((check & 0x01ff_ffff) << 5) ^ u32::from(five);
        let add = |sum: u32, (bit, term): (usize, &u32)| if (top >> bit) & 1 == 1 { sum ^ term } else { sum };
        GENERATOR.iter().enumerate().fold(shifted, add)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn a_word_comes_back_and_every_changed_letter_is_found() {
        for bytes in [[0; 32], [0xff; 32], std::array::from_fn(|at| at as u8 * 7)] {
            let word = write("age", &bytes);
            assert_eq!(word.len(), 62);
            assert_eq!(read("age", &word), Some(bytes));
            assert_eq!(
                read("age", &word.to_ascii_uppercase()),
                Some(bytes),
                "capitals throughout"
            );
            for at in 0..word.len() {
                for letter in "qpzry9x8gf2tvdw0s3jn54khce6mua7l".chars() {
                    let mut other = word.clone();
                    other.replace_range(at..=at, &letter.to_string());
                    assert_eq!(read("age", &other).is_some(), other == word, "{other}");
                }
            }
        }
    }

    /// The first valid word of BIP 173 has no bytes; what is not 32 bytes is no key, and neither is a mixture.
    #[test]
    fn what_is_no_key_is_none() {
        let word = write("age", &[3; 32]);
        let mixed = format!("{}{}", &word[..20], word[20..].to_ascii_uppercase());
        for text in [
            "",
            "age1",
            "A12UEL5L",
            "a12uel5l",
            &mixed,
            &word[..61],
            &format!("{word}q"),
            "age1b",
            &format!(" {word}"),
        ] {
            assert_eq!(read("age", text), None, "{text}");
            assert_eq!(read("a", text), None, "{text}");
        }
        assert_eq!(read("age-secret-key-", &word), None);
        // A bit in what fills up the last letter, under a good check: the same bytes would have two words.
        let fives = |word: &str| -> Vec<u8> {
            word[4..56]
                .bytes()
                .map(|l| LETTERS.iter().position(|k| *k == l).unwrap() as u8)
                .collect()
        };
        for fill in [1, 2, 8] {
            let mut data = fives(&word);
            data[51] |= fill;
            let check = polymod("age", data.iter().copied().chain([0; CHECK])) ^ 1;
            let check = (0..CHECK).map(|at| (check >> (5 * (CHECK - 1 - at)) & 31) as u8);
            let letters: String = data
                .iter()
                .copied()
                .chain(check)
                .map(|five| char::from(LETTERS[usize::from(five)]))
                .collect();
            assert_eq!(read("age", &format!("age1{letters}")), None);
        }
        let published: Vec<u8> = "2uel5l"
            .bytes()
            .map(|l| LETTERS.iter().position(|k| *k == l).unwrap() as u8)
            .collect();
        assert_eq!(polymod("a", published.into_iter()), 1);
    }
}
