#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::plan::{Retry, Rules};
use model::define::{Agreement, Department, LimitUnit, Matter, Title};
use model::{Dictionary, MatterId};
use std::sync::Arc;

fn matter(id: &str, limit: u32, after: &[&str], promised: bool) -> Department {
    let id = MatterId::new(id);
    let matter = Matter {
        id: id.clone(),
        title: Title::default(),
        applies: Vec::new(),
        needs: Vec::new(),
        needs_before_decision: Vec::new(),
        after: after.iter().map(MatterId::new).collect(),
        gives: Vec::new(),
        limit,
        limit_unit: LimitUnit::WorkingDay,
        basis: String::new(),
        reports: false,
        promised,
    };
    let agreement = Agreement {
        id: String::new(),
        basis: String::new(),
        purpose: String::new(),
        expires: jiff::civil::date(2027, 12, 31),
        items: Vec::new(),
    };
    Department {
        id: id.dept(),
        title: Title::default(),
        agreement,
        matters: vec![matter],
        layouts: Vec::new(),
        ladder: Vec::new(),
        no_manual: None,
    }
}

/// Blocks, steps, departments, days one after another, days side by side, and what comes afterwards.
fn figures(after_service: bool) -> (Vec<String>, usize, usize, u32, u32, Vec<String>) {
    let rules = Rules {
        node: "n".into(),
        offset_minutes: 480,
        lease_ms: 1,
        review: (10, model::define::LimitUnit::WorkingDay),
        rekey: Default::default(),
        hours: 6,
        retry: Retry { first_ms: 1, max_ms: 1 },
        people: Default::default(),
        max_bytes_in: 1,
        max_rows_in: 1,
        whole_rows: 1_000,
    };
    let departments = vec![
        matter("aic.name", 5, &[], true),
        matter("ltax.reg", 5, &["aic.name"], true),
        matter("stat.reg", 2, &["aic.name"], true),
        matter("hrss.reg", 7, &["ltax.reg", "stat.reg"], !after_service),
    ];
    let plan = Plan::new(rules, Arc::new(Dictionary::new(Vec::new())), &[], departments);
    let plan = plan.unwrap_or_else(|findings| panic!("{findings:?}"));
    let view = flow(&plan, Some("000000")).unwrap();
    let names = |blocks: &[FlowBlock]| blocks.iter().map(|b| b.matter.clone()).collect();
    (
        names(&view.blocks),
        view.steps,
        view.departments,
        view.serial_days,
        view.parallel_days,
        names(&view.afterwards),
    )
}

#[test]
fn an_after_service_counts_in_no_figure_of_the_promise() {
    let blocks = ["aic.name", "ltax.reg", "stat.reg"].map(str::to_owned).to_vec();
    let hrss = vec!["hrss.reg".to_owned()];
    assert_eq!(figures(true), (blocks.clone(), 2, 3, 12, 10, hrss.clone()));
    assert_eq!(figures(false), ([blocks, hrss].concat(), 3, 4, 19, 17, Vec::new()));
}
