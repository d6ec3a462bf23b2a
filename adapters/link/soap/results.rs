//! Reading results page by page, each by one question with a cursor in it.
//!
//! The cursor is committed with the page, by the engine: a page that was read and not committed is read again, and found
//! to be the same by what its rows say, whatever prefixes and padding it comes with.

use super::courier::Courier;
use super::envelope::{self, Envelope, Opened};
use super::settings::{Answers, Results};
use crate::answer::busy;
use crate::error::{Broken, nonsense};
use crate::results::sha256;
use crate::rows::Rows;
use crate::wire::{Call, Reply, is_busy};
use formats::RowReader;
use formats::xml::XmlReader;
use model::define::Layout;
use model::{Cell, Code, Finding, Header, Row};
use port::{Ask, Claim, Declared, Fault, Offer, Parts, Position, Taken};
use std::sync::Arc;

/// What reading results needs.
pub struct Reader {
    settings: Results,
    envelope: Arc<Envelope>,
    header: Header,
    /// Every name a field is found under, and the slot it fills.
    names: Vec<(Box<str>, usize)>,
    lists: Vec<Box<str>>,
}

/// A page as read.
pub struct Page {
    rows: Vec<Taken>,
    digest: [u8; 32],
    bytes: u64,
    next: String,
}

impl Reader {
    /// For rows of this layout.
    pub fn new(settings: Results, layout: &Layout, envelope: Arc<Envelope>) -> Self {
        let slots = layout.fields.iter().enumerate();
        let names = slots.flat_map(|(slot, field)| {
            let all = std::iter::once(&field.name).chain(&field.aliases);
            all.map(move |name| (name.as_str().into(), slot))
        });
        Self {
            settings,
            envelope,
            header: Header::new(layout.fields.iter().map(|f| f.name.as_str())),
            names: names.collect(),
            lists: envelope::lists(layout),
        }
    }

    /// The feed these rows belong to.
    pub fn feed(&self) -> &str {
        &self.settings.feed
    }

    /// At most `ask.max` pages from the position on. A fault after the first page waits for the next turn.
    pub async fn collect(&self, courier: &Courier, ask: &Ask) -> Result<Vec<Offer>, Fault> {
        let mut cursor = ask
            .position
            .as_ref()
            .map_or(self.settings.first.clone(), |p| p.0.clone());
        let mut offers = Vec::new();
        while offers.len() < ask.max {
            let page = match self.page(courier, &cursor).await {
                Ok(page) => page,
                Err(fault) if offers.is_empty() => return Err(fault),
                Err(_) => break,
            };
            if page.rows.is_empty() {
                break;
            }
            let last = (page.rows.len() as u64) < u64::from(self.settings.limit);
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
    pub fn smallest(&self) -> Result<Call, Fault> {
        self.question(&self.settings.first, "1")
    }

    fn question(&self, cursor: &str, limit: &str) -> Result<Call, Fault> {
        let Results {
            operation,
            since,
            count,
            ..
        } = &self.settings;
        self.envelope.question(operation, &[(since, cursor), (count, limit)])
    }

    async fn page(&self, courier: &Courier, cursor: &str) -> Result<Page, Fault> {
        let call = self.question(cursor, &self.settings.limit.to_string())?;
        let endpoint = call.endpoint.clone();
        let reply = courier.session.call(call).await.map_err(Broken::into_fault)?;
        let page = self.judge(&reply, &endpoint, &courier.answers)?;
        let outside = |detail: &str| Fault::retry(nonsense(&endpoint, &format!("HTTP {}, {detail}", reply.status)));
        if page.rows.len() as u64 > u64::from(self.settings.limit) {
            return Err(outside(&format!("more than {} rows", self.settings.limit)));
        }
        let moved = !page.next.is_empty() && page.next != cursor && page.next.len() <= Position::MAX_BYTES;
        if !page.rows.is_empty() && !moved {
            // Rows without a new cursor would be read again for ever.
            return Err(outside(&self.settings.next));
        }
        Ok(page)
    }

    /// A page, or why the answer is none.
    pub fn judge(&self, reply: &Reply, endpoint: &str, answers: &Answers) -> Result<Page, Fault> {
        if is_busy(reply.status) {
            return Err(busy(reply, endpoint));
        }
        let outside = |detail: &str| Fault::retry(nonsense(endpoint, &format!("HTTP {}, {detail}", reply.status)));
        let operation = &self.settings.operation;
        if let Ok(Opened::Fault(fields)) = self.envelope.opened(reply, operation) {
            return Err(match super::answer::code(&fields, answers) {
                Some(code) if answers.busy.iter().any(|b| b == code) => busy(reply, endpoint),
                code => outside(&format!("Fault {}", code.unwrap_or("?"))),
            });
        }
        if reply.status != 200 || !reply.xml {
            return Err(outside("not a page"));
        }
        let response = format!("{operation}Response");
        let inside = [response.as_str(), self.settings.record.as_str()];
        let reader = self
            .envelope
            .read_lists(&reply.body, &reply.charset, &inside, self.lists.clone());
        let mut reader = reader.map_err(|f| outside(f.code.word()))?;
        let next = format!("Envelope/Body/{response}/{}", self.settings.next);
        let next = reader.around(&next).unwrap_or("").to_owned();
        let (rows, digest) = self
            .rows(&mut reader, &reply.body)
            .map_err(|f| outside(f.code.word()))?;
        Ok(Page {
            rows,
            digest,
            bytes: reply.body.len() as u64,
            next,
        })
    }

    /// Results pushed to us instead of fetched: the same elements in a body of their own, no cursor.
    pub fn pushed(&self, parts: Parts) -> Offer {
        let inside = [self.settings.record.as_str()];
        let read = self
            .envelope
            .read_lists(&parts.body, "", &inside, self.lists.clone())
            .and_then(|mut reader| self.rows(&mut reader, &parts.body));
        let (digest, rows) = match read {
            Ok((rows, digest)) => (digest, Rows::new(self.header.clone(), rows)),
            Err(finding) => {
                let finding = finding.file(parts.name.clone());
                (sha256(&parts.body), Rows::broken(self.header.clone(), finding))
            }
        };
        Offer {
            feed: parts.feed,
            claim: Claim(parts.name.clone()),
            name: parts.name,
            declared: Declared::default(),
            digest,
            bytes: parts.body.len() as u64,
            rows: Box::new(rows),
            position: None,
        }
    }

    /// All rows in the layout's order, and the digest of what they say. Where a row is refused, its content is not at hand:
    /// then the bytes decide, which at worst takes the same page for a new one.
    fn rows(&self, reader: &mut XmlReader, bytes: &[u8]) -> Result<(Vec<Taken>, [u8; 32]), Finding> {
        let found = reader.header().clone();
        let (mut rows, mut content, mut whole) = (Vec::new(), String::new(), true);
        while let Some(taken) = reader.next()? {
            rows.push(match taken {
                formats::Taken::Row(row) => {
                    canonical(&found, &row, &mut content);
                    self.row(&found, row)
                }
                formats::Taken::Bad { line, findings } => {
                    whole = false;
                    Taken::Bad { line, findings }
                }
            });
        }
        let digest = if whole {
            sha256(content.as_bytes())
        } else {
            sha256(bytes)
        };
        Ok((rows, digest))
    }

    /// A row with the names of the document as one with those of the layout. What the layout does not name is passed over.
    fn row(&self, found: &Header, row: Row) -> Taken {
        let line = row.line;
        let mut cells: Vec<Cell> = vec![None; self.header.len()];
        let mut findings = Vec::new();
        for (name, cell) in found.names().iter().zip(row.cells) {
            let slot = self.names.iter().find(|(n, _)| n == name).map(|(_, slot)| *slot);
            let (Some(slot), Some(cell)) = (slot, cell) else {
                continue;
            };
            match cells.get_mut(slot) {
                Some(free @ None) => *free = Some(cell),
                // Once under its name and once under another: nobody can say which one holds.
                _ => findings.push(
                    Finding::new(Code::EDuplicateKey)
                        .with("column", name)
                        .column(&**name)
                        .row(line),
                ),
            }
        }
        if findings.is_empty() {
            Taken::Row(Row { line, cells })
        } else {
            Taken::Bad { line, findings }
        }
    }

    fn offer(&self, page: Page, cursor: &str) -> Offer {
        Offer {
            feed: self.settings.feed.clone(),
            claim: Claim(format!("since={cursor}")),
            name: format!("results since={cursor}"),
            declared: Declared::default(),
            digest: page.digest,
            bytes: page.bytes,
            rows: Box::new(Rows::new(self.header.clone(), page.rows)),
            position: Some(Position(page.next)),
        }
    }
}

/// What a row says, by name: neither the order of its elements nor an empty one makes a difference. No value of an XML
/// document holds the marks between them, except the one between the values of a list.
fn canonical(header: &Header, row: &Row, out: &mut String) {
    let cells = header.names().iter().zip(&row.cells);
    let mut told: Vec<(&str, &str)> = cells.filter_map(|(n, c)| Some((&**n, c.as_deref()?))).collect();
    told.sort_unstable();
    for (name, value) in told {
        out.push_str(name);
        out.push('\0');
        out.push_str(value);
        out.push('\u{1}');
    }
    out.push('\u{2}');
}
