//! The list of a case's files: a JSON array of name, size and digest.

use crate::chain::Wrong;
use model::Code;
use model::case::Attachment;

/// Files one case may name.
const FILES_MAX: usize = 200;
/// Characters a file name may have.
const NAME_MAX: usize = 200;
/// Bytes of the list itself.
const LIST_MAX: usize = 128 * 1024;

/// Reads and judges the list. A name is only ever shown and looked up, but it comes from outside: no path, no control
/// character.
pub(crate) fn read(text: &str) -> Result<Vec<Attachment>, Wrong> {
    if text.len() > LIST_MAX {
        return Err(Wrong::from(Code::ETooLong)
            .with("found", text.len())
            .with("limit", LIST_MAX));
    }
    let files: Vec<Attachment> = serde_json::from_str(text).map_err(|_| Code::EFormat)?;
    if files.len() > FILES_MAX {
        return Err(Code::ERange.into());
    }
    if files.iter().all(is_sound) {
        Ok(files)
    } else {
        Err(Code::EFormat.into())
    }
}

fn is_sound(file: &Attachment) -> bool {
    let name = &file.name;
    let plain = !name.contains(['/', '\\']) && !name.chars().any(char::is_control) && name != "." && name != "..";
    let digest = file.digest.len() == 64 && file.digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    plain && digest && !name.is_empty() && name.chars().count() <= NAME_MAX
}
