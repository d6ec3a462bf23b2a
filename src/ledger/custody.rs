//! Who has a medium: each copy of a batch on its way through people's hands, as they said it.

use crate::event::Person;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What happened to a copy.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Custody {
    /// Somebody took it away.
    Taken {
        /// Who.
        by: String,
        /// The day by which it is to be back, where one was agreed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        back_by: Option<Date>,
    },
    /// It came back.
    Returned,
    /// It was wiped: nothing of the batch is on it any more.
    Wiped,
    /// Nobody knows where it is.
    Lost,
}

/// One thing that was said of a copy.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CustodyLine {
    /// Which copy, from 1.
    pub copy: u32,
    /// When it was said, milliseconds since 1970.
    pub at: i64,
    /// What.
    pub custody: Custody,
    /// By whom.
    pub person: Person,
    /// What else there was to say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// The last thing that was said of a copy; nothing: it never left the house.
pub fn last(lines: &[CustodyLine], copy: u32) -> Option<&CustodyLine> {
    lines.iter().rfind(|line| line.copy == copy)
}

impl Custody {
    /// Whether it may be said of a copy of which `before` was said last.
    ///
    /// Taken once at a time; back only from whoever took it, or found again; wiped at home; lost wherever it was, unless
    /// nothing is on it.
    pub fn may_follow(&self, before: Option<&Self>) -> bool {
        use Custody::{Lost, Returned, Taken, Wiped};
        match self {
            Taken { .. } | Wiped => matches!(before, None | Some(Returned)),
            Returned => matches!(before, Some(Taken { .. } | Lost)),
            Lost => matches!(before, None | Some(Taken { .. } | Returned)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Custody::{self, Lost, Returned, Taken, Wiped};

    fn taken() -> Custody {
        Taken {
            by: "李四".to_owned(),
            back_by: None,
        }
    }

    #[test]
    fn a_copy_is_in_one_hand_at_a_time() {
        let all = [taken(), Returned, Wiped, Lost];
        // In the order above: what may follow it.
        let table = [
            (None, [true, false, true, true]),
            (Some(taken()), [false, true, false, true]),
            (Some(Returned), [true, false, true, true]),
            (Some(Wiped), [false, false, false, false]),
            (Some(Lost), [false, true, false, false]),
        ];
        for (before, may) in table {
            let found: Vec<bool> = all.iter().map(|c| c.may_follow(before.as_ref())).collect();
            assert_eq!(found, may, "after {before:?}");
        }
    }
}
