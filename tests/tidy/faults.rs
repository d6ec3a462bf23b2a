//! Every fault of the table, of processes, disks, files, parsers, servers and clerks, and each fault case of the nine
//! departments as it is on a medium or at a desk, has a test that shows how it is survived.
//!
//! The table is `fixtures/faults.txt`. A test that is renamed or removed would leave its line without a proof: it fails
//! here.

use crate::imports::members;
use crate::tree::{files_with, none, root, toml};
use std::collections::BTreeMap;
use std::fs;

/// The fault cases of the departments that a medium or a clerk can meet.
const OF_DEPARTMENTS: [&str; 6] = ["F9", "F11", "F12", "F14", "F16", "F22"];

/// What stands in the table, each once and in this order.
fn numbers() -> Vec<String> {
    let storage = (1..=17).chain(20..=23);
    let disks = 83..=94;
    let clerks = 95..=106;
    let living = 111..=118;
    let faults = storage.chain(24..=71).chain(disks).chain(clerks).chain(living);
    let faults = faults.map(|number: u32| number.to_string());
    faults.chain(OF_DEPARTMENTS.map(str::to_owned)).collect()
}

/// One line of the table.
struct Line<'t> {
    number: &'t str,
    what: &'t str,
    tests: Vec<&'t str>,
    /// Points at which a node is killed for it.
    points: Vec<&'t str>,
}

fn line(text: &str) -> Option<Line<'_>> {
    let mut parts = text.split('\t');
    let mut line = Line {
        number: parts.next()?,
        what: parts.next()?,
        tests: parts.next()?.split(',').filter(|test| *test != "-").collect(),
        points: Vec::new(),
    };
    line.points = parts.next().into_iter().flat_map(|points| points.split(' ')).collect();
    parts.next().is_none().then_some(line)
}

/// The root file of each crate and of each test target, by the name that a test runner lists.
fn roots() -> BTreeMap<String, String> {
    let mut roots = BTreeMap::new();
    for folder in members() {
        let at = |file: &str| format!("{folder}/{file}").trim_start_matches("./").to_owned();
        let manifest = toml(&at("Cargo.toml"));
        let name = manifest["package"]["name"].as_str().unwrap();
        let lib = if folder == "." { "src/main.rs" } else { "lib.rs" };
        roots.insert(name.to_owned(), at(lib));
        for target in manifest.get("test").and_then(|t| t.as_array()).into_iter().flatten() {
            let text = |key: &str| target[key].as_str().unwrap();
            roots.insert(text("name").to_owned(), at(text("path")));
        }
    }
    roots
}

/// What is wrong with the name of a test: it is looked for in the deepest file that its path leads to. One that a macro
/// makes for several counterparts is called by them at the end, and stands in the macro's call.
fn missing(roots: &BTreeMap<String, String>, test: &str) -> Option<String> {
    let said = |what: &str| Some(format!("{test}: {what}"));
    let Some((name, path)) = test.split_once(' ') else {
        return said("no crate before its path");
    };
    let Some(main) = roots.get(name) else {
        return said("no such crate");
    };
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder);
    let parts: Vec<&str> = path.split("::").collect();
    let file = (1..parts.len())
        .rev()
        .map(|deep| format!("{folder}/{}.rs", parts[..deep].join("/")))
        .find(|file| root().join(file).is_file())
        .unwrap_or_else(|| main.clone());
    let text = fs::read_to_string(root().join(&file)).unwrap();
    let made = |name: &str| text.contains(&format!("fn {name}(")) || text.contains(&format!("fn {name}<"));
    let listed = |name: &str| text.lines().any(|line| line.trim() == format!("{name},"));
    let last = parts.last().unwrap();
    let before = parts.iter().rev().nth(1);
    // A function of a suite stands elsewhere; the call that makes a test of it is here.
    let of_a_suite = |name: &str| listed(name) && stands_somewhere(name);
    if made(last) || before.is_some_and(|name| made(name)) || of_a_suite(last) {
        return None;
    }
    said(&format!("not in {file}"))
}

/// The points that the program has, as its list says.
fn named_points() -> Vec<String> {
    let text = fs::read_to_string(root().join("src/seams/point.rs")).unwrap();
    let list = text
        .split_once("pub const ALL")
        .and_then(|(_, rest)| rest.split_once("];"))
        .unwrap()
        .0;
    let quoted = list.split('"').skip(1).step_by(2);
    quoted.map(str::to_owned).collect()
}

fn stands_somewhere(name: &str) -> bool {
    let suites = files_with(".rs")
        .into_iter()
        .filter(|f| f.path.starts_with("tests/testkit/"));
    suites
        .filter_map(|f| f.text())
        .any(|text| text.contains(&format!("fn {name}<")))
}

#[test]
fn every_fault_of_the_table_has_tests_that_are_there() {
    let text = fs::read_to_string(root().join("fixtures/faults.txt")).unwrap();
    let (mut wrong, mut found, roots) = (Vec::new(), Vec::new(), roots());
    let mut points = Vec::new();
    for written in text.lines().filter(|l| !l.starts_with('#')) {
        let Some(line) = line(written) else {
            wrong.push(format!("{written:?} is not number, words and tests"));
            continue;
        };
        found.push(line.number.to_owned());
        points.extend(line.points.iter().map(|point| (*point).to_owned()));
        if !(3..=12).contains(&line.what.split(' ').count()) {
            wrong.push(format!("{}: say in a few words what is survived", line.number));
        }
        if line.tests.is_empty() {
            wrong.push(format!("{}: no test", line.number));
        }
        wrong.extend(line.tests.into_iter().filter_map(|test| missing(&roots, test)));
    }
    assert_eq!(found, numbers());
    // Every point belongs to one fault.
    let (mut all, named) = (named_points(), points.len());
    points.sort();
    all.sort();
    assert_eq!(
        points, all,
        "the points of the table, {named}, and those of the program"
    );
    none(&wrong);
}

#[test]
fn a_test_that_is_not_there_is_missed() {
    let roots = roots();
    let known = [
        "tanghulu-tidy faults::a_test_that_is_not_there_is_missed",
        "tanghulu-frontend watch::tests::an_overflow_is_told_though_it_names_nothing",
        "tanghulu-frontend tests::coming_in::a_claim_is_ours_until_it_is_answered::directory",
        "tanghulu-frontend behaviour::directory::a_crash_before_take_over_returns_is_made_good",
        "scenarios gap::a_list_by_telephone_settles_and_the_result_proves_and_a_lost_result_is_missed",
        "torture judge::judge",
    ];
    for test in known {
        assert_eq!(missing(&roots, test), None);
    }
    let unknown = [
        "tanghulu-tidy faults::a_test_that_was_removed",
        "tanghulu-tidy links::a_test_that_is_not_there_is_missed",
        "nobody faults::numbers",
        "faults::numbers",
    ];
    for test in unknown {
        assert!(missing(&roots, test).is_some(), "{test}");
    }
}
