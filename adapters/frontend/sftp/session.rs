//! One SFTP session: requests out, answers in, many under way at once, each found by its number.
//!
//! There is no task behind it: whoever waits for an answer moves the bytes of all, in both directions. So a session
//! ends with the call that uses it, and cannot go on by itself. The line is never trusted to go on: if nothing is
//! answered for as long as one request may wait, the wait ends.

use super::wire::{self, Answer, Malformed, Request};
use bytes::{Buf as _, BytesMut};
use seams::Clock;
use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes taken from the line at once.
const GULP: usize = 64 * 1024;

/// Why there is no answer, or not the hoped one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Error {
    /// The server says no; the session is as sound as before.
    Status(u32),
    /// The server answers outside the protocol.
    Malformed(&'static str),
    /// The connection is gone.
    Lost(String),
    /// Nothing was answered for too long.
    Timeout,
}

impl From<Malformed> for Error {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed.0)
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Lost(error.kind().to_string())
    }
}

/// A request under way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ticket(u32);

/// A session over any line.
pub struct Session<L> {
    line: L,
    clock: Arc<dyn Clock>,
    /// How long a request may wait: from its sending, or where others were before it, from the answer before its own.
    limit: Duration,
    out: BytesMut,
    come: BytesMut,
    gulp: Box<[u8]>,
    next: u32,
    under_way: BTreeSet<u32>,
    answered: BTreeMap<u32, Answer>,
}

impl<L: AsyncRead + AsyncWrite + Unpin + Send> Session<L> {
    /// Begins one: versions are exchanged. The version is the server's; 3 is the only one that can be used.
    pub async fn begin(line: L, clock: Arc<dyn Clock>, limit: Duration) -> Result<(Self, u32), Error> {
        let mut session = Self {
            line,
            clock,
            limit,
            out: BytesMut::new(),
            come: BytesMut::new(),
            gulp: vec![0; GULP].into_boxed_slice(),
            next: 0,
            under_way: BTreeSet::new(),
            answered: BTreeMap::new(),
        };
        wire::put_init(&mut session.out);
        let packet = session.packet_in_time().await?;
        let version = wire::version(packet)?;
        Ok((session, version))
    }

    /// Puts a request on the way; it leaves when somebody waits for an answer.
    pub fn send(&mut self, request: &Request<'_>) -> Ticket {
        let id = self.next;
        self.next = self.next.wrapping_add(1);
        self.under_way.insert(id);
        wire::put(id, request, &mut self.out);
        Ticket(id)
    }

    /// The answer to a request.
    pub async fn answer(&mut self, ticket: Ticket) -> Result<Answer, Error> {
        loop {
            if let Some(answer) = self.answered.remove(&ticket.0) {
                return Ok(answer);
            }
            let packet = self.packet_in_time().await?;
            let (id, answer) = wire::answer(packet)?;
            if !self.under_way.remove(&id) {
                return Err(Error::Malformed("an answer to nothing that was asked"));
            }
            self.answered.insert(id, answer);
        }
    }

    /// Asks, and waits for the answer.
    pub async fn ask(&mut self, request: &Request<'_>) -> Result<Answer, Error> {
        let ticket = self.send(request);
        self.answer(ticket).await
    }

    /// Waits for answers that nobody needs any more.
    pub async fn settle(&mut self, tickets: Vec<Ticket>) -> Result<(), Error> {
        for ticket in tickets {
            self.answer(ticket).await?;
        }
        Ok(())
    }

    /// Nothing is under way: what is asked next meets its own answer.
    pub fn is_quiet(&self) -> bool {
        self.under_way.is_empty() && self.answered.is_empty() && self.out.is_empty() && self.come.is_empty()
    }

    async fn packet_in_time(&mut self) -> Result<bytes::Bytes, Error> {
        let (clock, limit) = (Arc::clone(&self.clock), self.limit);
        tokio::select! {
            packet = self.packet() => packet,
            () = clock.sleep(limit) => Err(Error::Timeout),
        }
    }

    async fn packet(&mut self) -> Result<bytes::Bytes, Error> {
        loop {
            if let Some(packet) = wire::cut(&mut self.come)? {
                return Ok(packet);
            }
            poll_fn(|cx| self.turn(cx)).await?;
        }
    }

    /// Writes what can be written, and ends once something was read. Both at once, or two full lines wait for each other.
    fn turn(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.out.is_empty() {
            match Pin::new(&mut self.line).poll_write(cx, &self.out) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(written)) => self.out.advance(written),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => break,
            }
        }
        if let Poll::Ready(Err(error)) = Pin::new(&mut self.line).poll_flush(cx) {
            return Poll::Ready(Err(error));
        }
        let mut read = ReadBuf::new(&mut self.gulp);
        ready!(Pin::new(&mut self.line).poll_read(cx, &mut read))?;
        if read.filled().is_empty() {
            return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
        }
        self.come.extend_from_slice(read.filled());
        Poll::Ready(Ok(()))
    }
}
