//! The platform: posts case after case until each is answered, reads its feed, answers every 补正.

use crate::people::Seen;
use crate::stage::Stage;
use departments::cases;
use departments::poster::{Poster, Told};
use serde_json::Value;
use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Between two rounds.
const PAUSE: Duration = Duration::from_millis(30);

/// The platform and what it remembers.
pub(crate) struct Platform {
    poster: Poster,
    seen: Arc<Seen>,
    cursor: String,
    asked: BTreeSet<(String, String, u64)>,
    /// Supplements the node has not answered yet: case and matter.
    owed: VecDeque<(String, String)>,
}

impl Platform {
    pub(crate) fn new(stage: &Stage, seen: Arc<Seen>) -> io::Result<Self> {
        let poster = stage.poster()?;
        Ok(Self {
            poster,
            seen,
            cursor: String::new(),
            asked: BTreeSet::new(),
            owed: VecDeque::new(),
        })
    }

    pub(crate) async fn run(mut self) {
        loop {
            self.post().await;
            self.read().await;
            self.supplement().await;
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn post(&self) {
        while self.seen.posted.load(Ordering::SeqCst) < self.seen.allowed.load(Ordering::SeqCst) {
            let n = self.seen.posted.load(Ordering::SeqCst) + 1;
            let Some(told) = answered(self.poster.post(&cases::submission(n)).await.ok()) else {
                return;
            };
            if told.accepted() {
                self.seen.accept(n);
            }
            self.seen.posted.store(n, Ordering::SeqCst);
        }
    }

    async fn read(&mut self) {
        loop {
            let since = if self.cursor.is_empty() {
                String::new()
            } else {
                format!("since={}&", self.cursor)
            };
            let told = self.poster.get(&format!("/v1/changes?{since}limit=500")).await;
            let Some(told) = answered(told.ok()).filter(Told::accepted) else {
                return;
            };
            let items = told
                .body
                .get("items")
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            if items.is_empty() {
                return;
            }
            for item in items {
                let text = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
                let round = item.get("round").and_then(Value::as_u64).unwrap_or(0);
                self.cursor = text("cursor");
                let (case_no, matter) = (text("case_no"), text("matter"));
                let wanted = text("standing") == "supplement_requested";
                if wanted && self.asked.insert((case_no.clone(), matter.clone(), round)) {
                    self.owed.push_back((case_no, matter));
                }
            }
        }
    }

    async fn supplement(&mut self) {
        while let Some((case_no, matter)) = self.owed.front() {
            let posted = self.poster.post(&cases::supplement(number(case_no), matter)).await;
            if answered(posted.ok()).is_none() {
                return;
            }
            self.owed.pop_front();
        }
    }
}

/// An answer that says something of what was posted. Everything else asks for the same again.
fn answered(told: Option<Told>) -> Option<Told> {
    told.filter(|t| t.status < 500 && t.status != 429 && !t.body.is_null())
}

/// Which case of the table a number is.
pub(crate) fn number(case_no: &str) -> u32 {
    case_no.get(14..20).and_then(|seq| seq.parse().ok()).unwrap_or(0)
}
