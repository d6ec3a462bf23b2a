//! The cheap way to ask a running engine: for the listener, the console, the socket and the verbs.

use crate::command::Command;
use crate::perform::{self, Brought, Gathered, Took};
use crate::plan::Plan;
use crate::progress::{Meter, Share, WorkLine};
use crate::run::Shared;
use crate::verb::{Caller, Reply, Request};
use crate::view::{BatchResult, ChannelLine};
use ledger::event::Person;
use model::{Code, DeptId, Finding};
use port::{Answer, Fault, Parts};
use std::sync::Arc;
use tokio::sync::oneshot;

mod acts;
mod archive;
mod backup;
mod cancel;
mod erase;
mod export;
mod form;
mod inspect;
mod map;
mod trust;

/// Who acts, where he also says why.
fn accountable(person: Option<Person>, reason: &str) -> Result<Person, Finding> {
    let person = person.ok_or_else(|| Finding::new(Code::VPerson))?;
    if reason.trim().is_empty() {
        return Err(Finding::new(Code::VReason));
    }
    Ok(person)
}

/// A running engine.
#[derive(Clone)]
pub struct Handle {
    shared: Arc<Shared>,
}

impl Handle {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// The plan it follows.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.shared.plan
    }

    /// Now, milliseconds since 1970, by the node's own clock.
    pub fn now(&self) -> i64 {
        self.shared.clock.now().0
    }

    /// Asks a verb. What needs an adapter is done here; everything else is the loop's.
    pub async fn ask(&self, request: Request, caller: Caller) -> Result<Reply, Finding> {
        let person = self.person(&request, &caller)?;
        match request {
            Request::Collect { dept, place } => {
                let meter = self.shared.progress.begin("collect", &dept);
                let place = place.map(Brought::from);
                self.collect(&DeptId::new(dept), place, None, &meter).await
            }
            Request::DiskImport {
                from,
                dept,
                answers,
                past_gaps,
            } => {
                let brought = Brought {
                    place: from,
                    answers,
                    past_gaps,
                };
                self.import(brought, dept).await
            }
            Request::DiskInspect { place } => self.inspect(&place).await,
            Request::Deliver { dept } => self.deliver(&DeptId::new(dept)).await,
            Request::DiskExport { dept, to, again } => self.export(&DeptId::new(dept), to, again, person).await,
            Request::DiskCancel { disk, from, reason } => self.cancel(disk, from, reason, person).await,
            Request::TakeOver { dept, reason } => self.take_over(dept, reason, caller).await,
            Request::Trust {
                dept,
                channel,
                fingerprint,
            } => {
                self.trust(&DeptId::new(dept), channel.as_deref(), fingerprint, person)
                    .await
            }
            Request::LedgerArchive { before, to } => self.archive(before, to, person).await,
            Request::LedgerErase { case_no, reason } => self.erase(case_no, reason, person).await,
            Request::LedgerBackup { to } => self.backup(to, person).await,
            Request::Acts {
                before,
                person,
                day,
                most,
            } => self.acts(before, person, day, most).await,
            Request::Map => self.map(caller).await,
            Request::Progress => Ok(Reply::Progress(self.progress())),
            Request::Probe => Ok(Reply::Channels(self.probe().await)),
            Request::QueueComplete {
                task,
                acceptance: None,
                fields,
                again,
            } => self.complete_form(task, fields, again, caller).await,
            request @ (Request::QueueVerify { .. } | Request::QueueDecide { .. }) => self.prove(request, caller).await,
            other => {
                self.shared
                    .ask(|tell| Command::Ask(Box::new(other), caller, tell))
                    .await
            }
        }
    }

    /// How far the long pieces of work are that somebody waits for. Told at once, however busy the loop is.
    pub fn progress(&self) -> Vec<WorkLine> {
        self.shared.progress.lines()
    }

    /// Who acts, where the request changes something.
    fn person(&self, request: &Request, caller: &Caller) -> Result<Option<Person>, Finding> {
        if !request.changes() {
            return Ok(None);
        }
        person(&self.shared.plan, caller).map(Some)
    }

    /// Takes in something that was pushed: a posted case, a callback, a form. When it answers, the answer is durable.
    /// `number` is the sender's own number for it (an idempotency key), where there is one.
    pub async fn receive(
        &self,
        dept: &DeptId,
        channel: &str,
        parts: Parts,
        number: Option<String>,
    ) -> Result<Answer, Finding> {
        let adapter = self
            .shared
            .adapter(dept, channel)
            .ok_or_else(|| Finding::new(Code::VNotFound).with("what", format!("{dept}/{channel}")))?;
        let mut offer = adapter.receive(parts).await.map_err(|fault| fault.finding)?;
        offer.declared.number = number.or(offer.declared.number);
        let claim = offer.claim.clone();
        let answer = perform::take_in(&self.shared, dept, channel, offer, &Share::default())
            .await
            .map_err(|fault| fault.finding)?;
        if let Err(fault) = adapter.acknowledge(&claim, &answer).await {
            tracing::warn!(%dept, channel, %fault, "what was pushed could not be answered at its source");
        }
        Ok(answer)
    }

    /// Tells the loop what others tell it.
    #[cfg(test)]
    pub(crate) async fn tell(&self, command: Command) {
        self.shared.tell(command).await;
    }

    /// Writes the index and stops the loop. Nothing is answered after it.
    pub async fn stop(&self) {
        let (tell, told) = oneshot::channel();
        self.shared.tell(Command::Stop(tell)).await;
        let _ = told.await;
    }

    async fn collect(
        &self,
        dept: &DeptId,
        brought: Option<Brought>,
        only: Option<&str>,
        meter: &Meter,
    ) -> Result<Reply, Finding> {
        let plan = &self.shared.plan;
        let Some(department) = plan.dept(dept) else {
            return Err(Finding::new(Code::VNotFound).with("what", dept));
        };
        let mut results = Vec::new();
        for channel in &department.ladder {
            let Some(adapter) = self.shared.adapter(dept, &channel.name) else {
                continue;
            };
            let brings = if brought.is_some() {
                !channel.feeds.is_empty()
            } else {
                adapter.abilities().collects
            };
            if !brings || only.is_some_and(|name| name != channel.name) {
                continue;
            }
            let looked = match &brought {
                Some(Brought { place: file, .. }) if adapter.abilities().collects => {
                    match perform::take_file(&self.shared, dept, &channel.name, file, meter).await {
                        Ok(took) => Gathered {
                            taken: vec![took],
                            fault: None,
                        },
                        Err(fault) => Gathered {
                            taken: Vec::new(),
                            fault: Some(fault),
                        },
                    }
                }
                _ => perform::collect(&self.shared, dept, &channel.name, brought.clone(), meter).await,
            };
            if brought.is_none() {
                // A look by hand that went well ends a channel's trouble.
                self.shared
                    .tell(Command::Collected(dept.clone(), channel.name.clone(), looked.result()))
                    .await;
            }
            results.extend(looked.taken.into_iter().map(|t| took(dept, &channel.name, t)));
            match looked.fault {
                // What was taken is told beside what was not, and a person who asked is told of both.
                Some(fault) if fault.finding.code == Code::CHeldBack || !results.is_empty() => {
                    results.push(left(dept, &channel.name, fault.finding));
                }
                Some(fault) => return Err(fault.finding),
                None => {}
            }
            if brought.is_some() {
                break;
            }
        }
        Ok(Reply::Batches(results))
    }

    async fn import(&self, brought: Brought, dept: Option<String>) -> Result<Reply, Finding> {
        if brought.answers.is_some() && dept.is_none() {
            return Err(Finding::new(Code::VCall).with("detail", "--answers: --dept"));
        }
        let meter = self
            .shared
            .progress
            .begin("import", dept.as_deref().unwrap_or_default());
        let mut results = Vec::new();
        for (id, department) in &self.shared.plan.depts {
            if dept.as_ref().is_some_and(|wanted| wanted != id.as_str()) {
                continue;
            }
            for channel in department.ladder.iter().filter(|c| c.mode == model::Mode::Disk) {
                match self
                    .collect(id, Some(brought.clone()), Some(&channel.name), &meter)
                    .await?
                {
                    Reply::Batches(mut batches) => results.append(&mut batches),
                    other => return Ok(other),
                }
            }
        }
        Ok(Reply::Batches(results))
    }

    /// Journalled before the first name changes; what was claimed elsewhere is offered at the next look.
    async fn take_over(&self, dept: String, reason: String, caller: Caller) -> Result<Reply, Finding> {
        let id = DeptId::new(&dept);
        let order = Request::TakeOver { dept, reason };
        self.shared
            .ask(|tell| Command::Ask(Box::new(order), caller, tell))
            .await?;
        let Some(department) = self.shared.plan.dept(&id) else {
            return Err(Finding::new(Code::VNotFound).with("what", id));
        };
        let mut count = 0;
        for channel in &department.ladder {
            let Some(adapter) = self.shared.adapter(&id, &channel.name) else {
                continue;
            };
            count += adapter.take_over().await.map_err(|fault| fault.finding)?.len();
        }
        Ok(Reply::Done { count })
    }

    /// Probes every channel that has an adapter. One that is well again after a person put it right takes its turns again.
    pub async fn probe(&self) -> Vec<ChannelLine> {
        let mut lines = Vec::new();
        let keys = self.shared.ask(Command::Trusted).await.unwrap_or_default();
        for (id, dept) in &self.shared.plan.depts {
            for channel in &dept.ladder {
                let Some(adapter) = self.shared.adapter(id, &channel.name) else {
                    continue;
                };
                let fault = adapter.probe().await.err();
                // An alarm about what lies there says that the other side is there.
                let alarm = |fault: &Fault| matches!(fault.finding.code, Code::CWaits | Code::COldClaim);
                if fault.as_ref().is_none_or(alarm) {
                    let well = Command::Well(id.clone(), channel.name.clone());
                    self.shared.tell(well).await;
                }
                let trusted = keys.get(&(id.clone(), channel.name.clone())).cloned();
                lines.push(ChannelLine {
                    dept: id.to_string(),
                    channel: channel.name.clone(),
                    mode: channel.mode,
                    good: fault.is_none(),
                    finding: fault.map(|f| f.finding),
                    trusted,
                });
            }
        }
        lines
    }
}

/// The person behind a call: named, and either let in by a door of this process or known and asking from their own account.
pub fn person(plan: &Plan, caller: &Caller) -> Result<Person, Finding> {
    let name = caller.name.as_deref().ok_or_else(|| Finding::new(Code::VPerson))?;
    if !caller.inside {
        let listed = plan.rules.people.get(name).ok_or_else(|| Finding::new(Code::VPerson))?;
        // Root may stand in for anybody, and is journalled as root.
        if caller.uid != 0 && *listed != caller.uid {
            return Err(Finding::new(Code::VPerson));
        }
    }
    Ok(Person {
        name: name.to_owned(),
        uid: caller.uid,
    })
}

/// What a look left at its source, and why; it is no batch yet.
fn left(dept: &DeptId, channel: &str, finding: Finding) -> BatchResult {
    let file = finding.args.iter().find(|(name, _)| name == "file");
    BatchResult {
        dept: dept.to_string(),
        channel: channel.to_owned(),
        name: file.map(|(_, file)| file.clone()).unwrap_or_default(),
        batch: String::new(),
        verdict: "left".to_owned(),
        rows: 0,
        refused: 0,
        findings: vec![finding],
    }
}

fn took(dept: &DeptId, channel: &str, took: Took) -> BatchResult {
    BatchResult {
        dept: dept.to_string(),
        channel: channel.to_owned(),
        name: took.name,
        batch: took.answer.batch.to_string(),
        verdict: crate::view::verdict_word(took.answer.verdict).to_owned(),
        rows: took.answer.rows.len() as u64,
        refused: took.answer.rows.other_than(crate::transition::end::GOOD).0,
        findings: took.answer.findings,
    }
}
