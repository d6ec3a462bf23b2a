//! A case with what the hub gave and what a licence gave, handed over to one department.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub(super) use crate::testing::Town;

use super::super::{Question, ask, judge};
use crate::desk::Stop;
use crate::testing::{among, another, key};
use crate::transition::absorb::{Source, merge_result};
use crate::transition::advance::advance;
use crate::transition::answer_review::{self, confirm};
use crate::view::{ChangeLine, HubReview};
use ledger::event::{Cause, NewAttempt, Person};
use ledger::reviews::Review;
use ledger::{CaseFile, Event};
use model::define::Department;
use model::item::{ItemDef, Mask};
use model::{
    AttemptId, AttemptState, BatchId, CaseNo, Code, DeptId, Dictionary, Incoming, ItemKind, ItemNo, MatterId,
    ObligationKey, Op, ReviewId, Standing, Value,
};

pub const CAPITAL: ItemNo = ItemNo(1);
pub const REG_NO: ItemNo = ItemNo(2);
pub const NAME: ItemNo = ItemNo(3);
pub const PHONE: ItemNo = ItemNo(4);
const NEVER: ItemNo = ItemNo(9);
pub const ASKER: &str = "张三";
pub const PERSON: &str = "张测";

fn dictionary() -> Dictionary {
    let item = |no: ItemNo, id: &str, mask| ItemDef {
        no,
        id: id.into(),
        zh: id.into(),
        en: id.into(),
        kind: ItemKind::Text,
        max_len: 60,
        repeating: false,
        mask,
        check: None,
        codes: None,
        open_end: false,
        shared: true,
    };
    Dictionary::new([
        item(CAPITAL, "reg_capital", None),
        item(REG_NO, "reg_no", None),
        item(NAME, "rep_name", Some(Mask::Name)),
        item(PHONE, "tel", Some(Mask::Phone)),
    ])
}

/// The hub gave capital, name and phone, `aic.licence` the number; capital, number and name went to `psb`.
pub fn town() -> Town {
    // Nothing opens by itself: the scene says what was opened.
    let closed = |dept: &mut Department| dept.matters.iter_mut().for_each(|m| m.needs = vec![NEVER]);
    let mut others = vec![
        another("hub", None, Vec::new(), vec![CAPITAL, REG_NO]),
        another("aic", Some("aic.licence"), vec![REG_NO], Vec::new()),
    ];
    others.iter_mut().for_each(closed);
    let mut town = Town::following(among(dictionary(), closed, others));
    town.say(Event::CaseOpened {
        case_no: case_no(),
        ent_class: "000001".into(),
    });
    for (item, text) in [(CAPITAL, "100.000000"), (NAME, PERSON), (PHONE, "13800005678")] {
        gives(&mut town, "hub", None, item, text);
    }
    let licence = licence();
    town.say(Event::ObligationOpened { key: licence.clone() });
    aic_gives(&mut town, REG_NO, "R-1");
    town.say(Event::StandingSet {
        key: licence,
        standing: Standing::Approved,
        reason: None,
        date: None,
        row: (BatchId(1), 1),
        digest: String::new(),
    });
    town.say(Event::ObligationOpened { key: key(1) });
    town.now += 1;
    send(&mut town, 1, Op::Submit);
    town
}

pub fn case_no() -> CaseNo {
    key(1).case_no
}

/// The `n`th hand-over to `psb` leaves.
pub fn send(town: &mut Town, n: u32, op: Op) {
    send_items(town, &key(1), n, op, vec![CAPITAL, REG_NO, NAME]);
}

fn send_items(town: &mut Town, key: &ObligationKey, n: u32, op: Op, items: Vec<ItemNo>) {
    town.say(Event::DeliveryQueued {
        key: key.clone(),
        n,
        op,
        projection: crate::projection::digest_of(&[], &model::Items::default(), None),
        items,
        about: None,
    });
    let counters = town.desk(|desk| desk.books().counters);
    let (batch, id) = (BatchId(counters.batch), AttemptId(counters.attempt));
    town.say(Event::BatchPrepared {
        batch,
        dept: key.matter.dept(),
        channel: "frontend".to_owned(),
        day: jiff::civil::date(1970, 1, 1),
        seq: n,
        number: format!("M_{n}"),
        parts: Vec::new(),
        digest: String::new(),
        attempts: vec![NewAttempt {
            id,
            key: key.clone(),
            delivery: n,
            op,
            token: format!("t{}", id.0),
            parent: None,
        }],
    });
    town.say(Event::AttemptsMoved {
        attempts: vec![(id, case_no())],
        to: AttemptState::HandedOver,
        cause: Cause::Turn,
    });
}

/// A batch of one row begins to arrive.
fn arrives(town: &mut Town, dept: &str, incoming: Incoming) -> BatchId {
    let batch = BatchId(town.desk(|desk| desk.books().counters.batch));
    town.say(Event::BatchBegun {
        batch,
        dept: DeptId::new(dept),
        channel: "link".to_owned(),
        feed: "x".to_owned(),
        name: "x".to_owned(),
        digest: batch.to_string(),
        number: None,
        answers: None,
        bytes: 1,
    });
    town.say(Event::Row {
        batch,
        line: 1,
        incoming: Some(Box::new(incoming)),
        findings: Vec::new(),
    });
    batch
}

/// What the hub gives that a matter of the flow gives too is its proposal.
fn gives(town: &mut Town, dept: &str, matter: Option<&str>, item: ItemNo, text: &str) {
    town.now += 1;
    let incoming = Incoming {
        case_no: Some(case_no()),
        items: [(item, Value::text(text))].into_iter().collect(),
        ..Incoming::default()
    };
    let batch = arrives(town, dept, incoming);
    let proposals = if item == REG_NO && matter.is_none() {
        vec![item]
    } else {
        Vec::new()
    };
    town.say(Event::Merged {
        case_no: case_no(),
        source: DeptId::new(dept),
        matter: matter.map(MatterId::new),
        row: (batch, 1),
        take: vec![item],
        proposals,
        claims: Vec::new(),
    });
    town.say(Event::BatchEnded {
        batch,
        accepted: true,
        findings: Vec::new(),
        rows: Vec::new(),
        position: None,
    });
    town.desk(|desk| advance(desk, &case_no())).unwrap();
}

pub fn hub_gives(town: &mut Town, item: ItemNo, text: &str) {
    gives(town, "hub", None, item, text);
}

pub fn aic_gives(town: &mut Town, item: ItemNo, text: &str) {
    gives(town, "aic", Some("aic.licence"), item, text);
}

fn person(name: &str) -> Person {
    Person {
        name: name.to_owned(),
        uid: 1,
    }
}

/// By a person of the asker.
pub fn question(asker: &str, items: &[ItemNo]) -> Question {
    Question {
        case_no: case_no(),
        items: items.to_vec(),
        asker: DeptId::new(asker),
        matter: None,
        reason: "与章程不符".to_owned(),
        row: None,
        person: Some(person(ASKER)),
    }
}

pub fn ask_it(town: &mut Town, question: &Question) -> Result<Vec<(ReviewId, bool)>, Code> {
    town.desk(|desk| {
        let judged = judge(desk, question).unwrap().map_err(|finding| finding.code)?;
        Ok(ask(desk, question, judged).unwrap())
    })
}

pub fn ask_as(town: &mut Town, asker: &str, items: &[ItemNo]) -> Result<Vec<(ReviewId, bool)>, Code> {
    ask_it(town, &question(asker, items))
}

pub fn code(stop: Stop) -> Code {
    match stop {
        Stop::No(finding) => finding.code,
        Stop::Ledger(error) => panic!("{error}"),
    }
}

pub fn say_it_stands(town: &mut Town, id: ReviewId, name: &str, reason: &str) -> Result<(), Code> {
    let source = answer_review::Source::Person(person(name));
    town.desk(|desk| confirm(desk, id, reason.to_owned(), source))
        .map_err(code)
}

fn file(town: &mut Town) -> CaseFile {
    town.desk(|desk| desk.books().case(&case_no()).cloned()).unwrap()
}

pub fn reviews(town: &mut Town) -> Vec<Review> {
    file(town).reviews
}

pub fn source(town: &mut Town, id: ReviewId) -> String {
    let file = file(town);
    let source = file.review(id).unwrap().asked.source.clone();
    source.map_or_else(|| "hub".to_owned(), |m| m.to_string())
}

/// Items with an open review.
pub fn open(town: &mut Town) -> Vec<ItemNo> {
    file(town).open_reviews().map(|r| r.asked.item).collect()
}

pub fn version(town: &mut Town, item: ItemNo) -> u32 {
    file(town).case.items[&item].version
}

/// Whether an item has the value still that a version of it had.
pub fn still(town: &mut Town, item: ItemNo, version: u32) -> bool {
    file(town).case.holds_still(item, version)
}

/// The case without its reviews and its story: what a review must not touch.
pub fn bare(town: &mut Town) -> CaseFile {
    CaseFile {
        at: ledger::Pos::default(),
        reviews: Vec::new(),
        story: Vec::new(),
        brief: None,
        ..file(town)
    }
}

/// Where the first hand-over is.
pub fn attempt(town: &mut Town) -> AttemptState {
    file(town).obligation(&key(1).matter, 1).unwrap().deliveries[0].attempts[0].state
}

pub fn as_review(line: &ChangeLine) -> Option<&HubReview> {
    match line {
        ChangeLine::Review(review) => Some(review),
        ChangeLine::Result(_) => None,
    }
}

/// The hub proposed the number that `aic.licence` gives, and it was handed over for that.
pub fn proposed() -> Town {
    let closed = |dept: &mut Department| dept.matters.iter_mut().for_each(|m| m.needs = vec![NEVER]);
    let mut others = vec![
        another("hub", None, Vec::new(), vec![REG_NO]),
        another("aic", Some("aic.licence"), vec![REG_NO], Vec::new()),
    ];
    others.iter_mut().for_each(closed);
    let mut town = Town::following(among(dictionary(), closed, others));
    town.say(Event::CaseOpened {
        case_no: case_no(),
        ent_class: "000001".into(),
    });
    hub_gives(&mut town, REG_NO, "R-1");
    let key = licence();
    town.say(Event::ObligationOpened { key: key.clone() });
    town.now += 1;
    send_items(&mut town, &key, 1, Op::Submit, vec![REG_NO]);
    town
}

fn licence() -> ObligationKey {
    ObligationKey {
        case_no: case_no(),
        matter: MatterId::new("aic.licence"),
        round: 1,
    }
}

/// `aic` decides, and names the number.
pub fn aic_decides(town: &mut Town, text: &str) {
    town.now += 1;
    let incoming = Incoming {
        case_no: Some(case_no()),
        items: [(REG_NO, Value::text(text))].into_iter().collect(),
        ..Incoming::default()
    };
    let batch = arrives(town, "aic", incoming.clone());
    town.desk(|desk| {
        let channel = desk.plan.depts[&DeptId::new("psb")].ladder[0].clone();
        let source = Source {
            dept: &DeptId::new("aic"),
            channel: &channel,
            feed: &channel.feeds[0],
            batch,
        };
        merge_result(desk, &source, 1, &licence(), &incoming).unwrap();
        advance(desk, &case_no()).unwrap();
    });
}

/// `psb` refuses the first hand-over in its own words.
pub fn refuse(town: &mut Town, reason: &str) {
    let id = file(town).obligation(&key(1).matter, 1).unwrap().deliveries[0].attempts[0].id;
    town.say(Event::AttemptsMoved {
        attempts: vec![(id, case_no())],
        to: AttemptState::Refused,
        cause: Cause::Answer {
            code: Some("2001".to_owned()),
            reason: Some(reason.to_owned()),
            receipt_no: None,
        },
    });
}
