//! Rows coming in: claimed one by one by an update that only one node can win, and offered one by one.
//!
//! There is no watermark: a row is found by its state, so one that is committed late with an older time is found at the
//! next look. After a restart our own claims are found by our name in them.

use super::probe::age;
use super::rows::{One, too_large, weigh};
use super::session::{Cells, Session};
use super::settings::{InTable, columns};
use super::statement::{Draft, Table};
use model::define::Layout;
use model::{Cell, Code, Finding, Header};
use port::{Claim, Context, Declared, Fault, Offer, RowSource};
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// More claims than a dead node leaves.
const TAKEN_OVER_MAX: usize = 1_000;
/// More odd rows than a person looks at. Behind them others wait for these to be put right.
const ODD_MAX: usize = 100;

/// The incoming side of a channel.
pub struct Inbox<'a> {
    pub settings: &'a InTable,
    pub layout: &'a Layout,
    pub context: &'a Context,
    pub said: &'a Said,
}

/// What stands before the digest in the claim of a row that is none of ours to mark.
const ODD: &str = "odd:";

/// Rows in a state nobody agreed on that the ledger has, by claim. Only spares work: one that is offered again is known by
/// its content.
#[derive(Default)]
pub struct Said(Mutex<BTreeSet<String>>);

impl Said {
    /// Whether a claim is of such a row; it is not offered again then.
    pub fn takes(&self, claim: &Claim) -> bool {
        let odd = is_odd(claim);
        if odd {
            self.all().insert(claim.0.clone());
        }
        odd
    }

    fn all(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a claim is of a row in a state that nobody agreed on: it was looked at and never claimed.
pub fn is_odd(claim: &Claim) -> bool {
    claim.0.starts_with(ODD)
}

/// What stands in a claim: the row's key and the claim's own number.
pub type Held = (Vec<String>, Option<String>);

impl Inbox<'_> {
    /// Offers what is ours already, then claims what is new, at most `max` rows in all.
    pub async fn collect(&self, session: &mut Session<'_>, max: usize) -> Result<Vec<Offer>, Fault> {
        let table = session.table(&self.settings.table).await?;
        let states = &self.settings.states;
        let mut ours = self.look(&table).is(&self.settings.state, &states.claimed);
        if let Some(node) = &self.settings.node {
            ours = ours.is(node, &self.context.node);
        }
        let mut offers = Vec::new();
        for cells in session.rows(self.ordered(ours, max)).await? {
            offers.extend(self.offer(cells));
        }
        let room = max.saturating_sub(offers.len());
        if room == 0 {
            return Ok(offers);
        }
        let new = self.look(&table).is(&self.settings.state, &states.new);
        for cells in session.rows(self.ordered(new, room)).await? {
            let Some(key) = self.key(&cells) else {
                tracing::warn!(table = self.settings.table, "a row without a key was left alone");
                continue;
            };
            let token = format!("{:016x}", self.context.rng.next_u64());
            let claim = self.holding(table.update(&self.mark(&token, &self.now())), &key);
            if session
                .change(claim.is(&self.settings.state, &states.new).done())
                .await?
                != 1
            {
                continue; // another node was quicker
            }
            // Read again: what is offered is what we hold.
            let held = self.claimed(self.look(&table), &key, Some(&token));
            for cells in session.rows(self.ordered(held, 1)).await? {
                offers.extend(self.offer(cells));
            }
        }
        let room = max.saturating_sub(offers.len());
        offers.extend(self.odd(session, &table, room).await?);
        Ok(offers)
    }

    /// Rows whose state is none that was agreed on: they are not ours to claim, and must not wait in silence. One may still
    /// be written; one that is old is not.
    async fn odd(&self, session: &mut Session<'_>, table: &Table, max: usize) -> Result<Vec<Offer>, Fault> {
        let mut wanted: Vec<&str> = self.settings.key.iter().map(String::as_str).collect();
        wanted.push(&self.settings.made);
        wanted.push(&self.settings.state);
        wanted.extend(columns(self.layout).map(String::as_str));
        let odd = table
            .select(&wanted)
            .none_of(&self.settings.state, &self.settings.states.all());
        let (mut offers, mut there) = (Vec::new(), BTreeSet::new());
        for cells in session.rows(self.ordered(odd, ODD_MAX)).await? {
            let made = cells
                .get(self.settings.key.len())
                .cloned()
                .flatten()
                .unwrap_or_default();
            if age(&made, self.context).is_some_and(|age| age <= self.settings.claim_alarm.0) {
                continue;
            }
            let (_, digest) = weigh(cells.iter().map(Option::as_deref));
            let claim = digest
                .iter()
                .fold(ODD.to_owned(), |text, byte| format!("{text}{byte:02x}"));
            let known = self.said.all().contains(&claim);
            there.insert(claim.clone());
            let Some(key) = self.key(&cells).filter(|_| !known && offers.len() < max) else {
                continue;
            };
            let finding = Finding::new(Code::EUnmapped)
                .column(self.settings.state.as_str())
                .with("column", &self.settings.state)
                .with("table", "database.in.states");
            let header = Header::new(columns(self.layout).map(String::as_str));
            let row = Box::new(One::bad(header, finding));
            // It uses no number up: it comes under its own once its state is one that was agreed on.
            offers.push(self.offer_of(name(&key), None, Claim(claim), (digest, 0), row));
        }
        self.said.all().retain(|claim| there.contains(claim));
        Ok(offers)
    }

    /// Takes over what other nodes hold.
    pub async fn take_over(&self, session: &mut Session<'_>) -> Result<Vec<String>, Fault> {
        let Some(node) = &self.settings.node else {
            return Ok(Vec::new());
        };
        let table = session.table(&self.settings.table).await?;
        let claimed = &self.settings.states.claimed;
        let mut wanted: Vec<&str> = self.settings.key.iter().map(String::as_str).collect();
        wanted.push(node);
        let theirs = table.select(&wanted).is(&self.settings.state, claimed);
        let theirs = self.ordered(theirs.other_than(node, &self.context.node), TAKEN_OVER_MAX);
        let mut taken = Vec::new();
        for mut cells in session.rows(theirs).await? {
            let (Some(owner), Some(key)) = (cells.pop().flatten(), cells.into_iter().collect::<Option<Vec<_>>>())
            else {
                continue;
            };
            let token = format!("{:016x}", self.context.rng.next_u64());
            let now = self.now();
            let take = self.holding(table.update(&self.mark(&token, &now)), &key);
            let take = take.is(&self.settings.state, claimed).is(node, &owner);
            if session.change(take.done()).await? == 1 {
                taken.push(name(&key));
            }
        }
        taken.sort();
        Ok(taken)
    }

    /// Whether a row is still held by this claim.
    pub async fn holds(&self, session: &mut Session<'_>, claim: &Claim) -> Result<bool, Fault> {
        let (key, token) = read(claim, self.settings)?;
        let table = session.table(&self.settings.table).await?;
        let held = self.claimed(table.select(&[&self.settings.state]), &key, token.as_deref());
        Ok(!session.rows(self.ordered(held, 1)).await?.is_empty())
    }

    /// A row that we hold, under this token where tokens are kept.
    fn claimed<'t>(&self, draft: Draft<'t>, key: &[String], token: Option<&str>) -> Draft<'t> {
        let settings = self.settings;
        let mut draft = self.holding(draft, key).is(&settings.state, &settings.states.claimed);
        if let Some(column) = &settings.node {
            draft = draft.is(column, &self.context.node);
        }
        match (&settings.token, token) {
            (Some(column), Some(token)) => draft.is(column, token),
            _ => draft,
        }
    }

    /// What a claim writes.
    fn mark<'v>(&'v self, token: &'v str, now: &'v str) -> Vec<(&'v str, Option<&'v str>)> {
        let settings = self.settings;
        let mut set = vec![(settings.state.as_str(), Some(settings.states.claimed.as_str()))];
        set.extend(
            settings
                .node
                .iter()
                .map(|c| (c.as_str(), Some(self.context.node.as_str()))),
        );
        set.extend(settings.token.iter().map(|c| (c.as_str(), Some(token))));
        set.extend(settings.claimed.iter().map(|c| (c.as_str(), Some(now))));
        set
    }

    fn now(&self) -> String {
        super::outgoing::civil(self.context.clock.now().0, self.context.offset_minutes)
    }

    /// Key, token, and what the feed reads.
    fn look<'t>(&self, table: &'t Table) -> Draft<'t> {
        let mut wanted: Vec<&str> = self.settings.key.iter().map(String::as_str).collect();
        wanted.push(self.settings.token.as_ref().unwrap_or(&self.settings.state));
        wanted.extend(columns(self.layout).map(String::as_str));
        table.select(&wanted)
    }

    fn holding<'t>(&self, draft: Draft<'t>, key: &[String]) -> Draft<'t> {
        let pairs = self.settings.key.iter().zip(key);
        pairs.fold(draft, |draft, (column, value)| draft.is(column, value))
    }

    fn ordered(&self, draft: Draft<'_>, max: usize) -> super::statement::Statement {
        let mut order = vec![self.settings.made.as_str()];
        order.extend(self.settings.key.iter().map(String::as_str));
        // A thousand rows are a page; whoever asks for everything asks again.
        draft.first(&order, max.min(TAKEN_OVER_MAX)).done()
    }

    fn key(&self, cells: &Cells) -> Option<Vec<String>> {
        cells.iter().take(self.settings.key.len()).cloned().collect()
    }

    fn offer(&self, mut cells: Cells) -> Option<Offer> {
        let key = self.key(&cells)?;
        let rest = cells.split_off(key.len() + 1);
        let token = self.settings.token.as_ref().and(cells.pop().flatten());
        let header = Header::new(columns(self.layout).map(String::as_str));
        let (bytes, digest) = weigh(rest.iter().map(Option::as_deref));
        let limit = self.context.max_batch_bytes;
        let rows: Box<dyn RowSource> = if bytes > limit {
            Box::new(One::bad(header, too_large(bytes, limit)))
        } else {
            let cells: Vec<Cell> = rest.into_iter().map(|c| c.map(String::into_boxed_str)).collect();
            Box::new(One::row(header, cells))
        };
        let name = name(&key);
        let held: Held = (key, token);
        let claim = Claim(serde_json::to_string(&held).ok()?);
        Some(self.offer_of(name.clone(), Some(name), claim, (digest, bytes), rows))
    }

    fn offer_of(
        &self,
        name: String,
        number: Option<String>,
        claim: Claim,
        (digest, bytes): ([u8; 32], u64),
        rows: Box<dyn RowSource>,
    ) -> Offer {
        Offer {
            feed: self.settings.feed.clone(),
            claim,
            declared: Declared {
                number,
                answers: None,
                rows: Some(1),
            },
            name,
            digest,
            bytes,
            rows,
            position: None,
        }
    }
}

/// Key and token of a claim.
pub fn read(claim: &Claim, settings: &InTable) -> Result<Held, Fault> {
    let held: Option<Held> = serde_json::from_str(&claim.0).ok();
    let held = held.filter(|(key, _)| key.len() == settings.key.len());
    held.ok_or_else(|| Fault::never("不是本通道的认领 no claim of this channel"))
}

/// What people call a row.
fn name(key: &[String]) -> String {
    key.join(".")
}
