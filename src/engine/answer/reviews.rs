//! Orders about reviews: who asks and who answers is known here, and what they may say is the transitions' affair.

use super::number;
use crate::desk::{Desk, Done, no};
use crate::transition::answer_review::{self, Source};
use crate::transition::ask_review::{self, Question};
use crate::verb::Reply;
use crate::view;
use ledger::event::Person;
use model::calendar::Calendar;
use model::{CaseNo, Code, DeptId, Finding, ReviewId};

/// What is said to be wrong.
pub(super) struct Said {
    pub(super) case_no: String,
    pub(super) items: Vec<String>,
    pub(super) reason: String,
}

impl Said {
    pub(super) fn new(case_no: String, items: Vec<String>, reason: String) -> Self {
        Self { case_no, items, reason }
    }
}

/// Whether a number in the queue is a review's.
pub(super) fn is_one(task: &str) -> bool {
    task.starts_with('r') && task.parse::<ReviewId>().is_ok()
}

/// A review stands in the queue, and is no task to claim or complete.
pub(crate) fn is_no_task(task: &str) -> Result<(), Finding> {
    if !is_one(task) {
        return Ok(());
    }
    let detail = "校核用 reviews confirm 答复，或重报更正后的结果 a review is answered by reviews confirm, or by a corrected result";
    Err(Finding::new(Code::VState).with("detail", detail))
}

pub(super) fn show(desk: &mut Desk<'_>, calendar: &Calendar, review: &str) -> Done<Reply> {
    let line = view::review(desk, calendar, number(review)?)?;
    Ok(Reply::Reviews(vec![line]))
}

pub(super) fn ask(desk: &mut Desk<'_>, calendar: &Calendar, said: Said, asker: DeptId, person: Person) -> Done<Reply> {
    let (new, asked) = asked(desk, said, asker, Some(person))?;
    let mut reviews = Vec::with_capacity(asked.len());
    for id in asked {
        reviews.push(view::review(desk, calendar, id)?);
    }
    Ok(Reply::Asked { new, reviews })
}

/// The hub asks; it is answered in its own words.
pub(super) fn hub_asks(desk: &mut Desk<'_>, said: Said) -> Done<Reply> {
    let (new, asked) = asked(desk, said, DeptId::new("hub"), None)?;
    let reviews = asked.into_iter().filter_map(|id| view::hub_review(desk, id)).collect();
    Ok(Reply::HubReviews { new, reviews })
}

/// What was asked, and how much of it is new.
fn asked(desk: &mut Desk<'_>, said: Said, asker: DeptId, person: Option<Person>) -> Done<(usize, Vec<ReviewId>)> {
    let mut items = Vec::with_capacity(said.items.len());
    for item in &said.items {
        match desk.plan.dictionary.find(item) {
            Some(def) => items.push(def.no),
            None => return no(Code::VNotFound, "what", item),
        }
    }
    items.sort_unstable();
    items.dedup();
    if items.is_empty() {
        return no(Code::ERequired, "column", "items");
    }
    let question = Question {
        case_no: CaseNo::new(said.case_no),
        items,
        asker,
        matter: None,
        reason: said.reason,
        row: None,
        person,
    };
    let judged = ask_review::judge(desk, &question)??;
    let asked = ask_review::ask(desk, &question, judged)?;
    let new = asked.iter().filter(|(_, new)| *new).count();
    Ok((new, asked.into_iter().map(|(id, _)| id).collect()))
}

pub(super) fn confirm(
    desk: &mut Desk<'_>,
    calendar: &Calendar,
    review: &str,
    reason: String,
    person: Person,
) -> Done<Reply> {
    answer_review::confirm(desk, number(review)?, reason, Source::Person(person))?;
    show(desk, calendar, review)
}

/// The hub says that a value it gave stands.
pub(super) fn hub_confirms(desk: &mut Desk<'_>, review: &str, reason: String) -> Done<Reply> {
    let id: ReviewId = number(review)?;
    answer_review::confirm(desk, id, reason, Source::Hub)?;
    let reviews = view::hub_review(desk, id).into_iter().collect();
    Ok(Reply::HubReviews { new: 0, reviews })
}
