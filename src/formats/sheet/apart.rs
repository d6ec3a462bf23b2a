//! A workbook parsed in a process of its own: what is asked of it, and what it says of it.
//!
//! A workbook is an archive somebody else made, and the libraries that unpack and parse it were not written against
//! their authors' enemies. The process that calls [`serve`] has no more than that file; the one that asks only reads
//! lines. Who starts and bounds the process is not said here.

use super::{Seen, SheetReadOptions, SheetReader};
use crate::remote::{self, RemoteReader};
use crate::{Limits, RowReader};
use model::{Code, Finding};
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, BufReader, Read, Seek, Write};

/// What is wanted of a workbook.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Wanted {
    /// Its rows, judged.
    Rows,
    /// Its table as a person sees it.
    Seen,
}

/// What stands above the table, told before anything of it.
#[derive(Serialize, Deserialize)]
struct Above {
    mark: Option<String>,
}

/// What `serve` must be told, as one word of a command line.
///
/// # Errors
/// `E_STRUCTURE` where the layout cannot be said in one.
pub fn word(wanted: Wanted, options: &SheetReadOptions) -> Result<String, Finding> {
    serde_json::to_string(&(wanted, options)).map_err(|e| Finding::new(Code::EStructure).with("detail", e))
}

/// Reads a workbook and says what is wanted of it.
///
/// # Errors
/// The word is none of [`word`]'s, the workbook cannot be read, or nobody listens any more.
pub fn serve(word: &str, input: impl Read + Seek + Send + 'static, out: &mut impl Write) -> io::Result<()> {
    let (wanted, options): (Wanted, SheetReadOptions) = serde_json::from_str(word)?;
    let opened = SheetReader::over(input, options);
    match wanted {
        Wanted::Seen => serde_json::to_writer(&mut *out, &opened.and_then(SheetReader::seen))?,
        Wanted::Rows => {
            let mark = opened.as_ref().ok().and_then(|reader| reader.mark().map(str::to_owned));
            serde_json::to_writer(&mut *out, &Above { mark })?;
            out.write_all(b"\n")?;
            remote::tell(opened.map(|reader| Box::new(reader) as Box<dyn RowReader>), out)?;
        }
    }
    out.flush()
}

/// The rows that the other process tells, and the batch number above them.
///
/// # Errors
/// What refused the workbook, or `E_BROKEN_OFF`.
pub fn rows<R: Read + Send>(said: R, limits: Limits) -> Result<(Option<String>, RemoteReader<BufReader<R>>), Finding> {
    let mut said = BufReader::new(said);
    let mut line = Vec::new();
    // A mark is one cell's text.
    let read = (&mut said).take(256 << 10).read_until(b'\n', &mut line);
    let above: Result<Above, _> = serde_json::from_slice(&line);
    match (read, above) {
        (Ok(_), Ok(above)) => Ok((above.mark, RemoteReader::open(said, limits)?)),
        _ => Err(remote::broken_off()),
    }
}

/// The table that the other process saw.
///
/// # Errors
/// What refused the workbook, or `E_BROKEN_OFF`.
pub fn seen(said: impl Read, limits: &Limits) -> Result<Seen, Finding> {
    let mut text = Vec::new();
    // Text in JSON may be longer than what it stands for, but no workbook says so much.
    let read = said.take(limits.held_bytes).read_to_end(&mut text);
    let seen: Result<Result<Seen, Finding>, _> = serde_json::from_slice(&text);
    match (read, seen) {
        (Ok(_), Ok(seen)) => seen,
        _ => Err(remote::broken_off()),
    }
}

#[cfg(test)]
mod tests;
