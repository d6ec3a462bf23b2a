//! A place that is a directory tree of this machine: a shared directory, a gap's drop, a mounted share.
//!
//! The other side works in the same tree at the same time. `safe_files::Tree` keeps every path beneath the root and
//! over no link; here its calls leave the threads that serve everyone, are bounded in time, and its errors become
//! faults.

use crate::place::{Entry, Kind, Listing, Moved, Place, Sink, Written};
use crate::units;
use crate::watch::Watch;
use async_trait::async_trait;
use model::{Code, Finding};
use port::Fault;
use safe_files::{FileError, Stands, Tree};
use seams::Clock;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Bytes read at once.
const PIECE: usize = 256 * 1024;
/// How long one call may take: a share whose server is gone answers never.
const PATIENCE: Duration = Duration::from_secs(120);
/// Who may read what we write, whatever our own process masks: the department's group too.
const FILE_MODE: u32 = 0o640;
/// The same for directories; in them the department moves and removes.
const DIR_MODE: u32 = 0o770;

/// A directory tree as a place.
pub struct Directory {
    tree: Arc<Tree>,
    clock: Arc<dyn Clock>,
    endpoint: String,
    watch: Arc<Watch>,
}

impl Directory {
    /// A place; opens nothing.
    pub fn new(root: &Path, clock: Arc<dyn Clock>) -> Self {
        Self {
            tree: Arc::new(Tree::new(root)),
            clock,
            endpoint: root.display().to_string(),
            watch: Arc::default(),
        }
    }

    /// One call, off the threads that serve everyone. One that hangs ends by itself or with the process; whoever is
    /// asked again looks first.
    async fn call<T: Send + 'static>(
        &self,
        path: &str,
        work: impl FnOnce(&Tree) -> Result<T, FileError> + Send + 'static,
    ) -> Result<Result<T, FileError>, Fault> {
        let tree = Arc::clone(&self.tree);
        let done = tokio::task::spawn_blocking(move || work(&tree));
        tokio::select! {
            done = done => done.map_err(|_| Fault::retry(place(path, "中断 interrupted"))),
            () = self.clock.sleep(PATIENCE) => Err(Fault::retry(
                Finding::new(Code::CTimeout)
                    .with("endpoint", &self.endpoint)
                    .with("limit", units::shown(PATIENCE)),
            )),
        }
    }
}

fn place(path: &str, detail: impl std::fmt::Display) -> Finding {
    Finding::new(Code::CPlace).with("path", path).with("detail", detail)
}

/// What an error means for whoever acts next.
pub fn fault(path: &str, error: FileError) -> Fault {
    let person = |detail: &str| Fault::person(place(path, detail));
    match error {
        FileError::Gone => person("不存在 no such file or directory"),
        FileError::NoDir => person("目标目录不存在 the directory it should go to is not there"),
        FileError::NotDir => person("途中有链接或非目录 a link, or no directory, is on the way"),
        FileError::NotRegular => person("不是普通文件 not a regular file"),
        FileError::Name(_) => person("路径不可用 a path that cannot be used"),
        FileError::OtherDevice => person("不在同一文件系统 not on the same file system"),
        FileError::Unsupported => person("文件系统不支持不覆盖的改名 the file system cannot rename without replacing"),
        FileError::Changed => Fault::retry(place(path, "读取时被改写 it was changed while it was read")),
        FileError::Exists => Fault::person(Finding::new(Code::CConflict).with("path", path)),
        FileError::TooLarge { limit } => too_long(limit, limit),
        FileError::Io { source, .. } => match source.kind() {
            // Rights come back as they went: by somebody else's hand, and without a word to us.
            ErrorKind::PermissionDenied => Fault::retry(Finding::new(Code::CDenied).with("path", path)),
            ErrorKind::ReadOnlyFilesystem => person("只读 read-only"),
            kind => Fault::retry(place(path, kind)),
        },
    }
}

fn too_long(found: u64, limit: u64) -> Fault {
    Fault::person(
        Finding::new(Code::ETooLarge)
            .with("found", found)
            .with("limit", limit)
            .with("setting", "max_batch_bytes"),
    )
}

fn entry(name: String, stands: Stands) -> Entry {
    let (kind, size, mtime) = match stands {
        Stands::File(look) => (Kind::File, look.len, Some(look.modified.0)),
        Stands::Dir { modified } => (Kind::Dir, 0, Some(modified)),
        Stands::Other => (Kind::Other, 0, None),
    };
    Entry {
        name,
        kind,
        size,
        mtime,
    }
}

#[async_trait]
impl Place for Directory {
    fn endpoint(&self) -> &str {
        &self.endpoint
    }

    async fn list(&self, dir: &str, max: usize) -> Result<Listing, Fault> {
        let path = dir.to_owned();
        let found = self.call(dir, move |tree| tree.list(&path, max)).await?;
        let found = found.map_err(|e| fault(dir, e))?;
        Ok(Listing {
            entries: found.names.into_iter().map(|(name, at)| entry(name, at)).collect(),
            cut: found.cut,
            unreadable: found.unreadable,
        })
    }

    async fn changed(&self, dir: &str) {
        let (watch, path) = (Arc::clone(&self.watch), dir.to_owned());
        let standing = self.call(dir, move |tree| {
            // The same way as a look goes: over no link.
            if !matches!(tree.stat(&path)?, Some(Stands::Dir { .. })) {
                return Err(FileError::Gone);
            }
            Ok(watch.stand(&tree.root().join(path.trim_start_matches('/'))))
        });
        let why = match standing.await {
            Ok(Ok(Ok(()))) => return self.watch.heard().await,
            Ok(Ok(Err(error))) => error.to_string(),
            Ok(Err(error)) => error.to_string(),
            Err(fault) => fault.finding.code.word().to_owned(),
        };
        self.watch.complain(&self.endpoint, dir, &why);
        std::future::pending().await
    }

    async fn stat(&self, path: &str) -> Result<Option<Entry>, Fault> {
        let name = path.rsplit('/').next().unwrap_or(path).to_owned();
        let owned = path.to_owned();
        let found = self.call(path, move |tree| tree.stat(&owned)).await?;
        found
            .map(|found| found.map(|stands| entry(name, stands)))
            .map_err(|e| fault(path, e))
    }

    async fn read(&self, path: &str, limit: u64, sink: &mut dyn Sink) -> Result<Option<u64>, Fault> {
        let owned = path.to_owned();
        let mut reading = match self.call(path, move |tree| tree.read(&owned)).await? {
            Ok(reading) => reading,
            Err(FileError::Gone | FileError::NotRegular) => return Ok(None),
            Err(error) => return Err(fault(path, error)),
        };
        let size = reading.look().len;
        if size > limit {
            return Err(too_long(size, limit));
        }
        let mut bytes = 0;
        loop {
            // The file goes to the other thread and comes back with its piece.
            let step = move |_: &Tree| {
                let piece = reading.next(PIECE)?;
                let same = !piece.is_empty() || reading.is_unchanged()?;
                Ok((reading, piece, same))
            };
            let (back, piece, same) = self.call(path, step).await?.map_err(|e| fault(path, e))?;
            reading = back;
            bytes += piece.len() as u64;
            if bytes > size || !same || (piece.is_empty() && bytes != size) {
                return Err(fault(path, FileError::Changed));
            }
            if piece.is_empty() {
                return Ok(Some(bytes));
            }
            sink.take(&piece)?;
        }
    }

    async fn write_part(&self, path: &str, bytes: &[u8]) -> Result<Written, Fault> {
        let (owned, content) = (path.to_owned(), bytes.to_vec());
        let done = self.call(path, move |tree| tree.write_aside(&owned, &content, FILE_MODE));
        match done.await? {
            Ok(()) => Ok(Written::Done),
            Err(FileError::Gone) => Ok(Written::NoDir),
            Err(error) => Err(fault(path, error)),
        }
    }

    async fn rename(&self, from: &str, to: &str) -> Result<Moved, Fault> {
        let (old, new) = (from.to_owned(), to.to_owned());
        match self.call(from, move |tree| tree.rename(&old, &new)).await? {
            Ok(()) => Ok(Moved::Done),
            Err(FileError::Gone) => Ok(Moved::Missing),
            Err(FileError::Exists) => Ok(Moved::Exists),
            Err(FileError::NoDir) => Err(fault(to, FileError::NoDir)),
            Err(error) => Err(fault(from, error)),
        }
    }

    async fn remove(&self, path: &str) -> Result<bool, Fault> {
        let owned = path.to_owned();
        match self.call(path, move |tree| tree.remove(&owned)).await? {
            Ok(()) => Ok(true),
            Err(FileError::Gone) => Ok(false),
            Err(error) => Err(fault(path, error)),
        }
    }

    async fn make_dir(&self, path: &str) -> Result<(), Fault> {
        let owned = path.to_owned();
        let done = self.call(path, move |tree| tree.make_dir(&owned, DIR_MODE)).await?;
        done.map_err(|e| fault(path, e))
    }
}
