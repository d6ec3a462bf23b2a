//! Numbered directories coming in: complete with their `END`, claimed whole, one file read out of each.

use super::{Inside, number_of};
use crate::claim::Held;
use crate::fetch::{fetch, sha256};
use crate::format::Files;
use crate::incoming::too_large;
use crate::names;
use crate::place::{Entry, Kind, Moved, Place};
use crate::rows;
use crate::seen::Seen;
use crate::settings::InSettings;
use model::{Code, Finding};
use port::{Ask, Context, Fault, Offer};
use seams::point;
use std::collections::BTreeSet;

/// The incoming side of a channel.
pub struct Inbox<'a> {
    pub place: &'a dyn Place,
    pub settings: &'a InSettings,
    pub files: Files<'a>,
    pub context: &'a Context,
    pub seen: &'a Seen,
}

/// A numbered directory, by its own name and as it is called now.
struct Numbered<'a> {
    name: &'a str,
    full: &'a str,
    /// We hold it already.
    ours: bool,
}

impl Inbox<'_> {
    /// Offers what is complete: what we hold already first, then by number.
    pub async fn collect(&self, ask: &Ask) -> Result<Vec<Offer>, Fault> {
        let listing = self.place.list(&self.settings.dir, self.settings.names_max).await?;
        self.seen.look(&listing.entries, self.context.clock.now());
        let mut offers = Vec::new();
        let mut trouble = None;
        for numbered in self.numbered(&listing.entries) {
            if offers.len() >= ask.max {
                break;
            }
            match self.offer(&numbered).await {
                Ok(offer) => offers.extend(offer),
                // One directory's trouble is its own; the connection's ends the pass.
                Err(fault) => {
                    let ends = !matches!(fault.finding.code, Code::CPlace | Code::ETooLarge | Code::CDenied);
                    tracing::warn!(
                        directory = numbered.name,
                        code = fault.finding.code.word(),
                        "a directory could not be taken"
                    );
                    trouble = Some(fault);
                    if ends {
                        break;
                    }
                }
            }
        }
        match trouble {
            Some(fault) if offers.is_empty() => Err(fault),
            _ => Ok(offers),
        }
    }

    fn numbered<'a>(&self, entries: &'a [Entry]) -> Vec<Numbered<'a>> {
        let mut found: Vec<Numbered<'a>> = Vec::new();
        for entry in entries.iter().filter(|e| e.kind == Kind::Dir) {
            let (name, ours) = match names::claim_of(&entry.name) {
                Some(claim) if claim.node == self.context.node => (claim.name, true),
                Some(_) => continue,
                None => (entry.name.as_str(), false),
            };
            if number_of(name).is_some() {
                let full = entry.name.as_str();
                found.push(Numbered { name, full, ours });
            }
        }
        let ours: BTreeSet<&str> = found.iter().filter(|n| n.ours).map(|n| n.name).collect();
        // While one is being worked on, the next of that number waits.
        found.retain(|n| n.ours || !ours.contains(n.name));
        found.sort_by(|a, b| b.ours.cmp(&a.ours).then_with(|| names::counted(a.name, b.name)));
        found
    }

    async fn offer(&self, numbered: &Numbered<'_>) -> Result<Option<Offer>, Fault> {
        let now = names::join(&self.settings.dir, numbered.full);
        let inside = Inside::look(self.place, self.settings, &now).await?;
        if !numbered.ours && inside.waits().is_some() {
            return Ok(None);
        }
        let Inside { files, others, .. } = inside;
        let feed = match (files.first(), self.settings.feeds.first()) {
            (Some((_, feed)), _) => *feed,
            // Ours, and its file is gone: said, or it would lie there for ever.
            (None, Some(feed)) if numbered.ours => feed,
            _ => return Ok(None),
        };
        let claimed = if numbered.ours {
            numbered.full.to_owned()
        } else {
            let (node, token) = (&*self.context.node, names::fresh_token(&*self.context.rng));
            let claim = names::Claimed {
                name: numbered.name,
                node,
                token: &token,
            };
            claim.full()
        };
        let held = names::join(&self.settings.dir, &claimed);
        if !numbered.ours && self.place.rename(&now, &held).await? != Moved::Done {
            return Ok(None);
        }
        point::passed("frontend.directory-claimed");
        let limit = self.context.max_batch_bytes;
        let name = files.first().map_or("", |(entry, _)| entry.name.as_str());
        let size = files.first().map_or(0, |(entry, _)| entry.size);
        let shown = names::join(numbered.name, name);
        let refused = match files.len() + others.len() {
            1 if size > limit => Some(too_large(size, limit)),
            1 => None,
            other => {
                let detail = format!("编号目录中应恰有一个文件 one file in a numbered directory: {other}");
                Some(Finding::new(Code::EStructure).with("detail", detail))
            }
        };
        let (digest, sm3, bytes, found) = match refused {
            Some(why) => {
                // Not read at all. Its identity is what can be known of it without reading.
                let known = files.iter().map(|(e, _)| format!("{}\n{}", e.name, e.size));
                let known: Vec<String> = known.chain(others).collect();
                let known = format!("{}\n{}", numbered.name, known.join("\n"));
                let found = rows::refuse(self.files, feed, &shown, why);
                (sha256(known.as_bytes()), String::new(), size, found)
            }
            None => {
                let path = names::join(&held, name);
                let (work, rng) = (&self.context.work_dir, &*self.context.rng);
                let Some(fetched) = fetch(self.place, &path, limit, work, rng).await? else {
                    return Ok(None);
                };
                let (bytes, sm3) = (fetched.sm3.bytes(), fetched.sm3.hex());
                let input = (Box::new(fetched.file) as formats::Input, bytes);
                let found = rows::open(self.files, self.context, feed, &shown, input, None);
                (fetched.digest, sm3, bytes, found)
            }
        };
        let held = Held {
            claimed: &claimed,
            feed: &feed.feed,
            sm3: &sm3,
        };
        Ok(Some(Offer {
            feed: feed.feed.clone(),
            claim: held.claim(),
            name: numbered.name.to_owned(),
            declared: found.declared,
            digest,
            bytes,
            rows: found.rows,
            position: None,
        }))
    }
}
