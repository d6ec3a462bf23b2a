#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;

const YEAR: i64 = 365 * 86_400_000;
const BEGIN: i64 = 1_772_409_600_000;

/// Clocks that go on together, but for jumps of the civil one.
struct Clocks {
    time: Time,
    wall: i64,
    mono: u64,
    last: i64,
}

impl Clocks {
    fn new() -> Self {
        let mut clocks = Self {
            time: Time::default(),
            wall: BEGIN,
            mono: 5_000,
            last: 0,
        };
        clocks.look();
        clocks
    }

    fn look(&mut self) -> (i64, Option<i64>) {
        self.time.now(self.wall, Duration::from_millis(self.mono), self.last)
    }

    fn after(&mut self, ms: u64) -> (i64, Option<i64>) {
        self.mono += ms;
        self.wall += i64::try_from(ms).unwrap();
        self.look()
    }
}

#[test]
fn without_jumps_it_is_the_civil_time() {
    let mut clocks = Clocks::new();
    for ms in [0, 1, 59_999, 3_600_000, 86_400_000] {
        let (now, jump) = clocks.after(ms);
        assert_eq!((now, jump), (clocks.wall, None));
    }
}

#[test]
fn a_jump_is_told_once_whichever_way() {
    for by in [3_600_000, -3_600_000, 10 * YEAR, -10 * YEAR] {
        let mut clocks = Clocks::new();
        clocks.wall += by;
        assert_eq!(clocks.after(1_000).1, Some(by), "{by}");
        assert_eq!(clocks.after(1_000).1, None, "{by}");
    }
    let mut clocks = Clocks::new();
    clocks.wall += 30_000;
    assert_eq!(clocks.after(1_000).1, None, "a time server corrects");
}

/// What was journalled in the false future stays, and time goes on from it: a pause of a minute lasts a minute.
#[test]
fn after_a_jump_back_time_neither_goes_back_nor_stands_still() {
    for by in [3_600_000, YEAR / 2] {
        let mut clocks = Clocks::new();
        clocks.wall += by;
        let (ahead, _) = clocks.after(1_000);
        clocks.last = ahead;
        clocks.wall -= by;
        let mut before = ahead;
        for _ in 0..100 {
            let (now, _) = clocks.after(1_000);
            assert_eq!(now - before, 1_000, "{by}");
            before = now;
            clocks.last = now;
        }
    }
}

/// Nothing is journalled ten years ahead, however long the clock says so; and once it is right again it leads.
#[test]
fn a_future_of_years_is_not_believed() {
    let mut clocks = Clocks::new();
    let begin = clocks.look().0;
    clocks.wall += 10 * YEAR;
    for n in 1..=100 {
        assert_eq!(clocks.after(1_000).0 - begin, n * 1_000);
    }
    clocks.wall -= 10 * YEAR;
    assert_eq!(clocks.after(1_000).0 - begin, 101_000);
    clocks.wall += 3_600_000;
    assert_eq!(clocks.after(1_000).0 - begin, 3_702_000);
}

/// The process begins anew while the civil clock is behind the journal.
#[test]
fn a_new_process_goes_on_from_the_journal() {
    let mut clocks = Clocks::new();
    clocks.time = Time::default();
    clocks.last = clocks.wall + 3_600_000;
    let last = clocks.last;
    assert_eq!(clocks.look().0, last);
    assert_eq!(clocks.after(60_000).0, last + 60_000);
    // Once the civil clock has caught up it leads again.
    clocks.wall = last + 120_000;
    assert_eq!(clocks.look().0, last + 120_000);
}

#[test]
fn nothing_overflows() {
    let mut clocks = Clocks::new();
    for wall in [i64::MIN, i64::MAX, 0, -1] {
        clocks.wall = wall;
        let (now, _) = clocks.look();
        assert!(now >= BEGIN);
    }
}
