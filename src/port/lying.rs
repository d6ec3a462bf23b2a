//! What lies on a medium: for the person who holds it in hand and wants to know what it is. Nothing of it is taken.

use model::{BatchId, Finding};

/// What a thing on a medium is to a channel.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Thing {
    /// None of this channel's business; it was not opened.
    Stranger,
    /// A set between others: it says who sent it and for whom.
    Elsewhere,
    /// What an export left that did not come to its end: never a set.
    Unfinished,
    /// A note or a receipt of ours.
    Note,
    /// A return for us.
    Return,
    /// A set that another gateway numbered, for us.
    Brought,
    /// A set of ours, on its way out.
    Set,
}

/// One thing on a medium.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lying {
    /// Its name there.
    pub name: String,
    /// What it is.
    pub thing: Thing,
    /// Our batch that it is, that it answers or that it speaks of.
    pub number: Option<String>,
    /// The ledger's number of that batch, where it says so.
    pub ledger: Option<BatchId>,
    /// Who sent it, as it says.
    pub sender: Option<String>,
    /// For whom it is, as it says.
    pub recipient: Option<String>,
    /// Its rows: as a set of ours says, and as they were counted in a return.
    pub rows: Option<u64>,
    /// What an offer of it would have as its digest.
    pub digest: Option<[u8; 32]>,
    /// Under which name the department is to answer it.
    pub answer: Option<String>,
    /// Why it cannot be used as it is.
    pub wrong: Option<Finding>,
    /// What should be known about it.
    pub warnings: Vec<Finding>,
}

impl Lying {
    /// A thing of which nothing is known yet but its name.
    pub fn new(name: &str, thing: Thing) -> Self {
        Self {
            name: name.to_owned(),
            thing,
            number: None,
            ledger: None,
            sender: None,
            recipient: None,
            rows: None,
            digest: None,
            answer: None,
            wrong: None,
            warnings: Vec::new(),
        }
    }
}
