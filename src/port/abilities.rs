//! What a channel can do: said once, so that nobody finds out in the middle of the night.

/// Who starts a hand-over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Starts {
    /// The node, by schedule.
    Node,
    /// A person with a medium (`disk export`); `Prepared::place` says where.
    Medium,
    /// A person who claims a task; `deliver` is never called.
    Claim,
}

/// A handful of facts about a channel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Abilities {
    /// Who starts a hand-over.
    pub starts: Starts,
    /// The node looks for what came, by schedule; otherwise it is pushed or brought.
    pub collects: bool,
    /// `query` can say something.
    pub queries: bool,
    /// `recall` can succeed.
    pub recalls: bool,
}
