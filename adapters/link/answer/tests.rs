#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::settings::When;
use crate::tests::support::BOUNDS;

fn reply(status: u16, body: &str) -> Reply {
    Reply {
        status,
        retry_after: None,
        json: true,
        body: body.into(),
        ..Reply::default()
    }
}

fn said(reply: &Reply) -> Option<Outcome> {
    match of_hand_over(reply, &Answers::default(), BOUNDS, "1", "POST /c") {
        Meaning::Says(outcome) => Some(outcome),
        Meaning::Busy(fault) | Meaning::Nothing(fault) => {
            assert!(matches!(fault.finding.code, Code::CBusy | Code::CProtocol));
            None
        }
    }
}

fn yes(receipt: &str) -> Option<Outcome> {
    Some(Outcome::Acknowledged(Some(receipt.into())))
}

fn no(code: &str, reason: &str) -> Option<Outcome> {
    Some(Outcome::Refused {
        code: code.into(),
        reason: reason.into(),
    })
}

#[test]
fn answers_to_a_hand_over() {
    let table = [
        (202, r#"{"receiptNo":"P1","caseNo":"1"}"#, yes("P1")),
        (200, r#"{"receiptNo":17}"#, yes("17")),
        (409, r#"{"receiptNo":"P1"}"#, yes("P1")),
        (
            409,
            r#"{"code":"2009","message":"有了"}"#,
            Some(Outcome::Acknowledged(None)),
        ),
        (400, r#"{"code":"2001","message":"缺"}"#, no("2001", "缺")),
        (422, r#"{"code":2003,"message":"校验"}"#, no("2003", "校验")),
        (200, r#"{"code":"3004","message":"不予许可"}"#, no("3004", "不予许可")),
        // Nothing that can be relied on:
        (200, "{}", None),
        (200, r#"{"receiptNo":""}"#, None),
        (200, r#"{"receiptNo":"P1","receiptNo":"P2"}"#, None),
        (200, r#"{"code":"0000","message":"成功"}"#, None),
        (200, r#"["P1"]"#, None),
        (200, r#"{"receiptNo":"P1""#, None),
        (202, r#"{"receiptNo":"P1","caseNo":"2"}"#, None),
        (409, r#"{"receiptNo":"P1","caseNo":"2"}"#, None),
        (201, r#"{"receiptNo":"P1"}"#, None),
        (422, "{}", None),
        (400, r#"{"code":"","message":"x"}"#, None),
        (400, r#"{"code":"2001"}"#, None),
        (500, r#"{"code":"9999","message":"x"}"#, None),
        (503, r#"{"receiptNo":"P1"}"#, None),
    ];
    for (status, body, expected) in table {
        assert_eq!(said(&reply(status, body)), expected, "{status} {body}");
    }
    let page = Reply {
        json: false,
        ..reply(200, r#"{"receiptNo":"P1"}"#)
    };
    assert_eq!(said(&page), None, "a body that is not declared JSON");
}

#[test]
fn a_predicate_must_hold_besides() {
    let rules = Answers {
        when: Some(When {
            field: "r.state".into(),
            is: "OK".into(),
        }),
        ..Answers::default()
    };
    let of = |body| of_hand_over(&reply(200, body), &rules, BOUNDS, "1", "POST /c");
    assert_eq!(
        of(r#"{"receiptNo":"P","r":{"state":"OK"}}"#),
        Meaning::Says(Outcome::Acknowledged(Some("P".into())))
    );
    assert!(matches!(
        of(r#"{"receiptNo":"P","r":{"state":"NO"}}"#),
        Meaning::Nothing(_)
    ));
    assert!(matches!(of(r#"{"receiptNo":"P"}"#), Meaning::Nothing(_)));
}

#[test]
fn busy_carries_the_pause() {
    let pause = std::time::Duration::from_secs(7);
    for status in [429, 503] {
        let reply = Reply {
            retry_after: Some(pause),
            ..reply(status, "")
        };
        let Meaning::Busy(fault) = of_hand_over(&reply, &Answers::default(), BOUNDS, "1", "POST /c") else {
            panic!()
        };
        assert_eq!((fault.finding.code, fault.retry_after), (Code::CBusy, Some(pause)));
    }
}

#[test]
fn only_a_documented_no_says_not_booked() {
    let query = Query {
        path: String::new(),
        not_booked: vec!["2010".into()],
    };
    let of = |reply: &Reply| match of_query(reply, &Answers::default(), &query, BOUNDS, "1", "GET /c") {
        Meaning::Says(said) => Some(said),
        _ => None,
    };
    assert_eq!(
        of(&reply(200, r#"{"receiptNo":"P","caseNo":"1"}"#)),
        Some(Said::Booked(Some("P".into())))
    );
    assert_eq!(
        of(&reply(404, r#"{"code":"2010","message":"x"}"#)),
        Some(Said::NotBooked)
    );
    let silent = [
        reply(404, "{}"),
        reply(404, r#"{"code":"1","message":"no such path"}"#),
        reply(200, r#"{"receiptNo":"P","caseNo":"2"}"#),
        reply(200, "{}"),
        reply(500, r#"{"code":"2010"}"#),
        reply(503, ""),
        Reply {
            json: false,
            ..reply(404, r#"{"code":"2010"}"#)
        },
    ];
    for reply in silent {
        assert_eq!(of(&reply), None, "{reply:?}");
    }
}
