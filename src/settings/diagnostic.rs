//! One thing that is wrong with a configuration, and where: file, line, column, span.

use model::{Code, Finding, Lang};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The most errors listed for one file; a file that is broken from top to bottom is not worth more.
pub const MAX_PER_FILE: usize = 50;

/// Stands between the two languages of an argument.
const BETWEEN: char = '\u{1e}';

/// An argument that reads differently in the two languages.
pub(crate) fn both(zh: impl std::fmt::Display, en: impl std::fmt::Display) -> String {
    format!("{zh}{BETWEEN}{en}")
}

/// The text of one file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Source {
    /// The text as read.
    pub text: String,
}

/// Texts by path, relative to the configuration directory.
pub type Sources = BTreeMap<String, Source>;

impl Source {
    /// Line and column of a byte, both from 1; columns count characters.
    pub fn position(&self, byte: usize) -> (usize, usize) {
        let mut at = byte.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let (before, _) = self.text.split_at(at);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    }
}

/// Something wrong, or something to know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// What, with its arguments; one in two languages is joined by [`both`]. Its place is not used: a configuration
    /// has lines and columns, not rows.
    pub(crate) finding: Finding,
    /// The file, relative to the configuration directory.
    pub file: String,
    /// Line from 1; 0 where the file as a whole is meant.
    pub line: usize,
    /// Column in characters, from 1; 0 where the file as a whole is meant.
    pub column: usize,
    /// The bytes meant.
    pub span: Range<usize>,
    /// A known word close to the one that stands there.
    pub did_you_mean: Option<String>,
}

impl Diagnostic {
    /// Its code.
    pub fn code(&self) -> Code {
        self.finding.code
    }
    /// True where the configuration can be used all the same.
    pub fn is_warning(&self) -> bool {
        self.finding.code.is_warning()
    }
    /// What is wrong, in one sentence.
    pub fn what(&self, lang: Lang) -> String {
        self.in_lang(lang).what(lang)
    }
    /// What to do about it; may be empty.
    pub fn remedy(&self, lang: Lang) -> String {
        self.in_lang(lang).remedy(lang)
    }
    fn in_lang(&self, lang: Lang) -> Finding {
        let mut finding = self.finding.clone();
        for (_, value) in &mut finding.args {
            if let Some((zh, en)) = value.split_once(BETWEEN) {
                *value = if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() };
            }
        }
        finding
    }
    /// `file:line:column`.
    pub fn location(&self) -> String {
        match self.line {
            0 => self.file.clone(),
            line => format!("{}:{line}:{}", self.file, self.column),
        }
    }
    /// The stable form for `--json`.
    pub fn json(&self, lang: Lang) -> Json {
        Json {
            code: self.finding.code.word(),
            severity: if self.is_warning() { "warning" } else { "error" },
            file: self.file.clone(),
            line: self.line,
            column: self.column,
            span: [self.span.start, self.span.end],
            message: self.what(lang),
            remedy: self.remedy(lang),
            did_you_mean: self.did_you_mean.clone(),
        }
    }
}

/// A diagnostic as `--json` prints it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Json {
    /// The code's word.
    pub code: &'static str,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// File, relative to the configuration directory.
    pub file: String,
    /// Line from 1, or 0.
    pub line: usize,
    /// Column from 1, or 0.
    pub column: usize,
    /// First byte, and the byte after the last.
    pub span: [usize; 2],
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// A close known word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub did_you_mean: Option<String>,
}

/// Where diagnostics are gathered while a configuration is read and judged.
#[derive(Default)]
pub(crate) struct Sink {
    pub(crate) sources: Sources,
    found: Vec<Diagnostic>,
}

impl Sink {
    /// Something wrong at a span of a file; the answer can be given a suggestion.
    pub(crate) fn at(&mut self, file: &str, span: &Range<usize>, finding: Finding) -> &mut Diagnostic {
        let (line, column) = self.sources.get(file).map_or((0, 0), |s| s.position(span.start));
        self.push(Diagnostic {
            finding,
            file: file.to_owned(),
            line,
            column,
            span: span.clone(),
            did_you_mean: None,
        })
    }

    /// Something wrong with a file as a whole.
    pub(crate) fn whole(&mut self, file: &str, finding: Finding) {
        let file = file.to_owned();
        self.push(Diagnostic {
            finding,
            file,
            line: 0,
            column: 0,
            span: 0..0,
            did_you_mean: None,
        });
    }

    fn push(&mut self, diagnostic: Diagnostic) -> &mut Diagnostic {
        self.found.push(diagnostic);
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    /// True where the text at this place is not valid TOML, so that nothing else need be said of it.
    pub(crate) fn broken_at(&self, file: &str, span: &Range<usize>) -> bool {
        let meets = |d: &Diagnostic| d.span.start < span.end && span.start < d.span.end;
        self.found
            .iter()
            .any(|d| d.finding.code == Code::SSyntax && d.file == file && meets(d))
    }

    /// True where something is wrong with a file whose path begins so.
    pub(crate) fn is_wrong(&self, prefix: &str) -> bool {
        let mut wrong = self.found.iter().filter(|d| !d.is_warning());
        wrong.any(|d| d.file.starts_with(prefix))
    }

    /// True where this was said of this place before.
    pub(crate) fn said(&self, file: &str, span: &Range<usize>, code: Code) -> bool {
        self.found
            .iter()
            .any(|d| d.finding.code == code && d.span == *span && d.file == file)
    }

    /// True where the same was said of the same name in this file, with a better place.
    pub(crate) fn said_of(&self, file: &str, finding: &Finding, name: Option<&str>) -> bool {
        let named = |d: &Diagnostic| {
            d.finding
                .args
                .iter()
                .any(|(n, v)| n == "name" && Some(v.as_str()) == name)
        };
        name.is_some()
            && self
                .found
                .iter()
                .any(|d| d.finding.code == finding.code && d.file == file && named(d))
    }

    /// Where something stands, for "first at …".
    pub(crate) fn location(&self, file: &str, span: &Range<usize>) -> String {
        let (line, column) = self.sources.get(file).map_or((0, 0), |s| s.position(span.start));
        format!("{file}:{line}:{column}")
    }

    /// Everything, by file and place, each once, at most [`MAX_PER_FILE`] for a file.
    pub(crate) fn finish(mut self) -> (Vec<Diagnostic>, Sources) {
        self.found.sort_by(|a, b| {
            (&a.file, a.span.start, a.span.end, a.finding.code).cmp(&(
                &b.file,
                b.span.start,
                b.span.end,
                b.finding.code,
            ))
        });
        self.found.dedup();
        let mut kept: Vec<Diagnostic> = Vec::with_capacity(self.found.len());
        let mut count: BTreeMap<String, usize> = BTreeMap::new();
        let mut cut = BTreeSet::new();
        for diagnostic in self.found {
            let n = count.entry(diagnostic.file.clone()).or_default();
            *n += 1;
            if *n <= MAX_PER_FILE {
                kept.push(diagnostic);
            } else if cut.insert(diagnostic.file.clone()) {
                let finding = Finding::new(Code::STooMany).with("limit", MAX_PER_FILE);
                kept.push(Diagnostic {
                    finding,
                    did_you_mean: None,
                    ..diagnostic
                });
            }
        }
        (kept, self.sources)
    }
}
