//! A case's data are erased: what it held goes from the books as its bodies go from the journal. What was owed, sent and
//! decided stays, so that accounts add up for ever; folded again from a journal without those bodies, it is the same.

use crate::books::{Books, padded};
use crate::case_file::CaseFile;
use crate::erased::Erasure;
use crate::event::Pos;

impl Books {
    pub(super) fn erase(&mut self, pos: Pos, at: i64, erasure: &Erasure) {
        self.change(&erasure.case_no, pos, |file| blank(file, at, erasure));
        for row in &erasure.rows {
            if let Some(refused) = self.refused.get_mut(&crate::arriving::row_key(row.0, row.1)) {
                refused.case_no = None;
                refused.findings.clear();
                refused.parked = None;
            }
        }
        for batch in &erasure.batches {
            if let Some(out) = self.outbound.get_mut(&padded(*batch)) {
                out.spool.clear();
            }
        }
    }
}

fn blank(file: &mut CaseFile, at: i64, erasure: &Erasure) {
    file.case.items.clear();
    file.case.replaced.clear();
    file.case.claims.clear();
    file.case.attachments.clear();
    for delivery in file.obligations.iter_mut().flat_map(|o| &mut o.deliveries) {
        delivery.substitute.clear();
        delivery.parked.clear();
        delivery.due = None;
    }
    file.story.retain(|place| !erasure.places.contains(place));
    file.erased = Some(at);
}
