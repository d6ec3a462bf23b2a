//! The first pass over a JSON document: is it one, where does each record begin, which names are there.

use super::scan::{Scanner, Value};
use super::single;
use crate::{Limits, fault};
use model::{Code, Finding};
use std::collections::BTreeSet;

/// What the first pass collects.
pub(super) struct Survey {
    limits: Limits,
    /// Where each record begins in the text.
    pub(super) starts: Vec<usize>,
    seen: BTreeSet<String>,
    /// The names of all records, in the order in which they first stand there.
    pub(super) names: Vec<String>,
    /// Single values outside the records.
    pub(super) around: Vec<(Box<str>, Box<str>)>,
}

impl Survey {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            starts: Vec::new(),
            seen: BTreeSet::new(),
            names: Vec::new(),
            around: Vec::new(),
        }
    }

    /// Goes down the path of names to the list of records.
    pub(super) fn descend(&mut self, scanner: &mut Scanner<'_>, path: &[&str], at: &str) -> Result<(), Finding> {
        let Some((wanted, deeper)) = path.split_first() else {
            let mut list = scanner.list()?;
            while scanner.more_elements(&mut list)? {
                self.record(scanner)?;
            }
            return Ok(());
        };
        let mut object = scanner.object()?;
        let mut keys = BTreeSet::new();
        let mut found = false;
        while let Some(key) = scanner.next_key(&mut object)? {
            let name = joined(at, &key);
            let repeated = !keys.insert(key.clone());
            if repeated {
                return Err(repeated_name(&name));
            }
            if key == *wanted {
                found = true;
                self.descend(scanner, deeper, &name)?;
            } else {
                self.aside(&scanner.value()?, &name)?;
                if let Some(inner) = scanner.repeated.take() {
                    return Err(repeated_name(&inner));
                }
            }
        }
        scanner.leave();
        if found {
            Ok(())
        } else {
            Err(fault::structure("缺少 missing", joined(at, wanted)))
        }
    }

    /// One record, anywhere.
    pub(super) fn record(&mut self, scanner: &mut Scanner<'_>) -> Result<(), Finding> {
        let row = self.starts.len() as u64 + 1;
        let limit = self.limits.rows;
        if row > limit {
            return Err(fault::too_large(format!(">{limit}"), limit, "limits.rows"));
        }
        let start = scanner.start();
        let value = scanner.value().map_err(|f| f.row(row))?;
        // A repeated name refuses the row when it is built, not the document.
        scanner.repeated = None;
        self.starts.push(start);
        if !matches!(value, Value::Object(_)) {
            return Ok(());
        }
        for (name, _) in flatten(&value, "", self.limits.columns).map_err(|f| f.row(row))? {
            if self.seen.insert(name.clone()) {
                self.names.push(name);
            }
        }
        let most = self.limits.columns;
        if self.names.len() > most {
            return Err(fault::too_large(format!(">{most}"), most, "limits.columns").row(row));
        }
        Ok(())
    }

    fn aside(&mut self, value: &Value<'_>, name: &str) -> Result<(), Finding> {
        let most = self.limits.columns;
        for (name, leaf) in flatten(value, name, most)? {
            if let Ok(Some(text)) = single(leaf) {
                self.around.push((name.into(), text.into()));
            }
        }
        if self.around.len() > most {
            return Err(fault::too_large(format!(">{most}"), most, "limits.columns"));
        }
        Ok(())
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
