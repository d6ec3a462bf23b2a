//! Bare HTTP as a stranger would speak it: the platform's own client always signs, and some scenarios must not.

use departments::poster::Told;
use port::signed;
use serde_json::Value;
use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One request as it is written on the wire; `None` where nobody answers.
pub async fn send(to: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Option<Told> {
    let mut stream = TcpStream::connect(to).await.ok()?;
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {to}\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await.ok()?;
    // A node that has refused already need not read to the end.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let text = String::from_utf8(answer).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Told {
        status,
        body: serde_json::from_str(body).unwrap_or(Value::Null),
    })
}

/// An unsigned question.
pub async fn get(to: &str, path: &str) -> Option<Told> {
    send(to, "GET", path, &[], b"").await
}

/// Who signs, with what, and when.
pub struct Signer<'a> {
    pub key_id: &'a str,
    pub key: &'a str,
    pub nonce: &'a str,
    /// Seconds from now.
    pub late: i64,
}

impl Signer<'_> {
    /// Posts a case under this signature, with further headers.
    pub async fn post(&self, to: &str, body: &[u8], more: &[(&str, &str)]) -> Told {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let timestamp = (i64::try_from(now).unwrap() + self.late).to_string();
        let (method, path) = ("POST", "/v1/cases");
        let request = signed::Request {
            method,
            path,
            timestamp: &timestamp,
            nonce: self.nonce,
            body,
        };
        let signature = signed::sign(self.key.as_bytes(), &request).unwrap();
        let mut headers = vec![
            (signed::KEY_ID, self.key_id),
            (signed::TIMESTAMP, &timestamp),
            (signed::NONCE, self.nonce),
            (signed::SIGNATURE, &signature),
            ("content-type", "application/json"),
        ];
        headers.extend_from_slice(more);
        send(to, method, path, &headers, body).await.unwrap()
    }
}
