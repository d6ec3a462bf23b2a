//! Rows are read back in order, however they lie in the journal, and only those that had no effect.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{Past, Pending, PendingRow};
use crate::event::{Event, Pos};
use crate::store::LedgerError;
use model::{BatchId, CaseNo, Incoming};

const OURS: BatchId = BatchId(1);
const OTHER: BatchId = BatchId(2);

/// Groups of rows: batch and line.
struct Groups(Vec<Vec<(BatchId, u64)>>);

fn incoming(line: u64) -> Incoming {
    Incoming {
        case_no: Some(CaseNo::new(format!("{line:021}"))),
        ..Incoming::default()
    }
}

impl Past for Groups {
    fn rows(&self, group: u64) -> Result<Option<Vec<(Pos, Event)>>, LedgerError> {
        let rows = usize::try_from(group - 1).ok().and_then(|at| self.0.get(at));
        let row = |(ordinal, (batch, line)): (u32, &(BatchId, u64))| {
            let event = Event::Row {
                batch: *batch,
                line: *line,
                incoming: Some(Box::new(incoming(*line))),
                findings: Vec::new(),
            };
            (Pos { group, ordinal }, event)
        };
        Ok(rows.map(|rows| (0..).zip(rows).map(row).collect()))
    }

    fn event(&self, _pos: Pos) -> Result<Option<(i64, Event)>, LedgerError> {
        Ok(None)
    }
}

fn lines(pending: &Pending) -> Vec<u64> {
    pending.rows.iter().map(|row| row.line).collect()
}

fn spilled() -> (Groups, Pending) {
    let groups = Groups(vec![
        vec![(OURS, 1), (OURS, 2)],
        vec![(OTHER, 1), (OTHER, 2)],
        vec![(OTHER, 3), (OURS, 3), (OURS, 4)],
        vec![(OURS, 5)],
    ]);
    let mut pending = Pending::begun(1);
    for line in 1..=5 {
        let row = PendingRow {
            line,
            incoming: Some(incoming(line)),
            findings: Vec::new(),
            pos: Pos::default(),
            parked: None,
        };
        pending.add(row, 2);
    }
    (groups, pending)
}

#[test]
fn a_long_batch_keeps_no_row_and_reads_them_back_in_order() {
    let (groups, mut pending) = spilled();
    assert_eq!((lines(&pending), pending.facts.rows), (vec![], 5));
    pending.read_back(&groups, OURS, 2, usize::MAX).unwrap();
    assert_eq!(lines(&pending), [1, 2]);
    // The next life begins in the group in which the last row stands that has had effect.
    assert_eq!(pending.take(1), Some(1));
    assert_eq!(lines(&pending), [2]);
    pending.read_back(&groups, OURS, 3, usize::MAX).unwrap();
    assert_eq!(lines(&pending), [2, 3, 4]);
    assert_eq!(pending.take(4), Some(3));
    assert!(lines(&pending).is_empty());
    pending.read_back(&groups, OURS, u64::MAX, 100).unwrap();
    assert_eq!(lines(&pending), [5]);
    assert_eq!(pending.row(5).unwrap().pos, Pos { group: 4, ordinal: 0 });
    pending.take(5);
    pending.read_back(&groups, OURS, u64::MAX, 100).unwrap();
    assert!(lines(&pending).is_empty());
}

#[test]
fn so_many_are_read_back_as_are_wanted() {
    let (groups, mut pending) = spilled();
    pending.read_back(&groups, OURS, u64::MAX, 3).unwrap();
    assert_eq!(lines(&pending), [1, 2, 3, 4], "a group is read whole");
    assert!(pending.rows.iter().all(|row| row.incoming == Some(incoming(row.line))));
}
