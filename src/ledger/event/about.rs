//! How an obligation ended without booking, and what a report to the hub speaks of.

use model::{MatterId, Standing};
use serde::{Deserialize, Serialize};

/// How an obligation ended without booking.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The case, or what it rests on, was withdrawn.
    Withdrawn,
    /// A person dropped it.
    Dropped,
}

/// What a report to the hub is about.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct About {
    /// The matter.
    pub matter: MatterId,
    /// Its standing.
    pub standing: Standing,
    /// Its reason.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// Date of the result.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub date: Option<String>,
}
