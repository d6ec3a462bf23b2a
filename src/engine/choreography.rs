//! Which obligations open. Nobody draws a flow: needs, gives and after imply it.
//!
//! Pure: reads a case and the plan, says what is met and what is missing.

use crate::plan::{Plan, applies};
use ledger::CaseFile;
use model::define::Matter;
use model::{DeptId, ItemNo, MatterId};
use std::collections::{BTreeMap, BTreeSet};

/// Why a matter is not open yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Missing {
    /// An item, and the matter that gives it; `None` where the hub does.
    Item(ItemNo, Option<MatterId>),
    /// A matter that must be decided first.
    Decision(MatterId),
    /// A matter before it was decided against the applicant.
    Stopped(MatterId),
}

/// What a matter waits for; empty means it may open.
pub fn missing(plan: &Plan, file: &CaseFile, matter: &Matter) -> Vec<Missing> {
    let class = &*file.case.ent_class;
    let mut missing = Vec::new();
    for item in plan.needs(&matter.id) {
        let owner = plan.owner(item, class).filter(|m| **m != matter.id);
        let met = match (file.case.items.get(&item), owner) {
            (Some(held), Some(owner)) => !held.proposal && held.matter.as_ref() == Some(owner),
            (Some(_), None) => true,
            (None, _) => false,
        };
        if met {
            continue;
        }
        match owner {
            Some(owner) if is_negative(file, owner) => missing.push(Missing::Stopped(owner.clone())),
            _ => missing.push(Missing::Item(item, owner.cloned())),
        }
    }
    for before in &matter.after {
        let Some(definition) = plan.matter(before) else {
            continue;
        };
        if !applies(definition, class) || is_positive(file, before) {
            continue;
        }
        missing.push(if is_negative(file, before) {
            Missing::Stopped(before.clone())
        } else {
            Missing::Decision(before.clone())
        });
    }
    missing
}

/// The matter's latest round was decided for the applicant.
pub fn is_positive(file: &CaseFile, matter: &MatterId) -> bool {
    file.latest(matter)
        .and_then(|o| o.standing.as_ref())
        .is_some_and(|s| s.standing.is_positive())
}

/// The matter's latest round was decided against the applicant.
pub fn is_negative(file: &CaseFile, matter: &MatterId) -> bool {
    file.latest(matter)
        .and_then(|o| o.standing.as_ref())
        .is_some_and(|s| s.standing.is_negative())
}

/// Matters that apply to the case and may open now.
pub fn openable<'a>(plan: &'a Plan, file: &CaseFile) -> Vec<&'a Matter> {
    if file.case.withdrawn.is_some() {
        return Vec::new();
    }
    plan.matters()
        .filter(|m| applies(m, &file.case.ent_class) && file.latest(&m.id).is_none())
        .filter(|m| missing(plan, file, m).is_empty())
        .collect()
}

/// Matters whose data or order rests on this one, directly.
pub fn successors<'a>(plan: &'a Plan, class: &str, of: &MatterId) -> Vec<&'a Matter> {
    plan.matters()
        .filter(|m| applies(m, class) && m.id != *of)
        .filter(|m| m.after.contains(of) || plan.needs(&m.id).any(|item| plan.owner(item, class) == Some(of)))
        .collect()
}

/// One matter of the skewer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// The matter.
    pub matter: MatterId,
    /// Its step, from 1.
    pub step: usize,
    /// What it follows, within the flow.
    pub follows: Vec<MatterId>,
    /// Promised time.
    pub limit: u32,
    /// False for an after-service, which is no part of the whole flow's promise.
    pub promised: bool,
}

/// The flow that needs, gives and after imply for a class: blocks in steps, or the matters of a cycle.
pub fn flow(plan: &Plan, class: &str) -> Result<Vec<Block>, Vec<MatterId>> {
    let matters: Vec<&Matter> = plan.matters().filter(|m| applies(m, class)).collect();
    let follows: BTreeMap<MatterId, BTreeSet<MatterId>> =
        matters.iter().map(|m| (m.id.clone(), before(plan, class, m))).collect();
    let mut steps: BTreeMap<MatterId, usize> = BTreeMap::new();
    while steps.len() < matters.len() {
        let ready: Vec<(MatterId, usize)> = follows
            .iter()
            .filter(|(id, _)| !steps.contains_key(*id))
            .filter_map(|(id, before)| {
                let last = before
                    .iter()
                    .map(|b| steps.get(b).copied())
                    .collect::<Option<Vec<usize>>>()?;
                Some((id.clone(), last.into_iter().max().unwrap_or(0) + 1))
            })
            .collect();
        if ready.is_empty() {
            return Err(follows.keys().filter(|id| !steps.contains_key(*id)).cloned().collect());
        }
        steps.extend(ready);
    }
    let mut blocks: Vec<Block> = matters
        .iter()
        .map(|m| Block {
            matter: m.id.clone(),
            step: steps.get(&m.id).copied().unwrap_or(0),
            follows: follows.get(&m.id).into_iter().flatten().cloned().collect(),
            limit: m.limit,
            promised: m.promised,
        })
        .collect();
    blocks.sort_by(|a, b| (a.step, &a.matter).cmp(&(b.step, &b.matter)));
    Ok(blocks)
}

/// What must be decided before a matter can open.
pub fn before(plan: &Plan, class: &str, matter: &Matter) -> BTreeSet<MatterId> {
    let by_order = matter
        .after
        .iter()
        .filter(|b| plan.matter(b).is_some_and(|m| applies(m, class)));
    let by_data = plan.needs(&matter.id).filter_map(|item| plan.owner(item, class));
    by_order.chain(by_data).filter(|b| **b != matter.id).cloned().collect()
}

/// Departments in a flow.
pub fn departments(blocks: &[Block]) -> BTreeSet<DeptId> {
    blocks.iter().map(|b| b.matter.dept()).collect()
}

/// Working days of a flow: one after another, and side by side by step.
pub fn days(blocks: &[Block]) -> (u32, u32) {
    let serial = blocks.iter().map(|b| b.limit).sum();
    let mut longest: BTreeMap<usize, u32> = BTreeMap::new();
    for block in blocks {
        let step = longest.entry(block.step).or_default();
        *step = (*step).max(block.limit);
    }
    (serial, longest.values().sum())
}
