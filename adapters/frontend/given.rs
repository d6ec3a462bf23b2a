//! One file that a person brings instead of the department: by mail, on a stick, from a backup. It has no marker and no
//! source to answer; its name says which feed it belongs to and which number it has, as at the place.

use crate::fetch;
use crate::format::Files;
use crate::incoming::too_large;
use crate::rows;
use crate::settings::InSettings;
use model::{Code, Finding};
use port::{Claim, Context, Fault, Offer};
use std::path::Path;

/// What stands in the claim of such a file: there is nothing to move.
const GIVEN: &str = "given:";

/// Whether a claim is of a file that was brought.
pub fn is_given(claim: &Claim) -> bool {
    claim.0.starts_with(GIVEN)
}

/// Offers a file by its name; its rows are read from a copy, so that nobody can change them meanwhile.
pub fn offer(settings: &InSettings, files: Files<'_>, context: &Context, file: &Path) -> Result<Offer, Fault> {
    let name = file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let Some((_, feed)) = settings.feed_of(&name) else {
        let patterns: Vec<&str> = settings.feeds.iter().map(|f| f.pattern.as_str()).collect();
        return Err(Fault::person(
            Finding::new(Code::EFileName)
                .with("pattern", patterns.join(" "))
                .file(name),
        ));
    };
    let unreadable = |error: safe_files::FileError| {
        Fault::person(
            Finding::new(Code::CPlace)
                .with("path", file.display())
                .with("detail", error),
        )
    };
    let (mut source, look) = safe_files::open_regular(file).map_err(unreadable)?;
    let limit = context.max_batch_bytes;
    if look.len > limit {
        return Err(Fault::person(too_large(look.len, limit).file(name)));
    }
    let fetched = fetch::copy(&mut source, limit, &context.work_dir, &*context.rng)?;
    if safe_files::look_at(&source).map_err(unreadable)? != look {
        return Err(unreadable(safe_files::FileError::Changed));
    }
    let bytes = fetched.sm3.bytes();
    let found = rows::open(files, context, feed, &name, (Box::new(fetched.file), bytes), None);
    Ok(Offer {
        feed: feed.feed.clone(),
        claim: Claim(format!("{GIVEN}{name}")),
        declared: found.declared,
        name,
        digest: fetched.digest,
        bytes,
        rows: found.rows,
        position: None,
    })
}
