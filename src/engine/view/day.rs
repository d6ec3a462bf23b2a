//! A day's sheet as it is handed out: signed, and with the head of the chain that holds it.

use crate::desk::{Desk, Done, no};
use crate::projection::hex;
use aws_lc_rs::digest::{SHA256, digest};
use jiff::civil::Date;
pub use ledger::{DayFlow, DayLine, DaySheet};
use model::{Code, Finding};
use serde::{Deserialize, Serialize};

/// What a sheet's signature is made for.
pub const SHEET_LABEL: &str = "day sheet 1";

/// A sheet that can be checked without node and ledger. The signature covers the sheet's form (`DaySheet::bytes`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedSheet {
    /// The sheet.
    pub sheet: DaySheet,
    /// SHA-256 of its form, hexadecimal: the next sheet names it.
    pub digest: String,
    /// Over its form, hexadecimal.
    pub signature: String,
    /// Of the ledger, hexadecimal; whoever checks the sheet has it from elsewhere.
    pub public_key: String,
    /// The signed head of the chain after the sheet's entry: `ledger verify --anchor` holds the journal against it.
    pub ledger: String,
}

/// SHA-256 of a sheet's form, hexadecimal.
pub fn sheet_digest(sheet: &DaySheet) -> String {
    hex(digest(&SHA256, &sheet.bytes()).as_ref())
}

/// The sheet of a day.
pub fn day(desk: &mut Desk<'_>, day: Date) -> Done<SignedSheet> {
    // What was closed in this very group is not vouched for before it is durable.
    desk.ledger.commit()?;
    let Some(closed) = desk.books().day(day).cloned() else {
        return absent(desk, day);
    };
    let bytes = closed.sheet.bytes();
    let Some((signature, public_key)) = desk.ledger.sign(SHEET_LABEL, &bytes) else {
        return no(Code::LRead, "detail", "no signing key");
    };
    let ledger = desk.ledger.signed_head(closed.at.group)?.unwrap_or_default();
    Ok(SignedSheet {
        sheet: closed.sheet,
        digest: closed.digest,
        signature,
        public_key,
        ledger,
    })
}

fn absent<T>(desk: &mut Desk<'_>, day: Date) -> Done<T> {
    let days = desk.books().days();
    let after = days.iter().find(|d| **d > day);
    let detail = match (days.iter().rfind(|d| **d < day), after) {
        (_, None) => format!("{day}尚未日结 {day} is not closed yet"),
        (None, Some(first)) => format!("首份日结单是{first} the first sheet is of {first}"),
        (Some(before), Some(after)) => {
            format!(
                "{day}没有入账，前后日结单为{before}、{after} nothing was said on {day}; the sheets beside it: {before}, {after}"
            )
        }
    };
    Err(Finding::new(Code::VState).with("detail", detail).into())
}
