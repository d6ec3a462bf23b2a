//! Files that are no part of the configuration, read as strictly as it is: every error at once, each with its place.

use crate::diagnostic::{Diagnostic, Sink, Sources};
use crate::files::Files;
use crate::read::{self, BROKEN, Removed};
use model::{Code, Finding};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::ops::Range;

/// A reading of such files. Their types follow the rules of [`crate::tables`]: only optional keys, unknown ones refused.
#[derive(Default)]
pub struct Reading {
    sink: Sink,
    removed: BTreeMap<String, Removed>,
}

impl Reading {
    /// Reads a file of `files`, to be called `shown` in messages. What cannot be read is said, and left out.
    pub fn read<T: DeserializeOwned + Default>(&mut self, files: &dyn Files, path: &str, shown: &str) -> T {
        let Some(text) = read::text(&Called { files, path }, shown, &mut self.sink) else {
            self.removed
                .entry(shown.to_owned())
                .or_default()
                .insert((0, BROKEN.to_owned()));
            return T::default();
        };
        let mut removed = Removed::new();
        let mut root = read::parse(shown, &text, &mut self.sink, &mut removed);
        let table = read::table(shown, &mut root, &mut self.sink, &mut removed);
        self.removed.insert(shown.to_owned(), removed);
        table
    }

    /// Something wrong at a span of a file. That a key is missing is not said where it stood and could not be read.
    pub fn say(&mut self, file: &str, span: &Range<usize>, finding: Finding) {
        if finding.code == Code::SMissingKey && self.lost(file, span, &finding) {
            return;
        }
        if span.is_empty() {
            self.sink.whole(file, finding);
        } else {
            self.sink.at(file, span, finding);
        }
    }

    /// Something wrong with a file or directory as a whole.
    pub fn whole(&mut self, file: &str, finding: Finding) {
        self.sink.whole(file, finding);
    }

    /// `file:line:column` of a span.
    pub fn location(&self, file: &str, span: &Range<usize>) -> String {
        self.sink.location(file, span)
    }

    /// Everything that was said, and the texts it points into.
    pub fn finish(self) -> (Vec<Diagnostic>, Sources) {
        self.sink.finish()
    }

    fn lost(&self, file: &str, span: &Range<usize>, finding: &Finding) -> bool {
        let name = finding.args.iter().find(|(n, _)| n == "name").map(|(_, v)| v.clone());
        self.removed.get(file).is_some_and(|removed| {
            removed.contains(&(0, BROKEN.to_owned())) || name.is_some_and(|name| removed.contains(&(span.start, name)))
        })
    }
}

/// One file of a tree, by the name that people gave it.
struct Called<'a> {
    files: &'a dyn Files,
    path: &'a str,
}

impl Files for Called<'_> {
    fn read(&self, _: &str) -> std::io::Result<Vec<u8>> {
        self.files.read(self.path)
    }
    fn list(&self, folder: &str) -> std::io::Result<Vec<String>> {
        self.files.list(folder)
    }
    fn mode(&self, path: &std::path::Path) -> Option<u32> {
        self.files.mode(path)
    }
}

#[cfg(test)]
mod tests;
