//! A platform that wants to be told: every decision goes to it as a signed report, once.

use crate::harness::{Config, Town, plain};
use departments::cases;
use departments::hub_platform::{self, HubOptions};
use model::Standing;
use toml::{Table, Value};

const KEY: &str = "hub-push-key-of-32-bytes-or-so!!";

fn reporting(config: &Config, url: &str) {
    let key = config.secret("push.key", KEY);
    let standings: String = Standing::ALL
        .iter()
        .map(|s| format!("{0} = \"{0}\"\n", s.word()))
        .collect();
    let more: Table = r#"
        [[matter]]
        id = "hub.report"
        title = "办理结果回报"
        title_en = "report of results"
        limit = "1 working days"
        basis = "政务数据共享条例"
        reports = true

        [[layout]]
        name = "report"
        encoding = "utf-8"
        field = [
            { name = "id", is = "message_id" },
            { name = "case_no", is = "case_no", required = true },
            { name = "matter", is = "matter", required = true },
            { name = "status", is = "status", required = true },
            { name = "reason", is = "reason" },
            { name = "date", is = "result_date" },
            { name = "items.reg_no", item = "reg_no" },
        ]

        [layout.status]
        STANDINGS
    "#
    .replace("STANDINGS", &standings)
    .parse()
    .unwrap();
    config.edit("departments/hub.toml", |t| {
        t["agreement"]["items"] = Value::Array(vec!["reg_no".into()]);
        t.insert("matter".to_owned(), more["matter"].clone());
        t["layout"]
            .as_array_mut()
            .unwrap()
            .extend(more["layout"].as_array().unwrap().clone());
        let channel = t["channel"][0].as_table_mut().unwrap();
        channel.insert(
            "layouts".to_owned(),
            Value::Table([("hub.report".to_owned(), "report".into())].into_iter().collect()),
        );
        channel.insert(
            "out".to_owned(),
            Value::Table([("at_once".to_owned(), true.into())].into_iter().collect()),
        );
        let push: Table = [
            ("base".to_owned(), url.into()),
            ("key_id".to_owned(), "bj-hd-01".into()),
            ("key".to_owned(), key),
        ]
        .into_iter()
        .collect();
        channel["settings"]["hub"]
            .as_table_mut()
            .unwrap()
            .insert("push".to_owned(), push.into());
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn every_decision_is_reported_signed_and_once() {
    let dir = tempfile::tempdir().unwrap();
    let options = HubOptions::new(dir.path().into(), "127.0.0.1:0".parse().unwrap(), "bj-hd-01", KEY);
    let hub = hub_platform::start(options).unwrap();
    let url = hub.url.clone();
    let mut town = Town::start_with(|config| reporting(config, &url)).await;
    let no = cases::case_no(1);
    town.post(&plain(1)).await;
    town.licensed(&no).await;
    town.restart().await;
    town.decided(&no, "ltax.reg", "approved").await;
    town.carry(&no).await;
    town.decided(&no, "ntax.reg", "approved").await;

    let wanted = ["aic.name", "aic.licence", "ltax.reg", "ntax.reg"];
    town.until("every decision is reported", async || {
        (hub.received().len() >= wanted.len()).then_some(())
    })
    .await;
    let received = hub.received();
    let told: Vec<_> = received.iter().map(|r| r["matter"].as_str().unwrap()).collect();
    assert_eq!(told, wanted, "in the order they were decided");
    for report in &received {
        assert_eq!(
            (report["case_no"].as_str(), report["status"].as_str()),
            (Some(&*no), Some("approved")),
            "{report}"
        );
        assert!(report["items"].get("ent_name").is_none(), "{report}");
    }
    assert!(
        received[0]["items"].get("reg_no").is_none(),
        "not known then: {}",
        received[0]
    );
    assert_eq!(received[3]["items"]["reg_no"].as_str().map(str::len), Some(15));
    assert_eq!(hub.turned_away(), 0);
    town.until("every report is booked", async || {
        let balance = town.ask(&["balance"]).await;
        (balance["total"]["booked"] == 8 && balance["total"]["opened"] == 8).then_some(())
    })
    .await;
    town.close().await;
    hub.stop().await;
}
