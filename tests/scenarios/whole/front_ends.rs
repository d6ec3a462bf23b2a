//! Front-end machines that give wrong answers or none: 统计局 miscounts, the gap to 公安分局 loses a file, and 环保局 writes
//! by two standards and in states nobody agreed on (F8, F9, F10).

use super::without;
use crate::harness::{Config, Town};
use departments::epb::store::{Place, Store};
use departments::epb::{DONE, MATTER as EIA};
use departments::psb::MATTER as SEAL;
use departments::stat::{Habits, MATTER as STAT};
use departments::{Ruling, cases};
use serde_json::Value;

/// A state of the new back office.
const ODD: &str = "99";

#[tokio::test(flavor = "multi_thread")]
async fn what_front_ends_get_wrong_is_named_and_ends_booked_once_or_decided() {
    let town = Town::start_whole_with(impatient).await;
    let [returned, denied, no] = [10, 20, 5].map(cases::case_no);
    one_code_says_two_things(&town, (10, &returned), (20, &denied)).await;

    town.epb.write_done_as(ODD);
    town.psb.gap().lose("S_");
    town.psb.acknowledge(false);
    let miscounts = Habits {
        wrong_count: true,
        ..Habits::default()
    };
    town.stat.set_habits(miscounts);
    town.post(&cases::submission(5)).await;
    town.licensed_with_approval(&no).await;
    is_in_a_state_nobody_agreed_on(&town, &no).await;
    is_lost_in_the_gap(&town, &no).await;
    town.approved(&no, &["qts.orgcode", "ltax.reg"]).await;
    does_not_add_up(&town, &no).await;
    town.approved_by_stick(&no, &["ntax.reg", "hrss.reg"]).await;
    town.submitted_once(&no, &without(&["park.hitech"]));
    town.close().await;
}

/// Nobody waits three days for an acknowledgement here, or two hours for a row to be finished.
fn impatient(config: &Config) {
    config.edit("departments/psb.toml", |t| {
        t["channel"][0]["unconfirmed_after"] = "2s".into();
    });
    config.edit("departments/epb.toml", |t| {
        let table = t["channel"][0]["settings"]["database"]["in"].as_table_mut().unwrap();
        table.insert("claim_alarm".to_owned(), "1s".into());
    });
}

/// F10: what a code means is told by the standard it was written by.
async fn one_code_says_two_things(town: &Town, (n, returned): (u32, &str), (m, denied): (u32, &str)) {
    town.rulings.set(EIA, returned, Ruling::Return);
    town.rulings.set(EIA, denied, Ruling::Deny);
    for (n, no, standing) in [(n, returned, "returned"), (m, denied, "denied")] {
        town.post(&cases::submission(n)).await;
        town.through_aic(no, "aic.name").await;
        town.decided(no, EIA, standing).await;
    }
    let written = rows(town, "XCHG_IN", &["STDVER", "DONERESULT"]).await;
    assert_eq!(written, [["1", "1"], ["2", "1"]]);
    for no in [returned, denied] {
        assert_eq!(
            town.rows(no).iter().filter(|(matter, ..)| matter == EIA).count(),
            1,
            "{:?}",
            town.rows(no)
        );
    }
}

/// The environmental bureau's table, as whoever has its password sees it.
async fn store(town: &Town) -> Store {
    let place = Place::Sqlite(town.dir.path().join("epb-front.sqlite"));
    Store::open(&place).await.unwrap()
}

async fn rows(town: &Town, table: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let rest = format!("\"{table}\" ORDER BY \"ORGBUSNO\"");
    let rows = store(town).await.rows(columns, &rest, &[]).await.unwrap();
    let text = |row: Vec<Option<String>>| row.into_iter().map(Option::unwrap_or_default).collect();
    rows.into_iter().map(text).collect()
}

/// F10: a state that is no word of the agreement is listed, and is neither "done" nor silence, on either table.
async fn is_in_a_state_nobody_agreed_on(town: &Town, no: &str) {
    let line = town.refused_with("epb", "E_UNMAPPED").await;
    assert_eq!(line["findings"][0]["place"]["column"], "SIGNSTATE", "{line}");
    // The result is there, and proves what the state does not.
    town.decided(no, EIA, "approved").await;
    let attempt = town.attempts(no, EIA).await.remove(0);
    let own = format!("{} acknowledged", attempt["attempt"].as_str().unwrap());
    let story = town.ask(&["case", no]).await["story"].clone();
    let details = story.as_array().unwrap().iter().map(|s| s["detail"].as_str().unwrap());
    let proofs: Vec<&str> = details.filter_map(|d| d.strip_prefix(&own)).collect();
    assert!(proofs.len() == 1 && proofs[0].starts_with(" result "), "{proofs:?}");
    town.drop_refusal(&line, "已请环保局更正").await;

    let mut store = store(town).await;
    let mend = "UPDATE \"XCHG_OUT\" SET \"SIGNSTATE\" = ? WHERE \"SIGNSTATE\" = ?";
    store.change(mend, &[Some(DONE), Some(ODD)]).await.unwrap();
    // A result in such a state: nobody's to take, and not passed over either.
    let spoil = "UPDATE \"XCHG_IN\" SET \"SIGNSTATE\" = ? WHERE \"PROJID\" = ?";
    store.change(spoil, &[Some(ODD), Some(no)]).await.unwrap();
    let line = town.refused_with("epb", "E_UNMAPPED").await;
    town.drop_refusal(&line, "已请环保局更正").await;
}

/// F9: taken is not booked. It waits for a person, who asks and is told that it never came; then it goes once.
async fn is_lost_in_the_gap(town: &Town, no: &str) {
    let line = town
        .until("it is listed", async || {
            let lines = town.ask(&["unsettled", "list"]).await;
            lines.as_array()?.iter().find(|l| l["case_no"] == no).cloned()
        })
        .await;
    assert_eq!((&line["state"], &line["matter"]), (&"unconfirmed".into(), &SEAL.into()));
    assert!(line["number"].as_str().unwrap().starts_with("M_"), "{line}");
    let o = town.obligation(no, SEAL).await.unwrap();
    assert_eq!(o["account"], "unproved", "{o}");
    let page = town.page("en", &["case", no]).await;
    assert!(page.out.contains("booked, unproved"), "{}", page.out);
    assert!(town.rows(no).iter().all(|(matter, ..)| matter != SEAL));

    town.psb.gap().lose_nothing();
    let settle = ["settle", no, SEAL, "not-booked", "--reason", "值班电话：未收到"];
    town.ask(&settle).await;
    // Still nobody acknowledges; the result is proof enough.
    town.approved(no, &[SEAL]).await;
    let o = town.obligation(no, SEAL).await.unwrap();
    let states: Vec<&Value> = o["attempts"].as_array().unwrap().iter().map(|a| &a["state"]).collect();
    assert_eq!(
        (states, &o["account"]),
        (vec![&"recalled".into(), &"acknowledged".into()], &"booked".into())
    );
    let seals = town.item(no, "seal_codes").await.unwrap();
    assert_eq!(seals["value"].as_str().unwrap().split('；').count(), 3, "{seals}");
}

/// F8: of a file that does not add up nothing is taken; the same file, whole, still is.
async fn does_not_add_up(town: &Town, no: &str) {
    let sums = Habits {
        wrong_sum: true,
        ..Habits::default()
    };
    for (code, next) in [("E_FILE_COUNT", sums), ("E_FILE_SUM", Habits::default())] {
        let line = town.refused_with("stat", code).await;
        assert_eq!((&line["way"], &line["case_no"]), (&"in".into(), &"".into()), "{line}");
        let o = town.obligation(no, STAT).await.unwrap();
        assert_eq!(
            (&o["standing"], &o["account"]),
            (&Value::Null, &"waiting".into()),
            "{o}"
        );
        assert!(town.item(no, "stat_no").await.is_none());
        town.drop_refusal(&line, "已请统计局重发").await;
        town.stat.set_habits(next);
        town.stat.reissue().unwrap();
    }
    town.approved(no, &[STAT]).await;
}
