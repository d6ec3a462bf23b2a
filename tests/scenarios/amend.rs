//! The platform changes an address while a disk is under way, or just before it is cut.

use crate::harness::{CLERK, Town, about, plain};
use departments::{Ruling, cases};
use formats::Encoding;
use serde_json::json;

const NEW: &str = "北京市海淀区迁址路88号";

#[tokio::test(flavor = "multi_thread")]
async fn on_a_live_disk_it_waits_for_the_return_and_then_goes_by_hand() {
    let town = Town::start().await;
    let no = cases::case_no(1);
    town.post(&plain(1)).await;
    town.licensed(&no).await;
    town.decided(&no, "ltax.reg", "approved").await;
    town.exported(&no).await;
    town.post(&about("amend", 1, json!({ "items": { "addr": NEW } }))).await;
    town.serve_each(
        &no,
        &[("aic.name", "amend"), ("aic.licence", "amend"), ("ltax.reg", "amend")],
    )
    .await;

    // The bureau has the disk: nobody may key beside it. What is waited for is its answer.
    assert!(town.tasks(&no).await.is_empty());
    let why = town.why(&no, "ntax.reg").await.unwrap();
    assert_eq!(
        (why["waits_for"].as_str(), why["with"].as_str()),
        (Some("receipt"), Some("ntax")),
        "{why}"
    );

    town.take();
    town.import().await;
    town.wipe();
    let task = town.task(&no, "ntax.reg", "amend").await;
    let number = town.key(CLERK, &task).await;
    let sheet = town.ask(&["queue", "show", &task]).await;
    let addr = sheet["fields"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["name"] == "住所")
        .unwrap();
    assert_eq!(addr["value"], NEW);
    town.ask(&["queue", "complete", &task, "--acceptance", &number]).await;

    town.books_hold(
        &no,
        &[
            ("aic.name", 1, "submit"),
            ("aic.name", 1, "amend"),
            ("aic.licence", 1, "submit"),
            ("aic.licence", 1, "amend"),
            ("ltax.reg", 1, "submit"),
            ("ltax.reg", 1, "amend"),
            ("ntax.reg", 1, "submit"),
            ("ntax.reg", 1, "amend"),
        ],
    );
    assert_eq!(town.export().await, 0);
    assert!(town.tasks(&no).await.is_empty());
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_disk_is_cut_only_the_new_content_leaves() {
    let town = Town::start().await;
    let no = cases::case_no(2);
    town.post(&plain(2)).await;
    town.licensed(&no).await;
    town.decided(&no, "ltax.reg", "approved").await;
    town.attempt_is(&no, "ntax.reg", "prepared").await;
    let old = town.ask(&["receipts"]).await[0]["number"].as_str().unwrap().to_owned();

    town.post(&about("amend", 2, json!({ "items": { "addr": NEW } }))).await;
    town.serve_each(
        &no,
        &[("aic.name", "amend"), ("aic.licence", "amend"), ("ltax.reg", "amend")],
    )
    .await;
    town.until("the batch was made anew", async || {
        let states: Vec<_> = town
            .attempts(&no, "ntax.reg")
            .await
            .iter()
            .map(|a| a["state"].clone())
            .collect();
        (states == ["recalled", "prepared"]).then_some(())
    })
    .await;

    assert_eq!(town.export().await, 1);
    let sets: Vec<_> = std::fs::read_dir(&town.medium)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    assert_eq!(sets.len(), 1, "{sets:?}");
    assert!(!sets[0].ends_with(&old), "a number is never used for other content");
    let data = std::fs::read_dir(sets[0].join("data"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let bytes = std::fs::read(data).unwrap();
    let holds = |text: &str| {
        let wanted = Encoding::Gbk.encode(text).unwrap();
        bytes.windows(wanted.len()).any(|w| w == wanted)
    };
    assert!(holds(NEW) && !holds("示例路2号"));
    assert_eq!(town.ask(&["disk", "log"]).await.as_array().unwrap().len(), 1);

    town.take();
    town.import().await;
    town.decided(&no, "ntax.reg", "approved").await;
    town.books_hold(
        &no,
        &[
            ("aic.name", 1, "submit"),
            ("aic.name", 1, "amend"),
            ("aic.licence", 1, "submit"),
            ("aic.licence", 1, "amend"),
            ("ltax.reg", 1, "submit"),
            ("ltax.reg", 1, "amend"),
            ("ntax.reg", 1, "submit"),
        ],
    );
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_what_the_bureau_refused_it_goes_as_the_submission_itself() {
    let town = Town::start().await;
    let no = cases::case_no(3);
    town.rulings.set("ntax.reg", &no, Ruling::RefuseRow("2003".to_owned()));
    town.post(&plain(3)).await;
    town.licensed(&no).await;
    town.decided(&no, "ltax.reg", "approved").await;
    town.exported(&no).await;
    town.post(&about("amend", 3, json!({ "items": { "tel": "010-55550177" } })))
        .await;
    town.serve_one(&no, "ltax.reg", "amend").await;
    town.take();
    town.rulings.set("ntax.reg", &no, Ruling::Approve);
    town.import().await;
    town.wipe();

    // Nothing was booked that could be amended: the new content leaves on the next disk, and nobody keys it.
    town.carry(&no).await;
    town.decided(&no, "ntax.reg", "approved").await;
    assert!(town.tasks(&no).await.is_empty());
    let ops: Vec<_> = town
        .attempts(&no, "ntax.reg")
        .await
        .iter()
        .map(|a| (a["op"].clone(), a["state"].clone()))
        .collect();
    assert_eq!(
        ops,
        [
            ("submit".into(), "refused".into()),
            ("submit".into(), "acknowledged".into())
        ]
    );
    town.books_hold(
        &no,
        &[
            ("aic.name", 1, "submit"),
            ("aic.licence", 1, "submit"),
            ("ltax.reg", 1, "submit"),
            ("ltax.reg", 1, "amend"),
            ("ntax.reg", 1, "submit"),
        ],
    );
    town.close().await;
}
