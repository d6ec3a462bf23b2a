//! One file that a person brings instead of the department: by mail, on a stick, from a backup. It has no marker and no
//! source to answer; its name says which feed it belongs to and which number it has, as at the place.

use crate::fetch::sha256;
use crate::format::Files;
use crate::rows;
use crate::settings::InSettings;
use model::{Code, Finding};
use port::{Claim, Context, Fault, Offer, Parts};
use std::io::Cursor;

/// What stands in the claim of such a file: there is nothing to move.
const GIVEN: &str = "given:";

/// Whether a claim is of a file that was brought.
pub fn is_given(claim: &Claim) -> bool {
    claim.0.starts_with(GIVEN)
}

/// Offers a file by its name and bytes.
pub fn offer(settings: &InSettings, files: Files<'_>, context: &Context, parts: Parts) -> Result<Offer, Fault> {
    let name = parts.name.rsplit('/').next().unwrap_or_default().to_owned();
    let Some((_, feed)) = settings.feed_of(&name) else {
        let patterns: Vec<&str> = settings.feeds.iter().map(|f| f.pattern.as_str()).collect();
        return Err(Fault::person(
            Finding::new(Code::EFileName)
                .with("pattern", patterns.join(" "))
                .file(name),
        ));
    };
    let (digest, bytes) = (sha256(&parts.body), parts.body.len() as u64);
    let found = rows::open(
        files,
        context,
        feed,
        &name,
        (Box::new(Cursor::new(parts.body)), bytes),
        None,
    );
    Ok(Offer {
        feed: feed.feed.clone(),
        claim: Claim(format!("{GIVEN}{name}")),
        declared: found.declared,
        name,
        digest,
        bytes,
        rows: found.rows,
        position: None,
    })
}
