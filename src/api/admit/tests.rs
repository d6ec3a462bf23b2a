#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::testing::{CASE, KEY, NOW, Stage, sign};
use axum::http::{HeaderValue, Request as HttpRequest};
use futures_util::stream;
use std::convert::Infallible;
use std::io;
use tower::ServiceExt;

type Change = (&'static str, fn(&mut HttpRequest<Body>), (u16, &'static str));

fn set(request: &mut HttpRequest<Body>, name: &'static str, value: &str) {
    request
        .headers_mut()
        .insert(name, HeaderValue::from_str(value).unwrap());
}

const UNSIGNED: (u16, &str) = (401, "A_UNSIGNED");
const FORGED: (u16, &str) = (401, "A_SIGNATURE");

#[tokio::test]
async fn what_is_not_signed_as_agreed_never_gets_in() {
    let changes: Vec<Change> = vec![
        ("as it should be", |_| {}, (202, "")),
        ("no key", |r| drop(r.headers_mut().remove(signed::KEY_ID)), UNSIGNED),
        ("no time", |r| drop(r.headers_mut().remove(signed::TIMESTAMP)), UNSIGNED),
        ("no nonce", |r| drop(r.headers_mut().remove(signed::NONCE)), UNSIGNED),
        (
            "no signature",
            |r| drop(r.headers_mut().remove(signed::SIGNATURE)),
            UNSIGNED,
        ),
        ("empty nonce", |r| set(r, signed::NONCE, ""), UNSIGNED),
        ("long nonce", |r| set(r, signed::NONCE, &"n".repeat(65)), UNSIGNED),
        (
            "two nonces",
            |r| assert!(r.headers_mut().append(signed::NONCE, HeaderValue::from_static("x"))),
            UNSIGNED,
        ),
        ("unknown key", |r| set(r, signed::KEY_ID, "nobody"), FORGED),
        ("another's key", |r| set(r, signed::KEY_ID, "other"), FORGED),
        ("too short a key", |r| set(r, signed::KEY_ID, "short"), FORGED),
        (
            "other time",
            |r| set(r, signed::TIMESTAMP, &(NOW + 1).to_string()),
            FORGED,
        ),
        ("other nonce", |r| set(r, signed::NONCE, "another"), FORGED),
        ("not a signature", |r| set(r, signed::SIGNATURE, "00"), FORGED),
        (
            "other path",
            |r| *r.uri_mut() = "/v1/cases?x=1".parse().unwrap(),
            FORGED,
        ),
        ("other body", |r| *r.body_mut() = Body::from("{}"), FORGED),
        ("not a time", |r| set(r, signed::TIMESTAMP, "now"), (401, "A_STALE")),
    ];
    for (what, change, expected) in changes {
        let stage = Stage::new();
        let mut request = stage.signed("POST", "/v1/cases", CASE);
        change(&mut request);
        assert_eq!(stage.send(request).await.code(), expected, "{what}");
        assert_eq!(stage.received(), usize::from(expected.0 == 202), "{what}");
    }
}

#[tokio::test]
async fn a_key_too_short_never_signs_in() {
    let stage = Stage::new();
    let request = sign("short", b"short", "GET", "/v1/changes", NOW, "n", "");
    assert_eq!(stage.send(request).await.code(), FORGED);
}

#[tokio::test]
async fn an_unknown_key_and_a_wrong_signature_look_the_same() {
    let stage = Stage::new();
    let unknown = stage
        .send(sign("nobody", KEY, "GET", "/v1/changes", NOW, "a", ""))
        .await;
    let wrong = stage
        .send(sign(
            "bj-hub",
            b"not the key at all!!",
            "GET",
            "/v1/changes",
            NOW,
            "b",
            "",
        ))
        .await;
    assert_eq!((unknown.status, &unknown.body), (wrong.status, &wrong.body));
    let names = |h: &HeaderMap| h.keys().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(names(&unknown.headers), names(&wrong.headers));
    assert!(unknown.body["what"]["zh"].is_string() && unknown.body["what"]["en"].is_string());
}

#[tokio::test]
async fn a_request_played_again_is_refused_and_has_no_effect() {
    let stage = Stage::new();
    let take = |nonce: &str, id: &str, key: &[u8]| sign(id, key, "GET", "/v1/changes", NOW, nonce, "");
    assert_eq!(stage.send(take("n", "bj-hub", KEY)).await.status, 200);
    assert_eq!(stage.send(take("n", "bj-hub", KEY)).await.code(), (401, "A_REPLAYED"));
    assert_eq!(stage.node.asked.lock().unwrap().len(), 1);
    let other = b"another key of 20 by";
    assert_eq!(
        stage.send(take("n", "other", other)).await.status,
        200,
        "each key has its own nonces"
    );
    // A forgery does not use up the nonce of the true request.
    assert_eq!(
        stage.send(take("m", "bj-hub", b"not the key at all!!")).await.code(),
        FORGED
    );
    assert_eq!(stage.send(take("m", "bj-hub", KEY)).await.status, 200);
}

#[tokio::test]
async fn times_outside_the_window_are_refused_before_the_body_is_read() {
    for (time, good) in [
        (NOW - 301, false),
        (NOW - 300, true),
        (NOW + 300, true),
        (NOW + 301, false),
    ] {
        let stage = Stage::new();
        let mut request = sign("bj-hub", KEY, "GET", "/v1/changes", time, "n", "");
        if !good {
            *request.body_mut() = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
        }
        let expected = if good { (200, "") } else { (401, "A_STALE") };
        assert_eq!(stage.send(request).await.code(), expected, "{}", time - NOW);
    }
}

#[tokio::test]
async fn bodies_are_bounded_before_anybody_is_asked_who_sends_them() {
    let stage = Stage::with(|o| o.max_body_bytes = CASE.len());
    assert_eq!(stage.post(CASE).await.status, 202);
    assert_eq!(stage.post(&format!("{CASE} ")).await.code(), (413, "E_TOO_LARGE"));
    // Declared too large: not a byte of it is read, not even of a stranger.
    let mut declared = HttpRequest::post("/v1/cases").body(Body::empty()).unwrap();
    *declared.body_mut() = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
    set(&mut declared, "content-length", "10000000000");
    let got = stage.send(declared).await;
    assert_eq!(
        (got.code(), &got.headers["connection"]),
        ((413, "E_TOO_LARGE"), &HeaderValue::from_static("close"))
    );
    // Endless without a declared length.
    let mut endless = stage.signed("POST", "/v1/cases", CASE);
    let piece = Bytes::from_static(&[b' '; 50]);
    *endless.body_mut() = Body::from_stream(stream::repeat(Ok::<_, Infallible>(piece)));
    assert_eq!(stage.send(endless).await.code(), (413, "E_TOO_LARGE"));
    assert_eq!(stage.received(), 1);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let stage = Stage::new();
    let mut slow = stage.signed("POST", "/v1/cases", CASE);
    *slow.body_mut() = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
    let (got, ()) = tokio::join!(stage.send(slow), async {
        stage.clock.begun(1).await;
        stage.clock.advance(Duration::from_secs(30));
    });
    assert_eq!(got.code(), (408, "A_SLOW"));
    assert!(got.headers.contains_key("retry-after"));
    let mut cut = stage.signed("POST", "/v1/cases", CASE);
    *cut.body_mut() = Body::from_stream(stream::iter([Err::<Bytes, _>(io::Error::other("cut"))]));
    let time = (NOW + 30).to_string();
    set(&mut cut, signed::TIMESTAMP, &time);
    assert_eq!(stage.send(cut).await.code(), (400, "A_CUT"));
    assert_eq!(stage.received(), 0);
}

#[tokio::test]
async fn so_many_at_once_and_health_besides() {
    let stage = Stage::with(|o| o.max_in_flight = 2);
    stage.node.pace.forget_permits(1000);
    let (a, b) = (CASE.replace("019", "021"), CASE.replace("019", "022"));
    let work = async {
        let mut began = stage.node.began.subscribe();
        began.wait_for(|n| *n == 2).await.unwrap();
        let unsigned = HttpRequest::get("/v1/changes").body(Body::empty()).unwrap();
        for request in [stage.signed("GET", "/v1/changes", ""), unsigned] {
            let got = stage.send(request).await;
            assert_eq!(got.code(), (503, "A_BUSY"), "before anybody is asked who it is");
            assert!(got.headers.contains_key("retry-after"));
        }
        for path in ["/livez", "/readyz"] {
            let request = HttpRequest::get(path).body(Body::empty()).unwrap();
            assert_eq!(stage.send(request).await.status, 200, "{path}");
        }
        stage.node.pace.add_permits(10);
    };
    let (first, second, ()) = tokio::join!(stage.post(&a), stage.post(&b), work);
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (202, 202));
    assert_eq!(stage.get("/v1/changes").await.status, 200, "places come free again");
}

#[tokio::test]
async fn a_question_under_way_has_its_place_too() {
    let stage = Stage::with(|o| o.max_in_flight = 1);
    stage.node.silent.store(1, std::sync::atomic::Ordering::SeqCst);
    let first = stage.router.clone().oneshot(stage.signed("GET", "/v1/changes", ""));
    let second = async {
        while stage.node.asked.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        stage.get("/v1/changes").await
    };
    tokio::select! {
        _ = first => panic!("the engine does not answer"),
        got = second => assert_eq!(got.code(), (503, "A_BUSY")),
    }
}

#[tokio::test]
async fn headers_are_bounded_on_every_path() {
    for path in ["/v1/changes", "/livez", "/nowhere"] {
        let stage = Stage::new();
        let mut request = stage.signed("GET", path, "");
        set(&mut request, "x-more", &"x".repeat(MAX_HEADER_BYTES));
        assert_eq!(stage.send(request).await.code(), (431, "A_HEADERS_TOO_LARGE"), "{path}");
    }
}

#[tokio::test]
async fn what_is_not_there_says_so() {
    let stage = Stage::new();
    for (method, path, expected) in [
        ("GET", "/", (404, "A_NO_PATH")),
        ("GET", "/v1/nothing", (404, "A_NO_PATH")),
        ("GET", "/v1/cases/1/2", (404, "A_NO_PATH")),
        ("DELETE", "/v1/cases", (405, "A_METHOD")),
        ("GET", "/v1/cases", (405, "A_METHOD")),
        ("POST", "/v1/changes", (405, "A_METHOD")),
        ("POST", "/livez", (405, "A_METHOD")),
    ] {
        let got = stage
            .send(
                HttpRequest::builder()
                    .method(method)
                    .uri(path)
                    .body(Body::empty())
                    .unwrap(),
            )
            .await;
        assert_eq!(got.code(), expected, "{method} {path}");
        assert!(got.body["what"]["zh"].is_string() && got.body["remedy"]["en"].is_string());
    }
}
