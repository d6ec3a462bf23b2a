//! The applicant takes a case back: before anything left, after everything was booked, and while a disk is out.

use crate::harness::{Town, about, hitech, plain};
use departments::{Ruling, cases};
use serde_json::{Value, json};

fn withdrawal(n: u32) -> Value {
    about("withdraw", n, json!({ "reason": "申请人撤回" }))
}

#[tokio::test(flavor = "multi_thread")]
async fn before_anything_left_everything_ends_and_nobody_hears_of_it() {
    let town = Town::start().await;
    let no = cases::case_no(1);
    town.post(&hitech(1)).await;
    town.task(&no, "aic.name", "submit").await;
    town.post(&withdrawal(1)).await;
    let o = town.obligation(&no, "aic.name").await.unwrap();
    assert!(o["ended"].as_str().unwrap().starts_with("withdrawn"), "{o}");
    assert!(town.tasks(&no).await.is_empty());
    assert_eq!(town.ask(&["balance"]).await["total"]["refused"], 1);
    let late = town
        .poster
        .post(&about("amend", 1, json!({ "items": { "addr": "别处" } })))
        .await
        .unwrap();
    assert_eq!((late.status, late.body["return_code"].as_str()), (422, Some("2011")));
    town.books_hold(&no, &[]);
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_booked_is_told_by_interface_or_by_hand() {
    let town = Town::start().await;
    let no = cases::case_no(2);
    town.post(&hitech(2)).await;
    town.licensed(&no).await;
    town.decided(&no, "ltax.reg", "approved").await;
    town.carry(&no).await;
    town.decided(&no, "ntax.reg", "approved").await;
    town.post(&withdrawal(2)).await;
    town.booked(&no, "park.hitech", 1, "withdraw").await;
    let by_hand = ["aic.name", "aic.licence", "ltax.reg", "ntax.reg"];
    town.serve_each(&no, &by_hand.map(|matter| (matter, "withdraw"))).await;
    let all: Vec<_> = by_hand.iter().chain(&["park.hitech"]).collect();
    let expected: Vec<_> = all
        .iter()
        .flat_map(|m| [(**m, 1, "submit"), (**m, 1, "withdraw")])
        .collect();
    town.books_hold(&no, &expected);
    assert!(town.tasks(&no).await.is_empty());
    assert_eq!(town.post(&withdrawal(2)).await.body["verdict"], "repeat");
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_disk_out_it_waits_for_what_the_bureau_did() {
    let town = Town::start().await;
    let (taken, refused) = (cases::case_no(3), cases::case_no(4));
    town.rulings
        .set("ntax.reg", &refused, Ruling::RefuseRow("2003".to_owned()));
    for (n, no) in [(3, &taken), (4, &refused)] {
        town.post(&plain(n)).await;
        town.licensed(no).await;
        town.decided(no, "ltax.reg", "approved").await;
        town.exported(no).await;
    }
    for n in [3, 4] {
        town.post(&withdrawal(n)).await;
    }
    for no in [&taken, &refused] {
        town.serve_each(
            no,
            &["aic.name", "aic.licence", "ltax.reg"].map(|matter| (matter, "withdraw")),
        )
        .await;
        assert_eq!(town.why(no, "ntax.reg").await.unwrap()["waits_for"], "receipt");
        assert!(town.tasks(no).await.is_empty(), "the bureau may yet book it");
    }
    town.take();
    town.import().await;
    town.serve_one(&taken, "ntax.reg", "withdraw").await;
    let others = |tail: &[(&'static str, u32, &'static str)]| {
        let told = ["aic.name", "aic.licence", "ltax.reg"];
        let mut rows: Vec<_> = told
            .iter()
            .flat_map(|m| [(*m, 1, "submit"), (*m, 1, "withdraw")])
            .collect();
        rows.extend_from_slice(tail);
        rows
    };
    town.books_hold(
        &taken,
        &others(&[("ntax.reg", 1, "submit"), ("ntax.reg", 1, "withdraw")]),
    );
    town.until("what was never booked has ended", async || {
        let o = town.obligation(&refused, "ntax.reg").await?;
        o["ended"].as_str()?.starts_with("withdrawn").then_some(())
    })
    .await;
    town.books_hold(&refused, &others(&[]));
    assert!(town.tasks(&refused).await.is_empty());
    town.close().await;
}
