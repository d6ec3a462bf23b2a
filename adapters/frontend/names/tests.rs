#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use jiff::civil::date;

#[test]
fn a_pattern_takes_what_it_says() {
    let table = [
        ("LTAX_HUB_DJJG_*.csv", "LTAX_HUB_DJJG_20260316_0001.csv", true),
        ("LTAX_HUB_DJJG_*.csv", "LTAX_HUB_DJJG_20260316_0001.csv.ok", false),
        ("*_RET.csv", "HUB_LTAX_SWDJ_20260316_0001_RET.csv", true),
        ("*_RET.csv", "HUB_LTAX_SWDJ_20260316_0001_RET.csv.claimed-n1", false),
        ("a?c", "abc", true),
        ("a?c", "ac", false),
        ("*", "", true),
        ("a*b*c", "a-b-b-c", true),
        ("a*b*c", "a-c-b", false),
        ("税*.csv", "税务.csv", true),
    ];
    for (pattern, name, expect) in table {
        assert_eq!(follows(pattern, name), expect, "{pattern} {name}");
    }
}

#[test]
fn names_that_could_lead_elsewhere_are_not_sound() {
    for name in [
        "",
        ".",
        "..",
        ".hidden",
        "a/b",
        "a\\b",
        "a\nb",
        "LTAX_\u{202E}vsc.exe",
        "-rf",
        "~$x.csv",
        "\u{FFFD}.csv",
        &"x".repeat(121),
    ] {
        assert!(!is_sound(name), "{name:?}");
    }
    for name in [
        "LTAX_HUB_DJJG_20260316_0001.csv",
        "地税.csv",
        "a b.csv",
        &"x".repeat(120),
    ] {
        assert!(is_sound(name), "{name:?}");
    }
}

#[test]
fn numbers_order_by_value_and_not_by_text() {
    let mut names = vec![
        "A_20260317_0001",
        "A_20260316_10000",
        "A_20260316_9999",
        "A_20260316_0002",
        "A_20260316_2_x",
    ];
    names.sort_by(|a, b| counted(a, b));
    assert_eq!(
        names,
        [
            "A_20260316_0002",
            "A_20260316_2_x",
            "A_20260316_9999",
            "A_20260316_10000",
            "A_20260317_0001"
        ]
    );
    assert_eq!(counted("a1", "a1"), std::cmp::Ordering::Equal);
}

#[test]
fn a_claim_names_the_file_and_the_node() {
    let claim = Claimed {
        name: "X_1.csv",
        node: "node-2",
        token: "0123456789abcdef",
    };
    assert_eq!(claim.full(), "X_1.csv.claimed-node-2.0123456789abcdef");
    assert_eq!(claim_of(&claim.full()), Some(claim));
    let old = Claimed { token: "", ..claim };
    assert_eq!(old.full(), "X_1.csv.claimed-node-2");
    assert_eq!(claim_of(&old.full()), Some(old));
    for none in [
        "X_1.csv",
        ".claimed-n",
        "X_1.csv.claimed-",
        "X_1.csv.claimed-.0123456789abcdef",
    ] {
        assert_eq!(claim_of(none), None, "{none}");
    }
}

#[test]
fn every_claim_has_a_token_of_its_own() {
    let rng = seams::SeededRng::new(1);
    let (one, other) = (fresh_token(&rng), fresh_token(&rng));
    assert_ne!(one, other);
    assert_eq!((one.len(), other.len()), (16, 16));
    let claim = |name, node, token| Claimed { name, node, token };
    let first = claim("X_1.csv", "n1", &one).token_for("n2");
    assert_eq!(first.len(), 16);
    assert_eq!(
        first,
        claim("X_1.csv", "n1", &one).token_for("n2"),
        "the same at the next try"
    );
    for another in [
        claim("X_2.csv", "n1", &one).token_for("n2"),
        claim("X_1.csv", "n3", &one).token_for("n2"),
        claim("X_1.csv", "n1", &other).token_for("n2"),
        claim("X_1.csv", "n1", &one).token_for("n3"),
        claim("X_1.csv", "n2", &first).token_for("n1"),
    ] {
        assert_ne!(another, first);
        assert_ne!(another, one);
    }
}

#[test]
fn the_outgoing_name_carries_day_and_number() {
    let day = date(2026, 3, 16);
    assert_eq!(
        outgoing("HUB_LTAX_SWDJ_{date}_{seq4}.csv", day, 1),
        "HUB_LTAX_SWDJ_20260316_0001.csv"
    );
    assert_eq!(outgoing("X_{date}_{seq4}.csv", day, 12_345), "X_20260316_12345.csv");
    assert_eq!(stem("HUB_LTAX_SWDJ_20260316_0001.csv"), "HUB_LTAX_SWDJ_20260316_0001");
}

proptest::proptest! {
    // A failing case is printed; a file of them beside the crates would look like a crate.
    #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]

    #[test]
    fn counting_is_an_order(a in "[a1-30_]{0,6}", b in "[a1-30_]{0,6}", c in "[a1-30_]{0,6}") {
        use std::cmp::Ordering::Greater;
        proptest::prop_assert_eq!(counted(&a, &b), counted(&b, &a).reverse());
        if counted(&a, &b) != Greater && counted(&b, &c) != Greater {
            proptest::prop_assert_ne!(counted(&a, &c), Greater);
        }
    }

    #[test]
    fn a_name_follows_itself_and_every_star(name in "[a-c.]{0,8}", at in 0usize..9) {
        proptest::prop_assert!(follows(&name, &name));
        let at = at.min(name.len());
        let (head, tail) = name.split_at(at);
        let pattern = format!("{}*{}", head, tail);
        proptest::prop_assert!(follows(&pattern, &name));
    }
}
