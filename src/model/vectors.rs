//! Reads `fixtures/vectors/`: one file of known answers per check, computed apart from this code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

pub use serde_json::{Map, Value};

/// The members of one file.
pub fn load(key: &str) -> Map<String, Value> {
    let path = format!("{}/../../fixtures/vectors/{key}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    match serde_json::from_str(&text).unwrap() {
        Value::Object(members) => members,
        other => panic!("{key}: {other}"),
    }
}

/// Hands each member to `judge` by name; a member that `judge` does not know, or an empty list, fails the test.
/// `notes` are members that hold prose, not cases.
pub fn each(key: &str, notes: &[&str], judge: impl Fn(&str, &Value) -> bool) {
    let members = load(key);
    for note in notes {
        assert!(
            members.contains_key(*note),
            "{key}.{note} is named as prose but not there"
        );
    }
    for (name, value) in &members {
        if notes.contains(&name.as_str()) {
            continue;
        }
        assert!(!value.as_array().is_some_and(Vec::is_empty), "{key}.{name} is empty");
        assert!(judge(name, value), "{key}.{name}: no test knows this member");
    }
}

/// The rows of a list.
pub fn rows(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

/// The text of a member.
pub fn text<'a>(row: &'a Value, member: &str) -> &'a str {
    row[member].as_str().unwrap_or_else(|| panic!("{member} in {row}"))
}

/// The text of a member that may be absent or null.
pub fn maybe<'a>(row: &'a Value, member: &str) -> Option<&'a str> {
    row.get(member).and_then(Value::as_str)
}

/// Fails for a row with a member that the test would pass over.
pub fn only(row: &Value, members: &[&str]) {
    for name in row.as_object().expect("an object").keys() {
        assert!(
            members.contains(&name.as_str()) || name == "note",
            "no test reads {name} of {row}"
        );
    }
}
