//! The codec against itself: what comes back, and everything that must not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod vectors;

use super::stream::{BLOCK, PIECE};
use super::*;
use std::io::BufReader;

/// A key of somebody's.
pub(crate) fn private(n: u8) -> Private {
    Private::all(&to_hex(&[n; 32])).unwrap().remove(0)
}

fn draw(word: &str) -> [u8; 32] {
    Suite::Sm.code(b"tests", word.as_bytes())
}

fn sealed(to: &[u8], content: &[u8]) -> Written {
    let recipients: Vec<Public> = to.iter().map(|n| private(*n).public()).collect();
    write(&recipients, content, &draw).unwrap()
}

/// Everything that is given out, and how it ended.
fn read((file, beside): &Written, with: &[u8]) -> (Vec<u8>, Result<(), Trouble>) {
    let identities: Vec<Private> = with.iter().map(|n| private(*n)).collect();
    let mut out = Vec::new();
    let mut find = |ending: &str| {
        let found = beside.iter().find(|(name, _)| name == ending);
        Ok(found.map(|(_, bytes)| bytes.clone()))
    };
    // Read in odd bits, as a medium gives them.
    let mut pieces = match open(BufReader::with_capacity(1000, file.as_slice()), &mut find, &identities) {
        Ok(pieces) => pieces,
        Err(trouble) => return (out, Err(trouble)),
    };
    loop {
        match pieces.next() {
            Ok(Some(piece)) => out.extend_from_slice(piece),
            Ok(None) => return (out, Ok(())),
            Err(trouble) => {
                assert!(matches!(pieces.next(), Ok(None)), "something after a refusal");
                return (out, Err(trouble));
            }
        }
    }
}

fn content(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at * 7 + at / 251) as u8).collect()
}

#[test]
fn every_length_comes_back() {
    for len in [
        0,
        1,
        BLOCK - 1,
        BLOCK,
        PIECE - 1,
        PIECE,
        PIECE + 1,
        2 * PIECE,
        2 * PIECE + 5,
    ] {
        let file = sealed(&[1], &content(len));
        assert!(file.0.len() as u64 <= most(len as u64), "{len}");
        let (back, ended) = read(&file, &[1]);
        assert!(ended.is_ok() && back == content(len), "{len}: {ended:?}");
    }
}

#[test]
fn any_of_several_opens_it_and_nobody_else() {
    let file = sealed(&[1, 2, 3], b"rows");
    for with in [&[1][..], &[2], &[3], &[9, 2]] {
        assert_eq!(read(&file, with).0, b"rows", "{with:?}");
    }
    for with in [&[][..], &[4], &[8, 9]] {
        assert!(matches!(read(&file, with).1, Err(Trouble::Others)), "{with:?}");
    }
}

/// Wherever it was cut: an error, and nothing before it that was not there; the last piece is never given out.
#[test]
fn a_cut_file_is_never_taken_for_whole() {
    let whole = content(2 * PIECE);
    let file = sealed(&[1], &whole);
    let end = file.0.len();
    for cut in [
        0,
        1,
        BLOCK,
        PIECE - 1,
        PIECE,
        PIECE + 1,
        PIECE + BLOCK,
        2 * PIECE,
        end - 1,
    ] {
        let (back, ended) = read(&(file.0[..cut].to_vec(), file.1.clone()), &[1]);
        assert!(matches!(ended, Err(Trouble::Broken(_))), "cut at {cut}: {ended:?}");
        assert!(whole.starts_with(&back) && back.len() < cut.max(1), "cut at {cut}");
    }
    let longer = [&file.0[..], &[0; BLOCK]].concat();
    let (_, ended) = read(&(longer, file.1.clone()), &[1]);
    assert!(matches!(ended, Err(Trouble::Broken(_))));
}

#[test]
fn a_flipped_bit_is_found_wherever_it_is() {
    let whole = content(300);
    let file = sealed(&[1], &whole);
    for bit in 0..8 {
        for at in [0, BLOCK - 1, 100, 290, file.0.len() - 1] {
            let mut other = file.clone();
            other.0[at] ^= 1 << bit;
            let (back, ended) = read(&other, &[1]);
            assert!(
                back.is_empty() && matches!(ended, Err(Trouble::Broken(_))),
                "byte {at}, bit {bit}"
            );
        }
    }
    // And in what lies beside it: no byte of either file may be another, but for the case of a digit and the line's end.
    for (at, (name, bytes)) in file.1.iter().enumerate() {
        for place in 0..bytes.len() {
            let mut other = file.clone();
            other.1[at].1[place] ^= 1;
            let (back, ended) = read(&other, &[1]);
            let is_end = name == CODE && place == 64;
            assert!(back.is_empty() || is_end, "{name}, byte {place}");
            assert!(ended.is_err() || is_end, "{name}, byte {place}");
        }
        let mut cut = file.clone();
        cut.1[at].1.truncate(40);
        assert!(matches!(read(&cut, &[1]).1, Err(Trouble::Broken(_))), "{name} cut");
        let mut missing = file.clone();
        missing.1.remove(at);
        assert!(
            matches!(read(&missing, &[1]).1, Err(Trouble::Broken(_))),
            "{name} missing"
        );
    }
}

/// Pieces in another order are another file.
#[test]
fn pieces_keep_their_places() {
    let file = sealed(&[1], &content(3 * PIECE));
    let at = |n: usize| file.0[n * PIECE..(n + 1) * PIECE].to_vec();
    for order in [[1, 0, 2], [0, 0, 2], [0, 2, 1]] {
        let mut other = order.map(at).concat();
        other.extend_from_slice(&file.0[3 * PIECE..]);
        assert!(
            matches!(read(&(other, file.1.clone()), &[1]).1, Err(Trouble::Broken(_))),
            "{order:?}"
        );
    }
}

/// Somebody who knows the keys and did not do as agreed.
#[test]
fn what_was_made_in_another_way_is_named() {
    let (body, beside) = sealed(&[1], b"rows");
    let keys = Keys::from_text(&private(1).unwrap(&beside[1].1).unwrap()).unwrap();
    let with_code = |body: Vec<u8>| {
        let code = to_hex(&Suite::Sm.code(&keys.code, &body)).into_bytes();
        (body, vec![(CODE.to_owned(), code), beside[1].clone()])
    };
    assert_eq!(read(&with_code(body.clone()), &[1]).0, b"rows");
    // Without the block that pads it, the content itself ends as if it did: not at all, too much, or in two ways.
    let ends = |end: &[u8]| {
        let content = [&vec![9; 2 * BLOCK - end.len()][..], end].concat();
        let padded = stream::write(&keys.cipher, &keys.initial, &content);
        with_code(padded[..2 * BLOCK].to_vec())
    };
    assert_eq!(read(&ends(&[2, 2]), &[1]).0, [9; 2 * BLOCK - 2]);
    let odd = [ends(&[0]), ends(&[3, 3]), ends(&[17; 17])];
    for file in [with_code(Vec::new()), with_code(body[..9].to_vec())]
        .iter()
        .chain(&odd)
    {
        let (back, ended) = read(file, &[1]);
        assert!(back.is_empty() && matches!(ended, Err(Trouble::Form(_))), "{ended:?}");
    }
    let wrapped = |bytes: &[u8]| {
        let key = private(1).public().wrap(&[3; 32], bytes).unwrap();
        (body.clone(), vec![beside[0].clone(), (format!("{KEY}1"), key)])
    };
    for text in [&b"key"[..], b"\xff", format!("{}\nx", keys.text()).as_bytes()] {
        assert!(
            matches!(read(&wrapped(text), &[1]).1, Err(Trouble::Form(_))),
            "{text:?}"
        );
    }
    // Lines as another system ends them, digits as another program writes them.
    let text = keys.text().replace('\n', "\r\n").to_uppercase();
    assert_eq!(read(&wrapped(text.as_bytes()), &[1]).0, b"rows");
    // The raw form of a module: a point and what follows it.
    let raw = (body.clone(), vec![beside[0].clone(), (format!("{KEY}1"), vec![4; 200])]);
    assert!(matches!(read(&raw, &[1]).1, Err(Trouble::Form(_))));
}

#[test]
fn codes_are_read_as_openssl_prints_them() {
    let hex = "ab".repeat(32);
    for text in [
        format!("{hex}\n"),
        format!("{hex} *HP0302A1.DBF.sm4\r\n"),
        format!("HMAC-SM3(HP0302A1.DBF.sm4)= {hex}\n"),
        hex.to_uppercase(),
    ] {
        assert_eq!(code_of(text.as_bytes()), Some([0xab; 32]), "{text}");
    }
    for text in ["", &hex[1..], &format!("{hex} {hex}"), &format!("{hex}0")] {
        assert_eq!(code_of(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn keys_are_read_as_openssl_writes_them() {
    let public = private(1).public();
    let pem = public.pem().join("\n");
    let point = to_hex(sm2::PublicKey::from(public).to_sec1_bytes().as_ref());
    for text in [
        &public.to_string(),
        &pem,
        &format!(" {pem}\r\n"),
        &point,
        &point.to_uppercase(),
    ] {
        assert_eq!(Public::from_text(text), Some(public), "{text}");
    }
    // Off the curve, cut, of another curve, private, of another suite.
    let p256 = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==";
    for text in [
        "",
        &point[2..],
        &format!("{}0", &point[..129]),
        p256,
        &to_hex(&[1; 32]),
        "age1xyz",
    ] {
        assert_eq!(Public::from_text(text), None, "{text}");
    }
    let all = |text: &str| Private::all(text).map(|keys| keys.iter().map(Private::public).collect::<Vec<_>>());
    let (one, two) = (to_hex(&[1; 32]), to_hex(&[2; 32]));
    assert_eq!(
        all(&format!("# old\r\n{one}\n\n{two}\n")),
        Some(vec![public, private(2).public()])
    );
    let zero = "0".repeat(64);
    for text in [
        "",
        "# nothing",
        "no key",
        &one[1..],
        &zero,
        &pem,
        "-----BEGIN PRIVATE KEY-----",
    ] {
        assert_eq!(all(text), None, "{text}");
    }
    // The one key that can open and cannot sign: one less than the order.
    let last = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54122";
    assert!(all(last).is_some());
    assert!(crate::keys::Signer::from_secret(Suite::Sm, last).is_none());
    assert!(crate::keys::Signer::from_secret(Suite::Sm, &one).is_some());
    assert!(Signer::from_text(&format!("{one}\n{two}")).is_none(), "which of them?");
}

/// What OpenSSL wrote, once and for all: version 3.0.19, for the key of 32 ones.
#[test]
fn the_golden_file_opens() {
    let golden = crate::testing::golden;
    let beside = [CODE, ".key1"].map(|ending| (ending.to_owned(), golden(&format!("HP0302A1.DBF.sm4{ending}"))));
    let (content, ended) = read(&(golden("HP0302A1.DBF.sm4"), beside.into()), &[1]);
    assert!(ended.is_ok() && content == golden("HP0302A1.DBF"), "{ended:?}");
}

/// A batch that is encoded again has the bytes it had, whatever version of a library draws them.
#[test]
fn what_is_written_is_the_same_for_ever() {
    let (body, beside) = sealed(&[1, 2], b"rows");
    let files = [body].into_iter().chain(beside.into_iter().map(|(_, bytes)| bytes));
    let digests: Vec<String> = files
        .map(|bytes| to_hex(&Suite::Sm.digest(&bytes))[..16].to_owned())
        .collect();
    assert_eq!(
        digests,
        [
            "d8af8d5384448865",
            "a05b71f140e4b840",
            "d388120e3ec99ca8",
            "ac342e92c80e1ce8"
        ]
    );
    let signature = Signer::from_text(&to_hex(&[1; 32])).unwrap().sign(b"rows").unwrap();
    assert_eq!(to_hex(&Suite::Sm.digest(&signature))[..16], *"846cad73f30c2599");
}
