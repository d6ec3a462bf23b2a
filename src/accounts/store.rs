//! The accounts as they lie on the disk: one sealed file, written whole, readable by the node alone.

use crate::account::Account;
use crate::book::Book;
use crate::password::Hash;
use journal::{BlobError, NodeKey, open_blob, seal_blob};
use model::{Code, Finding};
use safe_files::{read_bounded, write_over};
use seams::Rng;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[cfg(test)]
mod tests;

/// The file's name in the data directory, and what it is sealed for.
const NAME: &str = "accounts";
/// It is never longer than this, bytes.
const MOST: u64 = 16 << 20;

/// The accounts of a node. Whoever has this holds the data directory.
pub struct Accounts {
    dir: PathBuf,
    key: NodeKey,
    rng: Arc<dyn Rng>,
    nobody: Hash,
    book: Mutex<Book>,
}

impl Accounts {
    /// Those that lie in the data directory; none where there is no file.
    pub fn open(dir: PathBuf, key: NodeKey, rng: Arc<dyn Rng>) -> Result<Self, Finding> {
        let path = dir.join(NAME);
        let book = if path.exists() {
            let (sealed, _) = read_bounded(&path, MOST).map_err(|e| unusable(&dir, &e))?;
            let plain = open_blob(&key, NAME, &sealed).map_err(|e| match e {
                BlobError::Newer { found } => Finding::new(Code::LNewer).with("found", found).with("known", 1),
                BlobError::Form | BlobError::Closed => unusable(&dir, &e),
            })?;
            Book::read(&plain)?
        } else {
            Book::default()
        };
        Ok(Self {
            nobody: Hash::new("", &*rng)?,
            book: Mutex::new(book),
            dir,
            key,
            rng,
        })
    }

    /// All accounts as they are now.
    pub fn book(&self) -> Book {
        self.lock().clone()
    }

    /// One account as it is now.
    pub fn account(&self, name: &str) -> Option<Account> {
        self.lock().get(name).cloned()
    }

    /// Changes them: decided on a copy, durable before it holds. Nothing is written where nothing changed.
    pub fn change<T>(&self, decide: impl FnOnce(&mut Book) -> Result<T, Finding>) -> Result<T, Finding> {
        let mut book = self.lock();
        let mut next = book.clone();
        let told = decide(&mut next)?;
        if next != *book {
            let sealed = seal_blob(&self.key, NAME, &next.write(), &*self.rng);
            write_over(&self.dir, NAME, &sealed).map_err(|e| unusable(&self.dir, &e))?;
            *book = next;
        }
        Ok(told)
    }

    /// Chance, for tokens and salts.
    pub fn rng(&self) -> &dyn Rng {
        &*self.rng
    }

    /// The hash of nobody's password: an unknown name costs as much time as a known one.
    pub(crate) fn nobody(&self) -> &Hash {
        &self.nobody
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unusable(dir: &std::path::Path, detail: &dyn std::fmt::Display) -> Finding {
    Finding::new(Code::CPlace)
        .with("path", dir.join(NAME).display())
        .with("detail", detail)
}
