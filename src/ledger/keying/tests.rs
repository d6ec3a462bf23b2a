#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::arriving::NoPast;
use crate::codec::{decode, encode};
use crate::shelf::Empty;
use model::{MatterId, ObligationKey};
use std::sync::Arc;

fn person(name: &str) -> Person {
    Person {
        name: name.to_owned(),
        uid: 1,
    }
}

fn fields(texts: &[(&str, &str)]) -> BTreeMap<String, String> {
    texts.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect()
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

/// Books told of a case with one open form; each event at the next second, in a group of its own.
struct Told {
    books: Books,
    said: Vec<Event>,
}

impl Told {
    fn new() -> Self {
        let books = Books::over(Arc::new(Empty), Arc::new(NoPast));
        let mut told = Self {
            books,
            said: Vec::new(),
        };
        let case_no = CaseNo::new("1");
        told.say(Event::CaseOpened {
            case_no: case_no.clone(),
            ent_class: "1".into(),
        });
        told.say(Event::FormOpened {
            task: TaskId(7),
            key: ObligationKey {
                case_no,
                matter: MatterId::new("aic.name"),
                round: 1,
            },
            channel: "manual".to_owned(),
        });
        told
    }
    fn say(&mut self, event: Event) {
        self.said.push(event);
        self.again(self.said.len() - 1);
    }
    fn again(&mut self, n: usize) {
        let pos = Pos {
            group: n as u64 + 1,
            ordinal: 0,
        };
        let event = self.said[n].clone();
        self.books.apply(pos, pos.group as i64 * 1_000, &event);
    }
    fn claim(&mut self, name: &str) {
        self.say(Event::TaskClaimed {
            task: TaskId(7),
            case_no: CaseNo::new("1"),
            person: person(name),
            until: 1_000_000,
        });
    }
    fn key(&mut self, name: &str, later: Option<i64>) {
        self.say(Event::FormKeyed(Keyed {
            task: TaskId(7),
            case_no: CaseNo::new("1"),
            person: person(name),
            fields: fields(&[("号", "12"), ("日", "3")]),
            again: names(&["号", "日"]),
            later,
            drawn: false,
        }));
    }
    fn rekey(&mut self, name: &str, differ: &[&str]) {
        self.say(Event::FormRekeyed(Rekeyed {
            task: TaskId(7),
            case_no: CaseNo::new("1"),
            person: person(name),
            fields: fields(&[("号", "13"), ("日", "3")]),
            differ: names(differ),
        }));
    }
    fn decide(&mut self, name: &str, first: &[&str], second: &[&str]) {
        self.say(Event::FormDecided(Decided {
            task: TaskId(7),
            case_no: CaseNo::new("1"),
            person: person(name),
            fields: fields(&[("号", "13")]),
            reason: "r".to_owned(),
            first_wrong: names(first),
            second_wrong: names(second),
        }));
    }
    fn form(&mut self) -> Form {
        self.books
            .case(&CaseNo::new("1"))
            .unwrap()
            .form(TaskId(7))
            .unwrap()
            .clone()
    }
    fn may(&mut self, name: &str, now: i64) -> bool {
        self.form().check.unwrap().is_for(name, now)
    }
}

#[test]
fn nobody_proves_their_own_work() {
    let mut told = Told::new();
    assert_eq!(told.form().stage(), Stage::Key);
    told.claim("甲");
    told.key("甲", None);
    assert_eq!((told.form().stage(), told.form().claim), (Stage::Rekey, None));
    assert!(!told.may("甲", i64::MAX) && told.may("乙", 0));
    told.rekey("乙", &["号"]);
    assert_eq!(told.form().stage(), Stage::Decide);
    assert!(!told.may("甲", i64::MAX) && !told.may("乙", 0) && told.may("丙", 0));
    assert!(told.books.agreed_cases().is_empty());
    told.decide("丙", &["号"], &[]);
    assert_eq!(told.form().stage(), Stage::Agreed);
    assert_eq!(told.books.agreed_cases(), [CaseNo::new("1")]);
    told.say(Event::FormClosed {
        task: TaskId(7),
        case_no: CaseNo::new("1"),
        person: Some(person("甲")),
        digest: None,
    });
    assert!(told.books.agreed_cases().is_empty());
    // A correction is keyed, and waits as the first entry did.
    told.key("甲", None);
    assert_eq!((told.form().stage(), told.form().closed), (Stage::Rekey, None));
}

#[test]
fn the_same_person_may_only_where_the_rule_says_so_and_not_before() {
    let mut told = Told::new();
    told.key("甲", Some(50_000));
    assert!(!told.may("甲", 49_999) && told.may("甲", 50_000) && told.may("乙", 0));
}

#[test]
fn what_is_sent_back_is_to_be_keyed_anew() {
    let mut told = Told::new();
    told.key("甲", None);
    told.rekey("乙", &["号"]);
    told.say(Event::FormSentBack(SentBack {
        task: TaskId(7),
        case_no: CaseNo::new("1"),
        person: Some(person("乙")),
        reason: "r".to_owned(),
    }));
    assert_eq!(told.form().stage(), Stage::Key);
}

/// Counted once, however often the end of the journal is told again.
#[test]
fn errors_are_counted_by_clerk_and_by_field() {
    let mut told = Told::new();
    told.claim("甲");
    told.key("甲", None);
    told.claim("乙");
    told.rekey("乙", &["号"]);
    told.decide("丙", &["号"], &[]);
    for n in 0..told.said.len() {
        told.again(n);
    }
    let count = |k: Keying| (k.tasks, k.ms, k.marks, k.checked, k.wrong);
    let dept = DeptId::new("aic");
    assert_eq!(count(told.books.keying(Of::Person("甲"))), (1, 1_000, 3, 2, 1));
    assert_eq!(count(told.books.keying(Of::Person("乙"))), (1, 1_000, 3, 2, 0));
    assert_eq!(count(told.books.keying(Of::Field(&dept, "号"))), (0, 0, 0, 1, 1));
    assert_eq!(count(told.books.keying(Of::Field(&dept, "日"))), (0, 0, 0, 1, 0));
    let all: Vec<String> = told.books.keyings().into_iter().map(|(key, _)| key).collect();
    assert_eq!(all, ["field/aic/号", "field/aic/日", "person/乙", "person/甲"]);
}

#[test]
fn a_rate_needs_a_hundred_entries() {
    let mut keying = Keying {
        checked: 99,
        wrong: 9,
        ..Keying::default()
    };
    assert_eq!(keying.rate(), None);
    keying.checked = 100;
    assert_eq!(keying.rate(), Some(900));
}

/// What these events look like when stored. It may be added to, and never changed: ledgers hold it.
#[test]
fn they_are_stored_as_they_always_were() {
    let mut told = Told::new();
    told.key("甲", Some(5));
    told.rekey("乙", &["号"]);
    told.decide("丙", &["号"], &[]);
    let (task, case_no) = (TaskId(7), CaseNo::new("1"));
    told.say(Event::FormSentBack(SentBack {
        task,
        case_no: case_no.clone(),
        person: None,
        reason: "r".to_owned(),
    }));
    told.say(Event::TaskRanked(Ranked {
        task,
        case_no,
        person: person("丁"),
        rank: -1,
        reason: "r".to_owned(),
    }));
    let expected = [
        (
            64,
            r#"{"e":"form_keyed","task":7,"case_no":"1","person":{"name":"甲","uid":1},"fields":{"号":"12","日":"3"},"again":["号","日"],"later":5}"#,
        ),
        (
            65,
            r#"{"e":"form_rekeyed","task":7,"case_no":"1","person":{"name":"乙","uid":1},"fields":{"号":"13","日":"3"},"differ":["号"]}"#,
        ),
        (
            66,
            r#"{"e":"form_decided","task":7,"case_no":"1","person":{"name":"丙","uid":1},"fields":{"号":"13"},"reason":"r","first_wrong":["号"],"second_wrong":[]}"#,
        ),
        (67, r#"{"e":"form_sent_back","task":7,"case_no":"1","reason":"r"}"#),
        (
            68,
            r#"{"e":"task_ranked","task":7,"case_no":"1","person":{"name":"丁","uid":1},"rank":-1,"reason":"r"}"#,
        ),
    ];
    for ((kind, stored), event) in expected.iter().zip(&told.said[2..]) {
        let body = encode(event).unwrap();
        assert_eq!(std::str::from_utf8(&body[1..]).unwrap(), *stored);
        assert_eq!((event.kind(), event.key().as_str()), (*kind, "1"));
        assert_eq!(decode(&body).unwrap(), *event);
        // What was typed goes with the case's data; who decided, and that it was sent back, stays.
        assert_eq!(event.data_of().is_some(), *kind <= 66);
        assert_eq!(Event::may_hold_data(*kind), *kind <= 66);
    }
}
