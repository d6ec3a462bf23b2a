#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;

#[test]
fn a_pause_is_seconds_and_bounded() {
    assert_eq!(pause("7"), Some(Duration::from_secs(7)));
    assert_eq!(pause("99999999"), Some(Duration::from_secs(86_400)));
    for text in ["", "-1", "soon", "Wed, 21 Oct 2026 07:28:00 GMT"] {
        assert_eq!(pause(text), None, "{text}");
    }
}

#[test]
fn the_prefix_of_the_base_is_part_of_what_is_signed() {
    let wire = |base| Wire::new(base, None, Waits::default(), Size(1), 1);
    assert_eq!(wire("https://a.example/x/").seen_path("/v1"), "/x/v1");
    assert_eq!(wire("https://a.example").seen_path("/v1?b=c"), "/v1?b=c");
}
