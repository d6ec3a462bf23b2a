#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;

#[test]
fn durations_carry_their_unit() {
    let good = [
        ("500ms", 500),
        ("30s", 30_000),
        ("10m", 600_000),
        ("1h", 3_600_000),
        ("30 s", 30_000),
    ];
    for (text, ms) in good {
        assert_eq!(Span::read(text), Some(Span(Duration::from_millis(ms))), "{text}");
    }
    for text in [
        "",
        "30",
        "s",
        "-1s",
        "1.5s",
        "0s",
        "25h",
        "99999999999999999999s",
        "30sec",
    ] {
        assert_eq!(Span::read(text), None, "{text}");
    }
    assert_eq!(Span::seconds(30).to_string(), "30s");
}

#[test]
fn sizes_carry_their_unit() {
    for (text, n) in [("64 KiB", 65_536), ("8MiB", 8 << 20), ("1 GiB", 1 << 30), ("7 B", 7)] {
        assert_eq!(Size::read(text), Some(Size(n)), "{text}");
    }
    for text in ["8", "8 MB", "2 GiB", "0 B", "MiB", "18446744073709551615 GiB"] {
        assert_eq!(Size::read(text), None, "{text}");
    }
}
