//! What a real server's death, line and limits do to a hand-over. The line sees nothing of what is said in it: it breaks
//! by what stands on the server's disk.

use super::line::{Line, Way};
use super::sshd::kill_sessions;
use super::world::*;
use model::Code;
use port::{Adapter, Next, Outcome, Prepared, Recalled};
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const NAME: &str = "HUB_LTAX_SWDJ_20260316_0001.csv";
/// Somebody else's file that looks unfinished.
const FOREIGN: &str = "SOMEBODY.csv.part";

struct Place {
    world: World,
    line: Line,
    adapter: Arc<dyn Adapter>,
}

async fn place() -> Place {
    let world = World::openssh().await;
    let line = Line::to(world.settings(&Wishes::default()).sftp.unwrap().port).await;
    let adapter = rebuilt(&world, |s| s.sftp.as_mut().unwrap().port = line.port);
    std::fs::write(world.upload(FOREIGN), "theirs").unwrap();
    Place { world, line, adapter }
}

impl Place {
    /// A batch of so many bytes, of which no two parts are the same.
    fn batch(&self, bytes: u32) -> Prepared {
        let mut batch = prepared(&*self.adapter, &rows(), 1);
        batch.encoded.parts[0].bytes = (0..bytes / 4).flat_map(u32::to_be_bytes).collect();
        batch
    }

    fn part(&self) -> PathBuf {
        self.world.upload(&format!("{NAME}.part"))
    }

    /// The batch stands there whole; what is somebody else's stands as it stood.
    fn published(&self, batch: &Prepared) {
        let data = std::fs::read(self.world.upload(NAME)).unwrap();
        assert!(data == batch.encoded.parts[0].bytes, "the bytes are others");
        let marker = std::fs::read(self.world.upload(&format!("{NAME}.ok"))).unwrap();
        assert_eq!(marker, batch.encoded.parts[1].bytes);
        let names = [NAME, &format!("{NAME}.ok"), FOREIGN, "backup"];
        assert_eq!(names_in(&self.world.upload("")), names);
        assert_eq!(std::fs::read(self.world.upload(FOREIGN)).unwrap(), b"theirs");
    }

    /// The server's sessions are killed once the upload has come so far.
    fn kill_at(&mut self, bytes: u64) {
        let (part, server) = (self.part(), self.world.sshd().pid());
        let mut alive = true;
        self.line.judge(move |way| {
            if alive && way == Way::There && part.metadata().is_ok_and(|m| m.len() >= bytes) {
                alive = false;
                kill_sessions(server);
            }
            true
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_in_mid_upload_is_gone_on_with() {
    let mut place = place().await;
    let mut batch = place.batch(12 << 20);
    place.kill_at(4 << 20);
    let fault = place.adapter.deliver(&batch).await.unwrap_err();
    assert_eq!((fault.finding.code, fault.next), (Code::CUnreachable, Next::Retry));
    let kept = place.part().metadata().unwrap().len();
    assert!((4 << 20..12 << 20).contains(&kept), "{kept}");
    let names = [&format!("{NAME}.part"), FOREIGN, "backup"];
    assert_eq!(names_in(&place.world.upload("")), names);
    place.line.there();
    batch.again = true;
    assert_eq!(place.adapter.deliver(&batch).await.unwrap()[0], Outcome::Pending);
    place.published(&batch);
    // Only the rest went over the line.
    let sent = place.line.there();
    assert!(sent < (12 << 20) - kept + (1 << 20), "{sent} after {kept}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_server_left_is_put_away_if_it_is_ours() {
    let mut place = place().await;
    let batch = place.batch(12 << 20);
    place.kill_at(4 << 20);
    place.adapter.deliver(&batch).await.unwrap_err();
    assert_eq!(place.adapter.recall(&batch).await.unwrap(), Recalled::Recalled);
    let names = [&format!("{NAME}.recalled"), FOREIGN, "backup"];
    assert_eq!(names_in(&place.world.upload("")), names);
    assert_eq!(std::fs::read(place.world.upload(FOREIGN)).unwrap(), b"theirs");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_drops_between_rename_and_reply_published_once() {
    for lost in [NAME.to_owned(), format!("{NAME}.ok")] {
        let place = place().await;
        let mut batch = place.batch(100_000);
        let target = place.world.upload(&lost);
        let mut whole = true;
        // What comes back after the name is there is the rename's reply: it never arrives.
        place.line.judge(move |way| {
            let dropped = whole && way == Way::Back && target.exists();
            whole &= !dropped;
            !dropped
        });
        let fault = place.adapter.deliver(&batch).await.unwrap_err();
        assert_eq!(
            (fault.finding.code, fault.next),
            (Code::CUnreachable, Next::Retry),
            "{lost}"
        );
        let stands = place.world.upload(&lost).metadata().unwrap();
        batch.again = true;
        assert_eq!(place.adapter.deliver(&batch).await.unwrap()[0], Outcome::Pending);
        place.published(&batch);
        let still = place.world.upload(&lost).metadata().unwrap();
        assert_eq!(
            (still.ino(), still.mtime_nsec()),
            (stands.ino(), stands.mtime_nsec()),
            "{lost}"
        );
        assert_eq!(place.line.connections(), 2);
    }
}

/// Somebody else puts a file under our name at every moment of the publishing: before our look, between look and rename,
/// and after. Theirs is never replaced.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_somebody_takes_at_any_moment_is_never_overwritten() {
    let mut conflicts = 0;
    for moment in 0..8 {
        let place = place().await;
        let batch = place.batch(1_000);
        let (part, target) = (place.part(), place.world.upload(NAME));
        let put = Arc::new(AtomicUsize::new(0));
        let (theirs, mut after) = (Arc::clone(&put), 0);
        place.line.judge(move |way| {
            // Every request is a piece of its own, and waits for its answer.
            if way == Way::There && part.metadata().is_ok_and(|m| m.len() == 1_000) {
                if after == moment && !target.exists() {
                    std::fs::write(&target, "theirs").unwrap();
                    theirs.store(1, Ordering::SeqCst);
                }
                after += 1;
            }
            true
        });
        let result = place.adapter.deliver(&batch).await;
        let stands = std::fs::read(place.world.upload(NAME)).unwrap();
        if put.load(Ordering::SeqCst) == 1 {
            let fault = result.unwrap_err();
            assert_eq!(
                (fault.finding.code, fault.next),
                (Code::CConflict, Next::Person),
                "{moment}"
            );
            assert_eq!(stands, b"theirs", "{moment}");
            conflicts += 1;
        } else {
            result.unwrap();
            assert!(stands == batch.encoded.parts[0].bytes, "{moment}");
        }
    }
    // Close, size, look, rename: at least before each of these they came first.
    assert!((3..8).contains(&conflicts), "{conflicts}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quota_that_is_reached_publishes_nothing_and_is_gone_on_with() {
    let mut place = place().await;
    let mut batch = place.batch(8 << 20);
    let server = place.world.sshd().pid();
    let limit = |bytes: &str| {
        let done = Command::new("prlimit")
            .args([format!("--pid={server}"), format!("--fsize={bytes}")])
            .status();
        assert!(
            done.expect("prlimit is needed: install the package util-linux")
                .success()
        );
    };
    limit("4194304:unlimited");
    for _ in 0..2 {
        let fault = place.adapter.deliver(&batch).await.unwrap_err();
        assert_eq!((fault.finding.code, fault.next), (Code::CPlace, Next::Retry), "{fault}");
        let names = [&format!("{NAME}.part"), FOREIGN, "backup"];
        assert_eq!(names_in(&place.world.upload("")), names);
    }
    limit("unlimited:unlimited");
    // The session from before has the limit still.
    kill_sessions(server);
    batch.again = true;
    // That it died is found by whoever uses it next.
    let first = place.adapter.deliver(&batch).await;
    if first.is_err() {
        place.adapter.deliver(&batch).await.unwrap();
    }
    place.published(&batch);
}
