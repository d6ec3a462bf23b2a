//! An interface that is busy for long, or does not know us any more (F4, F5): it alone stands still, nobody storms it, and
//! a person who put it right need not restart anything.

use super::without;
use crate::harness::{CLERK, Town};
use departments::cases;
use departments::park::Trouble;
use serde_json::Value;

const MATTER: &str = "park.hitech";
/// What stands between a licence and the bureaus that take sticks, for an enterprise that is no high-tech one.
const ELSEWHERE: [&str; 5] = ["epb.eia", "psb.seal", "qts.orgcode", "ltax.reg", "stat.reg"];
const SECRET: &str = "park-new-secret";

#[tokio::test(flavor = "multi_thread")]
async fn an_interface_in_trouble_stands_still_alone_and_goes_on_when_it_is_well() {
    let town = Town::start_whole().await;
    let [busy, other, locked, last] = [1, 5, 2, 15].map(cases::case_no);
    for n in [1, 5, 2, 15] {
        town.post(&cases::submission(n)).await;
    }
    is_busy_for_twenty_minutes(&town, &busy, &other).await;
    forgets_its_tokens(&town).await;
    has_another_secret(&town, &locked, &last).await;
    for no in [&busy, &locked] {
        town.approved(no, &ELSEWHERE).await;
        town.approved_by_stick(no, &["ntax.reg"]).await;
        assert_eq!(town.rows(no).iter().filter(|(matter, ..)| matter == MATTER).count(), 1);
    }
    for no in [&other, &last] {
        town.approved_by_stick(no, &["hrss.reg"]).await;
        town.submitted_once(no, &without(&[MATTER]));
    }
    town.close().await;
}

/// What is wrong with the park, as `why` says it.
async fn says(town: &Town, no: &str, code: &str) -> Value {
    town.until(&format!("why says {code}"), async || {
        town.why(no, MATTER).await.filter(|l| l["finding"]["code"] == code)
    })
    .await
}

/// F4: its pause is kept, others go on, and a person who knows better need not sit it out.
async fn is_busy_for_twenty_minutes(town: &Town, no: &str, other: &str) {
    let park = town.park.as_ref().unwrap();
    park.trouble(Trouble::Busy(1200), 1_000);
    town.licensed_with_approval(no).await;
    let why = says(town, no, "C_BUSY").await;
    let pause = why["next"].as_i64().unwrap() - why["since"].as_i64().unwrap();
    assert!(pause >= 1_190_000, "{why}");
    let knocked = park.requests();

    town.licensed_with_approval(other).await;
    town.approved(other, &ELSEWHERE).await;
    assert_eq!(park.requests(), knocked, "nobody knocks during the pause");
    let book: Vec<String> = town.rows(no).into_iter().map(|(matter, ..)| matter).collect();
    assert!(!book.iter().any(|matter| matter == MATTER), "{book:?}");

    park.calm();
    // A look that goes well does not shorten a pause the other side asked for; a person's word does.
    assert_eq!(town.run_as(CLERK, &["check"]).await.code, 0);
    assert!(town.why(no, MATTER).await.unwrap()["next"].is_i64());
    town.ask(&["deliver", "park"]).await;
    town.ask(&["collect", "park"]).await;
    town.approved(no, &[MATTER]).await;
}

/// F5, the lesser: tokens that are good no more cost one new token and nobody's time.
async fn forgets_its_tokens(town: &Town) {
    let park = town.park.as_ref().unwrap();
    let given = park.tokens_given();
    park.revoke_tokens();
    town.until("a new token is in use", async || {
        (park.tokens_given() > given).then_some(())
    })
    .await;
    town.ask(&["collect", "park"]).await;
    assert_eq!(park.tokens_given(), given + 1);
    assert_eq!(park.tokens_refused(), 0);
}

/// F5: no storm, the next step by name, and on without a restart.
async fn has_another_secret(town: &Town, no: &str, other: &str) {
    let park = town.park.as_ref().unwrap();
    park.change_secret(SECRET);
    town.licensed_with_approval(no).await;
    let why = says(town, no, "C_AUTH").await;
    assert!(why["next"].is_null(), "it waits for a person: {why}");
    for (lang, step) in [("zh", "执行 tanghulu check"), ("en", "run tanghulu check")] {
        let page = town.page(lang, &["why", no]).await;
        assert!(
            page.out.contains("rest.oauth.client_secret") && page.out.contains(step),
            "{}",
            page.out
        );
    }
    town.licensed_with_approval(other).await;
    town.approved(other, &ELSEWHERE).await;
    assert!(park.tokens_refused() <= 2, "once each way: {}", park.tokens_refused());

    let still = town.run_as(CLERK, &["check"]).await;
    assert_eq!(still.code, 1, "{still:?}");
    let refused = park.tokens_refused();
    town.written().secret("park.secret", SECRET);
    let well = town.run_as(CLERK, &["check"]).await;
    assert_eq!(well.code, 0, "{well:?}");
    town.approved(no, &[MATTER]).await;
    assert_eq!(park.tokens_refused(), refused);
}
