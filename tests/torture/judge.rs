//! The end: everything is let settle, then the books are counted.

use crate::line::{Line, No};
use crate::people::People;
use crate::report::Report;
use crate::stage::Stage;
use departments::cases;
use departments::play::tally::{self, Said, Tally};
use engine::verb::{Reply, Request};
use engine::view::{Balance, ObligationView, WhyLine};
use ledger::account::Account;
use seams::{Rng, SeededRng};
use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

/// A run in which nothing moves for so long has come to its end.
const QUIET: Duration = Duration::from_secs(40);
/// Cases asked about after each start.
const SAMPLE: u64 = 3;

fn asked<T>(answer: Result<T, No>) -> io::Result<T> {
    answer.map_err(|no| io::Error::other(format!("the node could not be asked: {no:?}")))
}

/// Lets a node settle, undisturbed, and counts the books against what it says.
///
/// # Errors
/// The node cannot be asked, or the books cannot be read.
pub async fn settle(stage: &Stage, people: &People, line: &Line) -> io::Result<(Tally, Balance)> {
    let (mut before, mut moved) = (String::new(), stage.clock.mono());
    loop {
        let balance = balance(line).await?;
        let tally = tally::count(&stage.world.books, &people.accepted(), said(&balance), 0.0)?;
        let undecided = match asked(line.ask(Request::Undecided).await)? {
            Reply::Done { count } => count,
            _ => 0,
        };
        let over =
            people.posted() == people.allowed() && people.open_lists() == 0 && tally.waiting == 0 && undecided == 0;
        let now = format!("{tally:?}{undecided}{}{}", people.posted(), people.open_lists());
        if now != before {
            (before, moved) = (now, stage.clock.mono());
        }
        if over || stage.clock.mono().saturating_sub(moved) > QUIET {
            return Ok((tally, balance));
        }
        stage.clock.sleep(Duration::from_millis(200)).await;
    }
}

/// Lets the node settle and writes down what came out.
pub(crate) async fn judge(stage: &Stage, people: &People, line: &Line, report: &mut Report) -> io::Result<()> {
    let (tally, balance) = settle(stage, people, line).await?;
    tally::write_told(&stage.dir, &people.accepted())?;
    take(report, &tally, &balance);
    // A list without a receipt at the end is one that nobody speaks of.
    report.silent += u64::from(people.open_lists());
    if tally.waiting > 0 || tally.lost != 0 {
        for n in people.accepted() {
            report.silent += silent(line, &cases::case_no(n)).await;
        }
    }
    if let Reply::Verified(verified) = asked(line.ask(Request::LedgerVerify).await)? {
        report.damaged = verified.damage.len() as u64;
    }
    Ok(())
}

fn take(report: &mut Report, tally: &Tally, balance: &Balance) {
    report.cases = tally.cases;
    report.accepted = tally.accepted;
    report.booked = tally.booked;
    report.refused = tally.refused;
    report.waiting = tally.waiting;
    report.lost = tally.lost;
    report.doubled = tally.doubled;
    report.unexplained = balance.unexplained;
}

/// The node's own balance.
///
/// # Errors
/// It cannot be asked.
pub async fn balance(line: &Line) -> io::Result<Balance> {
    match asked(line.ask(Request::Balance).await)? {
        Reply::Balance(balance) => Ok(balance),
        other => Err(io::Error::other(format!("no balance: {other:?}"))),
    }
}

fn said(balance: &Balance) -> Said {
    let mut said = Said {
        refused_rows: balance.refused_rows,
        ..Said::default()
    };
    for line in balance.lines.iter().filter(|l| l.dept != "hub") {
        said.refused += line.refused;
        said.waiting += line.waiting;
    }
    said
}

/// Asks about a few cases: how many of their obligations wait without saying for what.
pub(crate) async fn silent_sample(line: &Line, accepted: &BTreeSet<u32>, rng: &SeededRng) -> u64 {
    let mut count = 0;
    for _ in 0..SAMPLE {
        let at = usize::try_from(rng.below(accepted.len() as u64)).unwrap_or(0);
        if let Some(n) = accepted.iter().nth(at) {
            count += silent(line, &cases::case_no(*n)).await;
        }
    }
    count
}

/// Obligations of a case that wait without saying for what, with whom and since when.
async fn silent(line: &Line, case_no: &str) -> u64 {
    let case = line
        .ask(Request::Case {
            case_no: case_no.to_owned(),
            reveal: None,
        })
        .await;
    let why = line
        .ask(Request::Why {
            case_no: case_no.to_owned(),
        })
        .await;
    let (case, why) = match (case, why) {
        (Ok(Reply::Case(case)), Ok(Reply::Why(why))) => (case, why),
        // It ended by itself: whoever kills it next will say so.
        (Err(No::Down), _) | (_, Err(No::Down)) => return 0,
        (case, why) => {
            eprintln!("{case_no}: the node does not know it: {:?} {:?}", case.err(), why.err());
            return 1;
        }
    };
    // What was settled between the two questions needs no reason any more.
    let still = match line
        .ask(Request::Case {
            case_no: case_no.to_owned(),
            reveal: None,
        })
        .await
    {
        Ok(Reply::Case(still)) => still,
        _ => return 0,
    };
    let waits = |o: &&ObligationView| {
        let same = still
            .obligations
            .iter()
            .find(|s| s.matter == o.matter && s.round == o.round);
        o.account == Account::Waiting && same.is_some_and(|s| s.account == Account::Waiting)
    };
    let mut count = 0;
    for o in case.obligations.iter().filter(waits) {
        let latest = case
            .obligations
            .iter()
            .filter(|other| other.matter == o.matter)
            .all(|other| other.round <= o.round);
        let reason = why.lines.iter().find(|l| l.matter == o.matter);
        if latest && !reason.is_some_and(is_a_reason) {
            eprintln!("{case_no}: {} waits in silence: {reason:?}", o.matter);
            count += 1;
        }
    }
    count
}

fn is_a_reason(line: &WhyLine) -> bool {
    !matches!(line.waits_for.as_str(), "" | "nothing") && line.since.is_some() && !line.with.is_empty()
}
