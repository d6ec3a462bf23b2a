#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::tests::support::{BOUNDS, Env, HandClock};
use port::Next;

fn client() -> OAuth {
    OAuth {
        path: "/oauth/token".into(),
        client_id: "a&b".into(),
        secret: Kept::new(Arc::new(Env), toml::from_str("env = \"s=1&x\"").unwrap()).unwrap(),
        scope: Some("all cases".into()),
        skew: Span::seconds(30),
        clock: Arc::new(HandClock::default()),
        held: Mutex::new(None),
    }
}

#[test]
fn credentials_cannot_break_out_of_the_form() {
    let body = client().request().unwrap().body.unwrap();
    let expected = "grant_type=client_credentials&client_id=a%26b&client_secret=s%3D1%26x&scope=all%20cases";
    assert_eq!(String::from_utf8(body).unwrap(), expected);
}

#[test]
fn what_a_token_answer_means() {
    let of = |status: u16, json: bool, body: &str| {
        let reply = Reply {
            status,
            retry_after: None,
            json,
            body: body.into(),
            ..Reply::default()
        };
        client().read(&reply, BOUNDS).map_err(|f| (f.finding.code, f.next))
    };
    let (header, lasts) = of(
        200,
        true,
        r#"{"access_token":"t","token_type":"bearer","expires_in":300}"#,
    )
    .unwrap();
    assert_eq!(
        (header.to_str().unwrap(), lasts),
        ("Bearer t", Duration::from_secs(300))
    );
    assert!(header.is_sensitive(), "never shown by whoever prints headers");
    let busy = (Code::CBusy, Next::Retry);
    let person = (Code::CAuth, Next::Person);
    let odd = (Code::CProtocol, Next::Retry);
    let table = [
        (401, true, r#"{"error":"invalid_client"}"#, person),
        (400, true, r#"{"error":"invalid_client"}"#, person),
        (403, false, "", person),
        (503, false, "", busy),
        (429, false, "", busy),
        (500, false, "", odd),
        (200, false, "<html>", odd),
        (200, true, "<html>", odd),
        (200, true, r#"{"access_token":"t","token_type":"bearer"}"#, odd),
        (
            200,
            true,
            r#"{"access_token":"t","token_type":"bearer","expires_in":-1}"#,
            odd,
        ),
        (
            200,
            true,
            r#"{"access_token":"t","token_type":"mac","expires_in":300}"#,
            odd,
        ),
        (
            200,
            true,
            r#"{"access_token":"","token_type":"bearer","expires_in":300}"#,
            odd,
        ),
        (
            200,
            true,
            "{\"access_token\":\"a\\nb\",\"token_type\":\"bearer\",\"expires_in\":300}",
            odd,
        ),
    ];
    for (status, json, body, expected) in table {
        assert_eq!(of(status, json, body).unwrap_err(), expected, "{status} {body}");
    }
}
