//! The listener: connections in, plain or TLS, HTTP/1 only; and an end that waits for what is under way, but not for ever.

use crate::admit::MAX_HEADER_BYTES;
use crate::patience::Keeper;
use crate::tls::Tls;
use axum::Router;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use model::{Code, Finding};
use seams::Clock;
use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

#[cfg(test)]
mod tests;

/// The most header lines a request may have.
const MAX_HEADERS: usize = 64;

/// The bounds of connections.
#[derive(Clone)]
pub struct Door {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// How long a connection may go without a whole request head, or without taking its answer.
    pub patience: Duration,
    /// How many connections there may be at once.
    pub max_connections: usize,
    /// How long the end waits for requests under way.
    pub drain: Duration,
}

impl Door {
    /// With the usual bounds: 30 seconds, 512 connections, 10 seconds to the end.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let (patience, drain) = (Duration::from_secs(30), Duration::from_secs(10));
        Self {
            clock,
            patience,
            max_connections: 512,
            drain,
        }
    }
}

/// Serves until `shutdown`, then lets requests under way finish. Wants a TLS provider installed where `tls` is given.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    tls: Option<Tls>,
    door: Door,
    shutdown: impl Future<Output = ()>,
) -> Result<(), Finding> {
    let tls = tls.as_ref().map(Tls::load).transpose()?;
    let handle = axum_server::Handle::new();
    let keeper = Keeper::new(door.clock.clone(), door.patience, door.max_connections);
    let server = open(listener).map_err(|e| failed(&e))?.handle(handle.clone());
    let app = router.into_make_service_with_connect_info::<SocketAddr>();
    let end = end(&handle, door.drain, shutdown);
    match tls {
        None => drive(server.acceptor(keeper).http1_only().serve(app), end).await,
        Some(config) => {
            let tls = RustlsAcceptor::new(RustlsConfig::from_config(config)).handshake_timeout(door.patience);
            drive(server.acceptor(tls.acceptor(keeper)).http1_only().serve(app), end).await
        }
    }
    .map_err(|e| failed(&e))
}

fn open(listener: TcpListener) -> io::Result<axum_server::Server<SocketAddr>> {
    listener.set_nonblocking(true)?;
    let mut server = axum_server::from_tcp(listener)?;
    // Twice what the router takes, so that a little too much still gets an answer in words.
    server
        .http_builder()
        .http1()
        .max_buf_size(2 * MAX_HEADER_BYTES)
        .max_headers(MAX_HEADERS);
    Ok(server)
}

async fn end(handle: &axum_server::Handle<SocketAddr>, drain: Duration, shutdown: impl Future<Output = ()>) {
    shutdown.await;
    handle.graceful_shutdown(Some(drain));
}

async fn drive(serving: impl Future<Output = io::Result<()>>, end: impl Future<Output = ()>) -> io::Result<()> {
    let (mut serving, mut end) = (std::pin::pin!(serving), std::pin::pin!(end));
    tokio::select! {
        served = &mut serving => return served,
        () = &mut end => {}
    }
    serving.await
}

fn failed(fault: &io::Error) -> Finding {
    Finding::new(Code::AListen).with("detail", fault)
}
