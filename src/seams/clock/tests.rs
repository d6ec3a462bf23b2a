#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;

#[test]
fn instants_add_subtract_and_stop_at_the_ends() {
    let t = UnixMs(1_000);
    assert_eq!(t.plus(Duration::from_millis(5)), UnixMs(1_005));
    assert_eq!(t.minus(Duration::from_secs(2)), UnixMs(-1_000));
    assert_eq!(UnixMs(i64::MAX).plus(Duration::from_millis(1)), UnixMs(i64::MAX));
    assert_eq!(UnixMs(i64::MIN).minus(Duration::MAX), UnixMs(i64::MIN));
    assert_eq!(UnixMs(7).since(UnixMs(2)), Duration::from_millis(5));
    assert_eq!(UnixMs(2).since(UnixMs(7)), Duration::ZERO, "a jump back grants nothing");
}

#[test]
fn a_scenario_starts_at_its_own_date() {
    let clock = ScenarioClock::new(UnixMs(1_100_000_000_000));
    let first = clock.now();
    assert!(first >= UnixMs(1_100_000_000_000));
    assert!(first < UnixMs(1_200_000_000_000));
    assert!(clock.now() >= first);
    assert!(
        SystemClock::new().now() > UnixMs(1_700_000_000_000),
        "the machine's date is later than that"
    );
}

#[test]
fn sleeping_moves_the_runtime_clock_at_least_that_far() {
    let rt = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    rt.block_on(async {
        let clock = TokioClock::new(UnixMs(5_000));
        clock.sleep(Duration::from_millis(3)).await;
        assert!(clock.mono() >= Duration::from_millis(3));
        assert!(clock.now() >= UnixMs(5_003));
    });
}
