//! The manifests read as a table of contents, and all crates are built alike.

use crate::imports::members;
use crate::tree::{none, root, toml};
use std::collections::BTreeSet;
use std::fs;

/// Dependencies that say more than `workspace = true`, and why: everything else unites features in one place.
const WAIVED: &[(&str, &str, &str)] = &[
    (".", "departments", "optional: the binary builds without them"),
    (
        "tests/testkit",
        "tokio",
        "the paused clock is for tests and must not reach the product's features",
    ),
];

#[test]
fn every_member_says_what_it_is_for() {
    let text = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let start = text.find("\nmembers = [").expect("the member list");
    let list = &text[start..start + text[start..].find("\n]").expect("its end")];
    let lines: Vec<&str> = list.lines().filter(|l| l.trim_start().starts_with('"')).collect();
    assert_eq!(lines.len() + 1, members().len(), "one member per line");
    let comment = |line: &str| line.split_once('#').is_some_and(|(_, says)| says.trim().len() >= 10);
    let wrong: Vec<String> = lines
        .iter()
        .filter(|l| !comment(l))
        .map(|l| format!("no comment: {l}"))
        .collect();
    none(&wrong);
}

#[test]
fn a_plain_cargo_test_tests_everything() {
    let manifest = toml("Cargo.toml");
    let names = manifest["workspace"]["default-members"].as_array().unwrap();
    let defaults: BTreeSet<String> = names.iter().map(|m| m.as_str().unwrap().to_owned()).collect();
    assert_eq!(defaults, members().into_iter().collect());
}

#[test]
fn every_crate_folder_is_a_member() {
    let mut crates = BTreeSet::from([".".to_owned()]);
    for file in crate::tree::files_with("/Cargo.toml") {
        crates.insert(file.path.trim_end_matches("/Cargo.toml").to_owned());
    }
    // Comparison programs cannot share our lock file.
    crates.retain(|c| !c.starts_with("tests/floors"));
    assert_eq!(crates, members().into_iter().collect());
}

#[test]
fn all_crates_are_built_alike() {
    let mut wrong = Vec::new();
    for folder in members().iter().filter(|m| *m != ".") {
        let manifest = toml(&format!("{folder}/Cargo.toml"));
        let package = manifest["package"].as_table().unwrap();
        let last = folder.rsplit('/').next().unwrap();
        // A program that only tests run is called by its own name.
        let program = folder.starts_with("tests/") && manifest.get("bin").is_some();
        let name = if program {
            last.to_owned()
        } else {
            format!("tanghulu-{last}")
        };
        if package["name"].as_str() != Some(&name) {
            wrong.push(format!("{folder}: the package is called otherwise"));
        }
        if package
            .get("description")
            .and_then(toml::Value::as_str)
            .is_none_or(str::is_empty)
        {
            wrong.push(format!("{folder}: no description"));
        }
        for key in ["version", "edition", "rust-version", "license", "publish"] {
            if package
                .get(key)
                .and_then(|v| v.get("workspace"))
                .and_then(toml::Value::as_bool)
                != Some(true)
            {
                wrong.push(format!("{folder}: {key} is not the workspace's"));
            }
        }
        if manifest
            .get("lints")
            .and_then(|l| l.get("workspace"))
            .and_then(toml::Value::as_bool)
            != Some(true)
        {
            wrong.push(format!("{folder}: lints are not the workspace's"));
        }
        if let Some(lib) = manifest.get("lib")
            && (lib.get("path").and_then(toml::Value::as_str) != Some("lib.rs")
                || lib.get("doctest").and_then(toml::Value::as_bool) != Some(false))
        {
            wrong.push(format!(
                "{folder}: crates are flat (path = \"lib.rs\") and without doctests"
            ));
        }
    }
    none(&wrong);
}

#[test]
fn versions_and_features_stand_in_one_place() {
    let mut wrong = Vec::new();
    let mut needed = BTreeSet::new();
    for folder in members() {
        let manifest = toml(&format!("{folder}/Cargo.toml"));
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(table) = manifest.get(section).and_then(toml::Value::as_table) else {
                continue;
            };
            for (name, value) in table {
                let table = value.as_table();
                // A path alone has neither version nor features: a program that one test starts.
                let ours = table.is_some_and(|t| t.len() == 1 && t.contains_key("path"));
                let named = table.and_then(|t| t.get("workspace")).and_then(toml::Value::as_bool) == Some(true);
                let inherits = named || ours;
                let more = table.is_none_or(|t| t.len() > 1);
                if !inherits {
                    wrong.push(format!("{folder}: {name} has a version of its own"));
                } else if more {
                    match WAIVED.iter().position(|(f, n, _)| *f == folder && n == name) {
                        Some(row) => drop(needed.insert(row)),
                        None => wrong.push(format!("{folder}: {name} has features of its own")),
                    }
                }
            }
        }
    }
    let unused = WAIVED.iter().enumerate().filter(|(row, _)| !needed.contains(row));
    wrong.extend(unused.map(|(_, (folder, name, _))| format!("{folder}: the waiver for {name} is not needed")));
    none(&wrong);
}
