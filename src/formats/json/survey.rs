//! The first pass over a JSON document: is it one, where do its records begin, which names are there.

use super::Records;
use super::build::single;
use super::scan::{Scanner, Value};
use super::walk::Walk;
use crate::{Limits, fault};
use model::{Code, Finding};
use std::collections::BTreeSet;

/// What the first pass collects.
pub(super) struct Survey {
    limits: Limits,
    /// How many records there are.
    pub(super) rows: u64,
    /// Where the first one begins in the text.
    pub(super) first: u64,
    seen: BTreeSet<String>,
    /// The names of all records, in the order in which they first stand there.
    pub(super) names: Vec<String>,
    /// Single values outside the records.
    pub(super) around: Vec<(Box<str>, Box<str>)>,
    /// Bytes of names and values outside the records.
    outside: usize,
}

impl Survey {
    /// Goes through the whole document.
    pub(super) fn of(walk: &mut Walk, records: &Records, limits: Limits) -> Result<Self, Finding> {
        let mut survey = Self {
            limits,
            rows: 0,
            first: 0,
            seen: BTreeSet::new(),
            names: Vec::new(),
            around: Vec::new(),
            outside: 0,
        };
        match records {
            Records::Document => survey.record(walk)?,
            Records::List(path) => {
                let path: Vec<&str> = path.split('.').filter(|p| !p.is_empty()).collect();
                survey.descend(walk, &path, "")?;
            }
            Records::Lines => while survey.line(walk)? {},
        }
        walk.end()?;
        Ok(survey)
    }

    /// Goes down the path of names to the list of records.
    fn descend(&mut self, walk: &mut Walk, path: &[&str], at: &str) -> Result<(), Finding> {
        let Some((wanted, deeper)) = path.split_first() else {
            let mut list = walk.step(|s| s.list())?;
            while walk.step(|s| s.more_elements(&mut list))? {
                self.record(walk)?;
            }
            return Ok(());
        };
        let mut object = walk.step(|s| s.object())?;
        let mut keys = BTreeSet::new();
        let mut found = false;
        while let Some(key) = walk.next_key(&mut object)? {
            let name = joined(at, &key);
            self.keep(key.len())?;
            let is_wanted = key == *wanted;
            if !keys.insert(key) {
                return Err(repeated_name(&name));
            }
            if is_wanted {
                found = true;
                self.descend(walk, deeper, &name)?;
            } else {
                walk.step(|s| self.aside(s, &name))?;
            }
        }
        walk.leave();
        if found {
            Ok(())
        } else {
            Err(fault::structure("缺少 missing", joined(at, wanted)))
        }
    }

    /// One record, anywhere.
    fn record(&mut self, walk: &mut Walk) -> Result<(), Finding> {
        let start = walk.start()?;
        if self.rows == 0 {
            self.first = start;
        }
        walk.step(|s| self.judge(s))
    }

    /// A line, which is one record and nothing else.
    fn line(&mut self, walk: &mut Walk) -> Result<bool, Finding> {
        let line = walk.line(self.rows + 1, |s| self.judge(s))?;
        Ok(line.is_some())
    }

    fn judge(&mut self, scanner: &mut Scanner<'_>) -> Result<(), Finding> {
        let row = self.rows + 1;
        let limit = self.limits.rows;
        if row > limit {
            return Err(fault::too_large(format!(">{limit}"), limit, "limits.rows"));
        }
        // A repeated name refuses the row when it is built, not the document.
        let value = scanner.value().map_err(|f| f.row(row))?;
        self.rows = row;
        if !matches!(value, Value::Object(_)) {
            return Ok(());
        }
        let most = self.limits.columns;
        for (name, _) in flatten(&value, "", most).map_err(|f| f.row(row))? {
            if self.seen.insert(name.clone()) {
                self.names.push(name);
            }
        }
        if self.names.len() > most {
            return Err(fault::too_large(format!(">{most}"), most, "limits.columns").row(row));
        }
        Ok(())
    }

    fn aside(&mut self, scanner: &mut Scanner<'_>, name: &str) -> Result<(), Finding> {
        let value = scanner.value()?;
        let most = self.limits.columns;
        for (name, leaf) in flatten(&value, name, most)? {
            if let Ok(Some(text)) = single(leaf) {
                self.keep(name.len() + text.len())?;
                self.around.push((name.into(), text.into()));
            }
        }
        if self.around.len() > most {
            return Err(fault::too_large(format!(">{most}"), most, "limits.columns"));
        }
        match scanner.repeated.take() {
            Some(inner) => Err(repeated_name(&inner)),
            None => Ok(()),
        }
    }

    /// All that is kept of what stands outside the records is as large as a record at most.
    fn keep(&mut self, bytes: usize) -> Result<(), Finding> {
        self.outside += bytes;
        let limit = self.limits.record_bytes;
        if self.outside <= limit {
            return Ok(());
        }
        Err(fault::too_large(format!(">{limit}"), limit, "limits.record_bytes"))
    }
}
fn repeated_name(name: &str) -> Finding {
    let name = fault::shown(name);
    Finding::new(Code::EDuplicateKey).column(&name).with("column", name)
}

/// Every value that is no object, with its dotted name, in the order of the document. At most `most`: with long names
/// around many short members, the dotted names could need far more memory than the document.
pub(super) fn flatten<'v, 't>(value: &'v Value<'t>, path: &str, most: usize) -> Result<Vec<Leaf<'v, 't>>, Finding> {
    let mut leaves = Vec::new();
    collect(value, path, most, &mut leaves)?;
    Ok(leaves)
}

/// A dotted name and its value.
pub(super) type Leaf<'v, 't> = (String, &'v Value<'t>);

fn collect<'v, 't>(
    value: &'v Value<'t>,
    path: &str,
    most: usize,
    leaves: &mut Vec<Leaf<'v, 't>>,
) -> Result<(), Finding> {
    match value {
        Value::Object(members) => members
            .iter()
            .try_for_each(|(n, m)| collect(m, &joined(path, n), most, leaves)),
        _ if leaves.len() == most => Err(fault::too_large(format!(">{most}"), most, "limits.columns")),
        leaf => {
            leaves.push((path.to_owned(), leaf));
            Ok(())
        }
    }
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}
