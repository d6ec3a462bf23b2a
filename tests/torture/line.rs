//! Asking the node over its local socket: one line of JSON each way, as anybody else would.

use engine::verb::{Reply, Request};
use model::Finding;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

/// An answer that takes longer will not come.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Serialize)]
struct Question<'a> {
    request: &'a Request,
    name: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Said {
    Yes(Box<Reply>),
    No(Box<Finding>),
}

/// Why there is no answer.
#[derive(Debug)]
pub enum No {
    /// Nobody listens, or whoever did is gone. Whether it did what was asked is not known.
    Down,
    /// The node said no.
    Said(Box<Finding>),
}

/// The way to a node, and who asks.
#[derive(Clone, Debug)]
pub struct Line {
    socket: PathBuf,
    person: String,
}

impl Line {
    /// To a socket, as a person of `[people]`.
    pub fn new(socket: PathBuf, person: String) -> Self {
        Self { socket, person }
    }

    /// Asks once.
    ///
    /// # Errors
    /// The node is gone, or says no.
    pub async fn ask(&self, request: Request) -> Result<Reply, No> {
        let answer = match tokio::time::timeout(PATIENCE, self.exchange(&request)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) | Err(_) => return Err(No::Down),
        };
        // An answer that was cut is no answer.
        match serde_json::from_slice(&answer) {
            Ok(Said::Yes(reply)) => Ok(*reply),
            Ok(Said::No(finding)) => Err(No::Said(finding)),
            Err(_) => Err(No::Down),
        }
    }

    /// Asks until somebody answers.
    ///
    /// # Errors
    /// The node says no.
    pub async fn insist(&self, request: Request) -> Result<Reply, Box<Finding>> {
        loop {
            match self.ask(request.clone()).await {
                Ok(reply) => return Ok(reply),
                Err(No::Said(finding)) => return Err(finding),
                Err(No::Down) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    }

    async fn exchange(&self, request: &Request) -> std::io::Result<Vec<u8>> {
        let mut stream = UnixStream::connect(&self.socket).await?;
        let mut bytes = serde_json::to_vec(&Question {
            request,
            name: &self.person,
        })?;
        bytes.push(b'\n');
        stream.write_all(&bytes).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Ok(answer)
    }
}
