//! A line that can stand still or break: bytes are passed on until it is told to hold them, and neither side is told; or
//! until a judge who sees each piece of them says that it never arrives, and the line is gone.

use super::world::spawner;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// Which way bytes go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    There,
    Back,
}

/// Says of every piece before it is passed on whether the line still is.
type Judge = Box<dyn FnMut(Way) -> bool + Send>;

/// What both directions of all connections share.
struct State {
    held: AtomicBool,
    there: AtomicU64,
    judge: Mutex<Judge>,
}

pub struct Line {
    pub port: u16,
    state: Arc<State>,
    connections: Arc<AtomicUsize>,
}

impl Line {
    /// To a port of this machine.
    pub async fn to(to: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let line = Self {
            port: listener.local_addr().unwrap().port(),
            state: Arc::new(State {
                held: AtomicBool::default(),
                there: AtomicU64::default(),
                judge: Mutex::new(Box::new(|_| true)),
            }),
            connections: Arc::default(),
        };
        let (spawn, state, connections) = (spawner(), Arc::clone(&line.state), Arc::clone(&line.connections));
        let each = Arc::clone(&spawn);
        spawn.spawn(
            "line",
            Box::pin(async move {
                loop {
                    let (near, _) = listener.accept().await.unwrap();
                    connections.fetch_add(1, Ordering::SeqCst);
                    let far = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
                    let ((a, b), (c, d)) = (near.into_split(), far.into_split());
                    each.spawn("there", Box::pin(pass(Way::There, a, d, Arc::clone(&state))));
                    each.spawn("back", Box::pin(pass(Way::Back, c, b, Arc::clone(&state))));
                }
            }),
        );
        line
    }

    /// From now on nothing arrives; what is held then never does.
    pub fn hold(&self) {
        self.state.held.store(true, Ordering::SeqCst);
    }

    /// New connections pass bytes on again.
    pub fn go_on(&self) {
        self.state.held.store(false, Ordering::SeqCst);
    }

    /// From now on somebody judges every piece.
    pub fn judge(&self, judge: impl FnMut(Way) -> bool + Send + 'static) {
        *self.state.judge.lock().unwrap() = Box::new(judge);
    }

    /// Bytes that went to the server since this was last asked.
    pub fn there(&self) -> u64 {
        self.state.there.swap(0, Ordering::SeqCst)
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn pass(way: Way, mut from: OwnedReadHalf, mut to: OwnedWriteHalf, state: Arc<State>) {
    let mut bytes = vec![0; 4096];
    while let Ok(got @ 1..) = from.read(&mut bytes).await {
        if state.held.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        let lives = (state.judge.lock().unwrap_or_else(PoisonError::into_inner))(way);
        if !lives {
            break;
        }
        if way == Way::There {
            state.there.fetch_add(got as u64, Ordering::SeqCst);
        }
        if to.write_all(&bytes[..got]).await.is_err() {
            break;
        }
    }
}
