//! Who we are at the other side: nobody, the bearer of a token, or the holder of a signing key.
//!
//! A token is fetched by one request at a time however many wait for it, kept until shortly before it ends, and fetched
//! anew exactly once where the other side turns it away early. A second refusal is a person's matter: a loop would lock
//! the account.

use crate::error::{Broken, nonsense};
use crate::json::{self, Bounds};
use crate::units::Span;
use crate::wire::{Call, Reply, Wire, is_busy};
use model::{Code, Finding};
use port::{Fault, Kept, signed};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use seams::{Clock, Rng, point};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

#[cfg(test)]
mod tests;

/// Who we are.
pub enum Auth {
    /// Nobody in particular; the setting to look at where that is turned away.
    Open(&'static str),
    /// Client credentials.
    Bearer(Box<OAuth>),
    /// A signing key.
    Signed(Signer),
}

/// Client credentials and the token they last bought.
pub struct OAuth {
    /// Path of the token endpoint.
    pub path: String,
    /// Our name.
    pub client_id: String,
    /// Our secret.
    pub secret: Kept,
    /// Asked for.
    pub scope: Option<String>,
    /// Given up this long before the end.
    pub skew: Span,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// The token in use. Held while one is fetched, so that all others wait for that one.
    pub held: Mutex<Option<Token>>,
}

/// A token in use.
pub struct Token {
    header: HeaderValue,
    /// Counts up, so that many refusals of one token cost one new token.
    number: u64,
    good_until: Duration,
}

/// A signing key.
pub struct Signer {
    /// Its name.
    pub key_id: String,
    /// The key.
    pub key: SecretString,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Nonces.
    pub rng: Arc<dyn Rng>,
}

/// The wire, and who we are on it.
pub struct Session {
    /// The wire.
    pub wire: Wire,
    /// Who we are.
    pub auth: Auth,
    /// What a token answer may have at most.
    pub bounds: Bounds,
}

impl Session {
    /// Sends a request as ourselves. A token turned away is replaced once.
    pub async fn call(&self, mut call: Call) -> Result<Reply, Broken> {
        match &self.auth {
            Auth::Open(setting) => {
                let reply = self.wire.send(&call).await?;
                admitted(reply, &call.endpoint, setting)
            }
            Auth::Signed(signer) => {
                let path = self.wire.seen_path(&call.path);
                signer.put(&mut call, &path).map_err(Broken::NotTaken)?;
                let reply = self.wire.send(&call).await?;
                admitted(reply, &call.endpoint, "hub.push.key")
            }
            Auth::Bearer(oauth) => self.with_token(oauth, call).await,
        }
    }

    async fn with_token(&self, oauth: &OAuth, mut call: Call) -> Result<Reply, Broken> {
        let (header, number) = self.token(oauth, None).await.map_err(Broken::NotTaken)?;
        call.headers.insert(AUTHORIZATION, header);
        let reply = self.wire.send(&call).await?;
        if reply.status != 401 {
            return admitted(reply, &call.endpoint, "rest.oauth");
        }
        let (header, _) = self.token(oauth, Some(number)).await.map_err(Broken::NotTaken)?;
        call.headers.insert(AUTHORIZATION, header);
        let reply = self.wire.send(&call).await?;
        admitted(reply, &call.endpoint, "rest.oauth")
    }

    /// A token that is good now and is not the one numbered `turned_away`.
    async fn token(&self, oauth: &OAuth, turned_away: Option<u64>) -> Result<(HeaderValue, u64), Fault> {
        let mut held = oauth.held.lock().await;
        let last = held.as_ref().map_or(0, |t| t.number);
        let now = oauth.clock.mono();
        let good = |t: &&Token| now < t.good_until && turned_away.is_none_or(|n| n < t.number);
        if let Some(token) = held.as_ref().filter(good) {
            return Ok((token.header.clone(), token.number));
        }
        *held = None;
        let reply = self.wire.send(&oauth.request()?).await.map_err(Broken::into_fault)?;
        let (header, lasts) = oauth.read(&reply, self.bounds)?;
        let lasts = lasts.saturating_sub(oauth.skew.0);
        point::passed("link.token-had");
        *held = Some(Token {
            header: header.clone(),
            number: last + 1,
            good_until: now + lasts,
        });
        Ok((header, last + 1))
    }
}

fn admitted(reply: Reply, endpoint: &str, setting: &str) -> Result<Reply, Broken> {
    if matches!(reply.status, 401 | 403) {
        return Err(Broken::NotTaken(refused(endpoint, setting)));
    }
    Ok(reply)
}

fn refused(endpoint: &str, setting: &str) -> Fault {
    Fault::person(
        Finding::new(Code::CAuth)
            .with("endpoint", endpoint)
            .with("setting", setting),
    )
}

impl OAuth {
    fn endpoint(&self) -> String {
        format!("POST {}", self.path)
    }

    fn request(&self) -> Result<Call, Fault> {
        let mut headers = HeaderMap::new();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        let mut body = String::from("grant_type=client_credentials");
        let mut add = |name: &str, value: &str| {
            body.push_str(&crate::target::fill(&format!("&{name}={{v}}"), &[("v", value)]));
        };
        add("client_id", &self.client_id);
        add(
            "client_secret",
            self.secret.read().map_err(Fault::person)?.expose_secret(),
        );
        if let Some(scope) = &self.scope {
            add("scope", scope);
        }
        let (method, path) = (Method::POST, self.path.clone());
        Ok(Call {
            method,
            path,
            endpoint: self.endpoint(),
            headers,
            body: Some(body.into_bytes()),
        })
    }

    fn read(&self, reply: &Reply, bounds: Bounds) -> Result<(HeaderValue, Duration), Fault> {
        let endpoint = self.endpoint();
        if is_busy(reply.status) {
            let fault = Fault::retry(Finding::new(Code::CBusy).with("endpoint", endpoint));
            return Err(reply.retry_after.map_or(fault.clone(), |pause| fault.after(pause)));
        }
        if matches!(reply.status, 400 | 401 | 403) {
            return Err(refused(&endpoint, "rest.oauth.client_secret"));
        }
        let outside = |detail: &str| Fault::retry(nonsense(&endpoint, detail));
        if reply.status != 200 || !reply.json {
            return Err(outside(&format!("HTTP {}", reply.status)));
        }
        let answer = json::parse(&reply.body, bounds).map_err(|f| outside(f.code.word()))?;
        let bearer = answer
            .get("token_type")
            .and_then(|t| t.word())
            .is_some_and(|t| t.eq_ignore_ascii_case("bearer"));
        let token = answer
            .get("access_token")
            .and_then(|t| t.word())
            .filter(|t| bearer && !t.is_empty());
        let header = token.and_then(|t| HeaderValue::from_str(&format!("Bearer {t}")).ok());
        let mut header = header.ok_or_else(|| outside("access_token"))?;
        header.set_sensitive(true);
        let lasts = answer
            .get("expires_in")
            .and_then(|t| t.word())
            .and_then(|t| t.parse().ok());
        let lasts = lasts.ok_or_else(|| outside("expires_in"))?;
        Ok((header, Duration::from_secs(lasts).min(Duration::from_secs(86_400))))
    }
}

impl Signer {
    fn put(&self, call: &mut Call, path: &str) -> Result<(), Fault> {
        let timestamp = (self.clock.now().0 / 1000).to_string();
        let nonce = format!("{:016x}{:016x}", self.rng.next_u64(), self.rng.next_u64());
        let body = call.body.as_deref().unwrap_or(&[]);
        let request = signed::Request {
            method: call.method.as_str(),
            path,
            timestamp: &timestamp,
            nonce: &nonce,
            body,
        };
        let signature = signed::sign(self.key.expose_secret().as_bytes(), &request)
            .ok_or_else(|| Fault::never("a request that cannot be signed"))?;
        let pairs = [
            (signed::KEY_ID, &self.key_id),
            (signed::TIMESTAMP, &timestamp),
            (signed::NONCE, &nonce),
            (signed::SIGNATURE, &signature),
        ];
        for (name, value) in pairs {
            let value = HeaderValue::from_str(value).map_err(|_| Fault::never("a header that cannot be written"))?;
            call.headers.insert(HeaderName::from_static(name), value);
        }
        Ok(())
    }
}
