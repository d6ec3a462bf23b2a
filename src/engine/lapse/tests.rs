//! When a turn comes, what it may take, and that it takes nothing from a ledger in doubt.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::desk::Stop;
use crate::testing::{Town, key, plan};
use crate::transition::{erase, lapse};
use ledger::{Event, Pos};
use model::{Code, Incoming, Proof, Standing};

/// 2026-03-02, noon at +08:00.
const NOON: i64 = 1_772_424_000_000;

#[test]
fn a_term_is_counted_in_civil_days() {
    let plan = plan(Proof::Receipt);
    let day = |days, at| before(&plan, days, at).to_string();
    assert_eq!(day(1, NOON), "2026-03-01");
    assert_eq!(day(1_095, NOON), "2023-03-03");
    assert_eq!(day(36_500, NOON), "1926-03-27");
    assert_eq!(day(1, NOON + 12 * 3_600_000), "2026-03-02", "after midnight here");
}

#[test]
fn a_turn_comes_once_a_day_at_once_where_there_is_more_and_after_a_while_where_it_failed() {
    let (now, tomorrow) = (1_000, 90_000_000);
    for (result, next) in [
        (Ok(false), tomorrow),
        (Ok(true), now),
        (Err(Finding::new(Code::LRead)), now + AGAIN_MS),
    ] {
        let mut turn = Turn {
            under_way: true,
            next: 0,
            trouble: Some(Finding::new(Code::LFull)),
        };
        let trouble = result.clone().err();
        turn.ended(now, tomorrow, result);
        assert_eq!((turn.under_way, turn.next, turn.trouble), (false, next, trouble));
    }
}

/// A case that was handed over and decided, and the order of a rule to let it go.
fn lapsing() -> (Town, erase::Data, Order) {
    let mut town = Town::new(Proof::Receipt);
    town.hand_over(1, "N1");
    let row = Incoming {
        case_no: Some(key(1).case_no),
        standing: Some(Standing::Approved),
        ..Incoming::default()
    };
    town.take_in("results", vec![row]);
    let as_of = town.desk(|desk| erase::judge(desk, &key(1).case_no)).unwrap();
    let data = erase::Data {
        case_no: key(1).case_no,
        as_of,
        places: vec![Pos { group: 9, ordinal: 0 }, Pos { group: 9, ordinal: 1 }],
        rows: Vec::new(),
    };
    let order = Order {
        person: Person::rule(),
        reason: "r".to_owned(),
        archive: None,
        rule: Some(Lapse::new(Lapsing::Data, 30, jiff::civil::date(2026, 3, 2))),
    };
    (town, data, order)
}

fn lapses(town: &Town) -> Vec<Lapse> {
    let said = town.events().into_iter();
    said.filter_map(|event| match event {
        Event::Lapsed(lapse) => Some(lapse),
        _ => None,
    })
    .collect()
}

#[test]
fn a_rule_says_once_what_it_did() {
    let (mut town, data, order) = lapsing();
    assert_eq!(town.desk(|desk| erase::erase(desk, vec![data], &order)).unwrap(), 1);
    assert_eq!(town.acts(), Vec::<String>::new(), "nobody asked for it");
    let said = lapses(&town);
    assert_eq!((said.len(), said[0].cases, said[0].entries), (1, 1, 2));
    let act = crate::action::Act::of(&Event::Lapsed(said[0].clone()), 7).unwrap();
    assert_eq!(
        (act.person.name.as_str(), act.action.as_str(), act.object.as_str()),
        ("[keep]", "ledger lapse", "data")
    );
    assert_eq!(act.result, "30 days, before 2026-03-02: 1 cases, 2 entries");
}

#[test]
fn a_ledger_in_doubt_lets_nothing_go() {
    let (mut town, data, order) = lapsing();
    town.say(Event::LedgerDoubted {
        finding: Finding::new(Code::LOlder),
        mark: None,
        common: None,
        seen: None,
        machine: None,
    });
    let no = |done: Result<(), Stop>| match done {
        Err(Stop::No(no)) => no.code,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        no(town.desk(|desk| erase::erase(desk, vec![data], &order)).map(drop)),
        Code::LDoubt
    );
    let evidence = Lapse::new(Lapsing::Evidence, 180, jiff::civil::date(2026, 3, 2));
    let place = [Pos { group: 1, ordinal: 0 }];
    assert_eq!(
        no(town.desk(|desk| lapse::evidence(desk, &place, evidence))),
        Code::LDoubt
    );
    assert_eq!(lapses(&town), Vec::new());
}
