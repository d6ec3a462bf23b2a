//! Limits on what comes from outside, so that no file decides how much memory this process needs.

use serde::{Deserialize, Serialize};

/// How many warnings a reader keeps for a caller that does not ask for them.
pub const WARNINGS_KEPT: usize = 16_384;

/// Upper limits of one file. Each is reported by its name in the settings when it is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of a file that is streamed: all but XLS and ODS.
    pub file_bytes: u64,
    /// Bytes of a file that is held in memory as a whole: XLS and ODS.
    pub body_bytes: usize,
    /// Bytes of one record, as UTF-8; of all that stands beside the records of a document together; and of one tag, text
    /// or comment of XML.
    pub record_bytes: usize,
    /// Line ends inside one quoted field.
    pub field_newlines: usize,
    /// Fields of one record.
    pub columns: usize,
    /// Records of one file.
    pub rows: u64,
    /// Cells of a workbook that are held in memory: XLS and ODS, and any table that is shown as a whole.
    pub cells: u64,
    /// Bytes that an archive may unpack to, all entries together.
    pub unpacked_bytes: u64,
    /// Bytes of what an archive unpacks to and that is held in memory: the texts of a workbook's cells, the content of
    /// an OpenDocument file.
    pub held_bytes: u64,
    /// Objects and lists inside each other, at most 128; elements, at most 64.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 8 << 30,
            body_bytes: 16 << 20,
            record_bytes: 1 << 20,
            field_newlines: 100,
            columns: 512,
            rows: 10_000_000,
            cells: 500_000,
            unpacked_bytes: 2 << 30,
            held_bytes: 64 << 20,
            depth: 32,
        }
    }
}
