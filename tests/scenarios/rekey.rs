//! What a clerk keyed is proved before it has effect: by a second person who does not see it, by a third one where they
//! differ; and whatever they agreed on has effect although the node dies over it.

use crate::harness::{CLERK, COLLEAGUE, Config, Said, Town, plain};
use departments::cases;

const THIRD: &str = "赵六";

/// The number of the name approval is verified, and a third person is there.
fn verified(config: &Config) {
    config.edit("tanghulu.toml", |t| {
        let people = t["people"].as_table_mut().unwrap();
        let uid = people[CLERK].clone();
        people.insert(THIRD.to_owned(), uid);
    });
    config.edit("departments/aic.toml", |t| {
        let layouts = t["layout"].as_array_mut().unwrap();
        let form = layouts
            .iter_mut()
            .find(|l| l["name"].as_str() == Some("form_name"))
            .unwrap();
        let fields = form["field"].as_array_mut().unwrap();
        let number = fields
            .iter_mut()
            .find(|f| f["name"].as_str() == Some("名称预核准文号"))
            .unwrap();
        number
            .as_table_mut()
            .unwrap()
            .insert("verify".to_owned(), "rekey".into());
    });
}

/// Whatever is keyed is drawn, and nobody but a second person may prove it.
fn drawn(config: &Config) {
    config.edit("tanghulu.toml", |t| {
        t["queue"]
            .as_table_mut()
            .unwrap()
            .insert("rekey_share".to_owned(), 100.into());
    });
}

/// The same person may key it again after a second.
fn later(config: &Config) {
    verified(config);
    config.edit("tanghulu.toml", |t| {
        t["queue"]
            .as_table_mut()
            .unwrap()
            .insert("rekey_later".to_owned(), "1s".into());
    });
    config.edit("departments/aic.toml", |t| {
        let text = t.to_string().replace("verify = \"rekey\"", "verify = \"rekey_later\"");
        *t = text.parse().unwrap();
    });
}

/// A form that was keyed and waits for a second person; its task, and the number on the paper.
async fn keyed(town: &Town, n: u32) -> (String, String) {
    let no = cases::case_no(n);
    town.post(&plain(n)).await;
    town.serve_one(&no, "aic.name", "submit").await;
    let form = town.task(&no, "aic.name", "result").await;
    let paper = town.paper(&no, "aic.name").unwrap();
    let said = town.enter(&form, &paper).await;
    assert_eq!((said.code, &said.json["stage"]), (0, &"rekey".into()), "{said:?}");
    let number = paper
        .fields
        .iter()
        .find(|(name, _)| name == "name_approval_no")
        .unwrap();
    (form, number.1.clone())
}

async fn verify(town: &Town, name: &str, task: &str, number: &str) -> Said {
    let field = format!("名称预核准文号={number}");
    town.run_as(name, &["queue", "verify", task, "--field", &field]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_person_proves_it_and_a_third_decides() {
    let town = Town::start_with(verified).await;
    let no = cases::case_no(1);
    let (form, number) = keyed(&town, 1).await;
    // Nothing has effect yet, and it is said for whom it waits.
    assert!(town.obligation(&no, "aic.name").await.unwrap()["standing"].is_null());
    let line = town
        .tasks(&no)
        .await
        .into_iter()
        .find(|t| t["task"] == form.as_str())
        .unwrap();
    assert_eq!(
        (&line["kind"], &line["not_for"]),
        (&"rekey".into(), &serde_json::json!([CLERK]))
    );
    let own = verify(&town, CLERK, &form, &number).await;
    assert_eq!((own.code, own.error()), (1, "V_SAME_PERSON"));
    // The second person sees the fields to key, and nothing that was keyed.
    town.ask_as(COLLEAGUE, &["queue", "verify", &form]).await;
    let shown = town.run_as(COLLEAGUE, &["queue", "show", &form]).await;
    assert!(!shown.out.contains(&number), "{shown:?}");
    assert_eq!(shown.json["fields"].as_array().unwrap().len(), 1, "{shown:?}");

    let wrong = number.replace('1', "2");
    let differs = verify(&town, COLLEAGUE, &form, &wrong).await;
    assert_eq!(differs.json["stage"], "decide", "{differs:?}");
    for name in [CLERK, COLLEAGUE] {
        let said = town.run_as(name, &["queue", "claim", &form]).await;
        assert_eq!((said.code, said.error()), (1, "V_STATE"));
        let said = town.run_as(name, &["queue", "verify", &form]).await;
        assert_eq!((said.code, said.error()), (1, "V_SAME_PERSON"), "{said:?}");
    }
    // The third one sees both, and only once it is theirs.
    let entries = |sheet: &serde_json::Value| sheet["fields"][0]["keyed"].clone();
    assert!(entries(&town.ask_as(THIRD, &["queue", "show", &form]).await).is_null());
    town.ask_as(THIRD, &["queue", "verify", &form]).await;
    let both = entries(&town.ask_as(THIRD, &["queue", "show", &form]).await);
    assert_eq!(both, serde_json::json!([number, wrong]));
    let decide = |text: &str| {
        let field = format!("名称预核准文号={text}");
        ["queue", "decide", &form, "--field", &field, "--reason", "对照批文原件"].map(str::to_owned)
    };
    let said = town
        .run_as(THIRD, &decide("不是文号").each_ref().map(String::as_str))
        .await;
    assert_eq!(said.code, 1, "what would be refused is refused at once: {said:?}");
    let said = town
        .run_as(THIRD, &decide(&number).each_ref().map(String::as_str))
        .await;
    assert_eq!((said.code, &said.json["stage"]), (0, &"done".into()), "{said:?}");
    town.decided(&no, "aic.name", "approved").await;
    assert_eq!(
        town.item(&no, "name_approval_no").await.unwrap()["value"],
        number.as_str()
    );

    let stats = town.ask(&["queue", "stats"]).await;
    let clerk = |name: &str| {
        stats["clerks"]
            .as_array()
            .unwrap()
            .iter()
            .find(|c| c["name"] == name)
            .unwrap()
            .clone()
    };
    assert_eq!(
        (&clerk(COLLEAGUE)["wrong"], &clerk(CLERK)["wrong"]),
        (&1.into(), &0.into()),
        "{stats}"
    );
    // Who did what stands in the case's story; what they keyed does not.
    let story = town.run_as(CLERK, &["case", &no]).await;
    for event in ["form_keyed", "form_rekeyed", "form_decided"] {
        assert!(story.out.contains(event), "{event}: {story:?}");
    }
    assert!(!story.out.contains(&wrong), "{story:?}");
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_keyed_survives_a_restart_and_what_was_agreed_has_effect() {
    let mut town = Town::start_with(verified).await;
    let no = cases::case_no(2);
    let (form, number) = keyed(&town, 2).await;
    town.restart().await;
    let said = verify(&town, COLLEAGUE, &form, &number).await;
    assert_eq!((said.code, &said.json["stage"]), (0, &"done".into()), "{said:?}");
    assert_eq!(
        verify(&town, COLLEAGUE, &form, &number).await.json["stage"],
        "done",
        "the same again"
    );
    let other = verify(&town, COLLEAGUE, &form, "别的文号").await;
    assert_eq!((other.code, other.error()), (1, "V_STATE"), "it is done");
    town.decided(&no, "aic.name", "approved").await;

    // Sent back it is keyed anew, by anybody.
    let (form, number) = keyed(&town, 4).await;
    town.ask_as(COLLEAGUE, &["queue", "back", &form, "--reason", "日期看错"])
        .await;
    let paper = town.paper(&cases::case_no(4), "aic.name").unwrap();
    let words = town.words(&form, &paper);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert_eq!(town.run_as(COLLEAGUE, &words).await.json["stage"], "rekey");
    let said = verify(&town, CLERK, &form, &number).await;
    assert_eq!(said.json["stage"], "done", "{said:?}");
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_drawn_is_keyed_again_whole_and_what_may_be_later_by_the_same_person() {
    let town = Town::start_with(drawn).await;
    let (form, _) = keyed(&town, 1).await;
    town.ask_as(COLLEAGUE, &["queue", "verify", &form]).await;
    let sheet = town.ask_as(COLLEAGUE, &["queue", "show", &form]).await;
    assert!(sheet["fields"].as_array().unwrap().len() > 4, "{sheet}");
    let forecast = town.ask(&["queue", "forecast", "--clerks", "2"]).await;
    assert_eq!(
        (&forecast["clerks"], &forecast["hours"]),
        (&2.into(), &6.into()),
        "{forecast}"
    );
    assert!(
        !forecast["lines"].as_array().unwrap().is_empty(),
        "somebody finished a task: {forecast}"
    );
    town.close().await;

    let town = Town::start_with(later).await;
    let (form, number) = keyed(&town, 2).await;
    town.until("the same person may", async || {
        let said = verify(&town, CLERK, &form, &number).await;
        (said.code == 0).then_some(())
    })
    .await;
    town.decided(&cases::case_no(2), "aic.name", "approved").await;
    town.close().await;
}

/// Where nobody could prove it, `check` says so before anything waits for ever.
#[tokio::test(flavor = "multi_thread")]
async fn one_person_alone_is_too_few_and_check_says_so() {
    let alone = |config: &Config| {
        verified(config);
        config.edit("tanghulu.toml", |t| {
            let people = t["people"].as_table_mut().unwrap();
            people.retain(|name, _| name == CLERK);
        });
    };
    let town = Town::start_with(alone).await;
    let said = town.run_as(CLERK, &["check"]).await;
    assert_eq!(said.code, 1, "{said:?}");
    let line = said.json["channels"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["dept"] == "aic")
        .unwrap();
    assert_eq!(
        (&line["good"], &line["finding"]["code"]),
        (&false.into(), &"S_HANDS".into()),
        "{line}"
    );
    town.close().await;
    let town = Town::start_with(verified).await;
    let said = town.run_as(CLERK, &["check"]).await;
    let line = said.json["channels"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["dept"] == "aic")
        .unwrap();
    assert_eq!(line["good"], true, "{line}");
    town.close().await;
}
