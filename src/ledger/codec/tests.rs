#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::event::{Jump, NewAttempt, Person, RowRun, RowVerdict};
use crate::lapse::{Lapse, Lapsing};
use crate::reviews::{Answer, Answered, Asked};
use model::{AttemptId, CaseNo, DeptId, ItemNo, MatterId, ObligationKey, Op, ReviewId, Side, TaskId, UnmappedCode};

fn person(name: &str) -> Person {
    Person {
        name: name.to_owned(),
        uid: 1000,
    }
}

/// What events about codes and keys look like when stored. It may be added to, and never changed: ledgers hold it.
#[test]
fn events_about_codes_and_keys_are_stored_as_they_always_were() {
    let (batch, date) = (BatchId(7), jiff::civil::date(2026, 3, 2));
    let code = UnmappedCode {
        table: "ent_type".to_owned(),
        side: Side::Local,
        code: "199".to_owned(),
    };
    let cases = [
        (
            19,
            Event::RowParked {
                batch,
                line: 3,
                case_no: Some(CaseNo::new("1")),
                codes: vec![code],
                cells: vec![("a".into(), Some("199".into())), ("b".into(), None)],
            },
            r#"{"e":"row_parked","batch":7,"line":3,"case_no":"1","codes":[{"table":"ent_type","side":"local","code":"199"}],"cells":[["a","199"],["b",null]]}"#,
        ),
        (
            70,
            Event::CodeProposed {
                table: "t".to_owned(),
                code: "1".to_owned(),
                canonical: "2".to_owned(),
                person: person("甲"),
                reason: "r".to_owned(),
            },
            r#"{"e":"code_proposed","table":"t","code":"1","canonical":"2","person":{"name":"甲","uid":1000},"reason":"r"}"#,
        ),
        (
            71,
            Event::CodeMapped {
                table: "t".to_owned(),
                code: "1".to_owned(),
                canonical: "2".to_owned(),
                date,
                proposed: person("甲"),
                confirmed: person("乙"),
                reason: "r".to_owned(),
            },
            r#"{"e":"code_mapped","table":"t","code":"1","canonical":"2","date":"2026-03-02","proposed":{"name":"甲","uid":1000},"confirmed":{"name":"乙","uid":1000},"reason":"r"}"#,
        ),
        (
            3,
            Event::HostKeyTrusted {
                dept: model::DeptId::new("ltax"),
                channel: "frontend".to_owned(),
                fingerprint: "SHA256:n".to_owned(),
                instead_of: "SHA256:o".to_owned(),
                person: person("甲"),
            },
            r#"{"e":"host_key_trusted","dept":"ltax","channel":"frontend","fingerprint":"SHA256:n","instead_of":"SHA256:o","person":{"name":"甲","uid":1000}}"#,
        ),
        (
            72,
            Event::RowReleased {
                row: (batch, 3),
                into: Some((BatchId(9), 3)),
            },
            r#"{"e":"row_released","row":[7,3],"into":[9,3]}"#,
        ),
    ];
    for (kind, event, stored) in cases {
        let body = encode(&event).unwrap();
        assert_eq!(std::str::from_utf8(&body[1..]).unwrap(), stored);
        assert_eq!((body[0], event.kind()), (VERSION, kind));
        assert_eq!(decode(&body).unwrap(), event);
    }
    // A body of the case goes with the case.
    let parked = decode(&[&[VERSION], cases_of_one().as_bytes()].concat()).unwrap();
    assert_eq!(parked.key(), "b7");
}

/// What a doubt and its end look like when stored. It may be added to, and never changed: ledgers hold it.
#[test]
fn doubts_are_stored_as_they_always_were() {
    let jump = Jump {
        batch: BatchId(9),
        attempt: AttemptId(8),
        task: TaskId(7),
        review: ReviewId(6),
        day: jiff::civil::date(2026, 3, 2),
        seqs: vec![(DeptId::new("ltax"), "main".to_owned(), 1001)],
    };
    let finding = model::Finding::new(model::Code::LOlder).with("who", "hub");
    let attempt = NewAttempt {
        id: AttemptId(9),
        key: ObligationKey {
            case_no: CaseNo::new("1"),
            matter: MatterId::new("aic.name"),
            round: 1,
        },
        delivery: 1,
        op: Op::Submit,
        token: "t".to_owned(),
        parent: None,
    };
    let cases = [
        (
            1,
            Event::NodeStarted {
                version: "1".to_owned(),
                machine: Some("ab".to_owned()),
            },
            r#"{"e":"node_started","version":"1","machine":"ab"}"#,
        ),
        (
            5,
            Event::LedgerDoubted {
                finding,
                mark: Some("m".to_owned()),
                common: Some(3),
                seen: Some(5),
                machine: Some("ab".to_owned()),
            },
            r#"{"e":"ledger_doubted","finding":{"code":"L_OLDER","place":{},"args":[["who","hub"]]},"mark":"m","common":3,"seen":5,"machine":"ab"}"#,
        ),
        (
            6,
            Event::LedgerTrusted {
                person: person("甲"),
                reason: "r".to_owned(),
                jump: Some(Box::new(jump)),
            },
            r#"{"e":"ledger_trusted","person":{"name":"甲","uid":1000},"reason":"r","jump":{"batch":9,"attempt":8,"task":7,"review":6,"day":"2026-03-02","seqs":[["ltax","main",1001]]}}"#,
        ),
        (
            44,
            Event::DeliveryDoubted {
                attempt,
                channel: "main".to_owned(),
            },
            r#"{"e":"delivery_doubted","attempt":{"id":9,"key":{"case_no":"1","matter":"aic.name","round":1},"delivery":1,"op":"submit","token":"t"},"channel":"main"}"#,
        ),
    ];
    for (kind, event, stored) in cases {
        let body = encode(&event).unwrap();
        assert_eq!(std::str::from_utf8(&body[1..]).unwrap(), stored);
        assert_eq!((body[0], event.kind()), (VERSION, kind));
        assert_eq!(decode(&body).unwrap(), event);
    }
    // From before a node said on which machine it runs.
    let old = decode(&[&[VERSION], &br#"{"e":"node_started","version":"0.1.0"}"#[..]].concat()).unwrap();
    let version = "0.1.0".to_owned();
    assert_eq!(old, Event::NodeStarted { version, machine: None });
}

/// What lapsed, stored. It may be added to, and never changed: ledgers hold it.
#[test]
fn what_lapsed_is_stored_as_it_always_was() {
    let lapse = |what| Lapse::new(what, 1_095, jiff::civil::date(2026, 3, 2));
    let data = Lapse {
        cases: 3,
        entries: 9,
        archive: Some(("a".to_owned(), "00".to_owned())),
        ..lapse(Lapsing::Data)
    };
    let evidence = Lapse {
        entries: 2,
        through: 7,
        ..lapse(Lapsing::Evidence)
    };
    let cases = [
        (
            data,
            r#"{"e":"lapsed","what":"data","days":1095,"before":"2026-03-02","cases":3,"entries":9,"archive":["a","00"]}"#,
        ),
        (
            evidence,
            r#"{"e":"lapsed","what":"evidence","days":1095,"before":"2026-03-02","cases":0,"entries":2,"through":7}"#,
        ),
    ];
    for (lapse, stored) in cases {
        let event = Event::Lapsed(lapse);
        let body = encode(&event).unwrap();
        assert_eq!(std::str::from_utf8(&body[1..]).unwrap(), stored);
        assert_eq!((body[0], event.kind()), (VERSION, 7));
        assert_eq!(decode(&body).unwrap(), event);
    }
}

/// What long batches look like when stored. It may be added to, and never changed: ledgers hold it.
#[test]
fn long_batches_are_stored_as_they_always_were() {
    let batch = BatchId(7);
    let cases = [
        (
            82,
            Event::BatchJudged {
                batch,
                last: 9,
                findings: Vec::new(),
                position: Some("p".to_owned()),
            },
            r#"{"e":"batch_judged","batch":7,"last":9,"position":"p"}"#,
        ),
        (
            83,
            Event::RowsTaken {
                batch,
                rows: vec![RowRun {
                    first: 1,
                    count: 500,
                    verdict: RowVerdict::Merged,
                    code: "0000".to_owned(),
                }],
            },
            r#"{"e":"rows_taken","batch":7,"rows":[{"first":1,"count":500,"verdict":"merged","code":"0000"}]}"#,
        ),
    ];
    for (kind, event, stored) in cases {
        let body = encode(&event).unwrap();
        assert_eq!(std::str::from_utf8(&body[1..]).unwrap(), stored);
        assert_eq!((body[0], event.kind()), (VERSION, kind));
        assert_eq!(decode(&body).unwrap(), event);
        assert_eq!(event.key(), "b7");
    }
}

/// What reviews look like when stored. It may be added to, and never changed: ledgers hold it.
#[test]
fn reviews_are_stored_as_they_always_were() {
    let asked = Asked {
        review: ReviewId(3),
        case_no: CaseNo::new("1"),
        item: ItemNo(18),
        version: 2,
        asker: DeptId::new("ltax"),
        matter: Some(MatterId::new("ltax.reg")),
        source: Some(MatterId::new("aic.licence")),
        reason: "r".to_owned(),
        row: Some((BatchId(7), 3)),
        person: None,
    };
    let by_a_person = Asked {
        asker: DeptId::new("hub"),
        matter: None,
        source: None,
        row: None,
        person: Some(person("甲")),
        ..asked.clone()
    };
    let answered = |answer, reason: &str, person| {
        Event::ReviewAnswered(Answered {
            review: ReviewId(3),
            case_no: CaseNo::new("1"),
            answer,
            reason: reason.to_owned(),
            person,
        })
    };
    let cases = [
        (
            90,
            Event::ReviewAsked(asked),
            r#"{"e":"review_asked","review":3,"case_no":"1","item":18,"version":2,"asker":"ltax","matter":"ltax.reg","source":"aic.licence","reason":"r","row":[7,3]}"#,
        ),
        (
            90,
            Event::ReviewAsked(by_a_person),
            r#"{"e":"review_asked","review":3,"case_no":"1","item":18,"version":2,"asker":"hub","reason":"r","person":{"name":"甲","uid":1000}}"#,
        ),
        (
            91,
            answered(Answer::Corrected(3), "", None),
            r#"{"e":"review_answered","review":3,"case_no":"1","answer":{"corrected":3}}"#,
        ),
        (
            91,
            answered(Answer::Confirmed, "s", Some(person("乙"))),
            r#"{"e":"review_answered","review":3,"case_no":"1","answer":"confirmed","reason":"s","person":{"name":"乙","uid":1000}}"#,
        ),
        (
            91,
            answered(Answer::Withdrawn, "", None),
            r#"{"e":"review_answered","review":3,"case_no":"1","answer":"withdrawn"}"#,
        ),
    ];
    for (kind, event, stored) in cases {
        let body = encode(&event).unwrap();
        assert_eq!(std::str::from_utf8(&body[1..]).unwrap(), stored);
        assert_eq!((body[0], event.kind()), (VERSION, kind));
        assert_eq!(decode(&body).unwrap(), event);
        // Its words go with the case.
        assert_eq!(event.key(), "1");
    }
}

/// A parked row that names no case: it goes with its batch.
fn cases_of_one() -> &'static str {
    r#"{"e":"row_parked","batch":7,"line":3,"codes":[],"cells":[]}"#
}

/// What does not begin by saying what happened is no event, whatever else it says.
#[test]
fn what_is_no_stored_event_is_refused() {
    let bodies: [&[u8]; 10] = [
        b"",
        b"\x01",
        b"\x01{}",
        b"\x01null",
        b"\x01{\"e\":\"",
        b"\x01{\"e\":\"batch_abandoned\"",
        b"\x01{\"e\":\"batch_abandoned\"}",
        b"\x01{\"batch\":7,\"e\":\"batch_abandoned\"}",
        b"\x01{\"e\":\"nothing_known\",\"batch\":7}",
        b"\x81\x01\x02",
    ];
    for body in bodies {
        let said = decode(body);
        assert!(matches!(said, Err(CodecError::Broken(_))), "{body:?}: {said:?}");
    }
    let abandoned = Event::BatchAbandoned { batch: BatchId(7) };
    assert_eq!(
        decode(b"\x01{\"e\":\"batch_abandoned\",\"batch\":7}").unwrap(),
        abandoned
    );
    assert_eq!(
        encode(&abandoned).unwrap(),
        b"\x01{\"e\":\"batch_abandoned\",\"batch\":7}"
    );
}
