//! After the ledger has it: the row's state says so, with the reason where it was refused.

use super::incoming;
use super::session::Session;
use super::settings::InTable;
use model::{Code, Lang};
use port::{Answer, BatchVerdict, Claim, Fault};
use seams::point;

/// Carries out an answer. Any number of times, with the same end: only a row that is still held by this claim changes.
pub async fn acknowledge(
    session: &mut Session<'_>,
    settings: &InTable,
    node: &str,
    claim: &Claim,
    answer: &Answer,
) -> Result<(), Fault> {
    let (key, token) = incoming::read(claim, settings)?;
    let table = session.table(&settings.table).await?;
    let reason = refusal(answer).map(|reason| shortened(&reason, settings.reason_max));
    let state = match reason {
        None => &settings.states.done,
        Some(_) => &settings.states.failed,
    };
    let mut set = vec![(settings.state.as_str(), Some(state.as_str()))];
    set.extend(
        settings
            .reason
            .iter()
            .map(|column| (column.as_str(), reason.as_deref())),
    );
    let mut update = table.update(&set).is(&settings.state, &settings.states.claimed);
    for (column, value) in settings.key.iter().zip(&key) {
        update = update.is(column, value);
    }
    if let Some(column) = &settings.node {
        update = update.is(column, node);
    }
    if let (Some(column), Some(token)) = (&settings.token, &token) {
        update = update.is(column, token);
    }
    let changed = session.change(update.done()).await?;
    point::passed("frontend.row-answered");
    if changed == 0 {
        // Settled by an earlier call, replaced by the department, or taken over: there is nothing of ours to settle.
        tracing::debug!(table = settings.table, "a row was not held any more");
    }
    Ok(())
}

/// Why the row was refused; `None` where it was taken.
fn refusal(answer: &Answer) -> Option<String> {
    let good = Code::ERepeated.return_code();
    match answer.verdict {
        BatchVerdict::Refused | BatchVerdict::Quarantined => {
            let sentences: Vec<String> = answer.findings.iter().map(|f| f.what(Lang::Zh)).collect();
            Some(format!("{} {}", answer.code, sentences.join("；")))
        }
        BatchVerdict::Accepted | BatchVerdict::Repeat => {
            let bad = answer.rows.iter().find(|row| row.code != "0000" && row.code != good);
            bad.map(|row| format!("{} {}", row.code, row.message))
        }
    }
}

/// At most so many characters, and a sign where there were more.
fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests;
