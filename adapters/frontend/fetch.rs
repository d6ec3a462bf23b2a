//! One file's bytes into a nameless file of ours, with both digests taken on the way.
//!
//! Nameless, because it holds personal data in the clear: when the process dies, nothing of it stays.

use crate::place::{Place, Sink};
use formats::digest::Running;
use model::{Code, Finding};
use port::Fault;
use seams::Rng;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read as _, Seek as _, Write as _};
use std::path::Path;

/// Bytes copied at a time.
const PIECE: usize = 64 << 10;

/// What was fetched.
pub struct Fetched {
    /// The bytes, from the beginning.
    pub file: File,
    /// SHA-256: what the batch is.
    pub digest: [u8; 32],
    /// SM3 with the length: what the marker is compared with.
    pub sm3: Running,
}

struct Store {
    file: BufWriter<File>,
    sha256: aws_lc_rs::digest::Context,
    sm3: Running,
}

impl Store {
    fn new(work_dir: &Path, rng: &dyn Rng) -> Result<Self, Fault> {
        let file = nameless(work_dir, rng).map_err(|e| local(&e))?;
        Ok(Self {
            file: BufWriter::new(file),
            sha256: aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256),
            sm3: Running::new(),
        })
    }

    fn fetched(self) -> Result<Fetched, Fault> {
        let mut file = self.file.into_inner().map_err(|e| local(e.error()))?;
        file.rewind().map_err(|e| local(&e))?;
        let mut digest = [0; 32];
        digest.copy_from_slice(self.sha256.finish().as_ref());
        Ok(Fetched {
            file,
            digest,
            sm3: self.sm3,
        })
    }
}

impl Sink for Store {
    fn take(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.sha256.update(bytes);
        self.sm3.update(bytes);
        self.file.write_all(bytes).map_err(|e| local(&e))
    }
}

/// Fetches a file; `None` where there is none.
pub async fn fetch(
    place: &dyn Place,
    path: &str,
    limit: u64,
    work_dir: &Path,
    rng: &dyn Rng,
) -> Result<Option<Fetched>, Fault> {
    let mut store = Store::new(work_dir, rng)?;
    match place.read(path, limit, &mut store).await? {
        Some(_) => store.fetched().map(Some),
        None => Ok(None),
    }
}

/// Copies what lies on this machine, this many bytes at most.
pub fn copy(source: &mut File, limit: u64, work_dir: &Path, rng: &dyn Rng) -> Result<Fetched, Fault> {
    let mut store = Store::new(work_dir, rng)?;
    let mut source = source.take(limit);
    let mut piece = vec![0; PIECE];
    loop {
        match source.read(&mut piece).map_err(|e| local(&e))? {
            0 => return store.fetched(),
            n => store.take(piece.get(..n).unwrap_or_default())?,
        }
    }
}

/// SHA-256 of bytes at hand.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut digest = [0; 32];
    digest.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref());
    digest
}

#[allow(
    clippy::disallowed_methods,
    reason = "its own new file, nameless from its first moment"
)]
fn nameless(dir: &Path, rng: &dyn Rng) -> io::Result<File> {
    std::fs::create_dir_all(dir)?;
    let path = dir.join(format!("fetch-{:016x}", rng.next_u64()));
    let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

fn local(error: &io::Error) -> Fault {
    Fault::retry(
        Finding::new(Code::CPlace)
            .with("path", "work")
            .with("detail", error.kind()),
    )
}
