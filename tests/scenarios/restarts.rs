//! The node is asked to end and started again between any two steps, and nothing is different.

use crate::harness::{CLERK, Town, about, hitech};
use departments::{Ruling, cases};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn between_any_two_steps_a_restart_changes_nothing() {
    let mut town = Town::start().await;
    let no = cases::case_no(1);
    town.rulings.set("park.hitech", &no, Ruling::SupplementFirst);
    town.post(&hitech(1)).await;
    town.restart().await;
    let task = town.task(&no, "aic.name", "submit").await;
    town.ask(&["queue", "claim", &task]).await;
    town.restart().await;
    // The claim holds over the restart: the same clerk goes on.
    let number = town.key_claimed(CLERK, &task).await;
    town.restart().await;
    town.ask(&["queue", "complete", &task, "--acceptance", &number]).await;
    town.restart().await;
    let form = town.task(&no, "aic.name", "result").await;
    let paper = town.paper(&no, "aic.name").unwrap();
    assert_eq!(town.enter(&form, &paper).await.code, 0);
    town.restart().await;
    assert_eq!(
        town.enter(&form, &paper).await.code,
        0,
        "the same answer after a restart"
    );
    town.through_aic(&no, "aic.licence").await;
    town.restart().await;
    town.decided(&no, "park.hitech", "supplement_requested").await;
    town.restart().await;
    town.post(&cases::supplement(1, "park.hitech")).await;
    town.restart().await;
    town.decided(&no, "park.hitech", "approved").await;
    town.restart().await;
    town.decided(&no, "ltax.reg", "approved").await;
    town.restart().await;
    town.exported(&no).await;
    town.restart().await;
    assert_eq!(town.export().await, 0, "what left does not leave again");
    town.post(&about("amend", 1, json!({ "items": { "tel": "010-55550199" } })))
        .await;
    town.restart().await;
    town.take();
    town.restart().await;
    town.import().await;
    town.restart().await;
    assert_eq!(town.import().await[0]["verdict"], "repeat");
    town.serve_each(&no, &[("ltax.reg", "amend"), ("ntax.reg", "amend")])
        .await;
    town.restart().await;

    assert!(town.tasks(&no).await.is_empty());
    town.books_hold(
        &no,
        &[
            ("aic.name", 1, "submit"),
            ("aic.licence", 1, "submit"),
            ("park.hitech", 1, "submit"),
            ("park.hitech", 2, "supplement"),
            ("ltax.reg", 1, "submit"),
            ("ltax.reg", 1, "amend"),
            ("ntax.reg", 1, "submit"),
            ("ntax.reg", 1, "amend"),
        ],
    );
    let balance = town.ask(&["balance"]).await;
    assert_eq!(
        (&balance["total"]["opened"], &balance["total"]["booked"]),
        (&6.into(), &6.into()),
        "{balance:#}"
    );
    town.close().await;
}
