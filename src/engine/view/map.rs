//! The whole as a picture: what a case passes through, each department's channels and how they are, what waits with whom.
//!
//! It is asked for again and again, so it looks at no case: only at counts, and at what the present knows of channels.

use crate::command::Way;
use crate::desk::Desk;
use crate::runtime::Runtime;
use crate::transition::give_up;
use crate::view::FlowBlock;
use model::define::Channel;
use model::{DeptId, Finding, Mode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A channel and how it is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct MapChannel {
    /// Its name.
    pub channel: String,
    /// Its mode.
    pub mode: Mode,
    /// What is wrong with it.
    pub finding: Option<Finding>,
    /// Since when, milliseconds since 1970.
    pub since: Option<i64>,
    /// Next try, milliseconds since 1970; nothing where it waits for a person.
    pub next: Option<i64>,
}

/// A department and what it owes.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct MapDept {
    /// Its short name.
    pub dept: String,
    /// Its title, Chinese.
    pub zh: String,
    /// Its title, English.
    pub en: String,
    /// Booked, with proof or without.
    pub booked: u64,
    /// Refused by name, withdrawn or dropped.
    pub refused: u64,
    /// Waiting.
    pub waiting: u64,
    /// Why nothing is sent to it: its agreement is over.
    pub finding: Option<Finding>,
    /// Its channels, best first.
    pub channels: Vec<MapChannel>,
}

/// The whole.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct MapView {
    /// Now, milliseconds since 1970.
    pub now: i64,
    /// Cases open.
    pub open_cases: u64,
    /// Why nothing is taken in or changed, where the ledger finds no room.
    pub halted: Option<Finding>,
    /// Why nothing is sent, where the ledger is in doubt.
    pub doubted: Vec<Finding>,
    /// What a case passes through, by step.
    pub blocks: Vec<FlowBlock>,
    /// What comes once the promise is kept.
    pub afterwards: Vec<FlowBlock>,
    /// The departments.
    pub depts: Vec<MapDept>,
}

/// The map as it is now, without the blocks: they are the configuration's, and told beside the loop.
pub fn map(desk: &mut Desk<'_>, runtime: &Runtime) -> MapView {
    let (plan, now) = (desk.plan, desk.now);
    let mut depts: BTreeMap<String, MapDept> = plan
        .depts
        .iter()
        .map(|(id, dept)| {
            let shown = MapDept {
                dept: id.to_string(),
                zh: dept.def.title.zh.clone(),
                en: dept.def.title.en.clone(),
                finding: plan.expired(id, now),
                channels: dept.ladder.iter().map(|c| channel(runtime, id, c)).collect(),
                ..MapDept::default()
            };
            (shown.dept.clone(), shown)
        })
        .collect();
    for (dept, _, tally) in desk.books().tallies() {
        if let Some(shown) = depts.get_mut(dept.as_str()) {
            shown.booked += tally.booked + tally.unproved;
            shown.refused += tally.refused;
            shown.waiting += tally.waiting;
        }
    }
    // No turn of a channel ends this: it is said for as long as it is so.
    for batch in give_up::all(desk) {
        let channels = depts.get_mut(batch.dept.as_str()).map(|d| &mut d.channels);
        let shown = channels.and_then(|all| all.iter_mut().find(|c| c.channel == batch.channel));
        if let Some(shown) = shown.filter(|c| c.finding.is_none()) {
            (shown.finding, shown.since) = (Some(give_up::named(&batch)), Some(batch.since));
        }
    }
    let doubted = desk.books().doubt().findings;
    MapView {
        now,
        open_cases: desk.books().counters.open,
        halted: runtime.halted.clone(),
        doubted,
        blocks: Vec::new(),
        afterwards: Vec::new(),
        depts: depts.into_values().collect(),
    }
}

fn channel(runtime: &Runtime, dept: &DeptId, channel: &Channel) -> MapChannel {
    let key = (dept.clone(), channel.name.clone());
    let of = |way: Way| runtime.troubles.get(&(key.clone(), way));
    let trouble = of(Way::Out).or_else(|| of(Way::In));
    MapChannel {
        channel: channel.name.clone(),
        mode: channel.mode,
        finding: trouble.map(|t| t.finding.clone()),
        since: trouble.map(|t| t.since),
        next: trouble.and_then(|t| t.not_before),
    }
}
