//! What a page points at is there, and every script stops at its first failure.

use crate::tree::{files, files_with, none, root};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// The targets of inline links, without those that lead out of the tree or stay on the page.
fn targets(text: &str) -> Vec<String> {
    let ends = text.match_indices("](").map(|(at, _)| &text[at + 2..]);
    let target = |rest: &str| rest.split([')', ' ', '\n']).next().unwrap_or_default().to_owned();
    ends.map(target)
        .filter(|t| !t.contains("://") && !t.starts_with(['#', '<']) && !t.is_empty())
        .map(|t| t.split('#').next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn every_link_in_a_page_leads_somewhere() {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for file in files_with(".md") {
        let text = file.text().expect("a page is text");
        let folder = Path::new(&file.path).parent().unwrap().to_owned();
        for target in targets(&text) {
            seen += 1;
            if !root().join(&folder).join(&target).exists() {
                wrong.push(format!("{}: {target} is not there", file.path));
            }
        }
    }
    assert!(seen > 5, "the links were not found: {seen}");
    none(&wrong);
}

#[test]
fn every_script_stops_at_its_first_failure() {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for file in files() {
        let Some(text) = file
            .text()
            .filter(|t| t.starts_with("#!/bin/sh") || t.starts_with("#!/usr/bin/env bash"))
        else {
            continue;
        };
        seen += 1;
        let strict = text.lines().any(|l| l == "set -eu" || l == "set -euo pipefail");
        let runs = file.place.metadata().unwrap().permissions().mode() & 0o111 == 0o111;
        if !strict {
            wrong.push(format!("{}: no `set -eu`", file.path));
        }
        if !runs {
            wrong.push(format!("{}: nobody may run it", file.path));
        }
    }
    assert!(seen >= 6, "the scripts were not found: {seen}");
    none(&wrong);
}
