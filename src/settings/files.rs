//! Where configuration comes from: a directory, or a tree compiled into the program (`demo`) or written in a test.

use std::collections::BTreeMap;
use std::io;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The most bytes one configuration file may have.
pub const MAX_FILE_BYTES: u64 = 4 << 20;

/// A tree of configuration files. Paths are relative to its root, with `/` between parts.
pub trait Files {
    /// The bytes of a file, at most [`MAX_FILE_BYTES`].
    ///
    /// # Errors
    /// As the system says; a file that is too large is `InvalidData`.
    fn read(&self, path: &str) -> io::Result<Vec<u8>>;
    /// The names of the files in a folder that end in `.toml`, sorted. A folder that is not there is empty.
    ///
    /// # Errors
    /// As the system says.
    fn list(&self, folder: &str) -> io::Result<Vec<String>>;
    /// The permission bits of a file outside the tree (absolute, or relative to the root), if it is there and has any.
    fn mode(&self, path: &Path) -> Option<u32>;
    /// Whether files can be made in a directory outside the tree, as far as can be seen without making one.
    ///
    /// # Errors
    /// As the system says.
    fn writable(&self, _dir: &Path) -> io::Result<()> {
        Ok(())
    }
}

/// A directory.
pub struct OnDisk(PathBuf);

impl OnDisk {
    /// The tree below this directory.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self(root.into())
    }
}

impl Files for OnDisk {
    #[allow(clippy::disallowed_methods, reason = "configuration, not data; read with a bound")]
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        std::fs::File::open(self.0.join(path))?
            .take(MAX_FILE_BYTES + 1)
            .read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("> {MAX_FILE_BYTES} B"),
            ));
        }
        Ok(bytes)
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let entries = match std::fs::read_dir(self.0.join(folder)) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let mut names = Vec::new();
        for entry in entries {
            if let Ok(name) = entry?.file_name().into_string()
                && name.ends_with(".toml")
                && !name.starts_with('.')
            {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    #[cfg(unix)]
    fn mode(&self, path: &Path) -> Option<u32> {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(self.0.join(path))
            .ok()
            .map(|m| m.permissions().mode() & 0o7777)
    }

    #[cfg(not(unix))]
    fn mode(&self, _path: &Path) -> Option<u32> {
        None
    }

    fn writable(&self, dir: &Path) -> io::Result<()> {
        use rustix::fs::{Access, AtFlags, CWD, accessat};
        let dir = self.0.join(dir);
        if !std::fs::metadata(&dir)?.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(accessat(
            CWD,
            &dir,
            Access::WRITE_OK | Access::EXEC_OK,
            AtFlags::EACCESS,
        )?)
    }
}

/// A tree in memory: path to text.
#[derive(Clone, Debug, Default)]
pub struct Embedded(BTreeMap<String, Vec<u8>>);

impl Embedded {
    /// A tree of these files.
    pub fn new<P: Into<String>, B: Into<Vec<u8>>>(files: impl IntoIterator<Item = (P, B)>) -> Self {
        Self(files.into_iter().map(|(p, b)| (p.into(), b.into())).collect())
    }
    /// Puts a file into the tree, in the place of one of that path.
    pub fn put(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.0.insert(path.into(), bytes.into());
    }
    /// Takes a file out.
    pub fn remove(&mut self, path: &str) {
        self.0.remove(path);
    }
    /// The bytes of a file.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.0.get(path).map(Vec::as_slice)
    }
}

impl Files for Embedded {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.0.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let prefix = format!("{folder}/");
        let names = self.0.keys().filter_map(|p| p.strip_prefix(&prefix));
        Ok(names
            .filter(|n| n.ends_with(".toml") && !n.contains('/'))
            .map(str::to_owned)
            .collect())
    }

    fn mode(&self, _path: &Path) -> Option<u32> {
        None
    }
}
