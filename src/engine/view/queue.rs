//! The clerks' queue: no second store, but the view of attempts and forms that wait for a person.

use crate::desk::{Desk, Done, no};
use crate::plan::Plan;
use crate::transition::forms;
use crate::view::coded::meaning;
use crate::view::due::due;
use crate::view::each_open;
use ledger::Event;
use ledger::apply::ATTEMPT_TASK;
use ledger::case_file::{CaseFile, Form};
use ledger::keying::Stage;
use model::calendar::Calendar;
use model::define::{Field, Meaning};
use model::{AttemptId, AttemptState, CaseNo, Code, Finding, MatterId, Mode, TaskId, mask};
use port::{Answer, BatchVerdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One task.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct TaskLine {
    /// Its number.
    pub task: String,
    /// `worksheet` goes out, `form` comes in; one that was keyed is keyed again (`rekey`), and where the two differ a third
    /// person decides (`decide`); `review` asks for an answer.
    pub kind: String,
    /// The department.
    pub dept: String,
    /// The case.
    pub case_no: String,
    /// The matter.
    pub matter: String,
    /// The round.
    pub round: u32,
    /// What is asked: an operation, `result`, or `answer`.
    pub op: String,
    /// Who holds it.
    pub claimed_by: Option<String>,
    /// Until, milliseconds since 1970.
    pub until: Option<i64>,
    /// It was claimed before: it may already be keyed.
    pub look_first: bool,
    /// Since when it waits, milliseconds since 1970.
    pub since: i64,
    /// The last day of the matter's limit, `2026-03-13`; counted from when the task came where the department's own clock
    /// does not run yet. Absent where no calendar or no limit says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// A form that was filled in before: what is filled in now corrects it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub done: bool,
    /// People who may not do it, because they keyed what it is to prove.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_for: Vec<String>,
    /// 1: a person put it before all others; -1: behind them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rank: i8,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(n: &i8) -> bool {
    *n == 0
}

/// One field of a worksheet or form.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct TaskField {
    /// Its name in the department's system.
    pub name: String,
    /// Its value; masked unless the caller holds the task. Empty in a form.
    pub value: String,
    /// What it says, where it is a code.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub meaning: String,
    /// Keyed twice.
    pub double_entry: bool,
    /// Must be filled in.
    pub required: bool,
    /// The item's name for people, Chinese; empty where it is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub zh: String,
    /// The item's name for people, English.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub en: String,
    /// The most bytes the department's field takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_bytes: Option<u32>,
    /// What is asked, where it is no item: `result`, `date`, `reason`, `receipt_no`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub asks: String,
    /// What two people keyed, where a third one decides; shown to that one alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keyed: Vec<String>,
}

/// One task with what is to be keyed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct TaskView {
    /// The line.
    pub line: TaskLine,
    /// The department.
    pub dept: String,
    /// The channel.
    pub channel: String,
    /// The feed a form goes to.
    pub feed: Option<String>,
    /// Fields in the order of the department's screen.
    pub fields: Vec<TaskField>,
    /// Result words a form may give.
    pub results: Vec<String>,
}

/// Every task that waits, oldest first.
pub fn list(desk: &mut Desk<'_>, calendar: &Calendar, dept: Option<&str>) -> Vec<TaskLine> {
    let (plan, now) = (desk.plan, desk.now);
    let mut lines = Vec::new();
    each_open(desk, |_, file| {
        let from = lines.len();
        lines_of(plan, now, file, false, &mut lines);
        for line in lines.iter_mut().skip(from) {
            line.due = last_day(plan, calendar, now, file, line);
        }
    });
    lines.retain(|l| dept.is_none_or(|d| l.dept == d));
    lines.sort_by(|a, b| (a.since, a.task.len(), &a.task).cmp(&(b.since, b.task.len(), &b.task)));
    lines
}

/// The tasks of one case that wait, each with its last day.
pub fn lines(desk: &mut Desk<'_>, calendar: &Calendar, case_no: &CaseNo) -> Vec<TaskLine> {
    let (plan, now) = (desk.plan, desk.now);
    let mut lines = Vec::new();
    if let Some(file) = desk.books().case(case_no) {
        lines_of(plan, now, file, false, &mut lines);
        for line in &mut lines {
            line.due = last_day(plan, calendar, now, file, line);
        }
    }
    lines
}

/// The last day a task should be done by.
fn last_day(plan: &Plan, calendar: &Calendar, now: i64, file: &CaseFile, line: &TaskLine) -> Option<String> {
    let matter = MatterId::new(&line.matter);
    let o = file.obligation(&matter, line.round)?;
    if let Some(due) = due(plan, calendar, now, file, o) {
        return due.day;
    }
    let limit = plan.matter(&matter).filter(|m| !m.reports)?;
    let day = calendar.limit(plan.day(line.since), limit.limit, limit.limit_unit);
    day.ok().map(|day| day.to_string())
}

/// The tasks of one case; forms that were filled in, only where asked for.
fn lines_of(plan: &Plan, now: i64, file: &CaseFile, closed: bool, lines: &mut Vec<TaskLine>) {
    let case_no = &file.case.no;
    for o in &file.obligations {
        let id = o.matter.dept();
        for attempt in o.deliveries.iter().flat_map(|d| &d.attempts) {
            let manual = plan
                .dept(&id)
                .and_then(|d| d.channel(&attempt.channel))
                .is_some_and(|c| c.mode == Mode::Manual);
            if !manual || !matches!(attempt.state, AttemptState::Prepared | AttemptState::HandedOver) {
                continue;
            }
            lines.push(TaskLine {
                task: TaskId(ATTEMPT_TASK + attempt.id.0).to_string(),
                kind: "worksheet".to_owned(),
                dept: id.to_string(),
                case_no: case_no.to_string(),
                matter: o.matter.to_string(),
                round: o.round,
                op: attempt.op.to_string(),
                claimed_by: attempt.claim.as_ref().map(|c| c.person.name.clone()),
                until: attempt.claim.as_ref().map(|c| c.until),
                look_first: attempt.claimed_before
                    || (attempt.claim.is_none() && attempt.state == AttemptState::HandedOver),
                since: attempt.since,
                due: None,
                done: false,
                not_for: Vec::new(),
                rank: attempt.rank,
            });
        }
    }
    // A clerk of the source corrects its result by its ordinary way, or says that the value stands.
    for review in file.open_reviews() {
        let Some(matter) = &review.asked.source else { continue };
        lines.push(TaskLine {
            task: review.asked.review.to_string(),
            kind: "review".to_owned(),
            dept: matter.dept().to_string(),
            case_no: case_no.to_string(),
            matter: matter.to_string(),
            round: file.latest(matter).map_or(1, |o| o.round),
            op: "answer".to_owned(),
            claimed_by: None,
            until: None,
            look_first: false,
            since: review.at,
            due: None,
            done: false,
            not_for: Vec::new(),
            rank: 0,
        });
    }
    // What is agreed on waits for nobody.
    let waits = |form: &&Form| form.closed.is_none() && form.stage() != Stage::Agreed;
    for form in file.forms.iter().filter(|form| closed || waits(form)) {
        lines.push(TaskLine {
            task: form.task.to_string(),
            kind: match form.stage() {
                Stage::Rekey => "rekey",
                Stage::Decide => "decide",
                Stage::Key | Stage::Agreed => "form",
            }
            .to_owned(),
            dept: form.matter.dept().to_string(),
            case_no: case_no.to_string(),
            matter: form.matter.to_string(),
            round: form.round,
            op: "result".to_owned(),
            claimed_by: form.claim.as_ref().map(|c| c.person.name.clone()),
            until: form.claim.as_ref().map(|c| c.until),
            look_first: false,
            since: form.check.as_ref().map_or(form.since, |check| check.first.at),
            due: None,
            done: form.closed.is_some(),
            not_for: not_for(form, now),
            rank: form.rank,
        });
    }
}

/// One task. `reader` sees personal values if the task is theirs.
pub fn show(desk: &mut Desk<'_>, calendar: &Calendar, task: TaskId, reader: Option<&str>) -> Done<TaskView> {
    let (case_no, _) = crate::transition::claim::find(desk, task)?;
    let Some(mut line) = one(desk, &case_no, task) else {
        return no(Code::VNotFound, "what", task);
    };
    let (plan, now) = (desk.plan, desk.now);
    let file = desk.books().case(&case_no);
    line.due = file.and_then(|file| last_day(plan, calendar, now, file, &line));
    let mine = reader.is_some() && line.claimed_by.as_deref() == reader;
    match task.0.checked_sub(ATTEMPT_TASK).map(AttemptId) {
        Some(id) => worksheet(desk, &case_no, id, line, mine),
        None => form(desk, task, line, mine),
    }
}

/// The line of one task. A form that was filled in can be shown and filled in again: a department may correct itself.
pub fn one(desk: &mut Desk<'_>, case_no: &CaseNo, task: TaskId) -> Option<TaskLine> {
    let (plan, now) = (desk.plan, desk.now);
    let mut lines = Vec::new();
    lines_of(plan, now, desk.books().case(case_no)?, true, &mut lines);
    let name = task.to_string();
    lines.into_iter().find(|l| l.task == name)
}

#[derive(Deserialize)]
struct Sheet {
    fields: Vec<SheetField>,
}

#[derive(Deserialize)]
struct SheetField {
    name: String,
    #[serde(default)]
    value: Option<String>,
}

fn worksheet(desk: &mut Desk<'_>, case_no: &CaseNo, id: AttemptId, line: TaskLine, mine: bool) -> Done<TaskView> {
    let plan = desk.plan;
    let found = desk.books().case(case_no).and_then(|f| {
        let (o, _, a) = f.attempt(id)?;
        Some((o.matter.clone(), a.channel.clone(), a.batch?))
    });
    let Some((matter, channel, batch)) = found else {
        return no(Code::VNotFound, "what", id);
    };
    let spool = desk
        .books()
        .out_batch(batch)
        .map(|b| b.spool.clone())
        .unwrap_or_default();
    desk.ledger.commit()?;
    let mut bytes = Vec::new();
    for (_, pos) in spool {
        if let Some(Event::Spooled { bytes: piece, .. }) = desk.ledger.read(pos)? {
            bytes.extend_from_slice(&piece);
        }
    }
    let sheet: Sheet =
        serde_json::from_slice(&bytes).map_err(|e| Finding::new(Code::EStructure).with("detail", e.to_string()))?;
    let layout = plan.dept(&matter.dept()).and_then(|d| {
        let name = d.channel(&channel)?.layouts.get(&matter)?;
        d.layout(name).map(|(layout, _)| layout.clone())
    });
    let fields = sheet
        .fields
        .into_iter()
        .map(|f| {
            let field = layout.as_ref().and_then(|l| l.fields.iter().find(|x| x.name == f.name));
            let item = match field.map(|x| &x.meaning) {
                Some(Meaning::Item(no)) => plan.dictionary.get(*no),
                _ => None,
            };
            let kind = item.and_then(|d| d.mask);
            let value = f.value.unwrap_or_default();
            let value = match kind {
                Some(kind) if !mine => mask::mask(kind, &value),
                _ => value,
            };
            let codes = item.and_then(|d| d.codes.as_deref()).zip(field);
            let meaning = codes.and_then(|(codes, x)| meaning(|name| plan.table(name), codes, &x.out, &value));
            TaskField {
                meaning: meaning.unwrap_or_default().to_owned(),
                value,
                double_entry: false,
                required: false,
                ..described(plan, f.name, field)
            }
        })
        .collect();
    Ok(TaskView {
        dept: line.dept.clone(),
        line,
        channel,
        feed: None,
        fields,
        results: Vec::new(),
    })
}

/// A field without a value, as its layout and the dictionary describe it.
fn described(plan: &Plan, name: String, field: Option<&Field>) -> TaskField {
    let item = field.and_then(|f| match &f.meaning {
        Meaning::Item(no) => plan.dictionary.get(*no),
        _ => None,
    });
    let asks = field.map_or("", |f| match &f.meaning {
        Meaning::Status => "result",
        Meaning::ResultDate => "date",
        Meaning::Reason => "reason",
        Meaning::ReceiptNo => "receipt_no",
        _ => "",
    });
    TaskField {
        name,
        value: String::new(),
        meaning: String::new(),
        double_entry: field.is_some_and(|f| f.double_entry),
        required: field.is_some_and(|f| f.required),
        zh: item.map(|d| d.zh.to_string()).unwrap_or_default(),
        en: item.map(|d| d.en.to_string()).unwrap_or_default(),
        max_bytes: field.and_then(|f| f.max_bytes),
        asks: asks.to_owned(),
        keyed: Vec::new(),
    }
}

/// Who may not do what a form waits for.
fn not_for(form: &Form, now: i64) -> Vec<String> {
    let Some(check) = form.check.as_ref().filter(|_| form.closed.is_none()) else {
        return Vec::new();
    };
    let second = check.second.as_ref().map(|(hand, _)| &hand.person.name);
    let mut names: Vec<String> = [Some(&check.first.person.name), second]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    names.dedup();
    names.retain(|name| !check.is_for(name, now));
    names
}

fn form(desk: &mut Desk<'_>, task: TaskId, line: TaskLine, mine: bool) -> Done<TaskView> {
    let plan = desk.plan;
    let matter = MatterId::new(&line.matter);
    let (Some(found), Some((_, form))) = (forms::layout(plan, &matter), forms::of(desk, task)) else {
        return no(Code::VNotFound, "what", &line.task);
    };
    let asked = asked(desk, &form, mine)?;
    let typed = found.layout.fields.iter().filter(|f| forms::is_typed(&f.meaning));
    let wanted = typed.filter(|f| asked.as_ref().is_none_or(|asked| asked.contains_key(&f.name)));
    let fields = wanted.map(|f| TaskField {
        keyed: asked
            .as_ref()
            .and_then(|asked| asked.get(&f.name).cloned())
            .unwrap_or_default(),
        // Keyed again by another person it need not be keyed twice by each.
        double_entry: f.double_entry && asked.is_none(),
        required: f.required && asked.is_none(),
        ..described(plan, f.name.clone(), Some(f))
    });
    Ok(TaskView {
        dept: line.dept.clone(),
        channel: found.channel.to_owned(),
        feed: Some(found.feed.to_owned()),
        fields: fields.collect(),
        results: found.layout.status.keys().cloned().collect(),
        line,
    })
}

/// The fields that are asked for where it was keyed before, each with what was keyed, as far as whoever looks may see it:
/// the second person sees nothing, the third one both.
fn asked(desk: &mut Desk<'_>, form: &Form, mine: bool) -> Done<Option<BTreeMap<String, Vec<String>>>> {
    let Some(check) = &form.check else { return Ok(None) };
    match (form.stage(), &check.second) {
        (Stage::Rekey, _) => Ok(Some(
            check.again.iter().map(|name| (name.clone(), Vec::new())).collect(),
        )),
        (Stage::Decide, Some((second, differ))) => {
            let mut asked = BTreeMap::new();
            let (first, again) = if mine {
                (forms::read(desk, check.first.pos)?, forms::read(desk, second.pos)?)
            } else {
                (None, None)
            };
            for name in differ {
                let entries = [&first, &again].into_iter().flatten();
                let texts = entries.map(|texts| texts.get(name).cloned().unwrap_or_default());
                asked.insert(name.clone(), texts.collect());
            }
            Ok(Some(asked))
        }
        _ => Ok(None),
    }
}

/// What a form's entries look like to the channel: key fields keyed twice stand as a pair.
pub fn form_body(view: &TaskView, fields: &BTreeMap<String, String>, again: &BTreeMap<String, String>) -> Vec<u8> {
    let fields: serde_json::Map<String, serde_json::Value> = fields
        .iter()
        .map(|(name, first)| {
            let value = match again.get(name) {
                Some(second) => serde_json::json!([first, second]),
                None => serde_json::json!(first),
            };
            (name.clone(), value)
        })
        .collect();
    let body = serde_json::json!({ "case_no": view.line.case_no, "matter": view.line.matter, "fields": fields });
    serde_json::to_vec(&body).unwrap_or_default()
}

/// Whether a form was taken.
pub fn form_verdict(answer: &Answer) -> Result<(), Finding> {
    let good = matches!(answer.verdict, BatchVerdict::Accepted | BatchVerdict::Repeat);
    let (_, bad) = answer.rows.other_than(crate::transition::end::GOOD);
    match (good, bad) {
        (true, None) => Ok(()),
        (false, _) => Err(answer
            .findings
            .first()
            .cloned()
            .unwrap_or_else(|| Finding::new(Code::EOther))),
        (true, Some(row)) => Err(Finding::new(Code::EOther).with("detail", &row.message)),
    }
}
