//! Lists that stand in two places, because two crates must not know each other, say the same.

use crate::tree::{files_with, none, root};
use std::collections::BTreeSet;
use std::fs;

#[test]
fn the_binary_carries_every_file_of_config() {
    let on_disk: BTreeSet<String> = files_with(".toml")
        .iter()
        .filter_map(|f| f.path.strip_prefix("config/").map(str::to_owned))
        .collect();
    let embedded: BTreeSet<String> = departments::play::config::SHIPPED
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    assert_eq!(embedded, on_disk);
    let differs = |(name, text): &&(&str, &str)| fs::read_to_string(root().join("config").join(name)).unwrap() != *text;
    let wrong: Vec<String> = departments::play::config::SHIPPED
        .iter()
        .filter(differs)
        .map(|(name, _)| format!("config/{name} is embedded under another's name"))
        .collect();
    none(&wrong);
}

#[test]
fn settings_and_mapping_know_the_same_transforms() {
    let said: BTreeSet<&str> = settings::words::TRANSFORMS.iter().map(|t| t.name).collect();
    let done: BTreeSet<&str> = mapping::transform::NAMES.iter().copied().collect();
    assert_eq!(said, done);
    assert_eq!(
        said.len(),
        settings::words::TRANSFORMS.len(),
        "a transform stands twice in settings"
    );
    assert_eq!(
        done.len(),
        mapping::transform::NAMES.len(),
        "a transform stands twice in mapping"
    );
}
