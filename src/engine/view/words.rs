//! Free text about a case, with what is personal in it masked: departments and clerks write down what they look at.
//!
//! What a case holds now is not enough. A value that was replaced is what a reason is most likely to name, and it is
//! still somebody's; so everything that the case ever had is looked for.

use crate::desk::Desk;
use crate::plan::Plan;
use ledger::CaseFile;
use model::{CaseNo, Finding, ItemNo, Value, mask};
use std::collections::BTreeMap;

/// What must not be read in the words about one case.
pub(crate) struct Words {
    /// Each personal value and its mask, the longest first: a short one may be part of it.
    masks: Vec<(String, String)>,
    reveal: bool,
    /// The case is not known, or its data were erased: no reason is shown.
    blind: bool,
}

impl Words {
    /// Of a case by its number, with everything masked. Of one that is not known, no reason is shown.
    pub(crate) fn about(desk: &mut Desk<'_>, case_no: &CaseNo) -> Self {
        let plan = desk.plan;
        match desk.books().case(case_no) {
            Some(file) => Self::of(plan, file, false),
            None => Self {
                masks: Vec::new(),
                reveal: false,
                blind: true,
            },
        }
    }

    /// Of a case. `reveal`: nothing is masked.
    pub(crate) fn of(plan: &Plan, file: &CaseFile, reveal: bool) -> Self {
        let mut masks = BTreeMap::new();
        let mut add = |no: ItemNo, value: &str| {
            // One character alone is no name, and stands everywhere.
            if let Some(kind) = plan.dictionary.get(no).and_then(|d| d.mask)
                && value.chars().count() > 1
            {
                masks.insert(value.to_owned(), mask::mask(kind, value));
            }
        };
        let held = file.case.items.iter().map(|(no, held)| (*no, &held.value));
        let claimed = file.case.claims.iter().map(|c| (c.item, &c.value));
        let replaced = file.case.replaced.iter().map(|r| (r.item, &r.value));
        held.chain(claimed)
            .chain(replaced)
            .for_each(|(no, value)| texts(value).for_each(|text| add(no, text)));
        // What a person put in its place for one hand-over.
        let deliveries = file.obligations.iter().flat_map(|o| &o.deliveries);
        deliveries
            .flat_map(|d| &d.substitute)
            .for_each(|(no, text)| add(*no, text));
        let mut masks: Vec<(String, String)> = masks.into_iter().collect();
        masks.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        Self {
            masks,
            // Of a case whose data were erased nobody knows what in a reason is somebody's.
            reveal: reveal && file.erased.is_none(),
            blind: file.erased.is_some(),
        }
    }

    /// A reason: known values are masked, and any number as long as somebody's own.
    pub(crate) fn reason(&self, text: &str) -> String {
        match (self.reveal, self.blind) {
            (true, _) => text.to_owned(),
            (false, true) => "****".to_owned(),
            (false, false) => mask::numbers_in(&self.known(text)),
        }
    }

    /// Words of our own, in which numbers are batches and cases: known values are masked.
    pub(crate) fn known(&self, text: &str) -> String {
        let mut shown = text.to_owned();
        for (value, masked) in self.masks.iter().filter(|_| !self.reveal) {
            if shown.contains(value.as_str()) {
                shown = shown.replace(value.as_str(), masked);
            }
        }
        shown
    }

    /// A finding: what its sentence is filled with.
    pub(crate) fn finding(&self, finding: &Finding) -> Finding {
        let mut shown = finding.clone();
        shown.args.iter_mut().for_each(|(_, value)| *value = self.known(value));
        shown
    }
}

pub(crate) fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let list: &[Box<str>] = match value {
        Value::Text(text) => std::slice::from_ref(text),
        Value::List(list) => list,
    };
    list.iter().map(|text| &**text)
}
