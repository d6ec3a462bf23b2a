//! The loop: take what waits, decide, make it durable as one group, answer and act.

use crate::action::{Action, Mirror};
use crate::board::Board;
use crate::command::{Command, Fetched, Tell, Way};
use crate::desk::{Desk, Done, Stop};
use crate::doubt::Origin;
use crate::fetch::{anchor, fetch, leave};
use crate::halt::Later;
use crate::handle::Handle;
use crate::plan::Plan;
use crate::progress::Progress;
use crate::runtime::{ChannelKey, Runtime};
use crate::time::Time;
use crate::transition::{
    begin, cancel, close_day, end, enter_form, erase, expire, key_form, lapse, outcome, rows, take, trust,
};
use crate::{answer, broken, turns};
use ledger::{Event, Lapsing, Ledger, LedgerError};
use model::calendar::Calendar;
use model::{BatchId, Code, DeptId, Finding};
use port::Adapter;
use seams::{Clock, Rng, Spawn, point};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Commands that wait at most; who has more to say waits for room.
const INBOX: usize = 1024;
/// Commands decided in one group, at most.
const GROUP: usize = 256;

/// What an engine is made of.
pub struct Parts {
    /// The configuration.
    pub plan: Arc<Plan>,
    /// Working days.
    pub calendar: Arc<Calendar>,
    /// The ledger.
    pub ledger: Box<dyn Ledger>,
    /// Adapters by department and channel.
    pub adapters: HashMap<ChannelKey, Arc<dyn Adapter>>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub rng: Arc<dyn Rng>,
    /// Tasks.
    pub spawn: Arc<dyn Spawn>,
    /// How often time is looked at.
    pub tick: Duration,
    /// Who keeps copies of audit entries elsewhere.
    pub mirror: Option<Arc<dyn Mirror>>,
    /// Take turns by schedule; a verb that borrows the ledger does not.
    pub scheduled: bool,
    /// Program version, for the journal.
    pub version: String,
}

/// What tasks share with the loop.
pub struct Shared {
    pub(crate) plan: Arc<Plan>,
    pub(crate) calendar: Arc<Calendar>,
    pub(crate) inbox: mpsc::Sender<Command>,
    pub(crate) adapters: HashMap<ChannelKey, Arc<dyn Adapter>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) spawn: Arc<dyn Spawn>,
    pub(crate) mirror: Option<Arc<dyn Mirror>>,
    pub(crate) progress: Arc<Progress>,
}

impl Shared {
    /// The adapter of a channel.
    pub fn adapter(&self, dept: &DeptId, channel: &str) -> Option<Arc<dyn Adapter>> {
        self.adapters.get(&(dept.clone(), channel.to_owned())).cloned()
    }
}

/// The loop and what it owns.
pub struct Engine {
    pub(crate) shared: Arc<Shared>,
    pub(crate) ledger: Box<dyn Ledger>,
    rng: Arc<dyn Rng>,
    inbox: mpsc::Receiver<Command>,
    pub(crate) runtime: Runtime,
    board: Board,
    time: Time,
    pub(crate) actions: Vec<Action>,
    pub(crate) scheduled: bool,
    /// The program's version, until the journal has it.
    pub(crate) start: Option<String>,
    pub(crate) origin: Origin,
    stop: Option<oneshot::Sender<()>>,
}

/// Starts an engine: recovers, then takes commands. `failed` is told when the ledger fails; the process must end then.
pub fn start(parts: Parts) -> Result<(Handle, oneshot::Receiver<LedgerError>), LedgerError> {
    start_from(parts, Origin::default())
}

/// The same over a ledger of which something is known.
pub fn start_from(parts: Parts, origin: Origin) -> Result<(Handle, oneshot::Receiver<LedgerError>), LedgerError> {
    let (sender, inbox) = mpsc::channel(INBOX);
    let shared = Arc::new(Shared {
        plan: parts.plan,
        calendar: parts.calendar,
        inbox: sender,
        adapters: parts.adapters,
        clock: parts.clock,
        spawn: parts.spawn,
        mirror: parts.mirror,
        progress: Arc::default(),
    });
    let mut engine = Engine {
        shared: shared.clone(),
        ledger: parts.ledger,
        rng: parts.rng,
        inbox,
        runtime: Runtime::default(),
        board: Board::default(),
        time: Time::default(),
        actions: Vec::new(),
        scheduled: parts.scheduled,
        start: Some(parts.version),
        origin,
        stop: None,
    };
    match engine.recover() {
        Err(LedgerError::Full(detail)) => drop(engine.halt(detail)),
        recovered => recovered?,
    }
    let (failed, failure) = oneshot::channel();
    shared.spawn.spawn_apart(
        "engine",
        Box::pin(async move {
            if let Err(error) = engine.run().await {
                tracing::error!(%error, "the ledger failed; the node stops");
                let _ = failed.send(error);
            }
        }),
    );
    if parts.scheduled {
        turns::start(&shared, parts.tick);
    }
    Ok((Handle::new(shared), failure))
}

impl Engine {
    /// The engine's time; a jump of the civil clock is said aloud.
    pub(crate) fn now(&mut self) -> i64 {
        let (wall, mono) = (self.shared.clock.now().0, self.shared.clock.mono());
        let last = self.ledger.books().last_time;
        let (now, jump) = self.time.now(wall, mono, last);
        if let Some(ms) = jump {
            tracing::warn!(ms, wall, now, "the civil clock has jumped");
        }
        now
    }

    async fn run(&mut self) -> Result<(), LedgerError> {
        while let Some(first) = self.inbox.recv().await {
            let mut laters: Vec<Later> = Vec::new();
            let flights = self.runtime.flights.clone();
            let lapses = self.runtime.lapse.under_way;
            let no = match self.group(first, &mut laters) {
                Ok(()) => None,
                Err(LedgerError::Full(detail)) => {
                    // What was to be done for a reason that never was.
                    self.actions.clear();
                    self.runtime.flights.retain(|flight| flights.contains(flight));
                    self.runtime.lapse.under_way &= lapses;
                    Some(self.halt(detail))
                }
                Err(error) => return Err(error),
            };
            point::passed("engine.decided");
            let durable = self.ledger.books().last.group;
            let again: Vec<Command> = laters
                .into_iter()
                .filter_map(|later| later.say(no.as_ref(), durable))
                .collect();
            for question in again {
                self.ask_again(question)?;
            }
            point::passed("engine.told");
            for action in std::mem::take(&mut self.actions) {
                broken::perform(&self.shared, action);
            }
            point::passed("engine.set-going");
            if let Some(stop) = self.stop.take() {
                if self.runtime.halted.is_none() {
                    self.ledger.checkpoint()?;
                }
                point::passed("engine.stopped");
                let _ = stop.send(());
                return Ok(());
            }
            // Other tasks must have their turn even where commands never end.
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// One group: what waits is decided and made durable.
    fn group(&mut self, first: Command, laters: &mut Vec<Later>) -> Result<(), LedgerError> {
        self.take(first, laters)?;
        for _ in 1..GROUP {
            if self.ledger.is_full() {
                break;
            }
            match self.inbox.try_recv() {
                Ok(next) => self.take(next, laters)?,
                Err(_) => break,
            }
        }
        self.turns_at_once()?;
        self.ledger.commit()
    }

    /// Lets a transition decide. A refusal is an answer; a ledger failure ends the loop.
    pub(crate) fn decide<T>(
        &mut self,
        transition: impl FnOnce(&mut Desk<'_>) -> Done<T>,
    ) -> Result<Result<T, Finding>, LedgerError> {
        let now = self.now();
        let plan = self.shared.plan.clone();
        let mut desk = Desk {
            plan: &plan,
            ledger: &mut *self.ledger,
            now,
            actions: &mut self.actions,
        };
        match transition(&mut desk) {
            Ok(value) => Ok(Ok(value)),
            Err(Stop::No(finding)) => Ok(Err(*finding)),
            // What cannot be read is one question's trouble; what cannot be written is everybody's.
            Err(Stop::Ledger(LedgerError::Read(detail))) => Ok(Err(Finding::new(Code::LRead).with("detail", detail))),
            Err(Stop::Ledger(error)) => Err(error),
        }
    }

    /// The same with the queue as it is now. Where it is not laid out whole, more of it follows.
    fn decide_on_board<T>(
        &mut self,
        transition: impl FnOnce(&Board, &mut Desk<'_>, &Calendar) -> Done<T>,
    ) -> Result<Result<T, Finding>, LedgerError> {
        let (mut board, calendar) = (std::mem::take(&mut self.board), self.shared.calendar.clone());
        let mut more = false;
        let decided = self.decide(|desk| {
            more = board.refresh(desk, &calendar);
            transition(&board, desk, &calendar)
        });
        self.board = board;
        if more && !std::mem::replace(&mut self.runtime.laying_out, true) {
            self.actions.push(Action::LayOut);
        }
        decided
    }

    fn answer<T: Send + 'static>(
        &mut self,
        laters: &mut Vec<Later>,
        tell: Tell<T>,
        transition: impl FnOnce(&mut Desk<'_>) -> Done<T>,
    ) -> Result<(), LedgerError> {
        let decided = self.decide(transition);
        self.say_later(laters, decided, |group, answer| Later::answer(group, tell, answer))
    }

    /// What was decided is said once it is durable; a ledger without room is a reason not to.
    fn say_later<T>(
        &mut self,
        laters: &mut Vec<Later>,
        decided: Result<Result<T, Finding>, LedgerError>,
        later: impl FnOnce(u64, Result<T, Finding>) -> Later,
    ) -> Result<(), LedgerError> {
        match decided {
            Ok(answer) => laters.push(later(self.ledger.books().last.group, answer)),
            Err(LedgerError::Full(detail)) => {
                laters.push(later(u64::MAX, Err(Finding::new(Code::LFull))));
                return Err(LedgerError::Full(detail));
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    pub(crate) fn take(&mut self, command: Command, laters: &mut Vec<Later>) -> Result<(), LedgerError> {
        let Some(command) = self.admit(command)? else {
            return Ok(());
        };
        match command {
            Command::Begin(arrival, tell) => self.answer(laters, tell, |desk| begin::begin(desk, arrival)),
            Command::Rows(batch, rows, tell) => self.answer(laters, tell, |desk| rows::rows(desk, batch, rows)),
            Command::End(batch, reading, tell) => self.answer(laters, tell, |desk| end::end(desk, batch, reading)),
            Command::Take(batch, tell) => self.answer(laters, tell, |desk| take::take(desk, batch)),
            Command::Abandon(batch, tell) => self.answer(laters, tell, |desk| {
                desk.say(Event::BatchAbandoned { batch })?;
                Ok(())
            }),
            Command::Advance(dept, channel, position, tell) => self.answer(laters, tell, |desk| {
                if desk.books().channel(&dept, &channel).position.as_ref() != Some(&position) {
                    desk.say(Event::PositionMoved {
                        dept,
                        channel,
                        position,
                    })?;
                }
                Ok(())
            }),
            Command::Position(dept, channel, tell) => {
                self.answer(laters, tell, |desk| Ok(desk.books().channel(&dept, &channel).position))
            }
            Command::Finished(before, after, tell) => {
                self.answer(laters, tell, |desk| erase::finished(desk, before, &after))
            }
            Command::Scope(cases, tell) => self.answer(laters, tell, |desk| erase::scope(desk, cases)),
            Command::Erase(found, order, tell) => self.answer(laters, tell, |desk| erase::erase(desk, found, &order)),
            Command::Evidence(tell) => self.answer(laters, tell, |desk| {
                let done = desk.books().lapsed(Lapsing::Evidence).map_or(0, |l| l.lapse.through);
                Ok((desk.books().past(), done))
            }),
            Command::Past(tell) => self.answer(laters, tell, |desk| {
                let last = desk.books().last.group;
                Ok((desk.books().past(), last))
            }),
            Command::Forget(places, kept, tell) => {
                self.answer(laters, tell, |desk| lapse::evidence(desk, &places, kept))
            }
            Command::Lapsed(result) => {
                self.lapsed(result);
                Ok(())
            }
            Command::Anchor(batch, tell) => self.answer(laters, tell, |desk| anchor(desk, batch)),
            Command::Lying(seen, tell) => self.answer(laters, tell, |desk| Ok(crate::view::lying(desk, seen))),
            Command::Extensions(tell) => self.answer(laters, tell, |desk| Ok(desk.extensions())),
            Command::Fetch(batch, tell) => self.answer(laters, tell, |desk| fetch(desk, batch)),
            Command::Delivered {
                batch,
                result,
                place,
                person,
                tell,
            } => {
                self.delivered(batch, result.as_ref().err())?;
                let place = place.map(|p| p.display().to_string());
                let answer = match result {
                    Ok(outcomes) => self.decide(|desk| outcome::delivered(desk, batch, outcomes, place, person))?,
                    Err(fault) => Err(fault.finding),
                };
                if let Some(tell) = tell {
                    laters.push(Later::answer(self.ledger.books().last.group, tell, answer));
                }
                Ok(())
            }
            Command::Queried(batch, result) => match result {
                Ok(said) => self.decide(|desk| outcome::queried(desk, batch, said)).map(drop),
                Err(fault) => {
                    tracing::debug!(%batch, %fault, "nobody can say yet");
                    Ok(())
                }
            },
            Command::Collected(dept, channel, result) => {
                self.note((dept, channel), Way::In, result.as_ref().err());
                Ok(())
            }
            Command::Well(dept, channel) => {
                self.runtime.well(&(dept, channel));
                Ok(())
            }
            Command::Turn(dept, channel, Way::In) => {
                let key = (dept.clone(), channel.clone());
                let now = self.now();
                if self.runtime.may(&key, Way::In, now) {
                    self.runtime.flights.insert((key, Way::In));
                    self.actions.push(Action::Collect {
                        dept,
                        channel,
                        place: None,
                    });
                }
                Ok(())
            }
            Command::Turn(dept, channel, Way::Out) => self.turn_out(&(dept, channel)),
            Command::Export {
                dept,
                starts,
                again,
                tell,
            } => {
                let shared = self.shared.clone();
                self.answer(laters, tell, |desk| {
                    answer::export(desk, &shared, &dept, starts, again.as_deref())
                })
            }
            Command::ExportNext {
                dept,
                starts,
                until,
                tell,
            } => {
                let shared = self.shared.clone();
                self.answer(laters, tell, |desk| {
                    answer::export_next(desk, &shared, &dept, starts, until)
                })
            }
            Command::Leave { batch, tell } => self.alone(batch, leave, tell, laters),
            Command::Cancel { disk, tell } => match self.decide(|desk| answer::disk(desk, &disk))? {
                Ok(batch) => self.alone(batch, cancel::may, tell, laters),
                Err(no) => self.answer(laters, tell, |_| Err(no.into())),
            },
            Command::Cancelled {
                batch,
                result,
                person,
                reason,
                tell,
            } => {
                self.delivered(batch, result.as_ref().err())?;
                self.answer(laters, tell, |desk| {
                    cancel::recalled(desk, batch, result, person, reason)
                })
            }
            Command::Trust {
                dept,
                channel,
                fingerprint,
                person,
                tell,
            } => {
                let key = (dept, channel);
                let adapter = self.shared.adapters.get(&key).cloned();
                let pinned = adapter.as_ref().and_then(|a| a.pinned());
                let answer = self.decide(|desk| trust::trust(desk, &key.0, &key.1, &fingerprint, pinned, person))?;
                if answer.is_ok() {
                    self.runtime.ended(&key, Code::CHostKey);
                }
                // Not before it is durable; and before anybody acts on it.
                let group = self.ledger.books().last.group;
                laters.push(Later::new(group, move |no| {
                    let answer = no.map_or(answer, |no| Err(no.clone()));
                    if let (Ok(()), Some(adapter)) = (&answer, adapter) {
                        adapter.trust(&fingerprint);
                    }
                    drop(tell.send(answer));
                    None
                }));
                Ok(())
            }
            Command::Trusted(tell) => {
                let shared = self.shared.clone();
                self.answer(laters, tell, |desk| Ok(crate::view::trusted(desk, &shared)))
            }
            Command::Snapshot(person, tell) => self.answer(laters, tell, |desk| {
                answer::audit(desk, person, "ledger backup", "journal", "begun")?;
                Ok(desk.ledger.snapshot()?)
            }),
            Command::KeyForm(mut entry, tell) => {
                entry.draw = u32::try_from(self.rng.next_u64() % 10_000).unwrap_or_default();
                self.answer(laters, tell, |desk| key_form::key(desk, *entry))
            }
            Command::Entries(task, said, tell) => {
                self.answer(laters, tell, |desk| enter_form::entries(desk, task, said))
            }
            Command::Entered(entries, result, tell) => {
                self.answer(laters, tell, |desk| enter_form::entered(desk, &entries, result))
            }
            Command::LayOut => {
                self.runtime.laying_out = false;
                self.decide_on_board(|_, _, _| Ok(())).map(drop)
            }
            Command::Ask(request, caller, tell) if request.is_of_board() => {
                let answer = self
                    .decide_on_board(|board, desk, calendar| answer::board(board, desk, calendar, &request, &caller));
                self.say_later(laters, answer, |group, answer| Later::answer(group, tell, answer))
            }
            Command::Ask(request, caller, tell) => {
                let (shared, runtime) = (self.shared.clone(), std::mem::take(&mut self.runtime));
                let again = (!request.changes()).then(|| (request.clone(), caller.clone()));
                let decided = self.decide(|desk| answer::answer(desk, &shared, &runtime, *request, &caller));
                self.runtime = runtime;
                self.say_later(laters, decided, |group, answer| {
                    Later::question(group, again, tell, answer)
                })
            }
            Command::Tick => self.tick(),
            Command::Stop(tell) => {
                self.stop = Some(tell);
                Ok(())
            }
        }
    }

    /// A batch is fetched for a caller who does with it what is otherwise done in its channel's turn: not while one is under
    /// way.
    fn alone(
        &mut self,
        batch: BatchId,
        fetched: impl FnOnce(&mut Desk<'_>, BatchId) -> Done<Fetched>,
        tell: Tell<Fetched>,
        laters: &mut Vec<Later>,
    ) -> Result<(), LedgerError> {
        let key = self
            .ledger
            .books()
            .out_batch(batch)
            .map(|b| (b.dept.clone(), b.channel.clone()));
        let flight = key.map(|key| (key, Way::Out));
        if flight
            .as_ref()
            .is_some_and(|flight| self.runtime.flights.contains(flight))
        {
            return self.answer(laters, tell, |_| {
                crate::desk::no(Code::VState, "detail", "正在发送 a hand-over is under way")
            });
        }
        let fetched = self.decide(|desk| fetched(desk, batch))?;
        if fetched.is_ok() {
            self.runtime.flights.extend(flight);
        }
        laters.push(Later::answer(self.ledger.books().last.group, tell, fetched));
        Ok(())
    }

    pub(crate) fn note(&mut self, key: ChannelKey, way: Way, fault: Option<&port::Fault>) {
        if fault.is_some_and(|fault| fault.finding.code == Code::LFull) {
            // Ours, and nothing is wrong with the channel.
            self.runtime.flights.remove(&(key, way));
            return;
        }
        if let Some(fault) = fault {
            tracing::warn!(dept = %key.0, channel = key.1, %fault, "a channel is in trouble");
        }
        let (now, jitter) = (self.now(), self.rng.next_u64());
        self.runtime
            .note(key, way, now, self.shared.plan.rules.retry, jitter, fault);
    }

    fn delivered(&mut self, batch: BatchId, fault: Option<&port::Fault>) -> Result<(), LedgerError> {
        let key = self
            .ledger
            .books()
            .out_batch(batch)
            .map(|b| (b.dept.clone(), b.channel.clone()));
        if let Some(key) = key {
            self.note(key, Way::Out, fault);
        }
        Ok(())
    }

    fn tick(&mut self) -> Result<(), LedgerError> {
        let _ = self.decide(close_day::close_day)?;
        let _ = self.decide(expire::expire)?;
        self.enter_again()?;
        self.turn_of_lapse()?;
        self.ask_about_unknown()
    }
}
