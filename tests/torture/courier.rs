//! The courier: has the disk cut, takes it to the bureau, brings it back, and empties it once both sides have all.

use crate::line::{Line, No};
use crate::stage::Stage;
use departments::play::World;
use engine::verb::Request;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Between two rounds, and between two attempts at the same errand.
const PAUSE: Duration = Duration::from_millis(60);

pub(crate) struct Courier {
    line: Line,
    world: Arc<World>,
}

impl Courier {
    pub(crate) fn new(stage: &Stage) -> Self {
        Self { line: stage.line(), world: stage.world.clone() }
    }

    pub(crate) async fn run(self) {
        let medium = self.world.medium.clone();
        loop {
            tokio::time::sleep(PAUSE).await;
            let export = Request::DiskExport { dept: "ntax".to_owned(), to: medium.clone(), again: None };
            if !self.errand(export).await {
                continue;
            }
            let (ntax, to) = (self.world.ntax.clone(), medium.clone());
            if !matches!(tokio::task::spawn_blocking(move || ntax.take(&to)).await, Ok(Ok(_))) {
                continue;
            }
            let import = Request::DiskImport { from: medium.clone(), dept: Some("ntax".to_owned()) };
            if self.errand(import).await {
                wipe(&medium);
            }
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

fn wipe(medium: &Path) {
    let Ok(entries) = std::fs::read_dir(medium) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let _ = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
    }
}
