//! What types cannot say: required keys, names that must be known, contradictions, and choreography.
//!
//! Every check adds what it finds and goes on; a name that could not be read is not reported again as unknown.

pub(crate) mod channel;
pub(crate) mod cron;
pub(crate) mod department;
pub(crate) mod expr;
pub(crate) mod flow;
pub(crate) mod keep;
pub(crate) mod layout;
pub(crate) mod node;
pub(crate) mod places;
pub(crate) mod review;
pub(crate) mod shared;
pub(crate) mod test;

use crate::diagnostic::{Sink, both};
use crate::read::{BROKEN, Removed};
use crate::suggest::{listed, nearest};
use crate::tables::department::DepartmentFile;
use crate::tables::dictionary::{CalendarFile, CodesFile, DictionaryFile};
use crate::tables::node::NodeFile;
use crate::tables::{Key, value};
use model::{Code, Finding};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::Range;
use toml::Spanned;

/// A file that was read into its table.
pub(crate) struct Parsed<T> {
    pub(crate) file: String,
    pub(crate) table: T,
    pub(crate) removed: Removed,
}

/// Everything that was read.
#[derive(Default)]
pub(crate) struct Tree {
    pub(crate) node: Option<Parsed<NodeFile>>,
    pub(crate) dictionary: Option<Parsed<DictionaryFile>>,
    pub(crate) codes: Vec<Parsed<CodesFile>>,
    pub(crate) calendar: Vec<Parsed<CalendarFile>>,
    pub(crate) departments: Vec<Parsed<DepartmentFile>>,
}

impl<T> Parsed<T> {
    /// Nothing can be missing from it but what was never there.
    pub(crate) fn is_sound(&self) -> bool {
        !self.removed.contains(&(0, BROKEN.to_owned()))
    }

    /// True where none of these keys was lost anywhere in the file.
    fn has_all(&self, keys: &[&str]) -> bool {
        self.is_sound() && !self.removed.iter().any(|(_, key)| keys.contains(&key.as_str()))
    }
}

/// Names defined anywhere, so that others may refer to them. `None` where some could not be read: then nothing is
/// called unknown.
pub(crate) struct Names<'t> {
    /// Items.
    pub(crate) items: Option<Vec<&'t str>>,
    /// Code tables.
    pub(crate) codes: Option<Vec<&'t str>>,
    /// Matters of all departments.
    pub(crate) matters: Option<Vec<&'t str>>,
    /// For each place of `ent_class` the characters that can stand there.
    pub(crate) classes: Vec<&'t str>,
}

impl<'t> Names<'t> {
    pub(crate) fn of(tree: &'t Tree) -> Self {
        let items = tree
            .dictionary
            .as_ref()
            .filter(|d| d.has_all(&["item", "result", "id"]))
            .and_then(|d| {
                let all = d.table.item.iter().chain(&d.table.result);
                all.map(|i| value(&i.get_ref().id).map(String::as_str)).collect()
            });
        let classes = tree.dictionary.as_ref().and_then(|d| d.table.ent_class.as_ref());
        let codes = tree
            .codes
            .iter()
            .map(|c| value(&c.table.name).filter(|_| c.is_sound()).map(String::as_str));
        let whole = tree.departments.iter().all(|d| d.has_all(&["matter", "id"]));
        let matters = tree.departments.iter().flat_map(|d| &d.table.matter);
        let matters = matters.map(|m| value(&m.get_ref().id).filter(|_| whole).map(String::as_str));
        Self {
            items,
            codes: codes.collect(),
            matters: matters.collect::<Option<Vec<_>>>().filter(|_| whole),
            classes: classes
                .map(|c| c.get_ref().iter().map(|p| p.get_ref().as_str()).collect())
                .unwrap_or_default(),
        }
    }
}

/// One file under judgement.
pub(crate) struct Judge<'a> {
    pub(crate) sink: &'a mut Sink,
    pub(crate) file: &'a str,
    pub(crate) removed: &'a Removed,
}

impl Judge<'_> {
    /// Whether the file is not valid TOML, so that anything may be missing from it.
    pub(crate) fn is_broken(&self) -> bool {
        self.removed.contains(&(0, BROKEN.to_owned()))
    }

    /// Says what is wrong at a place.
    pub(crate) fn say(&mut self, span: &Range<usize>, finding: Finding) {
        self.sink.at(self.file, span, finding);
    }

    /// A key that must stand in the table at `table`.
    pub(crate) fn need<T>(&mut self, key: &Key<T>, name: &str, table: &Range<usize>) {
        if key.is_none() {
            self.missing(name, table);
        }
    }

    /// A text that must stand and say something.
    pub(crate) fn need_text(&mut self, key: &Key<String>, name: &str, table: &Range<usize>) {
        match key {
            None => self.missing(name, table),
            Some(text) if text.get_ref().trim().is_empty() => {
                let detail = both("不能为空", "it must not be empty");
                self.say(&text.span(), Finding::new(Code::SValue).with("detail", detail));
            }
            Some(_) => {}
        }
    }

    /// A list of tables that must not be empty.
    pub(crate) fn need_some<T>(&mut self, list: &[T], name: &str, table: &Range<usize>) {
        if list.is_empty() {
            self.missing(name, table);
        }
    }

    fn missing(&mut self, name: &str, table: &Range<usize>) {
        if !self.is_broken() && !self.removed.contains(&(table.start, name.to_owned())) {
            self.say(table, Finding::new(Code::SMissingKey).with("name", name));
        }
    }

    /// A name that must be one of those defined, where all of them are known.
    pub(crate) fn defined(&mut self, code: Code, name: &Spanned<String>, names: &Option<Vec<&str>>) {
        if let Some(names) = names {
            self.known(code, name, names);
        }
    }

    /// A word that must be one of the known ones.
    pub(crate) fn known(&mut self, code: Code, word: &Spanned<String>, known: &[&str]) {
        let name = word.get_ref().as_str();
        if known.contains(&name) {
            return;
        }
        let finding = Finding::new(code)
            .with("name", name)
            .with("known", listed(known.iter().copied()));
        let hint = nearest(name, known.iter().copied());
        self.sink.at(self.file, &word.span(), finding).did_you_mean = hint;
    }

    /// The same name a second time.
    pub(crate) fn twice(&mut self, span: &Range<usize>, name: impl Display, first: impl Display) {
        self.say(span, Finding::new(Code::STwice).with("name", name).with("first", first));
    }

    /// Names that must differ, each with its place.
    pub(crate) fn unique<'n>(&mut self, names: impl IntoIterator<Item = (&'n str, Range<usize>)>) {
        let mut seen: BTreeMap<&str, Range<usize>> = BTreeMap::new();
        for (name, span) in names {
            match seen.get(name) {
                Some(first) => {
                    let first = self.sink.location(self.file, first);
                    self.twice(&span, name, first);
                }
                None => {
                    seen.insert(name, span);
                }
            }
        }
    }
}

/// The names under a key of several tables, with their places; those not there are left out.
pub(crate) fn named<'t, T>(
    tables: &'t [Spanned<T>],
    key: impl Fn(&'t T) -> &'t Key<String>,
) -> impl Iterator<Item = (&'t str, Range<usize>)> {
    tables
        .iter()
        .filter_map(move |t| key(t.get_ref()).as_ref().map(|k| (k.get_ref().as_str(), k.span())))
}

/// Judges everything; nothing is changed.
pub(crate) fn all(tree: &Tree, today: crate::Today, files: &dyn crate::Files, sink: &mut Sink) {
    let names = Names::of(tree);
    if let Some(node) = &tree.node {
        node::judge(node, today, files, sink);
    }
    shared::judge(tree, &names, today, sink);
    for department in tree.departments.iter().filter(|d| d.is_sound()) {
        department::judge(department, &names, today, sink);
    }
    department::across(tree, sink);
    flow::judge(tree, &names, sink);
}
