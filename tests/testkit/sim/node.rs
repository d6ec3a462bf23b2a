//! A node: its disk, its lives, and how the world speaks to it. Whatever runs for a life dies with it.

use crate::sim::disk::Disk;
use crate::sim::frontend::Frontend;
use crate::sim::gap::POLICE;
use crate::sim::hub::Hub;
use crate::sim::kept::{Found, Kept};
use crate::sim::link::Link;
use crate::sim::machine::Machine;
use crate::sim::manual::Manual;
use crate::sim::world::World;
use engine::verb::{Caller, Reply, Request};
use engine::{Handle, Parts, Plan, Rekey, Retry, Rules};
use journal::{NodeKey, Suite};
use ledger::LedgerError;
use ledger_local::{LocalLedger, Opened};
use model::calendar::Calendar;
use model::define::{Channel, Layout};
use model::schedule::Schedule;
use model::{DeptId, Finding, Mode};
use port::{Adapter, Answer};
use seams::{Rng, SeededRng, SimStorage, TokioSpawn};
use settings::{ChannelReader, ChannelSettings, OnDisk, Today};
use std::collections::HashMap;
use std::future::Future;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// What all seeds share: the configuration as the engine follows it.
#[derive(Clone)]
pub struct Setup {
    /// The plan, by machine: one configuration with two names.
    pub plans: [Arc<Plan>; 2],
    /// Working days.
    pub calendar: Arc<Calendar>,
}

/// Accepts whatever a channel's settings say: the simulation has its own adapters.
struct Lenient;

impl ChannelReader for Lenient {
    fn read(&self, _: Mode, table: toml::de::ValueDeserializer<'_>) -> Result<ChannelSettings, toml::de::Error> {
        let table: toml::Value = serde::Deserialize::deserialize(table)?;
        Ok(Box::new(table))
    }
    fn judge(&self, _: Mode, _: &(dyn std::any::Any + Send + Sync), _: &Channel, _: &[Layout]) -> Vec<Finding> {
        Vec::new()
    }
}

/// The platform and a department for each mode: what others would give, the platform gives.
const TOWN: [&str; 6] = ["aic", "hub", "ltax", "ntax", "park", "psb"];

/// Reads the shipped configuration. Only the pauses are made longer where a real one would make thousands of idle
/// turns a day, and shorter where it would wait for weeks.
///
/// # Errors
/// What is wrong with the configuration, as text.
pub fn setup(config: &Path) -> Result<Setup, String> {
    let date = engine::plan::civil(1_772_409_600_000, 480).date();
    let loaded = settings::load_from(&OnDisk::new(config), &Lenient, Today { date, offline: true });
    let Some(settings) = loaded.settings else {
        return Err(format!("{:?}", loaded.diagnostics));
    };
    let node = &settings.node;
    let rules = Rules {
        node: node.name.clone(),
        offset_minutes: node.offset_minutes,
        lease_ms: i64::try_from(node.lease).unwrap_or(i64::MAX),
        review: node.review,
        rekey: Rekey {
            later_ms: i64::try_from(node.rekey_later).unwrap_or(i64::MAX),
            share: node.rekey_share,
            raised: node.rekey_raised,
            above: node.rekey_above,
        },
        hours: node.hours,
        retry: Retry {
            first_ms: node.retry_first,
            max_ms: node.retry_max,
        },
        people: node.people.iter().cloned().collect(),
        max_bytes_in: node.batch_bytes,
        max_rows_in: node.batch_rows.into(),
        // So short that most batches are long.
        whole_rows: 3,
    };
    let in_town = |id: &DeptId| TOWN.contains(&id.as_str());
    let departments = settings.departments.iter().map(|(d, _)| d.clone());
    let mut departments: Vec<_> = departments.filter(|d| in_town(&d.id)).collect();
    for channel in departments.iter_mut().flat_map(|d| &mut d.ladder) {
        if let Schedule::Every(ms) = &mut channel.in_ {
            *ms = (*ms * 12).max(40 * 60_000);
        }
        channel.unconfirmed_after = channel.unconfirmed_after.map(|ms| ms.min(60 * 3_600_000));
    }
    // As an administrator counts on: two names that differ in a digit.
    let second = format!("{}2", node.name.get(..node.name.len() - 1).unwrap_or_default());
    let plan = |name: String| {
        let rules = Rules {
            node: name,
            ..rules.clone()
        };
        let dictionary = Arc::new(settings.dictionary.clone());
        let plan = Plan::new(rules, dictionary, &settings.codes, departments.clone());
        plan.map(Arc::new).map_err(|findings| format!("{findings:?}"))
    };
    let plans = [plan(node.name.clone())?, plan(second)?];
    let mut calendar = Calendar::new();
    for year in &settings.calendar {
        calendar
            .cover(year.year, year.days.iter().copied())
            .map_err(|d| d.to_string())?;
    }
    Ok(Setup {
        plans,
        calendar: Arc::new(calendar),
    })
}

struct Life {
    handle: Handle,
    spawn: Arc<TokioSpawn>,
}

/// The node.
pub struct Node {
    /// Where it lives.
    pub world: Arc<World>,
    /// On which machine.
    pub machine: Arc<Machine>,
    plan: Arc<Plan>,
    calendar: Arc<Calendar>,
    storage: Arc<SimStorage>,
    rng: Arc<SeededRng>,
    index: Mutex<Kept>,
    life: Mutex<Option<Life>>,
}

impl Node {
    /// A node with an empty disk, not running: the first, or the second of two.
    pub fn new(world: Arc<World>, setup: &Setup, seed: u64, number: usize, alone: bool) -> Arc<Self> {
        let plan = setup.plans[number].clone();
        let machine = Machine::new(world.clone(), number, plan.rules.node.clone(), alone);
        Arc::new(Self {
            world,
            machine,
            plan,
            calendar: setup.calendar.clone(),
            storage: Arc::new(SimStorage::new()),
            rng: Arc::new(SeededRng::new(seed ^ 0x5eed_0000_0000 ^ (number as u64) << 52)),
            index: Mutex::new(Kept::default()),
            life: Mutex::new(None),
        })
    }

    /// Its disk.
    pub fn storage(&self) -> &Arc<SimStorage> {
        &self.storage
    }

    fn life(&self) -> std::sync::MutexGuard<'_, Option<Life>> {
        self.life.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn adapters(&self) -> HashMap<(DeptId, String), Arc<dyn Adapter>> {
        let mut adapters: HashMap<(DeptId, String), Arc<dyn Adapter>> = HashMap::new();
        for (id, dept) in &self.plan.depts {
            for channel in &dept.ladder {
                let (machine, plan, channel) = (self.machine.clone(), self.plan.clone(), channel.clone());
                let name = channel.name.clone();
                let adapter: Arc<dyn Adapter> = match channel.mode {
                    Mode::Link if id.as_str() == "hub" => Arc::new(Hub { machine, plan, channel }),
                    Mode::Link => Arc::new(Link { machine, plan, channel }),
                    Mode::Frontend => Arc::new(Frontend {
                        machine,
                        plan,
                        dept: if id.as_str() == POLICE { POLICE } else { "ltax" },
                        channel,
                    }),
                    Mode::Disk => Arc::new(Disk { machine, plan, channel }),
                    Mode::Manual => Arc::new(Manual {
                        machine,
                        plan,
                        dept: id.to_string(),
                        channel,
                    }),
                };
                adapters.insert((id.clone(), name), adapter);
            }
        }
        adapters
    }

    fn key(&self) -> NodeKey {
        NodeKey::from_bytes([7 + u8::from(self.machine.number > 0); 32])
    }

    /// Opens the ledger over an index.
    ///
    /// # Errors
    /// As the ledger says.
    pub fn open(&self, index: Kept) -> Result<(LocalLedger, Opened), LedgerError> {
        LocalLedger::open(
            self.storage.clone(),
            Box::new(index),
            &self.key(),
            Suite::Sha256,
            self.rng.clone(),
            None,
        )
    }

    /// The index as a start finds it. Whoever wrote it before writes no more.
    pub fn index(&self, how: Found) -> Kept {
        let mut index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        *index = index.found(how, self.world.rng());
        index.clone()
    }

    /// Starts it. A failure leaves it down.
    ///
    /// # Errors
    /// As the ledger says.
    pub fn boot(&self, found: Found) -> Result<(), LedgerError> {
        let (ledger, opened) = self.open(self.index(found))?;
        let spawn = Arc::new(TokioSpawn::new(tokio::runtime::Handle::current()));
        let parts = Parts {
            plan: self.plan.clone(),
            calendar: self.calendar.clone(),
            ledger: Box::new(ledger),
            adapters: self.adapters(),
            clock: self.machine.clock.clone(),
            rng: self.rng.clone(),
            spawn: spawn.clone(),
            tick: Duration::from_secs(20 * 60),
            mirror: None,
            scheduled: true,
            version: "sim".to_owned(),
        };
        let (handle, failed) = engine::start(parts)?;
        let rebuilt = opened.rebuilt.unwrap_or_default();
        self.machine.say(format!(
            "the node is up, its index {found:?}, {} groups replayed {rebuilt}",
            opened.replayed
        ));
        let machine = self.machine.clone();
        tokio::spawn(async move {
            if let Ok(error) = failed.await {
                machine.say(format!("the ledger failed: {error}"));
                machine.die.notify_one();
            }
        });
        *self.life() = Some(Life { handle, spawn });
        Ok(())
    }

    /// It dies: every task of this life is cut off where it waits. What it knew and its index did not, it takes along.
    pub async fn kill(&self) {
        self.index.lock().unwrap_or_else(PoisonError::into_inner).close();
        self.end().await;
    }

    async fn end(&self) {
        let life = self.life().take();
        if let Some(life) = life {
            let cut = life.spawn.abort_all();
            drop(life);
            self.machine.say(format!("the node is dead, {cut} tasks cut off"));
        }
        // What was cut off is dropped at its next turn.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }

    /// It stops in good order.
    pub async fn stop(&self) {
        self.with(|handle| async move { handle.stop().await }).await;
        self.end().await;
    }

    /// The power goes: what was not synced is forgotten, in part.
    pub fn power_cut(&self, rng: &dyn Rng) {
        self.storage.crash(rng);
    }

    /// Runs a call within the node's life; `None` where there is none, or where it ends before the answer.
    pub async fn with<T, F, C>(&self, call: C) -> Option<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
        C: FnOnce(Handle) -> F,
    {
        let (answer, told) = oneshot::channel();
        {
            let life = self.life();
            let life = life.as_ref()?;
            let call = call(life.handle.clone());
            let run = Box::pin(async move { drop(answer.send(call.await)) });
            seams::Spawn::spawn(&*life.spawn, "call", run);
        }
        told.await.ok()
    }

    /// Asks a verb as a person.
    pub async fn ask(&self, who: &str, request: Request) -> Option<Result<Reply, Finding>> {
        let caller = Caller {
            name: Some(who.to_owned()),
            uid: 0,
            inside: true,
        };
        self.with(|handle| async move { handle.ask(request, caller).await })
            .await
    }

    /// Posts to the hub's door.
    pub async fn post(&self, body: Vec<u8>, number: String) -> Option<Result<Answer, Finding>> {
        let parts = port::Parts {
            feed: "cases".to_owned(),
            name: "POST".to_owned(),
            body,
        };
        self.with(|handle| async move { handle.receive(&DeptId::new("hub"), "link", parts, Some(number)).await })
            .await
    }
}
