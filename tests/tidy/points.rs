//! Points at which a node can be made to die: the list and the code name the same ones.

use crate::tree::{files_with, none};
use std::collections::BTreeMap;

#[test]
fn each_point_stands_in_the_code_once_and_in_the_list() {
    // In two halves, so that this file does not say it.
    let call = ["point::pas", "sed(\""].concat();
    let mut found: BTreeMap<String, u32> = BTreeMap::new();
    for file in files_with(".rs") {
        let text = file.text().expect("source is text");
        for rest in text.split(&call).skip(1) {
            let name = rest.split('"').next().unwrap_or_default();
            *found.entry(name.to_owned()).or_default() += 1;
        }
    }
    let listed = seams::point::ALL.iter().chain(seams::point::VERBS);
    let mut wrong: Vec<String> = Vec::new();
    for name in listed {
        match found.remove(*name) {
            Some(1) => {}
            Some(n) => wrong.push(format!("{name} stands in {n} places")),
            None => wrong.push(format!("{name} is listed and nowhere passed")),
        }
    }
    wrong.extend(found.into_keys().map(|name| format!("{name} is passed and not listed")));
    none(&wrong);
}
