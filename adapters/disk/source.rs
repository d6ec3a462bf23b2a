//! The rows of a 回盘 as the port wants them; one that cannot be read says why at the first step.

use formats::{RowReader, Taken as Read};
use model::{Code, Finding, Header};
use port::{RowSource, Taken};
use std::cell::{Cell, OnceCell};

/// Warnings kept; more of them say nothing new.
const WARNINGS_MAX: usize = 4096;

/// Opens the rows, or says why there are none.
pub(crate) type Open = Box<dyn FnOnce() -> Result<Box<dyn RowReader>, Finding> + Send>;

/// Rows, or the reason why there are none. Opened when they are first asked for: a medium may hold many workbooks, and
/// each is read into memory whole.
pub(crate) struct Source {
    open: Cell<Option<Open>>,
    opened: OnceCell<(Header, State)>,
    expected: Header,
    name: String,
    declared: Option<u64>,
    warnings: Vec<Finding>,
}

enum State {
    Reading(Box<dyn RowReader>),
    Refused(Finding),
    Done,
}

impl Source {
    /// Rows that `open` will give; where it gives none, the reason is told at the first `next`, under the header that was
    /// expected.
    pub(crate) fn new(open: Open, expected: Header, name: &str, declared: Option<u64>, warnings: Vec<Finding>) -> Self {
        Self {
            open: Cell::new(Some(open)),
            opened: OnceCell::new(),
            expected,
            name: name.to_owned(),
            declared,
            warnings,
        }
    }

    fn opened(&self) -> &(Header, State) {
        self.opened.get_or_init(|| {
            let missing = || Err(Finding::new(Code::EUnreadable).with("detail", "-"));
            match self.open.take().map_or_else(missing, |open| open()) {
                Ok(reader) => (reader.header().clone(), State::Reading(reader)),
                Err(finding) => (self.expected.clone(), State::Refused(finding)),
            }
        })
    }

    /// What comes next; until it is put back, nothing does.
    fn take_state(&mut self) -> State {
        self.opened();
        let state = self
            .opened
            .get_mut()
            .map(|(_, state)| std::mem::replace(state, State::Done));
        state.unwrap_or(State::Done)
    }

    fn named(&self, finding: Finding) -> Finding {
        if finding.place.file.is_some() {
            finding
        } else {
            finding.file(self.name.clone())
        }
    }

    fn keep(&mut self, warnings: Vec<Finding>) {
        let room = WARNINGS_MAX.saturating_sub(self.warnings.len());
        let named: Vec<Finding> = warnings.into_iter().take(room).map(|w| self.named(w)).collect();
        self.warnings.extend(named);
    }

    /// The label counts what its writer wrote, rows it later deleted perhaps among them.
    fn judge_count(&self, reader: &dyn RowReader) -> Result<(), Finding> {
        let counts = reader.counts();
        let live = counts.rows + counts.bad;
        match self.declared {
            Some(declared) if declared != live && declared != live + counts.deleted => {
                Err(Finding::new(Code::EFileCount)
                    .with("declared", declared)
                    .with("found", live))
            }
            _ => Ok(()),
        }
    }
}

impl RowSource for Source {
    fn header(&self) -> &Header {
        &self.opened().0
    }

    fn next(&mut self) -> Result<Option<Taken>, Finding> {
        match self.take_state() {
            State::Done => Ok(None),
            State::Refused(finding) => Err(self.named(finding)),
            State::Reading(mut reader) => {
                let taken = reader.next();
                self.keep(reader.warnings());
                match taken.map_err(|finding| self.named(finding))? {
                    None => self
                        .judge_count(&*reader)
                        .map(|()| None)
                        .map_err(|finding| self.named(finding)),
                    Some(row) => {
                        if let Some((_, state)) = self.opened.get_mut() {
                            *state = State::Reading(reader);
                        }
                        Ok(Some(match row {
                            Read::Row(row) => Taken::Row(row),
                            Read::Bad { line, findings } => Taken::Bad {
                                line,
                                findings: findings.into_iter().map(|f| self.named(f)).collect(),
                            },
                        }))
                    }
                }
            }
        }
    }

    fn expected(&self) -> Option<u64> {
        match self.opened.get() {
            Some((_, State::Reading(reader))) => reader.expected(),
            _ => None,
        }
    }

    fn warnings(&self) -> Vec<Finding> {
        self.warnings.clone()
    }
}
