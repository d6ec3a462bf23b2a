//! Does what transitions asked for, after the group that says so is durable. The only place that calls adapters.

use crate::action::{Act, Action};
use crate::brought::brought;
use crate::command::{Command, Fetched, ReadRow, Tell};
use crate::plan::Dept;
use crate::progress::{Meter, Share};
use crate::projection::hex;
use crate::run::Shared;
use crate::transition::begin::{Arrival, Begun};
use crate::transition::end::{Ended, Reading};
use crate::transition::take::STRETCH;
use model::define::{Feed, FeedRole, OnRowError};
use model::{BatchId, Code, DeptId, Finding, Mode};
use port::{Answer, Ask, BatchVerdict, Fault, Offer, Outcome, Parts, Position, Taken};
use seams::point;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::oneshot;

/// Rows per journalled chunk, at most.
const CHUNK_ROWS: usize = 500;
/// Chunks or stretches of a long batch between two lines of the log that say how far it is.
const TOLD: u64 = 200;
/// Batches asked of a source at a time.
const OFFERS: usize = 16;
/// Rounds of asking in one turn: a source that never ends must not hold its turn for ever.
const ROUNDS: usize = 64;

/// Does one action.
pub async fn perform(shared: Arc<Shared>, action: Action) {
    match action {
        Action::Deliver {
            batch,
            place,
            again,
            copy,
        } => {
            let result = deliver(&shared, batch, place.clone(), again, copy).await;
            let delivered = Command::Delivered {
                batch,
                result,
                place,
                person: None,
                tell: None,
            };
            shared.tell(delivered).await;
        }
        Action::Query { batch } => {
            let result = query(&shared, batch).await;
            shared.tell(Command::Queried(batch, result)).await;
        }
        Action::Collect { dept, channel, place } => {
            let gathered = collect(&shared, &dept, &channel, place.map(Brought::from), &Meter::unread()).await;
            shared.tell(Command::Collected(dept, channel, gathered.result())).await;
        }
        Action::Take { batch } => {
            if let Err(finding) = take(&shared, batch, &Share::default()).await {
                let why = finding.sentence(model::Lang::En);
                tracing::error!(%batch, why, "rows of an accepted batch wait");
            }
        }
        Action::LayOut => shared.tell(Command::LayOut).await,
        Action::Enter { task } => {
            if let Err(finding) = crate::Handle::new(shared).enter(task).await {
                tracing::warn!(%task, code = %finding.code, "what was agreed on of a form had no effect");
            }
        }
        Action::Turn(dept, channel, way) => shared.tell(Command::Turn(dept, channel, way)).await,
        Action::Lapse { at } => {
            let result = crate::lapse::turn(&shared, at).await;
            shared.tell(Command::Lapsed(result)).await;
        }
        Action::Mirror(act) => mirror(&shared, &act),
        Action::Acknowledge {
            dept,
            channel,
            claim,
            answer,
        } => {
            if let Some(adapter) = shared.adapter(&dept, &channel)
                && let Err(fault) = adapter.acknowledge(&claim, &answer).await
            {
                tracing::warn!(%dept, channel, %fault, "a source could not be answered; it will be offered again");
            }
        }
    }
}

/// Tells the copy of an audit entry; the ledger has it already.
pub(crate) fn mirror(shared: &Shared, act: &Act) {
    if let Some(mirror) = &shared.mirror
        && let Err(error) = mirror.tell(act)
    {
        tracing::error!(%error, action = act.action, "an audit entry could not be mirrored; the ledger has it");
    }
}

fn gone() -> Fault {
    Fault::never("节点正在停止 the node is stopping")
}

/// Hands one batch over.
pub async fn deliver(
    shared: &Shared,
    batch: BatchId,
    place: Option<PathBuf>,
    again: bool,
    copy: u32,
) -> Result<Vec<Outcome>, Fault> {
    let mut fetched = shared
        .ask(|tell| Command::Fetch(batch, tell))
        .await
        .map_err(Fault::person)?;
    fetched.prepared.place = place;
    fetched.prepared.again = again;
    fetched.prepared.copy = copy;
    deliver_fetched(shared, &fetched).await
}

/// Hands over a batch whose bytes are at hand.
pub async fn deliver_fetched(shared: &Shared, fetched: &Fetched) -> Result<Vec<Outcome>, Fault> {
    let prepared = &fetched.prepared;
    let adapter = shared
        .adapter(&prepared.numbers.dept, &fetched.channel)
        .ok_or_else(gone)?;
    point::passed("engine.bytes-fetched");
    let outcomes = adapter.deliver(prepared).await?;
    point::passed("engine.delivered");
    if outcomes.len() != prepared.records.len() {
        return Err(Fault::never("the adapter did not answer for each record"));
    }
    Ok(outcomes)
}

async fn query(shared: &Shared, batch: BatchId) -> Result<Vec<port::Said>, Fault> {
    let fetched = shared
        .ask(|tell| Command::Fetch(batch, tell))
        .await
        .map_err(Fault::person)?;
    let adapter = shared
        .adapter(&fetched.prepared.numbers.dept, &fetched.channel)
        .ok_or_else(gone)?;
    let said = adapter.query(&fetched.prepared).await;
    point::passed("engine.queried");
    said
}

/// Takes in one file that a person brings to a channel whose batches the node fetches itself.
pub async fn take_file(
    shared: &Shared,
    dept: &DeptId,
    channel: &str,
    file: &Path,
    meter: &Meter,
) -> Result<Took, Fault> {
    let adapter = shared.adapter(dept, channel).ok_or_else(gone)?;
    let defined = shared
        .plan
        .dept(dept)
        .and_then(|d| d.channel(channel))
        .ok_or_else(gone)?;
    let offer = brought(&*adapter, defined, file, shared.plan.rules.max_bytes_in).await?;
    let (name, claim) = (offer.name.clone(), offer.claim.clone());
    meter.expect(offer.bytes);
    let share = meter.share(offer.bytes);
    let answer = take_in(shared, dept, channel, offer, &share).await?;
    share.ended();
    adapter.acknowledge(&claim, &answer).await?;
    Ok(Took { name, answer })
}

/// One taken batch.
pub struct Took {
    /// What people call it.
    pub name: String,
    /// What became of it.
    pub answer: Answer,
}

/// What a look came to: what was taken stays taken, whatever ended the look.
#[derive(Default)]
pub struct Gathered {
    /// Batches.
    pub taken: Vec<Took>,
    /// What ended it before the source had nothing new, or is said of what was left there.
    pub fault: Option<Fault>,
}

impl Gathered {
    /// As the loop is told: how many, or why no more.
    pub fn result(&self) -> Result<usize, Fault> {
        match &self.fault {
            Some(fault) => Err(fault.clone()),
            None => Ok(self.taken.len()),
        }
    }
}

/// A place that a person names, and what he says of a file there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Brought {
    /// The place.
    pub place: PathBuf,
    /// Which batch of ours the file answers.
    pub answers: Option<String>,
    /// What is missing before it is not waited for.
    pub past_gaps: bool,
}

impl From<PathBuf> for Brought {
    fn from(place: PathBuf) -> Self {
        Self {
            place,
            answers: None,
            past_gaps: false,
        }
    }
}

/// Takes in whatever a source offers, batch by batch, until it offers nothing new.
pub async fn collect(
    shared: &Shared,
    dept: &DeptId,
    channel: &str,
    brought: Option<Brought>,
    meter: &Meter,
) -> Gathered {
    let mut taken = Vec::new();
    let fault = gather(shared, dept, channel, brought, meter, &mut taken).await.err();
    Gathered { taken, fault }
}

async fn gather(
    shared: &Shared,
    dept: &DeptId,
    channel: &str,
    brought: Option<Brought>,
    meter: &Meter,
    taken: &mut Vec<Took>,
) -> Result<(), Fault> {
    let adapter = shared.adapter(dept, channel).ok_or_else(gone)?;
    for _ in 0..ROUNDS {
        let before = taken.len();
        let position = shared
            .ask(|tell| Command::Position(dept.clone(), channel.to_owned(), tell))
            .await
            .map_err(Fault::person)?;
        // A medium is read as a whole: what lies on it is never taken away, so it would be offered again.
        let max = if brought.is_some() { usize::MAX } else { OFFERS };
        let ask = Ask {
            position: position.map(Position),
            place: brought.as_ref().map(|brought| brought.place.clone()),
            answers: brought.as_ref().and_then(|brought| brought.answers.clone()),
            past_gaps: brought.as_ref().is_some_and(|brought| brought.past_gaps),
            max,
        };
        let offers = adapter.collect(&ask).await?;
        point::passed("engine.offered");
        if offers.is_empty() {
            break;
        }
        meter.expect(offers.iter().map(|offer| offer.bytes).sum());
        for offer in offers {
            let share = meter.share(offer.bytes);
            let (name, claim) = (offer.name.clone(), offer.claim.clone());
            let taken_in = take_in(shared, dept, channel, offer, &share).await;
            share.ended();
            let answer = match taken_in {
                Ok(answer) => answer,
                // Nothing is wrong with the channel, nor with what comes next.
                Err(fault) if fault.finding.code == Code::CTakenOver => {
                    tracing::warn!(%dept, channel, name, "a batch was left to another node");
                    continue;
                }
                Err(fault) if fault.finding.code == Code::CFeedGone => {
                    tracing::warn!(%dept, channel, name, %fault, "a batch was left where it is");
                    continue;
                }
                Err(fault) => return Err(fault),
            };
            adapter.acknowledge(&claim, &answer).await?;
            point::passed("engine.acknowledged");
            // What rides on every batch and says nothing new is no news to anybody.
            if answer.verdict != BatchVerdict::Repeat || !claim.is_unasked() {
                taken.push(Took { name, answer });
            }
        }
        // What was only left would be offered again.
        if brought.is_some() || taken.len() == before {
            break;
        }
    }
    Ok(())
}

/// Takes one offered batch into the ledger. When it answers, the answer is durable. `C_TAKEN_OVER`: another node has it by
/// now, and nothing of it had effect here.
pub async fn take_in(
    shared: &Shared,
    dept: &DeptId,
    channel: &str,
    offer: Offer,
    share: &Share<'_>,
) -> Result<Answer, Fault> {
    let mut answer = judge(shared, dept, channel, offer, share).await?;
    // Without it the answer is as true.
    let anchor = shared.ask(|tell| Command::Anchor(answer.batch, tell)).await;
    answer.anchor = anchor.ok().flatten();
    Ok(answer)
}

async fn judge(
    shared: &Shared,
    dept: &DeptId,
    channel: &str,
    offer: Offer,
    share: &Share<'_>,
) -> Result<Answer, Fault> {
    let ours = Fault::person;
    let arrival = Arrival {
        dept: dept.clone(),
        channel: channel.to_owned(),
        feed: offer.feed.clone(),
        name: offer.name.clone(),
        digest: hex(&offer.digest),
        number: offer.declared.number.clone(),
        answers: offer.declared.answers.clone(),
        bytes: offer.bytes,
    };
    let position = offer.position.as_ref().map(|p| p.0.clone());
    match shared.ask(|tell| Command::Begin(arrival, tell)).await.map_err(ours)? {
        Begun::Answered(answer) => {
            // What is known already must not hold the source back.
            if let Some(position) = position {
                shared
                    .ask(|tell| Command::Advance(dept.clone(), channel.to_owned(), position, tell))
                    .await
                    .map_err(ours)?;
            }
            Ok(answer)
        }
        Begun::Underway(batch) => take(shared, batch, share).await.map_err(ours),
        Begun::New(batch) => {
            let (name, claim) = (offer.name.clone(), offer.claim.clone());
            point::passed("engine.begun");
            let reading = match read(shared, dept, channel, batch, offer, share).await.map_err(ours)? {
                Ok(warnings) => Reading::Whole { warnings, position },
                Err(finding) => Reading::Failed {
                    finding: in_file(finding, &name),
                    position,
                },
            };
            point::passed("engine.read-to-end");
            // Whoever cannot ask may have lost it: nothing has effect, and what is still ours is offered again.
            let held = match shared.adapter(dept, channel) {
                Some(adapter) => adapter.holds(&claim).await,
                None => Ok(true),
            };
            if !matches!(held, Ok(true)) {
                shared.ask(|tell| Command::Abandon(batch, tell)).await.map_err(ours)?;
                let taken_over = || Fault::person(Finding::new(Code::CTakenOver).with("file", name));
                return Err(held.err().unwrap_or_else(taken_over));
            }
            match shared
                .ask(|tell| Command::End(batch, reading, tell))
                .await
                .map_err(ours)?
            {
                Ended::Answered(answer) => {
                    point::passed("engine.ended");
                    Ok(answer)
                }
                Ended::Underway => {
                    point::passed("engine.judged");
                    take(shared, batch, share).await.map_err(ours)
                }
            }
        }
    }
}

/// Lets an accepted batch's rows have effect, stretch by stretch, so that others have their turn in between.
async fn take(shared: &Shared, batch: BatchId, share: &Share<'_>) -> Result<Answer, Finding> {
    let mut stretches: u64 = 0;
    loop {
        if let Ended::Answered(answer) = shared.ask(|tell| Command::Take(batch, tell)).await? {
            return Ok(answer);
        }
        stretches += 1;
        share.taken(stretches * STRETCH as u64);
        point::passed("engine.stretch-taken");
        if stretches.is_multiple_of(TOLD) {
            tracing::info!(%batch, stretches, "rows of a long batch are taking effect");
        }
    }
}

fn in_file(finding: Finding, name: &str) -> Finding {
    if finding.place.file.is_some() {
        finding
    } else {
        finding.file(name)
    }
}

/// Reads, maps and journals the rows. The outer error is ours, the inner one is the batch's.
async fn read(
    shared: &Shared,
    dept: &DeptId,
    channel: &str,
    batch: BatchId,
    mut offer: Offer,
    share: &Share<'_>,
) -> Result<Result<Vec<Finding>, Finding>, Finding> {
    let plan = &shared.plan;
    let unknown = || Finding::new(Code::VNotFound).with("what", format!("{dept}/{channel}"));
    let department = plan.dept(dept).ok_or_else(unknown)?;
    let feed = department
        .channel(channel)
        .and_then(|c| c.feeds.iter().find(|f| f.name == offer.feed))
        .ok_or_else(unknown)?;
    let (_, compiled) = department.layout(&feed.layout).ok_or_else(unknown)?;
    // The header of a batch that cannot be read is empty; its first `next` says what is wrong, and that says more.
    let mut first = Some(offer.rows.next());
    if let Some(Err(finding)) = first {
        return Ok(Err(finding));
    }
    share.expect(offer.declared.rows.or(offer.rows.expected()));
    let bound = match compiled.bind(offer.rows.header()) {
        Ok(bound) => bound,
        Err(finding) => return Ok(Err(finding)),
    };
    let mut warnings = bound.warnings().to_vec();
    let parks = can_park(department, channel, feed);
    let extensions = shared.ask(Command::Extensions).await?;
    let mut chunk = Vec::new();
    let mut count: u64 = 0;
    loop {
        let taken = match first.take() {
            Some(taken) => taken,
            None => offer.rows.next(),
        };
        let row = match taken {
            Err(finding) => return Ok(Err(finding)),
            Ok(None) => break,
            Ok(Some(Taken::Bad { line, findings })) => ReadRow {
                line,
                incoming: None,
                findings,
                parked: None,
            },
            Ok(Some(Taken::Row(row))) => match bound.read_with(&row, &extensions) {
                Ok((incoming, findings)) => ReadRow {
                    line: row.line,
                    incoming: Some(Box::new(incoming)),
                    findings,
                    parked: None,
                },
                Err(unread) => ReadRow {
                    line: row.line,
                    incoming: None,
                    parked: ReadRow::park(&unread, offer.rows.header(), &row).filter(|_| parks),
                    findings: unread.findings,
                },
            },
        };
        count += 1;
        if count > plan.rules.max_rows_in {
            let finding = Finding::new(Code::ETooLarge)
                .with("found", count)
                .with("limit", plan.rules.max_rows_in)
                .with("setting", "limits.batch_rows");
            return Ok(Err(finding));
        }
        chunk.push(row);
        if chunk.len() >= CHUNK_ROWS {
            let rows = std::mem::take(&mut chunk);
            shared.ask(|tell| Command::Rows(batch, rows, tell)).await?;
            share.read(count);
            point::passed("engine.chunk-journalled");
            if count.is_multiple_of(TOLD * CHUNK_ROWS as u64) {
                tracing::info!(%batch, rows = count, "a long batch is being read");
            }
        }
    }
    if !chunk.is_empty() {
        shared.ask(|tell| Command::Rows(batch, chunk, tell)).await?;
        point::passed("engine.rows-journalled");
    }
    warnings.extend(offer.rows.warnings());
    Ok(Ok(warnings))
}

/// Reads a form as it would be read, and keeps nothing: what is wrong with it, if anything is.
pub async fn rehearse(shared: &Shared, dept: &DeptId, channel: &str, parts: Parts) -> Result<(), Finding> {
    let unknown = || Finding::new(Code::VNotFound).with("what", format!("{dept}/{channel}"));
    let adapter = shared.adapter(dept, channel).ok_or_else(unknown)?;
    let mut offer = adapter.receive(parts).await.map_err(|fault| fault.finding)?;
    let department = shared.plan.dept(dept).ok_or_else(unknown)?;
    let feeds = department
        .channel(channel)
        .map(|c| c.feeds.as_slice())
        .unwrap_or_default();
    let feed = feeds.iter().find(|f| f.name == offer.feed).ok_or_else(unknown)?;
    let (_, compiled) = department.layout(&feed.layout).ok_or_else(unknown)?;
    let first = offer.rows.next()?;
    let bound = compiled.bind(offer.rows.header())?;
    let extensions = shared.ask(Command::Extensions).await?;
    let findings = match first {
        Some(Taken::Row(row)) => bound.read_with(&row, &extensions).err().map(|unread| unread.findings),
        Some(Taken::Bad { findings, .. }) => Some(findings),
        None => None,
    };
    let wrong = findings.into_iter().flatten().find(|f| !f.code.is_warning());
    wrong.map_or(Ok(()), Err)
}

/// Where a row may wait for codes. A clerk is told at once: a form's unknown code is a slip of the hand. Where one bad
/// row refuses the whole file, none is taken apart. A receipt row speaks of a hand-over that must not wait.
fn can_park(dept: &Dept, channel: &str, feed: &Feed) -> bool {
    let channel = dept.channel(channel);
    let fits = channel.is_some_and(|c| c.mode != Mode::Manual && c.on_row_error == OnRowError::AcceptRest);
    fits && matches!(feed.role, FeedRole::Cases | FeedRole::Results)
}

impl Shared {
    /// Tells the loop something; a node that stops no longer listens.
    pub(crate) async fn tell(&self, command: Command) {
        let _ = self.inbox.send(command).await;
    }

    /// Tells the loop something and waits for what it says.
    pub async fn ask<T>(&self, command: impl FnOnce(Tell<T>) -> Command) -> Result<T, Finding> {
        let (tell, told) = oneshot::channel();
        let stopping = || Finding::new(Code::VStopping);
        self.inbox.send(command(tell)).await.map_err(|_| stopping())?;
        told.await.map_err(|_| stopping())?
    }
}

#[cfg(test)]
mod tests;
