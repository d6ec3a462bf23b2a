//! The good way: every op, every answer, results by cursor, against the living department.
use super::support::{CASE, adapter, layout, park_rows, park_sample, prepared};
use departments::fate::{AllApproved, Fates, Ruling};
use departments::park::{self, ParkHandle, ParkOptions};
use model::define::Layout;
use model::{BatchId, Op};
use port::{Adapter, Answer, Ask, BatchVerdict, Outcome, Position, Said, Taken};
use std::net::SocketAddr;
use std::sync::Arc;
use tempfile::TempDir;

pub const CASE2: &str = "110108202603020000027";

pub struct Town {
    pub dir: TempDir,
    pub park: ParkHandle,
}

pub struct Ruled(pub Vec<(&'static str, Ruling)>);

impl Fates for Ruled {
    fn ruling(&self, _matter: &str, case_no: &str) -> Ruling {
        self.0
            .iter()
            .find(|(c, _)| *c == case_no)
            .map_or(Ruling::Approve, |(_, r)| r.clone())
    }
}

fn any() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

impl Town {
    pub fn new() -> Self {
        Self::with(Arc::new(AllApproved))
    }

    pub fn with(fates: Arc<dyn Fates>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let options = ParkOptions::new(dir.path().join("park"), dir.path().join("books"), fates, any());
        Self {
            park: park::start(options).unwrap(),
            dir,
        }
    }

    /// The example's settings for this town, with a line more in `[rest]` and one more in `[rest.wait]`.
    pub fn settings(&self, rest: &str, secret: &str) -> String {
        format!(
            "transport = \"rest\"\n[rest]\nbase = \"{}\"\nca = \"{}\"\n{rest}\n\
             oauth = {{ client_id = \"hub-node\", client_secret = {{ env = \"{secret}\" }} }}\n\
             query = {{ path = \"/api/v1/cases/{{case_no}}?key={{token}}\" }}\n\
             results = {{ feed = \"results\", path = \"/api/v1/results?since={{cursor}}&limit={{limit}}\", limit = 2 }}\n",
            self.park.url,
            self.park.ca_pem.display(),
        )
    }

    pub fn link_with(&self, rest: &str) -> Arc<dyn Adapter> {
        adapter(&self.settings(rest, park::CLIENT_SECRET), "results", result_layout())
    }

    pub fn link(&self) -> Arc<dyn Adapter> {
        self.link_with("wait = { connect = \"5s\", read = \"5s\", total = \"5s\" }")
    }
}

pub fn result_layout() -> Layout {
    layout(&["seq", "caseNo", "result", "certNo", "certDate", "opinion"].map(|n| (n, None)))
}

pub fn acknowledged(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Acknowledged(Some(receipt)) => receipt,
        other => panic!("{other:?}"),
    }
}

pub fn answer() -> Answer {
    Answer {
        verdict: BatchVerdict::Accepted,
        batch: BatchId(1),
        code: "0000".into(),
        findings: vec![],
        rows: port::RowAnswers::default(),
        anchor: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_op_is_handed_over_and_booked_as_itself() {
    let town = Town::new();
    let link = town.link();
    link.probe().await.unwrap();
    assert!(link.abilities().collects && link.abilities().queries && !link.abilities().recalls);
    let steps = [
        (Op::Submit, "a"),
        (Op::Supplement, "b"),
        (Op::Amend, "c"),
        (Op::Withdraw, "c"),
    ];
    for (op, product) in steps {
        let batch = prepared(&*link, &park_rows(&[(op, CASE, product)]));
        let outcomes = link.deliver(&batch).await.unwrap();
        assert!(acknowledged(&outcomes[0]).starts_with("PK"), "{op}");
        assert_eq!(town.park.last_body(CASE).unwrap()["mainProduct"], product);
    }
    let ops: Vec<_> = town.park.booked().into_iter().map(|e| e.op).collect();
    assert_eq!(ops, ["submit", "supplement", "amend", "withdraw"]);
    assert_eq!(town.park.tokens_given(), 1, "one token serves all of them");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_is_the_agreed_sample() {
    let town = Town::new();
    let link = town.link();
    link.deliver(&prepared(&*link, &park_sample(Op::Submit))).await.unwrap();
    let sample: serde_json::Value =
        serde_json::from_str(include_str!("../../../fixtures/link/park_request.json")).unwrap();
    assert_eq!(town.park.last_body(CASE), Some(sample));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_by_key_and_a_repeat_by_content_are_acknowledged_and_booked_once() {
    let town = Town::new();
    let link = town.link();
    let rows = park_sample(Op::Submit);
    let mut batch = prepared(&*link, &rows);
    let first = link.deliver(&batch).await.unwrap();
    batch.again = true;
    assert_eq!(link.deliver(&batch).await.unwrap(), first, "same key, same receipt");
    batch.records[0].token = "another".into();
    assert_eq!(link.deliver(&batch).await.unwrap(), first, "409: it has it already");
    assert_eq!(town.park.booked().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_named_and_stop_only_their_record() {
    let town = Town::with(Arc::new(Ruled(vec![(CASE, Ruling::RefuseRow("2004".into()))])));
    let link = town.link();
    let rows = park_rows(&[(Op::Submit, CASE, "x"), (Op::Submit, CASE2, "x")]);
    let outcomes = link.deliver(&prepared(&*link, &rows)).await.unwrap();
    let Outcome::Refused { code, reason } = &outcomes[0] else {
        panic!("{outcomes:?}")
    };
    assert_eq!((code.as_str(), reason.as_str()), ("2004", "不符合登记要求"));
    acknowledged(&outcomes[1]);
    let unknown = link
        .deliver(&prepared(&*link, &park_rows(&[(Op::Amend, CASE, "x")])))
        .await
        .unwrap();
    assert!(
        matches!(&unknown[0], Outcome::Refused { code, .. } if code == "2004"),
        "{unknown:?}"
    );
    assert_eq!(town.park.booked().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_travel_side_by_side_within_their_bound_and_never_two_of_one_case() {
    let town = Town::new();
    let nap = park::Trouble::Stall(std::time::Duration::from_millis(50));
    let cases: Vec<String> = (0..12).map(|i| format!("1101082026030200{i:05}")).collect();
    let rows: Vec<_> = cases.iter().map(|c| (Op::Submit, c.as_str(), "x")).collect();
    let link = town.link_with("concurrency = 3");
    town.park.trouble(nap.clone(), 12);
    let outcomes = link.deliver(&prepared(&*link, &park_rows(&rows))).await.unwrap();
    assert!(outcomes.iter().all(|o| matches!(o, Outcome::Acknowledged(Some(_)))));
    assert_eq!((town.park.booked().len(), town.park.most_at_once()), (12, 3));

    let one = Town::new();
    one.park.trouble(nap, 4);
    let link = one.link_with("concurrency = 3");
    let rows = [
        (Op::Submit, CASE, "1"),
        (Op::Amend, CASE, "2"),
        (Op::Amend, CASE, "3"),
        (Op::Withdraw, CASE, "3"),
    ];
    link.deliver(&prepared(&*link, &park_rows(&rows))).await.unwrap();
    assert_eq!(one.park.most_at_once(), 1);
    assert_eq!(one.park.last_body(CASE).unwrap()["mainProduct"], "3");
}

#[tokio::test(flavor = "multi_thread")]
async fn query_says_booked_not_booked_or_nothing() {
    let town = Town::new();
    let link = town.link();
    let first = prepared(&*link, &park_rows(&[(Op::Submit, CASE, "x")]));
    let receipt = acknowledged(&link.deliver(&first).await.unwrap()[0]).to_owned();
    let mut both = prepared(&*link, &park_rows(&[(Op::Submit, CASE, "x"), (Op::Submit, CASE2, "x")]));
    both.records[0].token = first.records[0].token.clone();
    assert_eq!(
        link.query(&both).await.unwrap(),
        [Said::Booked(Some(receipt.clone())), Said::NotBooked]
    );
    town.park.trouble(park::Trouble::None, 1);
    town.park.trouble(park::Trouble::Html, 1);
    let link = town.link_with("concurrency = 1");
    assert_eq!(
        link.query(&both).await.unwrap(),
        [Said::Booked(Some(receipt)), Said::CannotSay]
    );
    let mute = town.settings("", park::CLIENT_SECRET);
    let mute: String = mute
        .lines()
        .filter(|l| !l.starts_with("query"))
        .map(|l| format!("{l}\n"))
        .collect();
    let mute = adapter(&mute, "results", result_layout());
    assert!(!mute.abilities().queries);
    assert_eq!(mute.query(&both).await.unwrap(), vec![Said::CannotSay; 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn results_are_offered_page_by_page_and_the_cursor_moves_with_the_batch() {
    let town = Town::with(Arc::new(Ruled(vec![
        (CASE2, Ruling::SupplementFirst),
        ("110108202603020000035", Ruling::Deny),
    ])));
    let link = town.link();
    assert_eq!(
        link.collect(&Ask {
            max: 9,
            ..Ask::default()
        })
        .await
        .unwrap()
        .len(),
        0,
        "nothing yet"
    );
    for case in [CASE, CASE2, "110108202603020000035"] {
        link.deliver(&prepared(&*link, &park_rows(&[(Op::Submit, case, "x")])))
            .await
            .unwrap();
    }
    let mut offers = link
        .collect(&Ask {
            max: 9,
            ..Ask::default()
        })
        .await
        .unwrap();
    let names: Vec<_> = offers
        .iter()
        .map(|o| (o.name.clone(), o.position.clone().unwrap().0))
        .collect();
    let expected = [("results since=0", "2"), ("results since=2", "3")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(names, expected);
    assert!(
        offers
            .iter()
            .all(|o| o.feed == "results" && o.declared.number.is_none())
    );
    let mut seen = Vec::new();
    for offer in &mut offers {
        while let Some(Taken::Row(row)) = offer.rows.next().unwrap() {
            seen.push((row.get(1).unwrap().to_owned(), row.get(2).unwrap().to_owned()));
        }
    }
    let words: Vec<_> = seen.iter().map(|(_, r)| r.as_str()).collect();
    assert_eq!(words, ["PASS", "SUPPLEMENT", "REJECT"]);
    // Not committed: the same page again, the same content. Committed: what follows.
    let again = link
        .collect(&Ask {
            max: 1,
            ..Ask::default()
        })
        .await
        .unwrap();
    assert_eq!((again.len(), again[0].digest), (1, offers[0].digest));
    link.acknowledge(&again[0].claim, &answer()).await.unwrap();
    link.acknowledge(&again[0].claim, &answer()).await.unwrap();
    let at = |p: &str| Ask {
        position: Some(Position(p.into())),
        past_gaps: false,
        max: 9,
        place: None,
        answers: None,
    };
    assert_eq!(link.collect(&at("3")).await.unwrap().len(), 0);
    // The answer to the 补正 is decided, and stands behind the cursor.
    link.deliver(&prepared(&*link, &park_rows(&[(Op::Supplement, CASE2, "y")])))
        .await
        .unwrap();
    let mut last = link.collect(&at("3")).await.unwrap();
    let Some(Taken::Row(row)) = last[0].rows.next().unwrap() else {
        panic!()
    };
    assert_eq!((row.get(1), row.get(2)), (Some(CASE2), Some("PASS")));
    let rounds: Vec<_> = town
        .park
        .booked()
        .iter()
        .filter(|e| e.case_no == CASE2)
        .map(|e| e.round)
        .collect();
    assert_eq!(rounds, [1, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_department_still_knows_every_key() {
    let town = Town::new();
    let link = town.link();
    let batch = prepared(&*link, &park_sample(Op::Submit));
    let first = link.deliver(&batch).await.unwrap();
    let cold = town.link();
    let Town { dir, park } = town;
    let addr = park.addr;
    park.stop().await;
    let gone = cold.deliver(&batch).await.unwrap_err();
    assert_eq!(
        (gone.finding.code, gone.next),
        (model::Code::CUnreachable, port::Next::Retry)
    );
    let options = ParkOptions::new(
        dir.path().join("park"),
        dir.path().join("books"),
        Arc::new(AllApproved),
        addr,
    );
    let park = park::start(options).unwrap();
    // The old token means nothing to it any more: one refresh, same receipt. A connection kept from before the restart
    // may be met first: that is unknown, and the next call finds out.
    let mut again = link.deliver(&batch).await.unwrap();
    if again == [Outcome::Unknown] {
        again = link.deliver(&port::Prepared { again: true, ..batch }).await.unwrap();
    }
    assert_eq!(again, first);
    assert_eq!((park.booked().len(), park.tokens_given()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pushed_page_and_a_pushed_result_give_the_same_rows_as_a_fetched_one() {
    let town = Town::new();
    let link = town.link();
    let page = include_str!("../../../fixtures/link/park_results.json");
    let parts = |body: &str| port::Parts {
        feed: "results".into(),
        name: "callback".into(),
        body: body.into(),
    };
    let mut whole = link.receive(parts(page)).await.unwrap();
    let items: serde_json::Value = serde_json::from_str(page).unwrap();
    let mut single = link.receive(parts(&items["items"][0].to_string())).await.unwrap();
    assert_eq!(whole.digest, single.digest);
    let Ok(Some(Taken::Row(row))) = whole.rows.next() else {
        panic!()
    };
    assert_eq!((row.get(0), row.get(3)), (Some("1"), Some("GX20260001")));
    assert_eq!(single.rows.next().unwrap(), Some(Taken::Row(row)));
    let broken = link.receive(parts("{")).await.unwrap().rows.next();
    assert_eq!(broken.unwrap_err().code, model::Code::EStructure);
    assert!(
        link.receive(port::Parts {
            feed: "x".into(),
            ..parts(page)
        })
        .await
        .is_err()
    );
}
