//! By what a case is found: open, claimed, waiting for codes, due; and what its obligations count as. Derived from the
//! case alone, before and after each change; only what differs is written.

use crate::books::Books;
use crate::case_file::{CaseFile, Obligation};
use crate::due::{Due, due_key};
use crate::tally::Counted;
use model::{CaseNo, DeptId, ObligationKey};

/// By what one case is found. The default is a case that is not there.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Marks {
    known: bool,
    open: bool,
    claimed: bool,
    parked: bool,
    agreed: bool,
    due: Vec<(DeptId, Due)>,
    counted: Vec<Counted>,
}

impl Marks {
    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    pub(crate) fn of(file: &CaseFile) -> Self {
        let mut due = Vec::new();
        let (mut over, mut claimed, mut parked) = (true, false, false);
        for o in &file.obligations {
            // An answered 补正 is decided by the round that answers it.
            let answered = file
                .obligations
                .iter()
                .any(|later| later.matter == o.matter && later.round > o.round);
            over &= o.is_over() || (answered && o.is_idle());
            parked |= o.ended.is_none() && o.last_delivery().is_some_and(|d| d.is_parked());
            for d in &o.deliveries {
                claimed |= d.attempts.iter().any(|a| a.state.is_open() && a.claim.is_some());
                if let (Some(at), None) = (d.due, d.superseded) {
                    let key = ObligationKey {
                        case_no: file.case.no.clone(),
                        matter: o.matter.clone(),
                        round: o.round,
                    };
                    due.push((o.matter.dept(), Due { at, key, n: d.n }));
                }
            }
        }
        for form in &file.forms {
            over &= form.closed.is_some();
            claimed |= form.claim.is_some();
        }
        over &= file.open_reviews().next().is_none();
        Self {
            known: true,
            open: !over || file.obligations.is_empty(),
            claimed,
            parked,
            agreed: file.has_agreed(),
            due,
            counted: file.obligations.iter().map(Obligation::counted).collect(),
        }
    }
}

impl Books {
    /// Makes a case found by what is true of it now.
    pub(crate) fn mark(&mut self, case_no: &CaseNo, before: &Marks, now: &Marks) {
        let key = case_no.as_str();
        self.counters.cases += u64::from(now.known && !before.known);
        match (before.open, now.open) {
            (false, true) => self.counters.open += 1,
            (true, false) => self.counters.open = self.counters.open.saturating_sub(1),
            _ => {}
        }
        let flags = [
            (&mut self.open, before.open, now.open),
            (&mut self.claimed, before.claimed, now.claimed),
            (&mut self.parked, before.parked, now.parked),
            (&mut self.agreed, before.agreed, now.agreed),
        ];
        for (shelf, before, now) in flags {
            match (before, now) {
                (false, true) => shelf.insert(key, true),
                (true, false) => shelf.remove(key),
                _ => {}
            }
        }
        self.count_again(&before.counted, &now.counted);
        for gone in before.due.iter().filter(|due| !now.due.contains(due)) {
            self.due.remove(&due_key(&gone.0, &gone.1));
        }
        for new in now.due.iter().filter(|due| !before.due.contains(due)) {
            self.put_due(&new.0, &new.1);
        }
    }
}
