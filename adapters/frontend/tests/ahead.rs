//! Files whose own time lies in the future: they wait no longer than others, and not in silence.

use super::stat_world::StatWorld;
use super::world::*;
use crate::Mode;
use crate::settings::Ready;
use crate::units::Period;
use async_trait::async_trait;
use model::Code;
use port::{Adapter, TypedMode as _};
use seams::{Clock, UnixMs};
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const RESULT: &str = "LTAX_HUB_DJJG_20260317_0009.csv";
const HOUR: i64 = 3_600_000;

/// Time as it is set by hand.
struct Hand(Mutex<i64>);

impl Hand {
    fn set(&self, since: i64) {
        *self.0.lock().unwrap() = NOW + since;
    }
}

#[async_trait]
impl Clock for Hand {
    fn now(&self) -> UnixMs {
        UnixMs(*self.0.lock().unwrap())
    }
    fn mono(&self) -> Duration {
        Duration::ZERO
    }
    async fn sleep(&self, _: Duration) {
        std::future::pending::<()>().await;
    }
}

fn clock() -> Arc<Hand> {
    Arc::new(Hand(Mutex::new(NOW)))
}

/// A year from now.
fn ahead(path: &Path) {
    let at = std::time::UNIX_EPOCH + Duration::from_millis(u64::try_from(NOW + 365 * 24 * HOUR).unwrap());
    fs::File::open(path).unwrap().set_modified(at).unwrap();
}

async fn alarm(adapter: &Arc<dyn Adapter>) -> Option<Code> {
    adapter.probe().await.err().map(|fault| fault.finding.code)
}

#[tokio::test]
async fn what_is_held_back_is_taken_in_time_whatever_its_own_says() {
    let (world, clock) = (World::directory(), clock());
    let mut settings = world.settings(&Wishes::default());
    let feed = &mut settings.in_.as_mut().unwrap().feeds[1];
    (feed.numbered, feed.hold) = (true, Some(Period(Duration::from_secs(3_600))));
    let mut context = world.context(&Wishes::default());
    context.clock = clock.clone();
    let adapter = Mode::build(settings, context).unwrap();
    let row = "\"业务编号\",\"处理结果\"\r\n\"c\",\"办结\"\r\n";
    world.put(RESULT, &gbk(row), 1);
    ahead(&world.download(RESULT));
    let at = port::Ask {
        position: Some(port::Position("results=1".to_owned())),
        ..ask(10)
    };
    for (since, held) in [(0, true), (HOUR - 1, true), (HOUR, false)] {
        clock.set(since);
        let looked = adapter.collect(&at).await.map(|offers| offers.len());
        match held {
            true => assert_eq!(looked.unwrap_err().finding.code, Code::CHeldBack, "{since}"),
            false => assert_eq!(looked.unwrap(), 1, "{since}"),
        }
    }
}

#[tokio::test]
async fn what_stays_incomplete_is_an_alarm_whatever_its_own_time_says() {
    let (world, clock) = (World::directory(), clock());
    let mut settings = world.settings(&Wishes::default());
    settings.in_.as_mut().unwrap().wait_alarm = Period(Duration::from_secs(600));
    let mut context = world.context(&Wishes::default());
    context.clock = clock.clone();
    let adapter = Mode::build(settings, context).unwrap();
    fs::write(world.download(RESULT), "x").unwrap();
    ahead(&world.download(RESULT));
    // A look for what came is a look as well.
    assert_eq!(adapter.collect(&ask(10)).await.unwrap().len(), 0);
    for (since, code) in [(600_000, None), (601_000, Some(Code::CWaits))] {
        clock.set(since);
        assert_eq!(alarm(&adapter).await, code, "{since}");
    }
    // A claim of another node, too.
    fs::rename(
        world.download(RESULT),
        world.download(&format!("{RESULT}.claimed-n2.0123456789abcdef")),
    )
    .unwrap();
    assert_eq!(alarm(&adapter).await, None);
    clock.set(366 * 24 * HOUR);
    assert_eq!(alarm(&adapter).await, Some(Code::COldClaim));
}

#[tokio::test]
async fn a_directory_from_the_future_waits_no_longer_than_others() {
    let (world, clock) = (StatWorld::new(), clock());
    let mut settings = world.settings();
    let in_ = settings.in_.as_mut().unwrap();
    (in_.ready, in_.wait_alarm) = (Ready::End, Period(Duration::from_secs(600)));
    let mut context = world.context("n1");
    context.clock = clock.clone();
    let adapter = Mode::build(settings, context).unwrap();
    fs::create_dir_all(world.at("in/001")).unwrap();
    ahead(&world.at("in/001"));
    assert_eq!(adapter.collect(&ask(10)).await.unwrap().len(), 0);
    for (since, code) in [(600_000, None), (601_000, Some(Code::CWaits))] {
        clock.set(since);
        assert_eq!(alarm(&adapter).await, code, "{since}");
    }
}
