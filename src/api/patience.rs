//! Bounds on connections: how many there are, and how long each may keep us waiting.
//!
//! A caller who sends its headers byte by byte, keeps an idle connection open or does not read its answer never becomes a
//! request that could be bounded as one. So the connection itself has patience: it is cut when too long passes without a
//! request in hand. While one is in hand, the request's own bounds hold.

use axum_server::accept::Accept;
use seams::Clock;
use std::future::{Future, Ready, ready};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::Service;

#[cfg(test)]
mod tests;

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Lets connections in, so many at once; one too many is closed at once.
#[derive(Clone)]
pub struct Keeper {
    clock: Arc<dyn Clock>,
    patience: Duration,
    places: Arc<Semaphore>,
}

impl Keeper {
    /// With room for so many connections.
    pub fn new(clock: Arc<dyn Clock>, patience: Duration, max_connections: usize) -> Self {
        Self {
            clock,
            patience,
            places: Arc::new(Semaphore::new(max_connections)),
        }
    }
}

impl<S> Accept<TcpStream, S> for Keeper {
    type Stream = Patient<TcpStream>;
    type Service = Counted<S>;
    type Future = Ready<io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let Ok(place) = self.places.clone().try_acquire_owned() else {
            return ready(Err(io::Error::other("too many connections")));
        };
        if let Err(fault) = stream.set_nodelay(true) {
            return ready(Err(fault));
        }
        let turn = Turn::default();
        let patient = Patient::new(stream, turn.clone(), self.clock.clone(), self.patience);
        ready(Ok((
            patient,
            Counted {
                service,
                turn,
                _place: Arc::new(place),
            },
        )))
    }
}

/// Whose turn it is on a connection: even, the caller's; odd, ours.
#[derive(Clone, Default)]
struct Turn(Arc<AtomicU64>);

/// Held while a request is in hand.
struct InHand(Turn);

impl InHand {
    fn begin(turn: &Turn) -> Self {
        turn.0.fetch_add(1, Ordering::SeqCst);
        Self(turn.clone())
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A service that says when a request is in hand, and keeps its connection's place.
#[derive(Clone)]
pub struct Counted<S> {
    service: S,
    turn: Turn,
    _place: Arc<OwnedSemaphorePermit>,
}

impl<S, R> Service<R> for Counted<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Boxed<Result<S::Response, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let in_hand = InHand::begin(&self.turn);
        let answer = self.service.call(request);
        Box::pin(async move {
            let answer = answer.await;
            drop(in_hand);
            answer
        })
    }
}

/// A connection that does not wait for ever.
pub struct Patient<S> {
    stream: S,
    turn: Turn,
    clock: Arc<dyn Clock>,
    patience: Duration,
    waiting: Option<Waiting>,
}

/// How long the present turn of a caller may still take.
enum Waiting {
    /// The turn, and what is ready once it has used it up.
    For(u64, Boxed<()>),
    /// The turn was used up. A connection may be asked again after that.
    Over(u64),
}

impl<S> Patient<S> {
    fn new(stream: S, turn: Turn, clock: Arc<dyn Clock>, patience: Duration) -> Self {
        Self {
            stream,
            turn,
            clock,
            patience,
            waiting: None,
        }
    }

    /// `Err` once the caller has used up its turn; otherwise wakes the task when it will have.
    fn check(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        let turn = self.turn.0.load(Ordering::SeqCst);
        if turn % 2 == 1 {
            self.waiting = None;
            return Ok(());
        }
        let mut sleep = match self.waiting.take() {
            Some(Waiting::For(since, sleep)) if since == turn => sleep,
            Some(Waiting::Over(since)) if since == turn => {
                self.waiting = Some(Waiting::Over(turn));
                return Err(io::ErrorKind::TimedOut.into());
            }
            _ => {
                let (clock, patience) = (self.clock.clone(), self.patience);
                Box::pin(async move { clock.sleep(patience).await })
            }
        };
        match sleep.as_mut().poll(cx) {
            Poll::Ready(()) => {
                self.waiting = Some(Waiting::Over(turn));
                Err(io::ErrorKind::TimedOut.into())
            }
            Poll::Pending => {
                self.waiting = Some(Waiting::For(turn, sleep));
                Ok(())
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.check(cx)?;
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.check(cx)?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(cx)?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check(cx)?;
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
