//! The shipped flow: what `needs`, `after` and `gives` of nine departments imply, for every class of enterprise.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::cli::say::ask;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

fn flow(class: &str) -> Value {
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    let said = ask(&config, &["flow", "--class", class, "--json"]);
    assert_eq!(said.code, 0, "{class}: {said:?}");
    serde_json::from_str(&said.out).unwrap()
}

/// The steps, each with its matters in the order of the alphabet.
fn steps(flow: &Value) -> Vec<Vec<&str>> {
    let mut steps: Vec<Vec<&str>> = Vec::new();
    for block in flow["blocks"].as_array().unwrap() {
        let step = usize::try_from(block["step"].as_u64().unwrap()).unwrap();
        steps.resize(steps.len().max(step), Vec::new());
        steps[step - 1].push(block["matter"].as_str().unwrap());
    }
    steps.iter_mut().for_each(|s| s.sort_unstable());
    steps
}

#[test]
fn a_high_tech_enterprise_passes_nine_blocks_in_five_steps() {
    let flow = flow("000001");
    assert_eq!(
        steps(&flow),
        [
            vec!["aic.name"],
            vec!["aic.licence", "epb.eia"],
            vec!["park.hitech"],
            vec!["psb.seal", "qts.orgcode"],
            vec!["ltax.reg", "ntax.reg", "stat.reg"],
        ]
    );
    let figures = ["steps", "departments", "serial_days", "parallel_days"].map(|name| flow[name].as_u64().unwrap());
    assert_eq!(figures, [5, 8, 46, 32]);
    let afterwards: Vec<&Value> = flow["afterwards"]
        .as_array()
        .unwrap()
        .iter()
        .map(|b| &b["matter"])
        .collect();
    assert_eq!(afterwards, ["hrss.reg"]);
}

#[test]
fn each_of_256_classes_has_a_flow_that_ends() {
    let mut shapes = BTreeSet::new();
    for class in 0..256_u32 {
        let (capital, form) = (class % 4, class / 4 % 4);
        let (industry, hitech) = (class / 16 % 8, class / 128);
        let class = format!("00{capital}{form}{industry}{hitech}");
        let flow = flow(&class);
        let blocks = flow["blocks"].as_array().unwrap();
        // Whatever a block follows stands in an earlier step: no circle, and each can be reached from the first.
        for block in blocks {
            for before in block["follows"].as_array().unwrap() {
                let earlier = blocks.iter().find(|b| b["matter"] == *before).unwrap();
                assert!(
                    earlier["step"].as_u64() < block["step"].as_u64(),
                    "{class}: {before} {block}"
                );
            }
        }
        assert_eq!(flow["afterwards"][0]["matter"], "hrss.reg", "{class} ends");
        assert!(flow["departments"].as_u64().unwrap() <= 17, "{class}");
        let high_tech = blocks.iter().any(|b| b["matter"] == "park.hitech");
        assert_eq!(high_tech, hitech == 1, "{class}");
        shapes.insert(flow["blocks"].to_string());
    }
    assert_eq!(shapes.len(), 2, "with the park and without");
}
