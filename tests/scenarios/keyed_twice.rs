//! The same answer twice is one answer; another answer, or two entries that differ, change nothing.

use crate::harness::{CLERK, COLLEAGUE, Town, plain};
use departments::cases;

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_completed_once_whoever_says_it_again() {
    let town = Town::start().await;
    let no = cases::case_no(1);
    town.post(&plain(1)).await;
    let task = town.task(&no, "aic.name", "submit").await;
    let unclaimed = town
        .run_as(CLERK, &["queue", "complete", &task, "--acceptance", "X-1"])
        .await;
    assert_eq!((unclaimed.code, unclaimed.error()), (1, "V_STATE"));
    let number = town.key(CLERK, &task).await;
    let empty = town
        .run_as(CLERK, &["queue", "complete", &task, "--acceptance", " "])
        .await;
    assert_eq!((empty.code, empty.error()), (1, "E_REQUIRED"));
    let nobody = town
        .run_as("王五", &["queue", "complete", &task, "--acceptance", &number])
        .await;
    assert_eq!((nobody.code, nobody.error()), (1, "V_PERSON"));

    let complete = ["queue", "complete", &task, "--acceptance", &number];
    let first = town.ask(&complete).await;
    assert_eq!(town.ask(&complete).await, first);
    assert_eq!(town.ask_as(COLLEAGUE, &complete).await, first);
    let other = town
        .run_as(CLERK, &["queue", "complete", &task, "--acceptance", "AIC-NAME-0"])
        .await;
    assert_eq!((other.code, other.error()), (1, "V_STATE"));
    assert_eq!(town.attempts(&no, "aic.name").await[0]["receipt_no"], number.as_str());
    town.books_hold(&no, &[("aic.name", 1, "submit")]);
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_holds_a_task_sees_whose_it_is() {
    let town = Town::start().await;
    let no = cases::case_no(3);
    town.post(&plain(3)).await;
    let task = town.task(&no, "aic.name", "submit").await;
    town.ask(&["queue", "claim", &task]).await;
    let name_in = |sheet: &serde_json::Value| {
        let fields = sheet["fields"].as_array().unwrap();
        fields.iter().find(|f| f["name"] == "法定代表人").unwrap()["value"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(name_in(&town.ask(&["queue", "show", &task]).await), "张测试");
    let hidden = name_in(&town.ask_as(COLLEAGUE, &["queue", "show", &task]).await);
    assert!(hidden.starts_with('张') && !hidden.contains("测试"), "{hidden}");
    let shown = town.run_as(COLLEAGUE, &["case", &no]).await;
    assert!(!shown.out.contains("张测试"));
    let revealed = town.run_as(COLLEAGUE, &["case", &no, "--reveal", "核对证件"]).await;
    assert!(revealed.out.contains("张测试"), "{revealed:?}");
    town.close().await;
}
