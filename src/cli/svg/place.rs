//! Where everything stands. All lengths are in the drawing's own unit, a pixel at full size.

use engine::view::{FlowBlock, FlowView};
use model::Lang;
use model::define::Title;
use std::collections::{BTreeMap, BTreeSet};

/// Radius of a haw.
pub(super) const HAW: f64 = 44.0;
/// From one step to the next.
pub(super) const COLUMN: f64 = 250.0;
/// From one block of a step to the next.
const LANE: f64 = 180.0;
const MARGIN: f64 = 56.0;
/// The stick before the first haw, to hold it by.
const HANDLE: f64 = 96.0;
/// The stick after the last haw, with its point.
const TIP: f64 = 84.0;
/// Title and heads of the steps.
const TOP: f64 = 168.0;
/// Bars and totals.
const BOTTOM: f64 = 196.0;

/// One block in its place.
pub(super) struct Haw {
    /// Its centre.
    pub(super) x: f64,
    /// See `x`.
    pub(super) y: f64,
    /// The matter's title.
    pub(super) title: String,
    /// The department's.
    pub(super) dept: String,
    /// Working days.
    pub(super) days: u32,
    /// The matter.
    pub(super) matter: String,
}

/// One step.
pub(super) struct Step {
    /// Its number.
    pub(super) number: usize,
    /// Its middle.
    pub(super) x: f64,
    /// The longest of its blocks, working days.
    pub(super) days: u32,
    /// Its blocks, as indexes of `Places::haws`.
    pub(super) haws: Vec<usize>,
}

/// Everything in its place.
pub(super) struct Places {
    /// Width of the drawing.
    pub(super) width: f64,
    /// Height of the drawing.
    pub(super) height: f64,
    /// The stick: left end, right end, height.
    pub(super) stick: (f64, f64, f64),
    /// Steps from left to right.
    pub(super) steps: Vec<Step>,
    /// Blocks.
    pub(super) haws: Vec<Haw>,
    /// Arrows: from, to.
    pub(super) arrows: Vec<(usize, usize)>,
    /// Left edge of what is not the stick.
    pub(super) left: f64,
    /// Upper edge of bars and totals.
    pub(super) foot: f64,
}

/// Finds a place for everything.
pub(super) fn place(flow: &FlowView, titles: &BTreeMap<String, Title>, lang: Lang) -> Places {
    let mut by_step: BTreeMap<usize, Vec<&FlowBlock>> = BTreeMap::new();
    for block in &flow.blocks {
        by_step.entry(block.step).or_default().push(block);
    }
    let columns = by_step.len().max(3) as f64;
    let lanes = by_step.values().map(Vec::len).max().unwrap_or(1).max(1) as f64;
    let width = MARGIN * 2.0 + HANDLE + columns * COLUMN + TIP;
    let middle = TOP + lanes * LANE / 2.0 - 20.0;
    let (mut haws, mut steps) = (Vec::new(), Vec::new());
    for (i, (number, blocks)) in by_step.iter().enumerate() {
        let x = MARGIN + HANDLE + (i as f64 + 0.5) * COLUMN;
        let top = middle - (blocks.len() as f64 - 1.0) * LANE / 2.0;
        let first = haws.len();
        for (lane, block) in blocks.iter().enumerate() {
            haws.push(haw(block, titles, lang, x, top + lane as f64 * LANE));
        }
        let days = blocks.iter().map(|b| b.limit).max().unwrap_or(0);
        steps.push(Step {
            number: *number,
            x,
            days,
            haws: (first..haws.len()).collect(),
        });
    }
    let foot = TOP + lanes * LANE + 50.0;
    Places {
        width,
        height: foot + BOTTOM,
        stick: (MARGIN, width - MARGIN, middle),
        arrows: arrows(flow, &haws),
        steps,
        haws,
        left: MARGIN,
        foot,
    }
}

fn haw(block: &FlowBlock, titles: &BTreeMap<String, Title>, lang: Lang, x: f64, y: f64) -> Haw {
    let id = block.matter.split('.').next().unwrap_or_default();
    let dept = titles
        .get(id)
        .map(|t| t.get(lang))
        .filter(|t| !t.is_empty())
        .unwrap_or(id);
    let title = if lang == Lang::Zh { &block.zh } else { &block.en };
    let title = if title.is_empty() { &block.matter } else { title };
    Haw {
        x,
        y,
        title: title.clone(),
        dept: dept.to_owned(),
        days: block.limit,
        matter: block.matter.clone(),
    }
}

/// What follows what, without what follows from that: an arrow that a way over others implies is not drawn.
fn arrows(flow: &FlowView, haws: &[Haw]) -> Vec<(usize, usize)> {
    let index: BTreeMap<&str, usize> = haws.iter().enumerate().map(|(i, h)| (h.matter.as_str(), i)).collect();
    let mut before: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); haws.len()];
    for block in &flow.blocks {
        let Some(to) = index.get(block.matter.as_str()) else {
            continue;
        };
        before[*to] = block
            .follows
            .iter()
            .filter_map(|f| index.get(f.as_str()).copied())
            .collect();
    }
    // Haws stand in the order of their steps, so everything before one is complete when it is reached.
    let mut all: Vec<BTreeSet<usize>> = Vec::with_capacity(haws.len());
    let mut arrows = Vec::new();
    for (to, direct) in before.iter().enumerate() {
        let over: BTreeSet<usize> = direct.iter().filter_map(|b| all.get(*b)).flatten().copied().collect();
        arrows.extend(direct.difference(&over).map(|from| (*from, to)));
        all.push(direct | &over);
    }
    arrows
}
