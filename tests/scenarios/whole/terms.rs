//! What runs out with time: an agreement, and the years a calendar covers (F20, F19). Neither is a reason to guess, and
//! neither stops what it does not concern.

use super::without;
use crate::harness::{CLERK, Config, Town};
use departments::cases;
use seams::{Clock, SystemClock};

const LTAX: &str = "ltax.reg";

#[tokio::test(flavor = "multi_thread")]
async fn what_ran_out_is_named_and_what_waited_goes_on_when_it_is_renewed() {
    let mut town = Town::start_whole_with(out_of_date).await;
    let [no, next] = [5, 15].map(cases::case_no);
    town.post(&cases::submission(5)).await;
    is_counted_by_no_calendar(&town, &no).await;
    town.licence_with_approval(&no).await;
    has_no_agreement(&town, &no).await;

    town.post(&cases::submission(15)).await;
    let sheet = town.task(&next, "aic.name", "submit").await;
    town.node_down().await;
    agreed_until(&town.written(), "ltax", "2099-12-31");
    agreed_until(&town.written(), "aic", "2026-01-01");
    town.node_up().await;
    is_a_worksheet_too_late(&town, &next, &sheet).await;
    town.approved(&no, &[LTAX]).await;
    town.approved_by_stick(&no, &["hrss.reg"]).await;
    town.submitted_once(&no, &without(&["park.hitech"]));

    town.node_down().await;
    agreed_until(&town.written(), "aic", "2099-12-31");
    calendars(&town.written());
    town.node_up().await;
    town.serve(&sheet).await;
    let due = town.obligation(&next, "aic.name").await.unwrap()["due"].clone();
    assert!(
        due["day"].as_str().is_some_and(|d| d.len() == 10) && due["finding"].is_null(),
        "{due}"
    );
    town.close().await;
}

fn out_of_date(config: &Config) {
    agreed_until(config, "ltax", "2026-01-01");
    config.remove("calendar");
}

fn agreed_until(config: &Config, dept: &str, day: &str) {
    config.edit(&format!("departments/{dept}.toml"), |t| {
        t["agreement"]["expires"] = toml::Value::Datetime(day.parse().unwrap());
    });
}

/// The year the node lives in.
fn year() -> i16 {
    engine::plan::civil(SystemClock::new().now().0, 480).year()
}

/// The calendars of this year and the next.
fn calendars(config: &Config) {
    for year in [year(), year() + 1] {
        let text = format!("year = {year}\nsource = \"a test\"\noff = []\nwork = []\n");
        config.add(&format!("calendar/{year}.toml"), &text);
    }
}

/// F19: by when it must be decided is not known, and says so; the exchange goes on.
async fn is_counted_by_no_calendar(town: &Town, no: &str) {
    let check = town.run_as(CLERK, &["check", "--offline"]).await;
    assert_eq!(check.code, 0, "{check:?}");
    for code in ["W_CALENDAR_MISSING", "W_AGREEMENT_EXPIRED"] {
        assert!(check.out.contains(code), "{code}: {}", check.out);
    }
    town.serve_one(no, "aic.name", "submit").await;
    let due = town.obligation(no, "aic.name").await.unwrap()["due"].clone();
    assert!(due["day"].is_null() && due["overdue"] == false, "{due}");
    assert_eq!(due["finding"]["code"], "E_CALENDAR", "{due}");
    let why = town.why(no, "aic.name").await.unwrap();
    assert_eq!(
        (&why["waits_for"], &why["finding"]["code"]),
        (&"result".into(), &"E_CALENDAR".into())
    );
    let year = year().to_string();
    for (lang, word) in [("zh", "办理期限: 未知"), ("en", "due: not known")] {
        let page = town.page(lang, &["case", no]).await;
        for part in [word, "E_CALENDAR", &year] {
            assert!(page.out.contains(part), "{lang} {part}: {}", page.out);
        }
    }
    let form = town.task(no, "aic.name", "result").await;
    let said = town.enter(&form, &town.paper(no, "aic.name").unwrap()).await;
    assert_eq!(said.code, 0, "{said:?}");
}

/// F20: nothing leaves, whoever asks; others go on, and who waits is told for what.
async fn has_no_agreement(town: &Town, no: &str) {
    town.approved(no, &["epb.eia", "psb.seal", "qts.orgcode", "stat.reg"])
        .await;
    town.approved_by_stick(no, &["ntax.reg"]).await;
    let why = town.waits_for(no, LTAX, "agreement").await;
    assert_eq!(why["finding"]["code"], "E_AGREEMENT_EXPIRED", "{why}");
    for lang in ["zh", "en"] {
        let page = town.page(lang, &["why", no]).await;
        assert!(
            page.out.contains("BM-2026-007") && page.out.contains("2026-01-01"),
            "{}",
            page.out
        );
    }
    let by_hand = town.run_as(CLERK, &["deliver", "ltax"]).await;
    assert_eq!(
        (by_hand.code, by_hand.error()),
        (1, "E_AGREEMENT_EXPIRED"),
        "{by_hand:?}"
    );
    town.submitted_once(no, &without(&["park.hitech", LTAX, "hrss.reg"]));
    assert!(town.attempts(no, LTAX).await.is_empty());
}

/// F20: a worksheet that was made in time is no way around it.
async fn is_a_worksheet_too_late(town: &Town, no: &str, sheet: &str) {
    let claim = town.run_as(CLERK, &["queue", "claim", sheet]).await;
    assert_eq!((claim.code, claim.error()), (1, "E_AGREEMENT_EXPIRED"), "{claim:?}");
    let why = town.why(no, "aic.name").await.unwrap();
    assert_eq!(why["waits_for"], "agreement", "{why}");
    town.books_hold(no, &[]);
}
