//! What the status codes of front-end exchanges mean (domain notes 5.3).
//!
//! The codes `1`, `5` and `6` of 办结结果 changed their meaning between two versions of the code standard. A row that
//! does not say its version has no meaning that could be guessed: `E_CODE_VERSION`, for a person to decide.

use crate::{Code, Standing};
use Standing::*;

/// 办结结果 (DONERESULT) under the version of the code standard that the row names (STDVER).
///
/// `E_CODE_VERSION` without a version or for one that is not known, `E_UNMAPPED` for a code the version does not have.
pub fn done_result(version: Option<&str>, code: &str) -> Result<Standing, Code> {
    let standing = match (version.map(str::trim), code.trim()) {
        (Some("1" | "2"), "0") => Approved,
        (Some("1"), "1") => Returned,
        (Some("2"), "1") => Denied,
        (Some("1" | "2"), "2") => Voided,
        (Some("1" | "2"), "3") => Deleted,
        (Some("1" | "2"), "4") => Transferred,
        (Some("1" | "2"), "5") => Returned,
        (Some("1"), "6") => Closed,
        (Some("2"), "6") => AcceptanceRefused,
        (Some("1" | "2"), _) => return Err(Code::EUnmapped),
        _ => return Err(Code::ECodeVersion),
    };
    Ok(standing)
}

/// 环节结果 (NODERESULT): the result of one step. `1` says that this step agreed; the matter as a whole goes on.
pub fn node_result(code: &str) -> Result<Standing, Code> {
    Ok(match code.trim() {
        "0" => Denied,
        "1" => InReview,
        "2" | "3" => AcceptanceRefused,
        "4" => Accepted,
        "5" => SupplementRequested,
        "6" => Suspended,
        "7" => Returned,
        _ => return Err(Code::EUnmapped),
    })
}

/// The codes of a third gateway, two digits each.
pub fn gateway(code: &str) -> Result<Standing, Code> {
    Ok(match code.trim() {
        "07" => AcceptanceRefused,
        "09" => Voided,
        "10" => Closed,
        "13" => Returned,
        _ => return Err(Code::EUnmapped),
    })
}
