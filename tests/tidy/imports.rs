//! Who may import whom. Cargo lets a crate import what its manifest lists; this table says what it may list, and why.

use crate::tree::{none, toml};
use std::collections::BTreeSet;

/// A crate, what of ours it may build on, and why so little.
type Row = (&'static str, &'static [&'static str], &'static str);

/// Permission, not inventory: a row may allow what its crate does not use yet, and never what it must not know.
const OURS: &[Row] = &[
    ("src/model", &[], "the words outlive everything that says them"),
    ("src/seams", &[], "mechanics without domain words"),
    ("src/safe-files", &["seams"], "file mechanics without domain words"),
    ("src/port", &["model", "seams"], "a promise does not know who keeps it"),
    (
        "src/formats",
        &["model", "seams"],
        "bytes and rows; what they mean is mapping's",
    ),
    (
        "src/ledger",
        &["model", "seams"],
        "a promise does not know who keeps it",
    ),
    (
        "src/journal",
        &["model", "safe-files", "seams"],
        "the truth stands alone: the offline verifier needs only this",
    ),
    (
        "src/mapping",
        &["formats", "model"],
        "rows and items; of formats the names",
    ),
    (
        "src/settings",
        &["formats", "mapping", "model"],
        "what can be said; whether layouts do what their own tests say, mapping tells",
    ),
    (
        "src/oneform",
        &["model"],
        "counts what forms ask; reads no file and knows no configuration",
    ),
    (
        "src/ledger-local",
        &["journal", "ledger", "model", "seams"],
        "a store is replaceable",
    ),
    (
        "src/engine",
        &["ledger", "mapping", "model", "port", "seams"],
        "works with any adapter and any store",
    ),
    (
        "src/api",
        &["engine", "model", "port", "seams"],
        "shows and asks; never writes the ledger itself",
    ),
    (
        "src/accounts",
        &["journal", "model", "safe-files", "seams"],
        "who somebody is says nothing about cases; of the journal only how a file is sealed",
    ),
    (
        "src/console",
        &["accounts", "engine", "journal", "model", "safe-files", "seams"],
        "shows and asks; its own are drafts alone: of the journal only how a file is sealed",
    ),
    (
        "src/cli",
        &[
            "accounts", "engine", "formats", "journal", "mapping", "model", "oneform", "seams", "settings",
        ],
        "verbs that need adapters or living departments are handed in",
    ),
    ("adapters/link", ADAPTER_MAY, ADAPTER),
    ("adapters/frontend", ADAPTER_MAY, ADAPTER),
    ("adapters/disk", ADAPTER_MAY, ADAPTER),
    ("adapters/manual", ADAPTER_MAY, ADAPTER),
    (
        "fixtures/departments",
        &["formats", "model", "seams"],
        "judges the node by code that shares nothing with its ledger",
    ),
];

const ADAPTER: &str = "an adapter knows the port, formats and file mechanics: no mapping, ledger, engine, settings";
const ADAPTER_MAY: &[&str] = &["formats", "model", "port", "safe-files", "seams"];

/// Crates of others that only some may name, and why.
const THEIRS: &[(&str, &[&str], &str)] = &[
    ("sled", &["src/ledger-local"], "the index stands behind a trait"),
    (
        "axum",
        &["src/api", "src/console", "fixtures/departments"],
        "one listener",
    ),
    ("axum-server", &["src/api", "fixtures/departments"], "one listener"),
    (
        "russh",
        &["adapters/frontend", "fixtures/departments"],
        "SSH is one place's transport",
    ),
    (
        "russh-sftp",
        &["fixtures/departments"],
        "names and handles are text in it: only the server for play and tests is built on it",
    ),
    (
        "reqwest",
        &["adapters/link", "fixtures/departments"],
        "only link calls out",
    ),
    ("encoding_rs", &["src/formats"], "only formats decodes, strictly"),
    ("csv-core", &["src/formats"], "only formats reads files"),
    ("zip", &["src/formats"], "archives are opened behind a survey"),
    (
        "calamine",
        &["src/formats", "fixtures/departments"],
        "workbooks are read behind bounds; a department is a stranger",
    ),
    (
        "rust_xlsxwriter",
        &["src/formats", "fixtures/departments"],
        "one writer of ours; a department writes as it likes",
    ),
    ("clap", &["src/cli", "tests/torture"], "arguments end where verbs begin"),
    ("askama", &["src/console"], "pages are the console's"),
    ("argon2", &["src/accounts"], "one place hashes passwords"),
    ("sd-notify", &["."], "only the process knows its manager"),
    ("tracing-subscriber", &["."], "who logs does not say where to"),
    (
        "rcgen",
        &["fixtures/departments"],
        "certificates are made for play and tests only",
    ),
];

/// Crates that must stay without waiting: what decides is pure.
const PURE: &[&str] = &[
    "src/model",
    "src/formats",
    "src/mapping",
    "src/settings",
    "src/oneform",
    "src/journal",
    "src/ledger",
];

/// What crates of ours are called in manifests.
fn ours() -> Vec<(String, String)> {
    let manifest = toml("Cargo.toml");
    let dependencies = manifest["workspace"]["dependencies"].as_table().unwrap();
    let place = |table: &toml::Value| table.get("path").and_then(toml::Value::as_str).map(str::to_owned);
    dependencies
        .iter()
        .filter_map(|(name, table)| Some((name.clone(), place(table)?)))
        .collect()
}

/// What the manifest in `folder` lists under `section`.
fn listed(folder: &str, section: &str) -> BTreeSet<String> {
    let manifest = toml(&format!("{folder}/Cargo.toml"));
    let table = manifest.get(section).and_then(toml::Value::as_table);
    table.map(|t| t.keys().cloned().collect()).unwrap_or_default()
}

/// Every member of the workspace, and the root.
pub fn members() -> Vec<String> {
    let manifest = toml("Cargo.toml");
    let members = manifest["workspace"]["members"].as_array().unwrap();
    members
        .iter()
        .map(|m| m.as_str().unwrap().to_owned())
        .chain([".".to_owned()])
        .collect()
}

#[test]
fn every_crate_builds_on_what_the_table_lists_and_nothing_else() {
    let names: BTreeSet<String> = ours().into_iter().map(|(name, _)| name).collect();
    let mut wrong = Vec::new();
    for (folder, may, why) in OURS {
        let has: BTreeSet<String> = listed(folder, "dependencies").intersection(&names).cloned().collect();
        let may: BTreeSet<String> = may.iter().map(|m| (*m).to_owned()).collect();
        for more in has.difference(&may) {
            wrong.push(format!("{folder} imports {more}: {why}"));
        }
    }
    none(&wrong);
}

#[test]
fn every_crate_stands_in_the_table() {
    let rows: BTreeSet<String> = OURS.iter().map(|(folder, ..)| (*folder).to_owned()).collect();
    // The binary is where the parts meet; tests may look at everything.
    let free = |m: &String| m == "." || m.starts_with("tests/");
    let members: BTreeSet<String> = members().into_iter().filter(|m| !free(m)).collect();
    assert_eq!(members, rows);
}

#[test]
fn no_adapter_sees_another_even_in_its_tests() {
    let adapters: Vec<(String, String)> = ours()
        .into_iter()
        .filter(|(_, path)| path.starts_with("adapters/"))
        .collect();
    assert_eq!(adapters.len(), 4);
    let mut wrong = Vec::new();
    for (_, folder) in &adapters {
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let listed = listed(folder, section);
            wrong.extend(
                adapters
                    .iter()
                    .filter(|(name, _)| listed.contains(name))
                    .map(|(name, _)| format!("{folder} lists {name} in {section}")),
            );
        }
    }
    none(&wrong);
}

#[test]
fn only_the_binary_names_adapters_and_stores() {
    let concrete = ["link", "frontend", "disk", "manual", "ledger-local"];
    let mut wrong = Vec::new();
    for folder in members().iter().filter(|m| *m != "." && !m.starts_with("tests/")) {
        let listed = listed(folder, "dependencies");
        wrong.extend(
            concrete
                .iter()
                .filter(|c| listed.contains(**c))
                .map(|c| format!("{folder} imports {c}")),
        );
    }
    none(&wrong);
}

#[test]
fn testkit_and_departments_are_for_tests_and_play() {
    let mut wrong = Vec::new();
    for folder in members().iter().filter(|m| !m.starts_with("tests/")) {
        let listed = listed(folder, "dependencies");
        if listed.contains("testkit") {
            wrong.push(format!("{folder} imports testkit outside its tests"));
        }
        if folder != "." && listed.contains("departments") {
            wrong.push(format!("{folder} imports departments outside its tests"));
        }
    }
    let root = toml("Cargo.toml");
    let optional = root["dependencies"]["departments"]
        .get("optional")
        .and_then(toml::Value::as_bool);
    if optional != Some(true) {
        wrong.push("the binary must build without departments: they come with the feature demo".to_owned());
    }
    none(&wrong);
}

#[test]
fn what_others_wrote_is_named_only_where_it_belongs() {
    let mut wrong = Vec::new();
    for (theirs, keepers, why) in THEIRS {
        for folder in members() {
            let (has, keeps) = (
                listed(&folder, "dependencies").contains(*theirs),
                keepers.contains(&folder.as_str()),
            );
            match (has, keeps) {
                (true, false) => wrong.push(format!("{folder} lists {theirs}: {why}")),
                (false, true) => wrong.push(format!(
                    "{folder} keeps {theirs} and does not list it: take it off the table"
                )),
                _ => {}
            }
        }
    }
    none(&wrong);
}

#[test]
fn what_decides_does_not_wait() {
    let waiting = ["tokio", "tokio-util", "async-trait", "futures-util", "reqwest"];
    let mut wrong = Vec::new();
    for folder in PURE {
        let listed = listed(folder, "dependencies");
        wrong.extend(
            waiting
                .iter()
                .filter(|w| listed.contains(**w))
                .map(|w| format!("{folder} lists {w}")),
        );
    }
    none(&wrong);
}
