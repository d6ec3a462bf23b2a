//! 校核: a receiver says that what it was handed is wrong, its source answers, and nothing else moves.

use crate::harness::{CLERK, COLLEAGUE, Town, about, plain};
use departments::{Ruling, cases};
use serde_json::{Value, json};

impl Town {
    /// Reviews of a department that wait for an answer.
    async fn reviews(&self, dept: &str) -> Vec<Value> {
        let all = self.ask(&["reviews", "list", "--dept", dept]).await;
        all.as_array().unwrap().clone()
    }

    /// Waits until a department has called something of a case wrong; the review.
    async fn doubted(&self, dept: &str) -> Value {
        self.until(&format!("{dept} calls something wrong"), async || {
            self.reviews(dept).await.into_iter().next()
        })
        .await
    }

    /// Lines of the platform's feed that are word of reviews.
    async fn word_of_reviews(&self) -> Vec<Value> {
        let page = self.poster.get("/v1/changes?limit=1000").await.unwrap();
        let lines = page.body["items"].as_array().unwrap().iter();
        lines.filter(|l| l["review"].is_string()).cloned().collect()
    }
}

const HOUR: i64 = 3_600_000;

/// Of a civil date, by the count of leap years.
fn days_since_1970(date: &str) -> i64 {
    let parts: Vec<i64> = date.split('-').map(|part| part.parse().unwrap()).collect();
    let (mut year, month, day) = (parts[0], parts[1], parts[2]);
    // The year begins in March: the leap day is its last.
    if month <= 2 {
        year -= 1;
    }
    let leaps = year / 4 - year / 100 + year / 400;
    let in_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    365 * year + leaps + in_year - 719_468
}

fn id(review: &Value) -> String {
    review["review"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_calls_what_the_platform_gave_wrong_and_the_platform_corrects_it() {
    let mut town = Town::start_with(|config| {
        config.edit("tanghulu.toml", |t| t["queue"]["review"] = "1 calendar day".into());
    })
    .await;
    let no = cases::case_no(1);
    town.rulings
        .set("ltax.reg", &no, Ruling::Doubt("注册资本有误".to_owned()));
    town.post(&plain(1)).await;
    town.licensed(&no).await;
    let review = town.doubted("ltax").await;
    let said = |key: &str| review[key].as_str().unwrap();
    assert_eq!(
        (said("item"), said("source"), said("asker"), said("state")),
        ("reg_capital", "hub", "ltax", "open"),
        "{review}"
    );
    assert_eq!(
        (said("reason"), &review["version"]),
        ("与申请人所持原件不符", &1.into())
    );
    let since = review["since"].as_i64().unwrap();
    let asked_on = (since + 8 * HOUR) / (24 * HOUR);
    assert_eq!(
        days_since_1970(said("due")),
        asked_on + 1,
        "the limit is that of [queue] review"
    );

    // Nothing else moved: the value stands, the hand-over is booked by its receipt, nothing is decided or refused.
    assert_eq!(town.item(&no, "reg_capital").await.unwrap()["version"], 1);
    town.attempt_is(&no, "ltax.reg", "acknowledged").await;
    assert_eq!(town.obligation(&no, "ltax.reg").await.unwrap()["standing"], Value::Null);
    assert!(town.refusals("ltax").await.is_empty());
    let waits = town.waits_for(&no, "ltax.reg", "review").await;
    assert_eq!(
        (waits["with"].as_str(), waits["since"].as_i64()),
        (Some("hub"), Some(since))
    );

    // It is told in both languages, and outlives a restart and a new index.
    for (lang, word) in [("zh", "提出校核"), ("en", "review asked")] {
        let page = town.page(lang, &["case", &no]).await;
        assert!(
            page.out.contains(word) && page.out.contains("reg_capital"),
            "{}",
            page.out
        );
    }
    town.restart().await;
    town.ask(&["ledger", "rebuild"]).await;
    assert_eq!(town.reviews("ltax").await, std::slice::from_ref(&review));
    assert_eq!(
        town.reviews("hub").await,
        std::slice::from_ref(&review),
        "the source finds it too"
    );

    // The platform reads it in its feed, and answers by the ordinary way.
    let told = town.word_of_reviews().await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(
        (&told[0]["item"], &told[0]["state"], &told[0]["reason"]),
        (&"reg_capital".into(), &"open".into(), &review["reason"])
    );
    let capital = json!({ "items": { "reg_capital": "123.000000" } });
    town.post(&about("amend", 1, capital)).await;
    let told = town.word_of_reviews().await;
    assert_eq!((told.len(), &told[1]["state"]), (2, &"corrected".into()));
    assert!(town.reviews("ltax").await.is_empty());
    let shown = town.ask(&["reviews", "show", &id(&review)]).await;
    assert_eq!(
        (&shown["state"], &shown["answer"]["version"]),
        (&"corrected".into(), &2.into())
    );
    let amendment = shown["answer"]["amendment"].as_str().unwrap();
    assert!(amendment.starts_with("ltax.reg/1 #2 amend"), "{amendment}");

    town.serve_each(
        &no,
        &[("aic.name", "amend"), ("aic.licence", "amend"), ("ltax.reg", "amend")],
    )
    .await;
    town.rulings.set("ltax.reg", &no, Ruling::Approve);
    town.decided(&no, "ltax.reg", "approved").await;
    town.books_hold(
        &no,
        &[
            ("aic.name", 1, "submit"),
            ("aic.name", 1, "amend"),
            ("aic.licence", 1, "submit"),
            ("aic.licence", 1, "amend"),
            ("ltax.reg", 1, "submit"),
            ("ltax.reg", 1, "amend"),
        ],
    );
    assert_eq!(town.told(&no, "review_asked", "").await, 1);
    assert_eq!(town.told(&no, "review_answered", "").await, 1);
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_calls_a_departments_word_wrong_and_its_clerk_confirms_it() {
    let town = Town::start().await;
    let no = cases::case_no(2);
    town.rulings
        .set("ltax.reg", &no, Ruling::Doubt("注册号有误".to_owned()));
    town.post(&plain(2)).await;
    town.licensed(&no).await;
    let review = town.doubted("ltax").await;
    let id = id(&review);
    assert_eq!(review["source"], "aic.licence", "{review}");
    assert!(town.word_of_reviews().await.is_empty(), "it is nothing to the platform");

    // A task for a clerk of the source; no task to claim.
    let tasks = town.ask(&["queue", "list", "--dept", "aic"]).await;
    let task = tasks
        .as_array()
        .unwrap()
        .iter()
        .find(|t| t["kind"] == "review")
        .unwrap();
    assert_eq!(
        (&task["task"], &task["matter"]),
        (&id.clone().into(), &"aic.licence".into())
    );
    let shown = town.ask(&["queue", "show", &id]).await;
    assert_eq!(
        shown["form"].as_str().map(|t| t.starts_with('t')),
        Some(true),
        "{shown}"
    );
    for verb in [
        vec!["claim", &id],
        vec!["complete", &id],
        vec!["complete", &id, "--acceptance", "1"],
    ] {
        let words: Vec<&str> = ["queue"].into_iter().chain(verb).collect();
        assert_eq!(town.run_as(CLERK, &words).await.error(), "V_STATE", "{words:?}");
    }

    let confirm = ["reviews", "confirm", &id, "--reason", "已核对登记档案"];
    let answered = town.ask(&confirm).await;
    assert_eq!(
        (&answered["state"], &answered["answer"]["by"]),
        (&"confirmed".into(), &CLERK.into())
    );
    assert_eq!(
        town.ask(&confirm).await,
        answered,
        "the same again is answered the same"
    );
    let other = town
        .run_as(COLLEAGUE, &["reviews", "confirm", &id, "--reason", "再查"])
        .await;
    assert_eq!((other.code, other.error()), (1, "V_STATE"));

    // The asker sees why; nothing was sent for it, and it is asked once.
    let all = town.ask(&["reviews", "list", "--dept", "ltax", "--all"]).await;
    assert_eq!(
        (all.as_array().unwrap().len(), &all[0]["answer"]["reason"]),
        (1, &"已核对登记档案".into())
    );
    assert!(town.reviews("ltax").await.is_empty() && town.reviews("aic").await.is_empty());
    for (lang, word) in [("zh", "核实无误"), ("en", "confirmed as it is")] {
        assert!(town.page(lang, &["reviews", "show", &id]).await.out.contains(word));
    }
    town.rulings.set("ltax.reg", &no, Ruling::Approve);
    town.decided(&no, "ltax.reg", "approved").await;
    town.books_hold(
        &no,
        &[
            ("aic.name", 1, "submit"),
            ("aic.licence", 1, "submit"),
            ("ltax.reg", 1, "submit"),
        ],
    );
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_calls_a_name_wrong_and_the_office_keys_its_form_again() {
    let town = Town::start().await;
    let no = cases::case_no(3);
    town.post(&plain(3)).await;
    town.licensed(&no).await;
    town.decided(&no, "ltax.reg", "approved").await;
    let ask = |item: &'static str, reason: &'static str| {
        let no = no.clone();
        let words = ["reviews", "ask", &no, item, "--dept", "ltax", "--reason", reason];
        words.map(str::to_owned)
    };
    let run = async |name: &str, words: &[String]| {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        town.run_as(name, &words).await
    };
    let first = run(CLERK, &ask("ent_name", "与预先核准通知书不一致")).await;
    assert_eq!((first.code, &first.json["new"]), (0, &1.into()), "{first:?}");
    let again = run(COLLEAGUE, &ask("ent_name", "名称不对")).await;
    assert_eq!(
        (again.code, &again.json["new"]),
        (0, &0.into()),
        "a repeat has no effect"
    );
    assert_eq!(again.json["reviews"], first.json["reviews"]);
    let foreign = run(CLERK, &ask("bank_name", "不对")).await;
    assert_eq!((foreign.code, foreign.error()), (1, "E_NOT_HANDED"));
    let own = run(CLERK, &ask("tax_no_local", "不对")).await;
    assert_eq!((own.code, own.error()), (1, "E_OWN_WORD"), "it gave that itself");

    let review = town.doubted("aic").await;
    let (id, form) = (id(&review), review["form"].as_str().unwrap());
    let same = town.run_as(CLERK, &["reviews", "confirm", &id, "--reason", "x"]).await;
    assert_eq!(same.error(), "V_SAME_PERSON", "who asks does not answer");
    let paper = town.aic.rename(&no, "北京校核3号生物制剂有限公司").unwrap().unwrap();
    let said = town.enter(form, &paper).await;
    assert_eq!(said.code, 0, "{said:?}");
    let shown = town.ask(&["reviews", "show", &id]).await;
    assert_eq!(shown["state"], "corrected", "{shown}");
    town.serve_each(&no, &[("aic.licence", "amend"), ("ltax.reg", "amend")])
        .await;
    let shown = town.ask(&["reviews", "show", &id]).await;
    let amendment = shown["answer"]["amendment"].as_str().unwrap();
    assert_eq!(amendment, "ltax.reg/1 #2 amend acknowledged", "the asker was told");
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_personal_is_masked_until_it_is_revealed() {
    let town = Town::start().await;
    let no = cases::case_no(1);
    let case = plain(1);
    let (name, id_no) = (&case["items"]["rep_name"], &case["items"]["rep_id_no"]);
    let (name, id_no) = (name.as_str().unwrap(), id_no.as_str().unwrap());
    town.post(&case).await;
    town.licensed(&no).await;
    town.decided(&no, "ltax.reg", "approved").await;
    let reason = format!("{name}的证件不是{id_no}");
    let ask = [
        "reviews",
        "ask",
        &no,
        "rep_id_no",
        "--dept",
        "ltax",
        "--reason",
        &reason,
    ];
    let asked = town.ask(&ask).await;
    let id = id(&asked["reviews"][0]);
    for words in [
        vec!["reviews", "list"],
        vec!["reviews", "show", &id],
        vec!["case", &no],
        vec!["why", &no],
        vec!["queue", "list"],
    ] {
        let out = town.run_as(CLERK, &words).await.out;
        assert!(!out.contains(id_no) && !out.contains(name), "{words:?}: {out}");
    }
    let revealed = town.ask(&["case", &no, "--reveal", "核对证件"]).await;
    assert_eq!(revealed["reviews"][0]["reason"], reason);
    // The platform gave the value, and reads what is wrong with it.
    assert_eq!(town.word_of_reviews().await[0]["reason"], reason);
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_asks_and_answers_over_its_own_interface() {
    let town = Town::start().await;
    let no = cases::case_no(1);
    town.post(&plain(1)).await;
    town.licensed(&no).await;
    town.decided(&no, "ltax.reg", "approved").await;

    // It asks about what an office gave; a person of the office answers, and it reads that.
    let question = json!({ "case_no": no, "items": ["reg_no"], "reason": "与档案不符" });
    let told = town.poster.say("/v1/reviews", &question).await.unwrap();
    assert_eq!((told.status, &told.body["new"]), (202, &1.into()), "{told:?}");
    let again = town.poster.say("/v1/reviews", &question).await.unwrap();
    assert_eq!((again.status, &again.body["new"]), (200, &0.into()));
    let own = json!({ "case_no": no, "items": ["addr"], "reason": "x" });
    let own = town.poster.say("/v1/reviews", &own).await.unwrap();
    assert_eq!(
        (own.status, own.body["code"].as_str()),
        (422, Some("E_OWN_WORD")),
        "{own:?}"
    );
    let asked = id(&town.doubted("aic").await);
    town.ask(&["reviews", "confirm", &asked, "--reason", "档案已更新"])
        .await;
    let told = town.word_of_reviews().await;
    let states: Vec<_> = told
        .iter()
        .map(|l| (l["state"].as_str().unwrap(), &l["answer"]))
        .collect();
    assert_eq!(states, [("open", &Value::Null), ("confirmed", &"档案已更新".into())]);

    // It answers for what it gave itself, and for nothing else.
    let ask = [
        "reviews",
        "ask",
        &no,
        "addr",
        "--dept",
        "ltax",
        "--reason",
        "门牌号不存在",
    ];
    let review = id(&town.ask(&ask).await["reviews"][0]);
    let confirm = async |id: &str, reason: &str| {
        let path = format!("/v1/reviews/{id}/confirm");
        let told = town.poster.say(&path, &json!({ "reason": reason })).await.unwrap();
        (told.status, told.body["code"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(confirm(&review, "已核对产权证").await, (200, String::new()));
    assert_eq!(confirm(&review, "已核对产权证").await, (200, String::new()));
    assert_eq!(confirm(&review, "另一个说法").await, (409, "V_STATE".to_owned()));
    assert_eq!(confirm(&asked, "x").await, (404, "V_NOT_FOUND".to_owned()));
    let case = town.poster.get(&format!("/v1/cases/{no}")).await.unwrap();
    let of_case = case.body["reviews"].as_array().unwrap();
    assert_eq!(of_case.len(), 2, "{case:?}");
    assert!(of_case.iter().all(|r| r["state"] == "confirmed"));
    town.close().await;
}
