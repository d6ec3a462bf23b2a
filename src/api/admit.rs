//! Who may come in: bounds first, then the signature, then the nonce; only then is anything read as data.
//!
//! A stranger learns nothing from a refusal: an unknown key and a wrong signature take the same way and give the same
//! answer. Staleness is told before the body is read; that a nonce was used is told only to who holds the key.

use crate::nonces::{MAX_NONCE_BYTES, MAX_REMEMBERED, Nonces, Seen};
use crate::options::{Client, Options};
use crate::say;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::StreamExt;
use model::{Code, Finding};
use port::signed;
use seams::Clock;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

#[cfg(test)]
mod tests;

/// The most bytes request line and headers may have together.
pub const MAX_HEADER_BYTES: usize = 16 << 10;
/// The most bytes a key's name may have.
const MAX_KEY_ID_BYTES: usize = 64;

/// The gate all signed requests pass.
pub struct Gate {
    keys: HashMap<String, Key>,
    window_s: u64,
    max_body_bytes: usize,
    read_timeout: Duration,
    in_flight: Arc<Semaphore>,
    clock: Arc<dyn Clock>,
}

struct Key {
    secret: Vec<u8>,
    nonces: Mutex<Nonces>,
}

/// A place among the requests under way.
pub type Place = Arc<OwnedSemaphorePermit>;

/// A request that was let in.
#[derive(Clone)]
pub struct Admitted {
    /// Its whole body.
    pub body: Bytes,
    /// Its place, for whatever goes on after the caller hung up.
    pub place: Place,
}

struct Signature<'a> {
    key_id: &'a str,
    timestamp: &'a str,
    nonce: &'a str,
    tag: &'a str,
}

impl Gate {
    /// For these options.
    pub fn new(options: &Options) -> Self {
        let long_enough = |c: &&Client| {
            let good = c.secret.len() >= signed::MIN_KEY_BYTES;
            if !good {
                tracing::error!(client = c.id, "its key is too short; it is never let in");
            }
            good
        };
        let keys = options.clients.iter().filter(long_enough).map(|c| {
            let nonces = Mutex::new(Nonces::new(MAX_REMEMBERED));
            (
                c.id.clone(),
                Key {
                    secret: c.secret.clone(),
                    nonces,
                },
            )
        });
        Self {
            keys: keys.collect(),
            window_s: options.nonce_window.as_secs(),
            max_body_bytes: options.max_body_bytes,
            read_timeout: options.read_timeout,
            in_flight: Arc::new(Semaphore::new(options.max_in_flight)),
            clock: options.clock.clone(),
        }
    }

    fn now_s(&self) -> i64 {
        self.clock.now().0.div_euclid(1000)
    }

    fn too_large(&self, found: String) -> Response {
        let finding = Finding::new(Code::ETooLarge)
            .with("found", found)
            .with("limit", self.max_body_bytes)
            .with("setting", "limits.body_bytes");
        say::error(StatusCode::PAYLOAD_TOO_LARGE, &finding)
    }

    /// The whole body, within its bounds of size and time.
    async fn read(&self, body: Body) -> Result<Bytes, Response> {
        tokio::select! {
            read = self.read_all(body) => read,
            () = self.clock.sleep(self.read_timeout) => {
                let limit = format!("{}s", self.read_timeout.as_secs_f64());
                Err(say::error(StatusCode::REQUEST_TIMEOUT, &Finding::new(Code::ASlow).with("limit", limit)))
            }
        }
    }

    async fn read_all(&self, body: Body) -> Result<Bytes, Response> {
        let (mut stream, mut read) = (body.into_data_stream(), Vec::new());
        while let Some(piece) = stream.next().await {
            let piece = piece.map_err(|_| say::code(StatusCode::BAD_REQUEST, Code::ACut))?;
            if read.len() + piece.len() > self.max_body_bytes {
                return Err(self.too_large(format!(">{}", self.max_body_bytes)));
            }
            read.extend_from_slice(&piece);
        }
        Ok(read.into())
    }

    /// Whether these bytes carry the key's signature, for the first time.
    fn judge(&self, request: &signed::Request<'_>, signature: &Signature<'_>) -> Result<(), (StatusCode, Code)> {
        let key = self.keys.get(signature.key_id);
        // An unknown key is tried like a known one, so that both take the same time.
        let secret = key.map_or(&[0; 32][..], |k| &k.secret);
        let right = signed::verify(secret, request, signature.tag);
        let Some(key) = key.filter(|_| right) else {
            return Err((StatusCode::UNAUTHORIZED, Code::ASignature));
        };
        let now = self.now_s();
        let Some(time) = self.fresh(signature.timestamp, now) else {
            return Err((StatusCode::UNAUTHORIZED, Code::AStale));
        };
        let mut nonces = key.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        match nonces.note(signature.nonce, time, now, self.window_s) {
            Seen::New => Ok(()),
            Seen::Before => Err((StatusCode::UNAUTHORIZED, Code::AReplayed)),
            Seen::Full => Err((StatusCode::SERVICE_UNAVAILABLE, Code::ABusy)),
        }
    }

    fn fresh(&self, timestamp: &str, now: i64) -> Option<i64> {
        let fresh = signed::fresh(timestamp, now, self.window_s);
        timestamp.parse().ok().filter(|_| fresh)
    }
}

/// Lets signed requests in.
pub async fn admit(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    match enter(&gate, request).await {
        Ok((request, _place)) => next.run(request).await,
        Err(refusal) => refusal,
    }
}

/// The request, and its place until it is answered.
async fn enter(gate: &Gate, request: Request) -> Result<(Request, Place), Response> {
    let Ok(place) = gate.in_flight.clone().try_acquire_owned() else {
        return Err(say::code(StatusCode::SERVICE_UNAVAILABLE, Code::ABusy));
    };
    if let Some(length) = declared(request.headers())
        && length > gate.max_body_bytes as u64
    {
        return Err(gate.too_large(length.to_string()));
    }
    let (mut parts, body) = request.into_parts();
    let Some(signature) = signature(&parts.headers) else {
        return Err(say::code(StatusCode::UNAUTHORIZED, Code::AUnsigned));
    };
    if gate.fresh(signature.timestamp, gate.now_s()).is_none() {
        return Err(say::code(StatusCode::UNAUTHORIZED, Code::AStale));
    }
    let body = gate.read(body).await?;
    let signed = signed::Request {
        method: parts.method.as_str(),
        path: parts.uri.path_and_query().map_or("", |p| p.as_str()),
        timestamp: signature.timestamp,
        nonce: signature.nonce,
        body: &body,
    };
    gate.judge(&signed, &signature)
        .map_err(|(status, code)| say::code(status, code))?;
    let place = Arc::new(place);
    parts.extensions.insert(Admitted {
        body,
        place: place.clone(),
    });
    Ok((Request::from_parts(parts, Body::empty()), place))
}

fn declared(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The four headers, each there exactly once and within its bound.
fn signature(headers: &HeaderMap) -> Option<Signature<'_>> {
    let one = |name: &str, max: usize| {
        let mut all = headers.get_all(name).iter();
        let only = all.next()?.to_str().ok()?;
        (all.next().is_none() && !only.is_empty() && only.len() <= max).then_some(only)
    };
    Some(Signature {
        key_id: one(signed::KEY_ID, MAX_KEY_ID_BYTES)?,
        timestamp: one(signed::TIMESTAMP, 20)?,
        nonce: one(signed::NONCE, MAX_NONCE_BYTES)?,
        tag: one(signed::SIGNATURE, 64)?,
    })
}

/// Before anything else, for every request: request line and headers within their bound.
pub async fn front(request: Request, next: Next) -> Response {
    let line = request.uri().path_and_query().map_or(0, |p| p.as_str().len());
    let headers: usize = request
        .headers()
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    if line + headers > MAX_HEADER_BYTES {
        let finding = Finding::new(Code::AHeadersTooLarge).with("limit", MAX_HEADER_BYTES);
        return say::error(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, &finding);
    }
    next.run(request).await
}
