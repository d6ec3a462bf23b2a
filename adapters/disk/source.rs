//! The rows of a 回盘 as the port wants them; one that cannot be read says why at the first step.

use formats::{RowReader, Taken as Read};
use model::{Code, Finding, Header};
use port::{RowSource, Taken};

/// Warnings kept; more of them say nothing new.
const WARNINGS_MAX: usize = 4096;

/// Rows, or the reason why there are none.
pub(crate) struct Source {
    header: Header,
    state: State,
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
    /// Rows of a reader, or why there is none; told at the first `next`, under the header that was expected.
    pub(crate) fn open(
        opened: Result<Box<dyn RowReader>, Finding>,
        expected: Header,
        name: &str,
        declared: Option<u64>,
        warnings: Vec<Finding>,
    ) -> Self {
        let (header, state) = match opened {
            Ok(reader) => (reader.header().clone(), State::Reading(reader)),
            Err(finding) => (expected, State::Refused(finding)),
        };
        Self {
            header,
            state,
            name: name.to_owned(),
            declared,
            warnings,
        }
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
        &self.header
    }

    fn next(&mut self) -> Result<Option<Taken>, Finding> {
        match std::mem::replace(&mut self.state, State::Done) {
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
                        self.state = State::Reading(reader);
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

    fn warnings(&self) -> Vec<Finding> {
        self.warnings.clone()
    }
}
