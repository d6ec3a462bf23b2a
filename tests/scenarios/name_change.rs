//! 工商局 corrects an approved name while other departments work under the old one.

use crate::harness::{Town, about, plain};
use departments::cases;
use serde_json::json;

const NEW: &str = "北京更名1号生物制剂有限公司";

#[tokio::test(flavor = "multi_thread")]
async fn a_name_from_anyone_else_is_a_claim_and_changes_nothing() {
    let town = Town::start().await;
    let no = cases::case_no(2);
    town.post(&plain(2)).await;
    town.through_aic(&no, "aic.name").await;
    let before = town.item(&no, "ent_name").await.unwrap();
    town.post(&about("amend", 2, json!({ "items": { "ent_name": NEW } })))
        .await;
    assert_eq!(town.item(&no, "ent_name").await.unwrap(), before);
    let case = town.ask(&["case", &no]).await;
    assert_eq!(case["conflicts"], json!([["ent_name", "hub"]]));
    town.books_hold(&no, &[("aic.name", 1, "submit")]);
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_differs_from_the_proposal_is_told_to_those_who_come_after() {
    let town = Town::start().await;
    let no = cases::case_no(3);
    town.post(&plain(3)).await;
    town.serve_one(&no, "aic.name", "submit").await;
    let form = town.task(&no, "aic.name", "result").await;
    let paper = town.aic.rename(&no, NEW).unwrap().unwrap();
    let said = town.enter(&form, &paper).await;
    assert_eq!(said.code, 0, "{said:?}");
    let licence = town.task(&no, "aic.licence", "submit").await;
    let tasks = town.tasks(&no).await;
    assert!(
        tasks.iter().all(|t| t["matter"] == "aic.licence"),
        "nobody tells the office its own word: {tasks:?}"
    );
    let sheet = town.ask(&["queue", "show", &licence]).await;
    let name = sheet["fields"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["name"] == "企业名称")
        .unwrap();
    assert_eq!(name["value"], NEW);
    // The platform never heard the answer to its submission and sends it again, in other bytes: whatever the office named
    // since, it is the same one. Another address would be another submission.
    let mut same = plain(3);
    same["items"].as_object_mut().unwrap().remove("tel");
    assert_eq!(town.post(&same).await.body["verdict"], "accepted");
    assert_eq!(town.item(&no, "ent_name").await.unwrap()["value"], NEW);
    same["items"]["addr"] = "北京市海淀区另一路1号".into();
    let other = town.poster.post(&same).await.unwrap();
    assert_eq!((other.status, other.body["return_code"].as_str()), (422, Some("2011")));
    town.close().await;
}
