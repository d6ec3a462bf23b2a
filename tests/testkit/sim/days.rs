//! A node's day sheets, held against each other and against everything else it says.
//!
//! Clocks jump in this world, so a day is not what people outside would call one. What holds all the same: a sheet is of
//! the day on which the last entry before it was written, by the node's own clock, which never goes back; each is closed
//! on a later day than its own, be it by a jump; a day on which nothing was written has none, and so several days may be
//! passed over at once; none is closed twice. What came and went since the last sheet is an account that is still open.

use crate::sim::node::Node;
use engine::plan::civil;
use engine::verb::{Reply, Request};
use engine::view::{Balance, CaseView, SHEET_LABEL, SignedSheet, sheet_digest};
use jiff::civil::Date;
use journal::{PublicKey, signature_of};
use ledger::{Books, DayFlow, DayLine, DaySheet};
use model::Code;
use seams::Clock as _;
use std::collections::BTreeMap;

/// The town's civil time, minutes from UTC.
const OFFSET: i32 = 480;
/// Days before and after the node's own that are asked for: further no clock was ever set.
const AROUND: i64 = 60;

fn day_of(at: i64) -> Date {
    civil(at, OFFSET).date()
}

fn days_from(day: Date, count: i64) -> Date {
    day.saturating_add(jiff::Span::new().days(count))
}

/// All sheets that the node has, asked for day by day; what it says where it should say that there is none.
pub async fn sheets(node: &Node) -> Result<Vec<SignedSheet>, String> {
    let today = day_of(node.machine.clock.now().0);
    let mut sheets = Vec::new();
    for count in -AROUND..=AROUND {
        let day = days_from(today, count);
        match node.ask("张三", Request::Day { day }).await {
            Some(Ok(Reply::Day(sheet))) if sheet.sheet.day == day => sheets.push(*sheet),
            Some(Err(finding)) if finding.code == Code::VState => {}
            other => return Err(format!("the sheet of {day}: {other:?}")),
        }
    }
    Ok(sheets)
}

/// Opening, in, out, closing of a line, as one sum.
fn holds(line: &DayLine) -> bool {
    let DayFlow {
        opened,
        again,
        moved_in,
        booked,
        unproved,
        refused,
        moved_out,
    } = line.flow;
    line.opening + opened + again + moved_in == booked + unproved + refused + moved_out + line.closing
}

type Waiting<'a> = BTreeMap<(&'a str, &'a str), u64>;

fn waiting(lines: &[DayLine], count: impl Fn(&DayLine) -> u64) -> Waiting<'_> {
    let each = lines.iter().map(|l| ((l.dept.as_str(), l.channel.as_str()), count(l)));
    each.filter(|(_, count)| *count > 0).collect()
}

/// What is wrong with the sheets among themselves.
pub fn chained(name: &str, sheets: &[SignedSheet]) -> Vec<String> {
    let mut found = Vec::new();
    let mut before: Option<&SignedSheet> = None;
    for signed in sheets {
        let DaySheet {
            form,
            node,
            day,
            closed_at,
            before: named,
            lines,
        } = &signed.sheet;
        let mut wrong = |what: &str| found.push(format!("{name}'s sheet of {day}: {what}: {lines:?}"));
        if *form != DaySheet::FORM || node != name {
            wrong("it is another's");
        }
        if signed.digest != sheet_digest(&signed.sheet) {
            wrong("its digest is another");
        }
        let key: Option<PublicKey> = signed.public_key.parse().ok();
        let vouched = key.zip(signature_of(&signed.signature));
        if !vouched.is_some_and(|(key, signature)| key.verifies(SHEET_LABEL, &signed.sheet.bytes(), &signature)) {
            wrong("nothing vouches for it");
        }
        if day_of(*closed_at) <= *day {
            wrong("it was closed before its day was over");
        }
        if !lines.iter().all(holds) {
            wrong("what came and went does not explain what waits");
        }
        let named = named.as_ref().map(|b| (b.day, b.digest.as_str()));
        if named != before.map(|b| (b.sheet.day, b.digest.as_str())) {
            wrong("it names another one before it");
        }
        if before.is_some_and(|b| b.sheet.closed_at > *closed_at || day_of(b.sheet.closed_at) > *day) {
            wrong("its day was over when the one before was closed");
        }
        if before.is_some_and(|b| b.public_key != signed.public_key) {
            wrong("another key signed the one before");
        }
        let closed = before
            .map(|b| waiting(&b.sheet.lines, |l| l.closing))
            .unwrap_or_default();
        if waiting(lines, |l| l.opening) != closed {
            wrong("it does not open with what the one before closed with");
        }
        before = Some(signed);
    }
    found
}

/// What is wrong with the sheets and the account that is still open, held against cases and balance at rest.
pub fn summed(books: &mut Books, sheets: &[SignedSheet], cases: &[CaseView], balance: &Balance) -> Vec<String> {
    let mut found = Vec::new();
    if books.days() != sheets.iter().map(|s| s.sheet.day).collect::<Vec<_>>() {
        found.push(format!("the books have other days than were told: {:?}", books.days()));
    }
    for signed in sheets {
        let same = books
            .day(signed.sheet.day)
            .is_some_and(|closed| closed.sheet == signed.sheet);
        if !same {
            found.push(format!("the books have another sheet of {}", signed.sheet.day));
        }
    }
    let open = books.day_lines();
    let closed = sheets.last().map(|s| waiting(&s.sheet.lines, |l| l.closing));
    if !open.iter().all(holds) || waiting(&open, |l| l.opening) != closed.unwrap_or_default() {
        found.push(format!("the open account does not go on from the last sheet: {open:?}"));
    }
    found.extend(opened_by_day(sheets, &open, cases));
    found.extend(totals(sheets, &open, balance));
    found
}

/// What a sheet says was opened on its day is what the cases say was; what is on no sheet is in the open account.
fn opened_by_day(sheets: &[SignedSheet], open: &[DayLine], cases: &[CaseView]) -> Vec<String> {
    let mut opened: BTreeMap<(Option<Date>, &str), u64> = BTreeMap::new();
    for o in cases.iter().flat_map(|c| &c.obligations) {
        let day = Some(day_of(o.opened_at)).filter(|day| sheets.iter().any(|s| s.sheet.day == *day));
        let dept = o.matter.split('.').next().unwrap_or_default();
        *opened.entry((day, dept)).or_default() += 1;
    }
    let mut told: BTreeMap<(Option<Date>, &str), u64> = BTreeMap::new();
    let closed = sheets
        .iter()
        .flat_map(|s| s.sheet.lines.iter().map(|l| (Some(s.sheet.day), l)));
    for (day, line) in closed.chain(open.iter().map(|l| (None, l))) {
        if line.flow.opened > 0 {
            *told.entry((day, line.dept.as_str())).or_default() += line.flow.opened;
        }
    }
    if opened == told {
        return Vec::new();
    }
    vec![format!(
        "opened by day: the cases say {opened:?}, the sheets say {told:?}"
    )]
}

/// All that came and went together is the balance. What a thing counts as may change without its waiting in between, such
/// as a booking that was unproved; so booked, unproved and refused hold as one sum, less what waited once more.
fn totals(sheets: &[SignedSheet], open: &[DayLine], balance: &Balance) -> Vec<String> {
    let mut told: BTreeMap<&str, [u64; 4]> = BTreeMap::new();
    let lines = sheets.iter().flat_map(|s| &s.sheet.lines).chain(open);
    for DayLine { dept, flow, .. } in lines {
        let sums = told.entry(dept).or_default();
        sums[0] += flow.opened;
        sums[1] += flow.booked + flow.unproved + flow.refused;
        sums[2] += flow.again;
        // Between the channels of one department.
        sums[3] = sums[3].wrapping_add(flow.moved_in).wrapping_sub(flow.moved_out);
    }
    let mut now: BTreeMap<&str, [u64; 2]> = BTreeMap::new();
    for line in &balance.lines {
        let sums = now.entry(&line.dept).or_default();
        sums[0] += line.opened;
        sums[1] += line.booked + line.unproved + line.refused;
    }
    let mut found = Vec::new();
    let summed: BTreeMap<&str, [u64; 2]> = told
        .iter()
        .map(|(dept, [opened, settled, again, _])| (*dept, [*opened, settled.wrapping_sub(*again)]))
        .collect();
    if summed != now || told.values().any(|sums| sums[3] != 0) {
        found.push(format!("all sheets come to {told:?}, the balance to {now:?}"));
    }
    found
}

#[cfg(test)]
mod tests;
