//! Is the database there, are its tables as agreed, and does something stand in them that nobody will end by itself?

use super::fault::protocol;
use super::session::Session;
use super::settings::{InTable, OutTable, columns};
use crate::units;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use model::define::Layout;
use model::{Code, Finding};
use port::{Context, Fault};
use seams::UnixMs;
use std::time::Duration;

/// At most so many claims of others are looked at.
const CLAIMS_MAX: usize = 100;

/// Reads no row and every column.
pub async fn out(session: &mut Session<'_>, settings: &OutTable, layouts: &[&Layout]) -> Result<(), Fault> {
    let table = session.table(&settings.table).await?;
    let mut wanted = vec![
        settings.key.as_str(),
        &settings.version,
        &settings.state,
        &settings.made,
    ];
    wanted.extend(layouts.iter().flat_map(|l| columns(l)).map(String::as_str));
    session.rows(table.select(&wanted).and("1 = 0").done()).await?;
    Ok(())
}

/// The same, and what stands there: states that nobody agreed on, claims of other nodes that are too old.
pub async fn in_(
    session: &mut Session<'_>,
    settings: &InTable,
    layout: &Layout,
    context: &Context,
) -> Result<(), Fault> {
    let table = session.table(&settings.table).await?;
    let optional = [&settings.reason, &settings.node, &settings.token, &settings.claimed];
    let mut wanted = vec![settings.state.as_str(), &settings.made];
    wanted.extend(
        settings
            .key
            .iter()
            .chain(optional.into_iter().flatten())
            .map(String::as_str),
    );
    wanted.extend(columns(layout).map(String::as_str));
    session.rows(table.select(&wanted).and("1 = 0").done()).await?;

    let odd = table.select(&[&settings.state]);
    let odd = odd.none_of(&settings.state, &settings.states.all());
    let odd = session.rows(odd.first(&[&settings.state], 1).done()).await?;
    if let Some(cells) = odd.first() {
        let state = cells.first().cloned().flatten();
        let shown: String = state.as_deref().unwrap_or("NULL").chars().take(16).collect();
        let detail = format!("{} = {} 未约定 was never agreed", settings.state, shown.escape_debug());
        return Err(protocol(session.endpoint(), &detail));
    }
    let Some(node) = &settings.node else {
        return Ok(());
    };
    let since = settings.claimed.as_ref().unwrap_or(&settings.made);
    let mut wanted = vec![node.as_str(), since];
    wanted.extend(settings.key.iter().map(String::as_str));
    let theirs = table.select(&wanted).is(&settings.state, &settings.states.claimed);
    let theirs = theirs.other_than(node, &context.node).first(&[since], CLAIMS_MAX);
    for cells in session.rows(theirs.done()).await? {
        let text = |at: usize| cells.get(at).cloned().flatten().unwrap_or_default();
        let Some(age) = age(&text(1), context) else { continue };
        if age > settings.claim_alarm.0 {
            let name: Vec<String> = (2..cells.len()).map(text).collect();
            return Err(Fault::person(
                Finding::new(Code::COldClaim)
                    .with("file", name.join("."))
                    .with("owner", text(0).escape_default())
                    .with("age", units::shown(age)),
            ));
        }
    }
    Ok(())
}

/// How long ago a civil time was; a time with an offset of its own keeps it.
pub fn age(text: &str, context: &Context) -> Option<Duration> {
    let instant = match text.parse::<jiff::Timestamp>() {
        Ok(instant) => instant,
        Err(_) => {
            let civil: DateTime = text.parse().ok()?;
            let offset = Offset::from_seconds(context.offset_minutes.checked_mul(60)?).ok()?;
            offset.to_timestamp(civil).ok()?
        }
    };
    Some(context.clock.now().since(UnixMs(instant.as_millisecond())))
}
