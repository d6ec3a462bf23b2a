//! A department that is down stops only itself.

use crate::harness::{Town, hitech, plain};
use departments::cases;

#[tokio::test(flavor = "multi_thread")]
async fn others_go_on_and_it_goes_on_when_it_is_back() {
    let mut town = Town::start().await;
    let (waits, goes) = (cases::case_no(1), cases::case_no(2));
    town.park_down().await;
    town.post(&hitech(1)).await;
    town.post(&plain(2)).await;
    town.licensed(&waits).await;
    town.licensed(&goes).await;
    town.decided(&goes, "ltax.reg", "approved").await;
    town.carry(&goes).await;
    town.decided(&goes, "ntax.reg", "approved").await;

    let why = town
        .until("why names the trouble", async || {
            town.why(&waits, "park.hitech")
                .await
                .filter(|l| !l["finding"].is_null())
        })
        .await;
    assert_eq!(why["finding"]["code"], "C_UNREACHABLE", "{why}");
    assert!(
        why["next"].as_i64() > why["since"].as_i64() && why["since"].is_i64(),
        "{why}"
    );
    for lang in ["zh", "en"] {
        let page = town.page(lang, &["why", &waits]).await;
        assert!(page.out.contains("C_UNREACHABLE"), "{}", page.out);
    }
    let channels = town.run_as("张三", &["check"]).await;
    assert_eq!(channels.code, 1, "{channels:?}");
    town.books_hold(&waits, &[("aic.name", 1, "submit"), ("aic.licence", 1, "submit")]);

    town.park_up().await;
    town.decided(&waits, "park.hitech", "approved").await;
    town.decided(&waits, "ltax.reg", "approved").await;
    town.carry(&waits).await;
    town.decided(&waits, "ntax.reg", "approved").await;
    let both = [
        ("aic.name", 1, "submit"),
        ("aic.licence", 1, "submit"),
        ("ltax.reg", 1, "submit"),
        ("ntax.reg", 1, "submit"),
    ];
    town.books_hold(&goes, &both);
    town.books_hold(&waits, &[&both[..], &[("park.hitech", 1, "submit")]].concat());
    town.close().await;
}
