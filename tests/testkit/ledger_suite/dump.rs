//! Everything the books can be asked, as text: two books are equal if their dumps are.

use super::script::Group;
use ledger::account::Account;
use ledger::arriving::NoPast;
use ledger::shelf::Empty;
use ledger::tally::Tally;
use ledger::{Books, Lapsing, Pos};
use model::{AttemptId, DeptId, ReviewId, TaskId};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::Arc;

/// All answers of these books, one a line.
pub fn dump(books: &mut Books) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = |what: &str, value: &dyn Debug| lines.push(format!("{what} {value:?}"));
    line("counters", &(books.counters, books.last, books.last_time));
    line("open", &books.open_after(""));
    line("found", &(books.claimed_cases(), books.parked_cases()));
    line("arriving", &books.arriving());
    line("refused in", &books.refused_in());
    line("open out", &books.open_out());
    for open in books.under_way() {
        let way = (open.dept, open.channel);
        line("under way", &(open.batch, way, open.since, open.left, open.doubted));
    }
    for (at, ids) in &books.unfinished {
        if !ids.is_empty() {
            line("unfinished", &(at, ids));
        }
    }
    let mut depts = BTreeSet::new();
    let mut counted = BTreeMap::new();
    let mut after = String::new();
    loop {
        let page = books.cases_after(&after);
        let Some(last) = page.last() else { break };
        after = last.to_string();
        for no in page {
            let file = books.case(&no);
            depts.extend(file.into_iter().flat_map(|f| &f.obligations).map(|o| o.matter.dept()));
            for o in file.into_iter().flat_map(|f| &f.obligations) {
                let last = o.deliveries.iter().flat_map(|d| &d.attempts).next_back();
                let place = (o.matter.dept(), last.map(|a| a.channel.clone()));
                let tally: &mut Tally = counted.entry(place).or_default();
                match o.account() {
                    Account::Booked => tally.booked += 1,
                    Account::Unproved => tally.unproved += 1,
                    Account::Refused => tally.refused += 1,
                    Account::Waiting => tally.waiting += 1,
                }
            }
            line("case", &file);
        }
    }
    // What is kept beside the cases is what they add up to.
    let tallies = books.tallies().into_iter();
    let tallies: BTreeMap<_, _> = tallies.map(|(dept, channel, tally)| ((dept, channel), tally)).collect();
    assert_eq!(tallies, counted);
    for day in books.day_lines() {
        assert_eq!(day.unexplained(), 0, "{day:?}");
        let place = (
            DeptId::new(day.dept.as_str()),
            Some(day.channel.clone()).filter(|c| !c.is_empty()),
        );
        assert_eq!(day.closing, counted.get(&place).map_or(0, |t| t.waiting), "{day:?}");
        line("flow", &day);
    }
    for day in books.days() {
        line("day", &books.day(day).cloned());
    }
    let mut opened: BTreeMap<DeptId, u64> = BTreeMap::new();
    for ((dept, _), tally) in &counted {
        *opened.entry(dept.clone()).or_default() += tally.sum();
    }
    assert_eq!(books.opened().into_iter().collect::<BTreeMap<_, _>>(), opened);
    for dept in &depts {
        let mut last = None;
        loop {
            let page = books.due_after(dept, last.as_ref(), 3);
            for due in &page {
                line("due", &(dept, due));
            }
            match page.into_iter().next_back() {
                Some(due) => last = Some(due),
                None => break,
            }
        }
    }
    for key in books.inbound.keys() {
        let batch = books.inbound.get(&key).cloned();
        if let Some(batch) = &batch {
            line("seen", &books.seen_digest(&batch.dept, &batch.digest));
            if let Some(number) = &batch.number {
                line("number", &books.seen_number(&batch.dept, &batch.feed, number));
            }
        }
        for (row, refused) in batch
            .iter()
            .flat_map(|b| books.refused_after(b.batch, None, usize::MAX))
        {
            line("refused", &(&key, row, refused));
        }
        line("in", &(key, batch));
    }
    for key in books.outbound.keys() {
        let batch = books.outbound.get(&key).cloned();
        if let Some(batch) = &batch {
            line("sent", &books.sent_number(&batch.dept, &batch.number));
        }
        line("out", &(key, batch));
    }
    for id in 1..books.counters.attempt {
        line("attempt", &(id, books.case_of(AttemptId(id))));
    }
    for id in 1..books.counters.task {
        line("form", &(id, books.case_of_form(TaskId(id))));
    }
    line("reviews", &books.reviews_after(ReviewId(0)));
    for id in 1..books.counters.review {
        line("review", &(id, books.case_of_review(ReviewId(id))));
    }
    for key in books.channels.keys() {
        line("channel", &(&key, books.channels.get(&key)));
    }
    for key in books.unmatched.keys() {
        line("stray", &(&key, books.unmatched.get(&key)));
    }
    line("codes", &(books.mapped_codes(), books.proposals()));
    line(
        "lapsed",
        &[Lapsing::Data, Lapsing::Evidence].map(|what| books.lapsed(what)),
    );
    for key in books.feed.keys() {
        line("feed", &(&key, books.feed.get(&key)));
    }
    lines
}

/// The dump of the books that these groups add up to, folded over nothing.
pub fn reference(groups: &[Group]) -> Vec<String> {
    let mut books = Books::over(Arc::new(Empty), Arc::new(NoPast));
    for (group, (at, events)) in (1..).zip(groups) {
        for (ordinal, event) in (0..).zip(events) {
            books.apply(Pos { group, ordinal }, *at, event);
        }
    }
    dump(&mut books)
}
