//! A real directory. Files stay open, because an error of a write-back reaches only handles that were open then.

use super::{FileInfo, Storage, check_name};
use rustix::fs::{Advice, AtFlags, CWD, Mode, OFlags};
use rustix::io::Errno;
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::num::NonZeroU64;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Written and synced bytes behind the end that may stay in the page cache.
const CACHE_WINDOW: u64 = 32 << 20;
/// More open files than this and the clean ones are closed.
const OPEN_FILES: usize = 128;

/// Files in one directory of the machine, mode 0600, no symbolic links followed.
#[derive(Debug)]
pub struct DirStorage {
    dir: OwnedFd,
    open: Mutex<HashMap<String, Open>>,
}

#[derive(Debug, Clone)]
struct Open {
    file: Arc<File>,
    /// Where the next append goes.
    end: u64,
    /// Written since the last sync that succeeded.
    dirty: bool,
    /// Up to here the page cache was told to forget.
    forgotten: u64,
}

impl DirStorage {
    /// Opens an existing directory.
    pub fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let dir = rustix::fs::openat(CWD, path, flags, Mode::empty())?;
        Ok(Self {
            dir,
            open: Mutex::new(HashMap::new()),
        })
    }

    /// Opens the directory in which a file lies or is to lie: that, and the file's name there. A path without a name, or with
    /// one that is not UTF-8, is invalid.
    pub fn around(path: &Path) -> io::Result<(Self, String)> {
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or(io::ErrorKind::InvalidInput)?.to_owned();
        let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty());
        Ok((Self::open(dir.unwrap_or(Path::new(".")))?, name))
    }

    /// Opens a directory, making it first (mode 0700, its name made durable) where it is missing. Its parent must exist.
    pub fn create(path: &Path) -> io::Result<Self> {
        match rustix::fs::mkdirat(CWD, path, Mode::from_raw_mode(0o700)) {
            Ok(()) => {
                let parent = path
                    .parent()
                    .filter(|p| !p.as_os_str().is_empty())
                    .unwrap_or(Path::new("."));
                let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
                rustix::fs::fsync(rustix::fs::openat(CWD, parent, flags, Mode::empty())?)?;
            }
            Err(Errno::EXIST) => {}
            Err(e) => return Err(e.into()),
        }
        Self::open(path)
    }

    fn table(&self) -> MutexGuard<'_, HashMap<String, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The open file of this name, opening it if need be.
    fn file(&self, name: &str) -> io::Result<Open> {
        check_name(name)?;
        let mut table = self.table();
        if let Some(open) = table.get(name) {
            return Ok(open.clone());
        }
        let file = self
            .open_file(name, OFlags::RDWR)
            .or_else(|e| match Errno::from_io_error(&e) {
                // A copy on a read-only medium can still be verified.
                Some(Errno::ACCESS | Errno::ROFS) => self.open_file(name, OFlags::RDONLY),
                _ => Err(e),
            })?;
        Ok(remember(&mut table, name, file)?.clone())
    }

    fn open_file(&self, name: &str, flags: OFlags) -> io::Result<File> {
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let fd = rustix::fs::openat(&self.dir, name, flags, Mode::from_raw_mode(0o600))?;
        let file = File::from(fd);
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        Ok(file)
    }

    fn update(&self, name: &str, change: impl FnOnce(&mut Open)) {
        if let Some(open) = self.table().get_mut(name) {
            change(open);
        }
    }
}

/// Puts a freshly opened file into the table, closing clean ones if there are too many.
fn remember<'a>(table: &'a mut HashMap<String, Open>, name: &str, file: File) -> io::Result<&'a mut Open> {
    if table.len() >= OPEN_FILES {
        table.retain(|_, open| open.dirty);
    }
    let end = file.metadata()?.len();
    let open = Open {
        file: Arc::new(file),
        end,
        dirty: false,
        forgotten: 0,
    };
    Ok(table.entry(name.to_owned()).or_insert(open))
}

impl Storage for DirStorage {
    fn list(&self, prefix: &str) -> io::Result<Vec<FileInfo>> {
        let mut found = Vec::new();
        for entry in rustix::fs::Dir::read_from(&self.dir)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().to_str() else {
                continue;
            };
            if !name.starts_with(prefix) || check_name(name).is_err() {
                continue;
            }
            match rustix::fs::statat(&self.dir, name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) if rustix::fs::FileType::from_raw_mode(stat.st_mode).is_file() => {
                    let len = u64::try_from(stat.st_size).map_err(io::Error::other)?;
                    found.push(FileInfo {
                        name: name.to_owned(),
                        len,
                    });
                }
                Ok(_) | Err(Errno::NOENT) => {}
                Err(e) => return Err(e.into()),
            }
        }
        found.sort();
        Ok(found)
    }

    fn exists(&self, name: &str) -> io::Result<bool> {
        check_name(name)?;
        match rustix::fs::statat(&self.dir, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(_) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(e) => Err(e.into()),
        }
    }

    fn len(&self, name: &str) -> io::Result<u64> {
        Ok(self.file(name)?.file.metadata()?.len())
    }

    fn create(&self, name: &str) -> io::Result<()> {
        check_name(name)?;
        let mut table = self.table();
        let file = self.open_file(name, OFlags::RDWR | OFlags::CREATE | OFlags::EXCL)?;
        table.remove(name);
        remember(&mut table, name, file)?.dirty = true;
        Ok(())
    }

    fn append(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let open = self.file(name)?;
        self.update(name, |o| o.dirty = true);
        let done = open.file.write_all_at(bytes, open.end);
        let end = match done {
            Ok(()) => open.end + bytes.len() as u64,
            Err(_) => open.file.metadata()?.len(),
        };
        self.update(name, |o| o.end = end);
        done
    }

    fn read_into(&self, name: &str, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let open = self.file(name)?;
        let mut got = 0;
        while got < buf.len() {
            match open.file.read_at(&mut buf[got..], offset + got as u64) {
                Ok(0) => break,
                Ok(n) => got += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(got)
    }

    fn write_at(&self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let open = self.file(name)?;
        self.update(name, |o| o.dirty = true);
        open.file.write_all_at(bytes, offset)?;
        self.update(name, |o| o.end = o.end.max(offset + bytes.len() as u64));
        Ok(())
    }

    fn sync(&self, name: &str) -> io::Result<()> {
        let open = self.file(name)?;
        rustix::fs::fdatasync(&open.file)?;
        let forget = open.end.saturating_sub(open.forgotten) >= CACHE_WINDOW;
        if forget && let Some(len) = NonZeroU64::new(open.end - open.forgotten) {
            // A log is hardly read again: left alone it would push everything else out of the cache. Only advice.
            let _ = rustix::fs::fadvise(&open.file, open.forgotten, Some(len), Advice::DontNeed);
        }
        self.update(name, |o| {
            o.dirty = o.end != open.end;
            if forget {
                o.forgotten = open.end;
            }
        });
        Ok(())
    }

    fn truncate(&self, name: &str, len: u64) -> io::Result<()> {
        let open = self.file(name)?;
        self.update(name, |o| o.dirty = true);
        open.file.set_len(len)?;
        self.update(name, |o| {
            o.end = len;
            o.forgotten = o.forgotten.min(len);
        });
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        check_name(from)?;
        check_name(to)?;
        let mut table = self.table();
        rustix::fs::renameat(&self.dir, from, &self.dir, to)?;
        table.remove(to);
        if let Some(open) = table.remove(from) {
            table.insert(to.to_owned(), open);
        }
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        check_name(name)?;
        let mut table = self.table();
        rustix::fs::unlinkat(&self.dir, name, AtFlags::empty())?;
        table.remove(name);
        Ok(())
    }

    fn sync_dir(&self) -> io::Result<()> {
        rustix::fs::fsync(&self.dir)?;
        Ok(())
    }
}
