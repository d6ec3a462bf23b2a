//! What a place does with files, said in requests. Whatever opens a handle closes it, and waits for what it sent.

use super::session::{Error, Session, Ticket};
use super::wire::{self, Answer, Attrs, Named, Request};
use crate::place::{Kind, Moved, Sink};
use bytes::Bytes;
use port::Fault;
use std::collections::VecDeque;
use tokio::io::{AsyncRead, AsyncWrite};

/// Bytes asked or sent in one request: what every server takes.
const CHUNK: usize = 32 * 1024;
/// Reads under way at once; more makes fast links slower.
const READS: usize = 16;
/// Writes under way at once.
const WRITES: usize = 64;
/// Pieces in which a server may answer one read: with smaller ones than 512 bytes it only keeps us.
const PIECES: usize = CHUNK / 512;
/// The most bytes a name may have: four times what common file systems take.
const NAME_MAX: usize = 1024;
/// A shorter broken upload is made anew: it is no longer than what is under way at once.
const WORTH_RESUMING: usize = WRITES * CHUNK;

/// Names of a directory, as they came; one that is none is empty.
#[derive(Default, Debug)]
pub struct Names {
    pub names: Vec<Named>,
    /// There were more.
    pub cut: bool,
}

/// What a mode says a thing is.
pub fn kind(attrs: &Attrs) -> Kind {
    match attrs.mode.map(|mode| mode & 0o170_000) {
        Some(0o100_000) => Kind::File,
        Some(0o040_000) => Kind::Dir,
        _ => Kind::Other,
    }
}

fn no<T>(answer: Answer) -> Result<T, Error> {
    match answer {
        Answer::Status(code) if code != wire::OK => Err(Error::Status(code)),
        _ => Err(Error::Malformed("an answer of another kind")),
    }
}

fn done(answer: Answer) -> Result<(), Error> {
    match answer {
        Answer::Status(wire::OK) => Ok(()),
        other => no(other),
    }
}

/// What is not there is an answer, not an error.
fn or_missing<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Err(Error::Status(wire::NO_SUCH_FILE)) => Ok(None),
        other => other.map(Some),
    }
}

impl<L: AsyncRead + AsyncWrite + Unpin + Send> Session<L> {
    async fn handle(&mut self, request: &Request<'_>) -> Result<Bytes, Error> {
        match self.ask(request).await? {
            Answer::Handle(handle) => Ok(handle),
            other => no(other),
        }
    }

    /// Opens a file.
    pub async fn open(&mut self, path: &[u8], flags: u32) -> Result<Bytes, Error> {
        self.handle(&Request::Open { path, flags }).await
    }

    /// Closes what was opened.
    pub async fn close(&mut self, handle: &[u8]) -> Result<(), Error> {
        done(self.ask(&Request::Close { handle }).await?)
    }

    async fn attrs(&mut self, request: &Request<'_>) -> Result<Attrs, Error> {
        match self.ask(request).await? {
            Answer::Attrs(attrs) => Ok(attrs),
            other => no(other),
        }
    }

    /// What stands at a path, links not followed.
    pub async fn lstat(&mut self, path: &[u8]) -> Result<Option<Attrs>, Error> {
        or_missing(self.attrs(&Request::Lstat { path }).await)
    }

    /// Removes a file; false where there was none.
    pub async fn remove(&mut self, path: &[u8]) -> Result<bool, Error> {
        let removed = done(self.ask(&Request::Remove { path }).await?);
        Ok(or_missing(removed)?.is_some())
    }

    /// Makes a directory, or finds it.
    pub async fn make_dir(&mut self, path: &[u8]) -> Result<(), Error> {
        match done(self.ask(&Request::Mkdir { path }).await?) {
            Err(Error::Status(code)) => match self.lstat(path).await? {
                Some(attrs) if kind(&attrs) == Kind::Dir => Ok(()),
                _ => Err(Error::Status(code)),
            },
            other => other,
        }
    }

    /// Version 3 says that a rename onto something fails; some servers replace all the same, so it is looked up first.
    /// What is left is the moment between looking and renaming, on such servers only.
    pub async fn rename(&mut self, from: &[u8], to: &[u8]) -> Result<Moved, Error> {
        if self.lstat(to).await?.is_some() {
            return Ok(if self.lstat(from).await?.is_some() {
                Moved::Exists
            } else {
                Moved::Missing
            });
        }
        match done(self.ask(&Request::Rename { from, to }).await?) {
            Ok(()) => Ok(Moved::Done),
            Err(Error::Status(code)) => {
                if self.lstat(from).await?.is_none() {
                    Ok(Moved::Missing)
                } else if self.lstat(to).await?.is_some() {
                    Ok(Moved::Exists)
                } else {
                    Err(Error::Status(code))
                }
            }
            Err(other) => Err(other),
        }
    }

    /// Up to `max` names of a directory, `.` and `..` left out.
    pub async fn list(&mut self, dir: &[u8], max: usize) -> Result<Names, Error> {
        let handle = self.handle(&Request::Opendir { path: dir }).await?;
        let listed = self.list_open(&handle, max).await;
        let closed = self.close_after(&handle, &listed).await;
        let names = listed?;
        closed?;
        Ok(names)
    }

    async fn list_open(&mut self, handle: &[u8], max: usize) -> Result<Names, Error> {
        let mut found = Names::default();
        // A server may answer with empty pages for ever: pages are counted as well as names.
        for _ in 0..=max {
            let page = match self.ask(&Request::Readdir { handle }).await? {
                Answer::Names(page) => page,
                Answer::Status(wire::EOF) => return Ok(found),
                other => return no(other),
            };
            for named in page {
                if matches!(&named.name[..], b"." | b"..") {
                    continue;
                }
                if found.names.len() >= max {
                    found.cut = true;
                    return Ok(found);
                }
                // A page's names are parts of one packet: a copy lets the rest of it go. One that is longer than any
                // file system's is no name, and not kept.
                let name = named.name.get(..).filter(|name| name.len() <= NAME_MAX);
                let name = Bytes::copy_from_slice(name.unwrap_or_default());
                found.names.push(Named { name, ..named });
            }
        }
        found.cut = true;
        Ok(found)
    }

    /// Closes, unless the session has already failed: then closing would only wait once more.
    async fn close_after<T>(&mut self, handle: &[u8], result: &Result<T, Error>) -> Result<(), Error> {
        match result {
            Ok(_) | Err(Error::Status(_)) => self.close(handle).await,
            Err(_) => Ok(()),
        }
    }
}

/// How a reading ended, the session being sound.
pub enum Read {
    /// So many bytes, all of them.
    All(u64),
    /// There is no such file.
    Missing,
    /// It was changed meanwhile.
    Changed,
    /// It has so many bytes, more than were wanted.
    TooLong(u64),
    /// The taker wanted no more.
    Sink(Fault),
}

/// A part of a file that is being read.
struct Part {
    at: u64,
    len: usize,
    pieces: usize,
    ticket: Ticket,
}

fn tickets(parts: &VecDeque<Part>) -> Vec<Ticket> {
    parts.iter().map(|part| part.ticket).collect()
}

impl<L: AsyncRead + AsyncWrite + Unpin + Send> Session<L> {
    /// Gives a regular file's bytes to `sink`, in order.
    pub async fn read(&mut self, path: &[u8], limit: u64, sink: &mut dyn Sink) -> Result<Read, Error> {
        // A link could lead anywhere the account can read: only what is a file itself is opened.
        match self.lstat(path).await? {
            Some(attrs) if kind(&attrs) == Kind::File => {}
            _ => return Ok(Read::Missing),
        }
        let Some(handle) = or_missing(self.open(path, wire::READ).await)? else {
            return Ok(Read::Missing);
        };
        let result = self.read_open(&handle, limit, sink).await;
        let closed = self.close_after(&handle, &result).await;
        let read = result?;
        closed?;
        Ok(read)
    }

    async fn read_open(&mut self, handle: &[u8], limit: u64, sink: &mut dyn Sink) -> Result<Read, Error> {
        let before = self.attrs(&Request::Fstat { handle }).await?;
        let size = before.size.unwrap_or(0);
        if size > limit {
            return Ok(Read::TooLong(size));
        }
        let read = match self.read_range(handle, size, sink).await? {
            Ok(read) => read,
            Err(fault) => return Ok(Read::Sink(fault)),
        };
        let after = self.attrs(&Request::Fstat { handle }).await?;
        let same = read == size && after.size == before.size && after.mtime == before.mtime;
        Ok(if same { Read::All(read) } else { Read::Changed })
    }

    /// The first `size` bytes; fewer where the file ends before. Several reads are under way, and taken in order.
    async fn read_range(&mut self, handle: &[u8], size: u64, sink: &mut dyn Sink) -> Result<Result<u64, Fault>, Error> {
        let mut parts: VecDeque<Part> = VecDeque::new();
        let (mut asked, mut taken) = (0, 0);
        loop {
            while parts.len() < READS && asked < size {
                let len = usize::try_from(size - asked).unwrap_or(CHUNK).min(CHUNK);
                parts.push_back(self.part(handle, asked, len, 0));
                asked += len as u64;
            }
            let Some(part) = parts.pop_front() else {
                return Ok(Ok(taken));
            };
            let ended = match self.answer(part.ticket).await? {
                Answer::Data(data) if data.len() > part.len => {
                    return Err(Error::Malformed("more bytes than were asked"));
                }
                Answer::Data(data) if !data.is_empty() => {
                    taken += data.len() as u64;
                    if let Err(fault) = sink.take(&data) {
                        self.settle(tickets(&parts)).await?;
                        return Ok(Err(fault));
                    }
                    let (at, len) = (part.at + data.len() as u64, part.len - data.len());
                    if part.pieces >= PIECES {
                        return Err(Error::Malformed("a file in crumbs"));
                    }
                    if len > 0 {
                        parts.push_front(self.part(handle, at, len, part.pieces + 1));
                    }
                    None
                }
                Answer::Data(_) | Answer::Status(wire::EOF) => Some(Ok(Ok(taken))),
                other => Some(no(other)),
            };
            if let Some(ended) = ended {
                self.settle(tickets(&parts)).await?;
                return ended;
            }
        }
    }

    fn part(&mut self, handle: &[u8], at: u64, len: usize, pieces: usize) -> Part {
        let asked = u32::try_from(len).unwrap_or(u32::MAX);
        let ticket = self.send(&Request::Read { handle, at, len: asked });
        Part {
            at,
            len,
            pieces,
            ticket,
        }
    }

    /// Writes a file, going on where an earlier writing of the same bytes broke off. The size that the server then
    /// says; `None` where the directory is missing.
    pub async fn write(&mut self, path: &[u8], bytes: &[u8]) -> Result<Option<u64>, Error> {
        let kept = self.written(path, bytes).await?;
        let fresh = if kept == 0 { wire::TRUNCATE } else { 0 };
        let opened = self.open(path, wire::WRITE | wire::CREATE | fresh).await;
        let Some(handle) = or_missing(opened)? else {
            return Ok(None);
        };
        let written = self.write_open(&handle, bytes, kept).await;
        // A quota or a full disk may show only here.
        let closed = self.close_after(&handle, &written).await;
        written?;
        closed?;
        let size = self.lstat(path).await?.map(|attrs| attrs.size.unwrap_or(0));
        Ok(Some(size.unwrap_or(0)))
    }

    /// How many of these bytes stand at the path from an earlier, broken writing. Size first, then the last bytes, then
    /// all of them: a hole or another file's bytes begin again from nothing.
    async fn written(&mut self, path: &[u8], bytes: &[u8]) -> Result<usize, Error> {
        let Some(attrs) = self.lstat(path).await? else {
            return Ok(0);
        };
        if kind(&attrs) != Kind::File {
            // Opening would follow a link to wherever it leads.
            return Err(Error::Status(wire::FAILURE));
        }
        let size = attrs.size.and_then(|size| usize::try_from(size).ok()).unwrap_or(0);
        let Some(wanted) = bytes.get(..size).filter(|_| size >= WORTH_RESUMING) else {
            return Ok(0);
        };
        let Some(handle) = or_missing(self.open(path, wire::READ).await)? else {
            return Ok(0);
        };
        let same = self.is_there(&handle, wanted).await;
        let closed = self.close_after(&handle, &same).await;
        match (same, closed) {
            (Ok(true), Ok(())) => Ok(size),
            // What cannot be read is written anew.
            (Ok(_) | Err(Error::Status(_)), Ok(()) | Err(Error::Status(_))) => Ok(0),
            (Err(error), _) | (_, Err(error)) => Err(error),
        }
    }

    async fn is_there(&mut self, handle: &[u8], wanted: &[u8]) -> Result<bool, Error> {
        let tail = wanted.len().saturating_sub(CHUNK);
        let last = wanted.get(tail..).unwrap_or_default();
        let request = Request::Read {
            handle,
            at: tail as u64,
            len: u32::try_from(last.len()).unwrap_or(u32::MAX),
        };
        match self.ask(&request).await? {
            // A server may answer with less; the whole is compared below.
            Answer::Data(data) if last.starts_with(&data) => {}
            Answer::Data(_) | Answer::Status(_) => return Ok(false),
            other => return no(other),
        }
        let mut compare = Compare { rest: wanted };
        let read = self.read_range(handle, wanted.len() as u64, &mut compare).await?;
        Ok(read.is_ok() && compare.rest.is_empty())
    }

    async fn write_open(&mut self, handle: &[u8], bytes: &[u8], from: usize) -> Result<(), Error> {
        let mut under_way: VecDeque<Ticket> = VecDeque::new();
        let mut at = from as u64;
        for data in bytes.get(from..).unwrap_or_default().chunks(CHUNK) {
            if under_way.len() >= WRITES {
                self.take_written(&mut under_way).await?;
            }
            under_way.push_back(self.send(&Request::Write { handle, at, data }));
            at += data.len() as u64;
        }
        while !under_way.is_empty() {
            self.take_written(&mut under_way).await?;
        }
        Ok(())
    }

    /// Takes the oldest writing's answer; where it is a no, those after it are waited for and forgotten.
    async fn take_written(&mut self, under_way: &mut VecDeque<Ticket>) -> Result<(), Error> {
        let Some(oldest) = under_way.pop_front() else {
            return Ok(());
        };
        let written = done(self.answer(oldest).await?);
        if written.is_err() {
            let rest = under_way.drain(..).collect();
            self.settle(rest).await?;
        }
        written
    }
}

/// Ends at the first byte that is another.
struct Compare<'a> {
    rest: &'a [u8],
}

impl Sink for Compare<'_> {
    fn take(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.rest = self
            .rest
            .strip_prefix(bytes)
            .ok_or_else(|| Fault::never("其他内容 other bytes"))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
