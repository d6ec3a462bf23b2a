//! A disk that is full, or read-only from one moment to the next: nothing is taken in or changed and it is said why;
//! questions are answered; and work goes on by itself. On real file systems of a few megabytes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::play::{NODE, Play, assert_right, text};
use engine::verb::Request;
use engine::view::Status;
use model::Code;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Runs a tool as root; a missing one fails with its package's name.
pub(crate) fn tool(package: &str, words: &[&str]) -> Output {
    let root = rustix::process::geteuid().is_root();
    let words = if root {
        words.to_vec()
    } else {
        [&["sudo", "-n"], words].concat()
    };
    let done = Command::new(words[0]).args(&words[1..]).output();
    let done = done.unwrap_or_else(|error| panic!("{words:?} cannot run ({error}): apt-get install {package}"));
    assert!(done.status.success(), "{words:?}, as root: {}", text(&done));
    done
}

/// A file system that is mounted as long as this lives.
pub(crate) struct Mount(PathBuf);

impl Mount {
    /// In memory, of so many megabytes.
    pub(crate) fn memory(at: &Path, megabytes: u32) -> Self {
        Self::with(at, &format!("size={megabytes}m"))
    }

    /// In memory, with these limits.
    pub(crate) fn with(at: &Path, limits: &str) -> Self {
        std::fs::create_dir_all(at).unwrap();
        let options = format!("{limits},mode=0700,uid={}", rustix::process::geteuid().as_raw());
        let place = at.to_str().unwrap();
        tool("mount", &["mount", "-t", "tmpfs", "-o", &options, "tanghulu", place]);
        Self(at.to_owned())
    }

    /// An ext4 that becomes read-only at its first error.
    pub(crate) fn image(image: &Path, at: &Path) -> Self {
        std::fs::create_dir_all(at).unwrap();
        let options = ["-o", "loop,errors=remount-ro"];
        let (image, place) = (image.to_str().unwrap(), at.to_str().unwrap());
        tool("mount", &[&["mount"], &options[..], &[image, place]].concat());
        Self(at.to_owned())
    }

    /// Gives it other limits.
    pub(crate) fn widen(&self, limits: &str) {
        let options = format!("remount,{limits}");
        tool("mount", &["mount", "-o", &options, self.0.to_str().unwrap()]);
    }

    /// Has it meet an error.
    fn fail(&self) {
        let found = tool(
            "util-linux",
            &["findmnt", "-n", "-o", "SOURCE", self.0.to_str().unwrap()],
        );
        let device = String::from_utf8(found.stdout).unwrap();
        let name = device.trim().trim_start_matches("/dev/");
        let trigger = format!("echo 1 > /sys/fs/ext4/{name}/trigger_fs_error");
        tool("dash", &["sh", "-c", &trigger]);
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let place = self.0.to_str().unwrap();
        let words = ["umount", "-l", place];
        let root = rustix::process::geteuid().is_root();
        let words = if root {
            words.to_vec()
        } else {
            [&["sudo", "-n"], &words[..]].concat()
        };
        let _ = Command::new(words[0]).args(&words[1..]).output();
    }
}

/// Fills a file system to its last byte; the file that did.
pub(crate) fn fill(dir: &Path) -> PathBuf {
    let path = dir.join("ballast");
    let mut file = File::options().create(true).append(true).open(&path).unwrap();
    for size in [1 << 20, 1 << 12, 1] {
        while file
            .write_all(&vec![0x5a; size])
            .and_then(|()| file.sync_data())
            .is_ok()
        {}
    }
    path
}

fn is_halted(status: &Status) -> bool {
    status.halted.as_ref().is_some_and(|why| why.code == Code::LFull)
}

/// What a person sees and may do while there is no room.
async fn assert_answers_and_takes_nothing(play: &Play) {
    for words in [
        &["queue", "list"][..],
        &["balance"],
        &["refused", "list"],
        &["disk", "log"],
        &["ledger", "stats"],
    ] {
        let said = play.tanghulu(words).await;
        assert_eq!(said.status.code(), Some(0), "{words:?}: {}", text(&said));
    }
    let case = departments::cases::case_no(*play.people.accepted().first().unwrap()).to_string();
    let story = play.tanghulu(&["case", &case]).await;
    assert_eq!(story.status.code(), Some(0), "{}", text(&story));
    // Looking at personal values is written down, or it is not done.
    let revealed = play
        .tanghulu(&["case", &case, "--reveal", "a call", "--as", "张三"])
        .await;
    assert_eq!(revealed.status.code(), Some(1), "{}", text(&revealed));
    assert!(text(&revealed).contains("L_FULL"), "{}", text(&revealed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_a_full_disk_questions_are_answered_and_the_same_process_goes_on_once_there_is_room() {
    let play = Play::begin(12).await;
    let _disk = Mount::memory(&play.stage.data(), 64);
    let node = play.start().await;
    let pid = node.pid().unwrap();
    let reserve = play.stage.data().join("reserve");
    assert!(reserve.exists(), "there is a reserve");
    play.until_booked(8).await;
    let ballast = fill(&play.stage.data());
    play.people.allow(30);
    play.until("halted", is_halted).await;
    assert!(!reserve.exists(), "it is given up");
    assert!(play.log().contains("L_FULL"), "{}", play.log());
    // What little room there is by now is taken too.
    let again = fill(&play.stage.data());
    assert_eq!(again, ballast);
    assert_answers_and_takes_nothing(&play).await;
    assert!(is_halted(&play.status().await), "it stays so");
    std::fs::remove_file(&ballast).unwrap();
    play.until("well again", |status| status.halted.is_none()).await;
    assert!(reserve.exists(), "it is there again");
    assert_right(&play.settle().await);
    assert_eq!((node.pid(), play.starts()), (Some(pid), 1), "nobody restarted it");
    let verified = play.tanghulu(&["ledger", "verify"]).await;
    assert_eq!(verified.status.code(), Some(0), "{}", text(&verified));
    assert_eq!(play.stop(node).await, Some(0), "{}", play.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_node_that_starts_without_room_answers_and_begins_once_there_is_some() {
    let play = Play::begin(6).await;
    let _disk = Mount::memory(&play.stage.data(), 64);
    let mut node = play.start().await;
    play.until_booked(4).await;
    assert!(node.kill().await.unwrap());
    std::fs::remove_file(play.stage.data().join("reserve")).unwrap();
    let ballast = fill(&play.stage.data());
    let node = play.start().await;
    play.until("halted", is_halted).await;
    assert_answers_and_takes_nothing(&play).await;
    std::fs::remove_file(&ballast).unwrap();
    play.until("well", |status| status.halted.is_none()).await;
    assert_right(&play.settle().await);
    assert_eq!(play.stop(node).await, Some(0), "{}", play.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_a_disk_that_becomes_read_only_questions_are_answered_and_nothing_is_lost() {
    let play = Play::begin(6).await;
    let image = play.stage.dir.join("disk.img");
    File::create(&image).unwrap().set_len(96 << 20).unwrap();
    tool("e2fsprogs", &["mkfs.ext4", "-q", "-F", image.to_str().unwrap()]);
    let disk = Mount::image(&image, &play.stage.data());
    let mut node = play.start().await;
    assert_right(&play.settle().await);
    // Nothing is being written: what was half written then would be in doubt, and the process would end.
    disk.fail();
    play.people.allow(12);
    play.until("halted", is_halted).await;
    assert_answers_and_takes_nothing(&play).await;
    assert!(node.kill().await.unwrap(), "it lived until now");
    drop(disk);
    let _disk = Mount::image(&image, &play.stage.data());
    let node = play.start().await;
    assert_right(&play.settle().await);
    assert_eq!(play.stop(node).await, Some(0), "{}", play.log());
}

/// Nobody can write down what the node does; its ledger is elsewhere, and work goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_log_that_takes_nothing_ends_nothing() {
    let play = Play::begin(4).await;
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    let mut node = tokio::process::Command::new(NODE)
        .arg("--config")
        .arg(play.stage.config())
        .arg("run")
        .stdin(Stdio::null())
        .stdout(full())
        .stderr(full())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    while play.line.ask(Request::Status).await.is_err() {
        assert_eq!(node.try_wait().unwrap(), None, "it ended");
        play.stage.clock.sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_right(&play.settle().await);
    assert_eq!(node.try_wait().unwrap(), None, "it ended");
}
