//! The list of what we took of another gateway's sets: it rides on every set of ours, so that one that is lost costs no
//! answer. Line by line for rows that were refused, then one line for the set.

use formats::csv::{CsvReadOptions, CsvReader, CsvWriteOptions, CsvWriter};
use formats::{Encoding, RowReader, RowWriter as _};
use model::{Finding, Header, Row};
use port::{BatchVerdict, Took};
use std::io::Cursor;

/// Its name in a set.
pub(crate) const LIST: &str = "took.csv";
/// The most bytes it may have. The last sets come first: what does not fit any more was told before.
pub(crate) const BYTES_MAX: u64 = 16 << 20;

const COLUMNS: [&str; 5] = ["BATCH", "ROW", "CODE", "REASON", "BY"];
/// The return code of what was taken.
const GOOD: &str = "0000";

/// The list, as CSV in UTF-8, rows counted as the other side counts its own; nothing where there is nothing to say. `node`
/// says whose ledger has what was taken.
///
/// What was refused as a whole is not on it: it may still be taken once its cause is mended.
pub(crate) fn write(took: &[Took], node: &str) -> Result<Option<Vec<u8>>, Vec<Finding>> {
    let mut writer = CsvWriter::new(Header::new(COLUMNS), CsvWriteOptions::new(Encoding::Utf8));
    let mut out = Vec::new();
    writer.begin(&mut out).map_err(|finding| vec![finding])?;
    let empty = out.len();
    let accepted = |took: &&Took| took.answer.verdict == BatchVerdict::Accepted;
    for Took { number, answer } in took.iter().rev().filter(accepted) {
        let (whole, by) = (out.len(), format!("{node} {}", answer.batch));
        let mut line = |row: &str, code: &str, reason: &str| {
            let cells = [number, row, code, reason, &by];
            let cells = cells.into_iter().map(|cell| Some(cell.into())).collect();
            writer.row(&Row { line: 1, cells }, &mut out)
        };
        for row in answer.rows.iter().filter(|row| row.code != GOOD) {
            line(&row.line.to_string(), &row.code, &row.message)?;
        }
        line("", GOOD, "")?;
        if out.len() as u64 > BYTES_MAX {
            out.truncate(whole);
            break;
        }
    }
    Ok((out.len() > empty).then_some(out))
}

/// The rows of a list.
pub(crate) fn read(bytes: Vec<u8>) -> Result<Box<dyn RowReader>, Finding> {
    let reader = CsvReader::open(Box::new(Cursor::new(bytes)), CsvReadOptions::new(Encoding::Utf8))?;
    Ok(Box::new(reader))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::testing::{CASES, answer};

    fn took(number: &str, verdict: BatchVerdict, codes: &[(&str, &str)]) -> Took {
        Took {
            number: number.to_owned(),
            answer: answer(verdict, codes),
        }
    }

    fn lines(took: &[Took]) -> Vec<String> {
        let list = write(took, "n2").unwrap().unwrap_or_default();
        let text = String::from_utf8(list).unwrap();
        text.lines().skip(1).map(str::to_owned).collect()
    }

    #[test]
    fn refused_rows_come_before_the_rest_of_their_set() {
        let sets = [
            took(
                "SW0302A1 b7",
                BatchVerdict::Accepted,
                &[(CASES[0], "0000"), (CASES[1], "2004")],
            ),
            took("SW0302A2 b9", BatchVerdict::Refused, &[]),
            took("SW0302A3 b12", BatchVerdict::Accepted, &[(CASES[0], "0000")]),
        ];
        let expected = [
            r#""SW0302A3 b12","","0000","","n2 b9""#.to_owned(),
            r#""SW0302A1 b7","2","2004","“组织机构代码”校验位不符","n2 b9""#.to_owned(),
            r#""SW0302A1 b7","","0000","","n2 b9""#.to_owned(),
        ];
        assert_eq!(lines(&sets), expected);
        assert_eq!(lines(&sets[1..2]), Vec::<String>::new());
    }

    #[test]
    fn what_is_written_is_read() {
        let set = took("SW0302A1 b7", BatchVerdict::Accepted, &[(CASES[0], "2004")]);
        let mut reader = read(write(&[set], "n2").unwrap().unwrap()).unwrap();
        let mut rows = Vec::new();
        while let Some(formats::Taken::Row(row)) = reader.next().unwrap() {
            rows.push(
                row.cells
                    .iter()
                    .map(|c| c.as_deref().unwrap_or("").to_owned())
                    .collect::<Vec<_>>(),
            );
        }
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[1], ["SW0302A1 b7", "", "0000", "", "n2 b9"]);
    }
}
