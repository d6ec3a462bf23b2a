//! Reviews as the platform reads them: those of values it gave, and those it asked. Reasons stand as they were written,
//! since they are said to it, or by it.

use crate::desk::Desk;
use crate::plan::Plan;
use ledger::CaseFile;
use ledger::reviews::{Answer, Asked, Review, ReviewChange};
use model::ReviewId;
use serde::{Deserialize, Serialize};

/// A review, or one step of it where it stands in the change feed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct HubReview {
    /// Its place in the change feed, where it stands there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Its number.
    pub review: String,
    /// The case.
    pub case_no: String,
    /// The item.
    pub item: String,
    /// Which version of it is called wrong.
    pub version: u32,
    /// Who asks.
    pub asker: String,
    /// Who must answer: a matter, or `hub`.
    pub source: String,
    /// `open`, `corrected`, `confirmed` or `withdrawn`.
    pub state: String,
    /// What is wrong.
    pub reason: String,
    /// Why the value stands, where it was confirmed.
    pub answer: Option<String>,
    /// When it came to stand so, milliseconds since 1970.
    pub at: i64,
}

/// A line of the change feed.
pub(crate) fn told(plan: &Plan, cursor: &str, change: &ReviewChange) -> HubReview {
    let answer = change.answer.as_ref().map(|(answer, why)| (*answer, why.as_str()));
    HubReview {
        cursor: Some(cursor.to_owned()),
        ..review(plan, &change.asked, answer, change.at)
    }
}

/// One by its number.
pub fn hub_review(desk: &mut Desk<'_>, id: ReviewId) -> Option<HubReview> {
    let plan = desk.plan;
    let case_no = desk.books().case_of_review(id).cloned()?;
    let review = desk.books().case(&case_no)?.review(id)?;
    Some(of_one(plan, review))
}

/// Those of a case.
pub(crate) fn of_case(plan: &Plan, file: &CaseFile) -> Vec<HubReview> {
    let concerned = file.reviews.iter().filter(|r| r.concerns_hub());
    concerned.map(|r| of_one(plan, r)).collect()
}

fn of_one(plan: &Plan, of: &Review) -> HubReview {
    let end = of.end.as_ref();
    let answer = end.map(|end| (end.answer, end.reason.as_str()));
    review(plan, &of.asked, answer, end.map_or(of.at, |end| end.at))
}

fn review(plan: &Plan, asked: &Asked, answer: Option<(Answer, &str)>, at: i64) -> HubReview {
    HubReview {
        cursor: None,
        review: asked.review.to_string(),
        case_no: asked.case_no.to_string(),
        item: plan.dictionary.id(asked.item).to_owned(),
        version: asked.version,
        asker: asked.asker.to_string(),
        source: asked
            .source
            .as_ref()
            .map_or_else(|| "hub".to_owned(), ToString::to_string),
        state: answer.map_or("open", |(answer, _)| answer.word()).to_owned(),
        reason: asked.reason.clone(),
        answer: answer.map(|(_, why)| why.to_owned()).filter(|why| !why.is_empty()),
        at,
    }
}
