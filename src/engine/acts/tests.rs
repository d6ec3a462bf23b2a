#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use ledger::Event;
use ledger::event::Person;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A journal of groups, each with its time and who acted in it.
struct Groups {
    groups: Vec<(i64, Vec<&'static str>)>,
    footers: AtomicUsize,
    bodies: AtomicUsize,
}

impl Groups {
    fn of(groups: Vec<(i64, Vec<&'static str>)>) -> Self {
        Self {
            groups,
            footers: AtomicUsize::new(0),
            bodies: AtomicUsize::new(0),
        }
    }

    fn group(&self, group: u64) -> Option<&(i64, Vec<&'static str>)> {
        self.groups.get(usize::try_from(group).ok()?.checked_sub(1)?)
    }

    fn last(&self) -> u64 {
        self.groups.len() as u64
    }
}

impl Past for Groups {
    fn rows(&self, _: u64) -> Result<Option<Vec<(Pos, Event)>>, LedgerError> {
        Ok(None)
    }

    fn time(&self, group: u64) -> Result<Option<i64>, LedgerError> {
        Ok(self.group(group).map(|(at, _)| *at))
    }

    fn acts(&self, group: u64) -> Result<Option<(i64, Vec<Pos>)>, LedgerError> {
        self.footers.fetch_add(1, Ordering::SeqCst);
        let places = |(at, names): &(i64, Vec<&str>)| {
            let ordinals = 0..u32::try_from(names.len()).unwrap();
            (*at, ordinals.map(|ordinal| Pos { group, ordinal }).collect())
        };
        Ok(self.group(group).map(places))
    }

    fn event(&self, pos: Pos) -> Result<Option<(i64, Event)>, LedgerError> {
        self.bodies.fetch_add(1, Ordering::SeqCst);
        let (at, names) = self.group(pos.group).unwrap();
        let name = names[pos.ordinal as usize];
        let audit = |name: &str| Event::Audit {
            person: Person {
                name: name.to_owned(),
                uid: 1,
            },
            action: "login".to_owned(),
            object: "console".to_owned(),
            result: "entered".to_owned(),
        };
        // An erased one, one that happened by itself, and one of a person.
        Ok(match name {
            "-" => None,
            "." => Some((
                *at,
                Event::NodeStarted {
                    version: String::new(),
                    machine: None,
                },
            )),
            name => Some((*at, audit(name))),
        })
    }
}

async fn all(past: &Groups, wanted: Wanted) -> Vec<String> {
    let (mut seen, mut wanted) = (Vec::new(), wanted);
    for _ in 0..10_000 {
        let found = look(past, past.last(), &wanted).await.unwrap();
        assert!(found.lines.len() <= wanted.most.clamp(1, MOST));
        seen.extend(found.lines.into_iter().map(|l| l.pos));
        let Some(next) = found.next else { return seen };
        wanted.before = Some(placed(&next).unwrap());
    }
    panic!("it never ends");
}

#[tokio::test]
async fn every_act_is_told_once_the_newest_first_whatever_a_page_holds() {
    let names = ["甲", "乙", "-", "."];
    let groups = (0..57_usize).map(|n| (n as i64, (0..n % 5).map(|k| names[(n + k) % 4]).collect()));
    let past = Groups::of(groups.collect());
    let mut expected: Vec<Pos> = Vec::new();
    for (n, (_, names)) in past.groups.iter().enumerate() {
        let of_people = names
            .iter()
            .enumerate()
            .filter(|(_, name)| !matches!(**name, "-" | "."));
        expected.extend(of_people.map(|(k, _)| Pos {
            group: n as u64 + 1,
            ordinal: k as u32,
        }));
    }
    expected.reverse();
    let expected: Vec<String> = expected.into_iter().map(place).collect();
    for most in [0, 1, 2, 7, 100, 1_000] {
        let wanted = Wanted {
            most,
            ..Wanted::default()
        };
        assert_eq!(all(&past, wanted).await, expected, "{most}");
    }
}

#[tokio::test]
async fn a_day_and_a_person_are_found_without_reading_what_lies_outside() {
    let day = 86_400_000;
    let groups = (0..3_000_i64).map(|n| (n * day / 100, vec![if n % 10 == 3 { "甲" } else { "乙" }]));
    let past = Groups::of(groups.collect());
    let wanted = Wanted {
        person: Some("甲".to_owned()),
        between: Some((20 * day, 21 * day)),
        most: 100,
        ..Wanted::default()
    };
    let seen = all(&past, wanted).await;
    assert_eq!(seen.len(), 10);
    assert_eq!((seen[0].as_str(), seen[9].as_str()), ("2094/0", "2004/0"));
    assert!(past.footers.load(Ordering::SeqCst) < 110 && past.bodies.load(Ordering::SeqCst) < 110);
}

#[tokio::test]
async fn one_question_reads_only_so_much_and_says_where_to_go_on() {
    let long = (0..20_000_i64).map(|n| (n, if n == 0 { vec!["甲"] } else { vec![] }));
    let past = Groups::of(long.collect());
    let wanted = Wanted {
        most: 100,
        ..Wanted::default()
    };
    let found = look(&past, past.last(), &wanted).await.unwrap();
    assert_eq!((found.lines.len(), found.next.as_deref()), (0, Some("16001/0")));
    assert_eq!(found.back_to, Some(16_000));
    assert_eq!(past.footers.load(Ordering::SeqCst), GROUPS + 1);
    assert_eq!(all(&past, wanted.clone()).await, ["1/0"]);
    let full = Groups::of(vec![(0, vec!["."; 5_000])]);
    let found = look(&full, 1, &wanted).await.unwrap();
    assert_eq!((found.lines.len(), found.next.as_deref()), (0, Some("1/3000")));
    assert_eq!(full.bodies.load(Ordering::SeqCst), OPENED);
    assert!(all(&full, wanted).await.is_empty());
}

#[test]
fn a_reason_gives_away_no_number_and_a_case_stays_readable() {
    let of = |result: &str| {
        let event = Event::Audit {
            person: Person {
                name: "李".to_owned(),
                uid: 1,
            },
            action: "reveal".to_owned(),
            object: "110108202603020000019".to_owned(),
            result: result.to_owned(),
        };
        act(&event, 0, Pos::default()).unwrap()
    };
    let shown = of("核对身份证11010519491231002X");
    assert!(!shown.result.contains("11010519491231002X"), "{}", shown.result);
    assert_eq!(shown.object, "110108202603020000019");
    assert_eq!(of("V_LOGIN").result, "V_LOGIN");
    assert_eq!(of("110108202603020000019").result, "110108202603020000019");
}
