//! Dates in all their writings.

use super::{Judge, code};
use crate::Code;
use crate::check::Options;
use crate::check::date::{self, OPEN_END, Parsed};
use crate::vectors::{each, only, rows, text};

#[test]
fn dates() {
    let judge = Judge::new("date");
    let open = Options {
        open_end: true,
        ..Options::default()
    };
    each("date", &["note", "reference_date"], |name, value| {
        match name {
            "valid" => {
                for row in rows(value) {
                    only(row, &["in", "out"]);
                    // A time that is not midnight is dropped, and that is said.
                    let dropped = text(row, "in").contains("T08:00:00");
                    let warnings: &[Code] = if dropped { &[Code::WTimeDropped] } else { &[] };
                    judge.gives(text(row, "in"), text(row, "out"), warnings);
                }
            }
            "open_ended" => {
                for row in rows(value) {
                    only(row, &["in", "out", "flag"]);
                    assert!(row["out"].is_null() && row["flag"] == "open_ended");
                    let written = text(row, "in");
                    assert_eq!(date::parse(written, &open), Ok(Parsed::Open), "{written}");
                    Judge::with("date", open.clone()).gives(written, OPEN_END, &[]);
                    // Elsewhere the words are no dates, and the far days are ordinary ones.
                    match date::parse(written, &Options::default()) {
                        Ok(Parsed::Day { .. }) => assert!(written.starts_with(|c: char| c.is_ascii_digit())),
                        other => assert_eq!(other, Err(Code::EDate), "{written}"),
                    }
                }
            }
            "empty" => {
                for row in rows(value) {
                    only(row, &["in", "out"]);
                    assert!(row["out"].is_null());
                    assert_eq!(date::parse(text(row, "in"), &Options::default()), Ok(Parsed::Empty));
                    judge.gives(text(row, "in"), "", &[]);
                }
            }
            "invalid" => {
                judge.all_refused(value);
                rows(value)
                    .iter()
                    .for_each(|row| assert_eq!(date::parse(text(row, "in"), &open), Err(code(row, "error"))));
            }
            _ => return false,
        }
        true
    });
}

#[test]
fn writings_beyond_the_vectors() {
    let judge = Judge::new("date");
    for (written, day) in [
        ("２０２６－０３－０２", "2026-03-02"),
        ("2026.3.2", "2026-03-02"),
        ("2026年03月02日", "2026-03-02"),
        ("2026 年 3 月 2 日", "2026-03-02"),
        ("二〇二六年十月十日", "2026-10-10"),
        ("二零二六年一月二十一日", "2026-01-21"),
        ("2026/3/2 0:00", "2026-03-02"),
    ] {
        judge.gives(written, day, &[]);
    }
    // An instant belongs to the day it has in the configured zone.
    judge.gives("2026-03-01T16:00:00Z", "2026-03-02", &[]);
    judge.gives("2026-03-01T15:59:59Z", "2026-03-01", &[Code::WTimeDropped]);
    judge.gives("2026-03-02T00:00:00.001+08:00", "2026-03-02", &[Code::WTimeDropped]);
    let refused = [
        ("260302", Code::EAmbiguous),
        ("26-03-02", Code::EAmbiguous),
        ("2/3/26", Code::EAmbiguous),
        ("2026-03/02", Code::EDate),
        ("2026-03-02T25:00:00", Code::EDate),
        ("2026-03-02T08:00:00+0800", Code::EDate),
        ("2026-03-02x", Code::EDate),
        ("二六年三月二日", Code::EDate),
        ("二〇二六年十三月二日", Code::EDate),
        ("二〇二六年三月十十日", Code::EDate),
        ("0001-01-01", Code::EDate),
        ("2026-**-**", Code::EMasked),
        ("+2026-03-02", Code::EDate),
    ];
    for (written, code) in refused {
        judge.refuses(written, code);
    }
}

/// Programs that know of China's summer time write a midnight of those years as 23:00 of the day before, or with an
/// offset of nine hours. Neither is taken for either day; every other instant of those summers has its day.
#[test]
fn a_midnight_of_summer_time_is_not_moved_to_the_day_before() {
    let judge = Judge::new("date");
    for day in [
        "1986-05-04",
        "1986-07-01",
        "1986-09-14",
        "1988-04-17",
        "1991-04-14",
        "1991-09-15",
    ] {
        judge.refuses(&format!("{day}T00:00:00+09:00"), Code::EAmbiguous);
        let before: jiff::civil::Date = day.parse::<jiff::civil::Date>().unwrap().yesterday().unwrap();
        judge.refuses(&format!("{before}T15:00:00Z"), Code::EAmbiguous);
        judge.refuses(&format!("{before}T23:30:00+08:00"), Code::EAmbiguous);
        judge.gives(&format!("{day}T00:00:00+08:00"), day, &[]);
        judge.gives(&format!("{day}T12:00:00+08:00"), day, &[Code::WTimeDropped]);
        judge.gives(
            &format!("{before}T22:00:00+08:00"),
            &before.to_string(),
            &[Code::WTimeDropped],
        );
        // Without an offset it is a civil time and its day is the one that stands there.
        judge.gives(
            &format!("{before} 23:00:00"),
            &before.to_string(),
            &[Code::WTimeDropped],
        );
    }
    for (written, day) in [
        ("1986-05-02T15:00:00Z", "1986-05-02"),
        ("1986-09-14T15:00:00Z", "1986-09-14"),
        ("1985-07-01T15:00:00Z", "1985-07-01"),
        ("1992-07-01T15:00:00Z", "1992-07-01"),
    ] {
        judge.gives(written, day, &[Code::WTimeDropped]);
    }
}
