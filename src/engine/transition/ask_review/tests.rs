//! Who may call what wrong, what moves by it (nothing), and how it ends (once).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod scene;

use super::*;
use crate::transition::answer_review::{Source, confirm};
use crate::view;
use model::calendar::Calendar;
use model::{Incoming, Op, Standing};
use port::BatchVerdict;
use scene::*;
use seams::{Rng, SeededRng};

#[test]
fn only_who_was_handed_an_item_can_call_it_wrong_and_its_giver_must_answer() {
    let mut town = town();
    for (asker, item, expected) in [
        ("psb", CAPITAL, Ok("hub")),
        ("psb", REG_NO, Ok("aic.licence")),
        ("psb", NAME, Ok("hub")),
        ("psb", PHONE, Err(Code::ENotHanded)),
        ("aic", REG_NO, Err(Code::EOwnWord)),
        ("aic", CAPITAL, Err(Code::ENotHanded)),
        ("hub", REG_NO, Ok("aic.licence")),
        ("hub", CAPITAL, Err(Code::EOwnWord)),
        ("hub", NAME, Err(Code::EOwnWord)),
    ] {
        let found = ask_as(&mut town, asker, &[item]).map(|ids| source(&mut town, ids[0].0));
        assert_eq!(found, expected.map(str::to_owned), "{asker} {item:?}");
    }
    // One item that cannot be asked about leaves the others unasked.
    let before = open(&mut town);
    assert_eq!(ask_as(&mut town, "psb", &[CAPITAL, PHONE]), Err(Code::ENotHanded));
    assert_eq!(open(&mut town), before);
    let mut stranger = question("psb", &[CAPITAL]);
    stranger.case_no = CaseNo::new("case-9");
    let judged = town.desk(|desk| judge(desk, &stranger)).unwrap();
    assert_eq!(judged.unwrap_err().code, Code::EUnknownCase);
}

#[test]
fn nothing_moves_by_a_question_nor_by_its_answer() {
    let mut town = town();
    let before = bare(&mut town);
    let ids = ask_as(&mut town, "psb", &[CAPITAL, REG_NO]).unwrap();
    assert_eq!(bare(&mut town), before);
    say_it_stands(&mut town, ids[0].0, "李四", "已核对原件").unwrap();
    assert_eq!(bare(&mut town), before);
    assert_eq!(town.balance(), (0, 0, 0, 2));
}

#[test]
fn the_same_request_again_has_no_effect_whoever_brings_it() {
    let mut town = town();
    let first = ask_as(&mut town, "psb", &[CAPITAL]).unwrap();
    assert_eq!(first, [(ReviewId(1), true)]);
    let mut again = question("psb", &[CAPITAL]);
    again.person = None;
    again.row = Some((BatchId(7), 1));
    again.reason = "换一种说法".to_owned();
    assert_eq!(ask_it(&mut town, &again), Ok(vec![(ReviewId(1), false)]));
    say_it_stands(&mut town, ReviewId(1), "李四", "已核对原件").unwrap();
    assert_eq!(
        ask_it(&mut town, &again),
        Ok(vec![(ReviewId(1), false)]),
        "answered is answered"
    );
    // Another version is another question.
    hub_gives(&mut town, CAPITAL, "200.000000");
    send(&mut town, 2, Op::Amend);
    assert_eq!(ask_as(&mut town, "psb", &[CAPITAL]), Ok(vec![(ReviewId(2), true)]));
}

#[test]
fn an_answer_holds_and_comes_from_the_other_side() {
    let mut town = town();
    let id = ask_as(&mut town, "psb", &[CAPITAL]).unwrap()[0].0;
    assert_eq!(say_it_stands(&mut town, id, ASKER, "我看没错"), Err(Code::VSamePerson));
    assert_eq!(say_it_stands(&mut town, id, "李四", "已核对原件"), Ok(()));
    assert_eq!(say_it_stands(&mut town, id, "李四", "已核对原件"), Ok(()), "a repeat");
    assert_eq!(say_it_stands(&mut town, id, "李四", "再说一遍"), Err(Code::VState));
    assert_eq!(say_it_stands(&mut town, id, "王五", "已核对原件"), Err(Code::VState));
    assert_eq!(say_it_stands(&mut town, ReviewId(9), "李四", "x"), Err(Code::VNotFound));
    let ends: Vec<_> = reviews(&mut town).into_iter().map(|r| r.end.unwrap()).collect();
    assert_eq!((ends.len(), ends[0].reason.as_str()), (1, "已核对原件"));
    // A later value does not answer it again.
    hub_gives(&mut town, CAPITAL, "200.000000");
    assert_eq!(reviews(&mut town)[0].end.as_ref().unwrap().answer, Answer::Confirmed);
}

#[test]
fn the_hub_answers_for_what_it_gave_and_for_nothing_else() {
    let mut town = town();
    let ids = ask_as(&mut town, "psb", &[CAPITAL, REG_NO]).unwrap();
    let answer = |town: &mut Town, id: ReviewId| {
        let said = town.desk(|desk| confirm(desk, id, "属实".to_owned(), Source::Hub));
        said.map_err(code)
    };
    for (id, _) in ids {
        let expected = match source(&mut town, id).as_str() {
            "hub" => Ok(()),
            _ => Err(Code::VNotFound),
        };
        assert_eq!(answer(&mut town, id), expected);
    }
    assert_eq!(open(&mut town), [REG_NO]);
}

#[test]
fn another_value_by_the_ordinary_way_answers_it() {
    let mut town = town();
    ask_as(&mut town, "psb", &[CAPITAL, REG_NO]).unwrap();
    hub_gives(&mut town, CAPITAL, "200.000000");
    assert_eq!(open(&mut town), [REG_NO], "another item's review stays");
    aic_gives(&mut town, REG_NO, "R-2");
    let ends: Vec<_> = reviews(&mut town)
        .iter()
        .map(|r| r.end.clone().unwrap().answer)
        .collect();
    assert_eq!(ends, [Answer::Corrected(2), Answer::Corrected(2)]);
    assert!(open(&mut town).is_empty());
}

#[test]
fn a_question_about_a_value_that_was_replaced_meanwhile_is_answered_at_once() {
    let mut town = town();
    hub_gives(&mut town, CAPITAL, "200.000000");
    // The second version has not left yet: what is called wrong is the first.
    let ids = ask_as(&mut town, "psb", &[CAPITAL]).unwrap();
    assert_eq!(ids, [(ReviewId(1), true)]);
    let review = reviews(&mut town).remove(0);
    assert_eq!(
        (review.asked.version, review.end.unwrap().answer),
        (1, Answer::Corrected(2))
    );
    send(&mut town, 2, Op::Amend);
    assert_eq!(ask_as(&mut town, "psb", &[CAPITAL]), Ok(vec![(ReviewId(2), true)]));
    assert_eq!(open(&mut town), [CAPITAL]);
}

/// The value that is called wrong, given once more by whoever may, is no correction: the question stays.
#[test]
fn the_same_value_again_corrects_nothing() {
    let mut town = proposed();
    ask_as(&mut town, "aic", &[REG_NO]).unwrap();
    assert_eq!(source(&mut town, ReviewId(1)), "hub");
    aic_decides(&mut town, "R-1");
    assert_eq!((open(&mut town), version(&mut town, REG_NO)), (vec![REG_NO], 2));
    // Asked of what was decided so, it is not answered at once either.
    assert_eq!(ask_as(&mut town, "hub", &[REG_NO]), Ok(vec![(ReviewId(2), true)]));
    assert_eq!(open(&mut town), [REG_NO, REG_NO]);
    aic_decides(&mut town, "R-2");
    let ends: Vec<_> = reviews(&mut town)
        .iter()
        .map(|r| r.end.clone().unwrap().answer)
        .collect();
    assert_eq!(ends, [Answer::Corrected(3), Answer::Corrected(3)]);
}

#[test]
fn a_withdrawn_case_is_asked_nothing_and_waits_for_no_answer() {
    let mut town = town();
    ask_as(&mut town, "psb", &[CAPITAL, REG_NO]).unwrap();
    let case_no = case_no();
    town.desk(|desk| crate::transition::withdraw::withdraw_case(desk, &case_no, "申请人撤回".to_owned()))
        .unwrap();
    let ends: Vec<_> = reviews(&mut town)
        .iter()
        .map(|r| r.end.clone().unwrap().answer)
        .collect();
    assert_eq!(ends, [Answer::Withdrawn, Answer::Withdrawn]);
    assert_eq!(ask_as(&mut town, "psb", &[NAME]), Err(Code::EState));
}

#[test]
fn a_row_asks_and_leaves_the_hand_over_as_it_was() {
    let mut town = town();
    let row = Incoming {
        case_no: Some(case_no()),
        review: vec![CAPITAL],
        reason: Some("与章程不符".into()),
        ..Incoming::default()
    };
    for code in ["0000", "0000"] {
        let answer = town.take_in("results", vec![row.clone()]);
        assert_eq!(
            (answer.verdict, answer.rows.iter().next().unwrap().code.as_str()),
            (BatchVerdict::Accepted, code)
        );
        assert_eq!(open(&mut town), [CAPITAL]);
        assert_eq!(attempt(&mut town), AttemptState::HandedOver);
    }
    assert!(reviews(&mut town)[0].asked.row.is_some());
    // Beside a result both have effect.
    let both = Incoming {
        standing: Some(Standing::Accepted),
        review: vec![REG_NO],
        ..row.clone()
    };
    town.take_in("results", vec![both]);
    assert_eq!(open(&mut town), [CAPITAL, REG_NO]);
    assert_eq!(attempt(&mut town), AttemptState::Acknowledged, "the result proves it");
}

#[test]
fn a_row_that_asks_what_it_may_not_is_refused_for_that_alone() {
    use AttemptState::{Acknowledged, HandedOver};
    for (case_no, review, code, state) in [
        // A result proves receipt, whatever else its row says.
        (Some(case_no()), vec![CAPITAL, PHONE], Code::ENotHanded, Acknowledged),
        (
            Some(CaseNo::new("case-9")),
            vec![CAPITAL],
            Code::EUnknownCase,
            HandedOver,
        ),
        (None, vec![CAPITAL], Code::ERequired, HandedOver),
    ] {
        let mut town = town();
        let row = Incoming {
            case_no,
            standing: Some(Standing::Approved),
            review,
            reason: Some("与章程不符".into()),
            ..Incoming::default()
        };
        let answer = town.take_in("results", vec![row]);
        assert_eq!(answer.rows.iter().next().unwrap().code, code.return_code());
        assert!(open(&mut town).is_empty(), "nothing is asked");
        assert_eq!(attempt(&mut town), state);
    }
}

#[test]
fn it_is_listed_with_whom_and_since_when_and_nothing_personal_stands_there() {
    let mut town = town();
    let mut asked = question("psb", &[REG_NO, NAME]);
    asked.reason = format!("应为李四，不是{PERSON}，证件110199197602140073");
    ask_it(&mut town, &asked).unwrap();
    let calendar = Calendar::new();
    let since = town.now;
    let lines = town.desk(|desk| view::reviews(desk, &calendar, None, false));
    let of = |dept: &str, town: &mut Town| {
        let lines = town.desk(|desk| view::reviews(desk, &calendar, Some(dept), false));
        lines.into_iter().map(|l| l.item).collect::<Vec<_>>()
    };
    let named: Vec<_> = lines
        .iter()
        .map(|l| (l.item.as_str(), l.source.as_str(), l.since))
        .collect();
    assert_eq!(named, [("reg_no", "aic.licence", since), ("rep_name", "hub", since)]);
    assert_eq!(of("psb", &mut town), ["reg_no", "rep_name"], "the asker's");
    assert_eq!(of("aic", &mut town), ["reg_no"], "the source's");
    assert_eq!(of("hub", &mut town), ["rep_name"]);
    // A year without a calendar has no day by which an answer is due.
    assert!(lines.iter().all(|l| l.due.is_none() && !l.overdue));
    for line in &lines {
        let text = serde_json::to_string(line).unwrap();
        assert!(!text.contains(PERSON) && !text.contains("110199197602140073"), "{text}");
        assert!(line.reason.starts_with("应为李四，不是张*，"), "{}", line.reason);
    }
    // A clerk of the source finds it in the queue; the hub's stands in its feed.
    let tasks = town.desk(|desk| view::queue_list(desk, &model::calendar::Calendar::new(), None));
    let review = tasks.iter().find(|t| t.kind == "review").unwrap();
    assert_eq!((review.dept.as_str(), review.matter.as_str()), ("aic", "aic.licence"));
    let feed = town.desk(|desk| view::changes(desk, None, 10)).unwrap();
    let told: Vec<_> = feed.items.iter().filter_map(scene::as_review).collect();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].item.as_str(), told[0].state.as_str()), ("rep_name", "open"));
    assert!(told[0].reason.contains(PERSON), "the hub reads what it must correct");
    // Confirmed, it leaves every list but the one of all.
    let hub = told[0].review.parse().unwrap();
    say_it_stands(&mut town, hub, "李四", "已核对原件").unwrap();
    assert_eq!(of("hub", &mut town), Vec::<String>::new());
    let all = town.desk(|desk| view::reviews(desk, &calendar, Some("hub"), true));
    assert_eq!(all[0].answer.as_ref().unwrap().reason, "已核对原件");
    let feed = town.desk(|desk| view::changes(desk, Some(&feed.next), 10)).unwrap();
    let told: Vec<_> = feed.items.iter().filter_map(scene::as_review).collect();
    assert_eq!(
        (told[0].state.as_str(), told[0].answer.as_deref()),
        ("confirmed", Some("已核对原件"))
    );
}

#[test]
fn an_answer_is_due_within_the_limit() {
    let mut town = town();
    let mut calendar = Calendar::new();
    calendar.cover(1970, []).unwrap();
    ask_as(&mut town, "psb", &[CAPITAL]).unwrap();
    // Asked on Thursday 1 January 1970: the tenth working day after it is the 15th.
    let day = |town: &mut Town| {
        let line = town.desk(|desk| view::reviews(desk, &calendar, None, false)).remove(0);
        (line.due.unwrap(), line.overdue)
    };
    assert_eq!(day(&mut town), ("1970-01-15".to_owned(), false));
    town.now = 14 * 86_400_000;
    assert_eq!(
        day(&mut town),
        ("1970-01-15".to_owned(), false),
        "on its last day it is not late"
    );
    town.now = 15 * 86_400_000;
    assert_eq!(day(&mut town), ("1970-01-15".to_owned(), true));
}

/// Whatever is asked, answered and changed, in any order: one review for each item, asker and version; no end changes;
/// what is open is what was asked of the present version and not confirmed; and the case stays open for it.
#[test]
fn any_life_of_questions_keeps_the_law() {
    for seed in 0..200 {
        let (mut town, rng) = (town(), SeededRng::new(seed));
        let mut ends: Vec<Option<ledger::reviews::End>> = Vec::new();
        let mut sent = 1;
        for step in 0..25 {
            town.now += 1;
            match rng.below(6) {
                0 | 1 => {
                    let item = [CAPITAL, REG_NO, NAME][rng.below(3) as usize];
                    let asker = ["psb", "hub"][rng.below(2) as usize];
                    let _ = ask_as(&mut town, asker, &[item]);
                }
                2 => {
                    let id = ReviewId(rng.below(8) + 1);
                    let _ = say_it_stands(&mut town, id, "李四", &format!("{step}"));
                }
                3 => hub_gives(&mut town, CAPITAL, &format!("{seed}.{step}")),
                4 => aic_gives(&mut town, REG_NO, &format!("R-{step}")),
                _ => {
                    sent += 1;
                    send(&mut town, sent, Op::Amend);
                }
            }
            let now = reviews(&mut town);
            for (before, after) in ends.iter().zip(&now) {
                assert!(
                    before.is_none() || *before == after.end,
                    "{seed}/{step}: an answer changed"
                );
            }
            let mut keys: Vec<_> = now
                .iter()
                .map(|r| (r.asked.item, r.asked.asker.clone(), r.asked.version))
                .collect();
            keys.sort();
            let all = keys.len();
            keys.dedup();
            assert_eq!(keys.len(), all, "{seed}/{step}: asked twice");
            for review in now.iter().filter(|r| r.is_open()) {
                let (item, version) = (review.asked.item, review.asked.version);
                assert!(
                    still(&mut town, item, version),
                    "{seed}/{step}: a stale question is open"
                );
            }
            let numbers: Vec<u64> = now.iter().map(|r| r.asked.review.0).collect();
            assert_eq!(numbers, (1..=now.len() as u64).collect::<Vec<_>>());
            ends = now.into_iter().map(|r| r.end).collect();
        }
    }
}

/// A value that was replaced is somebody's still, and what a reason is most likely to name.
#[test]
fn what_was_replaced_is_masked_where_anybody_wrote_it_down() {
    let mut town = town();
    let mut said = question("psb", &[NAME]);
    said.reason = format!("执照上是{PERSON}，应为欧阳示范");
    ask_it(&mut town, &said).unwrap();
    hub_gives(&mut town, NAME, "欧阳示范");
    hub_gives(&mut town, NAME, "欧阳示范二");
    let calendar = Calendar::new();
    let personal = [PERSON, "欧阳示范"];
    let listed = town.desk(|desk| view::reviews(desk, &calendar, None, true));
    let shown = town.desk(|desk| view::review(desk, &calendar, ReviewId(1)).unwrap());
    assert_eq!(listed, [shown]);
    assert_eq!(listed[0].reason, "执照上是张*，应为欧***");
    // What a department answered to the hand-over, and what the case tells of it.
    refuse(&mut town, &format!("{PERSON}与欧阳示范不符，电话13800005678"));
    let refused = town.desk(|desk| view::refused_list(desk, None));
    assert_eq!(refused[0].reason, "张*与欧***不符，电话138****5678");
    let case = |town: &mut Town, reveal| {
        let view = town.desk(|desk| view::case(desk, &calendar, &case_no(), reveal).unwrap());
        serde_json::to_string(&view).unwrap()
    };
    let masked = case(&mut town, false);
    assert!(masked.contains("张*与欧***不符"), "{masked}");
    assert!(personal.iter().all(|value| !masked.contains(value)), "{masked}");
    assert!(personal.iter().all(|value| case(&mut town, true).contains(value)));
}
