//! The codec against itself: what comes back, and everything that must not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::header::{BYTES_MAX, FileKey, code_key};
use super::stream::PIECE;
use super::*;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use std::io::{self, BufReader, Read as _};

/// An identity as `age-keygen` writes it.
pub(crate) fn secret(bytes: [u8; 32]) -> String {
    bech32::write(PRIVATE, &bytes).to_ascii_uppercase()
}

/// A public key of these bytes, whether or not anybody has its private half.
pub(crate) fn public(bytes: [u8; 32]) -> String {
    Recipient(bytes).to_string()
}

fn identity(n: u8) -> Identity {
    Identity::all(&secret([n; 32])).unwrap().remove(0)
}

fn draw(word: &str) -> [u8; 32] {
    std::array::from_fn(|at| {
        word.bytes()
            .fold(at as u8, |sum, b| sum.wrapping_mul(31).wrapping_add(b))
    })
}

fn sealed(to: &[u8], content: &[u8]) -> Vec<u8> {
    let recipients: Vec<Recipient> = to.iter().map(|n| identity(*n).recipient).collect();
    write(&recipients, content, &draw).unwrap()
}

/// Everything that is given out, and how it ended.
fn read(file: &[u8], with: &[u8]) -> (Vec<u8>, Result<(), Trouble>) {
    let identities: Vec<Identity> = with.iter().map(|n| identity(*n)).collect();
    let mut out = Vec::new();
    // Read in odd bits, as a medium gives them.
    let mut pieces = match open(BufReader::with_capacity(1000, file), &identities) {
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
    for len in [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 5] {
        let file = sealed(&[1], &content(len));
        assert!(file.len() as u64 <= most(len as u64), "{len}");
        assert!(begins(&file[..HEAD]));
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

/// Wherever it was cut: an error, and nothing before it that was not there.
#[test]
fn a_cut_file_is_never_taken_for_whole() {
    let whole = content(2 * PIECE);
    let file = sealed(&[1], &whole);
    let head = file.len() - 2 * (PIECE + 16) - 16;
    let cuts = (0..head + 40).chain([
        head + 16 + PIECE,
        head + 32 + PIECE,
        head + 33 + PIECE,
        head + 48 + PIECE,
    ]);
    for cut in cuts.chain(file.len() - 20..file.len()) {
        let (back, ended) = read(&file[..cut], &[1]);
        assert!(ended.is_err(), "cut at {cut}");
        assert!(whole.starts_with(&back) && back.len() % PIECE == 0, "cut at {cut}");
    }
    let (back, ended) = read(&[&file[..], b"x"].concat(), &[1]);
    assert!(matches!(ended, Err(Trouble::Broken(_))) && whole.starts_with(&back));
}

#[test]
fn a_flipped_bit_is_found_wherever_it_is() {
    let whole = content(PIECE + 100);
    let file = sealed(&[1], &whole);
    let head = file.len() - whole.len() - 2 * 16 - 16;
    for at in (0..head + 40).chain([head + 5000, head + 16 + PIECE, head + 40 + PIECE, file.len() - 1]) {
        for bit in 0..8 {
            let mut other = file.clone();
            other[at] ^= 1 << bit;
            let (back, ended) = read(&other, &[1]);
            assert!(ended.is_err(), "byte {at}, bit {bit}");
            assert!(whole.starts_with(&back), "byte {at}, bit {bit}");
        }
    }
}

/// Pieces in another order, or one of them twice.
#[test]
fn pieces_know_their_places() {
    let file = sealed(&[1], &content(3 * PIECE));
    let piece = PIECE + 16;
    let head = file.len() - 3 * piece;
    let at = |n: usize| &file[head + n * piece..head + (n + 1) * piece];
    for order in [[1, 0, 2], [0, 0, 2], [0, 2, 1], [2, 1, 0]] {
        let other: Vec<u8> = file[..head]
            .iter()
            .chain(order.iter().flat_map(|n| at(*n)))
            .copied()
            .collect();
        assert!(matches!(read(&other, &[1]).1, Err(Trouble::Broken(_))), "{order:?}");
    }
}

const KEY: FileKey = [5; 16];

/// A head with these lines, and a good code over it.
fn head(lines: &str) -> Vec<u8> {
    let covered = format!("{VERSION}\n{lines}---", VERSION = header::VERSION);
    let code = BASE64.encode(hmac::sign(&code_key(&KEY).unwrap(), covered.as_bytes()));
    format!("{covered} {code}\n").into_bytes()
}

/// The stanza of a sound head for identity 1.
fn stanza() -> String {
    let head = header::write(&KEY, &[identity(1).recipient], |_| [77; 32]).unwrap();
    let text = String::from_utf8(head).unwrap();
    text.lines().skip(1).take(2).map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_head_is_read_in_one_way_only() {
    let own = stanza();
    let grease = format!("-> other-kind with words\n{}\n\n", "A".repeat(64));
    let read = |text: &[u8]| header::read(&mut &*text, &[identity(1)]);
    for good in [
        own.clone(),
        format!("{grease}{own}"),
        format!("{own}{grease}"),
        format!("-> ssh-ed25519 a b\n\n{own}"),
    ] {
        assert_eq!(read(&head(&good)).unwrap(), KEY, "{good}");
    }
    let share = own.split([' ', '\n']).nth(2).unwrap();
    let body = own.lines().nth(1).unwrap();
    let low = BASE64.encode([0; 32]);
    for bad in [
        own.replace("-> X25519 ", "->  X25519 "),
        own.replace("-> X25519 ", "-> X25519  "),
        own.replace('\n', "\r\n"),
        own.replace(share, &format!("{share} more")),
        own.replace(share, &format!("{share}=")),
        own.replace(share, &share[..42]),
        own.replace(share, &low),
        own.replace(body, &body[..20]),
        own.replace(body, ""),
        own.replace(body, &format!("{body}=")),
        own.replace(body, &"A".repeat(65)),
        own.replace("->", "=>"),
        format!("{own}\n"),
        "-> X25519\n\n".to_owned(),
        format!("-> other-kind\n{}\n\n{own}", "A".repeat(68)),
        "->\n\n".to_owned(),
        "\u{e9}\n".to_owned(),
    ] {
        assert!(matches!(read(&head(&bad)), Err(Trouble::Broken(_))), "{bad}");
    }
    let sound = head(&own);
    let text = String::from_utf8(sound.clone()).unwrap();
    for (from, to) in [
        ("--- ", "---  "),
        ("--- ", "---"),
        ("\n---", "\n--"),
        ("-> X25519", "-> X25520"),
    ] {
        let other = text.replacen(from, to, 1);
        assert!(read(other.as_bytes()).is_err(), "{other}");
    }
    assert!(matches!(read(&head("")), Err(Trouble::Others)), "nobody's");
}

/// What others can do and we do not read is told for what it is.
#[test]
fn other_forms_are_named() {
    let form = |file: &[u8], told: &str| match open(file, &[identity(1)]) {
        Err(Trouble::Form(detail)) => assert!(detail.contains(told), "{detail}"),
        other => panic!("{:?}", other.err()),
    };
    form(b"age-encryption.org/v2\n", "version");
    form(b"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n", "-a");
    let scrypt = format!("-> scrypt {} 18\n{}\n", BASE64.encode([1; 16]), BASE64.encode([2; 32]));
    form(&head(&scrypt), "passphrase");
    assert!(!begins(b"BagIt-Version: 1.0") && !begins(b"age-encryption") && !begins(b""));
}

#[test]
fn a_head_without_end_is_not_read_without_end() {
    for byte in [b'a', b'\n'] {
        let mut endless = io::repeat(byte).take(10 * BYTES_MAX as u64);
        let version = format!("{}\n", header::VERSION);
        let mut begun = BufReader::new(version.as_bytes().chain(&mut endless));
        assert!(matches!(header::read(&mut begun, &[]), Err(Trouble::Broken(_))));
        drop(begun);
        assert!(endless.limit() > 8 * BYTES_MAX as u64, "it went on and on");
    }
    let many = "-> other\n\n".repeat(BYTES_MAX / 9);
    assert!(matches!(header::read(&mut &*head(&many), &[]), Err(Trouble::Broken(_))));
}

#[test]
fn identities_are_read_as_the_program_writes_them() {
    let (one, two) = (secret([1; 32]), secret([2; 32]));
    let file = format!("# created: 2026-03-02T09:00:00+08:00\n# public key: age1xxx\n{one}\r\n\n  {two}\n");
    let all = Identity::all(&file).unwrap();
    assert_eq!(
        all.iter().map(|i| i.recipient).collect::<Vec<_>>(),
        [identity(1).recipient, identity(2).recipient]
    );
    assert!(all[0].recipient.to_string().starts_with("age1"));
    assert_eq!(
        Recipient::from_text(&all[0].recipient.to_string()),
        Some(all[0].recipient)
    );
    for text in [
        "",
        "# only a remark",
        "no key",
        &format!("{one}\nno key"),
        &all[0].recipient.to_string(),
    ] {
        assert!(Identity::all(text).is_none(), "{text}");
    }
    assert_eq!(Recipient::from_text(&one), None);
}

/// What the program itself wrote, once and for all: version 1.1.1, for the identity of 32 ones.
#[test]
fn the_golden_file_opens() {
    let golden = crate::testing::golden;
    let (content, ended) = read(&golden("HP0302A1.DBF.age"), &[1]);
    assert!(ended.is_ok() && content == golden("HP0302A1.DBF"), "{ended:?}");
    let one = identity(1).recipient.to_string();
    assert_eq!(one, "age15nsf9y4k28p83wth93tf7hafhvfajp45d2mge80ems45gz0c5gys3me64l");
}

/// A last piece that holds nothing, after one that is full: two files would have one content.
#[test]
fn nothing_stands_behind_a_full_last_piece() {
    use aws_lc_rs::aead::{Aad, Nonce};
    let (recipient, salt) = (identity(1).recipient, [9; 16]);
    let key = header::cipher(&header::derived(&KEY, &salt, b"payload").unwrap()).unwrap();
    let file = |pieces: &[(usize, u8)]| {
        let mut file = header::write(&KEY, &[recipient], |_| [77; 32]).unwrap();
        file.extend_from_slice(&salt);
        for (at, (bytes, last)) in pieces.iter().enumerate() {
            let mut nonce = [0; 12];
            (nonce[10], nonce[11]) = (at as u8, *last);
            let mut piece = vec![b'x'; *bytes];
            key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut piece)
                .unwrap();
            file.extend_from_slice(&piece);
        }
        file
    };
    for good in [
        &[(PIECE, 1)][..],
        &[(0, 1)],
        &[(PIECE, 0), (1, 1)],
        &[(PIECE, 0), (PIECE, 1)],
    ] {
        assert!(read(&file(good), &[1]).1.is_ok(), "{good:?}");
    }
    for bad in [
        &[(PIECE, 0), (0, 1)][..],
        &[(PIECE, 0)],
        &[(5, 0)],
        &[(PIECE, 1), (1, 1)],
        &[(5, 0), (5, 1)],
        &[],
    ] {
        assert!(matches!(read(&file(bad), &[1]).1, Err(Trouble::Broken(_))), "{bad:?}");
    }
}
