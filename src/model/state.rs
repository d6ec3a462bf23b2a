//! Where a delivery is on its way. Transport states only: what the law says of a matter is its `Standing`.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! words {
    ($(#[$doc:meta])* $type:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub enum $type { $($(#[$vdoc])* #[serde(rename = $word)] $variant),+ }

        impl $type {
            /// Every value, in order.
            pub const ALL: &'static [$type] = &[$($type::$variant),+];
            /// The word used in files, in JSON and on the command line.
            pub fn word(self) -> &'static str {
                match self { $($type::$variant => $word),+ }
            }
            /// The value for a word, if it is one.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some($type::$variant),)+ _ => None }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.word()) }
        }
    };
}
pub(crate) use words;

words!(
    /// How a department is reached.
    Mode {
        /// Its API, called directly.
        Link = "link",
        /// A staging place on a front-end machine.
        Frontend = "frontend",
        /// Files carried by hand, out and back.
        Disk = "disk",
        /// A clerk keys it.
        Manual = "manual",
    }
);

words!(
    /// What one hand-over asks of the department.
    Op {
        /// The opening hand-over of round 1.
        Submit = "submit",
        /// What was missing: the answer to a 补正 (opens a round), or a late item within the round.
        Supplement = "supplement",
        /// A booked obligation's projection changed.
        Amend = "amend",
        /// The case was withdrawn after booking.
        Withdraw = "withdraw",
    }
);

words!(
    /// The transport state of one attempt. Moves only go forward; a retry is a child attempt.
    AttemptState {
        /// Number and bytes are fixed; nothing has left.
        Prepared = "prepared",
        /// May have left. A claimed outbound task counts as handed over.
        HandedOver = "handed_over",
        /// The department has it.
        Acknowledged = "acknowledged",
        /// The department, or our own check, said no, by code.
        Refused = "refused",
        /// The interface cannot say whether it arrived.
        Unknown = "unknown",
        /// It left and no proof came in time.
        Unconfirmed = "unconfirmed",
        /// Proved not taken or not booked.
        Recalled = "recalled",
    }
);

impl AttemptState {
    /// True where the department may hold it, or may come to hold it, and has not answered.
    pub fn is_open(self) -> bool {
        matches!(
            self,
            Self::Prepared | Self::HandedOver | Self::Unknown | Self::Unconfirmed
        )
    }

    /// Whether the move is one of those DESIGN allows; everything else is a defect or a stale message.
    pub fn may_become(self, next: Self) -> bool {
        use AttemptState::*;
        match self {
            Prepared => matches!(next, HandedOver | Acknowledged | Refused | Recalled),
            HandedOver => matches!(next, Acknowledged | Refused | Unknown | Unconfirmed | Recalled),
            Unknown | Unconfirmed => matches!(next, Acknowledged | Refused | Recalled),
            Acknowledged | Refused | Recalled => false,
        }
    }
}

words!(
    /// What a channel offers as proof that a delivery was booked.
    Proof {
        /// A receipt, row by row.
        Receipt = "receipt",
        /// Only that the file was taken away.
        Taken = "taken",
        /// Nothing.
        None = "none",
    }
);
