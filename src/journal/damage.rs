//! What can be wrong with a journal, and exactly where.

use std::fmt;

/// One kind of damage.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum DamageKind {
    /// A segment's header is not what was written.
    SegmentHeader,
    /// A segment is not there, or stands in another's place.
    SegmentMissing,
    /// A segment's name is not its first group's sequence.
    SegmentName,
    /// A segment belongs to another journal.
    Foreign,
    /// A group's header is not what was written, or no group stands where one must.
    GroupHeader,
    /// A group has another sequence than the one that must follow: removed, repeated or reordered.
    GroupOrder,
    /// A group does not continue the chain.
    ChainLink,
    /// A group's footer (or, with a repaired checksum, its header) is not what was chained.
    Footer,
    /// A group's trailer is not what was written.
    Trailer,
    /// A group's annex is not what was written.
    Annex,
    /// A body is not what was written.
    Body,
    /// A body does not open although its bytes are those chained: annex or key tampered with.
    Sealed,
    /// An entry is marked as erased, and no later entry says so.
    ErasedUnnamed,
    /// An erased entry's place holds something.
    ErasedNotEmpty,
    /// The `head` file is not there.
    HeadMissing,
    /// The `head` file is not what was written.
    Head,
    /// The `head` file names another chain than the journal has at that group.
    HeadChain,
    /// A group that was acknowledged is not there: the end was cut off.
    Cut,
    /// The first group that nothing vouches for: all before it is genuine; it, or what followed it, was changed by somebody
    /// who made the chain anew from here and could not sign it.
    Signature,
    /// No signature stands where the node puts one.
    Unsigned,
    /// A paper that was kept elsewhere says of this group that another chain ended with it.
    Anchor,
}

impl DamageKind {
    /// A short fixed word, for findings and for scripts.
    pub fn word(self) -> &'static str {
        match self {
            Self::SegmentHeader => "segment-header",
            Self::SegmentMissing => "segment-missing",
            Self::SegmentName => "segment-name",
            Self::Foreign => "foreign-segment",
            Self::GroupHeader => "group-header",
            Self::GroupOrder => "group-order",
            Self::ChainLink => "chain-link",
            Self::Footer => "footer",
            Self::Trailer => "trailer",
            Self::Annex => "annex",
            Self::Body => "body",
            Self::Sealed => "sealed-body",
            Self::ErasedUnnamed => "erased-unnamed",
            Self::ErasedNotEmpty => "erased-not-empty",
            Self::HeadMissing => "head-missing",
            Self::Head => "head",
            Self::HeadChain => "head-chain",
            Self::Cut => "cut",
            Self::Signature => "signature",
            Self::Unsigned => "unsigned",
            Self::Anchor => "anchor",
        }
    }
}

/// Something wrong at an exact place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Damage {
    /// The file.
    pub file: String,
    /// The group that stands there or should; 0 where none is meant.
    pub group: u64,
    /// The entry within the group, from 0, where one is meant.
    pub entry: Option<u32>,
    /// Byte offset in the file, from 0.
    pub offset: u64,
    /// What is wrong.
    pub kind: DamageKind,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} byte {}", self.file, self.offset)?;
        if self.group > 0 {
            write!(f, " group {}", self.group)?;
        }
        if let Some(entry) = self.entry {
            write!(f, " entry {entry}")?;
        }
        write!(f, ": {}", self.kind.word())
    }
}
