//! The skewer: the flow that needs, gives and after imply for a class of enterprise.

use crate::choreography;
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
    let (serial_days, parallel_days) = choreography::days(&blocks);
    Ok(FlowView {
        steps: blocks.iter().map(|b| b.step).max().unwrap_or(0),
        departments: choreography::departments(&blocks).len(),
        serial_days,
        parallel_days,
        blocks: blocks
            .into_iter()
            .map(|b| {
                let title = plan.matter(&b.matter).map(|m| m.title.clone()).unwrap_or_default();
                FlowBlock {
                    matter: b.matter.to_string(),
                    zh: title.zh,
                    en: title.en,
                    step: b.step,
                    follows: b.follows.iter().map(ToString::to_string).collect(),
                    limit: b.limit,
                }
            })
            .collect(),
        ent_class: class,
    })
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
