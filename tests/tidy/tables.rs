//! A typo in the configuration fails at start: every table of settings refuses keys it does not know.

use crate::tree::{files_with, none};

/// A type that is read from TOML without refusing what it does not know, and why that is right.
const WAIVED: &[(&str, &str, &str)] = &[];

/// One type with named fields that is deserialized by derive.
struct Table {
    name: String,
    strict: bool,
}

/// Reads the attributes above every `struct` with named fields, and every `enum` with such variants.
fn tables(text: &str) -> Vec<Table> {
    let (mut tables, mut attributes) = (Vec::new(), String::new());
    let lines: Vec<&str> = text.lines().collect();
    for (number, line) in lines.iter().enumerate() {
        let line = line.trim();
        let word = line
            .strip_prefix("pub ")
            .or_else(|| line.strip_prefix("pub(crate) "))
            .unwrap_or(line);
        if line.starts_with("#[") {
            attributes.push_str(line);
        } else if let Some(rest) = word.strip_prefix("struct ").or_else(|| word.strip_prefix("enum ")) {
            let body = lines[number + 1..].iter().take_while(|l| !l.starts_with('}'));
            let named = if word.starts_with("struct ") {
                line.ends_with('{')
            } else {
                line.ends_with('{')
                    && body
                        .filter(|l| !l.trim().starts_with("//"))
                        .any(|l| l.trim_end().ends_with('{'))
            };
            if named && attributes.contains("Deserialize") && !attributes.contains("transparent") {
                let name = rest
                    .split(|c: char| !c.is_alphanumeric())
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                tables.push(Table {
                    name,
                    strict: attributes.contains("deny_unknown_fields"),
                });
            }
            attributes.clear();
        } else if !line.starts_with("//") && !line.ends_with(',') && !line.ends_with(")]") {
            attributes.clear();
        } else if !attributes.is_empty() && !line.starts_with("//") {
            // An attribute over several lines.
            attributes.push_str(line);
        }
    }
    tables
}

#[test]
fn every_table_of_settings_refuses_what_it_does_not_know() {
    let (mut wrong, mut needed, mut seen) = (Vec::new(), Vec::new(), 0);
    for file in files_with(".rs") {
        let adapters = file.path.starts_with("adapters/") && file.path.contains("/settings");
        if !(adapters || file.path.starts_with("src/settings/tables")) || file.path.contains("/tests") {
            continue;
        }
        for table in tables(&file.text().unwrap()) {
            seen += 1;
            if !table.strict {
                match WAIVED
                    .iter()
                    .find(|(path, name, _)| *path == file.path && *name == table.name)
                {
                    Some(row) => needed.push(row),
                    None => wrong.push(format!("{}: {} takes any key", file.path, table.name)),
                }
            }
        }
    }
    assert!(seen > 25, "the tables were not found: {seen}");
    assert_eq!(needed.len(), WAIVED.len(), "a waiver is not needed");
    none(&wrong);
}

#[test]
fn the_reader_of_attributes_sees_a_table_that_is_not_strict() {
    let text = "#[derive(Debug, Deserialize)]\npub struct Loose {\n    a: u8,\n}\n\n\
                #[derive(Deserialize)]\n#[serde(deny_unknown_fields)]\nstruct Strict {\n    a: u8,\n}\n\n\
                #[derive(Deserialize)]\nenum Words {\n    A,\n}\n\n#[derive(Deserialize)]\nenum Mixed {\n    A {\n        b: u8,\n    },\n}\n\n\
                pub struct NotRead {\n    a: u8,\n}\n";
    let found: Vec<(String, bool)> = tables(text).into_iter().map(|t| (t.name, t.strict)).collect();
    let expected = [("Loose", false), ("Strict", true), ("Mixed", false)];
    assert_eq!(found, expected.map(|(name, strict)| (name.to_owned(), strict)));
}
