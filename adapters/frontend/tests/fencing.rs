//! Fault 112: a node falls asleep in the middle of a call, another one takes over what it held, and it wakes. From the
//! moment at which the take-over is done the sleeper moves nothing, answers nothing, and leaves no receipt.

use super::stat_world::{StatWorld, answer_file};
use super::world::*;
use crate::directory::Directory;
use crate::place::{Entry, Listing, Moved, Place, Sink, Written};
use crate::settings::Ready;
use crate::{Frontend, Settings};
use async_trait::async_trait;
use port::{Adapter, Answer, BatchVerdict, Context, Fault};
use std::collections::BTreeMap;
use std::fs;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use testkit::behaviour::tree;
use tokio::sync::Notify;

const RESULT: &str = "LTAX_HUB_DJJG_20260317_0001.csv";

/// A place whose node falls asleep at one of its calls, before or after it was carried out.
struct Drowsy {
    directory: Directory,
    /// Twice the calls until then, and one less where it sleeps before the call.
    left: AtomicUsize,
    asleep: Notify,
    wake: Notify,
}

impl Drowsy {
    fn new(root: &Path, clock: Arc<seams::TokioClock>, left: usize) -> Arc<Self> {
        Arc::new(Self {
            directory: Directory::new(root, clock),
            left: AtomicUsize::new(left),
            asleep: Notify::new(),
            wake: Notify::new(),
        })
    }

    async fn nod<T>(&self, call: impl Future<Output = T> + Send) -> T {
        let fewer = |left: usize| (left > 0).then(|| left.saturating_sub(2));
        let left = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer);
        if left == Ok(1) {
            self.sleep().await;
        }
        let done = call.await;
        if left == Ok(2) {
            self.sleep().await;
        }
        done
    }

    async fn sleep(&self) {
        self.asleep.notify_one();
        self.wake.notified().await;
    }
}

#[async_trait]
impl Place for Drowsy {
    fn endpoint(&self) -> &str {
        self.directory.endpoint()
    }
    async fn list(&self, dir: &str, max: usize) -> Result<Listing, Fault> {
        self.nod(self.directory.list(dir, max)).await
    }
    async fn stat(&self, path: &str) -> Result<Option<Entry>, Fault> {
        self.nod(self.directory.stat(path)).await
    }
    async fn read(&self, path: &str, limit: u64, sink: &mut dyn Sink) -> Result<Option<u64>, Fault> {
        self.nod(self.directory.read(path, limit, sink)).await
    }
    async fn write_part(&self, path: &str, bytes: &[u8]) -> Result<Written, Fault> {
        self.nod(self.directory.write_part(path, bytes)).await
    }
    async fn rename(&self, from: &str, to: &str) -> Result<Moved, Fault> {
        self.nod(self.directory.rename(from, to)).await
    }
    async fn remove(&self, path: &str) -> Result<bool, Fault> {
        self.nod(self.directory.remove(path)).await
    }
    async fn make_dir(&self, path: &str) -> Result<(), Fault> {
        self.nod(self.directory.make_dir(path)).await
    }
}

/// Where one file came, and how nodes look for it.
struct Town {
    single: Option<World>,
    numbered: Option<StatWorld>,
    ready: Ready,
}

impl Town {
    fn new(ready: Ready) -> Self {
        let (mut single, mut numbered) = (None, None);
        match ready {
            Ready::End => {
                let world = StatWorld::new();
                world.put("001", &answer_file());
                numbered = Some(world);
            }
            _ => {
                let world = World::in_memory();
                let rows = gbk("业务编号,税务登记证号,主管税务所,登记日期,处理结果,说明\r\nc,,,,办结,\r\n");
                world.put(RESULT, &rows, 1);
                if ready != Ready::Marker {
                    fs::remove_file(world.download(&format!("{RESULT}.ok"))).unwrap();
                }
                single = Some(world);
            }
        }
        Self {
            single,
            numbered,
            ready,
        }
    }

    fn parts(&self, node: &'static str) -> (Settings, Context) {
        let (mut settings, context) = match (&self.single, &self.numbered) {
            (Some(world), _) => {
                let wishes = Wishes {
                    node,
                    ..Wishes::default()
                };
                (world.settings(&wishes), world.context(&wishes))
            }
            (_, Some(world)) => (world.settings(), world.context(node)),
            _ => panic!("no world"),
        };
        let in_ = settings.in_.as_mut().unwrap();
        (in_.ready, in_.answer) = (self.ready, true);
        (settings, context)
    }

    fn root(&self) -> std::path::PathBuf {
        let single = self.single.as_ref().map(World::root);
        single.unwrap_or_else(|| self.numbered.as_ref().unwrap().root())
    }

    /// A node that sleeps at some call; 0: at none.
    fn node(&self, node: &'static str, calls: usize) -> (Arc<Drowsy>, Frontend) {
        let (settings, context) = self.parts(node);
        let clock = match (&self.single, &self.numbered) {
            (Some(world), _) => world.clock.clone(),
            (_, Some(world)) => world.clock.clone(),
            _ => panic!("no world"),
        };
        let place = Drowsy::new(&self.root(), clock, calls);
        (place.clone(), Frontend::over(place, settings, context))
    }

    /// What stands there, by content.
    fn seen(&self) -> BTreeMap<String, Vec<u8>> {
        let mut seen = tree(&self.root());
        seen.retain(|path, _| !path.ends_with('/'));
        seen
    }

    fn receipts(&self) -> usize {
        self.seen().keys().filter(|name| name.ends_with(".receipt.csv")).count()
    }

    fn files(&self) -> usize {
        let name = if self.ready == Ready::End {
            "TJ20260309.TXT"
        } else {
            RESULT
        };
        self.seen().keys().filter(|path| path.ends_with(name)).count()
    }
}

fn accepted() -> Answer {
    answer(BatchVerdict::Accepted, vec![])
}

/// Runs a call of a sleeper, takes over while it sleeps, wakes it; whether it slept at all.
async fn through<T>(town: &Town, place: &Drowsy, call: impl Future<Output = T>) -> (bool, Option<T>) {
    tokio::pin!(call);
    let done = tokio::select! {
        biased;
        done = &mut call => Some(done),
        () = place.asleep.notified() => None,
    };
    if done.is_some() {
        place.left.store(0, Ordering::Relaxed);
        return (false, done);
    }
    let (_, heir) = town.node("n2", 0);
    heir.take_over().await.unwrap();
    let before = town.seen();
    place.wake.notify_one();
    let done = call.await;
    let moved = |(name, _): (&String, &Vec<u8>)| format!("{name}\n");
    let told = |seen: &BTreeMap<String, Vec<u8>>| seen.iter().map(moved).collect::<String>();
    assert_eq!(told(&town.seen()), told(&before));
    assert_eq!(town.seen(), before, "the contents");
    (true, Some(done))
}

/// The heir does what is left to do: whatever the sleeper had done, there is one file, put away, and one receipt.
async fn ends_well(town: &Town, at: &str) {
    let (_, heir) = town.node("n2", 0);
    for mut offer in heir.collect(&ask(10)).await.unwrap() {
        assert!(heir.holds(&offer.claim).await.unwrap());
        let rows = read(&mut offer);
        assert!(rows.is_ok(), "{at}: {rows:?}");
        heir.acknowledge(&offer.claim, &accepted()).await.unwrap();
    }
    assert_eq!(heir.collect(&ask(10)).await.unwrap().len(), 0, "{at}");
    let names: Vec<String> = town.seen().into_keys().collect();
    assert_eq!((town.files(), town.receipts()), (1, 1), "{at}: {names:#?}");
    let left = names.iter().filter(|n| n.contains(".claimed-") || n.ends_with(".part"));
    assert_eq!(left.count(), 0, "{at}: {names:#?}");
}

#[tokio::test]
async fn who_sleeps_through_a_take_over_answers_nothing_and_moves_nothing() {
    for ready in [Ready::Marker, Ready::Rename, Ready::End] {
        for calls in 1..120 {
            let town = Town::new(ready);
            let (_, first) = town.node("n1", 0);
            let offer = first.collect(&ask(10)).await.unwrap().remove(0);
            assert!(first.holds(&offer.claim).await.unwrap());
            let (place, sleeper) = town.node("n1", calls);
            let answer = accepted();
            let (slept, done) = through(&town, &place, sleeper.acknowledge(&offer.claim, &answer)).await;
            done.unwrap().unwrap();
            assert!(!sleeper.holds(&offer.claim).await.unwrap());
            ends_well(&town, &format!("{ready:?}, asleep at {calls}")).await;
            if !slept {
                assert!(calls > 10, "{ready:?}: asleep in too few places");
                break;
            }
            assert!(calls < 119, "it never ends");
        }
    }
}

/// The same while it claims and reads: what it then offers is not given effect, for it holds nothing any more.
#[tokio::test]
async fn who_sleeps_while_it_claims_offers_nothing_that_it_holds() {
    for ready in [Ready::Marker, Ready::Rename, Ready::End] {
        for calls in 1..120 {
            let town = Town::new(ready);
            let (place, sleeper) = town.node("n1", calls);
            let wanted = ask(10);
            let call = sleeper.collect(&wanted);
            tokio::pin!(call);
            let done = tokio::select! {
                biased;
                done = &mut call => Some(done),
                () = place.asleep.notified() => None,
            };
            let slept = done.is_none();
            let at = format!("{ready:?}, asleep at {calls}");
            if slept {
                let (_, heir) = town.node("n2", 0);
                heir.take_over().await.unwrap();
                place.wake.notify_one();
                // What was not claimed yet is still anybody's: the sleeper may win it, and then holds it.
                for offer in call.await.unwrap_or_default() {
                    let holds = sleeper.holds(&offer.claim).await.unwrap();
                    let full = offer.claim.0.lines().next().unwrap();
                    assert_eq!(holds, town.seen().keys().any(|path| path.contains(full)), "{at}");
                    if holds {
                        sleeper.acknowledge(&offer.claim, &accepted()).await.unwrap();
                    }
                }
            } else {
                place.left.store(0, Ordering::Relaxed);
                for offer in done.unwrap().unwrap() {
                    sleeper.acknowledge(&offer.claim, &accepted()).await.unwrap();
                }
            }
            ends_well(&town, &at).await;
            if !slept {
                break;
            }
            assert!(calls < 119, "it never ends");
        }
    }
}

/// What was taken over is the heir's, receipt and all: its token stands there, and not the sleeper's.
#[tokio::test]
async fn the_receipt_says_under_which_claim_it_was_judged() {
    let town = Town::new(Ready::Marker);
    let (_, sleeper) = town.node("n1", 0);
    let old = sleeper.collect(&ask(1)).await.unwrap().remove(0);
    let (_, heir) = town.node("n2", 0);
    assert_eq!(
        heir.take_over().await.unwrap(),
        [RESULT.to_owned(), format!("{RESULT}.ok")]
    );
    let new = heir.collect(&ask(1)).await.unwrap().remove(0);
    let token = |offer: &port::Offer| {
        let full = offer.claim.0.lines().next().unwrap().to_owned();
        crate::names::claim_of(&full).unwrap().token.to_owned()
    };
    assert_ne!(token(&old), token(&new));
    sleeper.acknowledge(&old.claim, &accepted()).await.unwrap();
    assert_eq!(town.receipts(), 0);
    heir.acknowledge(&new.claim, &accepted()).await.unwrap();
    sleeper.acknowledge(&old.claim, &accepted()).await.unwrap();
    let seen = town.seen();
    let receipts: Vec<&Vec<u8>> = seen
        .iter()
        .filter(|(n, _)| n.ends_with(".receipt.csv"))
        .map(|(_, b)| b)
        .collect();
    assert_eq!(receipts.len(), 1);
    let text = formats::Encoding::Gbk.decode(receipts[0]).unwrap();
    assert!(text.contains(&format!("认领号 {}", token(&new))), "{text}");
}
