//! A clerk's day: two entries that differ, a colleague who did not come back, and a name that changes while a disk with
//! the old one is under way (F15, F22, F16).

use super::{ALL, disks_on_request};
use crate::harness::{CLERK, COLLEAGUE, Config, Town};
use departments::cases;
use std::collections::BTreeMap;

const NEW: &str = "北京更名1号生物制剂有限公司";
/// Who is told of another name: by its interface, or by a clerk.
const TOLD: [&str; 7] = [
    "epb.eia",
    "park.hitech",
    "psb.seal",
    "qts.orgcode",
    "ltax.reg",
    "stat.reg",
    "ntax.reg",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_clerks_key_is_keyed_once_and_reaches_everyone() {
    let town = Town::start_whole_with(day).await;
    let no = cases::case_no(1);
    town.post(&cases::submission(1)).await;
    town.serve_one(&no, "aic.name", "submit").await;
    two_entries_differ(&town, &no).await;
    a_colleague_does_not_come_back(&town, &no).await;
    town.licence_with_approval(&no).await;
    town.approved(&no, &TOLD[..6]).await;
    a_name_overtakes_a_disk(&town, &no).await;
    town.approved_by_stick(&no, &["hrss.reg"]).await;

    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (matter, round, op) in town.matters(&no) {
        assert_eq!(round, 1);
        *counts.entry((matter, op)).or_default() += 1;
    }
    let of = |matter: &str, op: &str| counts.get(&(matter.to_owned(), op.to_owned())).copied().unwrap_or(0);
    for matter in ALL {
        assert_eq!(of(matter, "submit"), 1, "{matter}: {counts:?}");
    }
    for matter in TOLD {
        assert_eq!(of(matter, "amend"), 1, "{matter}: {counts:?}");
    }
    // Whoever gave the name need not be told it; whoever opens later has it from the start.
    assert_eq!((of("aic.name", "amend"), of("hrss.reg", "amend")), (0, 0), "{counts:?}");
    assert!(of("aic.licence", "amend") >= 1, "{counts:?}");
    town.close().await;
}

fn day(config: &Config) {
    disks_on_request(config);
    config.edit("tanghulu.toml", |t| t["queue"]["lease"] = "5s".into());
}

/// F15: said again, it is refused again; nothing changes until both agree.
async fn two_entries_differ(town: &Town, no: &str) {
    let form = town.task(no, "aic.name", "result").await;
    let paper = town.paper(no, "aic.name").unwrap();
    let mut words = town.words(&form, &paper);
    let second = words.iter().rposition(|w| w.starts_with("name_approval_no=")).unwrap();
    words[second].pop();
    words[second].push_str("9号");
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    for _ in 0..2 {
        let said = town.run_as(CLERK, &words).await;
        assert_eq!((said.code, said.error()), (1, "E_DOUBLE_ENTRY"), "{said:?}");
        let what = said.json["error"]["what"].as_str().unwrap();
        assert!(what.contains("名称预核准文号"), "{said:?}");
        assert!(
            !said.out.contains("名称预核（内）字"),
            "what was keyed is not repeated: {said:?}"
        );
    }
    assert!(town.obligation(no, "aic.name").await.unwrap()["standing"].is_null());
    assert!(town.item(no, "name_approval_no").await.is_none());
    assert!(
        town.refusals("aic").await.is_empty(),
        "the clerk was told; nobody else need be"
    );
    assert_eq!(town.task(no, "aic.name", "result").await, form);
    let said = town.enter(&form, &paper).await;
    assert_eq!(said.code, 0, "{said:?}");
    town.decided(no, "aic.name", "approved").await;
}

/// F22: whoever takes the task next is told to look first, finds it, and books nothing twice.
async fn a_colleague_does_not_come_back(town: &Town, no: &str) {
    let task = town.task(no, "aic.licence", "submit").await;
    let number = town.key(CLERK, &task).await;
    let held = town.run_as(COLLEAGUE, &["queue", "claim", &task]).await;
    assert_eq!((held.code, held.error()), (1, "V_CLAIMED"), "{held:?}");
    crate::lease::lapsed(town, no, &task).await;
    let claimed = town.ask_as(COLLEAGUE, &["queue", "claim", &task]).await;
    assert_eq!(claimed["look_first"], true);
    for lang in ["zh", "en"] {
        let shown = town.page(lang, &["queue", "show", &task]).await;
        let first = shown.out.lines().next().unwrap();
        assert!(first.starts_with("!! ") && first.contains(no), "{}", shown.out);
    }
    let found = town.aic.look_for(no, "aic.licence").unwrap();
    assert_eq!(found, number);
    town.ask_as(COLLEAGUE, &["queue", "complete", &task, "--acceptance", &found])
        .await;
    let attempts = town.attempts(no, "aic.licence").await;
    assert_eq!(attempts[0]["receipt_no"], number.as_str());
}

/// F16: the disk that is under way keeps its bytes; what is new follows it, and never goes before it.
async fn a_name_overtakes_a_disk(town: &Town, no: &str) {
    town.exported(no).await;
    let before = town.item(no, "ent_name").await.unwrap();
    let paper = town.aic.rename(no, NEW).unwrap().unwrap();
    let story = town.ask(&["case", no]).await["story"].clone();
    let opened = |s: &&serde_json::Value| s["event"] == "form_opened";
    let form = story.as_array().unwrap().iter().find(opened).unwrap()["detail"].clone();
    let (task, matter) = form.as_str().unwrap().split_once(' ').unwrap();
    assert_eq!(matter, "aic.name/1");
    let said = town.enter(task, &paper).await;
    assert_eq!(said.code, 0, "{said:?}");
    let after = town.item(no, "ent_name").await.unwrap();
    assert_eq!((&after["value"], &after["matter"]), (&NEW.into(), &"aic.name".into()));
    assert_eq!(after["version"].as_u64(), before["version"].as_u64().map(|v| v + 1));

    everyone_is_told(town, no, &TOLD[..6]).await;
    assert_eq!(
        town.serve_all(no, "ntax.reg").await,
        0,
        "it waits for the disk before it"
    );
    town.take();
    town.import().await;
    town.wipe();
    everyone_is_told(town, no, &TOLD).await;
}

/// Serves what clerks have to key until each of these has booked the amendment.
async fn everyone_is_told(town: &Town, no: &str, matters: &[&str]) {
    town.until(&format!("{matters:?} know the new name"), async || {
        for matter in ALL {
            town.serve_all(no, matter).await;
        }
        let rows = town.rows(no);
        let knows = |matter: &&str| rows.iter().any(|(m, _, op)| m == *matter && op == "amend");
        matters.iter().all(knows).then_some(())
    })
    .await;
}
