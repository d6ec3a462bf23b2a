//! What a transition works with: the plan, the books, the time, and a way to say what happened.
//!
//! Transitions stage events and list actions; they wait for nothing and touch nothing outside.

use crate::action::{Act, Action};
use crate::plan::Plan;
use crate::transition::close_day;
use ledger::{Books, Event, Ledger, LedgerError, Pos};
use mapping::Extensions;
use model::{Code, Finding};

/// Why a transition stopped.
#[derive(Debug)]
pub enum Stop {
    /// The ledger failed: the process must end.
    Ledger(LedgerError),
    /// The answer is no, and why.
    No(Box<Finding>),
}

impl From<LedgerError> for Stop {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}

impl From<Finding> for Stop {
    fn from(finding: Finding) -> Self {
        Self::No(Box::new(finding))
    }
}

/// The result of a transition.
pub type Done<T = ()> = Result<T, Stop>;

/// A refusal of a call, by code and one argument.
pub fn no<T>(code: Code, name: &str, value: impl std::fmt::Display) -> Done<T> {
    Err(Finding::new(code).with(name, value).into())
}

/// What a transition works with.
pub struct Desk<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The ledger.
    pub ledger: &'a mut dyn Ledger,
    /// Milliseconds since 1970; never before the journal's last time.
    pub now: i64,
    /// What is asked of the world once the group is durable.
    pub actions: &'a mut Vec<Action>,
}

impl Desk<'_> {
    /// Says that something happened. What is said first on a new day is preceded by the sheet of the day before.
    pub fn say(&mut self, event: Event) -> Done<Pos> {
        close_day::close_day(self)?;
        self.mirror(&event);
        Ok(self.ledger.stage(self.now, event)?)
    }
    /// A copy of what is an audit entry goes elsewhere, once it is durable.
    pub fn mirror(&mut self, event: &Event) {
        let act = Act::of(event, self.now);
        self.actions.extend(act.map(|act| Action::Mirror(Box::new(act))));
    }
    /// Makes durable what was said, where it is much. Only between things that may each be so alone.
    pub fn room(&mut self) -> Done {
        if self.ledger.is_full() {
            self.ledger.commit()?;
        }
        Ok(())
    }
    /// The books as of the last event said.
    pub fn books(&mut self) -> &mut Books {
        self.ledger.books()
    }
    /// What people added to the code tables.
    pub fn extensions(&mut self) -> Extensions {
        let mut extensions = Extensions::default();
        for pair in self.books().mapped_codes() {
            extensions.add(&pair.table, &pair.code, &pair.canonical);
        }
        extensions
    }
    /// Asks something of the world, after the commit.
    pub fn ask(&mut self, action: Action) {
        self.actions.push(action);
    }
    /// Today, in the configured zone.
    pub fn today(&self) -> jiff::civil::Date {
        self.plan.day(self.now)
    }
}
