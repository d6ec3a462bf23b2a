//! Rows of an arriving batch are journalled. They have no effect before its end.

use crate::command::ReadRow;
use crate::desk::{Desk, Done};
use ledger::Event;
use model::{BatchId, Code};

/// Journals rows as they were read; one that waits for codes with its cells.
pub fn rows(desk: &mut Desk<'_>, batch: BatchId, rows: Vec<ReadRow>) -> Done {
    // Abandoned meanwhile: its source offers it again.
    if desk.books().in_batch(batch).is_none() {
        return crate::desk::no(Code::VNotFound, "what", batch);
    }
    for row in rows {
        desk.say(Event::Row {
            batch,
            line: row.line,
            incoming: row.incoming,
            findings: row.findings,
        })?;
        if let Some(parked) = row.parked {
            desk.say(Event::RowParked {
                batch,
                line: row.line,
                case_no: parked.case_no,
                codes: parked.codes,
                cells: parked.cells,
            })?;
        }
    }
    Ok(())
}
