//! What happens beside cases and batches: codes, keys, positions, and what was set aside.

use super::{Author, code, hex, person};
use ledger::event::Jump;
use ledger::{Event, Lapse, Lapsing};
use model::{AttemptId, BatchId, Code, DeptId, Finding, ReviewId, TaskId};

/// How far numbers jump: past all that a script gives, and no farther, for a dump asks for every number.
const AHEAD: u64 = 1 << 10;

impl Author {
    /// A start, a reason to doubt the ledger, and the end of one.
    pub(super) fn doubt(&mut self) -> Vec<Event> {
        let mark = self.below(1 << 10);
        vec![match self.below(4) {
            0 => Event::LedgerDoubted {
                finding: Finding::new(Code::LOlder).with("who", "hub").with("what", mark),
                mark: Some(format!("cursor {mark}")),
                common: Some(mark),
                seen: Some(mark + 9),
                machine: None,
            },
            1 => Event::LedgerTrusted {
                person: person(),
                reason: "已查明".into(),
                jump: (self.below(2) > 0).then(|| {
                    Box::new(Jump {
                        batch: BatchId(AHEAD),
                        attempt: AttemptId(AHEAD),
                        task: TaskId(AHEAD),
                        review: ReviewId(AHEAD),
                        day: jiff::civil::date(2026, 3, 2),
                        seqs: vec![(DeptId::new("ltax"), "main".into(), 101)],
                    })
                }),
            },
            n => Event::NodeStarted {
                version: "0.1.0".into(),
                machine: (n > 2).then(|| "0123".into()),
            },
        }]
    }

    pub(super) fn odds(&mut self) -> Vec<Event> {
        match self.below(9) {
            6 => self.review(),
            7 | 8 => self.answer_review(),
            3 => vec![
                Event::CodeProposed {
                    table: code().table,
                    code: self.below(9).to_string(),
                    canonical: "159".into(),
                    person: person(),
                    reason: "来函".into(),
                },
                Event::HostKeyTrusted {
                    dept: DeptId::new("ltax"),
                    channel: "frontend".into(),
                    fingerprint: "SHA256:new".into(),
                    instead_of: "SHA256:old".into(),
                    person: person(),
                },
            ],
            4 => vec![Event::CodeMapped {
                table: code().table,
                code: self.below(9).to_string(),
                canonical: "159".into(),
                date: jiff::civil::date(2026, 3, 16),
                proposed: person(),
                confirmed: person(),
                reason: "来函".into(),
            }],
            5 => {
                let into = (self.below(3) > 0).then_some((BatchId(1), 1));
                let row = self.parked.pop();
                row.map(|row| Event::RowReleased { row, into }).into_iter().collect()
            }
            0 => {
                let (dept, channel) = (DeptId::new("park"), "link".to_owned());
                vec![Event::PositionMoved {
                    dept,
                    channel,
                    position: self.below(AHEAD).to_string(),
                }]
            }
            1 => {
                let batch = self.next_batch();
                vec![Event::BatchQuarantined {
                    batch,
                    dept: DeptId::new("ltax"),
                    channel: "main".into(),
                    name: format!("IN{}", batch.0),
                    digest: hex(batch.0),
                    number: "N1".into(),
                    first: BatchId(1),
                }]
            }
            _ => vec![
                Event::Audit {
                    person: person(),
                    action: "reveal".into(),
                    object: "case".into(),
                    result: "ok".into(),
                },
                Event::Lapsed(Lapse {
                    entries: self.below(9),
                    through: self.below(40),
                    ..Lapse::new(Lapsing::Evidence, 180, jiff::civil::date(2026, 3, 16))
                }),
            ],
        }
    }
}
