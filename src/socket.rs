//! The local socket: a verb asks the process that holds the data directory. One line of JSON each way.
//!
//! The kernel says which user asks. Mode 0660: the group decides who may connect at all.

use crate::entrance::{Answered, Asked, Entrance};
use accounts::{Order, Told};
use engine::verb::{Caller, Reply, Request};
use model::{Code, Finding};
use seams::{Clock, Spawn};
use serde::{Deserialize, Serialize};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

/// A question is never longer than this, bytes.
const MOST: u64 = 1 << 20;
/// Where no caller can be let in, because there are no handles left, the next is not tried at once.
const PAUSE: Duration = Duration::from_millis(200);

#[derive(Serialize, Deserialize)]
struct Question {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request: Option<Request>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    accounts: Option<Order>,
    name: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Said {
    Yes(Box<Reply>),
    Told(Told),
    No(Box<Finding>),
}

/// Listens and answers until the node ends.
pub fn listen(path: &Path, entrance: Entrance, clock: Arc<dyn Clock>, spawn: Arc<dyn Spawn>) -> std::io::Result<()> {
    remove_stale(path)?;
    let listener = UnixListener::bind(path)?;
    restrict(path)?;
    let inner = spawn.clone();
    spawn.spawn(
        "socket",
        Box::pin(async move {
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => {
                        let entrance = entrance.clone();
                        inner.spawn("verb", Box::pin(serve(stream, entrance)));
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a caller could not be let in");
                        clock.sleep(PAUSE).await;
                    }
                }
            }
        }),
    );
    Ok(())
}

#[allow(
    clippy::disallowed_methods,
    reason = "the socket is no data; whoever binds it holds the directory's lock"
)]
fn remove_stale(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[allow(clippy::disallowed_methods, reason = "the socket is no data")]
fn restrict(path: &Path) -> std::io::Result<()> {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o660))
}

async fn serve(stream: UnixStream, entrance: Entrance) {
    let Ok(uid) = stream.peer_cred().map(|c| c.uid()) else {
        return;
    };
    let (reader, mut writer) = stream.into_split();
    let mut line = String::new();
    if BufReader::new(reader.take(MOST)).read_line(&mut line).await.is_err() {
        return;
    }
    let said = match serde_json::from_str::<Question>(&line) {
        Ok(question) => {
            let caller = Caller {
                name: question.name,
                uid,
                inside: false,
            };
            let asked = match (question.request, question.accounts) {
                (Some(request), None) => Some(Asked::Node(Box::new(request))),
                (None, Some(order)) => Some(Asked::Accounts(order)),
                _ => None,
            };
            match asked {
                Some(asked) => match entrance.ask(asked, caller).await {
                    Ok(Answered::Node(reply)) => Said::Yes(reply),
                    Ok(Answered::Accounts(told)) => Said::Told(told),
                    Err(finding) => Said::No(Box::new(finding)),
                },
                None => Said::No(Box::new(Finding::new(Code::EStructure).with("detail", "request"))),
            }
        }
        Err(error) => Said::No(Box::new(
            Finding::new(Code::EStructure).with("detail", error.to_string()),
        )),
    };
    if let Ok(mut bytes) = serde_json::to_vec(&said) {
        bytes.push(b'\n');
        let _ = writer.write_all(&bytes).await;
        let _ = writer.shutdown().await;
    }
}

/// Why the holder could not be asked.
pub enum Failed {
    /// Nobody listens.
    Unreachable(Finding),
    /// Somebody listens and did not answer: whether it was done, nobody knows. It is not asked again.
    Silent(Finding),
    /// It said no.
    No(Finding),
}

/// Asks the holder.
pub async fn ask(path: &Path, asked: Asked, name: Option<String>) -> Result<Answered, Failed> {
    let finding = |detail: String| {
        Finding::new(Code::CUnreachable)
            .with("endpoint", path.display())
            .with("detail", detail)
    };
    let stream = UnixStream::connect(path)
        .await
        .map_err(|e| Failed::Unreachable(finding(e.to_string())))?;
    let silent = |detail: String| Failed::Silent(finding(detail));
    let (reader, mut writer) = stream.into_split();
    let (request, accounts) = match asked {
        Asked::Node(request) => (Some(*request), None),
        Asked::Accounts(order) => (None, Some(order)),
    };
    let question = Question {
        request,
        accounts,
        name,
    };
    let mut bytes = serde_json::to_vec(&question).map_err(|e| silent(e.to_string()))?;
    bytes.push(b'\n');
    writer.write_all(&bytes).await.map_err(|e| silent(e.to_string()))?;
    let mut answer = String::new();
    BufReader::new(reader)
        .read_to_string(&mut answer)
        .await
        .map_err(|e| silent(e.to_string()))?;
    match serde_json::from_str(&answer) {
        Ok(Said::Yes(reply)) => Ok(Answered::Node(reply)),
        Ok(Said::Told(told)) => Ok(Answered::Accounts(told)),
        Ok(Said::No(finding)) => Err(Failed::No(*finding)),
        Err(error) => Err(silent(error.to_string())),
    }
}
