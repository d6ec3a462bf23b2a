//! What goes wrong in the field, one fault after the other. The department's books judge.
use super::park::{CASE2, Town, acknowledged, result_layout};
use super::support::{CASE, HandClock, adapter, adapter_at, park_rows, park_sample, prepared};
use departments::park::{self, Trouble};
use model::{Code, Op};
use port::{Ask, Fault, Next, Outcome, Said};
use std::sync::Arc;
use std::time::Duration;

const BRIEF: &str = "wait = { connect = \"300ms\", read = \"300ms\", total = \"400ms\" }";
const LONG: Duration = Duration::from_secs(3600);

fn is(fault: &Fault, code: Code, next: Next) {
    assert_eq!((fault.finding.code, fault.next), (code, next), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_is_refreshed_exactly_once() {
    let town = Town::new();
    let link = town.link();
    link.probe().await.unwrap();
    town.park.revoke_tokens();
    let cases: Vec<String> = (0..8).map(|i| format!("1101082026030200{i:05}")).collect();
    let rows: Vec<_> = cases.iter().map(|c| (Op::Submit, c.as_str(), "x")).collect();
    let outcomes = link.deliver(&prepared(&*link, &park_rows(&rows))).await.unwrap();
    outcomes.iter().for_each(|o| drop(acknowledged(o).to_owned()));
    assert_eq!(
        town.park.tokens_given(),
        2,
        "four requests were turned away at once, one new token served them all"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_token_turned_away_too_is_a_persons_matter() {
    let town = Town::new();
    let link = town.link_with("concurrency = 1");
    town.park.trouble(Trouble::Unauthorized, 2);
    let both = park_rows(&[(Op::Submit, CASE, "x"), (Op::Submit, CASE2, "x")]);
    is(
        &link.deliver(&prepared(&*link, &both)).await.unwrap_err(),
        Code::CAuth,
        Next::Person,
    );
    assert_eq!(
        (town.park.tokens_given(), town.park.requests()),
        (2, 2),
        "no third try, and no second record"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_used_until_shortly_before_its_end() {
    let town = Town::new();
    let clock = Arc::new(HandClock::default());
    let settings = town.settings("", park::CLIENT_SECRET);
    let link = adapter_at(&settings, "results", result_layout(), clock.clone());
    for (seconds, tokens) in [(0, 1), (269, 1), (270, 2), (539, 2), (540, 3)] {
        *clock.0.lock().unwrap() = Duration::from_secs(seconds);
        link.probe().await.unwrap();
        assert_eq!(town.park.tokens_given(), tokens, "{seconds}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_first_requests_share_one_token() {
    let town = Town::new();
    let link = town.link();
    let (a, b) = (
        Ask {
            max: 1,
            ..Ask::default()
        },
        Ask {
            max: 1,
            ..Ask::default()
        },
    );
    let (x, y, z) = tokio::join!(link.probe(), link.collect(&a), link.collect(&b));
    assert!(x.is_ok() && y.is_ok() && z.is_ok());
    assert_eq!(town.park.tokens_given(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_is_a_persons_matter() {
    let town = Town::new();
    let link = adapter(&town.settings("", "wrong"), "results", result_layout());
    is(&link.probe().await.unwrap_err(), Code::CAuth, Next::Person);
    let fault = link
        .deliver(&prepared(&*link, &park_sample(Op::Submit)))
        .await
        .unwrap_err();
    is(&fault, Code::CAuth, Next::Person);
    assert!(!fault.to_string().contains("wrong"), "{fault}");
    assert_eq!((town.park.requests(), town.park.tokens_given()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn busy_stops_at_once_and_passes_the_pause_on() {
    for (trouble, seconds) in [(Trouble::Busy(7), 7), (Trouble::TooMany(9), 9)] {
        let town = Town::new();
        let link = town.link_with("concurrency = 1");
        let batch = prepared(&*link, &park_rows(&[(Op::Submit, CASE, "x"), (Op::Submit, CASE2, "x")]));
        town.park.trouble(trouble, 1);
        let fault = link.deliver(&batch).await.unwrap_err();
        is(&fault, Code::CBusy, Next::Retry);
        assert_eq!(fault.retry_after, Some(Duration::from_secs(seconds)));
        assert_eq!(
            (town.park.requests(), town.park.booked().len()),
            (1, 0),
            "the second was not even sent"
        );
        let outcomes = link.deliver(&batch).await.unwrap();
        outcomes.iter().for_each(|o| drop(acknowledged(o).to_owned()));
        assert_eq!(town.park.booked().len(), 2);
        town.park.trouble(Trouble::Busy(7), 1);
        is(
            &link
                .collect(&Ask {
                    max: 1,
                    ..Ask::default()
                })
                .await
                .err()
                .unwrap(),
            Code::CBusy,
            Next::Retry,
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn busy_in_the_middle_leaves_what_was_answered_and_the_rest_can_be_asked_about() {
    let town = Town::new();
    let link = town.link_with("concurrency = 1");
    let batch = prepared(&*link, &park_rows(&[(Op::Submit, CASE, "x"), (Op::Submit, CASE2, "x")]));
    town.park.trouble(Trouble::None, 1);
    town.park.trouble(Trouble::Busy(1), 1);
    let outcomes = link.deliver(&batch).await.unwrap();
    acknowledged(&outcomes[0]);
    assert_eq!(outcomes[1], Outcome::Unknown);
    assert!(matches!(
        &link.query(&batch).await.unwrap()[..],
        [Said::Booked(_), Said::NotBooked]
    ));
    let again = port::Prepared { again: true, ..batch };
    assert_eq!(link.deliver(&again).await.unwrap()[0], outcomes[0]);
    assert_eq!(town.park.booked().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn committed_then_dropped_is_unknown_and_ends_booked_once() {
    let town = Town::new();
    let link = town.link();
    let mut batch = prepared(&*link, &park_sample(Op::Submit));
    town.park.trouble(Trouble::CommitThenDrop, 1);
    assert_eq!(link.deliver(&batch).await.unwrap(), [Outcome::Unknown]);
    assert_eq!(town.park.booked().len(), 1, "it was committed");
    assert!(matches!(
        &link.query(&batch).await.unwrap()[..],
        [Said::Booked(Some(_))]
    ));
    batch.again = true;
    acknowledged(&link.deliver(&batch).await.unwrap()[0]);
    assert_eq!(town.park.booked().len(), 1, "exactly once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stall_ends_in_unknown_whether_it_was_booked_or_not() {
    for (trouble, booked) in [(Trouble::Stall(LONG), 0), (Trouble::CommitThenStall(LONG), 1)] {
        let town = Town::new();
        let link = town.link_with(BRIEF);
        let mut batch = prepared(&*link, &park_sample(Op::Submit));
        link.probe().await.unwrap();
        town.park.trouble(trouble, 1);
        assert_eq!(link.deliver(&batch).await.unwrap(), [Outcome::Unknown]);
        assert_eq!(town.park.booked().len(), booked);
        batch.again = true;
        acknowledged(&link.deliver(&batch).await.unwrap()[0]);
        assert_eq!(town.park.booked().len(), 1);
    }
    let town = Town::new();
    let link = town.link_with(BRIEF);
    town.park.trouble(Trouble::Stall(LONG), 1);
    is(&link.probe().await.unwrap_err(), Code::CTimeout, Next::Retry);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_drips_ends_with_the_whole_time() {
    let town = Town::new();
    let link = town.link_with(BRIEF);
    link.probe().await.unwrap();
    town.park.trouble(Trouble::Drip, 1);
    let outcomes = link.deliver(&prepared(&*link, &park_sample(Op::Submit))).await.unwrap();
    assert_eq!(outcomes, [Outcome::Unknown]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_outside_the_interface_is_never_a_yes() {
    let place = "https://127.0.0.1:1/api/v1/cases".to_owned();
    let table = [
        (Trouble::Html, Next::Retry),
        (Trouble::Oversized(400_000), Next::Retry),
        (Trouble::Packed, Next::Retry),
        (Trouble::Cut, Next::Retry),
        (Trouble::Crossed, Next::Retry),
        (Trouble::Broken, Next::Retry),
        (Trouble::Redirect(place), Next::Person),
    ];
    for (trouble, next) in table {
        let town = Town::new();
        let link = town.link_with("limits = { body = \"128 KiB\" }");
        let batch = prepared(&*link, &park_sample(Op::Submit));
        town.park.trouble(trouble.clone(), 1);
        let fault = link.deliver(&batch).await.unwrap_err();
        is(&fault, Code::CProtocol, next);
        let capped = fault.to_string().contains("> 131072 B");
        assert_eq!(
            capped,
            matches!(trouble, Trouble::Oversized(_)),
            "given up while reading: {fault}"
        );
        assert_eq!(
            (town.park.requests(), town.park.booked().len()),
            (1, 0),
            "{trouble:?} is not followed or repeated"
        );
        town.park.trouble(trouble.clone(), 1);
        let fault = link
            .collect(&Ask {
                max: 1,
                ..Ask::default()
            })
            .await
            .err()
            .unwrap();
        is(&fault, Code::CProtocol, next);
        // Another record of the same call goes on: one broken record stops only itself.
        let link = town.link_with("concurrency = 1\nlimits = { body = \"128 KiB\" }");
        let both = prepared(&*link, &park_rows(&[(Op::Submit, CASE, "x"), (Op::Submit, CASE2, "x")]));
        town.park.trouble(trouble, 1);
        let outcomes = link.deliver(&both).await.unwrap();
        assert_eq!(outcomes[0], Outcome::Unknown);
        acknowledged(&outcomes[1]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_probe_sees_a_login_page_for_what_it_is() {
    let town = Town::new();
    let link = town.link();
    town.park.trouble(Trouble::Html, 1);
    is(&link.probe().await.unwrap_err(), Code::CProtocol, Next::Retry);
    town.park.trouble(Trouble::Busy(3), 1);
    assert_eq!(
        link.probe().await.unwrap_err().retry_after,
        Some(Duration::from_secs(3))
    );
    link.probe().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_authority_is_not_trusted_and_nothing_is_sent() {
    let (town, other) = (Town::new(), Town::new());
    let strange = town.settings("", park::CLIENT_SECRET);
    let strange = strange.replace(
        &town.park.ca_pem.display().to_string(),
        &other.park.ca_pem.display().to_string(),
    );
    let link = adapter(&strange, "results", result_layout());
    let fault = link
        .deliver(&prepared(&*link, &park_sample(Op::Submit)))
        .await
        .unwrap_err();
    is(&fault, Code::CTls, Next::Person);
    assert!(fault.to_string().contains("ca.pem"), "it says which file: {fault}");
    assert_eq!((town.park.tokens_given(), town.park.requests()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_authorities_that_is_missing_or_empty_trusts_nobody() {
    let town = Town::new();
    let ca = town.park.ca_pem.display().to_string();
    let empty = town.dir.path().join("empty.pem");
    std::fs::write(&empty, "").unwrap();
    for file in ["/nowhere/ca.pem".to_owned(), empty.display().to_string()] {
        let link = adapter(
            &town.settings("", park::CLIENT_SECRET).replace(&ca, &file),
            "results",
            result_layout(),
        );
        is(&link.probe().await.unwrap_err(), Code::CTls, Next::Person);
    }
    assert_eq!(town.park.tokens_given(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_where_nobody_listens_or_no_tls_is_spoken_is_said_so() {
    let town = Town::new();
    let silent = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let away = town
        .settings("", park::CLIENT_SECRET)
        .replace(&town.park.url, &format!("https://{silent}"));
    let link = adapter(&away, "results", result_layout());
    let fault = link
        .deliver(&prepared(&*link, &park_sample(Op::Submit)))
        .await
        .unwrap_err();
    is(&fault, Code::CUnreachable, Next::Retry);
    // The same where the record itself is the first to go out: it certainly did not leave, so it is not unknown.
    let open: String = away
        .lines()
        .filter(|l| !l.starts_with("oauth"))
        .map(|l| format!("{l}\n"))
        .collect();
    let link = adapter(&open, "results", result_layout());
    let fault = link
        .deliver(&prepared(&*link, &park_sample(Op::Submit)))
        .await
        .unwrap_err();
    is(&fault, Code::CUnreachable, Next::Retry);
    let plain = town.settings("", park::CLIENT_SECRET).replace("https://", "http://");
    let link = adapter(&plain, "results", result_layout());
    assert!(link.probe().await.is_err());
    assert_eq!(town.park.tokens_given(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fault_shows_a_value() {
    let town = Town::new();
    let link = town.link_with(BRIEF);
    let batch = prepared(&*link, &park_sample(Op::Submit));
    for trouble in [Trouble::Html, Trouble::Broken, Trouble::Busy(1), Trouble::Crossed] {
        town.park.trouble(trouble, 1);
        let text = format!("{:?}", link.deliver(&batch).await.unwrap_err());
        for value in [
            "110199197602140073",
            "张测试",
            "13800138000",
            park::CLIENT_SECRET,
            "token-submit",
        ] {
            assert!(!text.contains(value), "{text}");
        }
    }
}
