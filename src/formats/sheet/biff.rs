//! The records of an XLS, counted before its parser sees them.
//!
//! The parser makes a rectangle of every sheet. A few bytes can ask for 16 million cells, and a workbook may have many
//! such sheets; so the rectangles are measured here first, and what we do not take is found: passwords, macros, links.

use super::cfb::{self, Compound};
use crate::fault::{structure, too_large};
use crate::kind::Kind;
use crate::limits::Limits;
use model::{Code, Finding};
use std::collections::{BTreeMap, BTreeSet};

mod record {
    pub(super) const BOF: [u16; 3] = [0x0809, 0x0409, 0x0209];
    pub(super) const FILE_PASS: u16 = 0x002F;
    pub(super) const BOUND_SHEET: u16 = 0x0085;
    pub(super) const SUP_BOOK: u16 = 0x01AE;
    pub(super) const DIMENSIONS: u16 = 0x0200;
    pub(super) const ROW: u16 = 0x0208;
    pub(super) const COL_INFO: u16 = 0x007D;
    /// BLANK, NUMBER, LABEL, BOOLERR, FORMULA of both ages, STRING cells, RK, RSTRING, LABELSST.
    pub(super) const CELLS: [u16; 12] = [
        0x0201, 0x0203, 0x0204, 0x0205, 0x0006, 0x0206, 0x0406, 0x027E, 0x00D6, 0x00FD, 0x0001, 0x0003,
    ];
    /// Several cells of one row: the last column stands at the end.
    pub(super) const MANY: [u16; 2] = [0x00BD, 0x00BE];
}

/// Places of all rectangles together that the parser may make for one cell that we take: sheets are wider than full.
const SPREAD: u64 = 8;
/// Places of the widest sheet an XLS can have: reserved by its parser on the word of the file, and not touched.
const SHEET: u64 = 65_536 * 256;

/// A workbook that was looked through.
pub(crate) struct Surveyed {
    /// A compound file with the workbook's records in it and nothing else: what the parser sees is what was measured.
    pub(crate) bytes: Vec<u8>,
    /// Hidden rows and columns of each sheet, in the order of the sheets.
    pub(crate) hidden: Vec<usize>,
}

/// Looks through a workbook.
pub(crate) fn survey(bytes: &[u8], limits: &Limits) -> Result<Surveyed, Finding> {
    let file = Compound::open(bytes)?;
    if file.has("EncryptedPackage") || file.has("EncryptionInfo") {
        return Err(Finding::new(Code::EEncrypted));
    }
    if file.has("_VBA_PROJECT_CUR") || file.has("_VBA_PROJECT") {
        return Err(Finding::new(Code::EMacro));
    }
    for name in ["Workbook", "Book"] {
        if let Some(stream) = file.stream(name)? {
            let hidden = records(&stream, limits)?;
            let bytes = cfb::rebuilt(name, &stream)?;
            return Ok(Surveyed { bytes, hidden });
        }
    }
    Err(super::open::no_workbook(Kind::Compound))
}

fn broken(what: &str) -> Finding {
    structure("XLS", what)
}

/// What the records so far amount to.
#[derive(Default)]
struct Measure {
    /// Where substreams begin.
    begins: Vec<u32>,
    /// Where the sheets begin, as the workbook says.
    sheets: Vec<u32>,
    hidden: BTreeMap<u32, usize>,
    rows: u64,
    cols: u64,
    cells: u64,
}

fn records(stream: &[u8], limits: &Limits) -> Result<Vec<usize>, Finding> {
    let (mut at, mut measure) = (0_usize, Measure::default());
    while let Some(head) = stream.get(at..at + 4) {
        let kind = u16::from_le_bytes([head[0], head[1]]);
        let length = usize::from(u16::from_le_bytes([head[2], head[3]]));
        let Some(data) = stream.get(at + 4..at + 4 + length) else {
            return Err(broken("记录不完整 a record is cut short"));
        };
        measure.record(at, kind, data)?;
        if measure.cells > limits.cells {
            return Err(too_large(measure.cells, limits.cells, "limits.cells"));
        }
        at += 4 + length;
    }
    // The parser makes a rectangle for each sheet; none is larger than the one around all cells of all sheets.
    let area = measure
        .rows
        .saturating_mul(measure.cols)
        .saturating_mul(measure.sheets.len() as u64);
    if area > limits.cells.saturating_mul(SPREAD) {
        return Err(too_large(area, limits.cells.saturating_mul(SPREAD), "limits.cells"));
    }
    // It reads a sheet from where the workbook says: that must be where one begins, and for each another.
    let known: BTreeSet<&u32> = measure.sheets.iter().collect();
    if known.len() != measure.sheets.len() || !known.iter().all(|at| measure.begins.contains(at)) {
        return Err(broken("工作表位置 places of the sheets"));
    }
    let hidden = |at: &u32| measure.hidden.get(at).copied().unwrap_or_default();
    Ok(measure.sheets.iter().map(hidden).collect())
}

impl Measure {
    fn record(&mut self, at: usize, kind: u16, data: &[u8]) -> Result<(), Finding> {
        let word = |at: usize| {
            data.get(at..at + 2)
                .map(|two| u64::from(u16::from_le_bytes([two[0], two[1]])))
                .unwrap_or_default()
        };
        let long = |at: usize| word(at) | word(at + 2) << 16;
        if record::BOF.contains(&kind) {
            self.begins.push(u32::try_from(at).map_err(|_| broken("BOF"))?);
            return Ok(());
        }
        let here = *self.begins.last().ok_or_else(|| broken("BOF"))?;
        match kind {
            record::FILE_PASS => return Err(Finding::new(Code::EEncrypted)),
            // A sheet of macros from before VBA.
            record::BOUND_SHEET if data.get(5) == Some(&1) => return Err(Finding::new(Code::EMacro)),
            record::BOUND_SHEET => self
                .sheets
                .push(u32::try_from(long(0)).map_err(|_| broken("BOUNDSHEET"))?),
            record::SUP_BOOK if !matches!(word(2), 0x0401 | 0x3A01) => return Err(Finding::new(Code::EExternalLink)),
            record::ROW if word(12) & 0x20 != 0 => *self.hidden.entry(here).or_default() += 1,
            record::COL_INFO if word(8) & 1 != 0 => *self.hidden.entry(here).or_default() += 1,
            record::DIMENSIONS => {
                let (rows, cols) = match data.len() {
                    10 => ((word(0), word(2)), (word(4), word(6))),
                    _ => ((long(0), long(4)), (word(8), word(10))),
                };
                let empty = rows.1 == 0 && cols.1 == 0;
                if !empty && (rows.1 < rows.0 || rows.1.saturating_mul(cols.1) > SHEET) {
                    return Err(broken("DIMENSIONS"));
                }
            }
            _ if record::CELLS.contains(&kind) => self.cell(word(0), word(2), word(2)),
            _ if record::MANY.contains(&kind) => self.cell(word(0), word(2), word(data.len().saturating_sub(2))),
            _ => {}
        }
        Ok(())
    }

    fn cell(&mut self, row: u64, first: u64, last: u64) {
        self.rows = self.rows.max(row + 1);
        self.cols = self.cols.max(first.max(last) + 1);
        self.cells += first.abs_diff(last) + 1;
    }
}
