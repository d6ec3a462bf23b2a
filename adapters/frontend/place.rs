//! What a staging place must be able to do. One file per kind of place; nothing above this trait knows which.
//!
//! Paths are whole paths as the place's owner writes them, `/` between the parts. Every call is bounded in time by the
//! place itself and safe to make again.

use async_trait::async_trait;
use port::Fault;

/// What stands at a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Dir,
    /// A link, a device, a pipe: never touched.
    Other,
}

/// One name of a directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its name, without the directory.
    pub name: String,
    /// What it is, links not followed.
    pub kind: Kind,
    /// Bytes.
    pub size: u64,
    /// When it was last written, seconds since 1970 by the place's own clock; never decides anything about content.
    pub mtime: Option<i64>,
}

/// What a directory holds.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Listing {
    /// Up to the asked number of entries, in no order.
    pub entries: Vec<Entry>,
    /// There were more.
    pub cut: bool,
    /// How many names could not be read as text and were left out.
    pub unreadable: usize,
}

/// Whether a rename happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moved {
    /// It did.
    Done,
    /// There was nothing to rename.
    Missing,
    /// Something stands at the target; nothing was changed.
    Exists,
}

/// Whether a file was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Written {
    /// Written, closed, and its size is right.
    Done,
    /// Its directory does not exist.
    NoDir,
}

/// Takes the bytes of a file as they come, in order. An error ends the reading.
pub trait Sink: Send {
    /// The next bytes.
    fn take(&mut self, bytes: &[u8]) -> Result<(), Fault>;
}

impl Sink for Vec<u8> {
    fn take(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.extend_from_slice(bytes);
        Ok(())
    }
}

/// A staging place.
#[async_trait]
pub trait Place: Send + Sync {
    /// What people call it in messages: host and port, a directory.
    fn endpoint(&self) -> &str;

    /// The fingerprint under which the settings know the server, where the place has one.
    fn pinned(&self) -> Option<String> {
        None
    }

    /// Another key takes the place of the pinned one, from the next connection on.
    fn trust(&self, _fingerprint: &str) {}

    /// Up to `max` entries of a directory, `.` and `..` left out.
    async fn list(&self, dir: &str, max: usize) -> Result<Listing, Fault>;

    /// Returns when something in a directory may have changed. May return for nothing, and never; never where the place
    /// has no way to hear of it.
    async fn changed(&self, _dir: &str) {
        std::future::pending::<()>().await;
    }

    /// What stands at a path, links not followed; `None` where nothing does.
    async fn stat(&self, path: &str) -> Result<Option<Entry>, Fault>;

    /// Gives a regular file's bytes to `sink`, at most `limit` of them, and says how many there were; `None` where there
    /// is no such file.
    ///
    /// - a file that changes while it is read, or is longer than `limit`, is a fault; what the sink took then is void
    async fn read(&self, path: &str, limit: u64, sink: &mut dyn Sink) -> Result<Option<u64>, Fault>;

    /// Writes a file under a name that nobody else looks at, replacing what stood there.
    ///
    /// - `Done` only after closing, and only if the place then says the same size
    async fn write_part(&self, path: &str, bytes: &[u8]) -> Result<Written, Fault>;

    /// Renames within the place. Never replaces anything.
    async fn rename(&self, from: &str, to: &str) -> Result<Moved, Fault>;

    /// Removes a file; false where there was none.
    async fn remove(&self, path: &str) -> Result<bool, Fault>;

    /// Makes a directory; one that is there already is a success.
    async fn make_dir(&self, path: &str) -> Result<(), Fault>;
}
