//! What the tests share: a host that answers what it was told to, and remembers what it was asked.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::host::{CheckReport, DemoOptions, Host, Preview, Refusal, Restored};
use crate::outcome::Outcome;
use crate::{Surroundings, answer};
use accounts::{Order, Told};
use engine::verb::{Reply, Request};
use engine::view::{ArchivedView, FlowView};
use model::{Code, Finding};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

type Answers = Box<dyn Fn(&Request) -> Result<Reply, Refusal> + Send + Sync>;

/// Answers everything with what stands in it.
pub(crate) struct Fake {
    pub(crate) reply: Answers,
    pub(crate) check: CheckReport,
    pub(crate) preview: Result<Preview, Refusal>,
    pub(crate) flow: Result<FlowView, Refusal>,
    pub(crate) ends: Result<i32, Refusal>,
    pub(crate) restored: Result<Restored, Refusal>,
    pub(crate) asked: Mutex<Vec<(Request, Option<String>, PathBuf)>>,
    pub(crate) played: Mutex<Vec<DemoOptions>>,
    pub(crate) told: Result<Told, Refusal>,
    pub(crate) ordered: Mutex<Vec<(Order, Option<String>)>>,
}

impl Fake {
    /// Answers every question with this reply, given as it crosses the socket.
    pub(crate) fn saying(reply: serde_json::Value) -> Self {
        let reply: Reply = serde_json::from_value(reply).unwrap();
        Self::with(move |_| Ok(reply.clone()))
    }

    pub(crate) fn with(reply: impl Fn(&Request) -> Result<Reply, Refusal> + Send + Sync + 'static) -> Self {
        Self {
            reply: Box::new(reply),
            check: CheckReport::default(),
            preview: Ok(Preview::default()),
            flow: Err(no()),
            ends: Ok(0),
            restored: Err(no()),
            asked: Mutex::default(),
            played: Mutex::default(),
            told: Err(no()),
            ordered: Mutex::default(),
        }
    }

    /// Refuses every question.
    pub(crate) fn refusing(refusal: Refusal) -> Self {
        Self::with(move |_| Err(refusal.clone()))
    }

    pub(crate) fn asked(&self) -> Vec<Request> {
        self.asked.lock().unwrap().iter().map(|(r, _, _)| r.clone()).collect()
    }
}

#[async_trait::async_trait]
impl Host for Fake {
    async fn ask(&self, config: &Path, request: Request, caller_name: Option<String>) -> Result<Reply, Refusal> {
        let answer = (self.reply)(&request);
        self.asked
            .lock()
            .unwrap()
            .push((request, caller_name, config.to_owned()));
        answer
    }
    async fn accounts(&self, _: &Path, order: Order, caller_name: Option<String>) -> Result<Told, Refusal> {
        self.ordered.lock().unwrap().push((order, caller_name));
        self.told.clone()
    }
    async fn run(&self, _: &Path) -> Result<i32, Refusal> {
        self.ends.clone()
    }
    async fn demo(&self, options: DemoOptions) -> Result<i32, Refusal> {
        self.played.lock().unwrap().push(options);
        self.ends.clone()
    }
    async fn check(&self, _: &Path, _: bool) -> CheckReport {
        self.check.clone()
    }
    async fn restore(&self, _: &Path, _: &Path, _: bool) -> Result<Restored, Refusal> {
        self.restored.clone()
    }
    fn archived(&self, _: &Path, _: &str, _: &Path, _: bool) -> Result<ArchivedView, Refusal> {
        Err(no())
    }
    fn flow(&self, _: &Path, _: Option<&str>) -> Result<FlowView, Refusal> {
        self.flow.clone()
    }
    async fn preview(&self, _: &Path, _: &str, _: &Path, _: bool) -> Result<Preview, Refusal> {
        self.preview.clone()
    }
}

/// Calls the command line in an empty directory, without a terminal.
pub(crate) fn call(host: &dyn Host, line: &str) -> Outcome {
    call_in(host, line, Path::new("/nowhere"))
}

/// Words are parted by blanks.
pub(crate) fn call_in(host: &dyn Host, line: &str, here: &Path) -> Outcome {
    let around = Surroundings {
        here: here.to_owned(),
        locale: None,
        terminal: false,
    };
    let words = ["tanghulu"].into_iter().chain(line.split_whitespace());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(answer(host, words, &around))
}

pub(crate) fn no() -> Refusal {
    Refusal::No(Finding::new(Code::VNotFound).with("what", "t404"))
}

pub(crate) fn unreachable() -> Refusal {
    Refusal::Unreachable(
        Finding::new(Code::CUnreachable)
            .with("endpoint", "node.sock")
            .with("detail", "refused"),
    )
}
