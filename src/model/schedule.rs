//! When a channel takes its turn, as configured. The engine computes the next turn; here stand only the words.

use serde::{Deserialize, Serialize};

/// When a channel takes its turn.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Schedule {
    /// As soon as something is due.
    AtOnce,
    /// Again and again, this many milliseconds apart.
    Every(u64),
    /// Standard five fields, weekdays by name.
    Cron {
        /// The five fields as written.
        fields: String,
        /// Only on working days of the calendar.
        workdays_only: bool,
    },
    /// Only when a person asks: an export, an import.
    OnRequest,
}
