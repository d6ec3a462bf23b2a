//! What departments decide: approval, a 补正, a return; and a name that some of them cannot write (F1, F2, F3, F13).

use super::{ALL, without};
use crate::harness::{Town, about};
use departments::{Ruling, cases};
use serde_json::json;

const GBK: [(&str, &str); 3] = [("ltax", "法定代表人"), ("stat", "法定代表人"), ("ntax", "FDDBR")];

#[tokio::test(flavor = "multi_thread")]
async fn each_case_ends_as_its_departments_decide() {
    let town = Town::start_whole().await;
    // Case 11 has a representative whose name GBK cannot write.
    let numbers = [1, 9, 33, 11];
    let cases = numbers.map(cases::case_no);
    let [passes, asked, returned, rare] = &cases;
    town.rulings.set("qts.orgcode", asked, Ruling::SupplementFirst);
    town.rulings.set("park.hitech", returned, Ruling::Return);
    for n in numbers {
        town.post(&cases::submission(n)).await;
    }
    for no in &cases {
        town.licensed_with_approval(no).await;
    }
    is_asked_and_answers(&town, asked).await;
    is_refused_by_name_where_it_cannot_be_written(&town, rare).await;
    for no in [passes, asked, rare] {
        town.approved(no, &["epb.eia", "park.hitech", "psb.seal", "qts.orgcode"])
            .await;
        town.approved(no, &["ltax.reg", "stat.reg"]).await;
        town.approved_by_stick(no, &["ntax.reg", "hrss.reg"]).await;
    }
    town.decided(returned, "park.hitech", "denied").await;

    town.submitted_once(passes, &ALL);
    town.submitted_once(rare, &ALL);
    town.submitted_once(returned, &["aic.name", "aic.licence", "epb.eia", "park.hitech"]);
    let mut rows = town.matters(asked);
    let answer = ("qts.orgcode".to_owned(), 2, "supplement".to_owned());
    let at = rows.iter().position(|row| *row == answer).unwrap();
    rows.remove(at);
    assert!(rows.iter().all(|(_, round, op)| *round == 1 && op == "submit"));
    assert_eq!(rows.len(), ALL.len(), "{rows:?}");
    adds_up(&town, passes).await;
    town.close().await;
}

/// F2: the round that was answered is another one, and what follows waits for its end.
async fn is_asked_and_answers(town: &Town, no: &str) {
    town.decided(no, "qts.orgcode", "supplement_requested").await;
    assert!(town.obligation(no, "ltax.reg").await.is_none(), "it waits for the code");
    let answer = json!({ "matter": "qts.orgcode", "items": { "fax": "010-55550009" } });
    town.post(&about("supplement", 9, answer)).await;
    town.decided(no, "qts.orgcode", "approved").await;
}

/// F13: refused where GBK is written, until a person says what to write instead; elsewhere it passes as it is.
async fn is_refused_by_name_where_it_cannot_be_written(town: &Town, no: &str) {
    town.approved(no, &["park.hitech", "psb.seal", "qts.orgcode"]).await;
    for (dept, column) in GBK {
        if dept == "ntax" {
            town.round().await;
        }
        let line = town.refused_with(dept, "E_UNMAPPABLE").await;
        assert_eq!(
            (&line["code"], &line["case_no"]),
            (&"2007".into(), &no.into()),
            "{line}"
        );
        assert_eq!(line["findings"][0]["place"]["column"], column, "{line}");
    }
    town.submitted_once(no, &without(&["ltax.reg", "stat.reg", "ntax.reg", "hrss.reg"]));
    for (dept, _) in GBK {
        let line = town.refused_with(dept, "E_UNMAPPABLE").await;
        let id = line["id"].as_str().unwrap();
        let words = [
            "refused",
            "edit",
            id,
            "--set",
            "rep_name=冉测试",
            "--reason",
            "经申请人确认",
        ];
        town.ask(&words).await;
    }
}

/// F1: everything that was opened is booked, and what one department gave stands in the case with its name.
async fn adds_up(town: &Town, no: &str) {
    let balance = town.ask(&["balance"]).await;
    let total = &balance["total"];
    assert_eq!(total["waiting"], 0, "{balance:#}");
    // Three cases of ten, one of them with a round more, and one of four.
    assert_eq!(
        (&total["opened"], &total["booked"]),
        (&35.into(), &35.into()),
        "{balance:#}"
    );
    for (item, source) in [
        ("eia_no", "epb.eia"),
        ("org_code", "qts.orgcode"),
        ("seal_codes", "psb.seal"),
        ("stat_no", "stat.reg"),
        ("si_no", "hrss.reg"),
    ] {
        let found = town.item(no, item).await.unwrap_or_default();
        assert_eq!(found["matter"], source, "{item}: {found}");
    }
}
