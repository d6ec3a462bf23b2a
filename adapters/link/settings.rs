//! What `[channel.settings]` says for mode `link`: where the interface is, which request each hand-over is, what counts
//! as a yes. Everything a department may do differently is configuration here; nothing of it is code.

use crate::soap::settings::Soap;
use crate::units::{Size, Span};
use model::Op;
use port::Secret;
use serde::Deserialize;
use std::path::PathBuf;

/// The whole table.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Which kind of interface; its own table stands beside it under the same name.
    pub transport: Transport,
    /// For `transport = "rest"`.
    pub rest: Option<Rest>,
    /// For `transport = "soap"`.
    pub soap: Option<Soap>,
    /// For `transport = "hub"`.
    pub hub: Option<Hub>,
}

/// The kinds of interface.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// One JSON request per record over HTTPS; results are polled.
    Rest,
    /// One XML envelope per record by HTTP POST; a fault is an answer. Results are polled.
    Soap,
    /// The platform: cases are posted to us, reports are pushed to it.
    Hub,
}

/// A JSON interface over HTTPS.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rest {
    /// Scheme, host, port, and a path prefix if there is one: `https://park.example:8443`.
    pub base: String,
    /// PEM file of the only authorities trusted here; absent for those of the machine.
    pub ca: Option<PathBuf>,
    /// Why this interface may be reached without TLS. Without it, only `https` and this machine itself are allowed.
    pub plain: Option<String>,
    /// Client credentials; absent where the interface asks for none.
    pub oauth: Option<OAuth>,
    /// Which request each hand-over is.
    #[serde(default)]
    pub ops: Ops,
    /// What the answers mean.
    #[serde(default)]
    pub answer: Answers,
    /// How to ask whether a record is booked; absent where the interface cannot say.
    pub query: Option<Query>,
    /// How results are read; absent where there are none.
    pub results: Option<Results>,
    /// A cheap path for `probe`; absent for one small page of results.
    pub probe: Option<String>,
    /// How long to wait.
    #[serde(default)]
    pub wait: Waits,
    /// How much to take.
    #[serde(default)]
    pub limits: Limits,
    /// Requests under way at once, 1 to 32.
    #[serde(default = "four")]
    pub concurrency: usize,
}

/// OAuth2 client credentials.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuth {
    /// Path of the token endpoint.
    #[serde(default = "token_path")]
    pub path: String,
    /// Our name there.
    pub client_id: String,
    /// A reference to the secret.
    pub client_secret: Secret,
    /// Asked for, where the interface wants one.
    pub scope: Option<String>,
    /// A token is not used any more this long before it ends.
    #[serde(default = "thirty_seconds")]
    pub skew: Span,
}

/// Which request each hand-over is: `METHOD path`, with `{case_no}` in the path.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ops {
    /// The first hand-over.
    pub submit: String,
    /// What was missing.
    pub supplement: String,
    /// What changed.
    pub amend: String,
    /// The case is withdrawn.
    pub withdraw: String,
}

impl Ops {
    /// The request line of an op, unfilled.
    pub fn line(&self, op: Op) -> &str {
        match op {
            Op::Submit => &self.submit,
            Op::Supplement => &self.supplement,
            Op::Amend => &self.amend,
            Op::Withdraw => &self.withdraw,
        }
    }
}

impl Default for Ops {
    fn default() -> Self {
        Self {
            submit: "POST /api/v1/cases".into(),
            supplement: "POST /api/v1/cases/{case_no}/supplements".into(),
            amend: "PUT /api/v1/cases/{case_no}".into(),
            withdraw: "DELETE /api/v1/cases/{case_no}".into(),
        }
    }
}

/// What the answers to a hand-over mean. Field names are dotted paths.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Answers {
    /// Statuses under which a body may say yes.
    pub ok: Vec<u16>,
    /// Must stand in a yes, not empty: the department's own number.
    pub receipt: String,
    /// Must have this value in a yes as well, where given.
    pub when: Option<When>,
    /// Statuses that say: we have it already.
    pub already: Vec<u16>,
    /// Statuses under which a body may say no.
    pub refused: Vec<u16>,
    /// The code in a no.
    pub code: String,
    /// The reason in a no.
    pub message: String,
    /// Where an answer carries this field, it must be our case number; otherwise the answer is somebody else's.
    pub echo: String,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            ok: vec![200, 202],
            receipt: "receiptNo".into(),
            when: None,
            already: vec![409],
            refused: vec![400, 404, 422],
            code: "code".into(),
            message: "message".into(),
            echo: "caseNo".into(),
        }
    }
}

/// A field that must have a value.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// Which.
    pub field: String,
    /// What it must be.
    pub is: String,
}

/// How to ask for one record.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// Path with `{case_no}` and `{token}`.
    pub path: String,
    /// Codes that, with status 404, say for certain that this record is not booked. A 404 without one says nothing.
    #[serde(default = "unknown_case")]
    pub not_booked: Vec<String>,
}

/// How results are read.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Results {
    /// The channel's feed these rows belong to.
    pub feed: String,
    /// Path with `{cursor}` and `{limit}`.
    pub path: String,
    /// Rows asked for in one page.
    #[serde(default = "hundred")]
    pub limit: u32,
    /// The cursor before anything was read.
    #[serde(default = "zero")]
    pub first: String,
    /// Where the rows stand in a page.
    #[serde(default = "items")]
    pub items: String,
    /// Where the next cursor stands.
    #[serde(default = "next")]
    pub next: String,
}

/// How long to wait.
#[derive(Clone, Copy, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Waits {
    /// For a connection.
    pub connect: Span,
    /// Between two pieces of an answer.
    pub read: Span,
    /// For a whole request and its answer.
    pub total: Span,
}

impl Default for Waits {
    fn default() -> Self {
        Self {
            connect: Span::seconds(10),
            read: Span::seconds(20),
            total: Span::seconds(60),
        }
    }
}

/// How much to take.
#[derive(Clone, Copy, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Bytes of one body.
    pub body: Size,
    /// Objects and lists inside each other, at most 64.
    pub depth: usize,
    /// JSON values in one body.
    pub values: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: Size(8 << 20),
            depth: 16,
            values: 200_000,
        }
    }
}

/// The platform.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hub {
    /// The channel's feed that posted cases belong to.
    #[serde(default = "cases")]
    pub feed: String,
    /// How much to take of one posted case.
    #[serde(default)]
    pub limits: Limits,
    /// Where reports go; absent where the platform fetches them itself.
    pub push: Option<Push>,
}

/// Where reports go: one signed request per record.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Push {
    /// Scheme, host, port of the platform.
    pub base: String,
    /// Path, the same for every record.
    #[serde(default = "reports")]
    pub path: String,
    /// PEM file of the only authorities trusted here; absent for those of the machine.
    pub ca: Option<PathBuf>,
    /// Why the platform may be reached without TLS.
    pub plain: Option<String>,
    /// Which key signs.
    pub key_id: String,
    /// A reference to the key, at least 16 bytes.
    pub key: Secret,
    /// What the answers mean.
    #[serde(default)]
    pub answer: Answers,
    /// How to ask whether a report is booked.
    pub query: Option<Query>,
    /// A cheap path for `probe`; absent for none.
    pub probe: Option<String>,
    /// How long to wait.
    #[serde(default)]
    pub wait: Waits,
    /// Requests under way at once, 1 to 32.
    #[serde(default = "four")]
    pub concurrency: usize,
}

fn four() -> usize {
    4
}
fn token_path() -> String {
    "/oauth/token".into()
}
fn thirty_seconds() -> Span {
    Span::seconds(30)
}
fn unknown_case() -> Vec<String> {
    vec!["2010".into()]
}
fn hundred() -> u32 {
    100
}
fn zero() -> String {
    "0".into()
}
fn items() -> String {
    "items".into()
}
fn next() -> String {
    "next".into()
}
fn cases() -> String {
    "cases".into()
}
fn reports() -> String {
    "/v1/reports".into()
}
