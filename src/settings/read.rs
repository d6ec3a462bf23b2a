//! A file into its table type, with every error instead of the first.
//!
//! Serde stops at the first thing it cannot read. Here that thing is reported, taken out of the parsed document, and
//! the reading starts again. Our own tables have only optional keys, so that one wrong key costs that key and nothing
//! else; which keys must stand is judged afterwards (`checks`), and what was taken out here is not called missing.

use crate::diagnostic::{MAX_PER_FILE, Sink, Source, both};
use crate::files::Files;
use crate::serde_errors::translate;
use model::{Code, Finding};
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue, Error, ValueDeserializer};

/// Keys that stood there and could not be read: start of their table's span, and name. [`BROKEN`] at 0 where the file
/// is not valid TOML, so that anything may be missing from it.
pub(crate) type Removed = BTreeSet<(usize, String)>;

/// Stands for everything that a syntax error may have taken away.
pub(crate) const BROKEN: &str = "*";

/// A parsed file: its root, with spans.
pub(crate) type Root<'s> = Spanned<DeValue<'s>>;

/// Reads the text of a file into the sink's sources. `None` where it cannot be read; that is said.
pub(crate) fn text(files: &dyn Files, path: &str, sink: &mut Sink) -> Option<String> {
    let bytes = match files.read(path) {
        Ok(bytes) => bytes,
        Err(e) => {
            let detail = match e.kind() {
                std::io::ErrorKind::NotFound => both("没有这个文件", "not found"),
                _ => e.to_string(),
            };
            sink.whole(
                path,
                Finding::new(Code::SFile).with("path", path).with("detail", detail),
            );
            return None;
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => {
            sink.sources.insert(path.to_owned(), Source { text: text.clone() });
            Some(text)
        }
        Err(e) => {
            let detail = {
                let at = e.utf8_error().valid_up_to();
                both(format!("不是UTF-8（字节{at}）"), format!("not UTF-8 (byte {at})"))
            };
            sink.whole(
                path,
                Finding::new(Code::SFile).with("path", path).with("detail", detail),
            );
            None
        }
    }
}

/// Parses, reporting every syntax error. What could be understood is in the root.
pub(crate) fn parse<'s>(file: &str, text: &'s str, sink: &mut Sink, removed: &mut Removed) -> Root<'s> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        removed.insert((0, BROKEN.to_owned()));
    }
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        sink.at(file, &span, Finding::new(Code::SSyntax).with("detail", error.message()));
    }
    let span = table.span();
    Spanned::new(span, DeValue::Table(table.into_inner()))
}

/// Reads a root into its type, reporting everything that does not fit.
pub(crate) fn table<T: DeserializeOwned + Default>(
    file: &str,
    root: &mut Root<'_>,
    sink: &mut Sink,
    removed: &mut Removed,
) -> T {
    let mut piece = Piece {
        root,
        removed,
        placeholders: Vec::new(),
    };
    piece.read(file, sink, |d| T::deserialize(d)).unwrap_or_default()
}

/// Reads a piece whose type has keys that must stand (an adapter's settings). `None` where anything was wrong.
pub(crate) fn foreign<T>(
    file: &str,
    root: &mut Root<'_>,
    sink: &mut Sink,
    read: impl FnMut(ValueDeserializer<'_>) -> Result<T, Error>,
) -> Option<T> {
    let mut removed = Removed::new();
    let mut piece = Piece {
        root,
        removed: &mut removed,
        placeholders: Vec::new(),
    };
    let value = piece.read(file, sink, read);
    value.filter(|_| piece.placeholders.is_empty() && removed.is_empty())
}

struct Piece<'p, 's> {
    root: &'p mut Root<'s>,
    removed: &'p mut Removed,
    /// Keys put in for ones that are missing, and which of the values they have.
    placeholders: Vec<(Range<usize>, String, usize)>,
}

impl<'s> Piece<'_, 's> {
    fn read<T>(
        &mut self,
        file: &str,
        sink: &mut Sink,
        mut read: impl FnMut(ValueDeserializer<'_>) -> Result<T, Error>,
    ) -> Option<T> {
        let mut said = 0;
        for _ in 0..MAX_PER_FILE * 8 {
            let error = match read(ValueDeserializer::from(self.root.clone())) {
                Ok(value) => return Some(value),
                Err(error) => error,
            };
            let span = error.span().unwrap_or_else(|| self.root.span());
            if self.is_placeholder(&span) {
                if !self.next_placeholder() {
                    return None;
                }
                continue;
            }
            let mut what = translate(error.message());
            let missing = (what.finding.code == Code::SMissingKey).then(|| argument(&what.finding, "name"));
            let lost = missing
                .as_ref()
                .is_some_and(|name| self.removed.contains(&(span.start, name.clone())));
            if !lost && !sink.broken_at(file, &span) {
                if what.finding.code == Code::SWord && argument(&what.finding, "known").is_empty() {
                    what.finding.args.retain(|(name, _)| name != "known");
                }
                sink.at(file, &span, what.finding).did_you_mean = what.did_you_mean;
                said += 1;
            }
            let goes_on = match missing {
                Some(name) => self.fill(&span, &name),
                None => self.take_out(&span),
            };
            if !goes_on || said > MAX_PER_FILE {
                return None;
            }
        }
        None
    }

    /// Takes out the key or the value at this span.
    fn take_out(&mut self, span: &Range<usize>) -> bool {
        let root_span = self.root.span();
        let DeValue::Table(table) = self.root.get_mut() else {
            return false;
        };
        let path = path_to(table, span);
        let Some((last, parents)) = path.split_last() else {
            return false;
        };
        let mut at = root_span.start;
        let mut current = table;
        for step in parents {
            match descend(current, step) {
                Some((start, next)) => {
                    at = start;
                    current = next;
                }
                None => return false,
            }
        }
        let key: &str = &last.0;
        self.removed.insert((at, key.to_owned()));
        current.remove(key).is_some()
    }

    /// Puts a value in for a missing key, so that the next error can be found.
    fn fill(&mut self, span: &Range<usize>, key: &str) -> bool {
        let place = usize::MAX - 2 * (self.placeholders.len() + 1);
        if !insert(self.root, span, key, place..place + 1, &candidate(0)) {
            return false;
        }
        self.placeholders.push((span.clone(), key.to_owned(), 0));
        true
    }

    fn is_placeholder(&self, span: &Range<usize>) -> bool {
        span.start > usize::MAX / 2
    }

    /// The newest placeholder is of a type that does not fit: tries the next one.
    fn next_placeholder(&mut self) -> bool {
        let place = usize::MAX - 2 * self.placeholders.len();
        let Some((span, key, tried)) = self.placeholders.last_mut() else {
            return false;
        };
        *tried += 1;
        *tried < CANDIDATES && insert(self.root, span, key, place..place + 1, &candidate(*tried))
    }
}

const CANDIDATES: usize = 5;

fn candidate(n: usize) -> DeValue<'static> {
    match n {
        0 => DeValue::String(Cow::Borrowed("x")),
        1 => DeValue::Table(DeTable::new()),
        2 => DeValue::Array(toml::de::DeArray::new()),
        3 => DeValue::Boolean(true),
        _ => DeValue::Integer(Default::default()),
    }
}

/// A step down: a key of a table, and then positions in the lists under it.
type Step = (String, Vec<usize>);

/// The way to the key at this span, or to the deepest key whose value holds it.
fn path_to(table: &DeTable<'_>, span: &Range<usize>) -> Vec<Step> {
    let mut best: Option<(usize, Vec<Step>)> = None;
    search(table, span, &mut Vec::new(), &mut best);
    best.map(|(_, path)| path).unwrap_or_default()
}

fn search(table: &DeTable<'_>, span: &Range<usize>, path: &mut Vec<Step>, best: &mut Option<(usize, Vec<Step>)>) {
    for (key, value) in table {
        path.push((key.get_ref().to_string(), Vec::new()));
        if key.span() == *span {
            *best = Some((0, path.clone()));
        }
        search_value(value, span, path, best);
        path.pop();
    }
}

fn search_value(
    value: &Spanned<DeValue<'_>>,
    span: &Range<usize>,
    path: &mut Vec<Step>,
    best: &mut Option<(usize, Vec<Step>)>,
) {
    let here = value.span();
    if here.start <= span.start && span.end <= here.end {
        let size = here.end - here.start + 1;
        if best.as_ref().is_none_or(|(b, _)| size <= *b) {
            *best = Some((size, path.clone()));
        }
    }
    match value.get_ref() {
        DeValue::Table(table) => search(table, span, path, best),
        DeValue::Array(list) => {
            for (at, element) in list.iter().enumerate() {
                if let Some(step) = path.last_mut() {
                    step.1.push(at);
                }
                search_value(element, span, path, best);
                if let Some(step) = path.last_mut() {
                    step.1.pop();
                }
            }
        }
        _ => {}
    }
}

fn descend<'t, 's>(table: &'t mut DeTable<'s>, step: &Step) -> Option<(usize, &'t mut DeTable<'s>)> {
    let mut value = table.get_mut(step.0.as_str())?;
    for at in &step.1 {
        match value.get_mut() {
            DeValue::Array(list) => value = list.get_mut(*at)?,
            _ => return None,
        }
    }
    let start = value.span().start;
    match value.get_mut() {
        DeValue::Table(table) => Some((start, table)),
        _ => None,
    }
}

/// Inserts a key into the table at this span.
fn insert<'s>(
    value: &mut Spanned<DeValue<'s>>,
    span: &Range<usize>,
    key: &str,
    at: Range<usize>,
    what: &DeValue<'static>,
) -> bool {
    let here = value.span() == *span;
    match value.get_mut() {
        DeValue::Table(table) if here => {
            let key: DeString<'s> = Cow::Owned(key.to_owned());
            table.insert(Spanned::new(at.clone(), key), Spanned::new(at, what.clone()));
            true
        }
        DeValue::Table(table) => table.iter_mut().any(|(_, v)| insert(v, span, key, at.clone(), what)),
        DeValue::Array(list) => list.iter_mut().any(|v| insert(v, span, key, at.clone(), what)),
        _ => false,
    }
}

fn argument(finding: &Finding, name: &str) -> String {
    finding
        .args
        .iter()
        .find(|(n, _)| n == name)
        .map(|(_, v)| v.clone())
        .unwrap_or_default()
}
