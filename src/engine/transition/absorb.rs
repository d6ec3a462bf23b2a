//! One incoming row gets effect: by the role of its feed, and only if it is news.

use crate::desk::{Desk, Done};
use crate::transition::ask_review::{self, Question};
use crate::transition::end::GOOD;
use crate::transition::receipt::Receipts;
use crate::transition::{advance, receipt, result, withdraw};
use ledger::Event;
use ledger::arriving::PendingRow;
use ledger::event::RowVerdict;
use model::define::{Channel, Feed, FeedRole};
use model::{BatchId, CaseNo, Code, DeptId, Finding, Incoming, ItemNo, ObligationKey, Op, Standing, Value};

/// Where a row comes from.
pub struct Source<'a> {
    /// The department.
    pub dept: &'a DeptId,
    /// The channel.
    pub channel: &'a Channel,
    /// The feed.
    pub feed: &'a Feed,
    /// The batch.
    pub batch: BatchId,
}

/// A row's verdict and the return code told for it.
pub type Verdict = (RowVerdict, String);

/// Gives one row effect.
pub fn absorb(
    desk: &mut Desk<'_>,
    source: &Source<'_>,
    row: &PendingRow,
    receipts: Option<&mut Receipts>,
) -> Done<Verdict> {
    let wrong = row.findings.iter().find(|f| !f.code.is_warning());
    let Some(incoming) = row.incoming.as_ref().filter(|_| wrong.is_none()) else {
        // Its source is told that we have it: nothing need be sent again.
        if row.parked.is_some() {
            return Ok((RowVerdict::Parked, GOOD.to_owned()));
        }
        let code = wrong.map_or("9999", |f| f.code.return_code());
        return Ok((RowVerdict::Refused, code.to_owned()));
    };
    let verdict = if incoming.review.is_empty() {
        absorb_role(desk, source, row.line, incoming, receipts)?
    } else {
        absorb_asking(desk, source, row.line, incoming, receipts)?
    };
    match verdict {
        Ok(true) => Ok((RowVerdict::Merged, GOOD.to_owned())),
        Ok(false) => Ok((RowVerdict::Unchanged, GOOD.to_owned())),
        Err(finding) => {
            let code = finding.code.return_code().to_owned();
            desk.say(Event::RowRefused {
                batch: source.batch,
                line: row.line,
                finding: finding.row(row.line),
            })?;
            Ok((RowVerdict::Refused, code))
        }
    }
}

/// What a row says by the role of its feed.
fn absorb_role(
    desk: &mut Desk<'_>,
    source: &Source<'_>,
    line: u64,
    incoming: &Incoming,
    receipts: Option<&mut Receipts>,
) -> Done<News> {
    match (source.feed.role, receipts) {
        (FeedRole::Cases, _) => absorb_case(desk, source, line, incoming),
        (FeedRole::Results, _) => result::absorb(desk, source, line, incoming),
        (FeedRole::Receipts | FeedRole::ReceiptsWithResults, Some(receipts)) => {
            receipt::absorb(desk, source, line, incoming, receipts)
        }
        (FeedRole::Receipts | FeedRole::ReceiptsWithResults, None) => {
            receipt::absorb_batch(desk, source, line, incoming)
        }
    }
}

/// A row that calls items wrong, and may say what its feed is for beside it. That is taken whatever becomes of the question:
/// a receipt settles, and the row is refused for its question alone.
fn absorb_asking(
    desk: &mut Desk<'_>,
    source: &Source<'_>,
    line: u64,
    incoming: &Incoming,
    receipts: Option<&mut Receipts>,
) -> Done<News> {
    let Some(case_no) = incoming.case_no.clone() else {
        return Ok(Err(Finding::new(Code::ERequired).with("column", "case_no")));
    };
    let question = Question {
        case_no,
        items: incoming.review.clone(),
        asker: source.dept.clone(),
        matter: incoming.matter.clone().or_else(|| source.feed.matter.clone()),
        reason: incoming.reason.as_deref().unwrap_or_default().to_owned(),
        row: Some((source.batch, line)),
        person: None,
    };
    let judged = ask_review::judge(desk, &question)?;
    let says_more = incoming.standing.is_some() || incoming.return_code.is_some();
    let mut news = false;
    if says_more {
        match absorb_role(desk, source, line, incoming, receipts)? {
            Ok(more) => news = more,
            Err(finding) => return Ok(Err(finding)),
        }
    }
    let judged = match judged {
        Ok(judged) => judged,
        Err(finding) => return Ok(Err(finding)),
    };
    let asked = ask_review::ask(desk, &question, judged)?;
    Ok(Ok(news | asked.iter().any(|(_, new)| *new)))
}

/// `Ok(true)` changed something, `Ok(false)` is known, `Err` refuses the row.
pub type News = Result<bool, Finding>;

fn absorb_case(desk: &mut Desk<'_>, source: &Source<'_>, line: u64, incoming: &Incoming) -> Done<News> {
    let Some(case_no) = incoming.case_no.clone() else {
        return Ok(Err(Finding::new(Code::ERequired).with("column", "case_no")));
    };
    let op = incoming.op.unwrap_or(Op::Submit);
    let known = desk.books().case(&case_no).map(|file| file.case.withdrawn.is_some());
    match (op, known) {
        (Op::Submit, None) => {
            let Some(class) = incoming.ent_class.clone() else {
                return Ok(Err(Finding::new(Code::ERequired).with("column", "ent_class")));
            };
            desk.say(Event::CaseOpened {
                case_no: case_no.clone(),
                ent_class: class,
            })?;
            merge_hub(desk, source, line, &case_no, incoming)?;
            advance::advance(desk, &case_no)?;
            Ok(Ok(true))
        }
        (_, None) => Ok(Err(Finding::new(Code::EUnknownCase))),
        (_, Some(_)) if desk.books().case(&case_no).is_some_and(|file| file.erased.is_some()) => {
            Ok(Err(Finding::new(Code::EErased)))
        }
        (Op::Withdraw, Some(true)) => Ok(Ok(false)),
        (_, Some(true)) => Ok(Err(Finding::new(Code::EState).with("detail", "withdrawn"))),
        (Op::Submit, Some(false)) => {
            // The same submission again is a repeat, whatever departments have given since; another one under the same
            // number is not an amendment.
            if differing(desk, &case_no, incoming).iter().all(|item| item.is_given) {
                Ok(Ok(false))
            } else {
                Ok(Err(
                    Finding::new(Code::EState).with("detail", "submitted before; use amend")
                ))
            }
        }
        (Op::Amend, Some(false)) => {
            let changed = merge_hub(desk, source, line, &case_no, incoming)?;
            if changed {
                advance::advance(desk, &case_no)?;
            }
            Ok(Ok(changed))
        }
        (Op::Supplement, Some(false)) => supplement(desk, source, line, &case_no, incoming),
        (Op::Withdraw, Some(false)) => {
            let reason = incoming.reason.as_deref().unwrap_or_default().to_owned();
            withdraw::withdraw_case(desk, &case_no, reason)?;
            Ok(Ok(true))
        }
    }
}

fn supplement(
    desk: &mut Desk<'_>,
    source: &Source<'_>,
    line: u64,
    case_no: &CaseNo,
    incoming: &Incoming,
) -> Done<News> {
    let Some(file) = desk.books().case(case_no) else {
        return Ok(Err(Finding::new(Code::EUnknownCase)));
    };
    let mut asked: Vec<ObligationKey> = Vec::new();
    for o in &file.obligations {
        let latest = file.latest(&o.matter).is_some_and(|l| l.round == o.round);
        let wants = o
            .standing
            .as_ref()
            .is_some_and(|s| s.standing == Standing::SupplementRequested);
        if latest && wants && o.ended.is_none() && incoming.matter.as_ref().is_none_or(|m| *m == o.matter) {
            asked.push(ObligationKey {
                case_no: case_no.clone(),
                matter: o.matter.clone(),
                round: o.round + 1,
            });
        }
    }
    if asked.is_empty() {
        return Ok(Err(
            Finding::new(Code::EState).with("detail", "no matter asked for a supplement")
        ));
    }
    merge_hub(desk, source, line, case_no, incoming)?;
    for key in asked {
        advance::open(desk, key, Op::Supplement)?;
    }
    advance::advance(desk, case_no)?;
    Ok(Ok(true))
}

/// An item of a hub row that differs from what the case holds.
struct Differing {
    no: ItemNo,
    /// A department owns it.
    is_owned: bool,
    /// Its owner has given it: the hub has no say in it any more.
    is_given: bool,
}

fn differing(desk: &mut Desk<'_>, case_no: &CaseNo, incoming: &Incoming) -> Vec<Differing> {
    let plan = desk.plan;
    let Some(file) = desk.books().case(case_no) else {
        return Vec::new();
    };
    let held = |no: &ItemNo| file.case.items.get(no);
    let differs = incoming
        .items
        .iter()
        .filter(|(no, value)| held(no).is_none_or(|held| held.value != **value));
    differs
        .map(|(no, _)| {
            let is_owned = plan.owner(*no, &file.case.ent_class).is_some();
            Differing {
                no: *no,
                is_owned,
                is_given: is_owned && held(no).is_some_and(|held| !held.proposal),
            }
        })
        .collect()
}

/// Takes what the hub owns, keeps what it only proposes, lists what it has no say in.
fn merge_hub(desk: &mut Desk<'_>, source: &Source<'_>, line: u64, case_no: &CaseNo, incoming: &Incoming) -> Done<bool> {
    let differing = differing(desk, case_no, incoming);
    let Some(file) = desk.books().case(case_no) else {
        return Ok(false);
    };
    let new_attachment = incoming.attachments.iter().any(|a| !file.case.attachments.contains(a));
    let (mut take, mut proposals, mut claims) = (Vec::new(), Vec::new(), Vec::new());
    for item in differing {
        if item.is_given {
            claims.push(item.no);
            continue;
        }
        take.push(item.no);
        if item.is_owned {
            proposals.push(item.no);
        }
    }
    if take.is_empty() && claims.is_empty() && !new_attachment {
        return Ok(false);
    }
    let changed = !take.is_empty() || new_attachment;
    desk.say(Event::Merged {
        case_no: case_no.clone(),
        source: source.dept.clone(),
        matter: None,
        row: (source.batch, line),
        take,
        proposals,
        claims,
    })?;
    Ok(changed)
}

/// Takes what a department's decision gives; what it does not own is a claim where it differs.
pub fn merge_result(
    desk: &mut Desk<'_>,
    source: &Source<'_>,
    line: u64,
    key: &ObligationKey,
    incoming: &Incoming,
) -> Done<bool> {
    let plan = desk.plan;
    let Some(file) = desk.books().case(&key.case_no) else {
        return Ok(false);
    };
    let class = file.case.ent_class.clone();
    let (mut take, mut claims) = (Vec::new(), Vec::new());
    for (no, value) in &incoming.items {
        let held = file.case.items.get(no);
        let owns = plan.owner(*no, &class) == Some(&key.matter);
        let known = held.is_some_and(|h: &model::Held| h.value == *value && (!owns || !h.proposal));
        match (owns, known) {
            (_, true) => {}
            (true, false) => take.push(*no),
            (false, false) => claims.push(*no),
        }
    }
    let adopted: Vec<ItemNo> = plan
        .matter(&key.matter)
        .map(|m| m.gives.as_slice())
        .unwrap_or_default()
        .iter()
        .copied()
        .filter(|no| incoming.items.get(no).is_none_or(Value::is_empty))
        .filter(|no| file.case.items.get(no).is_some_and(|held| held.proposal))
        .collect();
    let changed = !take.is_empty() || !adopted.is_empty();
    if !take.is_empty() || !claims.is_empty() {
        desk.say(Event::Merged {
            case_no: key.case_no.clone(),
            source: source.dept.clone(),
            matter: Some(key.matter.clone()),
            row: (source.batch, line),
            take,
            proposals: Vec::new(),
            claims,
        })?;
    }
    if !adopted.is_empty() {
        // A decision that does not name the value confirms what was proposed.
        desk.say(Event::Adopted {
            case_no: key.case_no.clone(),
            matter: key.matter.clone(),
            items: adopted,
        })?;
    }
    Ok(changed)
}
