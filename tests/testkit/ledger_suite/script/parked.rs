//! Rows that wait for a code that no table knows.

use ledger::Event;
use model::{BatchId, CaseNo, Code, Finding, Side, UnmappedCode};

pub(super) fn code() -> UnmappedCode {
    UnmappedCode {
        table: "ent_type".into(),
        side: Side::Canonical,
        code: "199".into(),
    }
}

/// A row that waits for a code.
pub(super) fn waits(batch: BatchId, line: u64, case_no: CaseNo) -> [Event; 2] {
    let row = Event::Row {
        batch,
        line,
        incoming: None,
        findings: vec![Finding::new(Code::EUnmapped).row(line)],
    };
    let parked = Event::RowParked {
        batch,
        line,
        case_no: Some(case_no),
        codes: vec![code()],
        cells: vec![("类型".into(), Some("199".into())), ("空".into(), None)],
    };
    [row, parked]
}
