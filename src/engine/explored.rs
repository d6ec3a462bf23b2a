//! Every way that one obligation can go, explored to the end by a model checker: submitted over one rung, amended over
//! another, with one crash anywhere. What decides is the engine's own code; what is modelled is the department, the line
//! to it, the clock and the person.
//!
//! A state is what was said in the ledger and what is true at the department. Two states are the same if the case, our
//! batches and the department look the same: where in the journal it was said does not count.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod department;
mod steps;

use crate::plan::Plan;
use crate::testing::{self, Paper};
use crate::transition::settle;
use department::Department;
use ledger::account::Account;
use ledger::case_file::Obligation;
use ledger::event::NewAttempt;
use ledger::{Event, Ledger, Pos};
use model::define::{Channel, Field, Layout, Meaning};
use model::{AttemptState, BatchId, ItemNo, Op, Proof};
use stateright::{Checker, HasDiscoveries, Model, Property};
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use steps::Step;

/// The rung that submits; the department can be asked.
const FIRST: &str = "link";
/// The rung that amends; the department answers by receipt alone.
const SECOND: &str = "frontend";
/// The item that is sent, and is another one after the amendment.
const ITEM: ItemNo = ItemNo(1);

/// Attempts in one history: a submission, an amendment, and one of them once more.
const ATTEMPTS: usize = 3;

/// A state of the world.
#[derive(Clone, Debug)]
struct State {
    /// What was said, and when.
    said: Vec<(i64, Event)>,
    /// What of it counts: the case and our batches.
    looks: String,
    department: Department,
    /// A hand-over that is under way: its batch, by number, and whether it was begun before.
    flight: Option<(u64, bool)>,
    /// Milliseconds since 1970.
    now: i64,
    amended: bool,
    crashed: bool,
    /// The attempts that were made, in order.
    attempts: Vec<(NewAttempt, AttemptState)>,
    /// All that is owed is booked, and nothing is due or under way.
    settled: bool,
}

impl State {
    fn key(&self) -> impl Eq + Hash {
        let flags = (self.now, self.amended, self.crashed);
        (self.looks.clone(), self.department.clone(), self.flight, flags)
    }

    /// With a ledger as it is now: what was said becomes the next state.
    fn decide(&mut self, model: &Town, decide: impl FnOnce(&mut Paper, &Plan, i64) -> Option<()>) -> Option<()> {
        let mut paper = Paper::telling(&self.said);
        decide(&mut paper, &model.plan, self.now)?;
        self.looks = looks(&mut paper);
        let file = paper.books().case(&testing::key(1).case_no);
        self.settled = file.is_some_and(|file| {
            let booked = |o: &Obligation| o.is_idle() && o.account() == Account::Booked;
            file.obligations.iter().all(booked)
        });
        self.attempts = attempts(&mut paper);
        self.said = paper.said;
        Some(())
    }
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Hash for State {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

/// The case and our batches, without where in the journal they stand.
fn looks(paper: &mut Paper) -> String {
    let books = paper.books();
    let file = books.case(&testing::key(1).case_no).cloned().map(|mut file| {
        (file.at, file.brief) = (Pos::default(), None);
        file.story.clear();
        file
    });
    let batches = (1..books.counters.batch).filter_map(|n| {
        let mut batch = books.out_batch(BatchId(n)).cloned()?;
        batch.at = Pos::default();
        batch.spool.clear();
        Some(batch)
    });
    let batches: Vec<_> = batches.collect();
    serde_json::to_string(&(file, batches)).unwrap()
}

/// The model: a plan, and how the department's side behaves.
struct Town {
    plan: Plan,
    /// Whoever sends again looks first what of it is there.
    looks_first: bool,
}

impl Town {
    fn new(looks_first: bool) -> Self {
        Self {
            plan: plan(),
            looks_first,
        }
    }
}

fn plan() -> Plan {
    let field = |name: &str, meaning| Field {
        name: name.to_owned(),
        aliases: Vec::new(),
        meaning,
        out: Vec::new(),
        in_: Vec::new(),
        required: false,
        max_bytes: None,
        check: None,
        double_entry: false,
        verify: None,
        kind: None,
        expr: None,
    };
    let layout = Layout {
        name: "submit".to_owned(),
        encoding: "utf-8".to_owned(),
        fields: vec![field("no", Meaning::CaseNo), field("item", Meaning::Item(ITEM))],
        computed: Vec::new(),
        status: BTreeMap::new(),
        review: BTreeMap::new(),
        null_words: Vec::new(),
    };
    let rung = |channel: &Channel, name: &str, ops: Vec<Op>| Channel {
        name: name.to_owned(),
        ops,
        layouts: BTreeMap::from([(testing::key(1).matter, "submit".to_owned())]),
        ..channel.clone()
    };
    let dictionary = model::Dictionary::new([model::ItemDef {
        no: ITEM,
        id: "name".into(),
        zh: "名称".into(),
        en: "name".into(),
        kind: model::ItemKind::Text,
        max_len: 10,
        repeating: false,
        mask: None,
        check: None,
        codes: None,
        open_end: false,
        shared: true,
    }]);
    let change = |department: &mut model::define::Department| {
        department.agreement.items = vec![ITEM];
        department.layouts = vec![layout];
        let channel = department.ladder.remove(0);
        department.ladder = vec![
            rung(&channel, FIRST, vec![Op::Submit, Op::Supplement]),
            rung(&channel, SECOND, vec![Op::Amend]),
        ];
    };
    testing::among(dictionary, change, Vec::new())
}

impl Model for Town {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        let mut state = State {
            said: Vec::new(),
            looks: String::new(),
            department: Department::default(),
            flight: None,
            now: 1_000,
            amended: false,
            crashed: false,
            attempts: Vec::new(),
            settled: false,
        };
        state.decide(self, steps::open).unwrap();
        vec![state]
    }

    fn actions(&self, _state: &State, actions: &mut Vec<Step>) {
        actions.extend(Step::ALL);
    }

    fn next_state(&self, last: &State, step: Step) -> Option<State> {
        let mut state = last.clone();
        steps::take(&mut state, self, step)?;
        Some(state)
    }

    /// Without an end there would be retries without end.
    fn within_boundary(&self, state: &State) -> bool {
        state.attempts.len() <= ATTEMPTS
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("nothing is booked twice", |_, state: &State| {
                state.department.booked_once()
            }),
            Property::always("no second attempt while an earlier one may be booked", |_, state| {
                one_at_a_time(state)
            }),
            Property::always("what the ledger calls booked is booked", |_, state| is_honest(state)),
            Property::sometimes("the amendment is booked after a crash", |_, state: &State| {
                state.crashed && state.department.has_amendment() && state.settled
            }),
            Property::sometimes(
                "a hand-over is finished that had begun before the crash",
                |_, state: &State| state.crashed && state.department.looked_at() && state.settled,
            ),
        ]
    }
}

/// The attempts of all our batches, in order, with where each is.
fn attempts(paper: &mut Paper) -> Vec<(NewAttempt, AttemptState)> {
    let books = paper.books();
    let batches = (1..books.counters.batch).filter_map(|n| books.out_batch(BatchId(n)).cloned());
    let records: Vec<NewAttempt> = batches
        .collect::<Vec<_>>()
        .into_iter()
        .flat_map(|b| b.attempts)
        .collect();
    let state = |record: NewAttempt| {
        let state = settle::state_of(books, &record)?;
        Some((record, state))
    };
    records.into_iter().filter_map(state).collect()
}

/// An attempt starts when every earlier one is settled or recalled.
fn one_at_a_time(state: &State) -> bool {
    state.attempts.iter().filter(|(_, at)| at.is_open()).count() <= 1
}

/// What the ledger calls acknowledged is in the department's books; what it calls recalled or refused is not.
fn is_honest(state: &State) -> bool {
    state.attempts.iter().all(|(attempt, at)| match at {
        AttemptState::Acknowledged => state.department.has(&attempt.token),
        AttemptState::Recalled | AttemptState::Refused => !state.department.has(&attempt.token),
        _ => true,
    })
}

#[test]
fn invariant_11_holds_in_every_state() {
    let checker = Town::new(true)
        .checker()
        .threads(2)
        .target_state_count(20_000)
        .spawn_bfs()
        .join();
    checker.assert_properties();
    println!(
        "{} states, {} of them different",
        checker.state_count(),
        checker.unique_state_count()
    );
}

/// The checker can find what it looks for: a node that sends again without looking books twice.
#[test]
fn without_a_look_before_sending_again_it_is_found() {
    let checker = Town::new(false)
        .checker()
        .threads(2)
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_bfs()
        .join();
    let path = checker.discovery("nothing is booked twice").expect("a doubling");
    println!(
        "{}",
        path.into_actions()
            .iter()
            .map(|a| format!("{a:?}"))
            .collect::<Vec<_>>()
            .join(" > ")
    );
}

/// The rungs are what the model says they are.
#[test]
fn two_rungs_each_for_its_own() {
    let town = Town::new(true);
    let matter = testing::key(1).matter;
    let rung = |op| {
        let dept = town.plan.dept(&matter.dept()).unwrap();
        dept.rung(&matter, op).map(|c: &Arc<Channel>| c.name.clone())
    };
    assert_eq!(rung(Op::Submit).as_deref(), Some(FIRST));
    assert_eq!(rung(Op::Amend).as_deref(), Some(SECOND));
    assert_eq!(testing::plan(Proof::Receipt).depts.len(), town.plan.depts.len());
}
