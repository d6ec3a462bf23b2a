//! From the root along the path to the records; what hangs beside the path is kept as single values.

use super::name::{Name, Path, is_space};
use super::source::Source;
use super::walk::{Step, Tag, Walk};
use super::{Many, OWN_TEXT, XmlReadOptions};
use crate::{Limits, fault};
use model::{Code, Finding};

/// A value of a record, under its dotted name.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) name: String,
    /// `None` where the element is empty.
    pub(super) text: Option<String>,
    /// In a namespace that is not the record's.
    pub(super) foreign: bool,
    /// Text stands among elements: not a single value.
    pub(super) mixed: bool,
}

pub(super) struct Records {
    walk: Walk,
    path: Path,
    many: Many,
    trim: bool,
    limits: Limits,
    namespaces: Vec<Box<str>>,
    /// How many names of the path are open, and how many of those before the last were ever met.
    open: usize,
    met: usize,
    line: u64,
    around: Vec<(Box<str>, Box<str>)>,
    /// Bytes of names and values in `around`.
    kept: usize,
}

impl Records {
    pub(super) fn new(source: Source, options: &XmlReadOptions) -> Self {
        Self {
            walk: Walk::new(source, options.limits),
            path: options.records.clone(),
            many: options.many,
            trim: options.trim,
            limits: options.limits,
            namespaces: options.namespaces.clone(),
            open: 0,
            met: 0,
            line: 0,
            around: Vec::new(),
            kept: 0,
        }
    }

    /// The number of the record given last, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Single values beside the records, each under the names on the way to it with slashes between them.
    pub(super) fn take_around(&mut self) -> Vec<(Box<str>, Box<str>)> {
        std::mem::take(&mut self.around)
    }

    /// Bytes of memory for what was read.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.walk.held()
    }

    /// What is read from.
    pub(super) fn into_source(self) -> Source {
        self.walk.into_source()
    }

    /// The leaves of the next record; `None` once the document ended as it must.
    pub(super) fn next(&mut self) -> Result<Option<Vec<Leaf>>, Finding> {
        loop {
            match self.walk.next()? {
                Step::Open(tag) => {
                    if let Some(record) = self.enter(tag)? {
                        self.walk.recount();
                        let leaves = self.leaves(record).map_err(|f| f.row(self.line))?;
                        self.walk.recount();
                        return Ok(Some(leaves));
                    }
                }
                Step::Text(text) if text.chars().all(is_space) => {}
                Step::Text(_) => return Err(self.wrong("元素之间的文本 text among elements")),
                Step::Close => self.open = self.open.saturating_sub(1),
                Step::End => return self.end().map(|()| None),
            }
        }
    }

    /// Follows the path; gives the tag back where it opens a record.
    fn enter(&mut self, tag: Tag) -> Result<Option<Tag>, Finding> {
        let names = self.path.names();
        let on_path = names.get(self.open).is_some_and(|n| is(&tag, n));
        if !on_path {
            if self.open == 0 {
                let name = fault::shown(&tag.written);
                return Err(fault::structure("根元素 root element", name).byte(self.walk.at()));
            }
            self.aside(tag)?;
            return Ok(None);
        }
        if self.open + 1 == names.len() {
            self.line += 1;
            if self.line > self.limits.rows {
                let limit = self.limits.rows;
                return Err(fault::too_large(format!(">{limit}"), limit, "limits.rows"));
            }
            return Ok(Some(tag));
        }
        if self.open < self.met {
            let name = fault::shown(&tag.local);
            return Err(Finding::new(Code::EDuplicateKey).column(&name).with("column", name));
        }
        self.open += 1;
        self.met = self.open;
        let place = self.place();
        for (name, value) in tag.attributes {
            self.keep(format!("{place}/@{name}"), value)?;
        }
        Ok(None)
    }

    /// An element beside the path: what it holds is kept.
    fn aside(&mut self, tag: Tag) -> Result<(), Finding> {
        let place = format!("{}/{}", self.place(), tag.local);
        for leaf in self.leaves(tag)? {
            let Some(text) = leaf.text.filter(|_| !leaf.mixed) else {
                continue;
            };
            let name = match leaf.name.as_str() {
                OWN_TEXT => place.clone(),
                name => format!("{place}/{}", name.replace('.', "/")),
            };
            self.keep(name, text)?;
        }
        Ok(())
    }

    /// All that is kept is as large as a record at most.
    fn keep(&mut self, name: String, value: String) -> Result<(), Finding> {
        let most = self.limits.columns;
        if self.around.len() == most {
            return Err(fault::too_large(format!(">{most}"), most, "limits.columns"));
        }
        self.kept += name.len() + value.len();
        let limit = self.limits.record_bytes;
        if self.kept > limit {
            return Err(fault::too_large(format!(">{limit}"), limit, "limits.record_bytes"));
        }
        self.around.push((name.into(), value.into()));
        Ok(())
    }

    fn place(&self) -> String {
        let open = self.path.names().iter().take(self.open);
        open.map(|n| &*n.local).collect::<Vec<_>>().join("/")
    }

    /// Everything inside an element that was just opened, up to its end.
    fn leaves(&mut self, tag: Tag) -> Result<Vec<Leaf>, Finding> {
        let begin = self.walk.at();
        let home = tag.namespace.clone();
        let mut leaves = Leaves {
            most: self.limits.columns,
            trim: self.trim,
            found: Vec::new(),
        };
        let mut stack = vec![leaves.open(String::new(), false, tag.attributes)?];
        loop {
            let step = self.walk.next()?;
            let limit = self.limits.record_bytes;
            if self.walk.at() - begin > limit as u64 {
                return Err(fault::too_large(format!(">{limit}"), limit, "limits.record_bytes"));
            }
            let Some(top) = stack.last_mut() else {
                return Ok(leaves.found);
            };
            match step {
                Step::Open(tag) => {
                    top.parent = true;
                    let known = tag.namespace.is_none() || tag.namespace == home;
                    let named = tag.namespace.as_ref().is_some_and(|n| self.namespaces.contains(n));
                    let foreign = top.foreign || !(known || named);
                    let name = if foreign { &tag.written } else { &tag.local };
                    let name = joined(&top.name, name);
                    stack.push(leaves.open(name, foreign, tag.attributes)?);
                }
                Step::Text(text) => top.text.push_str(&text),
                Step::Close => {
                    if let Some(frame) = stack.pop() {
                        leaves.close(frame, stack.is_empty())?;
                    }
                    if stack.is_empty() {
                        return Ok(leaves.found);
                    }
                }
                Step::End => return Err(self.wrong("未结束 not ended")),
            }
        }
    }

    fn end(&self) -> Result<(), Finding> {
        let names = self.path.names();
        if self.met + 1 < names.len() {
            let missing: Vec<&str> = names.iter().take(self.met + 1).map(|n| &*n.local).collect();
            return Err(fault::structure("缺少 missing", missing.join("/")));
        }
        match (self.many, self.line) {
            (Many::Any, _) | (Many::One, 1) => Ok(()),
            (Many::One, found) => Err(fault::structure("应恰有一条记录 one record expected", found)),
        }
    }

    fn wrong(&self, what: &str) -> Finding {
        fault::structure("XML", what).byte(self.walk.at())
    }
}

/// An element that is open.
struct Frame {
    name: String,
    text: String,
    parent: bool,
    foreign: bool,
}

/// Leaves of one element, at most so many: long names around short values could need far more memory than the document.
struct Leaves {
    most: usize,
    trim: bool,
    found: Vec<Leaf>,
}

impl Leaves {
    fn open(&mut self, name: String, foreign: bool, attributes: Vec<(Box<str>, String)>) -> Result<Frame, Finding> {
        for (attribute, value) in attributes {
            self.push(joined(&name, &format!("@{attribute}")), value, foreign, false)?;
        }
        Ok(Frame {
            name,
            text: String::new(),
            parent: false,
            foreign,
        })
    }

    fn close(&mut self, frame: Frame, outermost: bool) -> Result<(), Finding> {
        let blank = frame.text.chars().all(is_space);
        match (frame.parent, blank) {
            (true, true) => Ok(()),
            (false, true) if outermost => Ok(()),
            (parent, _) => {
                let name = if outermost { OWN_TEXT.to_owned() } else { frame.name };
                self.push(name, frame.text, frame.foreign, parent)
            }
        }
    }

    fn push(&mut self, name: String, text: String, foreign: bool, mixed: bool) -> Result<(), Finding> {
        let most = self.most;
        if self.found.len() == most {
            return Err(fault::too_large(format!(">{most}"), most, "limits.columns"));
        }
        let text = if self.trim {
            text.trim_matches(is_space).to_owned()
        } else {
            text
        };
        self.found.push(Leaf {
            name,
            text: Some(text).filter(|t| !t.is_empty()),
            foreign,
            mixed,
        });
        Ok(())
    }
}

fn is(tag: &Tag, name: &Name) -> bool {
    tag.namespace == name.namespace && tag.local == name.local
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}
