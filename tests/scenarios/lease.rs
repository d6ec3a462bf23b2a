//! A clerk takes a task and does not come back: whoever comes next looks first.

use crate::harness::{CLERK, COLLEAGUE, Town, plain};
use departments::cases;

async fn town() -> Town {
    Town::start_with(|config| config.edit("tanghulu.toml", |t| t["queue"]["lease"] = "5s".into())).await
}

/// Waits until a claim has run out.
pub async fn lapsed(town: &Town, no: &str, task: &str) {
    town.until("the claim has run out", async || {
        let tasks = town.tasks(no).await;
        let line = tasks.iter().find(|t| t["task"] == task)?;
        (line["claimed_by"].is_null() && line["look_first"] == true).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_keyed_becomes_a_new_task_and_is_booked_once() {
    let town = town().await;
    let no = cases::case_no(2);
    town.post(&plain(2)).await;
    let task = town.task(&no, "aic.name", "submit").await;
    town.ask(&["queue", "claim", &task]).await;
    lapsed(&town, &no, &task).await;

    town.ask_as(COLLEAGUE, &["queue", "claim", &task]).await;
    assert_eq!(town.aic.look_for(&no, "aic.name"), None);
    town.ask_as(
        COLLEAGUE,
        &["queue", "not-keyed", &task, "--reason", "对方系统查无此件"],
    )
    .await;
    let again = town.task(&no, "aic.name", "submit").await;
    assert_ne!(again, task);
    let line = town.tasks(&no).await.remove(0);
    assert_eq!(line["look_first"], false, "it was looked for: {line}");
    let stale = town
        .run_as(CLERK, &["queue", "complete", &task, "--acceptance", "X-1"])
        .await;
    assert_eq!((stale.code, stale.error()), (1, "V_STATE"));
    town.serve(&again).await;
    town.books_hold(&no, &[("aic.name", 1, "submit")]);
    let attempts = town.attempts(&no, "aic.name").await;
    let states: Vec<_> = attempts.iter().map(|a| a["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["recalled", "acknowledged"]);
    assert_eq!(attempts[1]["parent"], attempts[0]["attempt"]);
    town.close().await;
}
