//! What the hub may read: a case through the hub's agreement, and the change feed by cursor.

use crate::desk::{Desk, Done, no};
use crate::doubt;
use crate::view::hub_reviews::{HubReview, of_case, told};
use ledger::account::Account;
use ledger::reviews::FeedLine;
use model::{CaseNo, Code, DeptId, Standing};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A matter as the hub sees it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct HubMatter {
    /// The matter.
    pub matter: String,
    /// The round.
    pub round: u32,
    /// Its standing.
    pub standing: Option<Standing>,
    /// Why.
    pub reason: Option<String>,
    /// What it counts as.
    pub account: Account,
}

/// A case as the hub may read it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct HubCase {
    /// Its number.
    pub case_no: String,
    /// Class of enterprise.
    pub ent_class: String,
    /// Items the hub's agreement lists.
    pub items: BTreeMap<String, String>,
    /// Its matters.
    pub matters: Vec<HubMatter>,
    /// Reviews that the hub asked or must answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reviews: Vec<HubReview>,
    /// Withdrawn, and why.
    pub withdrawn: Option<String>,
}

/// One line of the change feed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ChangeLine {
    /// A result of a matter.
    Result(ResultLine),
    /// Word of a review that the hub asked or must answer.
    Review(Box<HubReview>),
}

/// A result of a matter, in the change feed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ResultLine {
    /// Its cursor.
    pub cursor: String,
    /// The case.
    pub case_no: String,
    /// The matter.
    pub matter: String,
    /// The round.
    pub round: u32,
    /// Its standing.
    pub standing: Standing,
    /// Why.
    pub reason: Option<String>,
    /// When, milliseconds since 1970.
    pub at: i64,
}

/// A page of the change feed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Changes {
    /// Its lines, oldest first.
    pub items: Vec<ChangeLine>,
    /// Where to go on.
    pub next: String,
}

/// A case through the hub's agreement.
pub fn hub_case(desk: &mut Desk<'_>, case_no: &CaseNo) -> Done<HubCase> {
    let plan = desk.plan;
    let Some(hub) = plan.dept(&DeptId::new("hub")) else {
        return no(Code::VNotFound, "what", "hub");
    };
    if let Some(expired) = plan.expired(&hub.def.id, desk.now) {
        return Err(expired.into());
    }
    let agreement = &hub.def.agreement;
    let Some(file) = desk.books().case(case_no) else {
        return no(Code::VNotFound, "what", case_no);
    };
    let items = file
        .case
        .items
        .iter()
        .filter(|(no, _)| agreement.items.contains(no))
        .map(|(no, held)| (plan.dictionary.id(*no).to_owned(), text(&held.value)))
        .collect();
    let matters = file
        .obligations
        .iter()
        .filter(|o| o.matter.dept().as_str() != "hub")
        .map(|o| HubMatter {
            matter: o.matter.to_string(),
            round: o.round,
            standing: o.standing.as_ref().map(|s| s.standing),
            reason: o.standing.as_ref().and_then(|s| s.reason.clone()),
            account: o.account(),
        })
        .collect();
    Ok(HubCase {
        case_no: case_no.to_string(),
        ent_class: file.case.ent_class.to_string(),
        items,
        matters,
        reviews: of_case(plan, file),
        withdrawn: file.case.withdrawn.clone(),
    })
}

fn text(value: &model::Value) -> String {
    match value {
        model::Value::Text(text) => text.to_string(),
        model::Value::List(list) => list.join("\u{1f}"),
    }
}

/// Changes after a cursor.
pub fn changes(desk: &mut Desk<'_>, since: Option<&str>, limit: usize) -> Done<Changes> {
    let plan = desk.plan;
    let mut next = doubt::go_on_after(desk, since.unwrap_or_default())?;
    let keys = desk.books().feed.page("", &next, limit.clamp(1, 1000));
    let mut items = Vec::with_capacity(keys.len());
    let mut cursors = doubt::Cursors::default();
    for key in keys {
        let cursor = cursors.of(desk, &key)?;
        let Some(change) = desk.books().feed.get(&key) else {
            continue;
        };
        items.push(match change {
            FeedLine::Result(change) => ChangeLine::Result(ResultLine {
                cursor: cursor.clone(),
                case_no: change.case_no.to_string(),
                matter: change.matter.to_string(),
                round: change.round,
                standing: change.standing,
                reason: change.reason.clone(),
                at: change.at,
            }),
            FeedLine::Review(change) => ChangeLine::Review(Box::new(told(plan, &cursor, change))),
        });
        next = cursor;
    }
    Ok(Changes { items, next })
}
