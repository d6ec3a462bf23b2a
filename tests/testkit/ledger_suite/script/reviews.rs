//! Receivers that say an item is wrong, and sources that answer: once, twice, or never.

use super::{Author, person};
use ledger::Event;
use ledger::reviews::{Answer, Answered, Asked};
use model::{BatchId, DeptId, ItemNo, MatterId, ReviewId};

impl Author {
    pub(super) fn review(&mut self) -> Vec<Event> {
        let Some(case_no) = self.pick(&self.cases.clone()) else {
            return Vec::new();
        };
        self.reviews.push(case_no.clone());
        let by_row = self.below(2) == 0;
        let by_hub = self.below(3) == 0;
        vec![Event::ReviewAsked(Asked {
            review: ReviewId(self.reviews.len() as u64),
            case_no,
            item: ItemNo(self.below(4) as u16 + 1),
            version: self.below(3) as u32 + 1,
            asker: DeptId::new(if by_hub { "hub" } else { "ltax" }),
            matter: (!by_hub).then(|| MatterId::new("ltax.reg")),
            source: (self.below(2) == 0).then(|| MatterId::new("park.hitech")),
            reason: "与原件不符".into(),
            row: by_row.then_some((BatchId(1), 1)),
            person: (!by_row).then(person),
        })]
    }

    /// Of any review there ever was: the first answer holds, whatever comes later.
    pub(super) fn answer_review(&mut self) -> Vec<Event> {
        let at = self.below(self.reviews.len().max(1) as u64) as usize;
        let Some(case_no) = self.reviews.get(at).cloned() else {
            return Vec::new();
        };
        let answer = match self.below(3) {
            0 => Answer::Corrected(self.below(4) as u32 + 1),
            1 => Answer::Confirmed,
            _ => Answer::Withdrawn,
        };
        vec![Event::ReviewAnswered(Answered {
            review: ReviewId(at as u64 + 1),
            case_no,
            answer,
            reason: ["", "已核对原件"][self.below(2) as usize].into(),
            person: (self.below(2) == 0).then(person),
        })]
    }
}
