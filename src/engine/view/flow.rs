//! The skewer: the flow that needs, gives and after imply for a class of enterprise.

use crate::choreography::{self, Block};
use crate::plan::Plan;
use model::{Code, Finding};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One block of the skewer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FlowBlock {
    /// The matter.
    pub matter: String,
    /// Its title, Chinese.
    pub zh: String,
    /// Its title, English.
    pub en: String,
    /// Its step, from 1.
    pub step: usize,
    /// What it follows.
    pub follows: Vec<String>,
    /// Promised working days.
    pub limit: u32,
}

/// A flow.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FlowView {
    /// The class.
    pub ent_class: String,
    /// Its blocks by step.
    pub blocks: Vec<FlowBlock>,
    /// After-services, by step: what comes once the promise is kept. They count in none of the figures below.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub afterwards: Vec<FlowBlock>,
    /// Steps.
    pub steps: usize,
    /// Departments.
    pub departments: usize,
    /// Working days one after another.
    pub serial_days: u32,
    /// Working days side by side.
    pub parallel_days: u32,
}

/// The flow of a class; without one, of the class with the most blocks among those the patterns name.
///
/// # Errors
/// `V_STATE` with the matters that wait for each other.
pub fn flow(plan: &Plan, class: Option<&str>) -> Result<FlowView, Finding> {
    let class = match class {
        Some(class) => class.to_owned(),
        None => longest(plan),
    };
    let blocks = match choreography::flow(plan, &class) {
        Ok(blocks) => blocks,
        Err(cycle) => {
            let names: Vec<String> = cycle.iter().map(ToString::to_string).collect();
            return Err(Finding::new(Code::VState).with("detail", names.join(" → ")));
        }
    };
    let (blocks, afterwards): (Vec<Block>, Vec<Block>) = blocks.into_iter().partition(|b| b.promised);
    let (serial_days, parallel_days) = choreography::days(&blocks);
    let shown = |blocks: Vec<Block>| blocks.into_iter().map(|b| shown(plan, b)).collect();
    Ok(FlowView {
        steps: blocks.iter().map(|b| b.step).max().unwrap_or(0),
        departments: choreography::departments(&blocks).len(),
        serial_days,
        parallel_days,
        blocks: shown(blocks),
        afterwards: shown(afterwards),
        ent_class: class,
    })
}

fn shown(plan: &Plan, block: Block) -> FlowBlock {
    let title = plan.matter(&block.matter).map(|m| m.title.clone()).unwrap_or_default();
    FlowBlock {
        matter: block.matter.to_string(),
        zh: title.zh,
        en: title.en,
        step: block.step,
        follows: block.follows.iter().map(ToString::to_string).collect(),
        limit: block.limit,
    }
}

fn longest(plan: &Plan) -> String {
    let patterns: BTreeSet<String> = plan
        .matters()
        .flat_map(|m| m.applies.iter().map(|p| p.replace('?', "0")))
        .chain(["000000".to_owned()])
        .collect();
    patterns
        .into_iter()
        .max_by_key(|class| {
            (
                choreography::flow(plan, class).map_or(0, |b| b.len()),
                std::cmp::Reverse(class.clone()),
            )
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
