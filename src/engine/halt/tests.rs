#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::Handle;
use crate::desk::Desk;
use crate::run::{Parts, start};
use crate::testing::{Never, Paper, Still, among};
use crate::view::Status;
use ledger::store::{Stats, StoryLine, Verified};
use ledger::{Books, Event, Ledger, Pos};
use model::calendar::Calendar;
use model::{CaseNo, Dictionary};
use seams::{Spawn, TokioSpawn};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A ledger on a disk that is full at will.
struct Narrow {
    paper: Paper,
    durable: usize,
    full: Arc<AtomicBool>,
    /// What is durable, for the test to look at.
    told: Arc<Mutex<Vec<Event>>>,
}

impl Ledger for Narrow {
    fn books(&mut self) -> &mut Books {
        self.paper.books()
    }
    fn stage(&mut self, now: i64, event: Event) -> Result<Pos, LedgerError> {
        self.paper.stage(now, event)
    }
    fn is_full(&self) -> bool {
        false
    }
    fn commit(&mut self) -> Result<(), LedgerError> {
        if self.paper.said.len() > self.durable && self.full.load(Ordering::SeqCst) {
            self.paper = Paper::telling(&self.paper.said[..self.durable]);
            return Err(LedgerError::Full("no space left".to_owned()));
        }
        self.durable = self.paper.said.len();
        *self.told.lock().unwrap() = self.paper.said.iter().map(|(_, event)| event.clone()).collect();
        Ok(())
    }
    fn has_room(&mut self) -> bool {
        !self.full.load(Ordering::SeqCst)
    }
    fn read(&mut self, pos: Pos) -> Result<Option<Event>, LedgerError> {
        self.paper.read(pos)
    }
    fn story(&mut self, case_no: &CaseNo) -> Result<Vec<StoryLine>, LedgerError> {
        self.paper.story(case_no)
    }
    fn checkpoint(&mut self) -> Result<(), LedgerError> {
        self.commit()
    }
    fn rebuild(&mut self) -> Result<(), LedgerError> {
        self.commit()
    }
    fn stats(&mut self) -> Result<Stats, LedgerError> {
        self.paper.stats()
    }
    fn erase(&mut self, now: i64, events: Vec<Event>, places: &[Pos]) -> Result<(), LedgerError> {
        self.paper.erase(now, events, places)
    }
    fn sign(&mut self, label: &str, bytes: &[u8]) -> Option<(String, String)> {
        self.paper.sign(label, bytes)
    }
    fn signed_head(&mut self, group: u64) -> Result<Option<String>, LedgerError> {
        self.paper.signed_head(group)
    }
    fn verify(&mut self) -> Result<Verified, LedgerError> {
        self.paper.verify()
    }
}

/// An engine on such a disk, with one case.
struct Scene {
    handle: Handle,
    full: Arc<AtomicBool>,
    told: Arc<Mutex<Vec<Event>>>,
}

fn scene(is_full: bool) -> Scene {
    let (full, told) = (Arc::new(AtomicBool::new(is_full)), Arc::default());
    let opened = Event::CaseOpened {
        case_no: CaseNo::new("C1"),
        ent_class: "1".into(),
    };
    let ledger = Narrow {
        paper: Paper::telling(&[(1, opened)]),
        durable: 1,
        full: full.clone(),
        told: Arc::clone(&told),
    };
    let mut plan = among(Dictionary::default(), |_| {}, Vec::new());
    plan.rules.people.insert("wang".to_owned(), 0);
    let spawn: Arc<dyn Spawn> = Arc::new(TokioSpawn::new(tokio::runtime::Handle::current()));
    let (handle, _) = start(Parts {
        plan: Arc::new(plan),
        calendar: Arc::new(Calendar::new()),
        ledger: Box::new(ledger),
        adapters: [].into(),
        clock: Arc::new(Still),
        rng: Arc::new(Never),
        spawn,
        tick: Duration::from_secs(1),
        mirror: None,
        scheduled: true,
        version: "test".to_owned(),
    })
    .unwrap();
    Scene { handle, full, told }
}

impl Scene {
    async fn ask(&self, request: Request) -> Result<Reply, Code> {
        let caller = Caller {
            name: Some("wang".to_owned()),
            uid: 0,
            inside: true,
        };
        self.handle.ask(request, caller).await.map_err(|no| no.code)
    }

    async fn reveal(&self) -> Result<Reply, Code> {
        let (case_no, reveal) = ("C1".to_owned(), Some("a call".to_owned()));
        self.ask(Request::Case { case_no, reveal }).await
    }

    async fn look(&self) -> Result<Reply, Code> {
        let (case_no, reveal) = ("C1".to_owned(), None);
        self.ask(Request::Case { case_no, reveal }).await
    }

    async fn halted(&self) -> Option<Code> {
        match self.ask(Request::Status).await.unwrap() {
            Reply::Status(Status { halted, .. }) => halted.map(|why| why.code),
            other => panic!("{other:?}"),
        }
    }

    async fn tick(&self) {
        self.handle.tell(Command::Tick).await;
    }

    fn audits(&self) -> usize {
        let told = self.told.lock().unwrap();
        told.iter().filter(|event| matches!(event, Event::Audit { .. })).count()
    }

    fn starts(&self) -> usize {
        let told = self.told.lock().unwrap();
        told.iter()
            .filter(|event| matches!(event, Event::NodeStarted { .. }))
            .count()
    }
}

/// Who sees a personal value stands in the journal, or he does not see it: not in the moment in which there is no room,
/// nor after it.
#[tokio::test]
async fn what_cannot_be_written_down_is_not_shown_and_not_done() {
    let scene = scene(false);
    assert!(scene.reveal().await.is_ok());
    assert_eq!(scene.audits(), 1);
    scene.full.store(true, Ordering::SeqCst);
    for _ in 0..2 {
        assert_eq!(scene.reveal().await.unwrap_err(), Code::LFull);
        assert_eq!(scene.halted().await, Some(Code::LFull));
    }
    assert!(scene.look().await.is_ok(), "what changes nothing is answered");
    assert_eq!(scene.audits(), 1, "no trace of what was not done");
    scene.tick().await;
    assert_eq!(scene.halted().await, Some(Code::LFull), "there is no room yet");
    scene.full.store(false, Ordering::SeqCst);
    scene.tick().await;
    assert_eq!(scene.halted().await, None);
    assert!(scene.reveal().await.is_ok());
    assert_eq!(scene.audits(), 2);
}

#[tokio::test]
async fn a_start_without_room_is_told_once_there_is_some() {
    let scene = scene(true);
    assert_eq!(scene.halted().await, Some(Code::LFull));
    assert!(scene.look().await.is_ok());
    assert_eq!(scene.reveal().await.unwrap_err(), Code::LFull);
    assert_eq!(scene.starts(), 0);
    scene.full.store(false, Ordering::SeqCst);
    scene.tick().await;
    scene.tick().await;
    assert_eq!(scene.halted().await, None);
    assert_eq!(scene.starts(), 1, "once");
}

/// Nobody must take the silence of a node for a no.
#[tokio::test]
async fn a_node_that_stopped_says_that_it_did() {
    let scene = scene(false);
    assert!(scene.look().await.is_ok());
    scene.handle.stop().await;
    assert_eq!(scene.look().await.unwrap_err(), Code::VStopping);
}

/// A question that stood beside what found no room is answered all the same, by what is.
#[tokio::test]
async fn a_question_in_the_same_group_is_answered() {
    let scene = scene(false);
    scene.full.store(true, Ordering::SeqCst);
    let (revealed, looked, status) = tokio::join!(scene.reveal(), scene.look(), scene.halted());
    assert_eq!(revealed.unwrap_err(), Code::LFull);
    assert!(looked.is_ok(), "{looked:?}");
    assert_eq!(status, Some(Code::LFull), "it is asked again, after the halt");
    assert_eq!(scene.audits(), 0);
}

/// In one group, what was durable in its midst is told; what rests on the rest is not.
#[test]
fn an_answer_is_told_where_its_reasons_are_durable() {
    let no = Finding::new(Code::LFull);
    let told = |group, no: Option<&Finding>, durable| {
        let (tell, mut told) = tokio::sync::oneshot::channel();
        assert!(Later::answer(group, tell, Ok(7)).say(no, durable).is_none());
        told.try_recv().unwrap().map_err(|no: Finding| no.code)
    };
    assert_eq!(told(5, None, 5), Ok(7));
    assert_eq!(told(5, Some(&no), 5), Ok(7));
    assert_eq!(told(6, Some(&no), 5), Err(Code::LFull));
}

/// A source that slept while its batch was abandoned brings no more rows of it.
#[tokio::test]
async fn rows_of_an_abandoned_batch_are_refused() {
    let mut paper = Paper::telling(&[]);
    let plan = among(Dictionary::default(), |_| {}, Vec::new());
    let mut desk = Desk {
        plan: &plan,
        ledger: &mut paper,
        now: 1,
        actions: &mut Vec::new(),
    };
    let refused = crate::transition::rows::rows(&mut desk, model::BatchId(3), Vec::new());
    assert!(matches!(refused, Err(crate::desk::Stop::No(no)) if no.code == Code::VNotFound));
}
