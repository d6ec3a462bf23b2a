//! The clerk: takes tasks, keys them into the departments' systems, carries paper back, answers refusals.
//!
//! A clerk whose screen went dark looks again: what was keyed is found in the department's system, and its number is
//! entered then.

use crate::line::{Line, No};
use crate::people::Seen;
use crate::platform::number;
use crate::stage::Stage;
use departments::aic::Paper;
use departments::cases;
use departments::keyed;
use departments::play::World;
use engine::verb::{Reply, Request};
use engine::view::{TaskLine, TaskView};
use seams::{Rng, SeededRng};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Fields of forms that are keyed twice.
const TWICE: [&str; 3] = ["name_approval_no", "reg_no", "licence_issue_date"];
/// Nobody looks up and types faster than this takes at most.
const TYPING_MS: u64 = 30;

pub(crate) struct Clerk {
    line: Line,
    world: Arc<World>,
    seen: Arc<Seen>,
    rng: SeededRng,
    edited: HashSet<String>,
}

impl Clerk {
    pub(crate) fn new(stage: &Stage, seen: Arc<Seen>, rng: SeededRng) -> Self {
        Self {
            line: stage.line(),
            world: stage.world.clone(),
            seen,
            rng,
            edited: HashSet::new(),
        }
    }

    pub(crate) async fn run(mut self) {
        loop {
            // Whatever went wrong, the next look at the queue says how things stand.
            let _ = self.work().await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn work(&mut self) -> Result<(), No> {
        let Reply::Tasks(tasks) = self.line.ask(Request::QueueList { dept: None }).await? else {
            return Ok(());
        };
        let papers: HashMap<(String, String, u32), Paper> = self
            .world
            .aic
            .decisions()
            .into_iter()
            .map(|p| ((p.case_no.clone(), p.matter.clone(), p.round), p))
            .collect();
        for task in tasks {
            let done = if task.kind == "worksheet" {
                self.key_in(&task).await
            } else {
                match papers.get(&(task.case_no.clone(), task.matter.clone(), task.round)) {
                    Some(paper) => self.fill_in(&task, paper).await,
                    None => Ok(()),
                }
            };
            match done {
                // A task somebody settled meanwhile is no reason to leave the others.
                Ok(()) | Err(No::Said(_)) => {}
                Err(No::Down) => return Err(No::Down),
            }
        }
        self.answer_refusals().await
    }

    async fn take(&self, task: &TaskLine) -> Result<Option<TaskView>, No> {
        self.line
            .ask(Request::QueueClaim {
                task: task.task.clone(),
                verify: false,
            })
            .await?;
        self.seen.claims.fetch_add(1, Ordering::SeqCst);
        self.type_a_while().await;
        match self
            .line
            .ask(Request::QueueShow {
                task: task.task.clone(),
            })
            .await?
        {
            Reply::Task(view) => Ok(Some(view)),
            _ => Ok(None),
        }
    }

    async fn type_a_while(&self) {
        tokio::time::sleep(Duration::from_millis(self.rng.below(TYPING_MS))).await;
    }

    async fn key_in(&self, task: &TaskLine) -> Result<(), No> {
        let Some(view) = self.take(task).await? else {
            return Ok(());
        };
        let fields: Vec<(&str, &str)> = view
            .fields
            .iter()
            .map(|f| (f.name.as_str(), f.value.as_str()))
            .collect();
        let world = &self.world;
        let keyed = if task.dept == departments::aic::NAME {
            world.aic.key_in(&task.matter, &task.op, &task.case_no, &fields)
        } else {
            world
                .desk
                .key_in(&task.dept, &task.matter, &task.op, &task.case_no, &fields)
        };
        self.type_a_while().await;
        let request = match keyed {
            Ok(number) | Err(keyed::No::Already(number)) => Request::QueueComplete {
                task: task.task.clone(),
                acceptance: Some(number),
                fields: BTreeMap::new(),
                again: BTreeMap::new(),
            },
            Err(no) => Request::QueueRefuse {
                task: task.task.clone(),
                reason: no.to_string(),
            },
        };
        self.line.ask(request).await.map(drop)
    }

    async fn fill_in(&self, task: &TaskLine, paper: &Paper) -> Result<(), No> {
        if self.take(task).await?.is_none() {
            return Ok(());
        }
        let mut fields = BTreeMap::from([
            ("status".to_owned(), paper.status.clone()),
            ("date".to_owned(), paper.day.clone()),
        ]);
        if !paper.reason.is_empty() {
            fields.insert("reason".to_owned(), paper.reason.clone());
        }
        fields.extend(paper.fields.iter().cloned());
        let again = fields.iter().filter(|(name, _)| TWICE.contains(&name.as_str()));
        let again = again.map(|(name, value)| (name.clone(), value.clone())).collect();
        let request = Request::QueueComplete {
            task: task.task.clone(),
            acceptance: None,
            fields,
            again,
        };
        self.line.ask(request).await.map(drop)
    }

    /// A short form where a name was too long for a department; every other refusal stays.
    async fn answer_refusals(&mut self) -> Result<(), No> {
        let Reply::Refused(lines) = self.line.ask(Request::RefusedList { dept: None }).await? else {
            return Ok(());
        };
        for line in lines {
            let too_long = line.findings.iter().any(|f| f.code == model::Code::ETooLong);
            if line.way != "out" || !too_long || self.edited.contains(&line.id) {
                continue;
            }
            let set = BTreeMap::from([("ent_name".to_owned(), cases::short_name(number(&line.case_no)))]);
            let reason = "经申请人确认使用简称".to_owned();
            self.line
                .ask(Request::RefusedEdit {
                    id: line.id.clone(),
                    set,
                    reason,
                })
                .await?;
            self.edited.insert(line.id);
        }
        Ok(())
    }
}
