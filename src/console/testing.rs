//! A node to be played with, a clock that moves when told to, and a browser without a screen.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::{Node, Options, router};
use accounts::{Accounts, Order, Role, Told};
use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, BodyDataStream, to_bytes};
use axum::http::{HeaderMap, Request as HttpRequest, StatusCode, header};
use engine::verb::{Caller, Reply, Request};
use engine::view::{BoardView, ForecastView, KeyingView, TaskField, TaskLine, TaskStand, TaskView};
use futures_util::StreamExt;
use journal::NodeKey;
use model::{Code, Finding};
use seams::{Clock, SeededRng, UnixMs};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use tower::ServiceExt;

pub mod told;

use told::Known;

pub const NOW: i64 = 1_772_413_200_000;
pub const LEASE: i64 = 30 * 60_000;
pub const PASSWORD: &str = "correct-horse-battery-9";

#[derive(Default)]
pub struct TestClock(watch::Sender<i64>);

impl TestClock {
    pub fn advance(&self, ms: i64) {
        self.0.send_modify(|now| *now += ms);
    }
    pub fn passed(&self) -> i64 {
        *self.0.borrow()
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> UnixMs {
        UnixMs(NOW + self.passed())
    }
    fn mono(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.passed()).unwrap())
    }
    async fn sleep(&self, d: Duration) {
        let until = self.passed() + i64::try_from(d.as_millis()).unwrap();
        let _ = self.0.subscribe().wait_for(|now| *now >= until).await;
    }
}

/// Plays the engine: claims with leases, completions once, words of refusal.
pub struct FakeNode {
    clock: Arc<TestClock>,
    pub tasks: Mutex<Vec<TaskView>>,
    pub told: Mutex<Known>,
    pub orders: Mutex<Vec<(String, Request)>>,
    pub refuses: Mutex<Option<Finding>>,
    /// What became of tasks, other than the list says.
    pub stands: Mutex<HashMap<String, TaskStand>>,
    /// How often it was asked for a stand or a list.
    pub asked: Mutex<usize>,
}

pub fn line(task: &str, kind: &str, due: Option<&str>) -> TaskLine {
    TaskLine {
        task: task.to_owned(),
        kind: kind.to_owned(),
        dept: "aic".to_owned(),
        case_no: "110108202603020000019".to_owned(),
        matter: "aic.name".to_owned(),
        round: 1,
        op: "submit".to_owned(),
        claimed_by: None,
        until: None,
        look_first: false,
        since: NOW - 3_600_000,
        due: due.map(str::to_owned),
        done: false,
        not_for: Vec::new(),
        rank: 0,
    }
}

pub fn field(name: &str, value: &str) -> TaskField {
    TaskField {
        name: name.to_owned(),
        value: value.to_owned(),
        meaning: String::new(),
        double_entry: false,
        required: false,
        zh: String::new(),
        en: String::new(),
        max_bytes: None,
        asks: String::new(),
        keyed: Vec::new(),
    }
}

pub fn sheet(line: TaskLine, fields: Vec<TaskField>) -> TaskView {
    TaskView {
        dept: line.dept.clone(),
        channel: "manual".to_owned(),
        feed: (line.kind == "form").then(|| "name".to_owned()),
        results: vec!["准予".to_owned(), "不予许可".to_owned()],
        line,
        fields,
    }
}

impl FakeNode {
    fn ask(&self, request: Request, person: &str) -> Result<Reply, Finding> {
        let now = self.clock.now().0;
        let missing = || Finding::new(Code::VNotFound).with("what", "task");
        let mut tasks = self.tasks.lock().unwrap();
        let held_by_other = |line: &TaskLine| {
            let other = line.claimed_by.as_deref().is_some_and(|p| p != person);
            other && line.until.is_some_and(|until| until > now)
        };
        match &request {
            Request::QueueStand { task } => {
                *self.asked.lock().unwrap() += 1;
                if let Some(stand) = self.stands.lock().unwrap().get(task) {
                    return Ok(Reply::Stand(stand.clone()));
                }
                let found = tasks.iter().find(|t| t.line.task == *task).ok_or_else(missing)?;
                return Ok(Reply::Stand(TaskStand {
                    waits: !found.line.done,
                    claimed_by: found.line.claimed_by.clone(),
                    until: found.line.until,
                    ..TaskStand::default()
                }));
            }
            Request::QueueBoard { .. } => {
                *self.asked.lock().unwrap() += usize::from(person.is_empty());
                let all: Vec<TaskLine> = tasks.iter().map(|t| t.line.clone()).collect();
                return Ok(Reply::Board(board(all, person, now)));
            }
            Request::QueueStats => return Ok(Reply::Keying(KeyingView::default())),
            Request::QueueForecast { clerks } => {
                let clerks = *clerks;
                return Ok(Reply::Forecast(ForecastView {
                    clerks,
                    ..ForecastView::default()
                }));
            }
            Request::QueueShow { task } => {
                let found = tasks.iter().find(|t| t.line.task == *task).cloned();
                return found.map(Reply::Task).ok_or_else(missing);
            }
            _ => {
                if let Some(reply) = self.told.lock().unwrap().answer(&request) {
                    return reply;
                }
            }
        }
        self.orders.lock().unwrap().push((person.to_owned(), request.clone()));
        if let Some(finding) = self.refuses.lock().unwrap().clone() {
            return Err(finding);
        }
        match request {
            Request::QueueClaim { task, .. } => {
                let found = tasks.iter_mut().find(|t| t.line.task == task).ok_or_else(missing)?;
                if held_by_other(&found.line) {
                    return Err(Finding::new(Code::VClaimed)
                        .with("person", "王五")
                        .with("until", "10:00"));
                }
                found.line.claimed_by = Some(person.to_owned());
                found.line.until = Some(now + LEASE);
                let look_first = found.line.look_first;
                Ok(Reply::Claimed {
                    until: now + LEASE,
                    look_first,
                })
            }
            Request::QueueVerify { .. } => Ok(Reply::Checked {
                stage: "decide".to_owned(),
            }),
            Request::QueueComplete { task, .. }
            | Request::QueueRefuse { task, .. }
            | Request::QueueNotKeyed { task, .. } => {
                let at = tasks.iter().position(|t| t.line.task == task).ok_or_else(missing)?;
                if held_by_other(&tasks[at].line) {
                    return Err(Finding::new(Code::VClaimed)
                        .with("person", "王五")
                        .with("until", "10:00"));
                }
                tasks.remove(at);
                Ok(Reply::Done { count: 1 })
            }
            Request::RefusedRetry { ids, .. } | Request::RefusedDrop { ids, .. } => {
                Ok(Reply::Done { count: ids.len() })
            }
            Request::Case { .. } => {
                let mut case = self.told.lock().unwrap().case.clone();
                case.items.iter_mut().for_each(|i| i.value = "北京某某".to_owned());
                Ok(Reply::Case(case))
            }
            Request::Acts { .. } => Ok(Reply::Acts(self.told.lock().unwrap().acts.clone())),
            Request::CodesMap { .. } => Ok(Reply::Mapped {
                confirmed: false,
                released: 0,
            }),
            _ => Ok(Reply::Done { count: 1 }),
        }
    }
}

fn board(mut all: Vec<TaskLine>, person: &str, now: i64) -> BoardView {
    all.sort_by_key(|line| {
        (
            -line.rank,
            line.due.is_none(),
            line.due.clone(),
            line.kind == "form",
            line.since,
        )
    });
    let arrived = all.len() as u64;
    let overdue = all
        .iter()
        .filter(|line| line.due.as_deref().is_some_and(|due| due < "2026-03-02"));
    let overdue = overdue.count() as u64;
    let (held, free): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|line| line.until.is_some_and(|until| until > now));
    let (mine, others): (Vec<_>, Vec<_>) = held
        .into_iter()
        .partition(|line| line.claimed_by.as_deref() == Some(person));
    BoardView {
        free_count: free.len() as u64,
        others_count: others.len() as u64,
        arrived,
        overdue,
        mine,
        free,
        others,
        ..BoardView::default()
    }
}

#[async_trait]
impl Node for Arc<FakeNode> {
    async fn ask(&self, request: Request, caller: Caller) -> Result<Reply, Finding> {
        assert!(caller.inside, "the console vouches for whoever is logged in");
        FakeNode::ask(self, request, caller.name.as_deref().unwrap_or_default())
    }
}

/// The console of one node, with accounts of every role: 李华 and 王五 are clerks.
pub struct Hall {
    pub dir: tempfile::TempDir,
    pub clock: Arc<TestClock>,
    pub node: Arc<FakeNode>,
    pub accounts: Arc<Accounts>,
    pub router: Router,
    pub stopping: watch::Sender<bool>,
}

fn build(
    dir: &Path,
    clock: &Arc<TestClock>,
    node: &Arc<FakeNode>,
    accounts: &Arc<Accounts>,
    stopping: watch::Receiver<bool>,
) -> Router {
    let options = Options {
        clock: clock.clone(),
        rng: Arc::new(SeededRng::new(9)),
        accounts: accounts.clone(),
        drafts: dir.to_owned(),
        key: NodeKey::from_bytes([3; 32]),
        offset_minutes: 480,
        lease_ms: LEASE,
        stopping,
        tls: false,
    };
    router(options, node.clone())
}

impl Hall {
    pub fn open(tasks: Vec<TaskView>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock::default());
        let key = NodeKey::from_bytes([3; 32]);
        let accounts = Accounts::open(dir.path().to_owned(), key, Arc::new(SeededRng::new(4))).unwrap();
        let accounts = Arc::new(accounts);
        let node = Arc::new(FakeNode {
            clock: clock.clone(),
            tasks: Mutex::new(tasks),
            told: Mutex::default(),
            orders: Mutex::default(),
            refuses: Mutex::default(),
            stands: Mutex::default(),
            asked: Mutex::default(),
        });
        let stopping = watch::Sender::new(false);
        let router = build(dir.path(), &clock, &node, &accounts, stopping.subscribe());
        let hall = Self {
            dir,
            clock,
            node,
            accounts,
            router,
            stopping,
        };
        hall.add("安全", Role::SecurityAdministrator, Some(1));
        hall.add("李华", Role::Clerk, None);
        hall.add("王五", Role::Clerk, None);
        hall
    }

    /// The same node, started again: nothing in memory is left.
    pub fn restart(&mut self) {
        self.router = build(
            self.dir.path(),
            &self.clock,
            &self.node,
            &self.accounts,
            self.stopping.subscribe(),
        );
    }

    /// An account with the password of these tests.
    pub fn add(&self, name: &str, role: Role, uid: Option<u32>) {
        let token = self.token(name, role, uid);
        assert_eq!(token.len(), 20);
        self.accounts.choose(name, PASSWORD).unwrap();
    }

    pub fn token(&self, name: &str, role: Role, uid: Option<u32>) -> String {
        let order = Order::Add {
            name: name.to_owned(),
            roles: [role].into(),
            uid,
            totp: false,
        };
        match self
            .accounts
            .change(|book| order.apply(book, NOW, self.accounts.rng()))
            .unwrap()
        {
            Told::Token { token, .. } => token,
            other => panic!("{other:?}"),
        }
    }

    pub fn browser(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            cookie: String::new(),
            page: String::new(),
        }
    }

    pub async fn logged_in(&self, name: &str) -> Browser {
        let mut browser = self.browser();
        let (status, _) = browser
            .post("/console/login", &[("name", name), ("password", PASSWORD)])
            .await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        browser
    }

    pub fn orders(&self) -> Vec<(String, Request)> {
        let orders = self.node.orders.lock().unwrap();
        let of_tasks = |r: &Request| !matches!(r, Request::Note { .. });
        orders.iter().filter(|(_, r)| of_tasks(r)).cloned().collect()
    }

    pub fn notes(&self) -> Vec<(String, String, String)> {
        let orders = self.node.orders.lock().unwrap();
        let notes = orders.iter().filter_map(|(person, r)| match r {
            Request::Note { action, result, .. } => Some((person.clone(), action.clone(), result.clone())),
            _ => None,
        });
        notes.collect()
    }
}

/// What a browser does without a script: keeps the cookie, and sends back what a page's forms hold.
pub struct Browser {
    router: Router,
    pub cookie: String,
    pub page: String,
}

impl Browser {
    pub async fn get(&mut self, path: &str) -> (StatusCode, HeaderMap) {
        self.send("GET", path, None, &[]).await
    }

    /// Posts fields as they are.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, HeaderMap) {
        self.send("POST", path, Some(encode(fields)), &[]).await
    }

    /// Posts with what the page shown last holds hidden.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, HeaderMap) {
        let hidden = self.hidden(path);
        let mut all: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        all.extend(fields);
        self.post(path, &all).await
    }

    /// The hidden inputs of the form that goes to a path.
    pub fn hidden(&self, path: &str) -> Vec<(String, String)> {
        let form = self
            .page
            .split("<form")
            .find(|f| f.contains(&format!("action=\"{path}\"")));
        let form = form.unwrap_or_else(|| panic!("no form for {path} in {}", self.page));
        let form = form.split("</form>").next().unwrap();
        let attribute = |tag: &str, name: &str| {
            let rest = tag.split(&format!("{name}=\"")).nth(1)?;
            rest.split('"').next().map(str::to_owned)
        };
        let inputs = form.split("<input type=\"hidden\"").skip(1);
        inputs
            .map(|tag| {
                let tag = tag.split('>').next().unwrap();
                (attribute(tag, "name").unwrap(), attribute(tag, "value").unwrap())
            })
            .collect()
    }

    /// Opens a stream.
    pub async fn listen(&self, path: &str, clock: &Arc<TestClock>) -> Result<Stream, StatusCode> {
        let request = HttpRequest::builder().uri(path).header(header::COOKIE, &self.cookie);
        let request = request.header(header::ACCEPT, "text/event-stream");
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await;
        let response = response.unwrap();
        if response.status() != StatusCode::OK {
            return Err(response.status());
        }
        Ok(Stream {
            body: response.into_body().into_data_stream(),
            clock: clock.clone(),
        })
    }

    pub async fn send(
        &mut self,
        method: &str,
        path: &str,
        body: Option<String>,
        headers: &[(&str, &str)],
    ) -> (StatusCode, HeaderMap) {
        let mut request = HttpRequest::builder().method(method).uri(path);
        if !self.cookie.is_empty() {
            request = request.header(header::COOKIE, &self.cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let request = request.body(Body::from(body.unwrap_or_default())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        if let Some(cookie) = parts.headers.get(header::SET_COOKIE) {
            self.cookie = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        }
        // A stream has no end of its own; whoever wants to listen does so by `listen`.
        let streams = parts.headers.get(header::CONTENT_TYPE);
        if streams.is_some_and(|kind| kind == "text/event-stream") {
            self.page.clear();
            return (parts.status, parts.headers);
        }
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        self.page = String::from_utf8(bytes.to_vec()).unwrap();
        (parts.status, parts.headers)
    }
}

/// A stream of events. Time passes where it is waited for, a second at a time.
pub struct Stream {
    body: BodyDataStream,
    clock: Arc<TestClock>,
}

impl Stream {
    /// The next piece; nothing at the end.
    pub async fn next(&mut self) -> Option<String> {
        loop {
            tokio::select! {
                biased;
                piece = self.body.next() => {
                    return piece.map(|bytes| String::from_utf8(bytes.unwrap().to_vec()).unwrap());
                }
                () = tokio::task::yield_now() => self.clock.advance(1_000),
            }
        }
    }

    /// What the next event of a kind says; events of other kinds are passed over.
    pub async fn event(&mut self, kind: &str) -> serde_json::Value {
        loop {
            let piece = self.next().await.unwrap_or_else(|| panic!("it ended without {kind}"));
            let head = format!("event: {kind}\ndata: ");
            let data = piece.split("\n\n").find_map(|event| event.strip_prefix(&head));
            if let Some(data) = data {
                return serde_json::from_str(data).unwrap();
            }
        }
    }
}

fn encode(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    let pairs: Vec<String> = fields
        .iter()
        .map(|(n, v)| format!("{}={}", escape(n), escape(v)))
        .collect();
    pairs.join("&")
}

/// What somebody might type so that a browser runs it.
pub const PAYLOADS: &[&str] = &[
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'; alert(1); '",
    "</textarea><svg onload=alert(1)>",
    "{{7*7}}{% raw %}",
    "javascript:alert(1)",
];

/// No page runs it: it stands there as text, and leads nowhere.
pub fn harmless(page: &str, payload: &str) {
    for tag in [
        "<script>alert",
        "<img",
        "<svg onload",
        "href=\"javascript:",
        "action=\"javascript:",
    ] {
        assert!(!page.contains(tag), "{payload}: {tag}");
    }
    assert!(!payload.contains('"') || !page.contains(payload), "{payload}");
}
