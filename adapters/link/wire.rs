//! One request, one bounded answer: every wait limited, no redirect, no proxy, no repeat, no hidden decompression.

use crate::error::{Broken, nonsense, sort};
use crate::settings::Waits;
use crate::units::Size;
use model::{Code, Finding};
use port::Fault;
use reqwest::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER, USER_AGENT};
use reqwest::{Certificate, Client, Method, StatusCode, Url, redirect, retry};
use seams::point;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::sync::OnceCell;

#[cfg(test)]
mod tests;

/// The most bytes a file of authorities may have.
const CA_BYTES: u64 = 1 << 20;
/// An idle connection is given up before most servers give it up: a request must not meet a closing one.
const IDLE: Duration = Duration::from_secs(5);
/// No pause asked for by the other side is taken for longer than this.
const LONGEST_PAUSE_S: u64 = 86_400;

/// A request.
#[derive(Clone, Debug)]
pub struct Call {
    /// Method.
    pub method: Method,
    /// Path and query, filled.
    pub path: String,
    /// What to call it in a message: method and path without values.
    pub endpoint: String,
    /// Headers besides the common ones.
    pub headers: HeaderMap,
    /// Body; absent for none.
    pub body: Option<Vec<u8>>,
}

impl Call {
    /// A GET.
    pub fn get(path: String, template: &str) -> Self {
        let endpoint = format!("GET {}", template.split('?').next().unwrap_or(template));
        Self {
            method: Method::GET,
            path,
            endpoint,
            headers: HeaderMap::new(),
            body: None,
        }
    }
}

/// An answer, whole and within its bounds.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// The pause asked for.
    pub retry_after: Option<Duration>,
    /// Declared as JSON.
    pub json: bool,
    /// Declared as XML.
    pub xml: bool,
    /// The encoding declared beside that, in lower case; empty for none.
    pub charset: String,
    /// The body.
    pub body: Vec<u8>,
}

/// The way to one host.
pub struct Wire {
    base: String,
    ca: Option<PathBuf>,
    waits: Waits,
    cap: Size,
    idle: usize,
    client: OnceCell<Client>,
}

impl Wire {
    /// Opens nothing yet.
    pub fn new(base: &str, ca: Option<PathBuf>, waits: Waits, cap: Size, idle: usize) -> Self {
        Self {
            base: base.trim_end_matches('/').to_owned(),
            ca,
            waits,
            cap,
            idle,
            client: OnceCell::new(),
        }
    }

    /// The path as the server sees it, with the prefix of the base.
    pub fn seen_path(&self, path: &str) -> String {
        let prefix = Url::parse(&self.base)
            .map(|u| u.path().trim_end_matches('/').to_owned())
            .unwrap_or_default();
        prefix + path
    }

    /// Sends once and reads the whole answer.
    pub async fn send(&self, call: &Call) -> Result<Reply, Broken> {
        let ca = self.ca.as_deref().map_or("rest.ca".into(), |p| p.display().to_string());
        let limit = self.waits.total.to_string();
        let client = self
            .client
            .get_or_try_init(|| self.open())
            .await
            .map_err(Broken::NotTaken)?;
        let url = format!("{}{}", self.base, call.path);
        let mut request = client.request(call.method.clone(), url).headers(call.headers.clone());
        if let Some(body) = &call.body {
            request = request.body(body.clone());
        }
        let sorted = |e: reqwest::Error| sort(&e, &call.endpoint, &ca, &limit);
        point::passed("link.call-made");
        let mut answer = request.send().await.map_err(sorted)?;
        point::passed("link.answer-begun");
        let reply = head(&answer, call, self.cap)?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(sorted)? {
            if (body.len() + chunk.len()) as u64 > self.cap.0 {
                return Err(too_large(&call.endpoint, self.cap));
            }
            body.extend_from_slice(&chunk);
        }
        point::passed("link.answer-read");
        Ok(Reply { body, ..reply })
    }

    async fn open(&self) -> Result<Client, Fault> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static("tanghulu"));
        let mut builder = Client::builder()
            .default_headers(headers)
            .connect_timeout(self.waits.connect.0)
            .read_timeout(self.waits.read.0)
            .timeout(self.waits.total.0)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(self.idle)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .no_proxy()
            .https_only(self.base.starts_with("https:"));
        if let Some(path) = &self.ca {
            builder = builder.tls_certs_only(authorities(path).await?);
        }
        builder.build().map_err(|_| {
            let finding = distrust(&self.base, "authorities", self.ca.as_deref());
            // The machine's own could not be read: nobody need tell us once they can be.
            if self.ca.is_none() {
                Fault::retry(finding)
            } else {
                Fault::person(finding)
            }
        })
    }
}

async fn authorities(path: &Path) -> Result<Vec<Certificate>, Fault> {
    let broken = |detail: &str| Fault::person(distrust("TLS", detail, Some(path)));
    let file = tokio::fs::File::open(path)
        .await
        .map_err(|e| Fault::system(&e, broken(&e.kind().to_string()).finding))?;
    let mut pem = Vec::new();
    file.take(CA_BYTES + 1)
        .read_to_end(&mut pem)
        .await
        .map_err(|e| broken(&e.kind().to_string()))?;
    if pem.len() as u64 > CA_BYTES {
        return Err(broken("> 1 MiB"));
    }
    match Certificate::from_pem_bundle(&pem) {
        // An empty list would mean "trust nobody" to the library and "no such file" to a person.
        Ok(list) if !list.is_empty() => Ok(list),
        _ => Err(broken("no PEM certificate")),
    }
}

fn distrust(endpoint: &str, detail: &str, ca: Option<&Path>) -> Finding {
    let setting = ca.map_or("rest.ca".into(), |p| p.display().to_string());
    Finding::new(Code::CTls)
        .with("endpoint", endpoint)
        .with("detail", detail)
        .with("setting", setting)
}

fn head(answer: &reqwest::Response, call: &Call, cap: Size) -> Result<Reply, Broken> {
    let headers = answer.headers();
    let text = |name| {
        headers
            .get(name)
            .and_then(|v: &HeaderValue| v.to_str().ok())
            .unwrap_or("")
    };
    let coding = text(CONTENT_ENCODING);
    if !coding.is_empty() && !coding.eq_ignore_ascii_case("identity") {
        // We asked for none; what it unpacks to is not known before it is unpacked.
        return Err(outside(&call.endpoint, "content-encoding"));
    }
    if answer.status().is_redirection() {
        let fault = Fault::person(nonsense(&call.endpoint, &format!("HTTP {}", answer.status().as_u16())));
        return Err(Broken::Maybe { fault, late: false });
    }
    if answer.content_length().is_some_and(|n| n > cap.0) {
        return Err(too_large(&call.endpoint, cap));
    }
    let declared = text(CONTENT_TYPE).to_ascii_lowercase();
    let mut parts = declared.split(';').map(str::trim);
    let kind = parts.next().unwrap_or("");
    let charset = parts.find_map(|p| p.strip_prefix("charset="));
    let json = kind == "application/json" || kind == "application/problem+json";
    Ok(Reply {
        status: answer.status().as_u16(),
        retry_after: pause(text(RETRY_AFTER)),
        json,
        xml: matches!(kind, "text/xml" | "application/xml"),
        charset: charset.map_or("", |c| c.trim_matches('"')).to_owned(),
        body: Vec::new(),
    })
}

/// The pause asked for, where it is given in seconds; a date would need both clocks to agree.
fn pause(text: &str) -> Option<Duration> {
    text.trim()
        .parse::<u64>()
        .ok()
        .map(|s| Duration::from_secs(s.min(LONGEST_PAUSE_S)))
}

fn outside(endpoint: &str, detail: &str) -> Broken {
    Broken::Maybe {
        fault: Fault::retry(nonsense(endpoint, detail)),
        late: false,
    }
}

fn too_large(endpoint: &str, cap: Size) -> Broken {
    outside(endpoint, &format!("> {} B", cap.0))
}

/// True where the other side asks to come back later.
pub fn is_busy(status: u16) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS.as_u16() || status == StatusCode::SERVICE_UNAVAILABLE.as_u16()
}
