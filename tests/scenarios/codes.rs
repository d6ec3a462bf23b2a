//! A code that no table knows parks what needs it, and nothing else; two people say what it means, and all goes on.

use crate::harness::{CLERK, COLLEAGUE, Config, Town, hitech, plain};
use departments::cases;
use serde_json::Value;

const MAP: &[&str] = &["codes", "map", "ent_type", "199", "159", "--reason", "登记机关来函"];

/// Case `n` with a type of enterprise that is not in the table.
fn odd(n: u32) -> Value {
    let mut body = plain(n);
    body["items"]["ent_type"] = "199".into();
    body
}

async fn parked_rows(town: &Town) -> (u64, u64) {
    let balance = town.ask(&["balance"]).await;
    let count = |name: &str| balance[name].as_u64().unwrap();
    (count("parked_rows"), count("refused_rows"))
}

async fn item(town: &Town, case_no: &str, item: &str) -> Option<String> {
    let case = town.run_as(CLERK, &["case", case_no]).await.json;
    let items = case["items"].as_array()?.iter();
    items
        .filter(|i| i["item"] == item)
        .map(|i| i["value"].as_str().unwrap().to_owned())
        .next()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_waits_for_its_code_and_goes_on_when_two_people_say_what_it_means() {
    let mut town = Town::start().await;
    let (one, two) = (cases::case_no(1), cases::case_no(5));
    let told = town.post(&odd(1)).await;
    assert_eq!(told.status, 202, "{told:?}");
    let message = told.body["rows"][0]["message"].as_str().unwrap();
    assert!(
        message.contains("不必重报") && message.contains("ent_type"),
        "{message}"
    );
    // Only the record that has it: another one of the same source is taken.
    town.post(&plain(5)).await;
    assert!(town.obligation(&two, "aic.name").await.is_some());
    assert_eq!(parked_rows(&town).await, (1, 0));
    assert!(town.refusals("hub").await.is_empty());
    let why = town.ask(&["why", &one]).await;
    assert_eq!(
        (why["lines"][0]["waits_for"].as_str(), why["lines"][0]["with"].as_str()),
        (Some("code"), Some("hub")),
        "{why}"
    );
    let case = town.ask(&["case", &one]).await;
    assert_eq!(case["parked"][0]["codes"][0], "ent_type 199", "{case}");
    let unmapped = town.ask(&["codes", "unmapped"]).await;
    assert_eq!(unmapped.as_array().unwrap().len(), 1, "{unmapped}");
    let line = &unmapped[0];
    assert_eq!(
        (&line["code"], &line["side"], &line["rows"]),
        (&"199".into(), &"canonical".into(), &1.into())
    );

    // One person proposes, and cannot confirm; what was proposed outlives a restart.
    let proposed = town.ask(MAP).await;
    assert_eq!(proposed["confirmed"], false);
    let same = town.run_as(CLERK, MAP).await;
    assert_eq!((same.code, same.error()), (1, "V_SAME_PERSON"));
    town.restart().await;
    assert_eq!(parked_rows(&town).await, (1, 0));
    let unmapped = town.ask(&["codes", "unmapped"]).await;
    assert_eq!(unmapped[0]["proposed"]["by"], CLERK, "{unmapped}");
    let confirmed = town.ask_as(COLLEAGUE, MAP).await;
    assert_eq!(
        (&confirmed["confirmed"], &confirmed["released"]),
        (&true.into(), &1.into())
    );

    // The row went on as if it had come so, once.
    assert_eq!(item(&town, &one, "ent_type").await.as_deref(), Some("159"));
    assert_eq!(parked_rows(&town).await, (0, 0));
    assert_eq!(town.ask(&["codes", "unmapped"]).await, Value::Array(Vec::new()));
    town.through_aic(&one, "aic.name").await;
    // The same post again has no second effect; the next one with that code does not wait.
    let again = town.post(&odd(1)).await;
    assert_eq!(again.body["verdict"], "repeat", "{again:?}");
    town.restart().await;
    town.post(&odd(15)).await;
    assert_eq!(
        item(&town, &cases::case_no(15), "ent_type").await.as_deref(),
        Some("159")
    );
    town.ask(&["ledger", "rebuild"]).await;
    town.post(&odd(20)).await;
    assert_eq!(
        item(&town, &cases::case_no(20), "ent_type").await.as_deref(),
        Some("159")
    );
    let known = town.run_as(COLLEAGUE, MAP).await;
    assert_eq!((known.code, known.error()), (1, "V_STATE"), "{known:?}");
    let nobody = town
        .run_as(CLERK, &["codes", "map", "no_table", "1", "2", "--reason", "r"])
        .await;
    assert_eq!((nobody.code, nobody.error()), (1, "V_NOT_FOUND"));
    town.books_hold(&one, &[("aic.name", 1, "submit")]);
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_was_completed_meanwhile_is_as_good_as_two_people() {
    let mut town = Town::start().await;
    let no = cases::case_no(1);
    town.post(&odd(1)).await;
    assert_eq!(parked_rows(&town).await, (1, 0));
    town.node_down().await;
    town.written().edit("codes/ent_type.toml", |t| {
        let pairs = t["pairs"].as_table_mut().unwrap();
        pairs.insert("其他内资企业".to_owned(), "199".into());
    });
    town.node_up().await;
    assert_eq!(item(&town, &no, "ent_type").await.as_deref(), Some("199"));
    assert_eq!(parked_rows(&town).await, (0, 0));
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waited_too_long_does_not_replace_what_came_since() {
    let town = Town::start().await;
    let no = cases::case_no(1);
    town.post(&odd(1)).await;
    town.post(&plain(1)).await;
    let before = item(&town, &no, "ent_type").await;
    assert!(before.is_some());
    town.ask(MAP).await;
    town.ask_as(COLLEAGUE, MAP).await;
    assert_eq!(item(&town, &no, "ent_type").await, before);
    let refused = town.refusals("hub").await;
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!(
        (&refused[0]["code"], &refused[0]["case_no"]),
        (&"2011".into(), &(*no).into())
    );
    assert_eq!(parked_rows(&town).await, (0, 1));
    town.close().await;
}

/// A park that has no code for passports, and a department file that does not claim to.
fn without_passports(config: &Config) {
    config.edit("codes/park_id_type.toml", |t| {
        t["pairs"].as_table_mut().unwrap().remove("2");
    });
    config.edit("departments/park.toml", |t| {
        t.remove("test");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_waits_for_its_code_and_leaves_when_it_is_mapped() {
    let town = Town::start_with(without_passports).await;
    let no = cases::case_no(1);
    let mut body = hitech(1);
    body["items"]["rep_id_type"] = "414".into();
    body["items"]["rep_id_no"] = "E12345678".into();
    body["items"].as_object_mut().unwrap().remove("rep_sex");
    town.post(&body).await;
    town.licensed(&no).await;
    let line = town.waits_for(&no, "park.hitech", "code").await;
    assert_eq!(line["what"], "park_id_type 414", "{line}");
    assert!(town.refusals("park").await.is_empty());
    let o = town.obligation(&no, "park.hitech").await.unwrap();
    assert_eq!(o["account"], "waiting", "{o}");
    let unmapped = town.ask(&["codes", "unmapped"]).await;
    assert_eq!(
        (&unmapped[0]["side"], &unmapped[0]["deliveries"], &unmapped[0]["rows"]),
        (&"canonical".into(), &1.into(), &0.into()),
        "{unmapped}"
    );
    let map = ["codes", "map", "park_id_type", "2", "414", "--reason", "海淀园来函"];
    town.ask(&map).await;
    let mapped = town.ask_as(COLLEAGUE, &map).await;
    assert_eq!(mapped["released"], 1, "{mapped}");
    town.decided(&no, "park.hitech", "approved").await;
    town.booked(&no, "park.hitech", 1, "submit").await;
    assert_eq!(town.attempts(&no, "park.hitech").await.len(), 2);
    town.close().await;
}
