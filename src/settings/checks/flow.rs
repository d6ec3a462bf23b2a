//! Choreography, checked for every class of enterprise: one owner for each item, every need met by somebody, and no
//! matters that wait for each other.
//!
//! Classes with the same applicable matters are one case, so that the work grows with matters, not with classes.

use super::shared::{CLASS_PLACES, MAX_CLASSES};
use super::{Names, Tree};
use crate::diagnostic::Sink;
use crate::tables::channel::RoleWord;
use crate::tables::department::MatterTable;
use crate::tables::{Words, text, value};
use model::{Code, Finding};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use toml::Spanned;

/// Six characters, each `?` or one that can stand there, so that at least one class fits.
pub(crate) fn is_pattern(pattern: &str, classes: &[&str]) -> bool {
    let places = pattern.chars().count();
    let stands = |(c, known): (char, &&str)| c == '?' || known.contains(c);
    places == CLASS_PLACES && (classes.len() != CLASS_PLACES || pattern.chars().zip(classes).all(stands))
}

/// One matter, with what opens it.
struct Step<'t> {
    file: &'t str,
    id: &'t str,
    matter: &'t MatterTable,
    /// Items it cannot do without, and where that is said: needs, and required fields of its layouts.
    needs: Vec<(&'t str, &'t str, Range<usize>)>,
}

pub(crate) fn judge(tree: &Tree, names: &Names<'_>, sink: &mut Sink) {
    if names.matters.is_none() {
        return; // what a lost matter gives and needs is not known
    }
    let steps = steps(tree);
    let from_hub = from_hub(tree);
    let mut seen: BTreeSet<Vec<usize>> = BTreeSet::new();
    for class in classes(&names.classes) {
        let applicable: Vec<usize> = (0..steps.len())
            .filter(|s| applies(&steps[*s].matter.applies, &class))
            .collect();
        if seen.insert(applicable.clone()) {
            let items = names.items.as_deref().unwrap_or_default();
            let flow = Flow {
                steps: &steps,
                applicable: &applicable,
                class: &class,
                from_hub: &from_hub,
                items,
            };
            flow.owners(sink);
            flow.needs(sink);
            flow.cycles(sink);
        }
    }
}

/// Every class; none where the dictionary does not say which there are, or makes too many of them.
fn classes(places: &[&str]) -> Vec<String> {
    let count = places.iter().try_fold(1_usize, |n, p| n.checked_mul(p.chars().count()));
    if places.len() != CLASS_PLACES || count.is_none_or(|n| n == 0 || n > MAX_CLASSES) {
        return Vec::new();
    }
    places.iter().fold(vec![String::new()], |classes, place| {
        classes
            .iter()
            .flat_map(|c| place.chars().map(move |last| format!("{c}{last}")))
            .collect()
    })
}

/// Whether one of the patterns fits; no pattern at all fits every class.
fn applies(patterns: &Words, class: &str) -> bool {
    let fits = |p: &str| {
        p.chars().count() == class.chars().count() && p.chars().zip(class.chars()).all(|(p, c)| p == '?' || p == c)
    };
    patterns.is_empty() || patterns.iter().any(|p| fits(p.get_ref()))
}

fn steps(tree: &Tree) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    for parsed in &tree.departments {
        let dept = &parsed.table;
        for matter in dept.matter.iter().map(Spanned::get_ref).filter(|m| !m.reports) {
            let id = text(&matter.id);
            let mut needs: Vec<_> = matter
                .needs
                .iter()
                .map(|n| (parsed.file.as_str(), n.get_ref().as_str(), n.span()))
                .collect();
            let layouts: BTreeSet<&str> = dept
                .channel
                .iter()
                .filter_map(|c| c.get_ref().layouts.get(id).map(|l| l.get_ref().as_str()))
                .collect();
            for layout in dept
                .layout
                .iter()
                .map(Spanned::get_ref)
                .filter(|l| layouts.contains(text(&l.name)))
            {
                let required = layout.field.iter().map(Spanned::get_ref).filter(|f| f.required);
                needs.extend(required.filter_map(|f| {
                    f.item
                        .as_ref()
                        .map(|i| (parsed.file.as_str(), i.get_ref().as_str(), i.span()))
                }));
            }
            steps.push(Step {
                file: &parsed.file,
                id,
                matter,
                needs,
            });
        }
    }
    steps
}

/// Items that a feed of cases can bring; `None` where there is no such feed to look at.
fn from_hub(tree: &Tree) -> Option<BTreeSet<&str>> {
    let mut items = None;
    for dept in tree.departments.iter().map(|p| &p.table) {
        for feed in dept
            .channel
            .iter()
            .flat_map(|c| &c.get_ref().feed)
            .map(Spanned::get_ref)
        {
            if value(&feed.role) != Some(&RoleWord::Cases) {
                continue;
            }
            let layout = dept
                .layout
                .iter()
                .map(Spanned::get_ref)
                .find(|l| text(&l.name) == text(&feed.layout));
            let layouts = || layout.into_iter();
            let fields = layouts().flat_map(|l| &l.field).map(|f| text(&f.get_ref().item));
            let computed = layouts().flat_map(|l| &l.computed).map(|c| text(&c.get_ref().item));
            items.get_or_insert_with(BTreeSet::new).extend(fields.chain(computed));
        }
    }
    items
}

struct Flow<'t> {
    steps: &'t [Step<'t>],
    applicable: &'t [usize],
    class: &'t str,
    from_hub: &'t Option<BTreeSet<&'t str>>,
    /// Items that are known; a need of an unknown one is reported elsewhere.
    items: &'t [&'t str],
}

impl<'t> Flow<'t> {
    fn applicable(&self) -> impl Iterator<Item = &'t Step<'t>> {
        self.applicable.iter().filter_map(|s| self.steps.get(*s))
    }

    fn owners(&self, sink: &mut Sink) {
        let mut owner: BTreeMap<&str, &str> = BTreeMap::new();
        for step in self.applicable() {
            for given in &step.matter.gives {
                match owner.get(given.get_ref().as_str()) {
                    Some(first) if *first != step.id => {
                        let finding = Finding::new(Code::SOwnerTwice).with("class", self.class);
                        let finding = finding
                            .with("item", given.get_ref())
                            .with("first", first)
                            .with("second", step.id);
                        once(sink, step.file, &given.span(), finding);
                    }
                    Some(_) => {}
                    None => {
                        owner.insert(given.get_ref(), step.id);
                    }
                }
            }
        }
    }

    fn gives(step: &Step<'_>, item: &str) -> bool {
        step.matter.gives.iter().any(|g| g.get_ref() == item)
    }

    /// Every need is given by an applicable matter, or by the hub where no matter at all gives it.
    fn needs(&self, sink: &mut Sink) {
        for step in self.applicable() {
            let late = step.matter.needs_before_decision.iter();
            let late = late.map(|n| (step.file, n.get_ref().as_str(), n.span()));
            for (file, item, span) in step
                .needs
                .iter()
                .cloned()
                .chain(late)
                .filter(|n| self.items.contains(&n.1))
            {
                let givers: Vec<&str> = self
                    .steps
                    .iter()
                    .filter(|s| Self::gives(s, item))
                    .map(|s| s.id)
                    .collect();
                let met = if givers.is_empty() {
                    self.from_hub.as_ref().is_none_or(|hub| hub.contains(item))
                } else {
                    self.applicable().any(|s| Self::gives(s, item))
                };
                if !met {
                    let who = if givers.is_empty() {
                        "hub".to_owned()
                    } else {
                        givers.join(", ")
                    };
                    let finding = Finding::new(Code::SNeedUngiven)
                        .with("class", self.class)
                        .with("matter", step.id);
                    once(sink, file, &span, finding.with("item", item).with("givers", who));
                }
            }
        }
    }

    /// The matters whose decision a step waits for.
    fn before(&self, step: &Step<'_>) -> Vec<&'t Step<'t>> {
        let late = step.matter.needs_before_decision.iter().map(|n| n.get_ref().as_str());
        let items: BTreeSet<&str> = step.needs.iter().map(|(_, item, _)| *item).chain(late).collect();
        let after: BTreeSet<&str> = step.matter.after.iter().map(|a| a.get_ref().as_str()).collect();
        let waits = |s: &&Step<'_>| {
            let given = items
                .iter()
                .any(|item| Self::gives(s, item) && !Self::gives(step, item));
            after.contains(s.id) || given && s.id != step.id
        };
        self.applicable().filter(waits).collect()
    }

    fn cycles(&self, sink: &mut Sink) {
        let mut done: BTreeSet<&str> = BTreeSet::new();
        for step in self.applicable() {
            let mut path = Vec::new();
            self.walk(step, &mut path, &mut done, sink);
        }
    }

    fn walk(&self, step: &'t Step<'t>, path: &mut Vec<&'t Step<'t>>, done: &mut BTreeSet<&'t str>, sink: &mut Sink) {
        if let Some(at) = path.iter().position(|s| s.id == step.id) {
            self.say_cycle(path.get(at..).unwrap_or_default(), sink);
            return;
        }
        if done.contains(step.id) {
            return;
        }
        path.push(step);
        for before in self.before(step) {
            self.walk(before, path, done, sink);
        }
        path.pop();
        done.insert(step.id);
    }

    /// Said at the name of the first matter, in the order of the alphabet, so that one circle is said once.
    fn say_cycle(&self, circle: &[&Step<'_>], sink: &mut Sink) {
        let Some((at, first)) = circle.iter().enumerate().min_by_key(|(_, s)| s.id) else {
            return;
        };
        let Some(id) = &first.matter.id else {
            return;
        };
        let (head, tail) = circle.split_at(at);
        let mut words: Vec<&str> = tail.iter().chain(head).map(|s| s.id).collect();
        words.push(first.id);
        words.reverse();
        let finding = Finding::new(Code::SCycle)
            .with("class", self.class)
            .with("cycle", words.join(" → "));
        once(sink, first.file, &id.span(), finding);
    }
}

/// The same thing is wrong for many classes: it is said for the first.
fn once(sink: &mut Sink, file: &str, span: &Range<usize>, finding: Finding) {
    if !sink.said(file, span, finding.code) {
        sink.at(file, span, finding);
    }
}
