//! From the first entry to what has effect, over books that forget everything with the process.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::desk::Stop;
use crate::plan::Rekey;
use crate::testing::{Town, among, key, manual};
use crate::transition::decide_form::{self, Word};
use crate::transition::enter_form::{self, Entries};
use crate::transition::key_form::{self, Entry};
use crate::transition::{claim, hand_on, send_back};
use ledger::keying::Of;
use model::define::{Field, Layout, Meaning, Verify};
use model::{DeptId, Dictionary, Finding};

const TASK: TaskId = TaskId(1);

fn person(name: &str) -> Person {
    Person {
        name: name.to_owned(),
        uid: 1,
    }
}

fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect()
}

/// One form that waits, of a layout whose number is verified so.
fn hall(verify: Verify) -> Town {
    let rule = Rekey {
        later_ms: 5_000,
        ..Rekey::default()
    };
    hall_with(verify, rule)
}

fn hall_with(verify: Verify, rule: Rekey) -> Town {
    let layout = Layout {
        name: "form".to_owned(),
        encoding: "utf-8".to_owned(),
        fields: vec![
            Field {
                name: "结果".to_owned(),
                meaning: Meaning::Status,
                ..Field::default()
            },
            Field {
                name: "号".to_owned(),
                aliases: vec!["no".to_owned()],
                meaning: Meaning::ReceiptNo,
                double_entry: true,
                verify: Some(verify),
                ..Field::default()
            },
        ],
        computed: Vec::new(),
        status: BTreeMap::new(),
        review: BTreeMap::new(),
        null_words: Vec::new(),
    };
    let mut plan = among(Dictionary::default(), |dept| manual(dept, layout), Vec::new());
    plan.rules.rekey = rule;
    let mut town = Town::following(plan);
    town.open(1);
    town.say(Event::FormOpened {
        task: TASK,
        key: key(1),
        channel: "manual".to_owned(),
    });
    town
}

fn no(stop: Done<impl std::fmt::Debug>) -> Code {
    match stop {
        Err(Stop::No(finding)) => finding.code,
        other => panic!("{other:?}"),
    }
}

fn first(town: &mut Town, name: &str, number: &str) -> Done<Stage> {
    let entry = Entry {
        task: TASK,
        person: person(name),
        fields: texts(&[("结果", "准予"), ("no", number)]),
        draw: 9_999,
    };
    town.desk(|desk| key_form::key(desk, entry))
}

fn second(town: &mut Town, name: &str, number: &str) -> Done<Stage> {
    town.desk(|desk| again(desk, TASK, person(name), texts(&[("号", number)])))
}

fn third(town: &mut Town, name: &str, fields: &[(&str, &str)]) -> Done<Stage> {
    let word = Word {
        task: TASK,
        person: person(name),
        fields: texts(fields),
        reason: "对照原件".to_owned(),
    };
    town.desk(|desk| decide_form::decide(desk, word))
}

fn entries(town: &mut Town) -> Entries {
    town.desk(|desk| enter_form::entries(desk, TASK, None)).unwrap()
}

#[test]
fn alike_it_has_effect_and_the_same_again_is_answered_the_same() {
    let mut town = hall(Verify::Rekey);
    for _ in 0..2 {
        assert_eq!(first(&mut town, "甲", "12").unwrap(), Stage::Rekey);
    }
    assert_eq!(no(first(&mut town, "甲", "13")), Code::VState);
    assert_eq!(
        no(first(&mut town, "乙", "12")),
        Code::VState,
        "it is keyed; it waits for a second person"
    );
    assert_eq!(no(second(&mut town, "甲", "12")), Code::VSamePerson);
    for _ in 0..2 {
        // Blanks around it are no difference.
        assert_eq!(second(&mut town, "乙", " 12 ").unwrap(), Stage::Agreed);
    }
    let entries = entries(&mut town);
    assert_eq!(entries.person, person("甲"));
    assert_eq!(entries.fields, texts(&[("结果", "准予"), ("号", "12")]));
    assert_eq!(
        entries.twice,
        texts(&[("号", "12")]),
        "what a form has twice, it has twice"
    );
    town.desk(|desk| enter_form::entered(desk, &entries, Ok(()))).unwrap();
    assert_eq!(no(second(&mut town, "丙", "12")), Code::VState);
}

#[test]
fn differing_it_waits_for_a_third_and_both_entries_are_kept() {
    let mut town = hall(Verify::Rekey);
    first(&mut town, "甲", "12").unwrap();
    assert_eq!(second(&mut town, "乙", "13").unwrap(), Stage::Decide);
    assert_eq!(
        no(town.desk(|desk| enter_form::entries(desk, TASK, None))),
        Code::VState
    );
    for name in ["甲", "乙"] {
        assert_eq!(no(third(&mut town, name, &[("号", "12")])), Code::VSamePerson);
    }
    assert_eq!(no(third(&mut town, "丙", &[])), Code::ERequired);
    assert_eq!(
        no(third(&mut town, "丙", &[("号", "1"), ("结果", "准予")])),
        Code::EUnknownField
    );
    for _ in 0..2 {
        assert_eq!(third(&mut town, "丙", &[("no", "13")]).unwrap(), Stage::Agreed);
    }
    assert_eq!(entries(&mut town).fields["号"], "13");
    let kept: Vec<String> = town
        .events()
        .into_iter()
        .filter_map(|event| event.entries()?.get("号").cloned())
        .collect();
    assert_eq!(kept, ["12", "13", "13"]);
    let dept = DeptId::new("psb");
    let mut wrong = |of: Of<'_>| town.desk(|desk| desk.books().keying(of).wrong);
    assert_eq!((wrong(Of::Person("甲")), wrong(Of::Person("乙"))), (1, 0));
    assert_eq!(wrong(Of::Field(&dept, "号")), 1);
}

#[test]
fn the_same_person_may_later_where_the_layout_lets_them() {
    let mut town = hall(Verify::RekeyLater);

    first(&mut town, "甲", "12").unwrap();
    assert_eq!(no(second(&mut town, "甲", "12")), Code::VSamePerson);
    town.now += 4_999;
    assert_eq!(no(second(&mut town, "甲", "12")), Code::VSamePerson);
    town.now += 1;
    assert_eq!(second(&mut town, "甲", "12").unwrap(), Stage::Agreed);
}

/// A hundred entries, one of them wrong, are more than 20 of ten thousand: from then on all that this clerk keys is drawn.
#[test]
fn whoever_is_wrong_more_often_is_drawn_more_often() {
    let rule = Rekey {
        later_ms: 1,
        share: 1,
        raised: 100,
        above: 20,
    };
    let mut town = hall_with(Verify::Rekey, rule);
    for n in 1..=100 {
        let task = TaskId(n);
        if n > 1 {
            town.open(n);
            let channel = "manual".to_owned();
            town.say(Event::FormOpened {
                task,
                key: key(n),
                channel,
            });
        }
        let first = Entry {
            task,
            person: person("甲"),
            fields: texts(&[("结果", "准予"), ("号", "12")]),
            draw: 9_999,
        };
        assert_eq!(town.desk(|desk| key_form::key(desk, first)).unwrap(), Stage::Rekey);
        let number = if n == 1 { "13" } else { "12" };
        town.desk(|desk| again(desk, task, person("乙"), texts(&[("号", number)])))
            .unwrap();
        if n == 1 {
            let drawn = |event: Event| matches!(event, Event::FormKeyed(keyed) if keyed.drawn);
            assert!(!town.events().into_iter().any(drawn), "the lot did not fall on it");
            assert_eq!(third(&mut town, "丙", &[("号", "13")]).unwrap(), Stage::Agreed);
        }
    }
    town.open(200);
    let (task, channel) = (TaskId(200), "manual".to_owned());
    town.say(Event::FormOpened {
        task,
        key: key(200),
        channel,
    });
    let entry = Entry {
        task,
        person: person("甲"),
        fields: texts(&[("结果", "准予"), ("号", "12")]),
        draw: 9_999,
    };
    town.desk(|desk| key_form::key(desk, entry)).unwrap();
    let last = town.events().pop().unwrap();
    assert!(
        matches!(&last, Event::FormKeyed(keyed) if keyed.drawn && keyed.again.len() == 2),
        "{last:?}"
    );
}

#[test]
fn what_cannot_be_taken_is_keyed_anew() {
    let mut town = hall(Verify::Rekey);
    first(&mut town, "甲", "12").unwrap();
    second(&mut town, "乙", "12").unwrap();
    let entries = entries(&mut town);
    let why = Finding::new(Code::ECrossCheck).with("column", "号").with("other", "名");
    town.desk(|desk| enter_form::entered(desk, &entries, Err(why))).unwrap();
    assert_eq!(
        first(&mut town, "乙", "14").unwrap(),
        Stage::Rekey,
        "anybody may begin anew"
    );
    let back = |town: &mut Town, name: &str| {
        town.desk(|desk| send_back::send_back(desk, TASK, Some(person(name)), "看错行".to_owned()))
    };
    back(&mut town, "乙").unwrap();
    assert_eq!(
        no(back(&mut town, "乙")),
        Code::VState,
        "there is nothing to send back any more"
    );
}

#[test]
fn a_claim_is_for_what_the_form_waits_for() {
    let mut town = hall(Verify::Rekey);
    let take = |town: &mut Town, name: &str, verify| town.desk(|desk| claim::claim(desk, TASK, person(name), verify));
    assert_eq!(no(take(&mut town, "甲", true)), Code::VState, "nothing was keyed");
    take(&mut town, "甲", false).unwrap();
    first(&mut town, "甲", "12").unwrap();
    assert_eq!(no(take(&mut town, "乙", false)), Code::VState);
    assert_eq!(no(take(&mut town, "甲", true)), Code::VSamePerson);
    take(&mut town, "乙", true).unwrap();
    assert_eq!(no(second(&mut town, "丙", "12")), Code::VClaimed);
    // A supervisor hands it on, to one who may.
    let assign = |town: &mut Town, to: &str| {
        town.desk(|desk| hand_on::assign(desk, TASK, Some(person(to)), person("督"), "乙请假".to_owned()))
    };
    assert_eq!(no(assign(&mut town, "甲")), Code::VSamePerson);
    assign(&mut town, "丙").unwrap();
    assert_eq!(no(second(&mut town, "乙", "12")), Code::VClaimed);
    assert_eq!(second(&mut town, "丙", "12").unwrap(), Stage::Agreed);
    assert_eq!(no(take(&mut town, "丁", true)), Code::VState);
}
