//! A line that can stand still: bytes are passed on until it is told to hold them, and neither side is told.

use super::world::spawner;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

pub struct Line {
    pub port: u16,
    held: Arc<AtomicBool>,
    connections: Arc<AtomicUsize>,
}

impl Line {
    /// To a port of this machine.
    pub async fn to(to: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let line = Self {
            port: listener.local_addr().unwrap().port(),
            held: Arc::default(),
            connections: Arc::default(),
        };
        let (spawn, held, connections) = (spawner(), Arc::clone(&line.held), Arc::clone(&line.connections));
        let each = Arc::clone(&spawn);
        spawn.spawn(
            "line",
            Box::pin(async move {
                loop {
                    let (near, _) = listener.accept().await.unwrap();
                    connections.fetch_add(1, Ordering::SeqCst);
                    let far = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
                    let ((a, b), (c, d)) = (near.into_split(), far.into_split());
                    each.spawn("there", Box::pin(pass(a, d, Arc::clone(&held))));
                    each.spawn("back", Box::pin(pass(c, b, Arc::clone(&held))));
                }
            }),
        );
        line
    }

    /// From now on nothing arrives; what is held then never does.
    pub fn hold(&self) {
        self.held.store(true, Ordering::SeqCst);
    }

    /// New connections pass bytes on again.
    pub fn go_on(&self) {
        self.held.store(false, Ordering::SeqCst);
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, held: Arc<AtomicBool>) {
    let mut bytes = vec![0; 4096];
    while let Ok(got @ 1..) = from.read(&mut bytes).await {
        if held.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        if to.write_all(&bytes[..got]).await.is_err() {
            break;
        }
    }
}
