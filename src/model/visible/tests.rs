#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;

#[test]
fn what_turns_or_moves_is_seen_and_all_else_is_as_it_was() {
    for (given, read) in [
        ("身份证号有误", "身份证号有误"),
        ("a\u{202E}b", "a<U+202E>b"),
        ("\u{061C}\u{200E}\u{200F}", "<U+061C><U+200E><U+200F>"),
        ("\u{202A}\u{202B}\u{202C}\u{202D}", "<U+202A><U+202B><U+202C><U+202D>"),
        ("\u{2066}\u{2067}\u{2068}\u{2069}", "<U+2066><U+2067><U+2068><U+2069>"),
        ("a\tb\u{1B}[2J", "a<U+0009>b<U+001B>[2J"),
        ("👩\u{200D}🔬 é\u{301}", "👩\u{200D}🔬 é\u{301}"),
    ] {
        assert_eq!(text(given), read);
    }
}

#[test]
fn json_says_the_same_and_shows_it() {
    let value = serde_json::json!({ "a\u{202E}": ["\u{2066}x", "\\", "\n\u{061C}", "中"] });
    let plain = value.to_string();
    let shown = json(&plain);
    assert!(!shown.contains(turns), "{shown}");
    assert!(shown.contains("\\u202e") && shown.contains("中"));
    assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    assert!(matches!(json("{}"), Cow::Borrowed(_)));
}
