//! The index on disk, in sled. It never carries durability: sled's flush does not sync, and need not.
//!
//! A value of more than a quarter of a segment would become a blob file of its own, so values are cut into pieces.
//! Values hold what cases hold, so they are sealed under the node key; keys are numbers and names of departments.

use crate::index::{Index, IndexError, Meta};
use journal::{NodeKey, open_blob, seal_blob};
use ledger::shelf::{Change, Cold};
use seams::Rng;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(test)]
mod tests;

/// Pieces of a value, at most this many bytes each.
const PIECE: usize = 6 * 1024;
/// Pages that sled may keep in memory, bytes.
const CACHE: u64 = 32 << 20;
const META: &str = "meta";

/// Keys and values in a sled tree.
pub struct SledIndex {
    path: PathBuf,
    seal: Arc<Seal>,
    rng: Arc<dyn Rng>,
    db: Arc<Db>,
}

/// The key for values, and whether one was found that it does not open. The name of a value is part of what is
/// sealed: a value moved to another name does not open.
struct Seal {
    key: NodeKey,
    damaged: AtomicBool,
}

struct Db {
    tree: sled::Db,
    seal: Arc<Seal>,
}

fn broken(error: impl std::fmt::Display) -> IndexError {
    IndexError(error.to_string())
}

fn open(path: &Path) -> Result<sled::Db, IndexError> {
    sled::Config::new()
        .path(path)
        .cache_capacity(CACHE)
        .segment_size(512 * 1024)
        .flush_every_ms(None)
        .open()
        .map_err(broken)
}

impl SledIndex {
    /// Opens or begins the index at a path. What cannot be opened is set aside.
    pub fn open(path: &Path, key: &NodeKey, rng: Arc<dyn Rng>) -> Result<Self, IndexError> {
        let db = match open(path) {
            Ok(db) => db,
            Err(error) => {
                tracing::warn!(%error, "the index cannot be opened; it is set aside and made again");
                set_aside(path)?;
                open(path)?
            }
        };
        let seal = Arc::new(Seal {
            key: NodeKey::from_bytes(key.derive("index", b"")),
            damaged: AtomicBool::new(false),
        });
        let db = Arc::new(Db {
            tree: db,
            seal: seal.clone(),
        });
        Ok(Self {
            path: path.to_owned(),
            seal,
            rng,
            db,
        })
    }

    fn db(&self, tree: sled::Db) -> Arc<Db> {
        Arc::new(Db {
            tree,
            seal: self.seal.clone(),
        })
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "the index is no data path: losing it costs a rebuild"
)]
fn set_aside(path: &Path) -> Result<(), IndexError> {
    if !path.exists() {
        return Ok(());
    }
    let aside = path.with_extension("aside");
    if aside.exists() {
        std::fs::remove_dir_all(&aside).map_err(broken)?;
    }
    std::fs::rename(path, &aside).map_err(broken)
}

fn piece_key(key: &str, index: usize) -> Vec<u8> {
    let mut bytes = key.as_bytes().to_vec();
    bytes.push(0);
    bytes.extend_from_slice(&(index as u32).to_be_bytes());
    bytes
}

impl Cold for Db {
    fn get(&self, key: &str) -> Option<Vec<u8>> {
        let mut prefix = key.as_bytes().to_vec();
        prefix.push(0);
        let mut value = Vec::new();
        let mut found = false;
        for piece in self.tree.scan_prefix(&prefix) {
            let Ok((_, bytes)) = piece else {
                self.seal.damaged.store(true, Ordering::Release);
                return None;
            };
            value.extend_from_slice(&bytes);
            found = true;
        }
        if !found {
            return None;
        }
        let opened = open_blob(&self.seal.key, key, &value);
        if opened.is_err() {
            self.seal.damaged.store(true, Ordering::Release);
        }
        opened.ok()
    }

    fn keys(&self, prefix: &str, after: &str, most: usize) -> Vec<String> {
        let mut keys: Vec<String> = Vec::new();
        let from = prefix.max(after);
        for piece in self.tree.range(from.as_bytes()..).keys().flatten() {
            let end = piece.iter().position(|b| *b == 0).unwrap_or(piece.len());
            let Some(Ok(key)) = piece.get(..end).map(std::str::from_utf8) else {
                continue;
            };
            if !key.starts_with(prefix) || keys.len() >= most {
                break;
            }
            if key > after && keys.last().is_none_or(|last| last != key) {
                keys.push(key.to_owned());
            }
        }
        keys
    }
}

impl Index for SledIndex {
    fn cold(&self) -> Arc<dyn Cold> {
        self.db.clone()
    }

    fn meta(&self) -> Result<Option<Meta>, IndexError> {
        match self.db.tree.get(META).map_err(broken)? {
            Some(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(broken),
            None => Ok(None),
        }
    }

    fn write(&mut self, changes: &[Change], meta: &Meta) -> Result<(), IndexError> {
        let db = &self.db.tree;
        for (key, value) in changes {
            let sealed = value.as_deref().map(|v| seal_blob(&self.seal.key, key, v, &*self.rng));
            let mut pieces = 0;
            for (index, piece) in sealed.as_deref().unwrap_or_default().chunks(PIECE).enumerate() {
                pieces = index + 1;
                db.insert(piece_key(key, index), piece).map_err(broken)?;
            }
            // A shorter value must not keep the tail of a longer one.
            let mut index = pieces;
            while db.remove(piece_key(key, index)).map_err(broken)?.is_some() {
                index += 1;
            }
        }
        let meta = serde_json::to_vec(meta).map_err(broken)?;
        db.insert(META, meta).map_err(broken)?;
        db.flush().map_err(broken)?;
        Ok(())
    }

    fn is_damaged(&self) -> bool {
        self.seal.damaged.load(Ordering::Acquire)
    }

    fn reset(&mut self) -> Result<(), IndexError> {
        self.seal.damaged.store(false, Ordering::Release);
        let aside = self.path.with_extension("empty");
        let placeholder = sled::Config::new()
            .temporary(true)
            .path(&aside)
            .open()
            .map_err(broken)?;
        // The old handle must be gone before its directory moves.
        self.db = self.db(placeholder);
        set_aside(&self.path)?;
        self.db = self.db(open(&self.path)?);
        Ok(())
    }
}
