//! A batch is as large as its interface takes, and what is too much for one becomes the next.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{fewer, prepare, prepare_due};
use crate::testing::{self, Town, key};
use async_trait::async_trait;
use ledger::Event;
use model::define::{Channel, Field, Layout, Meaning};
use model::{BatchId, Code, DeptId, Dictionary, Finding, Op};
use port::{
    Abilities, Adapter, Answer, Ask, Claim, Encoded, Fault, Misfit, Numbers, Offer, Outcome, Outgoing, Part, Parts,
    Prepared, Starts, Unencoded,
};
use std::collections::BTreeMap;
use std::sync::Mutex;

/// How an interface says what it takes.
#[derive(Clone, Copy)]
enum Says {
    /// So many rows, and it knows.
    Rows(usize),
    /// So many, and it says one too many, each time.
    Wrong(usize),
    /// Rows of so many bytes, and no bound of its own.
    Bytes(usize),
    /// Not even one.
    Nothing,
}

/// Takes so much, and counts how often it is asked.
struct Narrow {
    says: Says,
    asked: Mutex<Vec<usize>>,
}

impl Narrow {
    fn new(says: Says) -> Self {
        let asked = Mutex::default();
        Self { says, asked }
    }
}

#[async_trait]
impl Adapter for Narrow {
    fn abilities(&self) -> Abilities {
        Abilities {
            starts: Starts::Medium,
            collects: false,
            queries: false,
            recalls: false,
        }
    }
    async fn probe(&self) -> Result<(), Fault> {
        Ok(())
    }
    async fn collect(&self, _: &Ask) -> Result<Vec<Offer>, Fault> {
        Ok(Vec::new())
    }
    async fn receive(&self, _: Parts) -> Result<Offer, Fault> {
        Err(Fault::never("nothing is pushed"))
    }
    async fn acknowledge(&self, _: &Claim, _: &Answer) -> Result<(), Fault> {
        Ok(())
    }
    fn encode(&self, rows: &Outgoing, numbers: &Numbers) -> Result<Encoded, Unencoded> {
        let all = rows.rows.len();
        assert_eq!(all, rows.records.len());
        self.asked.lock().unwrap().push(all);
        match self.says {
            Says::Rows(most) if all > most => return Err(Unencoded::TooLarge { rows: most }),
            Says::Wrong(most) if all > most => return Err(Unencoded::TooLarge { rows: all }),
            Says::Nothing => return Err(Unencoded::TooLarge { rows: 0 }),
            _ => {}
        }
        if let Some(record) = rows.records.iter().position(|r| r.case_no.as_str() == "case-2") {
            let findings = vec![Finding::new(Code::ETooLong)];
            return Err(vec![Misfit { record, findings }].into());
        }
        let each = if let Says::Bytes(bytes) = self.says { bytes } else { 1 };
        Ok(Encoded {
            number: format!("n{}", numbers.seq),
            parts: vec![Part {
                name: "rows".to_owned(),
                bytes: vec![0; each * all],
                records: 0..all,
            }],
        })
    }
    async fn deliver(&self, _: &Prepared) -> Result<Vec<Outcome>, Fault> {
        Ok(Vec::new())
    }
}

/// A department that is owed so many cases.
fn town(cases: u64) -> Town {
    let layout = Layout {
        name: "submit".to_owned(),
        encoding: "utf-8".to_owned(),
        fields: vec![Field {
            name: "case_no".to_owned(),
            aliases: Vec::new(),
            meaning: Meaning::CaseNo,
            out: Vec::new(),
            in_: Vec::new(),
            required: true,
            max_bytes: None,
            check: None,
            double_entry: false,
            verify: None,
            kind: None,
            expr: None,
        }],
        computed: Vec::new(),
        status: BTreeMap::new(),
        review: BTreeMap::new(),
        null_words: Vec::new(),
    };
    let plan = testing::among(
        Dictionary::default(),
        |department| {
            department.layouts = vec![layout];
            department.ladder[0].layouts = BTreeMap::from([(key(1).matter, "submit".to_owned())]);
        },
        Vec::new(),
    );
    let mut town = Town::following(plan);
    (1..=cases).for_each(|n| owe(&mut town, n));
    town
}

fn owe(town: &mut Town, n: u64) {
    let key = key(n);
    town.say(Event::CaseOpened {
        case_no: key.case_no.clone(),
        ent_class: "000001".into(),
    });
    town.say(Event::ObligationOpened { key: key.clone() });
    town.say(Event::DeliveryQueued {
        key,
        n: 1,
        op: Op::Submit,
        projection: crate::projection::digest_of(&[], &model::Items::default(), None),
        items: Vec::new(),
        about: None,
    });
}

/// What a channel makes of what is due, to the end: each batch's number of that day and its cases.
fn batches(town: &mut Town, adapter: &dyn Adapter) -> Vec<(u32, Vec<String>)> {
    let mut made = Vec::new();
    while let Some(batch) = next(town, adapter, None) {
        let out = town.desk(|desk| desk.books().out_batch(batch).cloned()).unwrap();
        let cases = out.attempts.iter().map(|a| a.key.case_no.to_string());
        made.push((out.seq, cases.collect()));
    }
    made
}

fn next(town: &mut Town, adapter: &dyn Adapter, until: Option<i64>) -> Option<BatchId> {
    let dept = DeptId::new("psb");
    town.desk(|desk| {
        let channel: Channel = (*desk.plan.dept(&dept)?.ladder[0]).clone();
        match until {
            None => prepare(desk, &dept, &channel, adapter).unwrap(),
            Some(until) => prepare_due(desk, &dept, &channel, adapter, until).unwrap(),
        }
    })
}

/// Case 2 does not fit and is refused by name; the others go, in order and each once.
fn all_but_the_second(cases: u64) -> Vec<String> {
    (1..=cases)
        .filter(|n| *n != 2)
        .map(|n| key(n).case_no.to_string())
        .collect()
}

#[test]
fn what_is_too_much_for_one_batch_becomes_the_next_under_the_next_number() {
    for (says, most) in [
        (Says::Rows(7), 7),
        (Says::Wrong(7), 7),
        (Says::Rows(1), 1),
        (Says::Rows(99), 99),
    ] {
        let mut town = town(25);
        let adapter = Narrow::new(says);
        let made = batches(&mut town, &adapter);
        let seqs: Vec<u32> = made.iter().map(|(seq, _)| *seq).collect();
        assert_eq!(seqs, (1..=made.len() as u32).collect::<Vec<_>>());
        assert!(
            made.iter().all(|(_, cases)| (1..=most).contains(&cases.len())),
            "{made:?}"
        );
        let mut cases: Vec<String> = made.into_iter().flat_map(|(_, cases)| cases).collect();
        let mut all = all_but_the_second(25);
        cases.sort();
        all.sort();
        assert_eq!(cases, all, "each once");
        assert_eq!(town.balance(), (0, 0, 1, 24));
    }
}

/// Where it is known how many fit, one more try is enough; where that is wrong each time, a few are.
#[test]
fn a_try_is_not_made_for_each_row() {
    for (says, tries) in [(Says::Rows(3), 2), (Says::Wrong(3), 7)] {
        let mut town = town(0);
        (3..=100).for_each(|n| owe(&mut town, n));
        let adapter = Narrow::new(says);
        next(&mut town, &adapter, None).unwrap();
        let asked = adapter.asked.lock().unwrap().clone();
        assert!(asked.len() <= tries, "{asked:?}");
    }
}

#[test]
fn a_row_that_is_too_large_alone_is_refused_by_name() {
    let mut town = town(3);
    assert_eq!(batches(&mut town, &Narrow::new(Says::Nothing)), []);
    assert_eq!(town.balance(), (0, 0, 3, 0));
    let refused = |event: &Event| match event {
        Event::AttemptRefused { findings, .. } => Some(findings[0].code),
        _ => None,
    };
    let codes: Vec<Code> = town.events().iter().filter_map(refused).collect();
    assert_eq!(codes, [Code::ETooLarge; 3]);
}

/// Whatever an interface takes: what a batch is must fit into the ledger.
#[test]
fn a_batch_is_no_larger_than_the_ledger_takes_at_once() {
    let mut town = town(0);
    (3..=12).for_each(|n| owe(&mut town, n));
    let made = batches(&mut town, &Narrow::new(Says::Bytes(Encoded::MAX_BYTES / 4)));
    let rows: Vec<usize> = made.iter().map(|(_, cases)| cases.len()).collect();
    assert_eq!(rows.iter().sum::<usize>(), 10);
    assert!(rows.iter().all(|rows| (1..=4).contains(rows)), "{rows:?}");
}

#[test]
fn what_becomes_due_meanwhile_is_for_the_next_time() {
    let mut town = town(0);
    owe(&mut town, 3);
    let until = town.now;
    town.now += 10;
    owe(&mut town, 4);
    let adapter = Narrow::new(Says::Rows(99));
    assert!(next(&mut town, &adapter, Some(until)).is_some());
    assert_eq!(next(&mut town, &adapter, Some(until)), None);
    assert!(next(&mut town, &adapter, None).is_some());
}

#[test]
fn fewer_is_fewer_and_never_none() {
    for all in 2..200_usize {
        for fit in [0, 1, all / 3, all - 1, all, all + 5] {
            for again in [false, true] {
                let next = fewer(all, fit, again);
                assert!((1..all).contains(&next), "{all} {fit} {again}: {next}");
                assert!(!again || next <= (all / 2).max(1));
            }
        }
    }
}
