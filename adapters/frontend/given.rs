//! One file that a person brings instead of the department: by mail, on a stick, from a backup. It has no marker and no
//! source to answer; its name says which feed it belongs to and which number it has, as at the place.

use crate::fetch::sha256;
use crate::format;
use crate::names;
use crate::rows::{Counted, Refused};
use crate::settings::{FileFormat, InSettings};
use model::{Code, Finding};
use port::{Claim, Context, Declared, Fault, Offer, Parts, RowSource};
use std::io::Cursor;

/// What stands in the claim of such a file: there is nothing to move.
const GIVEN: &str = "given:";

/// Whether a claim is of a file that was brought.
pub fn is_given(claim: &Claim) -> bool {
    claim.0.starts_with(GIVEN)
}

/// Offers a file by its name and bytes.
pub fn offer(settings: &InSettings, format: FileFormat, context: &Context, parts: Parts) -> Result<Offer, Fault> {
    let name = parts.name.rsplit('/').next().unwrap_or_default().to_owned();
    let Some((_, feed)) = settings.feed_of(&name) else {
        let patterns: Vec<&str> = settings.feeds.iter().map(|f| f.pattern.as_str()).collect();
        return Err(Fault::person(
            Finding::new(Code::EFileName)
                .with("pattern", patterns.join(" "))
                .file(name),
        ));
    };
    let number = names::stem(&name).to_owned();
    let answers = feed
        .answers
        .as_ref()
        .and_then(|suffix| number.strip_suffix(suffix.as_str()))
        .map(str::to_owned);
    let (digest, bytes) = (sha256(&parts.body), parts.body.len() as u64);
    let rows = rows(format, context, &feed.feed, parts.body, &name)
        .unwrap_or_else(|why| Box::new(Refused::new(why, &name)) as Box<dyn RowSource>);
    Ok(Offer {
        feed: feed.feed.clone(),
        claim: Claim(format!("{GIVEN}{name}")),
        declared: Declared {
            number: Some(number),
            answers,
            rows: None,
        },
        name,
        digest,
        bytes,
        rows,
        position: None,
    })
}

fn rows(
    format: FileFormat,
    context: &Context,
    feed: &str,
    body: Vec<u8>,
    name: &str,
) -> Result<Box<dyn RowSource>, Finding> {
    let found = context
        .channel
        .feeds
        .iter()
        .find(|f| f.name == feed)
        .and_then(|f| context.layout(&f.layout));
    let Some(layout) = found else {
        return Err(Finding::new(Code::SChannelSetting)
            .with("setting", format!("in.feeds {feed}"))
            .with("detail", "没有布局 has no layout"));
    };
    let bytes = body.len() as u64;
    let reader = format::open(format, Box::new(Cursor::new(body)), format::encoding(layout)?, bytes)?;
    Ok(Box::new(Counted::new(reader, None, name.to_owned())))
}
