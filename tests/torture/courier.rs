//! The courier: has the disk cut, takes it to the bureau, brings it back, and empties it once both sides have all.

use crate::line::{Line, No};
use crate::people::Seen;
use crate::stage::Stage;
use departments::play::World;
use departments::play::world::{Bureau, wipe};
use engine::verb::Request;
use seams::{Rng, SeededRng};
use std::sync::Arc;
use std::time::Duration;

/// Between two rounds that nobody asked for. A day has names for 234 disks.
const ROUND: Duration = Duration::from_secs(4);
/// Between two attempts at the same errand.
const PAUSE: Duration = Duration::from_millis(60);
/// The bureau is not far.
const WAY_MS: u64 = 800;

pub(crate) struct Courier {
    line: Line,
    world: Arc<World>,
    seen: Arc<Seen>,
    rng: SeededRng,
}

impl Courier {
    pub(crate) fn new(stage: &Stage, seen: Arc<Seen>, rng: SeededRng) -> Self {
        Self {
            line: stage.line(),
            world: stage.world.clone(),
            seen,
            rng,
        }
    }

    async fn walk(&self) {
        tokio::time::sleep(Duration::from_millis(self.rng.below(WAY_MS))).await;
    }

    pub(crate) async fn run(self) {
        loop {
            let _ = tokio::time::timeout(ROUND, self.seen.errand.notified()).await;
            for (dept, bureau) in &self.world.bureaus {
                self.go(dept, bureau).await;
            }
        }
    }

    /// To one bureau and back.
    async fn go(&self, dept: &str, bureau: &Arc<dyn Bureau>) {
        let stick = self.world.stick(dept);
        let export = Request::DiskExport {
            dept: dept.to_owned(),
            to: stick.clone(),
            again: None,
        };
        if !self.errand(export).await {
            return;
        }
        self.walk().await;
        let (bureau, at) = (bureau.clone(), stick.clone());
        if !matches!(tokio::task::spawn_blocking(move || bureau.visit(&at)).await, Ok(Ok(()))) {
            return;
        }
        self.walk().await;
        let import = Request::DiskImport {
            from: stick.clone(),
            dept: Some(dept.to_owned()),
            answers: None,
            past_gaps: false,
        };
        if self.errand(import).await {
            let _ = wipe(&stick);
        }
    }

    /// The same errand until the node has answered it; whether it said yes.
    async fn errand(&self, request: Request) -> bool {
        loop {
            match self.line.ask(request.clone()).await {
                Ok(_) => return true,
                Err(No::Said(finding)) => {
                    eprintln!("courier: {} {:?}", finding.code, finding.args);
                    return false;
                }
                Err(No::Down) => tokio::time::sleep(PAUSE).await,
            }
        }
    }
}
