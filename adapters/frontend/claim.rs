//! What a claim of a file says: the name that it has while we hold it, and what its receipt must know of it.

use port::Claim;

/// A claimed file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Held<'a> {
    /// Its name in the directory, with this node's name in it.
    pub claimed: &'a str,
    /// The feed it came for.
    pub feed: &'a str,
    /// SM3 of its content; empty where it was refused unread.
    pub sm3: &'a str,
}

impl<'a> Held<'a> {
    /// The claim. Names have no line ends, so each part has a line of its own.
    pub fn claim(self) -> Claim {
        Claim(format!("{}\n{}\n{}", self.claimed, self.feed, self.sm3))
    }

    /// `None` for what this channel never made.
    pub fn read(claim: &'a Claim) -> Option<Self> {
        let mut parts = claim.0.split('\n');
        let (claimed, feed, sm3) = (parts.next()?, parts.next()?, parts.next()?);
        let whole = parts.next().is_none();
        whole.then_some(Self { claimed, feed, sm3 })
    }
}
