//! The counting itself.
//!
//! What is left of the forms: one core form with every shared item that more than one occasion asks, and for each
//! occasion (a department's group) one form with the rest of its items, each once. An occasion of which nothing is left
//! needs no form.

use crate::fold::fold;
use crate::form::{Form, Item, Shape};
use crate::report::{Asked, Conflict, Department, Duplicate, Merged, MergedItem, Report, Similar, Suggestion};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Counts these forms.
pub fn analyse(forms: &[Form]) -> Report {
    let shared = shared(forms);
    let merged = merged(forms, &shared);
    let items: usize = forms.iter().map(|f| f.items.len()).sum();
    let shared_occurrences: usize = shared.values().map(|s| s.asked.len()).sum();
    let own_items = items - shared_occurrences;
    let items_after = shared.len() + own_items;
    Report {
        forms: forms.len(),
        forms_after: merged.len(),
        forms_saved_pct: percent(forms.len(), merged.len()),
        items,
        shared_occurrences,
        shared_items: shared.len(),
        own_items,
        items_after,
        repeated: items - items_after,
        repeated_pct: percent(items, items_after),
        departments: departments(forms, &merged),
        duplicates: duplicates(&shared),
        conflicts: conflicts(&shared),
        suggestions: suggestions(forms),
        merged,
    }
}

/// A shared item, wherever it is asked, in the order of forms.
struct Shared<'a> {
    asked: Vec<(&'a Form, &'a Item)>,
}

impl<'a> Shared<'a> {
    fn label(&self) -> String {
        self.asked
            .first()
            .map(|(_, item)| item.label.clone())
            .unwrap_or_default()
    }

    fn forms(&self) -> Vec<String> {
        once(self.asked.iter().map(|(form, _)| *form))
    }

    fn shapes(&self) -> BTreeMap<&'a Shape, Vec<&'a Form>> {
        let mut shapes: BTreeMap<&Shape, Vec<&Form>> = BTreeMap::new();
        for (form, item) in &self.asked {
            shapes.entry(&item.shape).or_default().push(form);
        }
        shapes
    }

    /// More than one occasion asks it.
    fn is_core(&self) -> bool {
        let occasions: BTreeSet<_> = self.asked.iter().map(|(form, _)| (&form.dept, &form.group)).collect();
        occasions.len() > 1
    }
}

type SharedItems<'a> = BTreeMap<&'a str, Shared<'a>>;

fn shared(forms: &[Form]) -> SharedItems<'_> {
    let mut shared = SharedItems::new();
    for form in forms {
        for item in &form.items {
            if let Some(id) = &item.canonical {
                let entry = shared.entry(id).or_insert(Shared { asked: Vec::new() });
                entry.asked.push((form, item));
            }
        }
    }
    shared
}

/// The names of forms, each once, in their order.
fn once<'a>(forms: impl Iterator<Item = &'a Form>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    forms.filter(|f| seen.insert(&f.id)).map(|f| f.id.clone()).collect()
}

/// How many of 100 fall away from `before` to `after`, to one decimal, halves away from zero. Whole numbers only.
fn percent(before: usize, after: usize) -> String {
    let gone = before.abs_diff(after);
    let tenths = if before == 0 {
        0
    } else {
        (gone * 2000 + before) / (before * 2)
    };
    let sign = if after > before && tenths > 0 { "-" } else { "" };
    format!("{sign}{}.{}", tenths / 10, tenths % 10)
}

fn duplicates(shared: &SharedItems<'_>) -> Vec<Duplicate> {
    let asked_again = shared.iter().filter(|(_, s)| s.asked.len() > 1);
    let mut duplicates: Vec<Duplicate> = asked_again
        .map(|(id, s)| Duplicate {
            item: (*id).to_owned(),
            label: s.label(),
            times: s.asked.len(),
            forms: s.forms(),
        })
        .collect();
    duplicates.sort_by_key(|d| Reverse(d.times));
    duplicates
}

fn conflicts(shared: &SharedItems<'_>) -> Vec<Conflict> {
    let mut conflicts = Vec::new();
    for (id, s) in shared {
        let shapes = s.shapes();
        if shapes.len() < 2 {
            continue;
        }
        let mut shapes: Vec<(&Shape, Vec<&Form>)> = shapes.into_iter().collect();
        shapes.sort_by_key(|(_, forms)| Reverse(forms.len()));
        let asked = shapes.into_iter().map(|(shape, forms)| Asked {
            shape: shape.clone(),
            forms: once(forms.into_iter()),
        });
        conflicts.push(Conflict {
            item: (*id).to_owned(),
            label: s.label(),
            shapes: asked.collect(),
        });
    }
    conflicts
}

fn suggestions(forms: &[Form]) -> Vec<Suggestion> {
    let mut labels: BTreeMap<String, Vec<(&Form, &Item)>> = BTreeMap::new();
    for form in forms {
        for item in &form.items {
            labels.entry(fold(&item.label)).or_default().push((form, item));
        }
    }
    let differ = |places: &[(&Form, &Item)]| {
        let own = places.iter().filter(|(_, item)| item.canonical.is_none()).count();
        let shared: BTreeSet<_> = places.iter().filter_map(|(_, item)| item.canonical.as_ref()).collect();
        own + shared.len() > 1
    };
    let similar = |(form, item): (&Form, &Item)| Similar {
        form: form.id.clone(),
        no: item.no.clone(),
        label: item.label.clone(),
        item: item.canonical.clone(),
    };
    labels
        .into_iter()
        .filter(|(_, places)| differ(places))
        .map(|(label, places)| Suggestion {
            label,
            places: places.into_iter().map(similar).collect(),
        })
        .collect()
}

fn merged(forms: &[Form], shared: &SharedItems<'_>) -> Vec<Merged> {
    let mut in_core: BTreeSet<&str> = BTreeSet::new();
    let mut in_conflict: BTreeSet<&str> = BTreeSet::new();
    for (id, s) in shared {
        if s.is_core() {
            in_core.insert(id);
        }
        if s.shapes().len() > 1 {
            in_conflict.insert(id);
        }
    }
    let mut core = Collected::default();
    let mut rest: BTreeMap<(&str, &str), Collected<'_>> = BTreeMap::new();
    for form in forms {
        for item in &form.items {
            let is = |set: &BTreeSet<&str>| item.canonical.as_deref().is_some_and(|id| set.contains(id));
            let target = if is(&in_core) {
                &mut core
            } else {
                rest.entry((&form.dept, &form.group)).or_default()
            };
            target.take(form, item, is(&in_conflict));
        }
    }
    let core = (!core.items.is_empty()).then(|| core.done(None));
    let rest = rest
        .into_iter()
        .map(|(occasion, collected)| collected.done(Some(occasion)));
    core.into_iter().chain(rest).collect()
}

/// A form that is being put together.
#[derive(Default)]
struct Collected<'a> {
    from: Vec<&'a Form>,
    items: Vec<MergedItem>,
    /// Where a shared item stands in `items`.
    at: BTreeMap<&'a str, usize>,
}

impl<'a> Collected<'a> {
    fn take(&mut self, form: &'a Form, item: &'a Item, conflict: bool) {
        self.from.push(form);
        let before = item.canonical.as_deref().and_then(|id| self.at.get(id));
        if let Some(stands) = before.and_then(|at| self.items.get_mut(*at)) {
            stands.required |= item.required;
            return;
        }
        if let Some(id) = &item.canonical {
            self.at.insert(id, self.items.len());
        }
        self.items.push(MergedItem {
            item: item.canonical.clone(),
            form: form.id.clone(),
            no: item.no.clone(),
            label: item.label.clone(),
            required: item.required,
            conflict,
        });
    }

    fn done(self, occasion: Option<(&str, &str)>) -> Merged {
        Merged {
            dept: occasion.map(|(dept, _)| dept.to_owned()),
            group: occasion.map(|(_, group)| group.to_owned()),
            from: once(self.from.into_iter()),
            items: self.items,
        }
    }
}

fn departments(forms: &[Form], merged: &[Merged]) -> Vec<Department> {
    let mut departments: BTreeMap<&str, Department> = BTreeMap::new();
    for form in forms {
        let line = departments.entry(&form.dept).or_insert_with(|| Department {
            dept: form.dept.clone(),
            forms: 0,
            shared_occurrences: 0,
            own_items: 0,
            forms_after: merged.iter().filter(|m| m.dept.as_ref() == Some(&form.dept)).count(),
        });
        let shared = form.items.iter().filter(|i| i.canonical.is_some()).count();
        line.forms += 1;
        line.shared_occurrences += shared;
        line.own_items += form.items.len() - shared;
    }
    departments.into_values().collect()
}

#[cfg(test)]
mod tests;
