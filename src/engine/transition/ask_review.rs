//! A receiver says that items are wrong: each is asked of whoever gave it, once for each version.
//!
//! Only who was handed an item can say so. Nothing else moves: no value, no hand-over, no standing.

use crate::desk::{Desk, Done};
use crate::transition::answer_review::answer;
use ledger::CaseFile;
use ledger::Event;
use ledger::event::Person;
use ledger::reviews::{Answer, Answered, Asked};
use model::{AttemptState, BatchId, CaseNo, Code, DeptId, Finding, ItemNo, MatterId, ReviewId};

/// What a receiver says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    /// The case.
    pub case_no: CaseNo,
    /// The items.
    pub items: Vec<ItemNo>,
    /// The receiver.
    pub asker: DeptId,
    /// For which of its matters, where it says so.
    pub matter: Option<MatterId>,
    /// What is wrong.
    pub reason: String,
    /// The row that says so.
    pub row: Option<(BatchId, u64)>,
    /// The person who says so.
    pub person: Option<Person>,
}

/// One item of a question, judged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Judged {
    item: ItemNo,
    /// The version that the asker was handed.
    version: u32,
    /// The version there is by now.
    now: u32,
    matter: Option<MatterId>,
    source: Option<MatterId>,
}

/// Who was handed an item, and when what it was handed was written, milliseconds since 1970.
struct Handed {
    matter: Option<MatterId>,
    at: i64,
}

/// Whether every item of a question can be asked about. Changes nothing.
pub fn judge(desk: &mut Desk<'_>, question: &Question) -> Done<Result<Vec<Judged>, Finding>> {
    let Some(file) = desk.books().case(&question.case_no) else {
        return Ok(Err(Finding::new(Code::EUnknownCase)));
    };
    if file.case.withdrawn.is_some() {
        return Ok(Err(Finding::new(Code::EState).with("detail", "withdrawn")));
    }
    let mut judged = Vec::with_capacity(question.items.len());
    for item in &question.items {
        match judge_one(desk, question, *item) {
            Ok(one) => judged.push(one),
            Err(finding) => return Ok(Err(finding)),
        }
    }
    Ok(Ok(judged))
}

fn judge_one(desk: &mut Desk<'_>, question: &Question, item: ItemNo) -> Result<Judged, Finding> {
    let name = desk.plan.dictionary.id(item).to_owned();
    let about = |code| Finding::new(code).with("item", &name).with("dept", &question.asker);
    let handed = handed(desk, question, item);
    let held = desk
        .books()
        .case(&question.case_no)
        .and_then(|f| f.case.items.get(&item));
    let Some(held) = held else {
        return Err(about(Code::ENotHanded));
    };
    let giver = held
        .matter
        .as_ref()
        .map_or_else(|| DeptId::new("hub"), model::MatterId::dept);
    let others_word = handed.iter().find(|h| h.matter != held.matter);
    let handed = match others_word {
        Some(handed) => handed,
        // Its own word it corrects itself: by a new result or an amendment, not by a question to itself.
        None if giver == question.asker => return Err(about(Code::EOwnWord)),
        None => return Err(about(Code::ENotHanded)),
    };
    // The value it was handed is not there any more: it was replaced while the question was under way.
    let seen = if held.at > handed.at {
        held.version.saturating_sub(1)
    } else {
        held.version
    };
    Ok(Judged {
        item,
        version: seen,
        now: held.version,
        matter: handed.matter.clone(),
        source: held.matter.clone(),
    })
}

/// Every way by which the asker was handed an item, the latest first.
fn handed(desk: &mut Desk<'_>, question: &Question, item: ItemNo) -> Vec<Handed> {
    if question.asker.as_str() == "hub" {
        // The platform reads cases as they are, through its agreement.
        let hub = desk.plan.dept(&question.asker);
        let reads = hub.is_some_and(|h| h.def.agreement.items.contains(&item));
        let (matter, at) = (None, desk.now);
        return if reads { vec![Handed { matter, at }] } else { Vec::new() };
    }
    let file = desk.books().case(&question.case_no);
    let batches = file.map_or_else(Vec::new, |f| carried(f, question, item));
    let mut handed: Vec<Handed> = Vec::new();
    for (matter, batch) in batches {
        if let Some(out) = desk.books().out_batch(batch) {
            let at = out.since;
            match handed.iter_mut().find(|h| h.matter.as_ref() == Some(&matter)) {
                Some(known) => known.at = known.at.max(at),
                None => handed.push(Handed {
                    matter: Some(matter),
                    at,
                }),
            }
        }
    }
    handed.sort_by_key(|h| std::cmp::Reverse(h.at));
    handed
}

/// Batches that left with the item for the asker's matters.
fn carried(file: &CaseFile, question: &Question, item: ItemNo) -> Vec<(MatterId, BatchId)> {
    let left = |state: AttemptState| !matches!(state, AttemptState::Prepared | AttemptState::Recalled);
    let wanted = |matter: &MatterId| {
        matter.dept() == question.asker && question.matter.as_ref().is_none_or(|only| only == matter)
    };
    let mut carried = Vec::new();
    for o in file.obligations.iter().filter(|o| wanted(&o.matter)) {
        for delivery in o.deliveries.iter().filter(|d| d.items.contains(&item)) {
            let batches = delivery.attempts.iter().filter(|a| left(a.state));
            carried.extend(batches.filter_map(|a| Some((o.matter.clone(), a.batch?))));
        }
    }
    carried
}

/// Asks what was judged. Gives each review its number, and says whether it is new: the same request again has no effect.
pub fn ask(desk: &mut Desk<'_>, question: &Question, judged: Vec<Judged>) -> Done<Vec<(ReviewId, bool)>> {
    let mut reviews = Vec::with_capacity(judged.len());
    for one in judged {
        let known = desk
            .books()
            .case(&question.case_no)
            .and_then(|f| f.review_of(one.item, &question.asker, one.version))
            .map(|r| r.asked.review);
        if let Some(known) = known {
            reviews.push((known, false));
            continue;
        }
        let review = ReviewId(desk.books().counters.review);
        desk.say(Event::ReviewAsked(Asked {
            review,
            case_no: question.case_no.clone(),
            item: one.item,
            version: one.version,
            asker: question.asker.clone(),
            matter: one.matter,
            source: one.source,
            reason: question.reason.clone(),
            row: question.row,
            person: question.person.clone(),
        }))?;
        let file = desk.books().case(&question.case_no);
        let stands = file.is_some_and(|f| f.case.holds_still(one.item, one.version));
        if one.now > one.version && !stands {
            let corrected = Answered {
                review,
                case_no: question.case_no.clone(),
                answer: Answer::Corrected(one.now),
                reason: String::new(),
                person: None,
            };
            answer(desk, corrected)?;
        }
        reviews.push((review, true));
    }
    Ok(reviews)
}

#[cfg(test)]
mod tests;
