//! Folder = crate suffix = word in TOML = fixtures folder: whoever knows one finds the others.

use crate::tree::{none, root, toml};
use model::Mode;
use std::collections::BTreeSet;
use std::fs;

/// A mode whose fixtures lie elsewhere, and why.
const FIXTURES_ELSEWHERE: &[(&str, &str, &str)] = &[(
    "frontend",
    "fixtures/files",
    "its files are whole and read by formats too",
)];

/// Every mode; a new one does not compile until it stands here.
fn words() -> Vec<&'static str> {
    let all = [Mode::Link, Mode::Frontend, Mode::Disk, Mode::Manual];
    for mode in all {
        match mode {
            Mode::Link | Mode::Frontend | Mode::Disk | Mode::Manual => {}
        }
    }
    all.iter().map(|m| m.word()).collect()
}

#[test]
fn one_word_names_folder_crate_mode_and_fixtures() {
    let mut wrong = Vec::new();
    for word in words() {
        let name = toml(&format!("adapters/{word}/Cargo.toml"))["package"]["name"]
            .as_str()
            .unwrap()
            .to_owned();
        if name != format!("tanghulu-{word}") {
            wrong.push(format!("adapters/{word} is the crate {name}"));
        }
        let elsewhere = FIXTURES_ELSEWHERE.iter().find(|(mode, ..)| *mode == word);
        let (own, folder) = (
            format!("fixtures/{word}"),
            elsewhere.map(|(_, folder, _)| (*folder).to_owned()),
        );
        if folder.is_some() && root().join(&own).is_dir() {
            wrong.push(format!("{own} is there: its waiver is not needed"));
        }
        let folder = folder.unwrap_or(own);
        if !root().join(&folder).is_dir() {
            wrong.push(format!("{word} has no {folder}"));
        }
        if !root().join(format!("adapters/{word}/README.md")).is_file() {
            wrong.push(format!("adapters/{word} has no README.md"));
        }
    }
    none(&wrong);
}

#[test]
fn every_folder_of_adapters_is_a_mode() {
    let entries = fs::read_dir(root().join("adapters")).unwrap().map(Result::unwrap);
    let folders = entries.filter(|e| e.file_type().unwrap().is_dir());
    let folders: BTreeSet<String> = folders.map(|e| e.file_name().into_string().unwrap()).collect();
    assert_eq!(folders, words().into_iter().map(str::to_owned).collect());
}

#[test]
fn the_shipped_configuration_shows_every_mode() {
    let mut shown = BTreeSet::new();
    for file in crate::tree::files_with(".toml")
        .iter()
        .filter(|f| f.path.starts_with("config/departments/"))
    {
        let department = toml(&file.path);
        let channels = department
            .get("channel")
            .and_then(toml::Value::as_array)
            .cloned()
            .unwrap_or_default();
        shown.extend(
            channels
                .iter()
                .filter_map(|c| Some(c.get("mode")?.as_str()?.to_owned())),
        );
    }
    assert_eq!(shown, words().into_iter().map(str::to_owned).collect());
}
