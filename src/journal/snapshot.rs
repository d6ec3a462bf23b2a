//! The journal as of one group, to be copied while the writer goes on: it only adds behind what was fixed here.
//!
//! Only an erasure changes what is written already: it lets another file take a segment's place. A copy that met one
//! says so and is begun anew, for half of a segment from before and half from after would be damage.

use crate::digest::Suite;
use crate::error::JournalError;
use crate::head::Head;
use crate::journal::Journal;
use crate::key::{Keys, NodeKey};
use crate::layout::{HEAD, SEGMENT_HEADER};
use crate::read::Shared;
use crate::scan::segment_files;
use crate::segment::{HeaderFault, SegmentHeader};
use crate::sign::{PublicKey, SignedHead};
use aws_lc_rs::digest::{Context, SHA256};
use seams::Storage;
use std::sync::Arc;
use std::sync::atomic::Ordering;

#[cfg(test)]
mod tests;

/// Bytes copied at a time.
const PIECE: usize = 1 << 20;

/// What is fixed.
pub struct Snapshot {
    shared: Arc<Shared>,
    /// Segments and how much of each.
    files: Vec<(String, u64)>,
    head: Head,
    signed: SignedHead,
    public: PublicKey,
    rewrites: u64,
}

/// A file that was copied.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Copied {
    /// Its name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub digest: [u8; 32],
}

impl Journal {
    /// Fixes the journal as of its last group.
    pub fn snapshot(&self) -> Result<Snapshot, JournalError> {
        self.shared.alive()?;
        let rewrites = self.shared.rewrites.load(Ordering::Acquire);
        let mut files = Vec::new();
        for segment in self.shared.segments() {
            let len = if segment.first == self.tip.segment.first {
                self.tip.end
            } else {
                let stat = self.shared.storage.len(&segment.name);
                stat.map_err(JournalError::io("look at a segment"))?
            };
            files.push((segment.name.clone(), len));
        }
        Ok(Snapshot {
            shared: self.shared.clone(),
            files,
            head: self.head(true),
            signed: self.shared.keys.sign_head(self.tip.seq, &self.tip.chain),
            public: self.public_key(),
            rewrites,
        })
    }
}

impl Snapshot {
    /// The chain head after its last group.
    pub fn head(&self) -> &SignedHead {
        &self.signed
    }

    /// What checks the journal's signatures.
    pub fn public_key(&self) -> PublicKey {
        self.public
    }

    /// The digest of its chain.
    pub fn suite(&self) -> Suite {
        self.shared.suite
    }

    /// Copies it into an empty place, piece by piece. When it returns, the copy is durable there.
    pub fn copy_to(&self, to: &dyn Storage) -> Result<Vec<Copied>, JournalError> {
        let mut copied = Vec::new();
        for (name, len) in &self.files {
            copied.push(self.copy_segment(to, name, *len)?);
        }
        let bytes = self.head.encode();
        let io = JournalError::io("write a copy");
        to.create(HEAD).map_err(&io)?;
        to.append(HEAD, &bytes).map_err(&io)?;
        to.sync(HEAD).map_err(&io)?;
        to.sync_dir().map_err(&io)?;
        copied.push(Copied {
            name: HEAD.to_owned(),
            bytes: bytes.len() as u64,
            digest: sha256(&bytes),
        });
        Ok(copied)
    }

    fn copy_segment(&self, to: &dyn Storage, name: &str, len: u64) -> Result<Copied, JournalError> {
        let io = JournalError::io("write a copy");
        to.create(name).map_err(&io)?;
        let mut digest = Context::new(&SHA256);
        let mut piece = vec![0; PIECE];
        let mut at = 0;
        while at < len {
            let wanted = usize::try_from(len - at).map_or(PIECE, |left| left.min(PIECE));
            let bytes = self.shared.exact(name, at, &mut piece[..wanted]);
            // What was read may be of another file than what was read before.
            if self.shared.rewrites.load(Ordering::Acquire) != self.rewrites {
                return Err(JournalError::Changed);
            }
            let bytes = bytes?;
            digest.update(bytes);
            to.append(name, bytes).map_err(&io)?;
            at += wanted as u64;
        }
        to.sync(name).map_err(&io)?;
        let mut out = [0; 32];
        out.copy_from_slice(digest.finish().as_ref());
        Ok(Copied {
            name: name.to_owned(),
            bytes: len,
            digest: out,
        })
    }
}

/// SHA-256 of a file as it stands.
pub fn digest_of(storage: &dyn Storage, name: &str) -> Result<[u8; 32], JournalError> {
    let io = JournalError::io("read a file");
    let mut digest = Context::new(&SHA256);
    let mut piece = vec![0; PIECE];
    let mut at = 0;
    loop {
        let got = storage.read_into(name, at, &mut piece).map_err(&io)?;
        if got == 0 {
            break;
        }
        digest.update(&piece[..got]);
        at += got as u64;
    }
    let mut out = [0; 32];
    out.copy_from_slice(digest.finish().as_ref());
    Ok(out)
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Suite::Sha256.digest(&[bytes])
}

/// The public key of a journal at rest, by the node key that made it; `Key` for another's.
pub fn public_key_of(storage: &dyn Storage, key: &NodeKey) -> Result<PublicKey, JournalError> {
    let files = segment_files(storage).map_err(JournalError::io("list"))?;
    let Some((_, name, _)) = files.first() else {
        return Err(JournalError::Missing);
    };
    let bytes = storage.read_at(name, 0, SEGMENT_HEADER);
    let bytes = bytes.map_err(JournalError::io("read a segment"))?;
    let header = match SegmentHeader::parse(&bytes) {
        Ok(header) => header,
        Err(HeaderFault::Newer(found)) => {
            let file = name.clone();
            return Err(JournalError::Newer { found, file });
        }
        Err(HeaderFault::Bad) => return Err(JournalError::Missing),
    };
    let keys = Keys::new(key, header.id);
    if keys.check() == header.key_check {
        Ok(keys.signer().public())
    } else {
        Err(JournalError::Key)
    }
}
