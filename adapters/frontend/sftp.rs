//! A place behind SFTP, version 3: a small client of our own over an SSH channel.
//!
//! Our own, because what decides here is bytes: names are bytes on the wire and text only here, by the encoding that
//! the server's settings name (`names`); handles are bytes that mean nothing to us (`wire`); many requests are under
//! way at once (`session`); and what a place does is said in them (`files`). A name that cannot be read, or would lead
//! out of its directory, is counted and left alone, never guessed.
//!
//! One connection is kept between calls and used by one call at a time. A call that fails in any way but a clean
//! answer of the server throws it away, and the next call makes a new one; there is never a second one beside it.

mod connect;
mod files;
mod names;
mod session;
mod wire;

use crate::place::{Entry, Listing, Moved, Place, Sink, Written};
use crate::settings::SftpSettings;
use crate::units;
use async_trait::async_trait;
use connect::Connection;
pub use connect::Login;
use files::Read;
use model::{Code, Finding};
pub use names::NameEncoding;
use port::Fault;
use seams::Clock;
use session::Error;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard};

/// An SFTP server as a place.
pub struct Sftp {
    settings: SftpSettings,
    login: Who,
    clock: Arc<dyn Clock>,
    endpoint: String,
    /// The fingerprint that a person trusts in place of the pinned one.
    trusted: std::sync::RwLock<Option<String>>,
    link: Mutex<Link>,
}

/// Says who we are, each time we log in: credentials may be replaced while we run.
pub type Who = Box<dyn Fn() -> Result<Login, Finding> + Send + Sync>;

#[derive(Default)]
struct Link {
    kept: Option<Connection>,
    /// Until when (monotonic) this login is not tried again, because it was refused.
    refused: Option<(Duration, Login)>,
    /// Logins in a row that brought no answer. Some servers refuse by hanging up, and some, asking for a new password, by
    /// a question that we do not answer.
    unanswered: u32,
}

/// So many logins without an answer are one that was refused.
const UNANSWERED: u32 = 2;

impl Sftp {
    /// A place; opens nothing.
    pub fn new(settings: SftpSettings, login: Who, clock: Arc<dyn Clock>) -> Self {
        let endpoint = format!("sftp://{}@{}:{}", settings.user, settings.host, settings.port);
        Self {
            settings,
            login,
            clock,
            endpoint,
            trusted: std::sync::RwLock::default(),
            link: Mutex::default(),
        }
    }

    /// Takes the connection out of its slot, making one if there is none. Whoever ends well puts it back.
    async fn open(&self) -> Result<(MutexGuard<'_, Link>, Connection), Fault> {
        let mut link = self.link.lock().await;
        if let Some(kept) = link.kept.take().filter(Connection::is_open) {
            return Ok((link, kept));
        }
        let login = (self.login)().map_err(Fault::person)?;
        let pause = |(until, refused): &(Duration, Login)| self.clock.mono() < *until && refused.is_same(&login);
        if link.refused.as_ref().is_some_and(pause) {
            return Err(self.auth_fault());
        }
        link.refused = None;
        let limit = self.settings.connect_timeout.0;
        let logging_in = AtomicBool::new(false);
        let at = connect::At {
            settings: &self.settings,
            endpoint: &self.endpoint,
            host_key: self.host_key(),
            logging_in: &logging_in,
        };
        let made = self.within(limit, connect::connect(at, &login, &self.clock)).await;
        let fault = match made {
            Some(Ok(connection)) => {
                link.unanswered = 0;
                return Ok((link, connection));
            }
            Some(Err(fault)) => fault,
            None => self.timeout(limit),
        };
        if logging_in.load(Ordering::SeqCst) {
            link.unanswered = link.unanswered.saturating_add(1);
        }
        let refused = fault.finding.code == Code::CAuth;
        if refused || link.unanswered >= UNANSWERED {
            link.refused = Some((self.clock.mono().saturating_add(self.settings.auth_pause.0), login));
            return Err(self.auth_fault());
        }
        Err(fault)
    }

    async fn within<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            done = work => Some(done),
            () = self.clock.sleep(limit) => None,
        }
    }

    /// The connection is sound after a clean answer, good or bad; after anything else it is not used again.
    fn keep<T>(&self, mut link: MutexGuard<'_, Link>, connection: Connection, result: &Result<T, Error>) {
        if matches!(result, Ok(_) | Err(Error::Status(_))) && connection.sftp.is_quiet() {
            link.kept = Some(connection);
        }
    }

    /// The one key under which the server is known.
    fn host_key(&self) -> String {
        let trusted = self.trusted.read().unwrap_or_else(PoisonError::into_inner);
        trusted.as_ref().unwrap_or(&self.settings.host_key).clone()
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

    fn bytes(&self, path: &str) -> Result<Vec<u8>, Fault> {
        self.settings.filename_encoding.bytes(path)
    }

    /// What an answer means for whoever acts next.
    fn fault(&self, path: &str, error: Error) -> Fault {
        let place = |detail: &str| Finding::new(Code::CPlace).with("path", path).with("detail", detail);
        let line = |code: Code, detail: &str| {
            Finding::new(code)
                .with("endpoint", &self.endpoint)
                .with("detail", detail)
        };
        match error {
            Error::Status(wire::NO_SUCH_FILE) => Fault::person(place("不存在 no such file or directory")),
            Error::Status(wire::PERMISSION_DENIED) => Fault::person(place("没有权限 permission denied")),
            // Quota, a full disk, a directory in the way: version 3 has one word for all of them.
            Error::Status(code) => Fault::retry(place(&format!("对方答复 the server says: {code}"))),
            Error::Timeout => self.timeout(self.settings.timeout.0),
            Error::Malformed(what) => Fault::retry(line(Code::CProtocol, &format!("SFTP: {what}"))),
            Error::Lost(what) => Fault::retry(line(Code::CUnreachable, &what)),
        }
    }
}

#[async_trait]
impl Place for Sftp {
    fn endpoint(&self) -> &str {
        &self.endpoint
    }

    fn pinned(&self) -> Option<String> {
        Some(self.settings.host_key.clone())
    }

    fn trust(&self, fingerprint: &str) {
        *self.trusted.write().unwrap_or_else(PoisonError::into_inner) = Some(fingerprint.to_owned());
    }

    async fn list(&self, dir: &str, max: usize) -> Result<Listing, Fault> {
        let path = self.bytes(dir)?;
        let (link, mut connection) = self.open().await?;
        let result = connection.sftp.list(&path, max).await;
        self.keep(link, connection, &result);
        let found = result.map_err(|e| self.fault(dir, e))?;
        let mut listing = Listing {
            cut: found.cut,
            ..Listing::default()
        };
        for named in &found.names {
            match self.settings.filename_encoding.text(&named.name) {
                Some(name) => listing.entries.push(entry(name, &named.attrs)),
                None => listing.unreadable += 1,
            }
        }
        Ok(listing)
    }

    async fn stat(&self, path: &str) -> Result<Option<Entry>, Fault> {
        let at = self.bytes(path)?;
        let (link, mut connection) = self.open().await?;
        let result = connection.sftp.lstat(&at).await;
        self.keep(link, connection, &result);
        let name = path.rsplit('/').next().unwrap_or(path);
        let found = result.map_err(|e| self.fault(path, e))?;
        Ok(found.map(|attrs| entry(name.to_owned(), &attrs)))
    }

    async fn read(&self, path: &str, limit: u64, sink: &mut dyn Sink) -> Result<Option<u64>, Fault> {
        let at = self.bytes(path)?;
        let (link, mut connection) = self.open().await?;
        let result = connection.sftp.read(&at, limit, sink).await;
        self.keep(link, connection, &result);
        match result.map_err(|e| self.fault(path, e))? {
            Read::All(bytes) => Ok(Some(bytes)),
            Read::Missing => Ok(None),
            Read::Changed => Err(changed(path)),
            Read::TooLong(found) => Err(too_long(found, limit)),
            Read::Sink(fault) => Err(fault),
        }
    }

    async fn write_part(&self, path: &str, bytes: &[u8]) -> Result<Written, Fault> {
        let at = self.bytes(path)?;
        let (link, mut connection) = self.open().await?;
        let result = connection.sftp.write(&at, bytes).await;
        self.keep(link, connection, &result);
        match result.map_err(|e| self.fault(path, e))? {
            Some(size) if size == bytes.len() as u64 => Ok(Written::Done),
            Some(size) => Err(Fault::retry(
                Finding::new(Code::ETruncated)
                    .file(path)
                    .with("declared", bytes.len())
                    .with("found", size),
            )),
            None => Ok(Written::NoDir),
        }
    }

    async fn rename(&self, from: &str, to: &str) -> Result<Moved, Fault> {
        let (here, there) = (self.bytes(from)?, self.bytes(to)?);
        let (link, mut connection) = self.open().await?;
        let result = connection.sftp.rename(&here, &there).await;
        self.keep(link, connection, &result);
        result.map_err(|e| self.fault(from, e))
    }

    async fn remove(&self, path: &str) -> Result<bool, Fault> {
        let at = self.bytes(path)?;
        let (link, mut connection) = self.open().await?;
        let result = connection.sftp.remove(&at).await;
        self.keep(link, connection, &result);
        result.map_err(|e| self.fault(path, e))
    }

    async fn make_dir(&self, path: &str) -> Result<(), Fault> {
        let at = self.bytes(path)?;
        let (link, mut connection) = self.open().await?;
        let result = connection.sftp.make_dir(&at).await;
        self.keep(link, connection, &result);
        result.map_err(|e| self.fault(path, e))
    }
}

fn changed(path: &str) -> Fault {
    let detail = "读取时被改写 it was changed while it was read";
    Fault::retry(Finding::new(Code::CPlace).with("path", path).with("detail", detail))
}

fn too_long(found: u64, limit: u64) -> Fault {
    Fault::person(
        Finding::new(Code::ETooLarge)
            .with("found", found)
            .with("limit", limit)
            .with("setting", "max_batch_bytes"),
    )
}

fn entry(name: String, attrs: &wire::Attrs) -> Entry {
    Entry {
        name,
        kind: files::kind(attrs),
        size: attrs.size.unwrap_or(0),
        mtime: attrs.mtime.map(i64::from),
    }
}

#[cfg(test)]
mod tests;
