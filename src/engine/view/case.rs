//! A case's whole story: items with owner and version, what each department owes, every attempt, every event.

use crate::desk::{Desk, Done, no};
use crate::plan::Plan;
use crate::view::codes::{ParkedLine, parked_for};
use crate::view::due::{Due, due};
use crate::view::reviews::{ReviewLine, Terms, of_case};
use crate::view::words::Words;
use ledger::account::Account;
use ledger::case_file::{CaseFile, Obligation};
use ledger::event::Cause;
use ledger::reviews::{Answer, Answered, Asked};
use ledger::store::StoryLine;
use model::calendar::Calendar;
use model::{AttemptState, CaseNo, Code, Finding, ItemDef, Mode, Op, Standing, Value, mask};
use serde::{Deserialize, Serialize};

/// One item.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ItemView {
    /// Its name.
    pub item: String,
    /// For people, Chinese.
    pub zh: String,
    /// For people, English.
    pub en: String,
    /// Its value; masked where personal.
    pub value: String,
    /// Who said so.
    pub source: String,
    /// Which matter gave it.
    pub matter: Option<String>,
    /// Its version.
    pub version: u32,
    /// Only proposed so far.
    pub proposal: bool,
}

/// One attempt.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AttemptView {
    /// Its number.
    pub attempt: String,
    /// What it asks.
    pub op: Op,
    /// Over which channel.
    pub channel: String,
    /// Of which mode that is; nothing where the department has no such channel any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// In which batch.
    pub batch: Option<String>,
    /// Where it is.
    pub state: AttemptState,
    /// Settled for the order of things only: nobody who knows has said that it was booked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unproved: bool,
    /// Since when, milliseconds since 1970.
    pub since: i64,
    /// The department's number.
    pub receipt_no: Option<String>,
    /// Who holds it.
    pub claimed_by: Option<String>,
    /// The attempt it repeats.
    pub parent: Option<String>,
    /// Why it was refused.
    pub findings: Vec<Finding>,
    /// The department's words.
    pub reason: Option<String>,
}

/// One obligation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ObligationView {
    /// The matter.
    pub matter: String,
    /// The round.
    pub round: u32,
    /// When it opened, milliseconds since 1970.
    pub opened_at: i64,
    /// What it counts as.
    pub account: Account,
    /// Where it is in the law's terms.
    pub standing: Option<Standing>,
    /// Why.
    pub reason: Option<String>,
    /// How it ended without booking.
    pub ended: Option<String>,
    /// By when it must be decided, while its clock runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Due>,
    /// Its attempts, oldest first.
    pub attempts: Vec<AttemptView>,
}

/// One event of the story.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct StoryView {
    /// When, milliseconds since 1970.
    pub at: i64,
    /// Where in the journal: group/entry.
    pub pos: String,
    /// What kind.
    pub event: String,
    /// Particulars, without personal values.
    pub detail: String,
}

/// A case.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CaseView {
    /// Its number.
    pub case_no: String,
    /// Class of enterprise.
    pub ent_class: String,
    /// When it was first taken, milliseconds since 1970.
    pub opened_at: i64,
    /// Withdrawn, and why.
    pub withdrawn: Option<String>,
    /// When its data were erased, milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<i64>,
    /// Items.
    pub items: Vec<ItemView>,
    /// Claims by those who do not own the item: item and source.
    pub conflicts: Vec<(String, String)>,
    /// Rows about it that wait for codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parked: Vec<ParkedLine>,
    /// Obligations.
    pub obligations: Vec<ObligationView>,
    /// Reviews.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reviews: Vec<ReviewLine>,
    /// The story.
    pub story: Vec<StoryView>,
}

/// Shows a case. `reveal` shows personal values; the caller has journalled it.
pub fn case(desk: &mut Desk<'_>, calendar: &Calendar, case_no: &CaseNo, reveal: bool) -> Done<CaseView> {
    let (plan, now) = (desk.plan, desk.now);
    let terms = Terms {
        reveal,
        ..Terms::masked(plan, calendar, now)
    };
    // What was said in this very group is not readable before it is durable.
    desk.ledger.commit()?;
    let story = desk.ledger.story(case_no)?;
    let parked = parked_for(desk, case_no);
    let Some(file) = desk.books().case(case_no) else {
        // A case whose first row waits for codes is not known yet, and is not lost.
        let Some(first) = parked.first() else {
            return no(Code::VNotFound, "what", case_no);
        };
        return Ok(CaseView {
            case_no: case_no.to_string(),
            ent_class: String::new(),
            opened_at: first.since,
            withdrawn: None,
            erased: None,
            items: Vec::new(),
            conflicts: Vec::new(),
            parked,
            obligations: Vec::new(),
            reviews: Vec::new(),
            story: Vec::new(),
        });
    };
    let words = Words::of(plan, file, reveal);
    Ok(CaseView {
        case_no: case_no.to_string(),
        ent_class: file.case.ent_class.to_string(),
        opened_at: file.case.opened_at,
        withdrawn: file.case.withdrawn.as_deref().map(|why| words.reason(why)),
        erased: file.erased,
        items: items(plan, file, reveal),
        conflicts: file
            .case
            .claims
            .iter()
            .map(|c| (plan.dictionary.id(c.item).to_owned(), c.source.to_string()))
            .collect(),
        parked,
        obligations: file
            .obligations
            .iter()
            .map(|o| obligation(plan, &words, o, due(plan, calendar, now, file, o)))
            .collect(),
        reviews: of_case(terms, &words, file),
        story: story
            .iter()
            .map(|line| tell(plan, line, case_no))
            .map(|line| StoryView {
                detail: words.known(&line.detail),
                ..line
            })
            .collect(),
    })
}

fn items(plan: &Plan, file: &CaseFile, reveal: bool) -> Vec<ItemView> {
    file.case
        .items
        .iter()
        .map(|(no, held)| {
            let def = plan.dictionary.get(*no);
            ItemView {
                item: plan.dictionary.id(*no).to_owned(),
                zh: def.map(|d| d.zh.to_string()).unwrap_or_default(),
                en: def.map(|d| d.en.to_string()).unwrap_or_default(),
                value: shown(def, &held.value, reveal),
                source: held.source.to_string(),
                matter: held.matter.as_ref().map(ToString::to_string),
                version: held.version,
                proposal: held.proposal,
            }
        })
        .collect()
}

/// A value as people read it: masked where it is personal and nobody gave a reason to see it.
pub(crate) fn shown(def: Option<&ItemDef>, value: &Value, reveal: bool) -> String {
    match (value, def.and_then(|d| d.mask)) {
        (Value::Text(text), Some(kind)) if !reveal => mask::mask(kind, text),
        (Value::List(list), Some(kind)) if !reveal => list
            .iter()
            .map(|text| mask::mask(kind, text))
            .collect::<Vec<_>>()
            .join("；"),
        (Value::Text(text), _) => text.to_string(),
        (Value::List(list), _) => list.join("；"),
    }
}

fn obligation(plan: &Plan, words: &Words, o: &Obligation, due: Option<Due>) -> ObligationView {
    let dept = plan.dept(&o.matter.dept());
    let attempts = o
        .deliveries
        .iter()
        .flat_map(|d| &d.attempts)
        .map(|a| {
            let (findings, reason) = match &a.cause {
                Cause::Check { findings } => (findings.clone(), None),
                Cause::Answer { reason, .. } | Cause::Receipt { reason, .. } => (Vec::new(), reason.clone()),
                Cause::Person { reason, .. } | Cause::Listed { reason, .. } => (Vec::new(), Some(reason.clone())),
                _ => (Vec::new(), None),
            };
            AttemptView {
                attempt: a.id.to_string(),
                op: a.op,
                channel: a.channel.clone(),
                mode: dept.and_then(|d| d.channel(&a.channel)).map(|c| c.mode),
                batch: a.batch.map(|b| b.to_string()),
                state: a.state,
                unproved: a.unproved(),
                since: a.since,
                receipt_no: a.receipt_no.clone(),
                claimed_by: a.claim.as_ref().map(|c| c.person.name.clone()),
                parent: a.parent.map(|p| p.to_string()),
                findings: findings.iter().map(|f| words.finding(f)).collect(),
                reason: reason.map(|why| words.reason(&why)),
            }
        })
        .collect();
    ObligationView {
        matter: o.matter.to_string(),
        round: o.round,
        opened_at: o.opened_at,
        account: o.account(),
        standing: o.standing.as_ref().map(|s| s.standing),
        reason: o
            .standing
            .as_ref()
            .and_then(|s| s.reason.as_deref().map(|why| words.reason(why))),
        ended: o
            .ended
            .as_ref()
            .map(|(how, why)| format!("{how:?}: {}", words.reason(why)).to_lowercase()),
        due,
        attempts,
    }
}

fn tell(plan: &Plan, line: &StoryLine, case_no: &CaseNo) -> StoryView {
    use ledger::Event::*;
    let (event, detail) = match &line.event {
        None => ("erased", String::new()),
        Some(CaseOpened { ent_class, .. }) => ("case_opened", ent_class.to_string()),
        Some(Merged {
            source,
            matter,
            row,
            take,
            claims,
            ..
        }) => {
            let by = matter.as_ref().map_or_else(|| source.to_string(), ToString::to_string);
            (
                "items_merged",
                format!("{by} {}:{} +{} ?{}", row.0, row.1, take.len(), claims.len()),
            )
        }
        Some(Adopted { matter, items, .. }) => ("proposal_adopted", format!("{matter} {}", items.len())),
        Some(CaseWithdrawn { reason, .. }) => ("case_withdrawn", reason.clone()),
        Some(ObligationOpened { key }) => ("obligation_opened", format!("{}/{}", key.matter, key.round)),
        Some(ObligationEnded {
            key,
            how,
            reason,
            person,
        }) => {
            let who = person.as_ref().map(|p| p.name.as_str()).unwrap_or_default();
            (
                "obligation_ended",
                format!("{}/{} {how:?} {reason} {who}", key.matter, key.round)
                    .trim_end()
                    .to_owned(),
            )
        }
        Some(StandingSet { key, standing, row, .. }) => (
            "standing_set",
            format!("{}/{} {standing} {}:{}", key.matter, key.round, row.0, row.1),
        ),
        Some(DeliveryQueued { key, n, op, .. }) => {
            ("delivery_queued", format!("{}/{} #{n} {op}", key.matter, key.round))
        }
        Some(DeliverySuperseded { key, n, by }) => (
            "delivery_superseded",
            format!("{}/{} #{n} -> #{by}", key.matter, key.round),
        ),
        Some(DeliveryDue {
            key,
            n,
            person,
            substitute,
            reason,
            ..
        }) => {
            let who = person.as_ref().map(|p| p.name.as_str()).unwrap_or_default();
            let text = format!("{}/{} #{n} {who} {reason} ={}", key.matter, key.round, substitute.len());
            ("delivery_due_again", text)
        }
        Some(BatchPrepared {
            batch,
            dept,
            channel,
            number,
            ..
        }) => ("batch_prepared", format!("{batch} {dept}/{channel} {number}")),
        Some(AttemptRefused { attempt, findings, .. }) => {
            let codes: Vec<&str> = findings.iter().map(|f| f.code.word()).collect();
            (
                "attempt_refused",
                format!("{} {} {}", attempt.id, attempt.key.matter, codes.join(",")),
            )
        }
        Some(DeliveryDoubted { attempt, .. }) => ("delivery_doubted", attempt.id.to_string()),
        Some(DeliveryParked { attempt, codes, .. }) => (
            "delivery_parked",
            format!("{} {} {}", attempt.id, attempt.key.matter, listed(codes)),
        ),
        Some(RowParked { batch, line, codes, .. }) => ("row_parked", format!("{batch}:{line} {}", listed(codes))),
        Some(AttemptsMoved { attempts, to, cause }) => {
            // One move concerns every case of its batch.
            let own = attempts.iter().filter(|(_, of)| of == case_no);
            let ids: Vec<String> = own.map(|(id, _)| id.to_string()).collect();
            ("attempt_moved", format!("{} {to} {}", ids.join(","), cause_word(cause)))
        }
        Some(Unmatched { dept, row, what, .. }) => ("unmatched", format!("{dept} {}:{} {what:?}", row.0, row.1)),
        Some(ReviewAsked(asked)) => ("review_asked", review_asked(plan, asked)),
        Some(ReviewAnswered(answered)) => ("review_answered", review_answered(answered)),
        Some(FormOpened { task, key, .. }) => ("form_opened", format!("{task} {}/{}", key.matter, key.round)),
        Some(TaskClaimed { task, person, .. }) => ("task_claimed", format!("{task} {}", person.name)),
        Some(TaskReleased { task, expired, .. }) => ("task_released", format!("{task} expired={expired}")),
        Some(FormClosed { task, person, .. }) => (
            "form_closed",
            format!(
                "{task} {}",
                person.as_ref().map(|p| p.name.as_str()).unwrap_or_default()
            ),
        ),
        Some(FormKeyed(k)) => (
            "form_keyed",
            format!("{} {} {}", k.task, k.person.name, k.again.join(",")),
        ),
        Some(FormRekeyed(k)) => (
            "form_rekeyed",
            format!("{} {} {}", k.task, k.person.name, k.differ.join(",")),
        ),
        Some(FormDecided(k)) => (
            "form_decided",
            format!("{} {} {}", k.task, k.person.name, k.first_wrong.join(",")),
        ),
        Some(FormSentBack(k)) => {
            let who = k.person.as_ref().map_or("-", |p| p.name.as_str());
            ("form_sent_back", format!("{} {who}", k.task))
        }
        Some(TaskRanked(r)) => ("task_ranked", format!("{} {} {}", r.task, r.rank, r.person.name)),
        Some(other) => ("other", format!("kind {}", other.kind())),
    };
    StoryView {
        at: line.at,
        pos: format!("{}/{}", line.pos.group, line.pos.ordinal),
        event: event.to_owned(),
        detail,
    }
}

/// Its reason is free text, and stands with the review alone.
fn review_asked(plan: &Plan, asked: &Asked) -> String {
    let asker = asked.matter.as_ref().map_or(asked.asker.as_str(), |m| m.as_str());
    let source = asked.source.as_ref().map_or("hub", |m| m.as_str());
    let item = plan.dictionary.id(asked.item);
    let by = match (&asked.person, asked.row) {
        (Some(person), _) => person.name.clone(),
        (None, Some((batch, line))) => format!("{batch}:{line}"),
        (None, None) => String::new(),
    };
    format!("{} {item} v{} {asker} -> {source} {by}", asked.review, asked.version)
        .trim_end()
        .to_owned()
}

fn review_answered(answered: &Answered) -> String {
    let by = answered.person.as_ref().map(|p| p.name.as_str()).unwrap_or_default();
    let version = match answered.answer {
        Answer::Corrected(version) => format!("v{version}"),
        Answer::Confirmed | Answer::Withdrawn => String::new(),
    };
    let words = [answered.answer.word(), &version, by];
    let said: Vec<&str> = words.into_iter().filter(|w| !w.is_empty()).collect();
    format!("{} {}", answered.review, said.join(" "))
}

/// Codes that something waits for.
fn listed(codes: &[model::UnmappedCode]) -> String {
    let shown: Vec<String> = codes.iter().map(|c| format!("{} {}", c.table, c.code)).collect();
    shown.join(", ")
}

fn cause_word(cause: &Cause) -> String {
    match cause {
        Cause::Turn => "turn".to_owned(),
        Cause::Answer { code, receipt_no, .. } => format!(
            "answer {}",
            code.as_deref().or(receipt_no.as_deref()).unwrap_or_default()
        )
        .trim_end()
        .to_owned(),
        Cause::Receipt { batch, line, code, .. } => format!("receipt {batch}:{line} {code}"),
        Cause::Result { batch, line } => format!("result {batch}:{line}"),
        Cause::Query => "query".to_owned(),
        Cause::Check { .. } => "check".to_owned(),
        Cause::Person { person, .. } => format!("person {}", person.name),
        Cause::Taken => "taken".to_owned(),
        Cause::Listed { person, .. } => format!("list of {}", person.name),
        Cause::Time => "time".to_owned(),
        Cause::Doubt => "doubt".to_owned(),
        Cause::Dissolved => "dissolved".to_owned(),
    }
}
