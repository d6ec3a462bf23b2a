//! A case that is told briefly is the case; what is long, or one of many, is told whole.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::{Brief, BriefForm, MOST, Untold};
use crate::arriving::Past;
use crate::books::Books;
use crate::event::{Ending, Event, Pos};
use crate::shelf::{Empty, Form};
use crate::store::LedgerError;
use model::{BatchId, CaseNo, DeptId, Incoming, ItemNo, MatterId, ObligationKey, Op, Standing, Value};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// A journal in memory.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<Option<Event>>>>);

impl Told {
    fn write(&self, books: &mut Books, event: Event) {
        let mut events = self.0.lock().unwrap();
        let n = events.len() as u64;
        events.push(Some(event.clone()));
        drop(events);
        books.apply(place(n), time(n), &event);
    }

    fn erase(&self, n: usize) {
        self.0.lock().unwrap()[n] = None;
    }
}

/// Three entries a group.
fn place(n: u64) -> Pos {
    Pos {
        group: n / 3 + 1,
        ordinal: (n % 3) as u32,
    }
}

fn time(n: u64) -> i64 {
    1_700_000_000_000 + (n / 3) as i64
}

impl Past for Told {
    fn rows(&self, _group: u64) -> Result<Option<Vec<(Pos, Event)>>, LedgerError> {
        Ok(None)
    }

    fn event(&self, pos: Pos) -> Result<Option<(i64, Event)>, LedgerError> {
        let n = (pos.group - 1) * 3 + u64::from(pos.ordinal);
        let events = self.0.lock().unwrap();
        let missing = || LedgerError::Read(format!("{pos:?}"));
        let event = events.get(n as usize).ok_or_else(missing)?.clone();
        Ok(event.map(|event| (time(n), event)))
    }
}

const BATCH: BatchId = BatchId(7);

fn case(n: u8) -> CaseNo {
    CaseNo::new(format!("C{n}"))
}

fn key(n: u8, round: u32) -> ObligationKey {
    ObligationKey {
        case_no: case(n),
        matter: MatterId::new("qts.name"),
        round,
    }
}

fn row(n: u8, line: u64) -> Event {
    let value = |no: u16| (ItemNo(no), Value::Text(format!("{no} of {line}").into()));
    Event::Row {
        batch: BATCH,
        line,
        incoming: Some(Box::new(Incoming {
            case_no: Some(case(n)),
            items: BTreeMap::from([value(1), value(2), value(line as u16 % 5)]),
            ..Incoming::default()
        })),
        findings: Vec::new(),
    }
}

fn begun() -> Event {
    Event::BatchBegun {
        batch: BATCH,
        dept: DeptId::new("hub"),
        channel: "c".to_owned(),
        feed: "f".to_owned(),
        name: "n".to_owned(),
        digest: "d".to_owned(),
        number: None,
        answers: None,
        bytes: 1,
    }
}

/// What happens to a case: always the events that may make up a brief, and one that may not.
fn happens(what: u8, n: u8, line: u64) -> Vec<Event> {
    let (case_no, key) = (case(n), key(n, u32::from(what % 2) + 1));
    match what % 11 {
        0 => vec![Event::CaseOpened {
            case_no,
            ent_class: "1".into(),
        }],
        1 | 2 => vec![
            row(n, line),
            Event::Merged {
                case_no,
                source: DeptId::new("hub"),
                matter: None,
                row: (BATCH, line),
                take: vec![ItemNo(1), ItemNo(line as u16 % 5)],
                proposals: vec![ItemNo(1)],
                claims: vec![ItemNo(2)],
            },
        ],
        3 => vec![Event::ObligationOpened { key }],
        4 => vec![Event::DeliveryQueued {
            key,
            n: line as u32 % 2 + 1,
            op: Op::Submit,
            projection: format!("p{line}"),
            items: vec![ItemNo(1)],
            about: None,
        }],
        5 => vec![Event::DeliverySuperseded { key, n: 1, by: 2 }],
        6 => vec![Event::DeliveryDue {
            key,
            n: line as u32 % 2 + 1,
            at: line as i64,
            person: None,
            substitute: BTreeMap::from([(ItemNo(1), "x".to_owned())]),
            reason: "r".to_owned(),
        }],
        7 => vec![Event::StandingSet {
            key,
            standing: Standing::Accepted,
            reason: None,
            date: None,
            row: (BATCH, line),
            digest: format!("{line}"),
        }],
        8 => vec![Event::Adopted {
            case_no,
            matter: key.matter,
            items: vec![ItemNo(1)],
        }],
        9 => vec![Event::ObligationEnded {
            key,
            how: Ending::Dropped,
            reason: "e".to_owned(),
            person: None,
        }],
        _ => vec![Event::CaseWithdrawn {
            case_no,
            reason: "w".to_owned(),
        }],
    }
}

fn history(steps: &[(u8, u8)]) -> (Told, Books) {
    let told = Told::default();
    let mut books = Books::over(Arc::new(Empty), Arc::new(told.clone()));
    told.write(&mut books, begun());
    for n in 0..3 {
        told.write(&mut books, happens(0, n, 0).remove(0));
    }
    for (line, (what, n)) in (1..).zip(steps) {
        for event in happens(*what, n % 3, line) {
            told.write(&mut books, event);
        }
    }
    (told, books)
}

fn form(told: &Told) -> (BriefForm, Untold) {
    let untold = Untold::default();
    (BriefForm::over(Arc::new(told.clone()), untold.clone()), untold)
}

proptest! {
    #[test]
    fn what_is_loaded_is_what_was_stored(steps in prop::collection::vec((0..11_u8, 0..3_u8), 0..40)) {
        let (told, mut books) = history(&steps);
        let (form, untold) = form(&told);
        for n in 0..3 {
            let file = books.case(&case(n)).unwrap();
            let bytes = form.store(file).unwrap();
            let loaded = form.load(case(n).as_str(), &bytes);
            prop_assert_eq!(loaded.as_ref(), Some(file));
            let short = file.story.len() <= MOST / 2;
            prop_assert!(!short || file.brief.is_some());
            prop_assert!(file.brief.is_none() || bytes.len() < 300);
        }
        prop_assert_eq!(untold.why(), None);
    }
}

#[test]
fn a_long_story_is_told_whole() {
    let steps = vec![(1, 0); MOST / 2 + 1];
    let (told, mut books) = history(&steps);
    let (form, _) = form(&told);
    let long = books.case(&case(0)).unwrap();
    assert_eq!(long.brief, None);
    assert_eq!(form.store(long).unwrap().first(), Some(&b'{'));
    let short = books.case(&case(1)).unwrap();
    assert_eq!(form.store(short).unwrap().first(), Some(&b'['));
}

#[test]
fn an_event_about_many_cases_makes_them_whole() {
    let (told, mut books) = history(&[(3, 0), (4, 0)]);
    let cases = [case(0), case(1)];
    let attempts = cases.map(|case_no| (model::AttemptId(1), case_no)).to_vec();
    told.write(
        &mut books,
        Event::AttemptsMoved {
            attempts,
            to: model::AttemptState::HandedOver,
            cause: crate::event::Cause::Turn,
        },
    );
    for n in [0, 1] {
        assert_eq!(books.case(&case(n)).unwrap().brief, None);
    }
    assert!(books.case(&case(2)).unwrap().brief.is_some());
}

#[test]
fn what_cannot_be_told_is_noted_and_not_passed_over() {
    let (told, mut books) = history(&[(1, 0)]);
    let (form, untold) = form(&told);
    let bytes = form.store(books.case(&case(0)).unwrap()).unwrap();
    told.0.lock().unwrap().truncate(2);
    assert_eq!(form.load("C0", &bytes), None);
    assert!(
        untold.why().unwrap().contains("Pos"),
        "{untold:?}",
        untold = untold.why()
    );

    let (form, untold) = self::form(&told);
    assert_eq!(form.load("C0", b"[\"no\"]"), None);
    assert!(untold.why().is_some());
}

#[test]
fn an_erased_row_is_in_no_case_any_more() {
    let (told, mut books) = history(&[(1, 0), (3, 0)]);
    let (form, untold) = form(&told);
    let bytes = form.store(books.case(&case(0)).unwrap()).unwrap();
    told.erase(4);
    let loaded = form.load("C0", &bytes).unwrap();
    assert!(loaded.case.items.is_empty());
    assert_eq!(loaded.obligations.len(), 1);
    assert_eq!(untold.why(), None);
}

#[test]
fn a_brief_has_an_end() {
    let mut brief = Some(Brief::default());
    for n in 0..MOST as u64 {
        brief = brief.unwrap().and(place(n));
    }
    assert_eq!(brief.unwrap().and(place(99)), None);
}
