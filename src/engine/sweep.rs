//! Looks through the whole journal for what is kept of some cases, beside the loop: a group at a time, so that others have
//! their turn.

use crate::transition::erase::Data;
use ledger::{Event, LedgerError, Past, Pos};
use model::{BatchId, CaseNo};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Groups between two turns of others.
const STRETCH: u64 = 64;
/// Entries of evidence that go in one group, about.
const MOST: usize = 20_000;

/// What may go as things are, and where to look for it.
pub struct Scope {
    /// The cases, each as of its last event, with where the bytes of the batches stand that it left in.
    pub cases: BTreeMap<CaseNo, (Pos, Vec<Pos>)>,
    /// The journal.
    pub past: Arc<dyn Past>,
}

/// Finds the data of all these cases.
pub async fn sweep(scope: Scope) -> Result<Vec<Data>, LedgerError> {
    let mut found: BTreeMap<CaseNo, Data> = scope
        .cases
        .into_iter()
        .map(|(case_no, (as_of, places))| {
            let data = Data {
                case_no: case_no.clone(),
                as_of,
                places,
                rows: Vec::new(),
            };
            (case_no, data)
        })
        .collect();
    let mut group = 1;
    while let Some(entries) = scope.past.data(group)? {
        for (pos, event) in entries {
            let Some(data) = event.data_of().and_then(|case_no| found.get_mut(case_no)) else {
                continue;
            };
            data.places.push(pos);
            data.rows.extend(row_of(&event));
        }
        if group.is_multiple_of(STRETCH) {
            tokio::task::yield_now().await;
        }
        group += 1;
    }
    Ok(found.into_values().collect())
}

/// Evidence that may lapse.
pub struct Evidence {
    /// Where it stands.
    pub places: Vec<Pos>,
    /// The last group that was looked through.
    pub through: u64,
    /// There may be more.
    pub more: bool,
}

/// Finds evidence that was written before an instant, from a group on: as much as is erased in one go.
pub async fn evidence(past: &dyn Past, from: u64, before_ms: i64) -> Result<Evidence, LedgerError> {
    let (mut places, mut group) = (Vec::new(), from);
    while let Some(found) = past.evidence(group, before_ms)? {
        places.extend(found);
        group += 1;
        if places.len() >= MOST {
            return Ok(Evidence {
                places,
                through: group - 1,
                more: true,
            });
        }
        if group.is_multiple_of(STRETCH) {
            tokio::task::yield_now().await;
        }
    }
    Ok(Evidence {
        places,
        through: group - 1,
        more: false,
    })
}

fn row_of(event: &Event) -> Option<(BatchId, u64)> {
    match event {
        Event::Row { batch, line, .. } | Event::RowParked { batch, line, .. } => Some((*batch, *line)),
        _ => None,
    }
}
