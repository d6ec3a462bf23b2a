//! Sticks that come back with something wrong on them: a row missing, one too many, one twice; a name that has no room; a
//! number that is another bureau's or lost its end (F11, F12, F14, F21).

use super::{disks_on_request, without};
use crate::harness::{CLERK, Said, Town};
use departments::cases;
use departments::hrss::{Habits as FormHabits, MATTER as HRSS};
use departments::ntax::{Habits, MATTER as NTAX};
use serde_json::Value;

/// Cases of enterprises that are no high-tech ones; the last one has a long name.
const NUMBERS: [u32; 4] = [5, 15, 35, LONG];
const LONG: u32 = 25;

/// A name of so many bytes in GBK. The table has room for eighty.
fn name_of(bytes: usize) -> String {
    let (latin, rest) = (bytes % 2, (bytes - bytes % 2 - 12) / 2);
    format!("北京{}{}有限公司", "A".repeat(latin), "高".repeat(rest))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stick_does_not_bring_back_right_is_named_and_ends_decided_once() {
    let town = Town::start_whole_with(disks_on_request).await;
    let all = NUMBERS.map(cases::case_no);
    for n in NUMBERS {
        let mut body = cases::submission(n);
        if n == LONG {
            // One too many: room enough everywhere but in one table.
            body["items"]["ent_name"] = name_of(81).into();
        }
        town.post(&body).await;
    }
    for no in &all {
        town.licensed_with_approval(no).await;
    }
    let [.., long] = &all;
    for no in &all {
        town.approved(no, &["qts.orgcode", "ltax.reg"]).await;
        town.waits_for(no, NTAX, "turn").await;
    }
    assert_eq!(town.export().await, 3, "all on one disk, but one");
    has_no_room(&town, long).await;
    let [missing, right, contradicted] = comes_back_wrong(&town).await;
    town.approved(&right, &[NTAX]).await;
    town.visit("ntax").await;
    town.approved(long, &[NTAX]).await;
    is_missing(&town, &missing).await;
    is_contradicted(&town, &contradicted).await;
    lost_its_end(&town, &all).await;
    for no in &all {
        town.approved(no, &["epb.eia", "psb.seal", "stat.reg"]).await;
        town.submitted_once(no, &without(&["park.hitech"]));
    }
    town.close().await;
}

/// F12: nothing is cut. A person gives a short form, which fills the column to its last byte, and the books say that it was
/// one.
async fn has_no_room(town: &Town, no: &str) {
    let line = town.refused_with("ntax", "E_TOO_LONG").await;
    assert_eq!(
        (&line["code"], &line["case_no"]),
        (&"2002".into(), &no.into()),
        "{line}"
    );
    assert_eq!(line["findings"][0]["place"]["column"], "NSRMC");
    let short = name_of(80);
    let (id, set) = (line["id"].as_str().unwrap(), format!("ent_name={short}"));
    town.ask(&["refused", "edit", id, "--set", &set, "--reason", "经申请人确认使用简称"])
        .await;
    let case = town.ask(&["case", no]).await;
    let story = case["story"].as_array().unwrap();
    let line = story.iter().find(|s| s["event"] == "delivery_due_again").unwrap();
    let detail = line["detail"].as_str().unwrap();
    for part in [NTAX, CLERK, "经申请人确认使用简称", "=1"] {
        assert!(detail.contains(part), "{part}: {detail}");
    }
    let name = town.item(no, "ent_name").await.unwrap();
    assert_eq!(name["value"], name_of(81), "the case keeps its own");
}

fn codes(line: &Value) -> Vec<&str> {
    let findings = line["findings"].as_array().unwrap();
    findings.iter().map(|f| f["code"].as_str().unwrap()).collect()
}

/// F11: three alarms, and whoever's row is in order is not held up. Which case the bureau forgot, which is right, and
/// which has the number of somebody else.
async fn comes_back_wrong(town: &Town) -> [String; 3] {
    town.ntax.set_habits(Habits {
        missing_row: true,
        extra_row: true,
        duplicate_row: true,
        other_number: true,
        ..Habits::default()
    });
    let taking = town.take().remove(0);
    let sent: Vec<String> = taking.rows.iter().map(|(no, _)| no.clone()).collect();
    // The stranger in it has a number that cannot be; one that can be is told from ours only by what we sent.
    let answer = taking.answer.unwrap();
    let mut bytes = std::fs::read(&answer).unwrap();
    let at = bytes.windows(21).position(|w| w == b"110199202603020000992").unwrap();
    bytes[at + 20] = b'6';
    std::fs::write(&answer, bytes).unwrap();
    let taken = town.import().await;
    assert_eq!(
        (&taken[0]["verdict"], &taken[0]["refused"]),
        (&"accepted".into(), &2.into()),
        "{taken:?}"
    );
    assert_eq!(
        codes(&taken[0]),
        ["W_RETURN_MISSING", "W_RETURN_EXTRA", "W_RETURN_TWICE"],
        "{taken:?}"
    );
    let stranger = town.refused_with("ntax", "E_UNKNOWN_CASE").await;
    town.drop_refusal(&stranger, "外区").await;
    assert_eq!(town.import().await[0]["verdict"], "repeat");
    town.wipe();
    town.ntax.set_habits(Habits::default());
    // They come back in reverse, the first one forgotten.
    sent.try_into().unwrap()
}

/// What a clerk was told, keyed into the form that is expected now; key fields twice.
async fn keys(town: &Town, no: &str, matter: &str, item: &str, number: &str) -> Said {
    let form = town.task(no, matter, "result").await;
    let value = format!("{item}={number}");
    let words = [
        "queue",
        "complete",
        &form,
        "--field",
        "status=办结",
        "--field",
        &value,
        "--again",
        &value,
    ];
    town.run_as(CLERK, &words).await
}

/// The number both tax bureaus must give.
async fn tax_no(town: &Town, no: &str) -> String {
    let number = town.item(no, "tax_no_local").await.unwrap()["value"].clone();
    number.as_str().unwrap().to_owned()
}

/// F11: what no file will ever bring is asked for, and keyed by whoever asked.
async fn is_missing(town: &Town, no: &str) {
    let waiting = town.why(no, NTAX).await.unwrap();
    assert_eq!(waiting["waits_for"], "receipt", "{waiting}");
    let settle = ["settle", no, NTAX, "booked", "--reason", "电话核对：已登记"];
    town.ask(&settle).await;
    let attempt = town.attempt_is(no, NTAX, "acknowledged").await;
    assert_eq!(attempt["reason"], "电话核对：已登记");
    let said = keys(town, no, NTAX, "tax_no_national", &tax_no(town, no).await).await;
    assert_eq!(said.code, 0, "{said:?}");
    town.approved(no, &[NTAX]).await;
}

/// F21: the row is refused and nothing of it taken, until the two bureaus agree and somebody keys what they agreed on.
async fn is_contradicted(town: &Town, no: &str) {
    let line = town.refused_with("ntax", "E_CROSS_CHECK").await;
    assert_eq!(
        (&line["code"], &line["case_no"]),
        (&"2013".into(), &no.into()),
        "{line}"
    );
    assert!(line["findings"][0].to_string().contains("税务登记证号"), "{line}");
    let o = town.obligation(no, NTAX).await.unwrap();
    assert_eq!((&o["standing"], &o["account"]), (&Value::Null, &"booked".into()), "{o}");
    assert!(town.item(no, "tax_no_national").await.is_none());
    let other = format!("110108{}", cases::org_code(999));
    let still = keys(town, no, NTAX, "tax_no_national", &other).await;
    assert_eq!((still.code, still.error()), (1, "E_CROSS_CHECK"), "{still:?}");
    let said = keys(town, no, NTAX, "tax_no_national", &tax_no(town, no).await).await;
    assert_eq!(said.code, 0, "{said:?}");
    town.approved(no, &[NTAX]).await;
    town.drop_refusal(&line, "两局核对一致，已登记").await;
}

/// F14: a number that a spreadsheet rounded is refused by name; the row's answer comes by hand, the others' are taken.
async fn lost_its_end(town: &Town, all: &[String]) {
    for no in all {
        town.approved(no, &["stat.reg"]).await;
        town.waits_for(no, HRSS, "turn").await;
    }
    town.hrss.set_habits(FormHabits {
        lost_precision: true,
        ..FormHabits::default()
    });
    let taken = town.visit("hrss").await;
    assert_eq!(
        (&taken[0]["verdict"], &taken[0]["refused"]),
        (&"accepted".into(), &1.into()),
        "{taken:?}"
    );
    assert_eq!(codes(&taken[0]), ["W_RETURN_MISSING"], "{taken:?}");
    let line = town.refused_with("hrss", "E_PRECISION").await;
    assert_eq!(
        (&line["code"], &line["findings"][0]["place"]["column"]),
        (&"2008".into(), &"法人身份证号".into()),
        "{line}"
    );
    let mut left = Vec::new();
    for no in all {
        let o = town.obligation(no, HRSS).await.unwrap();
        if o["standing"] != "approved" {
            left.push(no);
        }
    }
    assert_eq!(left.len(), 1);
    let settle = ["settle", left[0], HRSS, "booked", "--reason", "社保局已核对身份证号"];
    town.ask(&settle).await;
    let number = format!("110108{}", &left[0][14..20]);
    let said = keys(town, left[0], HRSS, "si_no", &number).await;
    assert_eq!(said.code, 0, "{said:?}");
    town.approved(left[0], &[HRSS]).await;
    town.drop_refusal(&line, "已登记").await;
}
