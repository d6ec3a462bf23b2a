//! Days are civil dates and never instants: every writing of a day is that day, on the days too on which the clocks of
//! Shanghai had no midnight or two of them, and what can be read in two ways is refused.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::transform::{Transform, Way};
use model::Code;
use model::check::{self, Options};

/// The days on which summer time began and ended, 1986 to 1991: day, its number from 1900, its number from 1904.
const SUMMER_TIME: [(&str, u32, u32); 12] = [
    ("1986-05-04", 31_536, 30_074),
    ("1986-09-14", 31_669, 30_207),
    ("1987-04-12", 31_879, 30_417),
    ("1987-09-13", 32_033, 30_571),
    ("1988-04-17", 32_250, 30_788),
    ("1988-09-11", 32_397, 30_935),
    ("1989-04-16", 32_614, 31_152),
    ("1989-09-17", 32_768, 31_306),
    ("1990-04-15", 32_978, 31_516),
    ("1990-09-16", 33_132, 31_670),
    ("1991-04-14", 33_342, 31_880),
    ("1991-09-15", 33_496, 32_034),
];

fn through(spec: &str, way: Way, text: &str) -> Result<String, Code> {
    Transform::parse(spec, way, &|_| None).unwrap().apply(text)
}

/// What the check of dates makes of a text, and what it warns of.
fn judged(text: &str) -> Result<(String, Vec<Code>), Code> {
    let date = check::by_name("date").unwrap();
    date(text, &Options::default()).map(|checked| (checked.value, checked.warnings))
}

#[test]
fn the_days_of_summer_time_are_days_like_others_in_every_writing() {
    for (day, since_1900, since_1904) in SUMMER_TIME {
        let (compact, slashes) = (day.replace('-', ""), day.replace('-', "/"));
        for (spec, written) in [
            ("date:%Y-%m-%d", day.to_owned()),
            ("date:%Y%m%d", compact.clone()),
            ("date:%Y/%m/%d", slashes.clone()),
            ("serial:1900", since_1900.to_string()),
            ("serial:1904", since_1904.to_string()),
        ] {
            assert_eq!(through(spec, Way::In, &written).as_deref(), Ok(day), "{spec}");
            assert_eq!(through(spec, Way::Out, day), Ok(written), "{spec} {day}");
        }
        for written in [
            day.to_owned(),
            compact,
            slashes,
            format!("{day} 00:00:00"),
            format!("{day}T00:00:00+08:00"),
            format!("{day} 0:00"),
        ] {
            assert_eq!(judged(&written), Ok((day.to_owned(), Vec::new())), "{written}");
        }
        // The same midnight by a clock in summer time: another day to some, and so refused.
        assert_eq!(judged(&format!("{day}T00:00:00+09:00")), Err(Code::EAmbiguous), "{day}");
        // A time of day is dropped and told, whatever the clocks did at it.
        for time in ["00:30:00", "01:00:00", "23:00:00", "23:59:59"] {
            let told = Ok((day.to_owned(), vec![Code::WTimeDropped]));
            assert_eq!(judged(&format!("{day} {time}")), told, "{day} {time}");
        }
    }
}

/// Both systems of workbooks name the same day by numbers that are 1462 apart; the day that never was has none.
#[test]
fn numbers_of_workbooks_are_days_in_their_own_system() {
    for (day, since_1900, since_1904) in SUMMER_TIME {
        assert_eq!(since_1900 - since_1904, 1462);
        let wrong = through("serial:1904", Way::In, &since_1900.to_string()).unwrap();
        assert_ne!(wrong, day, "the system is agreed, never guessed");
    }
    for (spec, number, day) in [
        ("serial:1900", "1", Ok("1900-01-01")),
        ("serial:1900", "59", Ok("1900-02-28")),
        ("serial:1900", "60", Err(Code::EDate)),
        ("serial:1900", "61", Ok("1900-03-01")),
        ("serial:1904", "0", Ok("1904-01-01")),
        ("serial:1904", "1", Ok("1904-01-02")),
        ("serial:1900", "31536.5", Err(Code::EDate)),
    ] {
        let found = through(spec, Way::In, number);
        assert_eq!(found.as_deref().map_err(|c| *c), day, "{spec} {number}");
    }
}

#[test]
fn what_can_be_read_in_two_ways_is_refused() {
    for (written, code) in [
        ("860504", Code::EAmbiguous),
        ("86-05-04", Code::EAmbiguous),
        ("04/05/1986", Code::EAmbiguous),
        ("5/4/86", Code::EAmbiguous),
        ("1986-05", Code::EDate),
        ("31536", Code::EDate),
        ("1900-02-29", Code::EDate),
        ("1986-05-32", Code::EDate),
    ] {
        assert_eq!(judged(written), Err(code), "{written}");
    }
    assert_eq!(through("date:%Y%m%d", Way::In, "860504"), Err(Code::EDate));
}
