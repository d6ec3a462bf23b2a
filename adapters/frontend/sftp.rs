//! A place behind SFTP, version 3: a small client of our own over the library's raw session.
//!
//! The raw session, because the comfortable one hides what matters here: it lists directories in quadratic time, has
//! no way to keep a rename from replacing, and writes without creating. What the raw session still does not give:
//! - names and handles are text in it. A name that is not UTF-8 (GBK names, mostly) lists with replacement characters
//!   and cannot be given back to the server: such names are counted and left alone, never guessed. A server's handle
//!   bytes above 0x7F are lost the same way, which with OpenSSH happens at the 129th open handle of a session: this
//!   client holds one at a time and always closes it.
//! - attributes beyond version 3 are not skipped by it; servers that send them unasked are outside the standard.
//!
//! One connection is kept between calls and used by one call at a time. A call that fails in any way but a clean
//! answer of the server throws it away, and the next call makes a new one; there is never a second one beside it.

mod connect;

use crate::place::{Entry, Kind, Listing, Moved, Place, Sink, Written};
use crate::settings::SftpSettings;
use crate::{names, units};
use async_trait::async_trait;
use connect::Connection;
pub use connect::Login;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesOrdered;
use model::{Code, Finding};
use port::Fault;
use russh_sftp::client::RawSftpSession;
use russh_sftp::client::error::Error;
use russh_sftp::protocol::{FileAttributes, OpenFlags, StatusCode};
use seams::Clock;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard};

/// Bytes asked or sent in one request: what every server takes.
const CHUNK: u32 = 32 * 1024;
/// Reads under way at once; more makes fast links slower.
const READS: usize = 16;
/// Writes under way at once.
const WRITES: usize = 64;

/// An SFTP server as a place.
pub struct Sftp {
    settings: SftpSettings,
    login: Login,
    clock: Arc<dyn Clock>,
    endpoint: String,
    link: Mutex<Link>,
}

#[derive(Default)]
struct Link {
    kept: Option<Connection>,
    /// Until when (monotonic) no login is tried, because one was refused.
    refused_until: Option<Duration>,
}

impl Sftp {
    /// A place; opens nothing.
    pub fn new(settings: SftpSettings, login: Login, clock: Arc<dyn Clock>) -> Self {
        let endpoint = format!("sftp://{}@{}:{}", settings.user, settings.host, settings.port);
        Self {
            settings,
            login,
            clock,
            endpoint,
            link: Mutex::default(),
        }
    }

    /// Takes the connection out of its slot, making one if there is none. Whoever ends well puts it back.
    async fn open(&self) -> Result<(MutexGuard<'_, Link>, Connection), Fault> {
        let mut link = self.link.lock().await;
        if let Some(kept) = link.kept.take().filter(Connection::is_open) {
            return Ok((link, kept));
        }
        if link.refused_until.is_some_and(|until| self.clock.mono() < until) {
            return Err(self.auth_fault());
        }
        link.refused_until = None;
        let limit = self.settings.connect_timeout.0;
        let made = self
            .within(limit, connect::connect(&self.settings, &self.login, &self.endpoint))
            .await;
        match made {
            Some(Ok(connection)) => Ok((link, connection)),
            Some(Err(fault)) => {
                if fault.finding.code == Code::CAuth {
                    link.refused_until = Some(self.clock.mono().saturating_add(self.settings.auth_pause.0));
                }
                Err(fault)
            }
            None => Err(self.timeout(limit)),
        }
    }

    async fn within<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            done = work => Some(done),
            () = self.clock.sleep(limit) => None,
        }
    }

    /// The connection is sound after a clean answer, good or bad; after anything else it is not used again.
    fn keep<T>(&self, mut link: MutexGuard<'_, Link>, connection: Connection, result: &Result<T, Error>) {
        if matches!(result, Ok(_) | Err(Error::Status(_))) {
            link.kept = Some(connection);
        }
    }

    fn auth_fault(&self) -> Fault {
        connect::auth_fault(&self.settings, &self.endpoint)
    }

    fn timeout(&self, limit: Duration) -> Fault {
        Fault::retry(
            Finding::new(Code::CTimeout)
                .with("endpoint", &self.endpoint)
                .with("limit", units::shown(limit)),
        )
    }

    /// What an answer of the library means for whoever acts next.
    fn fault(&self, path: &str, error: Error) -> Fault {
        let place = |detail: &str| Finding::new(Code::CPlace).with("path", path).with("detail", detail);
        match error {
            Error::Status(status) => match status.status_code {
                StatusCode::NoSuchFile => Fault::person(place("不存在 no such file or directory")),
                StatusCode::PermissionDenied => Fault::person(place("没有权限 permission denied")),
                // Quota, a full disk, a directory in the way: version 3 has one word for all of them.
                _ => Fault::retry(place(&format!("对方答复 the server says: {}", status.status_code))),
            },
            Error::Timeout => self.timeout(self.settings.timeout.0),
            // The library's own words; they hold no values.
            other => Fault::retry(
                Finding::new(Code::CUnreachable)
                    .with("endpoint", &self.endpoint)
                    .with("detail", other),
            ),
        }
    }
}

#[async_trait]
impl Place for Sftp {
    fn endpoint(&self) -> &str {
        &self.endpoint
    }

    async fn list(&self, dir: &str, max: usize) -> Result<Listing, Fault> {
        let (link, connection) = self.open().await?;
        let result = list(&connection.sftp, dir, max).await;
        self.keep(link, connection, &result);
        result.map_err(|e| self.fault(dir, e))
    }

    async fn stat(&self, path: &str) -> Result<Option<Entry>, Fault> {
        let (link, connection) = self.open().await?;
        let result = stat(&connection.sftp, path).await;
        self.keep(link, connection, &result);
        result.map_err(|e| self.fault(path, e))
    }

    async fn read(&self, path: &str, limit: u64, sink: &mut dyn Sink) -> Result<Option<u64>, Fault> {
        let (link, connection) = self.open().await?;
        match read(&connection.sftp, path, limit, sink).await {
            Ok(read) => {
                self.keep(link, connection, &Ok(()));
                match read {
                    Read::All(bytes) => Ok(Some(bytes)),
                    Read::Missing => Ok(None),
                    Read::Changed => Err(self.changed(path)),
                    Read::TooLong(found) => Err(too_long(found, limit)),
                    Read::Sink(fault) => Err(fault),
                }
            }
            Err(error) => {
                self.keep::<()>(link, connection, &Err(error.clone()));
                Err(self.fault(path, error))
            }
        }
    }

    async fn write_part(&self, path: &str, bytes: &[u8]) -> Result<Written, Fault> {
        let (link, connection) = self.open().await?;
        let result = write(&connection.sftp, path, bytes).await;
        self.keep(link, connection, &result);
        match result {
            Ok(Some(size)) if size == bytes.len() as u64 => Ok(Written::Done),
            Ok(Some(size)) => Err(Fault::retry(
                Finding::new(Code::ETruncated)
                    .file(path)
                    .with("declared", bytes.len())
                    .with("found", size),
            )),
            Ok(None) => Ok(Written::NoDir),
            Err(error) => Err(self.fault(path, error)),
        }
    }

    async fn rename(&self, from: &str, to: &str) -> Result<Moved, Fault> {
        let (link, connection) = self.open().await?;
        let result = rename(&connection.sftp, from, to).await;
        self.keep(link, connection, &result);
        result.map_err(|e| self.fault(from, e))
    }

    async fn remove(&self, path: &str) -> Result<bool, Fault> {
        let (link, connection) = self.open().await?;
        let result = match connection.sftp.remove(path).await {
            Err(e) if is_missing(&e) => Ok(false),
            other => other.map(|_| true),
        };
        self.keep(link, connection, &result);
        result.map_err(|e| self.fault(path, e))
    }

    async fn make_dir(&self, path: &str) -> Result<(), Fault> {
        let (link, connection) = self.open().await?;
        let result = match connection.sftp.mkdir(path, FileAttributes::empty()).await {
            Err(Error::Status(status)) => match stat(&connection.sftp, path).await {
                Ok(Some(entry)) if entry.kind == Kind::Dir => Ok(()),
                _ => Err(Error::Status(status)),
            },
            other => other.map(|_| ()),
        };
        self.keep(link, connection, &result);
        result.map_err(|e| self.fault(path, e))
    }
}

impl Sftp {
    fn changed(&self, path: &str) -> Fault {
        let detail = "读取时被改写 it was changed while it was read";
        Fault::retry(Finding::new(Code::CPlace).with("path", path).with("detail", detail))
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

fn is_missing(error: &Error) -> bool {
    matches!(error, Error::Status(s) if s.status_code == StatusCode::NoSuchFile)
}

fn entry(name: String, attrs: &FileAttributes) -> Entry {
    let kind = match attrs.permissions.map(|p| p & 0o170_000) {
        Some(0o100_000) => Kind::File,
        Some(0o040_000) => Kind::Dir,
        _ => Kind::Other,
    };
    Entry {
        name,
        kind,
        size: attrs.size.unwrap_or(0),
        mtime: attrs.mtime.map(i64::from),
    }
}

async fn list(sftp: &RawSftpSession, dir: &str, max: usize) -> Result<Listing, Error> {
    let handle = sftp.opendir(dir).await?.handle;
    let listed = list_open(sftp, &handle, max).await;
    let closed = sftp.close(handle).await;
    let listing = listed?;
    closed?;
    Ok(listing)
}

async fn list_open(sftp: &RawSftpSession, handle: &str, max: usize) -> Result<Listing, Error> {
    let mut listing = Listing::default();
    // A server may answer with empty pages for ever: pages are counted as well as names.
    for _ in 0..=max {
        let page = match sftp.readdir(handle).await {
            Ok(page) => page,
            Err(Error::Status(s)) if s.status_code == StatusCode::Eof => return Ok(listing),
            Err(error) => return Err(error),
        };
        for file in page.files {
            if file.filename == "." || file.filename == ".." {
                continue;
            }
            if listing.entries.len() + listing.unreadable >= max {
                listing.cut = true;
                return Ok(listing);
            }
            if names::is_unreadable(&file.filename) {
                listing.unreadable += 1;
            } else {
                listing.entries.push(entry(file.filename, &file.attrs));
            }
        }
    }
    listing.cut = true;
    Ok(listing)
}

async fn stat(sftp: &RawSftpSession, path: &str) -> Result<Option<Entry>, Error> {
    match sftp.lstat(path).await {
        Ok(found) => {
            let name = path.rsplit('/').next().unwrap_or(path).to_owned();
            Ok(Some(entry(name, &found.attrs)))
        }
        Err(e) if is_missing(&e) => Ok(None),
        Err(e) => Err(e),
    }
}

/// How a reading ended, the connection being sound.
enum Read {
    All(u64),
    Missing,
    Changed,
    TooLong(u64),
    Sink(Fault),
}

async fn read(sftp: &RawSftpSession, path: &str, limit: u64, sink: &mut dyn Sink) -> Result<Read, Error> {
    // A link could lead anywhere the account can read: only what is a file itself is opened.
    match stat(sftp, path).await? {
        Some(entry) if entry.kind == Kind::File => {}
        _ => return Ok(Read::Missing),
    }
    let handle = match sftp.open(path, OpenFlags::READ, FileAttributes::empty()).await {
        Ok(opened) => opened.handle,
        Err(e) if is_missing(&e) => return Ok(Read::Missing),
        Err(e) => return Err(e),
    };
    let result = read_open(sftp, &handle, limit, sink).await;
    let closed = sftp.close(handle).await;
    let read = result?;
    closed?;
    Ok(read)
}

async fn read_open(sftp: &RawSftpSession, handle: &str, limit: u64, sink: &mut dyn Sink) -> Result<Read, Error> {
    let before = sftp.fstat(handle).await?.attrs;
    let size = before.size.unwrap_or(0);
    if size > limit {
        return Ok(Read::TooLong(size));
    }
    let mut under_way = FuturesOrdered::new();
    let mut offsets = (0..size).step_by(CHUNK as usize);
    let mut bytes = 0;
    loop {
        while under_way.len() < READS
            && let Some(at) = offsets.next()
        {
            let len = u32::try_from((size - at).min(u64::from(CHUNK))).unwrap_or(CHUNK);
            under_way.push_back(read_chunk(sftp, handle, at, len));
        }
        let Some(chunk) = under_way.next().await else { break };
        let chunk = chunk?;
        bytes += chunk.len() as u64;
        if let Err(fault) = sink.take(&chunk) {
            return Ok(Read::Sink(fault));
        }
    }
    let after = sftp.fstat(handle).await?.attrs;
    let same = bytes == size && after.size == before.size && after.mtime == before.mtime;
    Ok(if same { Read::All(bytes) } else { Read::Changed })
}

/// One chunk, in as many reads as the server needs; shorter only at the end of the file.
async fn read_chunk(sftp: &RawSftpSession, handle: &str, at: u64, len: u32) -> Result<Vec<u8>, Error> {
    let mut got: Vec<u8> = Vec::new();
    while (got.len() as u64) < u64::from(len) {
        let done = got.len() as u64;
        let want = len - u32::try_from(done).unwrap_or(len);
        match sftp.read(handle, at + done, want).await {
            Ok(data) if data.data.is_empty() => break,
            Ok(data) if data.data.len() as u64 > u64::from(want) => return Err(Error::UnexpectedPacket),
            Ok(data) => got.extend_from_slice(&data.data),
            Err(Error::Status(s)) if s.status_code == StatusCode::Eof => break,
            Err(e) => return Err(e),
        }
    }
    Ok(got)
}

/// The size the server then says; `None` where the directory is missing.
async fn write(sftp: &RawSftpSession, path: &str, bytes: &[u8]) -> Result<Option<u64>, Error> {
    let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::TRUNCATE;
    let handle = match sftp.open(path, flags, FileAttributes::empty()).await {
        Ok(opened) => opened.handle,
        Err(e) if is_missing(&e) => return Ok(None),
        Err(e) => return Err(e),
    };
    let written = write_open(sftp, &handle, bytes).await;
    // A quota or a full disk may show only here.
    let closed = sftp.close(handle).await;
    written?;
    closed?;
    Ok(stat(sftp, path).await?.map(|entry| entry.size).or(Some(0)))
}

async fn write_open(sftp: &RawSftpSession, handle: &str, bytes: &[u8]) -> Result<(), Error> {
    let mut under_way = FuturesOrdered::new();
    let mut pieces = bytes.chunks(CHUNK as usize);
    let mut at = 0;
    loop {
        while under_way.len() < WRITES
            && let Some(piece) = pieces.next()
        {
            under_way.push_back(write_piece(sftp, handle, at, piece));
            at += piece.len() as u64;
        }
        match under_way.next().await {
            Some(answer) => answer?,
            None => return Ok(()),
        }
    }
}

async fn write_piece(sftp: &RawSftpSession, handle: &str, at: u64, piece: &[u8]) -> Result<(), Error> {
    sftp.write(handle, at, piece.to_vec()).await.map(|_| ())
}

/// Version 3 says that a rename onto something fails; some servers replace all the same, so it is looked up first.
/// What is left is the moment between looking and renaming, on such servers only.
async fn rename(sftp: &RawSftpSession, from: &str, to: &str) -> Result<Moved, Error> {
    if stat(sftp, to).await?.is_some() {
        return Ok(if stat(sftp, from).await?.is_some() {
            Moved::Exists
        } else {
            Moved::Missing
        });
    }
    match sftp.rename(from, to).await {
        Ok(_) => Ok(Moved::Done),
        Err(Error::Status(status)) => {
            if stat(sftp, from).await?.is_none() {
                Ok(Moved::Missing)
            } else if stat(sftp, to).await?.is_some() {
                Ok(Moved::Exists)
            } else {
                Err(Error::Status(status))
            }
        }
        Err(e) => Err(e),
    }
}
