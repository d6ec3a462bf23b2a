//! What one matter is sent for one case: exactly the items its layouts name, as the case holds them now.

use crate::plan::Plan;
use aws_lc_rs::digest::{SHA256, digest};
use ledger::CaseFile;
use ledger::event::About;
use model::{ItemNo, Items, MatterId};

/// The items of a projection.
pub fn project(plan: &Plan, file: &CaseFile, matter: &MatterId) -> Items {
    plan.sends(matter)
        .filter_map(|no| Some((no, visible(plan, file, matter, no)?)))
        .collect()
}

fn visible(plan: &Plan, file: &CaseFile, matter: &MatterId, no: ItemNo) -> Option<model::Value> {
    let held = file.case.items.get(&no)?;
    // A proposal goes only to the matter that owns the item.
    let hidden = held.proposal
        && plan
            .owner(no, &file.case.ent_class)
            .is_some_and(|owner| owner != matter);
    (!hidden).then(|| held.value.clone())
}

/// Its digest: decides whether a change of the case concerns the matter at all. What the matter gives itself (`gives`)
/// stands in a half of its own, behind `+`: before it decides those are proposals, afterwards its own words.
pub fn digest_of(gives: &[ItemNo], items: &Items, about: Option<&About>) -> String {
    let (own, others): (Items, Items) = items.clone().into_iter().partition(|(no, _)| gives.contains(no));
    let text = serde_json::to_vec(&(others, about)).unwrap_or_default();
    let mut print = hex(digest(&SHA256, &text).as_ref());
    if !own.is_empty() {
        let text = serde_json::to_vec(&own).unwrap_or_default();
        print.push('+');
        print.push_str(&hex(digest(&SHA256, &text).as_ref()));
    }
    print
}

/// Whether two projections say the same to the matter. Nobody is told its own `decided` words.
pub fn is_same(before: &str, now: &str, decided: bool) -> bool {
    let others = |print: &str| print.split('+').next().map(str::to_owned);
    before == now || (decided && others(before) == others(now))
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
