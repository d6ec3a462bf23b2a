//! What the interface is told when it is built.

use model::DeptId;
use seams::{Clock, Spawn};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Somebody who may call.
#[derive(Clone)]
pub struct Client {
    /// What stands in the header with the key's name.
    pub id: String,
    /// The key, at least [`port::signed::MIN_KEY_BYTES`] bytes; a shorter one never signs in.
    pub secret: Vec<u8>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Where posted cases enter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Intake {
    /// The platform's department: `hub`.
    pub dept: DeptId,
    /// Its channel.
    pub channel: String,
    /// The feed of cases on that channel.
    pub feed: String,
}

/// Everything the interface needs besides the node.
#[derive(Clone)]
pub struct Options {
    /// Who may call.
    pub clients: Vec<Client>,
    /// Where posted cases enter; without it nothing can be posted (503).
    pub intake: Option<Intake>,
    /// How far a request's time may be from ours, before or after; nonces are remembered as long.
    pub nonce_window: Duration,
    /// The most bytes a body may have.
    pub max_body_bytes: usize,
    /// How long a whole body may take to arrive.
    pub read_timeout: Duration,
    /// How many signed requests may be under way at once.
    pub max_in_flight: usize,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Runs what must come to its end although the caller hung up.
    pub spawn: Arc<dyn Spawn>,
}

impl Options {
    /// With the usual bounds: 5 minutes of nonces, 8 MiB bodies within 30 seconds, 64 requests at once; nobody may call yet.
    pub fn new(clock: Arc<dyn Clock>, spawn: Arc<dyn Spawn>) -> Self {
        Self {
            clients: Vec::new(),
            intake: None,
            nonce_window: Duration::from_secs(300),
            max_body_bytes: 8 << 20,
            read_timeout: Duration::from_secs(30),
            max_in_flight: 64,
            clock,
            spawn,
        }
    }
}
