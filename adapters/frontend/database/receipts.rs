//! The states of our own rows as receipts: what is done or failed is offered once, what nobody agreed on goes to a person.
//!
//! The table keeps no mark for us, so what was offered stands in the position (`position`). Rows of other nodes have
//! other numbers and are passed over.

use super::key::Numbering;
use super::position::Answered;
use super::rows::{One, too_large, weigh};
use super::session::Session;
use super::settings::{OutTable, columns};
use model::define::Layout;
use model::{Cell, Code, Finding, Header};
use port::{Claim, Context, Declared, Fault, Offer, Position, RowSource};
use seams::UnixMs;
use std::time::Duration;

/// What stands before the key in the claim of a receipt: there is nothing to mark at the source.
const CLAIM: &str = "receipt:";
/// At most so many pages of rows are read in one look.
const PAGES_MAX: usize = 64;
/// Rows are looked at for so much longer than the department keeps them.
const LONGER: Duration = Duration::from_secs(7 * 86_400);
/// A row that was refused without a code of its own.
const REFUSED: &str = "9999";
/// A row that was booked.
const BOOKED: &str = "0000";

/// Whether a claim is of a receipt.
pub fn is_receipt(claim: &Claim) -> bool {
    claim.0.starts_with(CLAIM)
}

/// Offers what has an answer and was not offered before, at most `max` rows, oldest first.
pub async fn collect(
    session: &mut Session<'_>,
    settings: &OutTable,
    feed: &str,
    layout: &Layout,
    context: &Context,
    position: Option<&Position>,
    max: usize,
) -> Result<Vec<Offer>, Fault> {
    let Some(numbering) = Numbering::new(&settings.number) else {
        return Ok(Vec::new());
    };
    let table = session.table(&settings.table).await?;
    let mut answered = Answered::parse(position);
    let floor = floor(context, settings);
    answered.forget_before(&floor);
    let names: Vec<&str> = columns(layout).map(String::as_str).collect();
    let header = Header::new(names.iter().copied());
    let states = &settings.states;
    let waiting = [&states.new, &states.claimed, &states.void];
    let mut wanted = vec![settings.key.as_str(), settings.state.as_str()];
    wanted.extend(&names);
    // What is older than anything we look at, and what others number before us, may be more than all pages hold.
    let (mut offers, mut last) = (Vec::new(), numbering.before_day(&floor));
    for _ in 0..PAGES_MAX {
        let page = table.select(&wanted).none_of(&settings.state, &waiting);
        let page = page.after(&settings.key, &last);
        let page = session
            .rows(page.first(&[&settings.key], settings.rows_max).done())
            .await?;
        let full = page.len() == settings.rows_max;
        for mut cells in page {
            let rest = cells.split_off(2);
            let (Some(key), state) = (cells[0].take(), cells[1].take()) else {
                continue;
            };
            last.clone_from(&key);
            let Some((mark, number)) = numbering.parse(&key).filter(|(mark, _)| mark.day >= floor) else {
                continue;
            };
            let (bytes, digest) = weigh(
                [Some(key.as_str()), state.as_deref()]
                    .into_iter()
                    .chain(rest.iter().map(Option::as_deref)),
            );
            let code = match state.as_deref() {
                Some(state) if state == states.done => Some(BOOKED),
                Some(state) if state == states.failed => Some(REFUSED),
                _ => None,
            };
            let odd: Option<String> = code
                .is_none()
                .then(|| digest.iter().take(4).map(|b| format!("{b:02x}")).collect());
            if answered.has(&mark, odd.as_deref()) {
                continue;
            }
            answered.add(&mark, odd.as_deref());
            let rows: Box<dyn RowSource> = match code {
                _ if bytes > context.max_batch_bytes => {
                    Box::new(One::bad(header.clone(), too_large(bytes, context.max_batch_bytes)))
                }
                Some(code) => Box::new(One::row(header.clone(), receipt(settings, &names, rest, code))),
                None => Box::new(One::bad(header.clone(), odd_state(settings))),
            };
            offers.push(Offer {
                feed: feed.to_owned(),
                claim: Claim(format!("{CLAIM}{key}")),
                declared: Declared {
                    number: None,
                    answers: Some(number.to_owned()),
                    rows: Some(1),
                },
                name: key.clone(),
                digest,
                bytes,
                rows,
                position: Some(answered.position()),
            });
            if offers.len() == max {
                return Ok(offers);
            }
        }
        if !full {
            return Ok(offers);
        }
    }
    tracing::warn!(table = settings.table, "more rows than are looked at");
    Ok(offers)
}

/// The row's cells, with the return code where its state stands.
fn receipt(settings: &OutTable, names: &[&str], cells: Vec<Option<String>>, code: &str) -> Vec<Cell> {
    let cells = names
        .iter()
        .zip(cells)
        .map(|(name, cell)| match *name == settings.state {
            true => Some(code.into()),
            false => cell.map(String::into_boxed_str),
        });
    cells.collect()
}

fn odd_state(settings: &OutTable) -> Finding {
    Finding::new(Code::EUnmapped)
        .column(settings.state.as_str())
        .with("column", &settings.state)
        .with("table", "database.out.states")
}

/// The first day whose rows are still looked at.
fn floor(context: &Context, settings: &OutTable) -> String {
    let at = context.clock.now().minus(settings.keeps.0.saturating_add(LONGER));
    let UnixMs(at) = at;
    super::outgoing::civil(at, context.offset_minutes)
        .chars()
        .take(10)
        .filter(char::is_ascii_digit)
        .collect()
}
