//! Who parses a workbook: a worker where the node has one, this process where it has none (simulation and tests).

use crate::copy::Copy;
use formats::remote::RemoteReader;
use formats::sheet::apart::{self, Wanted};
use formats::sheet::{Seen, SheetReadOptions, SheetReader};
use formats::{Counts, RowReader, Taken};
use model::{Code, Finding, Header};
use safe_files::Worker;
use std::fmt::Display;
use std::fs::File;
use std::io::{BufReader, Seek};
use std::path::Path;
use std::process::ChildStdout;

/// A workbook's rows, and the batch number above them.
pub(crate) struct Book {
    pub(crate) mark: Option<String>,
    pub(crate) rows: Box<dyn RowReader>,
}

/// The rows of a workbook.
pub(crate) fn rows(worker: Option<&Path>, copy: &mut Copy, options: SheetReadOptions) -> Result<Book, Finding> {
    let Some(program) = worker else {
        let reader = SheetReader::over(file(copy)?, options)?;
        return Ok(Book {
            mark: reader.mark().map(str::to_owned),
            rows: Box::new(reader),
        });
    };
    let limits = options.limits;
    let (worker, said) = start(program, copy, Wanted::Rows, &options)?;
    let (mark, reader) = apart::rows(said, limits)?;
    Ok(Book {
        mark,
        rows: Box::new(Apart {
            reader,
            _worker: worker,
        }),
    })
}

/// A workbook's table as a person sees it.
pub(crate) fn seen(worker: Option<&Path>, copy: &mut Copy, options: SheetReadOptions) -> Result<Seen, Finding> {
    let Some(program) = worker else {
        return SheetReader::over(file(copy)?, options).and_then(SheetReader::seen);
    };
    let (_worker, said) = start(program, copy, Wanted::Seen, &options)?;
    apart::seen(said, &options.limits)
}

fn start(
    program: &Path,
    copy: &mut Copy,
    wanted: Wanted,
    options: &SheetReadOptions,
) -> Result<(Worker, ChildStdout), Finding> {
    let word = apart::word(wanted, options)?;
    Worker::start(program, &["worker", &word], file(copy)?).map_err(broke)
}

/// The copy's own file: a workbook is read from where it lies.
fn file(copy: &mut Copy) -> Result<File, Finding> {
    copy.file.rewind().map_err(broke)?;
    copy.file.try_clone().map_err(broke)
}

fn broke(error: impl Display) -> Finding {
    Finding::new(Code::EUnreadable).with("detail", error)
}

/// Rows that a worker tells while it lives.
struct Apart {
    reader: RemoteReader<BufReader<ChildStdout>>,
    _worker: Worker,
}

impl RowReader for Apart {
    fn header(&self) -> &Header {
        self.reader.header()
    }
    fn next(&mut self) -> Result<Option<Taken>, Finding> {
        self.reader.next()
    }
    fn warnings(&mut self) -> Vec<Finding> {
        self.reader.warnings()
    }
    fn counts(&self) -> Counts {
        self.reader.counts()
    }
}
