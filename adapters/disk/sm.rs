//! The national suite 国密: SM4-CBC with HMAC-SM3 over what is encrypted, the keys of both by SM2 for each recipient.
//!
//! One file is several, so that OpenSSL 3 alone opens and makes it, a plain command for each of them:
//!
//! ```text
//! NAME.sm4        SM4-CBC, padded as ever (PKCS#7)
//! NAME.sm4.mac    HMAC-SM3 of NAME.sm4, 64 hexadecimal digits
//! NAME.sm4.key1   for the first recipient: three lines, encrypted by SM2 (DER): the key, the initial value, the code's key
//! NAME.sm4.key2   the same for the second
//! ```
//!
//! The initial value travels with the keys: who changes it must make all of them anew, and knows what he encrypts. Software
//! does not replace a certified module; where one must do this work, it takes the place of this file.

mod key;
mod stream;

pub(crate) use key::{Private, Public, SIGNER, Signer};
pub(crate) use stream::Pieces;

use crate::keys::{from_hex, to_hex};
use crate::opener::Trouble;
use crate::suite::Suite;
use std::io::{self, BufRead};

/// What must lie beside an encrypted file.
pub(crate) const CODE: &str = ".mac";
/// How what lies there for a recipient ends, before its number.
const KEY: &str = ".key";
/// The most recipients of a file.
pub(crate) const RECIPIENTS_MAX: usize = 16;

/// What lies beside a file, by what follows its name.
pub(crate) type Beside<'a> = dyn FnMut(&str) -> io::Result<Option<Vec<u8>>> + 'a;

/// The keys that everything in a file hangs from.
struct Keys {
    cipher: [u8; 16],
    initial: [u8; 16],
    code: [u8; 32],
}

impl Keys {
    /// Three lines that a person can type behind `-K`, `-iv` and `hexkey:`.
    fn text(&self) -> String {
        let lines = [to_hex(&self.cipher), to_hex(&self.initial), to_hex(&self.code)];
        lines.map(|line| line + "\n").concat()
    }

    /// From three lines, whatever system ended them.
    fn from_text(text: &[u8]) -> Option<Self> {
        let mut lines = std::str::from_utf8(text).ok()?.lines().map(str::trim_end);
        let keys = Self {
            cipher: from_hex(lines.next()?)?,
            initial: from_hex(lines.next()?)?,
            code: from_hex(lines.next()?)?,
        };
        lines.next().is_none().then_some(keys)
    }
}

/// A file, and what lies beside it by what follows its name.
pub(crate) type Written = (Vec<u8>, Vec<(String, Vec<u8>)>);

/// Encrypts. `draw` gives 32 bytes for each of the words it is asked for, unknown to everybody else, and never the same
/// for two contents.
pub(crate) fn write(recipients: &[Public], content: &[u8], draw: &dyn Fn(&str) -> [u8; 32]) -> Option<Written> {
    let keys = Keys {
        cipher: draw("file key").first_chunk().copied()?,
        initial: draw("initial value").first_chunk().copied()?,
        code: draw("code key"),
    };
    let body = stream::write(&keys.cipher, &keys.initial, content);
    let code = Suite::Sm.code(&keys.code, &body);
    let mut beside = vec![(CODE.to_owned(), format!("{}\n", to_hex(&code)).into_bytes())];
    for (at, recipient) in recipients.iter().enumerate() {
        let wrapped = recipient.wrap(&draw(&format!("share {at}")), keys.text().as_bytes())?;
        beside.push((format!("{KEY}{}", at + 1), wrapped));
    }
    Some((body, beside))
}

/// The most bytes a file with so many bytes in clear has.
pub(crate) fn most(clear: u64) -> u64 {
    clear + stream::BLOCK as u64
}

/// Opens a file whose content is then read piece by piece.
pub(crate) fn open<R: BufRead>(from: R, beside: &mut Beside<'_>, identities: &[Private]) -> Result<Pieces<R>, Trouble> {
    let code = beside(CODE)?.ok_or(Trouble::Broken("旁边缺少 .mac 文件 the file .mac beside it is missing"))?;
    let code = code_of(&code).ok_or(Trouble::Broken(".mac 文件 the file .mac"))?;
    let keys = keys(beside, identities)?;
    Ok(Pieces::new(from, &keys.cipher, &keys.initial, &keys.code, code))
}

/// The code as we write it, or as `openssl dgst` prints it, with the name of the file before or behind it.
fn code_of(text: &[u8]) -> Option<[u8; 32]> {
    let text = std::str::from_utf8(text).ok()?;
    let mut codes = text.split_whitespace().filter_map(from_hex::<32>);
    codes.next().filter(|_| codes.next().is_none())
}

/// The keys out of the first file beside that one of the identities opens.
fn keys(beside: &mut Beside<'_>, identities: &[Private]) -> Result<Keys, Trouble> {
    let (mut found, mut sound) = (false, false);
    for at in 1..=RECIPIENTS_MAX {
        let Some(wrapped) = beside(&format!("{KEY}{at}"))? else {
            continue;
        };
        found = true;
        // Uncompressed point, code and keys one after the other: what modules and older tools give.
        if wrapped.first() == Some(&4) {
            return Err(Trouble::Form(
                ".key 文件是 C1C3C2 或 C1C2C3 原始格式 a file .key is in the raw form C1C3C2 or C1C2C3, not in DER",
            ));
        }
        sound |= key::is_wrapped(&wrapped);
        for identity in identities {
            if let Some(text) = identity.unwrap(&wrapped) {
                return Keys::from_text(&text).ok_or(Trouble::Form(
                    ".key 文件里不是三行十六进制 a file .key does not hold three lines of hexadecimal digits",
                ));
            }
        }
    }
    Err(match (found, sound) {
        (false, _) => Trouble::Broken("旁边缺少 .key1 文件 the file .key1 beside it is missing"),
        (true, false) => Trouble::Broken(".key 文件 the file .key"),
        (true, true) => Trouble::Others,
    })
}

#[cfg(test)]
pub(crate) mod tests;
