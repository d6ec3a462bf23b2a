//! A made-up clerk: takes tasks from the queue, keys worksheets into the departments' systems, carries paper back, and
//! answers refusals. Uses nothing that a person at a keyboard has not.

use departments::aic::Paper;
use departments::cases;
use departments::keyed::No;
use departments::play::World;
use engine::Handle;
use engine::verb::{Caller, Reply, Request};
use engine::view::{TaskLine, TaskView};
use model::Finding;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use tokio::task::JoinSet;

/// Tasks under way at once: an office has more than one desk.
const DESKS: usize = 32;

/// The clerk and what it remembers of this run.
pub struct Clerk {
    hands: Hands,
    edited: HashSet<String>,
}

/// What works at one desk.
#[derive(Clone)]
struct Hands {
    handle: Handle,
    name: String,
    world: Arc<World>,
}

impl Clerk {
    /// A clerk of this name; the name must be one of `[people]`.
    pub fn new(handle: Handle, name: String, world: Arc<World>) -> Self {
        Self {
            hands: Hands { handle, name, world },
            edited: HashSet::new(),
        }
    }

    /// One round over the queue; how many tasks were finished.
    pub async fn work(&mut self) -> usize {
        let Ok(Reply::Tasks(tasks)) = self.hands.ask(Request::QueueList { dept: None }).await else {
            return 0;
        };
        let papers: HashMap<(String, String, u32), Paper> = self
            .hands
            .world
            .aic
            .decisions()
            .into_iter()
            .map(|p| ((p.case_no.clone(), p.matter.clone(), p.round), p))
            .collect();
        let mut done = 0;
        let mut desks = JoinSet::new();
        for task in tasks {
            let paper = papers
                .get(&(task.case_no.clone(), task.matter.clone(), task.round))
                .cloned();
            if task.kind != "worksheet" && paper.is_none() {
                continue;
            }
            if desks.len() >= DESKS {
                done += usize::from(matches!(desks.join_next().await, Some(Ok(true))));
            }
            let hands = self.hands.clone();
            desks.spawn(async move { hands.finish(&task, paper.as_ref()).await });
        }
        while let Some(finished) = desks.join_next().await {
            done += usize::from(matches!(finished, Ok(true)));
        }
        done + self.answer_refusals().await
    }
}

impl Hands {
    async fn ask(&self, request: Request) -> Result<Reply, Finding> {
        let caller = Caller {
            name: Some(self.name.clone()),
            uid: 0,
            inside: true,
        };
        self.handle.ask(request, caller).await
    }

    async fn finish(&self, task: &TaskLine, paper: Option<&Paper>) -> bool {
        let finished = match paper.filter(|_| task.kind != "worksheet") {
            Some(paper) => self.fill_in(task, paper).await,
            None => self.key_in(task).await,
        };
        if let Err(finding) = &finished {
            tracing::warn!(task = task.task, code = %finding.code, "the clerk could not finish a task");
        }
        finished.is_ok()
    }

    async fn key_in(&self, task: &TaskLine) -> Result<(), Finding> {
        self.ask(Request::QueueClaim {
            task: task.task.clone(),
            verify: false,
        })
        .await?;
        let view = self.show(task).await?;
        let fields: Vec<(&str, &str)> = view
            .fields
            .iter()
            .map(|f| (f.name.as_str(), f.value.as_str()))
            .collect();
        let keyed = if task.dept == departments::aic::NAME {
            self.world.aic.key_in(&task.matter, &task.op, &task.case_no, &fields)
        } else {
            self.world
                .desk
                .key_in(&task.dept, &task.matter, &task.op, &task.case_no, &fields)
        };
        match keyed {
            Ok(number) | Err(No::Already(number)) => {
                self.complete(task, Some(number), BTreeMap::new(), BTreeMap::new())
                    .await
            }
            Err(no) => {
                let refuse = Request::QueueRefuse {
                    task: task.task.clone(),
                    reason: no.to_string(),
                };
                self.ask(refuse).await.map(drop)
            }
        }
    }

    async fn show(&self, task: &TaskLine) -> Result<TaskView, Finding> {
        match self
            .ask(Request::QueueShow {
                task: task.task.clone(),
            })
            .await?
        {
            Reply::Task(view) => Ok(view),
            _ => Err(Finding::new(model::Code::VNotFound).with("what", &task.task)),
        }
    }

    async fn complete(
        &self,
        task: &TaskLine,
        acceptance: Option<String>,
        fields: BTreeMap<String, String>,
        again: BTreeMap<String, String>,
    ) -> Result<(), Finding> {
        let request = Request::QueueComplete {
            task: task.task.clone(),
            acceptance,
            fields,
            again,
        };
        self.ask(request).await.map(drop)
    }

    /// Enters a decision; key fields twice, as the form wants it.
    async fn fill_in(&self, task: &TaskLine, paper: &Paper) -> Result<(), Finding> {
        self.ask(Request::QueueClaim {
            task: task.task.clone(),
            verify: false,
        })
        .await?;
        let view = self.show(task).await?;
        let mut fields = BTreeMap::from([
            ("status".to_owned(), paper.status.clone()),
            ("date".to_owned(), paper.day.clone()),
        ]);
        if !paper.reason.is_empty() {
            fields.insert("reason".to_owned(), paper.reason.clone());
        }
        fields.extend(paper.fields.iter().cloned());
        let keyed_twice = ["name_approval_no", "reg_no", "licence_issue_date"];
        let again = fields
            .iter()
            .filter(|(name, _)| keyed_twice.contains(&name.as_str()))
            .map(|(n, v)| (n.clone(), v.clone()));
        let again = again.collect();
        tracing::debug!(fields = view.fields.len(), "a form is filled in");
        self.complete(task, None, fields, again).await
    }
}

impl Clerk {
    /// Gives a short form where a name was too long for a department; leaves every other refusal to be seen.
    async fn answer_refusals(&mut self) -> usize {
        let Ok(Reply::Refused(lines)) = self.hands.ask(Request::RefusedList { dept: None }).await else {
            return 0;
        };
        let mut done = 0;
        for line in lines {
            let too_long = line.findings.iter().any(|f| f.code == model::Code::ETooLong);
            if line.way != "out" || !too_long || !self.edited.insert(line.id.clone()) {
                continue;
            }
            let n: u32 = line.case_no.get(14..20).and_then(|seq| seq.parse().ok()).unwrap_or(0);
            let edit = Request::RefusedEdit {
                id: line.id.clone(),
                set: BTreeMap::from([("ent_name".to_owned(), cases::short_name(n))]),
                reason: "经申请人确认使用简称".to_owned(),
            };
            if self.hands.ask(edit).await.is_ok() {
                done += 1;
            }
        }
        done
    }
}
