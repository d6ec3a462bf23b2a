//! What two people agree on has effect, wherever the node dies over it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::client::{Client, hidden};
use super::desk::Desk;
use super::names;
use std::time::{Duration, Instant};

/// Takes the next task; its path, and its case.
fn next(client: &mut Client) -> (String, String) {
    client.get("/console");
    let said = client.post("/console/next", &[]);
    assert!(said.location.starts_with("/console/task/"), "{}", said.location);
    let page = client.get(&said.location).body;
    let case_no = hidden(&page, "case_no").unwrap();
    (said.location, case_no)
}

/// The form of a case; its path.
fn form(desk: &Desk, case_no: &str) -> String {
    let begun = Instant::now();
    loop {
        let tasks = desk.bench.answer(&["queue", "list"]);
        if let Some(form) = tasks
            .as_array()
            .unwrap()
            .iter()
            .find(|t| t["kind"] == "form" && t["case_no"] == case_no)
        {
            return format!("/console/task/{}", form["task"].as_str().unwrap());
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{tasks}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn what_is_agreed_on_has_effect_although_the_node_dies_over_it() {
    let mut desk = Desk::open(2, &names(2));
    for (n, point) in ["engine.form-agreed", "engine.form-taken"].into_iter().enumerate() {
        let mut first = desk.clerk("clerk-1");
        desk.until_free(&mut first, 4 - 2 * n as u64);
        let (path, case_no) = next(&mut first);
        let number = format!("GS-{n}");
        let keyed = first.post(
            &format!("{path}/keyed"),
            &[("a.number", &number), ("a.again", &number), ("seen", "")],
        );
        assert_eq!(
            (keyed.status, keyed.location.as_str()),
            (303, "/console?did=keyed"),
            "{}",
            keyed.body
        );
        let path = form(&desk, &case_no);
        assert_eq!(first.post(&format!("{path}/claim"), &[]).status, 303);
        first.get(&path);
        let entry = [("f.处理结果", "准予"), ("f.说明", ""), ("f.受理号", "SL-1")];
        let waits = first.post(&format!("{path}/form"), &entry);
        assert_eq!(
            (waits.status, waits.location.as_str()),
            (303, "/console?did=waits"),
            "{}",
            waits.body
        );

        desk.dying_at(point);
        let mut second = desk.clerk("clerk-2");
        assert_eq!(second.post(&format!("{path}/take-proof"), &[]).status, 303);
        second.get(&path);
        let died = second.try_post(&format!("{path}/verify"), &[("f.受理号", "SL-1")]);
        assert!(died.is_err(), "{point}: {died:?}");
        desk.start(None);
        let begun = Instant::now();
        loop {
            let balance = desk.bench.answer(&["balance"]);
            let tasks = desk.bench.answer(&["queue", "list"]);
            let open = tasks
                .as_array()
                .unwrap()
                .iter()
                .any(|t| path.ends_with(t["task"].as_str().unwrap()));
            if !open {
                assert_eq!(balance["unexplained"], 0, "{balance}");
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "{point}: {tasks}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    let rows = desk.bench.answer(&["refused", "list"]);
    assert_eq!(rows, serde_json::json!([]), "nothing was taken twice or refused");
}
