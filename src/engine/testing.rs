//! Books without a store behind them, and a plan of one silent channel: what transitions are tried with.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::action::Action;
use crate::desk::Desk;
use crate::plan::{Plan, Rekey, Retry, Rules};
use crate::transition::end::{self, Ended, Reading};
use crate::transition::take;
use async_trait::async_trait;
use ledger::arriving::NoPast;
use ledger::event::NewAttempt;
use ledger::shelf::Empty;
use ledger::store::{Stats, StoryLine, Verified};
use ledger::{Books, Event, Ledger, LedgerError, Pos};
use model::define::{
    Agreement, Channel, Department, Feed, FeedRole, LimitUnit, Matter, OnBatchRefused, OnRowError, Title,
};
use model::schedule::Schedule;
use model::{
    AttemptId, BatchId, CaseNo, DeptId, Dictionary, Finding, Incoming, MatterId, Mode, ObligationKey, Op, Proof,
};
use seams::{Clock, Rng, UnixMs};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The matter of the plan.
pub const MATTER: &str = "psb.seal";
/// How long its channel waits for proof, milliseconds.
pub const PATIENCE: u64 = 1_000;

/// Time that stands still.
pub struct Still;

#[async_trait]
impl Clock for Still {
    fn now(&self) -> UnixMs {
        UnixMs(1_000)
    }
    fn mono(&self) -> Duration {
        Duration::ZERO
    }
    async fn sleep(&self, _: Duration) {
        std::future::pending::<()>().await;
    }
}

/// Chance that is none.
pub struct Never;

impl Rng for Never {
    fn fill(&self, out: &mut [u8]) {
        out.fill(0);
    }
}

/// Folds events, each in a group of its own, and keeps what was said.
pub struct Paper {
    books: Books,
    /// Every group is full with its first event.
    full: bool,
    /// Which way it went: its chain is told from that of another; none without.
    pub course: Option<u8>,
    /// What was said, and when, milliseconds since 1970.
    pub said: Vec<(i64, Event)>,
}

impl Paper {
    /// On which this was said before.
    pub fn telling(said: &[(i64, Event)]) -> Self {
        let mut paper = Self {
            books: Books::over(Arc::new(Empty), Arc::new(NoPast)),
            full: false,
            course: None,
            said: Vec::new(),
        };
        for (at, event) in said {
            paper.stage(*at, event.clone()).unwrap();
        }
        paper
    }
}

impl Ledger for Paper {
    fn books(&mut self) -> &mut Books {
        &mut self.books
    }
    fn stage(&mut self, now: i64, event: Event) -> Result<Pos, LedgerError> {
        let pos = Pos {
            group: self.books.last.group + 1,
            ordinal: 0,
        };
        self.books.apply(pos, now, &event);
        self.said.push((now, event));
        Ok(pos)
    }
    fn is_full(&self) -> bool {
        self.full
    }
    fn commit(&mut self) -> Result<(), LedgerError> {
        Ok(())
    }
    fn has_room(&mut self) -> bool {
        true
    }
    fn read(&mut self, pos: Pos) -> Result<Option<Event>, LedgerError> {
        let at = usize::try_from(pos.group).unwrap().checked_sub(1);
        Ok(at.and_then(|at| self.said.get(at)).map(|(_, event)| event.clone()))
    }
    fn story(&mut self, case_no: &CaseNo) -> Result<Vec<StoryLine>, LedgerError> {
        let line = |((at, event), group): (&(i64, Event), u64)| StoryLine {
            at: *at,
            pos: Pos { group, ordinal: 0 },
            event: Some(event.clone()),
        };
        let own = |((_, event), _): &(&(i64, Event), u64)| event.key() == case_no.as_str();
        Ok(self.said.iter().zip(1..).filter(own).map(line).collect())
    }
    fn checkpoint(&mut self) -> Result<(), LedgerError> {
        Ok(())
    }
    fn rebuild(&mut self) -> Result<(), LedgerError> {
        Ok(())
    }
    fn stats(&mut self) -> Result<Stats, LedgerError> {
        Ok(Stats::default())
    }
    fn erase(&mut self, now: i64, events: Vec<Event>, _: &[Pos]) -> Result<(), LedgerError> {
        events
            .into_iter()
            .try_for_each(|event| self.stage(now, event).map(drop))
    }
    fn sign(&mut self, _: &str, _: &[u8]) -> Option<(String, String)> {
        None
    }
    fn signed_head(&mut self, _: u64) -> Result<Option<String>, LedgerError> {
        Ok(None)
    }
    fn verify(&mut self) -> Result<Verified, LedgerError> {
        Ok(Verified::default())
    }
    fn chain(&mut self, group: u64) -> Result<Option<[u8; 32]>, LedgerError> {
        let there = group > 0 && group <= self.books.last.group;
        Ok(self.course.filter(|_| there).map(|course| [course; 32]))
    }
}

/// A department behind a gap, and what was done so far.
pub struct Town {
    plan: Plan,
    ledger: Paper,
    actions: Vec<Action>,
    /// Milliseconds since 1970.
    pub now: i64,
}

impl Town {
    /// Its channel proves what it proves.
    pub fn new(proof: Proof) -> Self {
        Self::following(plan(proof))
    }

    /// By another plan.
    pub fn following(plan: Plan) -> Self {
        Self {
            plan,
            ledger: Paper::telling(&[]),
            actions: Vec::new(),
            now: 1_000,
        }
    }

    /// Every group is full with its first event from now on.
    pub fn full(&mut self) {
        self.ledger.full = true;
    }

    /// Batches of more rows than this have effect in stretches of so many.
    pub fn whole(&mut self, rows: usize) {
        self.plan.rules.whole_rows = rows;
    }

    /// A feed of its channel is configured no longer, or again.
    pub fn configure(&mut self, feed: &str, role: Option<FeedRole>) {
        let mut department = (*self.plan.depts[&DeptId::new("psb")].def).clone();
        let feeds = &mut department.ladder[0].feeds;
        feeds.retain(|f| f.name != feed);
        feeds.extend(role.map(|role| self::feed(feed, role)));
        let rules = self.plan.rules.clone();
        self.plan = plan_of(rules, Dictionary::default(), vec![department]);
    }

    /// Its ledger goes this way from now on.
    pub fn course(&mut self, course: u8) {
        self.ledger.course = Some(course);
    }

    /// Does something at the desk.
    pub fn desk<T>(&mut self, work: impl FnOnce(&mut Desk<'_>) -> T) -> T {
        work(&mut Desk {
            plan: &self.plan,
            ledger: &mut self.ledger,
            now: self.now,
            actions: &mut self.actions,
        })
    }

    /// What was said, in order.
    pub fn events(&self) -> Vec<Event> {
        self.ledger.said.iter().map(|(_, event)| event.clone()).collect()
    }

    /// Acts that were audited, each in one line.
    pub fn acts(&self) -> Vec<String> {
        let line = |(_, event): &(i64, Event)| match event {
            Event::Audit {
                person,
                action,
                object,
                result,
            } => Some(format!("{} {action} {object}: {result}", person.name)),
            _ => None,
        };
        self.ledger.said.iter().filter_map(line).collect()
    }

    /// Something happened.
    pub fn say(&mut self, event: Event) {
        self.ledger.stage(self.now, event).unwrap();
    }

    /// Case `n` is handed over in a batch of its own, which is numbered so.
    pub fn hand_over(&mut self, n: u64, number: &str) {
        self.open(n);
        self.send(n, 1, Op::Submit, number);
    }

    /// The hand-over of case `n` has begun, and nobody knows yet that it ended.
    pub fn begin(&mut self, n: u64, number: &str) {
        self.open(n);
        self.begin_for(&key(n), 1, Op::Submit, number);
    }

    /// Case `n` is known, and the matter is owed for it.
    pub fn open(&mut self, n: u64) {
        let key = key(n);
        self.say(Event::CaseOpened {
            case_no: key.case_no.clone(),
            ent_class: "000001".into(),
        });
        self.say(Event::ObligationOpened { key });
    }

    /// The `delivery`th hand-over of case `n` leaves.
    pub fn send(&mut self, n: u64, delivery: u32, op: Op, number: &str) {
        self.send_for(&key(n), delivery, op, number);
    }

    /// The same of any round.
    pub fn send_for(&mut self, key: &ObligationKey, delivery: u32, op: Op, number: &str) {
        let batch = self.begin_for(key, delivery, op, number);
        self.say(Event::BatchLeft {
            batch,
            place: None,
            copy: 1,
            person: None,
        });
    }

    fn begin_for(&mut self, key: &ObligationKey, delivery: u32, op: Op, number: &str) -> BatchId {
        self.say(Event::DeliveryQueued {
            key: key.clone(),
            n: delivery,
            op,
            projection: crate::projection::digest_of(&[], &model::Items::default(), None),
            items: Vec::new(),
            about: None,
        });
        let counters = self.ledger.books.counters;
        let (batch, id) = (BatchId(counters.batch), AttemptId(counters.attempt));
        let attempt = NewAttempt {
            id,
            key: key.clone(),
            delivery,
            op,
            token: format!("t{}", id.0),
            parent: None,
        };
        let day = self.plan.day(self.now);
        self.say(Event::BatchPrepared {
            batch,
            dept: DeptId::new("psb"),
            channel: "frontend".to_owned(),
            day,
            seq: 1,
            number: number.to_owned(),
            parts: Vec::new(),
            digest: String::new(),
            attempts: vec![attempt],
        });
        self.say(Event::AttemptsMoved {
            attempts: vec![(id, key.case_no.clone())],
            to: model::AttemptState::HandedOver,
            cause: ledger::event::Cause::Turn,
        });
        batch
    }

    /// A batch of a feed came; the answer to it.
    pub fn take_in(&mut self, feed: &str, rows: Vec<Incoming>) -> port::Answer {
        self.take_in_with(feed, rows, Vec::new())
    }

    /// The same, with what should be known of it.
    pub fn take_in_with(&mut self, feed: &str, rows: Vec<Incoming>, warnings: Vec<Finding>) -> port::Answer {
        let (batch, mut ended) = self.read(feed, rows, warnings);
        loop {
            match ended {
                Ended::Answered(answer) => return answer,
                Ended::Underway => ended = self.desk(|desk| take::take(desk, batch)).unwrap(),
            }
        }
    }

    /// A batch of a feed was read to its end; what that came to.
    pub fn read(&mut self, feed: &str, rows: Vec<Incoming>, warnings: Vec<Finding>) -> (BatchId, Ended) {
        let batch = BatchId(self.ledger.books.counters.batch);
        self.say(Event::BatchBegun {
            batch,
            dept: DeptId::new("psb"),
            channel: "frontend".to_owned(),
            feed: feed.to_owned(),
            name: format!("{feed}.xml"),
            digest: batch.to_string(),
            number: None,
            answers: None,
            bytes: 1,
        });
        for (incoming, line) in rows.into_iter().zip(1..) {
            self.say(Event::Row {
                batch,
                line,
                incoming: Some(Box::new(incoming)),
                findings: Vec::new(),
            });
        }
        let whole = Reading::Whole {
            warnings,
            position: None,
        };
        let ended = self.desk(|desk| end::end(desk, batch, whole)).unwrap();
        (batch, ended)
    }

    /// The balance of the department: booked, unproved, refused, waiting.
    pub fn balance(&mut self) -> (u64, u64, u64, u64) {
        let balance = self.desk(crate::view::balance);
        assert_eq!(balance.unexplained, 0);
        let total = balance.total;
        (total.booked, total.unproved, total.refused, total.waiting)
    }
}

/// Books that forget everything with the process.
pub fn paper() -> Box<dyn Ledger> {
    Box::new(Paper::telling(&[]))
}

/// What the matter owes case `n`.
pub fn key(n: u64) -> ObligationKey {
    ObligationKey {
        case_no: CaseNo::new(format!("case-{n}")),
        matter: MatterId::new(MATTER),
        round: 1,
    }
}

/// The plan: one department, one channel.
pub fn plan(proof: Proof) -> Plan {
    plan_of(rules(), Dictionary::default(), vec![department(proof)])
}

/// The same department among others.
pub fn among(dictionary: Dictionary, change: impl FnOnce(&mut Department), others: Vec<Department>) -> Plan {
    let mut first = department(Proof::Receipt);
    change(&mut first);
    let departments = others.into_iter().chain([first]).collect();
    plan_of(rules(), dictionary, departments)
}

/// A department like the first one, that does this matter or none.
pub fn another(id: &str, matter: Option<&str>, gives: Vec<model::ItemNo>, agreed: Vec<model::ItemNo>) -> Department {
    let mut other = department(Proof::Receipt);
    other.id = DeptId::new(id);
    other.agreement.items = agreed;
    other.ladder.clear();
    match (matter, other.matters.first_mut()) {
        (Some(matter), Some(only)) => {
            only.id = MatterId::new(matter);
            only.gives = gives;
        }
        _ => other.matters.clear(),
    }
    other
}

/// Adds a manual channel with one form.
pub fn manual(department: &mut Department, layout: model::define::Layout) {
    let mut form = feed("form", FeedRole::Results);
    form.layout.clone_from(&layout.name);
    let rung = department.ladder.first().unwrap().clone();
    department.layouts.push(layout);
    department.ladder.push(Channel {
        name: "manual".to_owned(),
        mode: Mode::Manual,
        feeds: vec![form],
        ..rung
    });
}

fn rules() -> Rules {
    Rules {
        node: "n1".to_owned(),
        offset_minutes: 480,
        lease_ms: 1_000,
        review: (10, LimitUnit::WorkingDay),
        rekey: Rekey::default(),
        hours: 6,
        retry: Retry { first_ms: 1, max_ms: 1 },
        people: BTreeMap::new(),
        max_bytes_in: 1 << 20,
        max_rows_in: 1_000,
        whole_rows: 1_000,
    }
}

fn plan_of(rules: Rules, dictionary: Dictionary, departments: Vec<Department>) -> Plan {
    Plan::new(rules, Arc::new(dictionary), &[], departments).unwrap()
}

fn feed(name: &str, role: FeedRole) -> Feed {
    Feed {
        name: name.to_owned(),
        role,
        layout: String::new(),
        matter: Some(MatterId::new(MATTER)),
    }
}

fn department(proof: Proof) -> Department {
    let channel = Channel {
        name: "frontend".to_owned(),
        mode: Mode::Frontend,
        proof,
        ops: vec![Op::Submit, Op::Supplement, Op::Amend, Op::Withdraw],
        layouts: BTreeMap::new(),
        out: Schedule::OnRequest,
        in_: Schedule::OnRequest,
        feeds: vec![feed("results", FeedRole::Results), feed("acks", FeedRole::Receipts)],
        max_rows: 100,
        unconfirmed_after: Some(PATIENCE),
        on_batch_refused: OnBatchRefused::Person,
        on_row_error: OnRowError::AcceptRest,
    };
    let matter = Matter {
        id: MatterId::new(MATTER),
        title: Title::default(),
        applies: Vec::new(),
        needs: Vec::new(),
        needs_before_decision: Vec::new(),
        after: Vec::new(),
        gives: Vec::new(),
        limit: 3,
        limit_unit: LimitUnit::WorkingDay,
        basis: String::new(),
        promised: true,
        reports: false,
    };
    Department {
        id: DeptId::new("psb"),
        title: Title::default(),
        agreement: Agreement {
            id: String::new(),
            basis: String::new(),
            purpose: String::new(),
            expires: jiff::civil::date(2099, 12, 31),
            items: Vec::new(),
        },
        matters: vec![matter],
        layouts: Vec::new(),
        ladder: vec![channel],
        no_manual: None,
    }
}
