//! What somebody at a terminal sees of a long export: how far it is and how long it will go on; elsewhere nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::disks::Disks;
use crate::cli::daemon::{Daemon, until};
use crate::cli::say::PROGRAM;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// While the file `HOLD` is there, whatever is synced below the second set waits: the first one is on the medium by then.
const HOLDER: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int fsync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    path[n > 0 ? n : 0] = 0;
    const char *hold = getenv("HOLD");
    while (hold && strstr(path, "A2.part-") && access(hold, F_OK) == 0) usleep(20000);
    return real(fd);
}
"#;

fn holder(dir: &Path) -> PathBuf {
    let (source, library) = (dir.join("hold.c"), dir.join("hold.so"));
    fs::write(&source, HOLDER).unwrap();
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-o"])
        .args([&library, &source])
        .arg("-ldl");
    assert!(cc.status().unwrap().success());
    library
}

/// Three sets of 300 rows, and a medium that holds up the second.
fn three_sets() -> (Disks, PathBuf, PathBuf) {
    let disks = Disks::new(300, "");
    disks.cases(900);
    let (hold, library) = (disks.bench.dir.path().join("hold"), holder(disks.bench.dir.path()));
    fs::write(&hold, "").unwrap();
    (disks, hold, library)
}

/// An export at a terminal of its own; what is seen there stands in the file.
fn at_a_terminal(disks: &Disks, env: &[(&str, &Path)], lang: &str) -> (Child, PathBuf) {
    let seen = disks.bench.dir.path().join("seen");
    let (config, medium) = (disks.bench.dir.path().join("config"), disks.medium.display());
    let config = config.display();
    let line = format!(
        "stty cols 100; exec {PROGRAM} --as 测速 --lang {lang} --config {config} disk export tax --to {medium}"
    );
    let mut script = Command::new("script");
    script.args(["-qefc", &line]).arg(&seen).envs(env.iter().copied());
    script.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    (script.spawn().unwrap(), seen)
}

fn holds_up(seen: &Path, marks: &[&str]) {
    until("how far it is", || {
        let text = fs::read(seen).unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        marks.iter().all(|mark| text.contains(mark)).then_some(())
    });
}

#[test]
fn an_export_at_a_terminal_says_how_far_it_is_and_how_long_it_will_go_on() {
    let (disks, hold, library) = three_sets();
    let env = [("LD_PRELOAD", library.as_path()), ("HOLD", hold.as_path())];
    let (mut child, seen) = at_a_terminal(&disks, &env, "zh");
    holds_up(&seen, &["33%", "已用", "约剩"]);
    fs::remove_file(&hold).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(disks.tables().len(), 3);
}

/// The node that works is another process: it is asked over its socket while it works.
#[test]
fn an_export_by_the_daemon_is_told_at_the_terminal_of_whoever_asked() {
    let (disks, hold, library) = three_sets();
    let dir = disks.bench.dir.path();
    let env = [("LD_PRELOAD", library.as_path()), ("HOLD", hold.as_path())];
    let daemon = Daemon::start_with(&dir.join("config"), &dir.join("log"), &env);
    let (mut child, seen) = at_a_terminal(&disks, &[], "en");
    holds_up(&seen, &["33%", "so far, about", "left"]);
    fs::remove_file(&hold).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(disks.tables().len(), 3);
    daemon.end();
}

#[test]
fn where_there_is_no_terminal_nothing_is_drawn() {
    let (disks, hold, library) = three_sets();
    let said = disks.bench.dir.path().join("stderr");
    let to = disks.medium.to_str().unwrap();
    let mut call = disks.bench.command(&["disk", "export", "tax", "--to", to]);
    call.env("LD_PRELOAD", &library).env("HOLD", &hold);
    let mut child = call.stderr(File::create(&said).unwrap()).spawn().unwrap();
    until("the first set", || (disks.tables().len() == 1).then_some(()));
    // Longer than anybody's patience at a terminal.
    std::thread::sleep(std::time::Duration::from_secs(3));
    fs::remove_file(&hold).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(fs::read_to_string(&said).unwrap(), "");
}
