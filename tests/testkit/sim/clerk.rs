//! Clerks: they take tasks, think, key, forget; whoever comes after looks first, if the banner says so.

use crate::sim::gap::SEAL;
use crate::sim::node::Node;
use crate::sim::sheet::{Cell, Sheet};
use crate::sim::town::opens;
use crate::sim::world::{Air, Fate, MINUTE, What};
use engine::verb::{Reply, Request};
use engine::view::{TaskLine, TaskView};
use ledger::apply::ATTEMPT_TASK;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Fields that a form wants twice.
const TWICE: [&str; 3] = ["name_approval_no", "reg_no", "licence_issue_date"];

struct Clerk {
    node: Arc<Node>,
    name: &'static str,
    /// Keyed and not yet reported: task and acceptance number.
    keyed: BTreeMap<String, String>,
    /// Taken and forgotten: whatever was done with them is not remembered.
    forgot: BTreeSet<String>,
    /// Papers that were entered and of which the screen said nothing any more.
    dark: BTreeSet<(What, u32)>,
}

/// A clerk's working life.
pub async fn live(node: Arc<Node>, name: &'static str) {
    let mut clerk = Clerk {
        node,
        name,
        keyed: BTreeMap::new(),
        forgot: BTreeSet::new(),
        dark: BTreeSet::new(),
    };
    let world = clerk.node.world.clone();
    loop {
        world.nap(20 * MINUTE, 140 * MINUTE).await;
        let Some(Reply::Tasks(tasks)) = clerk.ask(Request::QueueList { dept: None }).await else {
            continue;
        };
        clerk.look_again(&tasks);
        for task in tasks {
            if world.fault(25) {
                continue;
            }
            world.lock().busy += 1;
            if task.kind == "worksheet" {
                clerk.worksheet(&task).await;
            } else {
                clerk.form(&task).await;
            }
            world.lock().busy -= 1;
        }
    }
}

impl Clerk {
    async fn ask(&self, request: Request) -> Option<Reply> {
        match self.node.ask(self.name, request).await? {
            Ok(reply) => Some(reply),
            Err(finding) => {
                self.node.world.say(format!("{}: {}", self.name, finding.code));
                None
            }
        }
    }

    async fn show(&self, task: &TaskLine) -> Option<TaskView> {
        match self
            .ask(Request::QueueShow {
                task: task.task.clone(),
            })
            .await?
        {
            Reply::Task(view) => Some(view),
            _ => None,
        }
    }

    async fn worksheet(&mut self, task: &TaskLine) {
        let world = self.node.world.clone();
        let number: u64 = task.task.trim_start_matches('t').parse().unwrap_or(0);
        let attempt = self.node.machine.mark(number.saturating_sub(ATTEMPT_TASK));
        let claimed = self
            .ask(Request::QueueClaim {
                task: task.task.clone(),
                verify: false,
            })
            .await;
        let Some(Reply::Claimed { look_first, .. }) = claimed else {
            return;
        };
        world.start(attempt, (task.case_no.clone(), task.matter.clone()), &task.op);
        world.say(format!("{} takes a{attempt}, look first: {look_first}", self.name));
        let forgot = self.forgot.contains(&task.task);
        if !forgot && world.fault(8) {
            world.say(format!("{} forgets a{attempt} before keying it", self.name));
            self.forgot.insert(task.task.clone());
            return;
        }
        world.nap(MINUTE / 2, 12 * MINUTE).await;
        if task.matter == SEAL && !opens(&task.op) && self.looks_in_vain(task, attempt).await {
            return;
        }
        // Whose lease ran out meanwhile puts the sheet back.
        let Some(view) = self.show(task).await else { return };
        if view.line.claimed_by.as_deref() != Some(self.name) {
            return;
        }
        let there = world.lock().airs.get(&attempt).is_some_and(|a| a.fate == Fate::Booked);
        let known = self.keyed.get(&task.task).cloned();
        let acceptance = match known {
            Some(acceptance) => acceptance,
            None if (look_first || forgot) && there => format!("FOUND-{attempt}"),
            None if (look_first || forgot) && world.chance(50) => {
                world.say(format!("{} finds that a{attempt} is not keyed", self.name));
                world.settle(attempt, Fate::Dead, true);
                let request = Request::QueueNotKeyed {
                    task: task.task.clone(),
                    reason: "looked for it".to_owned(),
                };
                self.ask(request).await;
                return;
            }
            None => {
                let fields = view.fields.iter().map(|f| Cell {
                    name: f.name.clone(),
                    value: Some(f.value.clone()),
                });
                let sheet = Sheet {
                    attempt,
                    case_no: task.case_no.clone(),
                    matter: task.matter.clone(),
                    op: task.op.clone(),
                    token: String::new(),
                    fields: fields.collect(),
                };
                match world.book(&sheet, "manual") {
                    Ok(acceptance) => acceptance,
                    Err(code) => {
                        world.settle(attempt, Fate::Dead, true);
                        self.ask(Request::QueueRefuse {
                            task: task.task.clone(),
                            reason: code,
                        })
                        .await;
                        return;
                    }
                }
            }
        };
        if world.fault(8) {
            world.say(format!("{} forgets a{attempt} after keying it", self.name));
            self.forgot.insert(task.task.clone());
            self.keyed.remove(&task.task);
            return;
        }
        self.keyed.insert(task.task.clone(), acceptance.clone());
        world.settle(attempt, Fate::Flying, true);
        let request = Request::QueueComplete {
            task: task.task.clone(),
            acceptance: Some(acceptance),
            fields: BTreeMap::new(),
            again: BTreeMap::new(),
        };
        self.ask(request).await;
    }

    /// Whether what is to be changed has not come through the gap: nothing can be keyed yet, or ever.
    async fn looks_in_vain(&self, task: &TaskLine, attempt: u64) -> bool {
        let world = &self.node.world;
        let (astray, there) = {
            let state = world.lock();
            let what = (task.case_no.clone(), task.matter.clone());
            // Under way, or lost and nobody was told yet.
            let astray = |a: &Air| a.fate == Fate::Flying || a.fate == Fate::Dead && !a.told;
            let mut airs = state.airs.values();
            let mut entries = state.entries.iter();
            (
                airs.any(|a| a.what == what && opens(&a.op) && astray(a)),
                entries.any(|e| e.what == what && opens(&e.op)),
            )
        };
        if !astray && there {
            return false;
        }
        world.say(format!("{} finds no case for a{attempt} to change", self.name));
        world.settle(attempt, Fate::Dead, true);
        let (task, reason) = (task.task.clone(), "no such case there".to_owned());
        self.ask(if astray {
            Request::QueueNotKeyed { task, reason }
        } else {
            Request::QueueRefuse { task, reason }
        })
        .await;
        true
    }

    async fn form(&mut self, task: &TaskLine) {
        let world = self.node.world.clone();
        let what = (task.case_no.clone(), task.matter.clone());
        let paper = world
            .lock()
            .papers
            .iter()
            .find(|p| p.what == what && p.round == task.round)
            .cloned();
        let Some(paper) = paper else { return };
        if self
            .ask(Request::QueueClaim {
                task: task.task.clone(),
                verify: false,
            })
            .await
            .is_none()
            || world.fault(8)
        {
            return;
        }
        world.nap(MINUTE / 2, 8 * MINUTE).await;
        let fields: BTreeMap<String, String> = paper.said.iter().cloned().collect();
        let again = fields.iter().filter(|(name, _)| TWICE.contains(&name.as_str()));
        let again = again.map(|(n, v)| (n.clone(), v.clone())).collect();
        let request = Request::QueueComplete {
            task: task.task.clone(),
            acceptance: None,
            fields,
            again,
        };
        if self.ask(request).await.is_none() {
            self.dark.insert((what, task.round));
        } else {
            world.say(format!(
                "{} enters the paper on {} {} round {}",
                self.name, what.0, what.1, task.round
            ));
            self.put_away(&what, task.round);
        }
    }

    fn put_away(&self, what: &What, round: u32) {
        let mut state = self.node.world.lock();
        let papers = state.papers.iter_mut();
        papers
            .filter(|p| p.what == *what && p.round == round)
            .for_each(|paper| paper.done = true);
    }

    /// Whose screen went dark over a form sees in the queue whether it is still wanted.
    fn look_again(&mut self, tasks: &[TaskLine]) {
        let wanted = |what: &What, round: u32| {
            let same = |t: &TaskLine| t.case_no == what.0 && t.matter == what.1 && t.round == round;
            tasks.iter().any(|t| t.kind != "worksheet" && same(t))
        };
        for (what, round) in std::mem::take(&mut self.dark) {
            if !wanted(&what, round) {
                self.put_away(&what, round);
            }
        }
    }
}
