#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::arriving::NoPast;
use crate::shelf::Empty;
use model::DeptId;
use std::sync::Arc;

fn books() -> Books {
    Books::over(Arc::new(Empty), Arc::new(NoPast))
}

fn one(channel: &str, account: Account) -> Counted {
    let channel = Some(channel.to_owned()).filter(|c| !c.is_empty());
    (DeptId::new("park"), channel, account)
}

/// One obligation's way, and what of it stands in the account of its channels: in, out.
#[test]
fn every_way_of_an_obligation_is_explained() {
    use Account::{Booked, Refused, Unproved, Waiting};
    let ways: [&[(&str, Account)]; 9] = [
        &[("", Waiting)],
        &[("", Waiting), ("link", Waiting), ("link", Booked)],
        &[
            ("", Waiting),
            ("link", Waiting),
            ("manual", Waiting),
            ("manual", Booked),
        ],
        &[("", Waiting), ("link", Refused), ("link", Waiting), ("link", Booked)],
        &[
            ("", Waiting),
            ("link", Refused),
            ("manual", Waiting),
            ("manual", Refused),
        ],
        &[("link", Booked)],
        &[("", Waiting), ("link", Unproved), ("link", Booked)],
        &[("", Waiting), ("link", Booked), ("manual", Booked)],
        &[("", Waiting), ("link", Booked), ("link", Refused), ("disk", Waiting)],
    ];
    for way in ways {
        let mut books = books();
        let mut before: Vec<Counted> = Vec::new();
        for (channel, account) in way {
            let now = vec![one(channel, *account)];
            books.count_again(&before, &now);
            before = now;
            let lines = books.day_lines();
            let (came, went): (u64, u64) = lines.iter().fold((0, 0), |(came, went), l| {
                (
                    came + l.flow.came() - l.flow.moved_in,
                    went + l.flow.went() - l.flow.moved_out,
                )
            });
            assert_eq!(came - went, u64::from(*account == Waiting), "{way:?} {lines:?}");
            for line in &lines {
                assert_eq!(line.unexplained(), 0, "{way:?} {line:?}");
            }
        }
        let opened: u64 = books.day_lines().iter().map(|l| l.flow.opened).sum();
        assert_eq!(opened, 1, "{way:?}");
    }
}

fn sheet(books: &mut Books, day: Date) -> DaySheet {
    let before = books.last_day().map(|c| DayBefore {
        day: c.sheet.day,
        digest: c.digest.clone(),
    });
    DaySheet {
        form: DaySheet::FORM,
        node: "n".to_owned(),
        day,
        closed_at: 0,
        before,
        lines: books.day_lines(),
    }
}

#[test]
fn a_day_begins_with_what_the_day_before_left_waiting() {
    use Account::{Booked, Waiting};
    let mut books = books();
    let two = [one("link", Waiting), one("link", Waiting)];
    books.count_again(&[], &two);
    let first = sheet(&mut books, jiff::civil::date(2026, 3, 2));
    assert_eq!(
        (
            first.lines[0].opening,
            first.lines[0].flow.opened,
            first.lines[0].closing
        ),
        (0, 2, 2)
    );
    books.close_day(Pos::default(), &first, "d1");
    let quiet = sheet(&mut books, jiff::civil::date(2026, 3, 3));
    assert_eq!(
        (quiet.lines[0].opening, quiet.lines[0].flow, quiet.lines[0].closing),
        (2, DayFlow::default(), 2)
    );
    assert_eq!(quiet.before.as_ref().unwrap().digest, "d1");
    books.close_day(Pos::default(), &quiet, "d2");
    books.count_again(&two, &[one("link", Booked), one("link", Waiting)]);
    let third = sheet(&mut books, jiff::civil::date(2026, 3, 4));
    assert_eq!(
        (
            third.lines[0].opening,
            third.lines[0].flow.booked,
            third.lines[0].closing
        ),
        (2, 1, 1)
    );
    assert_eq!(third.unexplained(), 0);
    // A sheet that does not add up says so.
    let mut wrong = third.clone();
    wrong.lines[0].closing += 1;
    assert_eq!((wrong.lines[0].unexplained(), wrong.unexplained()), (-1, 1));
    assert_eq!(books.days(), [first.day, quiet.day]);
    assert_eq!(books.day(first.day).unwrap().sheet, first);
}

#[test]
fn what_is_signed_is_read_back_as_the_same_bytes() {
    let mut books = books();
    books.count_again(&[], &[one("link", Account::Waiting), one("", Account::Refused)]);
    let sheet = sheet(&mut books, jiff::civil::date(2026, 3, 2));
    let read: DaySheet = serde_json::from_slice(&sheet.bytes()).unwrap();
    assert_eq!((read.bytes(), &read), (sheet.bytes(), &sheet));
    let more = String::from_utf8(sheet.bytes())
        .unwrap()
        .replacen('{', "{\"more\":1,", 1);
    assert!(
        serde_json::from_str::<DaySheet>(&more).is_err(),
        "nothing stands in it that is not signed"
    );
}
