//! Numbers that must run on without gaps: what came last is the channel's position, what was skipped is said aloud.
//!
//! A gap loses files and tells nobody. Where the department counts its files, the number that is missing is seen when
//! the next one comes; the file itself is taken, for waiting would hold back what is there.

use crate::names;
use crate::rows::Refused;
use crate::settings::{FeedSettings, InSettings};
use model::{Code, Finding, Header};
use port::{Offer, Position, RowSource, Taken};
use std::collections::BTreeMap;

/// Missing numbers that are named one by one; of more than these the first and the last are.
const NAMED_MAX: u64 = 5;

/// Gives each offer of a counted feed its position, and its gap where there is one.
pub fn count(settings: &InSettings, position: Option<&Position>, offers: Vec<Offer>) -> Vec<Offer> {
    if !settings.feeds.iter().any(|f| f.numbered) {
        return offers;
    }
    let mut last = read(position);
    let counted = |offer: &Offer| settings.feeds.iter().any(|f| f.numbered && f.feed == offer.feed);
    offers
        .into_iter()
        .map(|mut offer| {
            let Some(number) = number(&offer.name).filter(|_| counted(&offer)) else {
                return offer;
            };
            let before = last.get(&offer.feed).copied().unwrap_or(0);
            let ordered = |f: &FeedSettings| f.feed == offer.feed && f.hold.is_some();
            if number < before && settings.feeds.iter().any(ordered) {
                // The last one itself may come again: refused, it did not use up its number, and taken, it is answered
                // before anybody reads it.
                let late = Finding::new(Code::ELate).with("number", number).with("last", before);
                offer.rows = Box::new(Refused::new(late, &offer.name));
            }
            if number > before {
                if number > before + 1 {
                    let finding = gap(before + 1, number).file(&offer.name);
                    offer.rows = Box::new(AfterGap {
                        rows: offer.rows,
                        finding,
                    });
                }
                last.insert(offer.feed.clone(), number);
            }
            offer.position = Some(Position(written(&last)));
            offer
        })
        .collect()
}

/// Which numbers came last, while a page is put together.
pub struct Due(BTreeMap<String, u64>);

impl Due {
    /// As the position has it.
    pub fn of(position: Option<&Position>) -> Self {
        Self(read(position))
    }

    /// The numbers that are missing before a file, as people read them; `None` where it is its turn, or was long ago.
    pub fn missing(&self, feed: &str, name: &str) -> Option<String> {
        let found = number(name)?;
        let first = self.0.get(feed).copied().unwrap_or(0).saturating_add(1);
        (found > first).then(|| between(first, found))
    }

    /// A file is offered.
    pub fn came(&mut self, feed: &str, name: &str) {
        if let Some(number) = number(name) {
            let last = self.0.entry(feed.to_owned()).or_default();
            *last = number.max(*last);
        }
    }
}

/// The last digits of a name without its extension.
fn number(name: &str) -> Option<u64> {
    let stem = names::stem(name);
    let other = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    stem.get(other.len()..)?.parse().ok()
}

fn gap(first: u64, found: u64) -> Finding {
    Finding::new(Code::ESequenceGap)
        .with("missing", between(first, found))
        .with("found", found)
}

fn between(first: u64, found: u64) -> String {
    if found - first <= NAMED_MAX {
        (first..found).map(|n| n.to_string()).collect::<Vec<_>>().join(", ")
    } else {
        format!("{first}…{}", found - 1)
    }
}

/// `acks=3 results=17`.
fn read(position: Option<&Position>) -> BTreeMap<String, u64> {
    let text = position.map_or("", |p| p.0.as_str());
    let pairs = text.split(' ').filter_map(|pair| pair.split_once('='));
    pairs
        .filter_map(|(feed, n)| Some((feed.to_owned(), n.parse().ok()?)))
        .collect()
}

fn written(last: &BTreeMap<String, u64>) -> String {
    let pairs: Vec<String> = last.iter().map(|(feed, n)| format!("{feed}={n}")).collect();
    pairs.join(" ")
}

/// Rows before which others are missing.
struct AfterGap {
    rows: Box<dyn RowSource>,
    finding: Finding,
}

impl RowSource for AfterGap {
    fn header(&self) -> &Header {
        self.rows.header()
    }
    fn next(&mut self) -> Result<Option<Taken>, Finding> {
        self.rows.next()
    }
    fn warnings(&self) -> Vec<Finding> {
        let mut warnings = vec![self.finding.clone()];
        warnings.extend(self.rows.warnings());
        warnings
    }
}

#[cfg(test)]
mod tests;
