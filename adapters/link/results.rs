//! Reading results page by page. The cursor is committed with the page, by the engine: a page that was read and not
//! committed is read again, and found to be the same by its content.

use crate::answer::busy;
use crate::auth::Session;
use crate::error::{Broken, nonsense};
use crate::json::{self, Bounds, Json};
use crate::rows::{Rows, Shape};
use crate::settings::Results;
use crate::target;
use crate::wire::{Call, Reply, is_busy};
use aws_lc_rs::digest;
use port::{Ask, Claim, Declared, Fault, Offer, Position, Taken};
use seams::point;

#[cfg(test)]
mod tests;

/// What reading results needs.
pub struct Reader {
    /// Where and how.
    pub settings: Results,
    /// The fields that are taken.
    pub shape: Shape,
    /// What a page may have.
    pub bounds: Bounds,
}

/// A page as read.
struct Page {
    items: Vec<Json>,
    digest: [u8; 32],
    bytes: u64,
    next: String,
}

impl Reader {
    /// At most `ask.max` pages from the position on. A fault after the first page waits for the next turn.
    pub async fn collect(&self, session: &Session, ask: &Ask) -> Result<Vec<Offer>, Fault> {
        let mut cursor = ask
            .position
            .as_ref()
            .map_or(self.settings.first.clone(), |p| p.0.clone());
        let mut offers = Vec::new();
        while offers.len() < ask.max {
            let page = match self.page(session, &cursor).await {
                Ok(page) => page,
                Err(fault) if offers.is_empty() => return Err(fault),
                Err(_) => break,
            };
            if page.items.is_empty() {
                break;
            }
            let last = (page.items.len() as u64) < u64::from(self.settings.limit);
            let next = page.next.clone();
            offers.push(self.offer(page, &cursor));
            if last {
                break;
            }
            cursor = next;
        }
        Ok(offers)
    }

    /// The smallest question of the same kind, for `probe`.
    pub fn smallest(&self) -> Call {
        let values = [("cursor", self.settings.first.as_str()), ("limit", "1")];
        Call::get(target::fill(&self.settings.path, &values), &self.settings.path)
    }

    /// A page pushed to us instead of fetched: the same rows, no cursor.
    pub fn pushed(&self, name: String, body: &[u8]) -> Offer {
        let parsed = json::parse(body, self.bounds).map(|page| match page.at(&self.settings.items) {
            Some(Json::List(items)) => items.clone(),
            _ => vec![page],
        });
        let (feed, claim, bytes) = (self.settings.feed.clone(), Claim(name.clone()), body.len() as u64);
        let header = self.shape.header().clone();
        let (digest, rows) = match parsed {
            Ok(items) => (canonical(&items), Rows::new(header, self.rows(&items))),
            Err(finding) => (sha256(body), Rows::broken(header, finding.file(name.clone()))),
        };
        Offer {
            feed,
            claim,
            name,
            declared: Declared::default(),
            digest,
            bytes,
            rows: Box::new(rows),
            position: None,
        }
    }

    async fn page(&self, session: &Session, cursor: &str) -> Result<Page, Fault> {
        let limit = self.settings.limit.to_string();
        let values = [("cursor", cursor), ("limit", limit.as_str())];
        let call = Call::get(target::fill(&self.settings.path, &values), &self.settings.path);
        let endpoint = call.endpoint.clone();
        let reply = session.call(call).await.map_err(Broken::into_fault)?;
        point::passed("link.page-had");
        read(&reply, &self.settings, self.bounds, cursor, &endpoint)
    }

    fn rows(&self, items: &[Json]) -> Vec<Taken> {
        items
            .iter()
            .zip(1..)
            .map(|(item, line)| self.shape.row(line, item))
            .collect()
    }

    fn offer(&self, page: Page, cursor: &str) -> Offer {
        Offer {
            feed: self.settings.feed.clone(),
            claim: Claim(format!("since={cursor}")),
            name: format!("results since={cursor}"),
            declared: Declared::default(),
            digest: page.digest,
            bytes: page.bytes,
            rows: Box::new(Rows::new(self.shape.header().clone(), self.rows(&page.items))),
            position: Some(Position(page.next)),
        }
    }
}

fn read(reply: &Reply, settings: &Results, bounds: Bounds, cursor: &str, endpoint: &str) -> Result<Page, Fault> {
    if is_busy(reply.status) {
        return Err(busy(reply, endpoint));
    }
    let outside = |detail: &str| Fault::retry(nonsense(endpoint, &format!("HTTP {}, {detail}", reply.status)));
    if reply.status != 200 || !reply.json {
        return Err(outside("not a page"));
    }
    let page = json::parse(&reply.body, bounds).map_err(|f| outside(f.code.word()))?;
    let Some(Json::List(items)) = page.at(&settings.items) else {
        return Err(outside(&settings.items));
    };
    if items.len() as u64 > u64::from(settings.limit) {
        return Err(outside(&format!("more than {} rows", settings.limit)));
    }
    let next = page.at(&settings.next).and_then(Json::word).unwrap_or("").to_owned();
    if !items.is_empty() && (next.is_empty() || next == cursor || next.len() > Position::MAX_BYTES) {
        // Rows without a new cursor would be read again for ever.
        return Err(outside(&settings.next));
    }
    Ok(Page {
        digest: canonical(items),
        items: items.clone(),
        bytes: reply.body.len() as u64,
        next,
    })
}

/// The digest of rows, however they were written.
pub fn canonical(items: &[Json]) -> [u8; 32] {
    sha256(&Json::List(items.to_vec()).canonical())
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}
