//! A node to be played with, a clock that stands until it is moved, and a caller who holds every answer to the document.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::{Client, Intake, Node, Options, openapi, router};
use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request as HttpRequest, StatusCode};
use engine::verb::{Reply, Request};
use engine::view::{ChangeLine, Changes, ChannelLine, HubCase, HubReview, RefusedLine, ResultLine, Status};
use model::{BatchId, Code, DeptId, Finding, Mode, Standing};
use port::{Answer, BatchVerdict, Parts, RowAnswer, signed};
use seams::{Clock, TokioSpawn, UnixMs};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

pub const NOW: i64 = 1_772_409_600;
pub const KEY: &[u8] = b"0123456789abcdef0123";
pub const CASE: &str = r#"{"op":"submit","case_no":"110108202603020000019","items":{"fin_tel":"13900000000"}}"#;

/// Time that moves when told to.
pub struct TestClock {
    now: AtomicI64,
    mono: watch::Sender<Duration>,
    pub sleepers: watch::Sender<usize>,
}

impl TestClock {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            now: AtomicI64::new(NOW * 1000),
            mono: watch::Sender::new(Duration::ZERO),
            sleepers: watch::Sender::new(0),
        })
    }
    pub fn advance(&self, by: Duration) {
        self.now.fetch_add(by.as_millis() as i64, Ordering::SeqCst);
        self.mono.send_modify(|m| *m += by);
    }
    /// Until so many waits have begun, in all.
    pub async fn begun(&self, sleeps: usize) {
        self.sleepers.subscribe().wait_for(|n| *n >= sleeps).await.unwrap();
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> UnixMs {
        UnixMs(self.now.load(Ordering::SeqCst))
    }
    fn mono(&self) -> Duration {
        *self.mono.borrow()
    }
    async fn sleep(&self, d: Duration) {
        let until = self.mono() + d;
        let mut mono = self.mono.subscribe();
        self.sleepers.send_modify(|n| *n += 1);
        mono.wait_for(|m| *m >= until).await.unwrap();
    }
}

struct Taken {
    body: Vec<u8>,
    number: Option<String>,
    done: bool,
}

/// Department, channel, parts, number.
type Posted = (String, String, Parts, Option<String>);

/// Plays the engine: content decides, a number used for other content is set aside, a body with `BAD` has a bad row.
pub struct FakeNode {
    taken: Mutex<Vec<Taken>>,
    /// Posts wait for a permit each.
    pub pace: Semaphore,
    pub began: watch::Sender<usize>,
    pub ended: watch::Sender<usize>,
    pub parts: Mutex<Vec<Posted>>,
    pub asked: Mutex<Vec<Request>>,
    pub broken: Mutex<Option<Finding>>,
    pub troubles: Mutex<Vec<ChannelLine>>,
    pub halted: Mutex<Option<Finding>>,
    pub doubted: Mutex<Vec<Finding>>,
    pub silent: AtomicUsize,
}

impl FakeNode {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            taken: Mutex::default(),
            pace: Semaphore::new(1000),
            began: watch::Sender::new(0),
            ended: watch::Sender::new(0),
            parts: Mutex::default(),
            asked: Mutex::default(),
            broken: Mutex::default(),
            troubles: Mutex::default(),
            halted: Mutex::default(),
            doubted: Mutex::default(),
            silent: AtomicUsize::new(0),
        })
    }

    fn begin(&self, parts: &Parts, number: Option<String>) -> Result<usize, Answer> {
        let mut taken = self.taken.lock().unwrap();
        // Content and number are known only once a batch has ended.
        let same = |t: &Taken| t.done && t.body == parts.body && (t.number == number || number.is_none());
        if let Some(first) = taken.iter().position(same) {
            return Err(answer(BatchVerdict::Repeat, first, &parts.body));
        }
        let other = |t: &Taken| t.done && number.is_some() && t.number == number;
        if let Some(first) = taken.iter().position(other) {
            return Err(answer(BatchVerdict::Quarantined, first, b""));
        }
        taken.push(Taken {
            body: parts.body.clone(),
            number,
            done: false,
        });
        Ok(taken.len() - 1)
    }
}

/// What the bad row of a body with `BAD` has.
pub fn bad_row() -> Finding {
    Finding::new(Code::ECheck)
        .with("column", "items.reg_no")
        .column("items.reg_no")
        .row(1)
}

fn answer(verdict: BatchVerdict, batch: usize, body: &[u8]) -> Answer {
    let bad = body.windows(3).any(|w| w == b"BAD");
    let whole = matches!(verdict, BatchVerdict::Refused | BatchVerdict::Quarantined);
    let findings = match verdict {
        BatchVerdict::Quarantined => vec![Finding::new(Code::ENumberReused).with("number", "n1").file("/v1/cases")],
        BatchVerdict::Refused => vec![Finding::new(Code::ERepeated).with("number", "?").with("when", "?")],
        BatchVerdict::Repeat => vec![Finding::new(Code::ERepeated).with("number", "x").with("when", "y")],
        BatchVerdict::Accepted => vec![],
    };
    let (code, message) = if bad {
        ("2003", "“items.reg_no”校验位不符")
    } else {
        ("0000", "")
    };
    let row = RowAnswer {
        line: 1,
        case_no: String::new(),
        code: code.into(),
        message: message.into(),
    };
    let rows = if whole { vec![] } else { vec![row] };
    Answer {
        verdict,
        batch: BatchId(batch as u64),
        code: "0000".into(),
        findings,
        rows: rows.into(),
        anchor: None,
    }
}

#[async_trait]
impl Node for Arc<FakeNode> {
    async fn receive(
        &self,
        dept: &DeptId,
        channel: &str,
        parts: Parts,
        number: Option<String>,
    ) -> Result<Answer, Finding> {
        if let Some(finding) = self.broken.lock().unwrap().clone() {
            return Err(finding);
        }
        let entry = (dept.to_string(), channel.to_owned(), parts.clone(), number.clone());
        self.parts.lock().unwrap().push(entry);
        let at = match self.begin(&parts, number) {
            Ok(at) => at,
            Err(answer) => return Ok(answer),
        };
        self.began.send_modify(|n| *n += 1);
        self.pace.acquire().await.unwrap().forget();
        self.taken.lock().unwrap()[at].done = true;
        self.ended.send_modify(|n| *n += 1);
        Ok(answer(BatchVerdict::Accepted, at, &parts.body))
    }

    async fn ask(&self, request: Request) -> Result<Reply, Finding> {
        self.asked.lock().unwrap().push(request.clone());
        if self.silent.load(Ordering::SeqCst) > 0 {
            std::future::pending::<()>().await;
        }
        if let Some(finding) = self.broken.lock().unwrap().clone() {
            return Err(finding);
        }
        match request {
            Request::HubCase { case_no } if case_no == "110108202603020000019" => Ok(Reply::HubCase(case(case_no))),
            Request::RefusedShow { id } if id == "b1:1" || id == "b0:1" => Ok(Reply::Refused(vec![refused(id)])),
            Request::HubAsk { items, .. } if items == ["tax_no_local"] => Ok(Reply::HubReviews {
                new: 1,
                reviews: vec![review("open", None)],
            }),
            Request::HubAsk { items, .. } if items == ["addr"] => {
                Err(Finding::new(Code::EOwnWord).with("item", "addr").with("dept", "hub"))
            }
            Request::HubConfirm { review: no, reason } if no == "r3" => Ok(Reply::HubReviews {
                new: 0,
                reviews: vec![review("confirmed", Some(&reason))],
            }),
            Request::HubConfirm { review, .. } if review == "r4" => {
                Err(Finding::new(Code::VState).with("detail", "answered"))
            }
            Request::Changes { since, limit } => Ok(Reply::Changes(page(since, limit))),
            Request::Status => Ok(Reply::Status(Status {
                node: "n".into(),
                now: NOW * 1000,
                open_cases: 0,
                due: 0,
                troubles: self.troubles.lock().unwrap().clone(),
                halted: self.halted.lock().unwrap().clone(),
                doubted: self.doubted.lock().unwrap().clone(),
            })),
            _ => Err(Finding::new(Code::VNotFound).with("what", "secret-detail")),
        }
    }
}

fn case(case_no: String) -> HubCase {
    HubCase {
        case_no,
        ent_class: "000001".into(),
        items: BTreeMap::from([("reg_no".into(), "1".into())]),
        matters: vec![engine::view::HubMatter {
            matter: "aic.name".into(),
            round: 1,
            standing: Some(Standing::Accepted),
            reason: None,
            account: ledger::account::Account::Booked,
        }],
        reviews: vec![review("open", None)],
        withdrawn: None,
    }
}

fn refused(id: String) -> RefusedLine {
    RefusedLine {
        id,
        way: "in".into(),
        dept: "hub".into(),
        case_no: String::new(),
        what: "/v1/cases".into(),
        code: "2003".into(),
        findings: vec![Finding::new(Code::WEol), bad_row()],
        reason: String::new(),
        since: 0,
    }
}

/// A feed of five changes, `c1` to `c5`.
fn page(since: Option<String>, limit: usize) -> Changes {
    let after = since.clone().unwrap_or_default();
    let cursors: Vec<_> = (1..=5).map(|n| format!("c{n}")).filter(|c| *c > after).collect();
    let cursors = cursors.into_iter().take(limit);
    let next = cursors.clone().next_back().unwrap_or(after);
    let items = cursors.map(line).collect();
    Changes { items, next }
}

/// The third is word of a review, the others are results.
fn line(cursor: String) -> ChangeLine {
    if cursor == "c3" {
        let cursor = Some(cursor);
        return ChangeLine::Review(Box::new(HubReview {
            cursor,
            ..review("open", None)
        }));
    }
    ChangeLine::Result(ResultLine {
        cursor,
        case_no: "1".into(),
        matter: "aic.name".into(),
        round: 1,
        standing: Standing::Accepted,
        reason: None,
        at: 1,
    })
}

/// A review of something the hub gave.
pub fn review(state: &str, answer: Option<&str>) -> HubReview {
    HubReview {
        cursor: None,
        review: "r3".into(),
        case_no: "110108202603020000019".into(),
        item: "reg_capital".into(),
        version: 1,
        asker: "ltax".into(),
        source: "hub".into(),
        state: state.into(),
        reason: "与章程不符".into(),
        answer: answer.map(str::to_owned),
        at: 1,
    }
}

/// A channel in trouble.
pub fn trouble() -> ChannelLine {
    let finding = Finding::new(Code::CUnreachable)
        .with("endpoint", "secret-detail")
        .with("detail", "x");
    ChannelLine {
        dept: "park".into(),
        channel: "link".into(),
        mode: Mode::Link,
        good: false,
        finding: Some(finding),
        trusted: None,
    }
}

/// A router, its node and its clock.
pub struct Stage {
    pub node: Arc<FakeNode>,
    pub clock: Arc<TestClock>,
    pub router: Router,
    nonce: AtomicUsize,
}

impl Stage {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    pub fn with(change: impl FnOnce(&mut Options)) -> Self {
        let (node, clock) = (FakeNode::new(), TestClock::new());
        let spawn = Arc::new(TokioSpawn::new(tokio::runtime::Handle::current()));
        let mut options = Options::new(clock.clone(), spawn);
        options.clients = vec![
            Client {
                id: "bj-hub".into(),
                secret: KEY.to_vec(),
            },
            Client {
                id: "other".into(),
                secret: b"another key of 20 by".to_vec(),
            },
            Client {
                id: "short".into(),
                secret: b"short".to_vec(),
            },
        ];
        options.intake = Some(Intake {
            dept: DeptId::new("hub"),
            channel: "link".into(),
            feed: "cases".into(),
        });
        options.max_body_bytes = 1000;
        options.max_in_flight = 4;
        change(&mut options);
        let router = router(options, node.clone());
        Self {
            node,
            clock,
            router,
            nonce: AtomicUsize::new(0),
        }
    }

    /// A request as it should be.
    pub fn signed(&self, method: &str, path: &str, body: &str) -> HttpRequest<Body> {
        let nonce = format!("nonce-{}", self.nonce.fetch_add(1, Ordering::SeqCst));
        let mut request = sign("bj-hub", KEY, method, path, NOW, &nonce, body);
        if method == "POST" {
            request
                .headers_mut()
                .insert("content-type", "application/json".parse().unwrap());
        }
        request
    }

    pub async fn send(&self, request: HttpRequest<Body>) -> Got {
        let (method, path) = (
            request.method().as_str().to_ascii_lowercase(),
            request.uri().path().to_owned(),
        );
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        openapi::tests::hold(&method, &path, parts.status, &body);
        Got {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    pub async fn post(&self, body: &str) -> Got {
        self.send(self.signed("POST", "/v1/cases", body)).await
    }

    pub async fn get(&self, path: &str) -> Got {
        self.send(self.signed("GET", path, "")).await
    }

    /// How many batches had an effect.
    pub fn effects(&self) -> usize {
        self.node.taken.lock().unwrap().len()
    }

    pub fn received(&self) -> usize {
        self.node.parts.lock().unwrap().len()
    }
}

/// What came back.
#[derive(Debug)]
pub struct Got {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Got {
    /// Status and code.
    pub fn code(&self) -> (u16, &str) {
        (self.status.as_u16(), self.body["code"].as_str().unwrap_or(""))
    }
}

pub fn sign(id: &str, key: &[u8], method: &str, path: &str, time: i64, nonce: &str, body: &str) -> HttpRequest<Body> {
    let time = time.to_string();
    let parts = signed::Request {
        method,
        path,
        timestamp: &time,
        nonce,
        body: body.as_bytes(),
    };
    HttpRequest::builder()
        .method(method)
        .uri(path)
        .header(signed::KEY_ID, id)
        .header(signed::TIMESTAMP, &time)
        .header(signed::NONCE, nonce)
        .header(signed::SIGNATURE, signed::sign(key, &parts).unwrap_or_default())
        .body(Body::from(body.to_owned()))
        .unwrap()
}
