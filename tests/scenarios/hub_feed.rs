//! The platform's interface: cases in, a change feed out, and nobody else let in.

use crate::harness::{CLERK, Town, plain};
use crate::wire::{self, Signer};
use departments::cases;
use departments::play::config::HUB_KEY;
use departments::poster::Told;

fn code(told: &Told) -> (u16, &str) {
    (told.status, told.body["code"].as_str().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_in_the_feed_once_and_the_case_can_be_read() {
    let town = Town::start().await;
    let no = cases::case_no(1);
    town.post(&plain(1)).await;
    town.through_aic(&no, "aic.name").await;

    let page = town.poster.get("/v1/changes?limit=10").await.unwrap();
    let lines = page.body["items"].as_array().unwrap();
    assert_eq!(lines.len(), 1, "{page:?}");
    let line = &lines[0];
    assert_eq!(
        (&line["case_no"], &line["matter"], &line["round"]),
        (&(*no).into(), &"aic.name".into(), &1.into())
    );
    assert_eq!(line["standing"], "approved");
    let next = page.body["next"].as_str().unwrap();
    assert_eq!(line["cursor"], next);
    let rest = town.poster.get(&format!("/v1/changes?since={next}")).await.unwrap();
    assert_eq!(
        (rest.body["items"].as_array().unwrap().len(), &rest.body["next"]),
        (0, &next.into())
    );

    let case = town.poster.get(&format!("/v1/cases/{no}")).await.unwrap();
    let name = case.body["matters"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["matter"] == "aic.name")
        .unwrap();
    assert_eq!(
        (&name["standing"], &name["account"]),
        (&"approved".into(), &"booked".into())
    );
    assert!(
        case.body["items"]["name_approval_no"].is_string() && case.body["items"].get("rep_id_no").is_none(),
        "{case:?}"
    );
    let unknown = town
        .poster
        .get(&format!("/v1/cases/{}", cases::case_no(99)))
        .await
        .unwrap();
    assert_eq!(code(&unknown), (404, "E_UNKNOWN_CASE"));
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_forged_stale_replayed_unsigned_or_too_large_is_no_case() {
    let town = Town::start().await;
    let no = cases::case_no(1);
    let body = plain(1).to_string().into_bytes();
    let good = Signer {
        key_id: "bj-hub",
        key: HUB_KEY,
        nonce: "once-1",
        late: 0,
    };
    let forged = Signer {
        key: "another-key-of-thirty-two-bytes!",
        nonce: "once-2",
        ..good
    };
    let stranger = Signer {
        key_id: "sh-hub",
        nonce: "once-3",
        ..good
    };
    let stale = Signer {
        nonce: "once-4",
        late: -1000,
        ..good
    };
    let early = Signer {
        nonce: "once-5",
        late: 1000,
        ..good
    };
    for (bad, wanted) in [
        (&forged, "A_SIGNATURE"),
        (&stranger, "A_SIGNATURE"),
        (&stale, "A_STALE"),
        (&early, "A_STALE"),
    ] {
        assert_eq!(
            code(&bad.post(&town.http, &body, &[]).await),
            (401, wanted),
            "{}",
            bad.nonce
        );
    }
    let json = [("content-type", "application/json")];
    let unsigned = wire::send(&town.http, "POST", "/v1/cases", &json, &body).await.unwrap();
    assert_eq!(code(&unsigned), (401, "A_UNSIGNED"));
    let large = vec![b' '; (8 << 20) + 1];
    let large = Signer {
        nonce: "once-6",
        ..good
    }
    .post(&town.http, &large, &[])
    .await;
    assert_eq!(code(&large), (413, "E_TOO_LARGE"));
    let known = town.run_as(CLERK, &["case", &no]).await;
    assert_eq!((known.code, known.error()), (1, "V_NOT_FOUND"));

    assert_eq!(good.post(&town.http, &body, &[]).await.status, 202);
    assert_eq!(code(&good.post(&town.http, &body, &[]).await), (401, "A_REPLAYED"));
    let again = Signer {
        nonce: "once-7",
        ..good
    }
    .post(&town.http, &body, &[])
    .await;
    assert_eq!((again.status, &again.body["verdict"]), (200, &"repeat".into()));
    assert_eq!(town.told(&no, "case_opened", "").await, 1);
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_of_the_sender_stands_for_one_content() {
    let town = Town::start().await;
    let (first, second) = (plain(1).to_string().into_bytes(), plain(2).to_string().into_bytes());
    let key = [("idempotency-key", "hub-000001")];
    let post = async |nonce: &str, body: &[u8]| {
        let signer = Signer {
            key_id: "bj-hub",
            key: HUB_KEY,
            nonce,
            late: 0,
        };
        signer.post(&town.http, body, &key).await
    };
    assert_eq!(post("n-1", &first).await.status, 202);
    let again = post("n-2", &first).await;
    assert_eq!(
        (again.status, &again.body["verdict"]),
        (200, &"repeat".into()),
        "{again:?}"
    );
    let reused = post("n-3", &second).await;
    assert_eq!(code(&reused), (409, "E_NUMBER_REUSED"));
    assert_eq!(
        town.run_as(CLERK, &["case", &cases::case_no(2)]).await.error(),
        "V_NOT_FOUND"
    );
    assert_eq!(town.ask(&["balance"]).await["total"]["opened"], 1);
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_marked_secret_never_comes_in() {
    let town = Town::start().await;
    let no = cases::case_no(1);
    let mut marked = plain(1);
    marked["secrecy"] = "国家秘密".into();
    let told = town.poster.post(&marked).await.unwrap();
    assert_eq!(code(&told), (422, "E_SECRECY"));
    assert_eq!(town.run_as(CLERK, &["case", &no]).await.error(), "V_NOT_FOUND");
    marked["secrecy"] = "无".into();
    town.post(&marked).await;
    assert!(town.obligation(&no, "aic.name").await.is_some());
    town.close().await;
}
