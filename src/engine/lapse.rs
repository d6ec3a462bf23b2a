//! What is kept for its term goes by rule: finished cases' data into an archive or away, evidence away. Once a day, a bounded
//! piece at a time, and never while the ledger is in doubt or short of room.
//!
//! The order is that of the verb: the archive is durable and was read back before anything is erased, and the erasure says
//! itself. Whoever dies in between finds the rest on the next turn; an archive that was written for nothing stays, and the
//! next one has another name.

use crate::action::Action;
use crate::clear;
use crate::command::Command;
use crate::doubt;
use crate::plan::{Plan, civil};
use crate::run::{Engine, Shared};
use crate::sweep;
use crate::transition::erase::Order;
use jiff::civil::Date;
use ledger::event::Person;
use ledger::{Lapse, Lapsing, LedgerError};
use model::{Finding, Lang};
use seams::point;
use std::path::PathBuf;
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// After a turn that failed, milliseconds.
const AGAIN_MS: i64 = 3_600_000;

/// For how long what is kept; `None` is for ever.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Keep {
    /// The data of a case, after it was finished; days.
    pub data: Option<u32>,
    /// Where archives of them go; without, they are erased.
    pub archive: Option<PathBuf>,
    /// Evidence; days.
    pub evidence: Option<u32>,
}

impl Keep {
    /// Whether anything ever goes.
    pub fn is_for_ever(&self) -> bool {
        self.data.is_none() && self.evidence.is_none()
    }
}

/// Whose turn it is.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Turn {
    /// It is under way.
    pub under_way: bool,
    /// The next one is not before, milliseconds since 1970.
    pub next: i64,
    /// Why the last one failed.
    pub trouble: Option<Finding>,
}

impl Turn {
    /// Notes how a turn ended: whether there is more to do at once, or why it failed.
    fn ended(&mut self, now: i64, tomorrow: i64, result: Result<bool, Finding>) {
        self.under_way = false;
        self.next = match &result {
            Ok(true) => now,
            Ok(false) => tomorrow,
            Err(_) => now.saturating_add(AGAIN_MS),
        };
        self.trouble = result.err();
    }
}

/// What was over before this day has been kept for so long.
pub fn before(plan: &Plan, days: u32, now: i64) -> Date {
    let term = jiff::Span::new().try_days(i64::from(days)).unwrap_or_default();
    plan.day(now).saturating_sub(term)
}

impl Engine {
    /// Lets go of what lapsed, if it is time.
    pub(crate) fn turn_of_lapse(&mut self) -> Result<(), LedgerError> {
        if self.shared.plan.keep.is_for_ever() || self.runtime.lapse.under_way {
            return Ok(());
        }
        let now = self.now();
        if now < self.runtime.lapse.next {
            return Ok(());
        }
        match self.decide(|desk| Ok(doubt::why(desk)))? {
            Ok(None) => {
                self.runtime.lapse.under_way = true;
                self.actions.push(Action::Lapse { at: now });
            }
            // Said where people look for it, until somebody trusts the ledger again.
            Ok(Some(why)) | Err(why) => self.runtime.lapse.trouble = Some(why),
        }
        Ok(())
    }

    pub(crate) fn lapsed(&mut self, result: Result<bool, Finding>) {
        if let Err(finding) = &result {
            let why = finding.sentence(Lang::En);
            tracing::error!(code = %finding.code, why, "what lapsed could not go; it is tried again");
        }
        let now = self.now();
        let plan = &self.shared.plan;
        let tomorrow = plan.day(now).tomorrow().map_or(i64::MAX, |day| plan.midnight(day));
        self.runtime.lapse.ended(now, tomorrow, result);
    }
}

/// One turn. Whether there is more to do.
pub async fn turn(shared: &Arc<Shared>, now: i64) -> Result<bool, Finding> {
    let keep = &shared.plan.keep;
    let mut more = false;
    if let Some(days) = keep.data {
        more |= data(shared, days, now).await?;
    }
    if let Some(days) = keep.evidence {
        more |= evidence(shared, days, now).await?;
    }
    Ok(more)
}

async fn data(shared: &Arc<Shared>, days: u32, now: i64) -> Result<bool, Finding> {
    let plan = &shared.plan;
    let mut lapse = Lapse::new(Lapsing::Data, days, before(plan, days, now));
    let cases = clear::finished(shared, plan.midnight(lapse.before)).await?;
    // To look the whole journal through for nothing would be long.
    if cases.is_empty() {
        return Ok(false);
    }
    let full = cases.len() >= clear::MOST;
    let mut found = clear::find(shared, cases).await?;
    // Of some nothing was ever kept.
    found.data.retain(|data| !data.places.is_empty());
    if found.data.is_empty() {
        return Ok(false);
    }
    if let Some(dir) = &plan.keep.archive {
        let at = civil(now, plan.rules.offset_minutes).strftime("%Y%m%d-%H%M%S");
        let to = dir.join(format!("{}-{at}.arc", plan.rules.node));
        let sealed = clear::archive(&found, to).await?;
        lapse.archive = Some((sealed.name, sealed.digest));
        point::passed("lapse.archived");
    }
    let order = Order {
        person: Person::rule(),
        reason: format!("[keep] data = \"{days} days\""),
        archive: lapse.archive.clone(),
        rule: Some(lapse),
    };
    let gone = clear::forget(shared, found.data, &order).await?;
    Ok(full && gone > 0)
}

async fn evidence(shared: &Arc<Shared>, days: u32, now: i64) -> Result<bool, Finding> {
    let plan = &shared.plan;
    let before = before(plan, days, now);
    let (past, done) = shared.ask(Command::Evidence).await?;
    let found = sweep::evidence(&*past, done + 1, plan.midnight(before)).await;
    let found = found.map_err(clear::read)?;
    if found.places.is_empty() {
        return Ok(false);
    }
    let lapse = Lapse {
        entries: found.places.len() as u64,
        through: found.through,
        ..Lapse::new(Lapsing::Evidence, days, before)
    };
    let places = found.places;
    shared.ask(|tell| Command::Forget(places, lapse, tell)).await?;
    Ok(found.more)
}
