#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use jiff::civil::date;

fn team(clerks: u32, seconds: Option<u64>) -> Team {
    Team {
        clerks,
        hours: 6,
        seconds,
    }
}

/// 2026-03-05 is a Thursday; the weekend after it is none of work.
#[test]
fn it_says_by_when_how_many_are_short() {
    let mut calendar = Calendar::new();
    calendar.cover(2026, []).unwrap();
    let today = date(2026, 3, 5);
    let due = BTreeMap::from([
        (None, 1_000),
        (Some(date(2026, 3, 1)), 60),
        (Some(today), 60),
        (Some(date(2026, 3, 9)), 300),
        (Some(date(2026, 9, 1)), 5_000),
    ]);
    // Six minutes each: 120 tasks take twelve hours, 420 take forty-two.
    let view = forecast(&due, team(1, Some(360)), &calendar, today);
    let lines: Vec<_> = view
        .lines
        .iter()
        .map(|l| (l.day.day(), l.tasks, l.needed, l.there, l.short))
        .collect();
    assert_eq!(lines.len(), AHEAD);
    assert_eq!(
        lines[..4],
        [
            (5, 120, 720, 360, 1),
            (6, 120, 720, 720, 0),
            (9, 420, 2_520, 1_080, 2),
            (10, 420, 2_520, 1_440, 1)
        ]
    );
    let enough = forecast(&due, team(3, Some(360)), &calendar, today);
    assert!(enough.lines.iter().all(|line| line.short == 0), "{enough:?}");
    assert!(
        forecast(&due, team(3, None), &calendar, today).lines.is_empty(),
        "nobody knows yet"
    );
    assert!(
        forecast(&due, team(3, Some(1)), &Calendar::new(), today)
            .lines
            .is_empty(),
        "no calendar"
    );
}
