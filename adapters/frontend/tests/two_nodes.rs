//! Two nodes take files from one directory while both die again and again: each file is one node's alone.

use super::world::*;
use crate::directory::Directory;
use crate::place::{Entry, Listing, Moved, Place, Sink, Written};
use crate::settings::Ready;
use crate::{Frontend, names};
use async_trait::async_trait;
use port::{Adapter, BatchVerdict, Claim, Fault};
use seams::{Rng as _, SeededRng};
use std::collections::BTreeMap;
use std::fs;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

const FILES: usize = 500;

/// A place whose node dies at one call, before or after it was carried out. Nothing of it goes on afterwards.
struct Mortal {
    directory: Directory,
    /// Twice the calls until the end, and one more where the last is carried out.
    left: AtomicU64,
    dead: Arc<Notify>,
}

impl Mortal {
    async fn once<T>(&self, call: impl Future<Output = T> + Send) -> T {
        let left = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            Some(left.saturating_sub(2))
        });
        let Ok(2..) = left else {
            if left == Ok(1) {
                call.await;
            }
            self.dead.notify_one();
            return std::future::pending().await;
        };
        call.await
    }
}

#[async_trait]
impl Place for Mortal {
    fn endpoint(&self) -> &str {
        self.directory.endpoint()
    }
    async fn list(&self, dir: &str, max: usize) -> Result<Listing, Fault> {
        self.once(self.directory.list(dir, max)).await
    }
    async fn stat(&self, path: &str) -> Result<Option<Entry>, Fault> {
        self.once(self.directory.stat(path)).await
    }
    async fn read(&self, path: &str, limit: u64, sink: &mut dyn Sink) -> Result<Option<u64>, Fault> {
        self.once(self.directory.read(path, limit, sink)).await
    }
    async fn write_part(&self, path: &str, bytes: &[u8]) -> Result<Written, Fault> {
        self.once(self.directory.write_part(path, bytes)).await
    }
    async fn rename(&self, from: &str, to: &str) -> Result<Moved, Fault> {
        self.once(self.directory.rename(from, to)).await
    }
    async fn remove(&self, path: &str) -> Result<bool, Fault> {
        self.once(self.directory.remove(path)).await
    }
    async fn make_dir(&self, path: &str) -> Result<(), Fault> {
        self.once(self.directory.make_dir(path)).await
    }
}

/// What both nodes work on, and whose each file became.
struct Town {
    world: World,
    ready: Ready,
    owners: Mutex<BTreeMap<String, &'static str>>,
}

impl Town {
    fn new(ready: Ready) -> Self {
        let world = World::in_memory();
        for n in 0..FILES {
            let name = format!("LTAX_HUB_DJJG_{n}.csv");
            match ready {
                Ready::Marker => world.put(&name, name.as_bytes(), 1),
                _ => fs::write(world.download(&name), &name).unwrap(),
            }
        }
        Self {
            world,
            ready,
            owners: Mutex::default(),
        }
    }

    /// A node in one of its lives: so many calls long.
    fn node(&self, node: &'static str, rng: &SeededRng, calls: u64) -> (Frontend, Arc<Notify>) {
        let wishes = Wishes {
            node,
            ..Wishes::default()
        };
        let (mut settings, mut context) = (self.world.settings(&wishes), self.world.context(&wishes));
        let in_ = settings.in_.as_mut().unwrap();
        // Receipts have tests of their own.
        (in_.ready, in_.answer) = (self.ready, false);
        context.work_dir = context.work_dir.join(node);
        context.rng = Arc::new(rng.fork());
        let dead = Arc::new(Notify::new());
        let mortal = Mortal {
            directory: Directory::new(&self.world.root(), self.world.clock.clone()),
            left: AtomicU64::new(calls.saturating_mul(2).saturating_add(rng.below(2))),
            dead: dead.clone(),
        };
        (Frontend::over(Arc::new(mortal), settings, context), dead)
    }

    /// Files of results that a node holds.
    fn held(&self, node: &str) -> Vec<String> {
        let there = names_in(&self.world.download(""));
        let claims = there.iter().filter_map(|name| names::claim_of(name));
        claims
            .filter(|claim| claim.node == node && claim.name.ends_with(".csv"))
            .map(|claim| claim.name.to_owned())
            .collect()
    }

    /// Takes a page and acknowledges it; whether there was anything.
    async fn page(&self, node: &'static str, adapter: &Frontend, max: usize) -> bool {
        let held = self.held(node);
        let offers = adapter.collect(&ask(max)).await.unwrap();
        let names: Vec<&str> = offers.iter().map(|o| o.name.as_str()).collect();
        let missed = held.iter().filter(|name| !names.contains(&name.as_str())).count();
        assert_eq!(
            missed,
            held.len().saturating_sub(max),
            "what {node} holds is offered first"
        );
        for offer in &offers {
            let owner = *self.owners.lock().unwrap().entry(offer.name.clone()).or_insert(node);
            assert_eq!(owner, node, "{}", offer.name);
        }
        for Claim(claim) in offers.iter().map(|o| &o.claim) {
            let accepted = answer(BatchVerdict::Accepted, vec![]);
            adapter.acknowledge(&Claim(claim.clone()), &accepted).await.unwrap();
        }
        !offers.is_empty()
    }

    /// Lives so many lives, or until nothing comes any more; the last one as long as that takes, if it is to end well.
    async fn live(&self, node: &'static str, seed: u64, lives: u64, ends_well: bool) {
        let rng = SeededRng::new(seed);
        for life in 1..=lives {
            let calls = if ends_well && life == lives {
                u64::MAX / 2
            } else {
                1 + rng.below(300)
            };
            let (adapter, dead) = self.node(node, &rng, calls);
            let working = async {
                while self
                    .page(node, &adapter, 1 + usize::try_from(rng.below(20)).unwrap())
                    .await
                {}
            };
            tokio::select! {
                () = working => return,
                () = dead.notified() => {}
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_offered_to_one_node_and_acknowledged_once() {
    for seed in 0..20 {
        let ready = if seed % 2 == 0 { Ready::Rename } else { Ready::Marker };
        let town = Town::new(ready);
        tokio::join!(
            town.live("n1", 2 * seed, 12, true),
            town.live("n2", 2 * seed + 1, 3, false)
        );
        // What the other died with is nobody's until a person says that it will not come back.
        let left = town.held("n2");
        let (adapter, _dead) = town.node("n1", &SeededRng::new(seed), u64::MAX / 2);
        assert!(!town.page("n1", &adapter, FILES).await, "seed {seed}");
        let taken = adapter.take_over().await.unwrap();
        let files: Vec<&String> = taken.iter().filter(|name| name.ends_with(".csv")).collect();
        assert_eq!(files, left.iter().collect::<Vec<_>>(), "seed {seed}");
        town.owners.lock().unwrap().retain(|name, _| !left.contains(name));
        assert_eq!(town.page("n1", &adapter, FILES).await, !left.is_empty());
        // Every file once, under its own name, and nothing is left.
        let there: Vec<String> = names_in(&town.world.download("done"));
        let mut expected: Vec<String> = (0..FILES).map(|n| format!("LTAX_HUB_DJJG_{n}.csv")).collect();
        if ready == Ready::Marker {
            expected.extend((0..FILES).map(|n| format!("LTAX_HUB_DJJG_{n}.csv.ok")));
        }
        expected.sort();
        let odd: Vec<&String> = there.iter().filter(|name| !expected.contains(name)).collect();
        assert_eq!((there.len(), odd), (expected.len(), vec![]), "seed {seed}");
        assert_eq!(names_in(&town.world.download("")), ["done"], "seed {seed}");
        assert_eq!(town.owners.lock().unwrap().len(), FILES);
    }
}

/// A node died after the marker was put away and before its file was; meanwhile the next file of that name came.
#[tokio::test]
async fn the_next_files_marker_does_not_vouch_for_the_last_file() {
    let world = World::directory();
    let adapter = world.adapter();
    let name = "LTAX_HUB_DJJG_1.csv";
    let file = |case: &str| {
        gbk(&format!(
            "业务编号,税务登记证号,主管税务所,登记日期,处理结果,说明\r\n{case},,,,办结,\r\n"
        ))
    };
    world.put(name, &file("last"), 1);
    let last = adapter.collect(&ask(1)).await.unwrap().remove(0);
    fs::create_dir(world.download("done")).unwrap();
    let put_away = world.download("done").join(format!("{name}.ok"));
    fs::rename(
        super::world::held(&world.download(""), &format!("{name}.ok"), "n1"),
        put_away,
    )
    .unwrap();
    world.put(name, &file("next"), 1);
    // The ledger knows it by its digest, and its own marker is found where it was put.
    let mut offers = adapter.collect(&ask(10)).await.unwrap();
    assert_eq!(offers.len(), 1, "the next one waits");
    assert_eq!((&offers[0].claim, offers[0].digest), (&last.claim, last.digest));
    assert_eq!(read(&mut offers[0]).unwrap()[0][0], "last");
    let accepted = answer(BatchVerdict::Accepted, vec![]);
    adapter.acknowledge(&last.claim, &accepted).await.unwrap();
    let mut offers = adapter.collect(&ask(10)).await.unwrap();
    assert_eq!(read(&mut offers[0]).unwrap()[0][0], "next");
    adapter.acknowledge(&offers[0].claim, &accepted).await.unwrap();
    let there = [
        name.to_owned(),
        format!("{name}.2"),
        format!("{name}.2.ok"),
        format!("{name}.2.receipt.csv"),
        format!("{name}.ok"),
        format!("{name}.receipt.csv"),
    ];
    assert_eq!(names_in(&world.download("done")), there);
}
