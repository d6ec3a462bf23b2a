//! A machine that gives a node little: a disk that takes seconds to sync, no file handles left, no room where a department
//! fetches its files. What is short holds up only what needs it, and work goes on by itself.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::full::{Mount, fill};
use crate::play::{LONG, NODE, Play, assert_right};
use engine::verb::Request;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Child;

/// Starts the node under another program, and waits until it answers.
async fn under(play: &Play, program: &str, before: &[&str], env: &[(&str, &Path)]) -> Child {
    let log = || {
        let file = std::fs::File::options()
            .create(true)
            .append(true)
            .open(play.stage.log());
        Stdio::from(file.unwrap())
    };
    let node = tokio::process::Command::new(program)
        .args(before)
        .arg("--config")
        .arg(play.stage.config())
        .arg("run")
        .envs(env.iter().copied())
        .stdin(Stdio::null())
        .stdout(log())
        .stderr(log())
        .kill_on_drop(true)
        .spawn();
    let mut node = node.unwrap_or_else(|error| panic!("{program}: {error}"));
    while play.line.ask(Request::Status).await.is_err() {
        assert_eq!(node.try_wait().unwrap(), None, "it ended: {}", play.log());
        play.stage.clock.sleep(Duration::from_millis(20)).await;
    }
    node
}

/// What `GET` answers there, or why nothing does.
async fn get(http: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(http).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

/// A library that has the disk take its time, once a file says so.
fn slow_disk(dir: &Path) -> PathBuf {
    let (source, library) = (dir.join("slow.c"), dir.join("slow.so"));
    let text = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>
int fdatasync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    const char *slow = getenv("SLOW");
    if (slow && access(slow, F_OK) == 0) sleep(3);
    return real(fd);
}
"#;
    std::fs::write(&source, text).unwrap();
    let cc = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, &source])
        .arg("-ldl")
        .output()
        .unwrap();
    assert!(cc.status.success(), "{cc:?}");
    library
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_a_slow_disk_the_heart_beats_and_nothing_is_told_before_it_is_durable() {
    let play = Play::begin(6).await;
    let slow = play.stage.dir.join("is-slow");
    let library = slow_disk(&play.stage.dir);
    let env = [("LD_PRELOAD", library.as_path()), ("SLOW", slow.as_path())];
    let mut node = under(&play, NODE, &[], &env).await;
    play.until_booked(4).await;
    std::fs::write(&slow, "").unwrap();
    let before = play.people.accepted().len();
    play.people.allow(12);
    // While the disk is at it the process is alive, and says so to whoever asks.
    for _ in 0..20 {
        let alive = get(play.stage.http(), "/livez").await.unwrap();
        assert!(alive.starts_with("HTTP/1.1 200"), "{alive}");
        play.stage.clock.sleep(Duration::from_millis(200)).await;
    }
    let begun = play.stage.clock.mono();
    while play.people.accepted().len() == before {
        assert!(play.stage.clock.mono().saturating_sub(begun) < LONG, "{}", play.log());
        play.stage.clock.sleep(Duration::from_millis(50)).await;
    }
    std::fs::remove_file(&slow).unwrap();
    assert_right(&play.settle().await);
    assert_eq!(node.try_wait().unwrap(), None, "it ended: {}", play.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_file_handles_nobody_is_let_in_and_work_goes_on_once_there_are_some() {
    let play = Play::begin(4).await;
    let mut node = under(&play, "prlimit", &["--nofile=160:160", NODE], &[]).await;
    play.until_booked(3).await;
    // More callers than it has handles: all are left hanging, none of them says a word.
    let mut callers = Vec::new();
    for _ in 0..300 {
        callers.extend(TcpStream::connect(play.stage.http()).await.ok());
    }
    play.people.allow(8);
    play.stage.clock.sleep(Duration::from_secs(3)).await;
    assert_eq!(node.try_wait().unwrap(), None, "it ended: {}", play.log());
    drop(callers);
    assert_right(&play.settle().await);
    assert_eq!(node.try_wait().unwrap(), None, "it ended: {}", play.log());
}

/// The bureau's directory is full, or has no place for another name; the others go on.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_full_place_of_one_department_holds_up_that_department_alone() {
    for (limits, wider) in [("size=64k", "size=4m"), ("size=4m,nr_inodes=3", "nr_inodes=400")] {
        let play = Play::begin(6).await;
        let upload = play.stage.dir.join("ltax-front/upload");
        let disk = Mount::with(&upload, limits);
        std::fs::create_dir(upload.join("backup")).unwrap();
        std::fs::write(upload.join("ballast"), "").unwrap();
        fill(&upload);
        let node = play.start().await;
        play.until("in trouble with the bureau", |status| {
            status.troubles.iter().any(|line| line.dept == "ltax" && !line.good)
        })
        .await;
        play.until_booked(6).await;
        let others = play.status().await.troubles;
        assert!(others.iter().all(|line| line.good || line.dept == "ltax"), "{others:?}");
        // Nothing half-written stands where the bureau fetches.
        let names = std::fs::read_dir(&upload).unwrap().map(|e| e.unwrap().file_name());
        let names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        let complete = |name: &&String| name.ends_with(".csv.ok");
        assert_eq!(names.iter().find(complete), None, "{names:?}");
        disk.widen(wider);
        std::fs::remove_file(upload.join("ballast")).unwrap();
        assert_right(&play.settle().await);
        let well = play.status().await.troubles;
        assert!(well.iter().all(|line| line.good || line.dept != "ltax"), "{well:?}");
        assert_eq!(play.stop(node).await, Some(0), "{}", play.log());
    }
}
