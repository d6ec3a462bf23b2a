//! What `[channel.settings.soap]` says: where the interface is, what its elements are called, what its codes mean.

use crate::settings::Waits;
use crate::units::Size;
use formats::Encoding;
use model::Op;
use serde::Deserialize;
use std::path::PathBuf;

/// A SOAP 1.1 interface. An answer is called like its request with `Response` behind it.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Soap {
    /// Scheme, host, port: `https://qts.example:8443`.
    pub base: String,
    /// Path of the service, the same for every request.
    pub path: String,
    /// PEM file of the only authorities trusted here; absent for those of the machine.
    pub ca: Option<PathBuf>,
    /// Why this interface may be reached without TLS. Without it, only `https` and this machine itself are allowed.
    pub plain: Option<String>,
    /// Namespace of the service's elements.
    pub namespace: String,
    /// Encoding of what is sent, and of answers that declare none.
    pub encoding: Charset,
    /// Whose word about an answer's encoding holds.
    #[serde(default)]
    pub precedence: Precedence,
    /// Which element each hand-over is.
    pub ops: Ops,
    /// What the answers mean.
    pub answer: Answers,
    /// The header that carries a record's own number, by which the department can be asked for it.
    pub serial: Option<String>,
    /// The interface promises that a request with the same serial has no second effect.
    #[serde(default)]
    pub recognises_repeats: bool,
    /// How to ask whether a record is booked; absent where the interface cannot say.
    pub query: Option<Query>,
    /// How results are read; absent where there are none.
    pub results: Option<Results>,
    /// How long to wait.
    #[serde(default)]
    pub wait: Waits,
    /// Requests under way at once, 1 to 32.
    #[serde(default = "four")]
    pub concurrency: usize,
    /// How much to take.
    #[serde(default)]
    pub limits: Limits,
}

/// An encoding by its word.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub enum Charset {
    /// UTF-8.
    #[serde(rename = "utf-8")]
    Utf8,
    /// GBK.
    #[serde(rename = "gbk")]
    Gbk,
    /// GB 18030.
    #[serde(rename = "gb18030")]
    Gb18030,
}

impl Charset {
    /// The encoding.
    pub fn encoding(self) -> Encoding {
        match self {
            Self::Utf8 => Encoding::Utf8,
            Self::Gbk => Encoding::Gbk,
            Self::Gb18030 => Encoding::Gb18030,
        }
    }
}

/// Whose word about an answer's encoding holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precedence {
    /// The document's declaration, then the HTTP header, then the configured one.
    #[default]
    Declaration,
    /// The HTTP header, then the declaration, then the configured one.
    Header,
}

/// Which element of the namespace each hand-over is.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
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
    /// The element of an op.
    pub fn element(&self, op: Op) -> &str {
        match op {
            Op::Submit => &self.submit,
            Op::Supplement => &self.supplement,
            Op::Amend => &self.amend,
            Op::Withdraw => &self.withdraw,
        }
    }
}

/// What the answers to a hand-over mean. Field names are dotted paths: from the response, or from the `Fault`.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// Must stand in a yes, not empty: the department's own number.
    pub receipt: String,
    /// Where a response carries this field, it must be our case number; otherwise the answer is somebody else's.
    pub echo: String,
    /// The code in a fault. A fault without one says nothing about the record.
    pub code: String,
    /// The reason in a fault.
    #[serde(default = "faultstring")]
    pub message: String,
    /// Codes that say: we have it already.
    #[serde(default)]
    pub already: Vec<String>,
    /// Codes that say: come back later.
    #[serde(default)]
    pub busy: Vec<String>,
}

/// How to ask for one record.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// The element.
    pub operation: String,
    /// The field for the case number.
    pub case: String,
    /// The field for the record's own number, the one in the `serial` header.
    pub serial: String,
    /// Codes that say for certain that this record is not booked.
    pub not_booked: Vec<String>,
}

/// How results are read.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Results {
    /// The channel's feed these rows belong to.
    pub feed: String,
    /// The element that asks.
    pub operation: String,
    /// The field for the cursor.
    pub since: String,
    /// The field for how many rows a page may have.
    pub count: String,
    /// The element of one result.
    pub record: String,
    /// Where the next cursor stands, beside the results.
    pub next: String,
    /// Rows asked for in one page.
    #[serde(default = "hundred")]
    pub limit: u32,
    /// The cursor before anything was read.
    #[serde(default = "zero")]
    pub first: String,
}

/// How much to take.
#[derive(Clone, Copy, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Bytes of one answer.
    pub body: Size,
}

impl Default for Limits {
    fn default() -> Self {
        Self { body: Size(8 << 20) }
    }
}

fn four() -> usize {
    4
}
fn hundred() -> u32 {
    100
}
fn zero() -> String {
    "0".into()
}
fn faultstring() -> String {
    "faultstring".into()
}
