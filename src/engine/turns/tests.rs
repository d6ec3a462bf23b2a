#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::testing::plan;
use async_trait::async_trait;
use model::Proof;
use model::calendar::Calendar;
use port::{
    Abilities, Answer, Ask, Claim, Encoded, Fault, Numbers, Offer, Outcome, Outgoing, Parts, Prepared, Starts,
    Unencoded,
};
use seams::{Spawn as _, TokioSpawn, UnixMs};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{Notify, mpsc, oneshot};

/// Time that stands still while anybody works, and then goes to the end of the next wait.
#[derive(Default)]
struct Steps {
    now: Mutex<Duration>,
    waits: Mutex<Vec<(Duration, oneshot::Sender<()>)>>,
}

impl Steps {
    /// Ends the next wait.
    fn step(&self) {
        let mut waits = self.waits.lock().unwrap();
        waits.retain(|(_, end)| !end.is_closed());
        waits.sort_by_key(|(at, _)| *at);
        if !waits.is_empty() {
            let (at, end) = waits.remove(0);
            *self.now.lock().unwrap() = at;
            let _ = end.send(());
        }
    }
}

#[async_trait]
impl Clock for Steps {
    fn now(&self) -> UnixMs {
        UnixMs(0).plus(self.mono())
    }
    fn mono(&self) -> Duration {
        *self.now.lock().unwrap()
    }
    async fn sleep(&self, d: Duration) {
        let (end, ended) = oneshot::channel();
        let at = self.mono() + d;
        self.waits.lock().unwrap().push((at, end));
        let _ = ended.await;
    }
}

/// What an adapter hints.
#[derive(Clone, Copy)]
enum Hints {
    Never,
    /// At these seconds.
    At(&'static [u64]),
    /// At once, whenever it is asked.
    Always,
}

struct Ear {
    hints: Hints,
    heard: Notify,
    asked: AtomicUsize,
}

#[async_trait]
impl Adapter for Ear {
    async fn hint(&self) {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if !matches!(self.hints, Hints::Always) {
            self.heard.notified().await;
        }
    }
    fn abilities(&self) -> Abilities {
        Abilities {
            starts: Starts::Node,
            collects: true,
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
    fn encode(&self, _: &Outgoing, _: &Numbers) -> Result<Encoded, Unencoded> {
        Err(Unencoded::Misfits(Vec::new()))
    }
    async fn deliver(&self, _: &Prepared) -> Result<Vec<Outcome>, Fault> {
        Ok(Vec::new())
    }
}

/// When turns were taken within a minute, milliseconds, and how often the adapter was asked for hints.
async fn minute(when: Schedule, way: Way, hints: Hints) -> (Vec<u128>, usize) {
    let clock = Arc::new(Steps::default());
    let spawn = Arc::new(TokioSpawn::new(tokio::runtime::Handle::current()));
    let ear = Arc::new(Ear {
        hints,
        heard: Notify::new(),
        asked: AtomicUsize::new(0),
    });
    let plan = Arc::new(plan(Proof::Receipt));
    let dept = plan.depts.keys().next().unwrap().clone();
    let (sender, mut inbox) = mpsc::channel(100);
    let shared = Arc::new(Shared {
        plan,
        calendar: Arc::new(Calendar::new()),
        inbox: sender,
        adapters: [((dept.clone(), "frontend".to_owned()), ear.clone() as Arc<dyn Adapter>)].into(),
        clock: clock.clone(),
        spawn: spawn.clone(),
        mirror: None,
        progress: Arc::default(),
    });
    spawn.spawn("turns", Box::pin(turns(shared, dept, "frontend".to_owned(), when, way)));
    if let Hints::At(seconds) = hints {
        for second in seconds {
            let (clock, ear) = (clock.clone(), ear.clone());
            let at = Duration::from_secs(*second);
            let hint = async move {
                clock.sleep(at).await;
                ear.heard.notify_one();
            };
            spawn.spawn("hint", Box::pin(hint));
        }
    }
    let mut taken = Vec::new();
    while clock.mono() < Duration::from_secs(60) {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        while let Ok(command) = inbox.try_recv() {
            assert!(matches!(command, Command::Turn(_, _, turn) if turn == way));
            taken.push(clock.mono().as_millis());
        }
        clock.step();
    }
    (taken, ear.asked.load(Ordering::Relaxed))
}

#[tokio::test]
async fn a_hint_shortens_a_pause_and_the_next_pause_is_whole() {
    let every = Schedule::Every(20_000);
    let cases: &[(Hints, &[u128])] = &[
        (Hints::Never, &[20_000, 40_000]),
        (Hints::At(&[5]), &[5_050, 25_050, 45_050]),
        // One more while its turn is about to be taken is looked after once more.
        (Hints::At(&[5, 5]), &[5_050, 6_100, 26_100, 46_100]),
        // One that comes while nobody listens is kept, and one shortly before the time does not put it off.
        (Hints::At(&[0, 21]), &[1_050, 21_050, 41_050]),
        (Hints::At(&[20]), &[20_000, 21_050, 41_050]),
    ];
    for (hints, expected) in cases {
        assert_eq!(minute(every.clone(), Way::In, *hints).await.0, *expected);
    }
}

#[tokio::test]
async fn hints_without_end_are_heard_at_a_bounded_rate() {
    let (taken, asked) = minute(Schedule::Every(20_000), Way::In, Hints::Always).await;
    let gaps: Vec<u128> = taken.windows(2).map(|two| two[1] - two[0]).collect();
    assert!(gaps.iter().all(|gap| *gap == 1_050), "{gaps:?}");
    assert!(asked <= 60, "{asked}");
    // A channel that looks more often than that is left as it is.
    let (taken, _) = minute(Schedule::Every(500), Way::In, Hints::Always).await;
    assert_eq!(taken[..3], [500, 1_000, 1_500]);
}

/// A time of day is kept, and what goes out waits for nothing that comes in.
#[tokio::test]
async fn only_a_pause_before_a_look_is_shortened() {
    let cron = Schedule::Cron {
        fields: "* * * * *".to_owned(),
        workdays_only: false,
    };
    assert_eq!(minute(cron, Way::In, Hints::Always).await, (vec![], 0));
    let out = minute(Schedule::Every(20_000), Way::Out, Hints::Always).await;
    assert_eq!(out, (vec![20_000, 40_000], 0));
}
