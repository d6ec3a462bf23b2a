//! What transitions ask of the world. Carried out by `perform`, after the commit, never before.

use crate::command::Way;
use ledger::Event;
use ledger::event::Person;
use model::{BatchId, DeptId, TaskId};
use port::{Answer, Claim};
use std::path::PathBuf;

/// One thing to do.
#[derive(Clone, PartialEq, Debug)]
pub enum Action {
    /// Hand over a prepared batch.
    Deliver {
        /// Which.
        batch: BatchId,
        /// Where, if a person said so.
        place: Option<PathBuf>,
        /// An earlier hand-over may have begun.
        again: bool,
        /// Which copy, from 1.
        copy: u32,
    },
    /// Ask the other side what it says of a batch.
    Query {
        /// Which.
        batch: BatchId,
    },
    /// Let the rows of an accepted batch have effect.
    Take {
        /// Which.
        batch: BatchId,
    },
    /// Lay the queue out further.
    LayOut,
    /// Let what was agreed on of a form have effect.
    Enter {
        /// Which.
        task: TaskId,
    },
    /// A channel's turn goes on.
    Turn(DeptId, String, Way),
    /// Let go of what was kept for its term.
    Lapse {
        /// When it is, milliseconds since 1970.
        at: i64,
    },
    /// Tell a copy of an audit entry to whoever keeps them elsewhere.
    Mirror(Box<Act>),
    /// Look for what came.
    Collect {
        /// From.
        dept: DeptId,
        /// Over.
        channel: String,
        /// Where, if a person said so.
        place: Option<PathBuf>,
    },
    /// Answer at the source.
    Acknowledge {
        /// At.
        dept: DeptId,
        /// Over.
        channel: String,
        /// Which source.
        claim: Claim,
        /// What.
        answer: Answer,
    },
}

/// A security-relevant act, as it was journalled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Act {
    /// When, milliseconds since 1970.
    pub at: i64,
    /// Who.
    pub person: Person,
    /// Did what.
    pub action: String,
    /// To what.
    pub object: String,
    /// With what result, or why.
    pub result: String,
}

impl Act {
    /// The act that an event says, if it says one.
    pub fn of(event: &Event, at: i64) -> Option<Self> {
        if let Event::Lapsed(lapse) = event {
            let (archive, _) = lapse.archive.clone().unwrap_or_default();
            return Some(Self {
                at,
                person: Person::rule(),
                action: "ledger lapse".to_owned(),
                object: lapse.what.word().to_owned(),
                result: format!(
                    "{} days, before {}: {} cases, {} entries {archive}",
                    lapse.days, lapse.before, lapse.cases, lapse.entries
                )
                .trim_end()
                .to_owned(),
            });
        }
        let Event::Audit {
            person,
            action,
            object,
            result,
        } = event
        else {
            return None;
        };
        Some(Self {
            at,
            person: person.clone(),
            action: action.clone(),
            object: object.clone(),
            result: result.clone(),
        })
    }
}

/// Keeps copies of acts elsewhere. The ledger has them in any case, and had them before: what is refused there is not done.
pub trait Mirror: Send + Sync {
    /// Tells one. Never waits long.
    fn tell(&self, act: &Act) -> std::io::Result<()>;
}
