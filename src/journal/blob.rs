//! Small encrypted files beside the journal, under the same node key: spooled batches and drafts.

use crate::key::NodeKey;
use crate::layout::{FORMAT_VERSION, get, get_u16, is_zero};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use seams::Rng;

#[cfg(test)]
mod tests;

const MAGIC: &[u8; 8] = b"TANGHBLB";
const HEADER: usize = 44;

/// Why a blob does not open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BlobError {
    /// The bytes are no sealed blob.
    #[error("not a sealed file")]
    Form,
    /// It was made by a newer program.
    #[error("sealed in format {found}, this program knows {known}", known = FORMAT_VERSION)]
    Newer {
        /// The version found.
        found: u16,
    },
    /// Another key, another label, or changed bytes: nobody can tell which.
    #[error("the key does not open it, or it was changed")]
    Closed,
}

/// Encrypts `plain` for the use named by `label`, which must be given again to open it.
/// Each call gives other bytes; the result is 60 bytes longer than the input.
pub fn seal_blob(key: &NodeKey, label: &str, plain: &[u8], rng: &dyn Rng) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER + plain.len() + 16);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
    out.resize(HEADER, 0);
    rng.fill(&mut out[16..HEADER]);
    let aad = [&out[..], label.as_bytes()].concat();
    let cipher = cipher(key, label, &out);
    let nonce = Nonce::assume_unique_for_key(get(&out, 32));
    out.extend_from_slice(plain);
    match cipher.seal_in_place_separate_tag(nonce, Aad::from(aad), &mut out[HEADER..]) {
        Ok(tag) => out.extend_from_slice(tag.as_ref()),
        // Only for inputs over 64 GiB, which no memory holds: never leave the plain bytes in what goes to disk.
        Err(_) => std::process::abort(),
    }
    out
}

/// The plain bytes of a sealed blob.
pub fn open_blob(key: &NodeKey, label: &str, sealed: &[u8]) -> Result<Vec<u8>, BlobError> {
    if sealed.len() < HEADER + 16 || !sealed.starts_with(MAGIC) {
        return Err(BlobError::Form);
    }
    let found = get_u16(sealed, 8);
    if found > FORMAT_VERSION {
        return Err(BlobError::Newer { found });
    }
    if found != FORMAT_VERSION || !is_zero(&sealed[10..16]) {
        return Err(BlobError::Form);
    }
    let (header, body) = sealed.split_at(HEADER);
    let aad = [header, label.as_bytes()].concat();
    let nonce = Nonce::assume_unique_for_key(get(header, 32));
    let mut body = body.to_vec();
    let len = match cipher(key, label, header).open_in_place(nonce, Aad::from(aad), &mut body) {
        Ok(plain) => plain.len(),
        Err(_) => return Err(BlobError::Closed),
    };
    body.truncate(len);
    Ok(body)
}

fn cipher(key: &NodeKey, label: &str, header: &[u8]) -> LessSafeKey {
    aes(&key.derive(&format!("blob/{label}"), &header[16..32]))
}

/// The cipher of a 32-byte key.
pub(crate) fn aes(key: &[u8; 32]) -> LessSafeKey {
    match UnboundKey::new(&AES_256_GCM, key) {
        Ok(key) => LessSafeKey::new(key),
        // Only for keys of another length.
        Err(_) => std::process::abort(),
    }
}
