//! Many small files at once: each is offered once, and the directory is not looked at once for each of them.

use super::world::*;
use crate::directory::Directory;
use crate::place::{Entry, Listing, Moved, Place, Sink, Written};
use crate::settings::Ready;
use crate::{Frontend, Settings};
use async_trait::async_trait;
use port::{Adapter, Fault};
use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Files offered in one page, as many as the engine asks for.
const PAGE: usize = 16;

/// A directory that counts what is looked at in it.
struct Counting {
    directory: Directory,
    /// Names that were listed.
    names: AtomicUsize,
    /// Everything that was asked of the place.
    calls: AtomicUsize,
}

impl Counting {
    fn asked(&self) -> &Directory {
        self.calls.fetch_add(1, Ordering::Relaxed);
        &self.directory
    }
}

#[async_trait]
impl Place for Counting {
    fn endpoint(&self) -> &str {
        self.directory.endpoint()
    }
    async fn list(&self, dir: &str, max: usize) -> Result<Listing, Fault> {
        let listing = self.asked().list(dir, max).await?;
        self.names.fetch_add(listing.entries.len(), Ordering::Relaxed);
        Ok(listing)
    }
    async fn stat(&self, path: &str) -> Result<Option<Entry>, Fault> {
        self.asked().stat(path).await
    }
    async fn read(&self, path: &str, limit: u64, sink: &mut dyn Sink) -> Result<Option<u64>, Fault> {
        self.asked().read(path, limit, sink).await
    }
    async fn write_part(&self, path: &str, bytes: &[u8]) -> Result<Written, Fault> {
        self.asked().write_part(path, bytes).await
    }
    async fn rename(&self, from: &str, to: &str) -> Result<Moved, Fault> {
        self.asked().rename(from, to).await
    }
    async fn remove(&self, path: &str) -> Result<bool, Fault> {
        self.asked().remove(path).await
    }
    async fn make_dir(&self, path: &str) -> Result<(), Fault> {
        self.asked().make_dir(path).await
    }
}

fn over(world: &World, change: impl FnOnce(&mut Settings)) -> (Arc<Counting>, Frontend) {
    let wishes = Wishes::default();
    let (mut settings, context) = (world.settings(&wishes), world.context(&wishes));
    let in_ = settings.in_.as_mut().unwrap();
    // Receipts have tests of their own.
    (in_.ready, in_.answer) = (Ready::Rename, false);
    change(&mut settings);
    let counting = Arc::new(Counting {
        directory: Directory::new(&world.root(), world.clock.clone()),
        names: AtomicUsize::new(0),
        calls: AtomicUsize::new(0),
    });
    (counting.clone(), Frontend::over(counting, settings, context))
}

fn file(n: usize) -> String {
    format!("LTAX_HUB_DJJG_{n}.csv")
}

async fn take(adapter: &Frontend, max: usize) -> Vec<String> {
    let accepted = answer(port::BatchVerdict::Accepted, vec![]);
    let offers = adapter.collect(&ask(max)).await.unwrap();
    for offer in &offers {
        adapter.acknowledge(&offer.claim, &accepted).await.unwrap();
    }
    offers.into_iter().map(|offer| offer.name).collect()
}

/// Faults 38 and 44. The system keeps 16,384 events: of these files it forgets some, and says so without a name. By
/// default as many as that takes; `TANGHULU_FILES` says another number.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_is_offered_once_and_looked_at_about_twice() {
    let count = std::env::var("TANGHULU_FILES").map_or(20_000, |n| n.parse().unwrap());
    let world = World::in_memory();
    let (counting, adapter) = over(&world, |_| ());
    for n in 0..count {
        fs::write(world.download(&file(n)), n.to_string()).unwrap();
    }
    let mut seen = BTreeSet::new();
    loop {
        let page = take(&adapter, PAGE).await;
        if page.is_empty() {
            break;
        }
        for name in page {
            assert!(seen.insert(name.clone()), "{name} twice");
        }
    }
    assert_eq!(seen.len(), count);
    assert_eq!(fs::read_dir(world.download("done")).unwrap().count(), count);
    // A listing is cut at 20,000 names, and half of it is used.
    let names = counting.names.load(Ordering::Relaxed);
    assert!(names <= count * 2 + count / 2, "{names} names were looked at");
    // Each file costs the same, however many others there are.
    let calls = counting.calls.load(Ordering::Relaxed);
    assert!(calls <= count * 12, "{calls} calls");
}

/// What came meanwhile has its turn before half of what lay there is through; what was not acknowledged has it at once.
#[tokio::test]
async fn a_backlog_hides_neither_what_is_new_nor_what_is_open() {
    let world = World::in_memory();
    let (counting, adapter) = over(&world, |_| ());
    for n in 100..200 {
        fs::write(world.download(&file(n)), "x").unwrap();
    }
    let expected = |from: usize| (from..from + 10).map(file).collect::<Vec<_>>();
    assert_eq!(take(&adapter, 10).await, expected(100));
    fs::write(world.download("HUB_LTAX_SWDJ_20260316_0001_RET.csv"), "x").unwrap();
    // A file that is gone, or somebody else's meanwhile, is passed over.
    fs::remove_file(world.download(&file(110))).unwrap();
    fs::rename(
        world.download(&file(111)),
        world.download(&format!("{}.claimed-n2", file(111))),
    )
    .unwrap();
    assert_eq!(take(&adapter, 10).await, expected(112));
    let mut order = Vec::new();
    for _ in 0..4 {
        order.extend(take(&adapter, 10).await);
    }
    let receipt = order.iter().position(|name| name.ends_with("_RET.csv"));
    assert!(receipt.is_some_and(|at| at <= 30), "{order:?}");
    // Offered and not acknowledged: the same again, before anything else.
    let looked = counting.names.load(Ordering::Relaxed);
    let names = |offers: Vec<port::Offer>| offers.into_iter().map(|o| o.name).collect::<Vec<_>>();
    let first = names(adapter.collect(&ask(3)).await.unwrap());
    let again = adapter.collect(&ask(3)).await.unwrap();
    let claim = again[0].claim.clone();
    assert_eq!(names(again), first);
    assert!(counting.names.load(Ordering::Relaxed) > looked);
    // The same where only some were.
    let accepted = answer(port::BatchVerdict::Accepted, vec![]);
    adapter.acknowledge(&claim, &accepted).await.unwrap();
    assert_eq!(names(adapter.collect(&ask(2)).await.unwrap()), first[1..]);
}

/// What a look saw is asked again where nothing else says that a file is complete.
#[tokio::test]
async fn a_file_that_was_touched_since_the_look_waits_for_the_next() {
    let world = super::stat_world::StatWorld::new();
    let adapter = world.adapter_with("n1", |s| {
        let in_ = s.in_.as_mut().unwrap();
        in_.ready = Ready::Stable;
        in_.stable = crate::units::Period(std::time::Duration::from_millis(1));
    });
    let name = |n: usize| format!("TJ2026030{n}.TXT");
    for n in 1..=6 {
        fs::write(world.at("in").join(name(n)), super::stat_world::answer_file()).unwrap();
    }
    let accepted = answer(port::BatchVerdict::Accepted, vec![]);
    for n in [1, 3] {
        let offers = adapter.collect(&ask(1)).await.unwrap();
        assert_eq!(offers[0].name, name(n));
        adapter.acknowledge(&offers[0].claim, &accepted).await.unwrap();
        // Whole as before, and somebody is at it.
        let touched = fs::File::options()
            .append(true)
            .open(world.at("in").join(name(2)))
            .unwrap();
        touched.set_modified(std::time::UNIX_EPOCH).unwrap();
    }
    assert_eq!(
        adapter.collect(&ask(1)).await.unwrap()[0].name,
        name(2),
        "left alone by now"
    );
}
