//! The board against the list that looks through everything.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::testing::{Town, among, key, manual};
use crate::transition::{claim, hand_on};
use crate::view::queue_list;
use ledger::Event;
use ledger::event::Person;
use model::define::{Field, Layout, Meaning};
use model::{Dictionary, TaskId};
use proptest::prelude::*;

fn town() -> Town {
    let layout = Layout {
        name: "form".to_owned(),
        encoding: "utf-8".to_owned(),
        fields: vec![Field {
            name: "结果".to_owned(),
            meaning: Meaning::Status,
            ..Field::default()
        }],
        computed: Vec::new(),
        status: BTreeMap::new(),
        review: BTreeMap::new(),
        null_words: Vec::new(),
    };
    Town::following(among(Dictionary::default(), |dept| manual(dept, layout), Vec::new()))
}

fn calendar() -> Calendar {
    let mut calendar = Calendar::new();
    calendar.cover(1970, []).unwrap();
    calendar
}

fn person(name: &str) -> Person {
    Person {
        name: name.to_owned(),
        uid: 1,
    }
}

/// Something that happens to the `n`th form.
#[derive(Clone, Debug)]
enum Act {
    Open,
    Claim(u8, u8),
    Release(u8),
    Rank(u8, i8),
    Close(u8),
    /// Days pass.
    Later(u8),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => Just(Act::Open),
        2 => (any::<u8>(), 0_u8..3).prop_map(|(n, who)| Act::Claim(n, who)),
        1 => any::<u8>().prop_map(Act::Release),
        1 => (any::<u8>(), -1_i8..=1).prop_map(|(n, rank)| Act::Rank(n, rank)),
        2 => any::<u8>().prop_map(Act::Close),
        1 => (0_u8..3).prop_map(Act::Later),
    ];
    proptest::collection::vec(act, 0..40)
}

const NAMES: [&str; 3] = ["甲", "乙", "丙"];

fn carry_out(town: &mut Town, opened: &mut u64, act: &Act) {
    let pick = |n: u8| TaskId(u64::from(n) % (*opened).max(1) + 1);
    match act {
        Act::Open => {
            *opened += 1;
            town.open(*opened);
            town.say(Event::FormOpened {
                task: TaskId(*opened),
                key: key(*opened),
                channel: "manual".to_owned(),
            });
        }
        Act::Claim(n, who) => {
            let name = NAMES[usize::from(*who)];
            let _ = town.desk(|desk| claim::claim(desk, pick(*n), person(name), false));
        }
        Act::Release(n) => {
            let _ = town.desk(|desk| hand_on::assign(desk, pick(*n), None, person("督"), "r".to_owned()));
        }
        Act::Rank(n, rank) => {
            let _ = town.desk(|desk| hand_on::rank(desk, pick(*n), *rank, person("督"), "r".to_owned()));
        }
        Act::Close(n) if *opened > 0 => town.say(Event::FormClosed {
            task: pick(*n),
            case_no: key(pick(*n).0).case_no,
            person: None,
            digest: None,
        }),
        Act::Close(_) => {}
        Act::Later(days) => town.now += i64::from(*days) * 86_400_000,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    /// Whenever it is asked, it says what looking through everything would say.
    #[test]
    fn it_agrees_with_the_whole_list(acts in acts()) {
        let (mut town, calendar, mut board, mut opened) = (town(), calendar(), Board::default(), 0);
        for act in &acts {
            carry_out(&mut town, &mut opened, act);
            let page = town.desk(|desk| {
                while board.refresh(desk, &calendar) {}
                board.page(desk, &calendar, "甲", None, 200)
            });
            let mut all = town.desk(|desk| queue_list(desk, &calendar, None));
            let due = |line: &TaskLine| (line.due.is_none(), line.due.clone());
            all.sort_by_key(|line| (-line.rank, due(line), line.since, line.task.len(), line.task.clone()));
            let (held, free): (Vec<_>, Vec<_>) = all.into_iter().partition(|line| line.claimed_by.is_some());
            let (mine, others): (Vec<_>, Vec<_>) = held.into_iter().partition(|l| l.claimed_by.as_deref() == Some("甲"));
            prop_assert_eq!((page.free_count, page.others_count), (free.len() as u64, others.len() as u64));
            prop_assert_eq!(&page.free, &free);
            prop_assert_eq!((&page.mine, &page.others), (&mine, &others));
            let total: u64 = board.due().values().sum();
            prop_assert_eq!(total, (free.len() + mine.len() + others.len()) as u64);
            prop_assert!(!page.partial);
        }
    }
}

#[test]
fn it_is_laid_out_in_slices_and_what_changes_meanwhile_is_in_it_once() {
    let (mut town, calendar, mut board, mut opened) = (town(), calendar(), Board::default(), 0);
    for _ in 0..SLICE * 256 + 10 {
        carry_out(&mut town, &mut opened, &Act::Open);
    }
    let more = town.desk(|desk| board.refresh(desk, &calendar));
    let page = town.desk(|desk| board.page(desk, &calendar, "甲", None, 1));
    assert!(more && page.partial && page.free_count < opened, "{page:?}");
    // One that comes first is taken, and another one opens, before the rest is laid out.
    carry_out(&mut town, &mut opened, &Act::Claim(0, 0));
    carry_out(&mut town, &mut opened, &Act::Open);
    while town.desk(|desk| board.refresh(desk, &calendar)) {}
    let page = town.desk(|desk| board.page(desk, &calendar, "甲", None, 200));
    assert_eq!(
        (page.mine.len(), page.free_count, page.free.len()),
        (1, opened - 1, 200)
    );
    assert!(!page.partial);
}
