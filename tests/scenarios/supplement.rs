//! 补正: a department sends a case back once, the platform answers, and a second round is booked.

use crate::harness::{Town, hitech};
use departments::{Ruling, cases};

#[tokio::test(flavor = "multi_thread")]
async fn each_department_may_ask_and_books_the_answer_as_its_second_round() {
    let town = Town::start().await;
    let no = cases::case_no(1);
    for matter in ["park.hitech", "ltax.reg", "ntax.reg"] {
        town.rulings.set(matter, &no, Ruling::SupplementFirst);
    }
    town.post(&hitech(1)).await;
    town.licensed(&no).await;

    asked_and_answered(&town, &no, "park.hitech").await;
    town.decided(&no, "park.hitech", "approved").await;

    asked_and_answered(&town, &no, "ltax.reg").await;
    town.decided(&no, "ltax.reg", "approved").await;

    town.carry(&no).await;
    asked_and_answered(&town, &no, "ntax.reg").await;
    town.carry(&no).await;
    town.decided(&no, "ntax.reg", "approved").await;

    town.books_hold(
        &no,
        &[
            ("aic.name", 1, "submit"),
            ("aic.licence", 1, "submit"),
            ("park.hitech", 1, "submit"),
            ("park.hitech", 2, "supplement"),
            ("ltax.reg", 1, "submit"),
            ("ltax.reg", 2, "supplement"),
            ("ntax.reg", 1, "submit"),
            ("ntax.reg", 2, "supplement"),
        ],
    );
    let balance = town.ask(&["balance"]).await;
    assert_eq!(
        (&balance["total"]["opened"], &balance["total"]["booked"]),
        (&8.into(), &8.into())
    );
    town.close().await;
}

/// While it is asked, the matter waits for the platform, and the reason stands there.
async fn asked_and_answered(town: &Town, no: &str, matter: &str) {
    town.decided(no, matter, "supplement_requested").await;
    let why = town.waits_for(no, matter, "supplement").await;
    assert_eq!(why["with"], "hub");
    assert!(why["what"].as_str().unwrap().contains("补"), "{why}");
    town.post(&cases::supplement(1, matter)).await;
    // Nobody asked twice: the same answer again has no effect, another one is refused.
    assert_eq!(town.post(&cases::supplement(1, matter)).await.body["verdict"], "repeat");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_nobody_asked_for_is_refused() {
    let town = Town::start().await;
    let no = cases::case_no(2);
    town.post(&hitech(2)).await;
    let told = town.poster.post(&cases::supplement(2, "park.hitech")).await.unwrap();
    assert_eq!(
        (told.status, told.body["return_code"].as_str()),
        (422, Some("2011")),
        "{told:?}"
    );
    town.books_hold(&no, &[]);
    town.close().await;
}
