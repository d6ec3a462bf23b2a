//! The operator: looks into a department's own book and settles truthfully what nobody else can.

use crate::line::{Line, No};
use crate::stage::Stage;
use departments::play::World;
use engine::verb::{Reply, Request};
use engine::view::UnsettledLine;
use seams::Clock;
use std::sync::Arc;
use std::time::Duration;

/// What has been open for less may still be answered by query or receipt.
const OLD_MS: i64 = 5_000;

pub(crate) struct Operator {
    line: Line,
    world: Arc<World>,
    clock: Arc<dyn Clock>,
}

impl Operator {
    pub(crate) fn new(stage: &Stage) -> Self {
        Self {
            line: stage.line(),
            world: stage.world.clone(),
            clock: stage.clock.clone(),
        }
    }

    pub(crate) async fn run(self) {
        loop {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let _ = self.look().await;
        }
    }

    async fn look(&self) -> Result<(), No> {
        let Reply::Unsettled(lines) = self.line.ask(Request::UnsettledList).await? else {
            return Ok(());
        };
        for line in lines.iter().filter(|l| self.clock.now().0 - l.since > OLD_MS) {
            let Some(round) = self.round(line).await? else { continue };
            let booked = self.is_booked(line, round);
            if !booked && self.world.may_be_under_way(dept_of(line)) {
                continue;
            }
            let settle = Request::Settle {
                case_no: line.case_no.clone(),
                matter: line.matter.clone(),
                booked,
                reason: "looked it up in the department's book".to_owned(),
                attempt: Some(line.attempt.clone()),
                listed: false,
            };
            self.line.ask(settle).await?;
        }
        Ok(())
    }

    async fn round(&self, line: &UnsettledLine) -> Result<Option<u32>, No> {
        let case = Request::Case {
            case_no: line.case_no.clone(),
            reveal: None,
        };
        let Reply::Case(case) = self.line.ask(case).await? else {
            return Ok(None);
        };
        let of = case
            .obligations
            .iter()
            .find(|o| o.attempts.iter().any(|a| a.attempt == line.attempt));
        Ok(of.map(|o| o.round))
    }

    fn is_booked(&self, line: &UnsettledLine, round: u32) -> bool {
        let entries = self
            .world
            .book_of(dept_of(line))
            .map(|b| b.of(&line.case_no, &line.matter));
        entries.is_some_and(|entries| entries.iter().any(|e| e.round == round))
    }
}

fn dept_of(line: &UnsettledLine) -> &str {
    line.matter.split('.').next().unwrap_or_default()
}
