//! The head of an age file: for each recipient a stanza with the file's key, and a code over all of it.
//!
//! Read strictly: what could be written in two ways is read in one.

use super::{Identity, Recipient, Trouble};
use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{PrivateKey, UnparsedPublicKey, X25519, agree};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use std::io::{BufRead, Read as _};

/// The first line.
pub(super) const VERSION: &str = "age-encryption.org/v1";
/// The one kind of stanza that is written, and read.
const KIND: &str = "X25519";
/// The kind that a passphrase opens.
const PASSPHRASE: &str = "scrypt";
/// What begins a stanza.
const STANZA: &str = "-> ";
/// What begins the last line, before a blank and the code.
const END: &str = "---";
/// Letters in a line of a stanza's body; a shorter one is its last.
const COLUMNS: usize = 64;
/// The most bytes of a head: some hundred recipients.
pub(super) const BYTES_MAX: usize = 64 * 1024;
/// Authenticator of a piece.
pub(super) const TAG: usize = 16;

/// The key that everything in a file hangs from.
pub(super) type FileKey = [u8; 16];

struct Bytes32;

impl KeyType for Bytes32 {
    fn len(&self) -> usize {
        32
    }
}

/// 32 bytes out of a secret (HKDF with SHA-256).
pub(super) fn derived(secret: &[u8], salt: &[u8], info: &[u8]) -> Result<[u8; 32], Unspecified> {
    let mut out = [0; 32];
    let extracted = Salt::new(HKDF_SHA256, salt).extract(secret);
    extracted.expand(&[info], Bytes32)?.fill(&mut out)?;
    Ok(out)
}

pub(super) fn cipher(key: &[u8; 32]) -> Result<LessSafeKey, Unspecified> {
    UnboundKey::new(&CHACHA20_POLY1305, key).map(LessSafeKey::new)
}

/// The key around a file's key, between one ephemeral key and one recipient: it is used once.
fn wrapping(
    private: &PrivateKey,
    peer: &[u8; 32],
    share: &[u8; 32],
    recipient: &[u8; 32],
) -> Result<LessSafeKey, Unspecified> {
    let salt = [share.as_slice(), recipient].concat();
    let info = format!("{VERSION}/{KIND}");
    agree(private, UnparsedPublicKey::new(&X25519, peer), Unspecified, |shared| {
        derived(shared, &salt, info.as_bytes()).and_then(|key| cipher(&key))
    })
}

fn once() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

/// The head for these recipients. `draw` gives the ephemeral secret for each of them.
pub(super) fn write(
    key: &FileKey,
    recipients: &[Recipient],
    draw: impl Fn(usize) -> [u8; 32],
) -> Result<Vec<u8>, Unspecified> {
    let mut text = format!("{VERSION}\n");
    for (at, recipient) in recipients.iter().enumerate() {
        let secret = PrivateKey::from_private_key(&X25519, &draw(at)).map_err(|_| Unspecified)?;
        let share = public(&secret)?;
        let mut body = key.to_vec();
        wrapping(&secret, &recipient.0, &share, &recipient.0)?.seal_in_place_append_tag(
            once(),
            Aad::empty(),
            &mut body,
        )?;
        // 32 bytes are 43 letters: the one line is the last.
        text.push_str(&format!(
            "{STANZA}{KIND} {}\n{}\n",
            BASE64.encode(share),
            BASE64.encode(body)
        ));
    }
    text.push_str(END);
    let code = hmac::sign(&code_key(key)?, text.as_bytes());
    text.push_str(&format!(" {}\n", BASE64.encode(code)));
    Ok(text.into_bytes())
}

pub(super) fn code_key(key: &FileKey) -> Result<hmac::Key, Unspecified> {
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &derived(key, &[], b"header")?))
}

/// The public half.
pub(super) fn public(secret: &PrivateKey) -> Result<[u8; 32], Unspecified> {
    let public = secret.compute_public_key()?;
    public.as_ref().try_into().map_err(|_| Unspecified)
}

struct Stanza {
    words: Vec<String>,
    body: Vec<u8>,
}

const BROKEN: Trouble = Trouble::Broken("文件头 header");

/// Lines as far as they are read, and all their bytes.
struct Lines<'a, R> {
    from: &'a mut R,
    seen: Vec<u8>,
}

impl<R: BufRead> Lines<'_, R> {
    /// The next line, without its end.
    fn next(&mut self) -> Result<String, Trouble> {
        let begin = self.seen.len();
        let room = (BYTES_MAX - begin) as u64;
        self.from.by_ref().take(room).read_until(b'\n', &mut self.seen)?;
        let line = self
            .seen
            .get(begin..)
            .and_then(|line| line.strip_suffix(b"\n"))
            .ok_or(BROKEN)?;
        let printable = line.iter().all(|b| (b' '..=b'~').contains(b));
        String::from_utf8(line.to_vec())
            .ok()
            .filter(|_| printable)
            .ok_or(BROKEN)
    }
}

/// Reads a head to its end; the file's key, where one of the identities opens it.
pub(super) fn read(from: &mut impl BufRead, identities: &[Identity]) -> Result<FileKey, Trouble> {
    let mut lines = Lines { from, seen: Vec::new() };
    if lines.next()? != VERSION {
        return Err(Trouble::Form("不认识的版本 an unknown version"));
    }
    let mut stanzas = Vec::new();
    let (covered, code) = loop {
        let begin = lines.seen.len();
        let line = lines.next()?;
        if let Some(code) = line.strip_prefix(END) {
            let code = code.strip_prefix(' ').and_then(bytes::<32>).ok_or(BROKEN)?;
            break (begin + END.len(), code);
        }
        stanzas.push(stanza(&line, &mut lines)?);
    };
    let key = opened(&stanzas, identities)?;
    let head = lines.seen.get(..covered).unwrap_or_default();
    let sound = code_key(&key).and_then(|code_key| hmac::verify(&code_key, head, &code));
    sound.map(|()| key).map_err(|_| BROKEN)
}

fn stanza(line: &str, lines: &mut Lines<'_, impl BufRead>) -> Result<Stanza, Trouble> {
    let words: Vec<String> = line
        .strip_prefix(STANZA)
        .ok_or(BROKEN)?
        .split(' ')
        .map(str::to_owned)
        .collect();
    if words.iter().any(String::is_empty) {
        return Err(BROKEN);
    }
    let mut letters = String::new();
    loop {
        let line = lines.next()?;
        if line.len() > COLUMNS {
            return Err(BROKEN);
        }
        letters.push_str(&line);
        if line.len() < COLUMNS {
            break;
        }
    }
    let body = BASE64.decode(letters).map_err(|_| BROKEN)?;
    Ok(Stanza { words, body })
}

/// Exactly so many bytes.
fn bytes<const N: usize>(letters: &str) -> Option<[u8; N]> {
    BASE64.decode(letters).ok()?.try_into().ok()
}

/// The file's key out of the first stanza that one of the identities opens. Stanzas of other kinds are others' business.
fn opened(stanzas: &[Stanza], identities: &[Identity]) -> Result<FileKey, Trouble> {
    if stanzas
        .iter()
        .any(|stanza| stanza.words.first().is_some_and(|kind| kind == PASSPHRASE))
    {
        return Err(Trouble::Form("用的是口令 it wants a passphrase"));
    }
    for stanza in stanzas {
        let share = match stanza.words.as_slice() {
            [kind, share] if kind == KIND => bytes::<32>(share).ok_or(BROKEN)?,
            [kind, ..] if kind == KIND => return Err(BROKEN),
            _ => continue,
        };
        if stanza.body.len() != size_of::<FileKey>() + TAG {
            return Err(BROKEN);
        }
        for identity in identities {
            // A share that leads to nothing secret is refused with the file.
            let key = wrapping(&identity.private, &share, &share, &identity.recipient.0).map_err(|_| BROKEN)?;
            let mut body = stanza.body.clone();
            let opened = key.open_in_place(once(), Aad::empty(), &mut body);
            if let Some(key) = opened.ok().and_then(|key| FileKey::try_from(&*key).ok()) {
                return Ok(key);
            }
        }
    }
    Err(Trouble::Others)
}
