//! Rows from another process: what a parser that is not trusted finds, told line by line over a pipe.
//!
//! The parser runs in a process of its own that may die at any moment, or say anything once what it reads has taken it
//! over. So the reading side bounds every line, takes rows only in the order of the header it was told first, and says
//! `E_BROKEN_OFF` where the other side falls silent before its end.

use crate::{Counts, Limits, RowReader, Taken, limits};
use model::{Code, Finding, Header, Row};
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, BufReader, Read, Write};

#[cfg(test)]
mod tests;

/// One line. The first is `Header` or `Refused`, the last `End` or `Refused`.
#[derive(Serialize, Deserialize)]
enum Line {
    Header(Vec<Box<str>>),
    Row(u64, Vec<model::Cell>),
    Bad(u64, Vec<Finding>),
    Warning(Finding),
    End { rows: u64, bad: u64, deleted: u64 },
    Refused(Finding),
}

fn say(out: &mut impl Write, line: &Line) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

/// Tells everything a reader gives, or why there is none.
///
/// # Errors
/// Nobody listens any more.
pub fn tell(opened: Result<Box<dyn RowReader>, Finding>, out: &mut impl Write) -> io::Result<()> {
    let mut reader = match opened {
        Ok(reader) => reader,
        Err(finding) => return say(out, &Line::Refused(finding)),
    };
    say(out, &Line::Header(reader.header().names().to_vec()))?;
    loop {
        let taken = reader.next();
        for warning in reader.warnings() {
            say(out, &Line::Warning(warning))?;
        }
        match taken {
            Ok(Some(Taken::Row(row))) => say(out, &Line::Row(row.line, row.cells))?,
            Ok(Some(Taken::Bad { line, findings })) => say(out, &Line::Bad(line, findings))?,
            Ok(None) => {
                let Counts { rows, bad, deleted } = reader.counts();
                return say(out, &Line::End { rows, bad, deleted });
            }
            Err(finding) => return say(out, &Line::Refused(finding)),
        }
    }
}

/// Reads what [`tell`] says on the other side.
pub struct RemoteReader<R> {
    input: BufReader<R>,
    limits: Limits,
    header: Header,
    counts: Counts,
    warnings: Vec<Finding>,
    ended: bool,
}

impl<R: Read + Send> RemoteReader<R> {
    /// Waits for the header.
    ///
    /// # Errors
    /// What refused the file, or `E_BROKEN_OFF`.
    pub fn open(input: R, limits: Limits) -> Result<Self, Finding> {
        let mut reader = Self {
            input: BufReader::new(input),
            limits,
            header: Header::new(Vec::<Box<str>>::new()),
            counts: Counts::default(),
            warnings: Vec::new(),
            ended: false,
        };
        match reader.line()? {
            Line::Header(names) if names.len() <= limits.columns => {
                reader.header = Header::new(names);
                Ok(reader)
            }
            Line::Refused(finding) => Err(finding),
            _ => Err(broken_off()),
        }
    }

    fn line(&mut self) -> Result<Line, Finding> {
        // Twice a record and a little: text in JSON may be longer than what it stands for, names and findings are short.
        let most = self.limits.record_bytes.saturating_mul(2).saturating_add(1 << 20);
        let mut bytes = Vec::new();
        let mut bounded = (&mut self.input).take(most as u64);
        bounded.read_until(b'\n', &mut bytes).map_err(|_| broken_off())?;
        if bytes.last() != Some(&b'\n') {
            return Err(broken_off());
        }
        serde_json::from_slice(&bytes).map_err(|_| broken_off())
    }

    fn step(&mut self) -> Result<Option<Taken>, Finding> {
        loop {
            match self.line()? {
                Line::Row(line, cells) if cells.len() == self.header.len() => {
                    self.counts.rows += 1;
                    return Ok(Some(Taken::Row(Row { line, cells })));
                }
                Line::Bad(line, findings) if !findings.is_empty() => {
                    self.counts.bad += 1;
                    return Ok(Some(Taken::Bad { line, findings }));
                }
                Line::Warning(warning) => {
                    if self.warnings.len() < limits::WARNINGS_KEPT {
                        self.warnings.push(warning);
                    }
                }
                Line::End { rows, bad, deleted } if (rows, bad) == (self.counts.rows, self.counts.bad) => {
                    self.counts.deleted = deleted;
                    return Ok(None);
                }
                Line::Refused(finding) => return Err(finding),
                _ => return Err(broken_off()),
            }
        }
    }
}

impl<R: Read + Send> RowReader for RemoteReader<R> {
    fn header(&self) -> &Header {
        &self.header
    }

    fn next(&mut self) -> Result<Option<Taken>, Finding> {
        if self.ended {
            return Ok(None);
        }
        let taken = self.step();
        self.ended = !matches!(taken, Ok(Some(_)));
        taken
    }

    fn warnings(&mut self) -> Vec<Finding> {
        std::mem::take(&mut self.warnings)
    }

    fn counts(&self) -> Counts {
        self.counts
    }
}

/// The other process fell silent before its end, or said what it must not.
pub(crate) fn broken_off() -> Finding {
    Finding::new(Code::EBrokenOff)
}
