#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::Embedded;
use toml::Spanned;

#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Root {
    #[serde(default)]
    row: Vec<Spanned<Line>>,
}

#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    name: Option<String>,
    count: Option<u32>,
}

/// Reads, asks for both keys of each row, and tells codes with their places.
fn said(text: &str) -> Vec<(Code, usize, usize)> {
    let mut reading = Reading::default();
    let root: Root = reading.read(&Embedded::new([("x.toml", text)]), "x.toml", "there/x.toml");
    for row in &root.row {
        for (name, is) in [
            ("name", row.get_ref().name.is_some()),
            ("count", row.get_ref().count.is_some()),
        ] {
            if !is {
                reading.say(
                    "there/x.toml",
                    &row.span(),
                    Finding::new(Code::SMissingKey).with("name", name),
                );
            }
        }
    }
    let (diagnostics, _) = reading.finish();
    assert!(diagnostics.iter().all(|d| d.file == "there/x.toml"));
    diagnostics.iter().map(|d| (d.code(), d.line, d.column)).collect()
}

#[test]
fn every_error_is_said_once_and_at_its_place() {
    assert_eq!(said("[[row]]\nname = \"a\"\ncount = 1\n"), []);
    // A wrong key and a wrong value cost themselves; what was wrong is not called missing, what is missing is.
    assert_eq!(
        said("[[row]]\nnaem = \"a\"\ncount = \"1\"\n[[row]]\nname = \"b\"\n"),
        [
            (Code::SMissingKey, 1, 1),
            (Code::SUnknownKey, 2, 1),
            (Code::SType, 3, 9),
            (Code::SMissingKey, 4, 1)
        ]
    );
    assert_eq!(said("[[row]\nname = 1\n").first().unwrap().0, Code::SSyntax);
}

#[test]
fn what_cannot_be_read_is_said_of_the_file() {
    let mut reading = Reading::default();
    let root: Root = reading.read(&Embedded::default(), "x.toml", "x.toml");
    assert!(root.row.is_empty());
    reading.say("x.toml", &(0..0), Finding::new(Code::SMissingKey).with("name", "row"));
    let (diagnostics, _) = reading.finish();
    assert_eq!(
        diagnostics.iter().map(|d| (d.code(), d.line)).collect::<Vec<_>>(),
        [(Code::SFile, 0)]
    );
}
