//! A form that a clerk filled in: taken in like any other result, at once or after somebody proved what was keyed.

use crate::answer::checked;
use crate::command::Command;
use crate::handle::Handle;
use crate::perform;
use crate::transition::forms;
use crate::transition::forms::FormLayout;
use crate::transition::key_form::{self, Entry};
use crate::verb::{Caller, Reply, Request};
use crate::view::TaskView;
use ledger::keying::Stage;
use model::{Code, DeptId, Finding, MatterId, TaskId};
use port::{Answer, Parts};
use seams::point;
use std::collections::BTreeMap;

type Texts = BTreeMap<String, String>;

impl Handle {
    pub(super) async fn complete_form(
        &self,
        task: String,
        fields: Texts,
        again: Texts,
        caller: Caller,
    ) -> Result<Reply, Finding> {
        crate::answer::is_no_task(&task)?;
        let view = self.form_view(&task, &caller).await?;
        if view.feed.is_none() {
            // A worksheet: what is missing is the number it was keyed under.
            return Err(Finding::new(Code::ERequired).with("column", "acceptance"));
        }
        if self.may_wait(&view) {
            let stage = self.hold(&view, &fields, &again, &caller).await?;
            if stage != Stage::Key {
                return Ok(checked(stage));
            }
        }
        self.take_form(&view, &fields, &again, &caller).await?;
        // The form is closed by its result; one that leaves the matter open (补正) stays expected.
        let done = Request::QueueComplete {
            task,
            acceptance: Some(String::new()),
            fields,
            again,
        };
        self.shared.ask(|tell| Command::Ask(Box::new(done), caller, tell)).await
    }

    /// Keyed again, or decided; what is agreed on then has effect, and whoever agreed is told what came of it.
    pub(super) async fn prove(&self, request: Request, caller: Caller) -> Result<Reply, Finding> {
        let task = match &request {
            Request::QueueVerify { task, .. } | Request::QueueDecide { task, .. } => task.clone(),
            _ => String::new(),
        };
        if let Request::QueueDecide { fields, .. } = &request {
            self.would_do(&task, fields, &caller).await?;
        }
        let reply = self
            .shared
            .ask(|tell| Command::Ask(Box::new(request), caller, tell))
            .await?;
        if reply == checked(Stage::Agreed)
            && let Ok(task) = task.parse()
        {
            point::passed("engine.form-agreed");
            self.enter(task).await?;
        }
        Ok(reply)
    }

    /// Lets a form that is agreed on have effect. It may be done again: the same is a repeat.
    pub(crate) async fn enter(&self, task: TaskId) -> Result<(), Finding> {
        let entries = match self.shared.ask(|tell| Command::Entries(task, None, tell)).await {
            Ok(entries) => entries,
            // Somebody else brought it in.
            Err(no) if no.code == Code::VState => return Ok(()),
            Err(no) => return Err(no),
        };
        let caller = Caller {
            name: Some(entries.person.name.clone()),
            uid: entries.person.uid,
            inside: true,
        };
        let view = self.form_view(&task.to_string(), &caller).await?;
        let result = match self.take_form(&view, &entries.fields, &entries.twice, &caller).await {
            // Not the form's fault: it is tried again.
            Err(no) if matches!(no.code, Code::VStopping | Code::LFull | Code::LRead | Code::CBroken) => {
                return Err(no);
            }
            result => result,
        };
        point::passed("engine.form-taken");
        let told = result.clone();
        self.shared
            .ask(|tell| Command::Entered(Box::new(entries), told, tell))
            .await?;
        result
    }

    async fn form_view(&self, task: &str, caller: &Caller) -> Result<TaskView, Finding> {
        let show = Request::QueueShow { task: task.to_owned() };
        let shown = self
            .shared
            .ask(|tell| Command::Ask(Box::new(show), caller.clone(), tell))
            .await?;
        match shown {
            Reply::Task(view) => Ok(view),
            _ => Err(Finding::new(Code::VNotFound).with("what", task)),
        }
    }

    fn layout_of(&self, view: &TaskView) -> Option<FormLayout<'_>> {
        forms::layout(&self.shared.plan, &MatterId::new(&view.line.matter))
    }

    fn may_wait(&self, view: &TaskView) -> bool {
        let found = self.layout_of(view);
        found.is_some_and(|found| key_form::may_wait(self.shared.plan.rules.rekey, found.layout))
    }

    /// Keeps what was keyed until somebody proved it, where the rule says so. What is wrong with it is said now.
    async fn hold(&self, view: &TaskView, fields: &Texts, again: &Texts, caller: &Caller) -> Result<Stage, Finding> {
        let task = view.line.task.parse().map_err(|_| Finding::new(Code::VNotFound))?;
        self.rehearse(view, fields, again).await?;
        let entry = Entry {
            task,
            person: super::person(&self.shared.plan, caller)?,
            fields: fields.clone(),
            draw: 0,
        };
        self.shared.ask(|tell| Command::KeyForm(Box::new(entry), tell)).await
    }

    /// What a third person says must fit, together with what is not doubted.
    async fn would_do(&self, task: &str, said: &Texts, caller: &Caller) -> Result<(), Finding> {
        let view = self.form_view(task, caller).await?;
        let number = view.line.task.parse().map_err(|_| Finding::new(Code::VNotFound))?;
        let with = Some(said.clone());
        let entries = self.shared.ask(|tell| Command::Entries(number, with, tell)).await?;
        self.rehearse(&view, &entries.fields, &entries.twice).await
    }

    /// Reads a form as it would be read, and keeps nothing.
    async fn rehearse(&self, view: &TaskView, fields: &Texts, again: &Texts) -> Result<(), Finding> {
        let dept = DeptId::new(&view.dept);
        let parts = parts(view, fields, again);
        perform::rehearse(&self.shared, &dept, &view.channel, parts).await
    }

    /// Takes a form in; what is wrong with it is told in full.
    async fn take_form(&self, view: &TaskView, fields: &Texts, again: &Texts, caller: &Caller) -> Result<(), Finding> {
        let parts = parts(view, fields, again);
        // The same form for the same task again is a repeat; the same words for another round's task are news.
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &parts.body);
        let digest = crate::projection::hex(digest.as_ref());
        let number = format!("{}-{}", view.line.task, digest.get(..16).unwrap_or_default());
        let answer = self
            .receive(&DeptId::new(&view.dept), &view.channel, parts, Some(number))
            .await?;
        match crate::view::form_verdict(&answer) {
            Err(finding) => Err(self.told(&answer, finding, caller.clone()).await),
            Ok(()) => Ok(()),
        }
    }

    /// What is wrong with a form, in full. Who filled it in is told here and now: nobody else need deal with it.
    async fn told(&self, answer: &Answer, finding: Finding, caller: Caller) -> Finding {
        let (_, bad) = answer.rows.other_than(crate::transition::end::GOOD);
        let id = format!("{}:{}", answer.batch, bad.map_or(ledger::apply::WHOLE, |r| r.line));
        let show = Request::RefusedShow { id: id.clone() };
        let shown = self
            .shared
            .ask(|tell| Command::Ask(Box::new(show), caller.clone(), tell))
            .await;
        let drop = Request::RefusedDrop {
            ids: vec![id],
            reason: "told to who filled it in".to_owned(),
        };
        // Dropped before where the same form is sent again.
        let _ = self.shared.ask(|tell| Command::Ask(Box::new(drop), caller, tell)).await;
        match shown {
            Ok(Reply::Refused(lines)) => lines.into_iter().flat_map(|l| l.findings).next().unwrap_or(finding),
            _ => finding,
        }
    }
}

fn parts(view: &TaskView, fields: &Texts, again: &Texts) -> Parts {
    Parts {
        feed: view.feed.clone().unwrap_or_default(),
        name: view.line.task.clone(),
        body: crate::view::form_body(view, fields, again),
    }
}
