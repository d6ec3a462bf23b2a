//! 共享协议: what may leave, and until when. An item it does not list never leaves the node.

use jiff::civil::Date;
use model::define::Agreement;
use model::{Code, Finding, ItemNo};

/// Whether the agreement lists an item.
pub fn lists(agreement: &Agreement, item: ItemNo) -> bool {
    agreement.items.contains(&item)
}

/// Whether it holds on a day; its last day is included.
///
/// # Errors
/// `E_AGREEMENT_EXPIRED`.
pub fn holds(agreement: &Agreement, day: Date) -> Result<(), Finding> {
    if day <= agreement.expires {
        return Ok(());
    }
    Err(Finding::new(Code::EAgreementExpired)
        .with("agreement", &agreement.id)
        .with("date", agreement.expires))
}

/// What is said of an item that it does not list.
pub(crate) fn unlisted(agreement: &Agreement, column: &str) -> Finding {
    Finding::new(Code::ENotAgreed)
        .with("agreement", &agreement.id)
        .with("column", column)
        .column(column)
}
