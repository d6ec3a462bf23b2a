//! A review asked, and a review answered. Both stand in the case; the hub hears of those it has a part in.

use crate::books::Books;
use crate::case_file::CaseFile;
use crate::event::Pos;
use crate::reviews::{Answered, Asked, End, FeedLine, Review, ReviewChange, key};
use model::{MatterId, ReviewId};

impl Books {
    pub(super) fn review_asked(&mut self, pos: Pos, at: i64, asked: &Asked) {
        self.counters.review = self.counters.review.max(asked.review.0 + 1);
        self.reviews.insert(&key(asked.review), asked.case_no.clone());
        self.change(&asked.case_no, pos, |file| {
            file.reviews.push(Review {
                asked: asked.clone(),
                at,
                end: None,
            });
        });
        self.tell_hub(pos, at, asked.review, false);
    }

    pub(super) fn review_answered(&mut self, pos: Pos, at: i64, answered: &Answered) {
        self.change(&answered.case_no, pos, |file| {
            let after = file
                .review(answered.review)
                .and_then(|r| r.asked.matter.as_ref())
                .map_or((0, 0), |matter| last_delivery(file, matter));
            let open = file.reviews.iter_mut().find(|r| r.asked.review == answered.review);
            // The first answer holds.
            if let Some(review) = open.filter(|r| r.is_open()) {
                review.end = Some(End {
                    answer: answered.answer,
                    reason: answered.reason.clone(),
                    person: answered.person.clone(),
                    at,
                    after,
                });
            }
        });
        self.tell_hub(pos, at, answered.review, true);
    }

    fn tell_hub(&mut self, pos: Pos, at: i64, id: ReviewId, answered: bool) {
        let Some(case_no) = self.case_of_review(id).cloned() else {
            return;
        };
        let review = self.case(&case_no).and_then(|file| file.review(id));
        let Some(review) = review.filter(|r| r.concerns_hub()) else {
            return;
        };
        let answer = review.end.as_ref().filter(|_| answered);
        let line = ReviewChange {
            asked: review.asked.clone(),
            answer: answer.map(|end| (end.answer, end.reason.clone())),
            at,
        };
        self.feed.insert(
            &format!("{:016}-{:08}", pos.group, pos.ordinal),
            FeedLine::Review(Box::new(line)),
        );
    }
}

/// Round and number of the last hand-over there is to a matter.
fn last_delivery(file: &CaseFile, matter: &MatterId) -> (u32, u32) {
    file.latest(matter).map_or((0, 0), |o| {
        let n = o.deliveries.last().map_or(0, |d| d.n);
        (o.round, n)
    })
}
