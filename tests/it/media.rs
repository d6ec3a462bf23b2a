//! Sticks that are pulled out: while a set is being written, right after it was said that they may be, and while one is being
//! read. On real file systems: an ext4 that stops at once, with whatever it had not written yet, and a FAT.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::full::{Mount, tool};
use crate::two_gateways::{Gateway, verdicts};
use rustix::process::{Pid, Signal, kill_process};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Where nothing comes of it for so long, it hangs.
const LONG: Duration = Duration::from_secs(120);

/// A stick: an image, and where it is mounted when it is plugged in.
pub(crate) struct Stick {
    image: PathBuf,
    pub(crate) at: PathBuf,
    mount: Option<Mount>,
}

impl Stick {
    pub(crate) fn new(dir: &TempDir) -> Self {
        let (image, at) = (dir.path().join("stick.img"), dir.path().join("stick"));
        File::create(&image).unwrap().set_len(256 << 20).unwrap();
        tool("e2fsprogs", &["mkfs.ext4", "-q", "-F", image.to_str().unwrap()]);
        let mut stick = Self { image, at, mount: None };
        stick.plug();
        stick
    }

    pub(crate) fn plug(&mut self) {
        // Whoever reads it still must let go of it first.
        let begun = Instant::now();
        let image = self.image.to_str().unwrap();
        while !tool("mount", &["losetup", "-j", image]).stdout.is_empty() {
            assert!(begun.elapsed() < LONG, "{image} is still in use");
            std::thread::sleep(Duration::from_millis(20));
        }
        self.mount = Some(Mount::image(&self.image, &self.at));
        let owner = rustix::process::geteuid().as_raw().to_string();
        tool("coreutils", &["chown", &owner, self.at.to_str().unwrap()]);
    }

    /// Pulls it out: from this moment on nothing reaches it, not even what its file system still had in memory.
    pub(crate) fn pull(&mut self) {
        const SCRIPT: &str = "import fcntl, os, struct, sys\n\
            fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack('I', 2))";
        tool("python3", &["python3", "-c", SCRIPT, self.at.to_str().unwrap()]);
        self.mount = None;
    }

    /// Every file on it, as it is plugged in now.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = tree(&self.at);
        files.retain(|name, _| !name.starts_with("lost+found"));
        files
    }
}

fn tree(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            let inside = if name == "lost+found" {
                BTreeMap::new()
            } else {
                tree(&path)
            };
            files.extend(
                inside
                    .into_iter()
                    .map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)),
            );
        } else {
            files.insert(name, fs::read(&path).unwrap());
        }
    }
    files
}

/// A set, or its half, under its name: what nobody may ever find.
pub(crate) fn sets(files: &BTreeMap<String, Vec<u8>>) -> Vec<&str> {
    let mut names: Vec<&str> = files
        .keys()
        .filter_map(|name| name.split_once('/').map(|(set, _)| set))
        .collect();
    names.retain(|set| !set.contains(".part-"));
    names.dedup();
    names
}

#[test]
fn a_stick_pulled_while_a_set_is_written_has_no_set_and_pulled_when_told_so_has_all_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let (city, far) = (Gateway::city(dir.path()), Gateway::far(dir.path(), "far-1"));
    let case_no = city.posted(1, |_| {});
    let mut stick = Stick::new(&dir);
    let at = stick.at.to_str().unwrap().to_owned();
    let points = [
        "disk.set-begun",
        "disk.part-written:1",
        "disk.part-written:6",
        "disk.set-written",
        "disk.set-read-back",
    ];
    for point in points {
        let mut export = city.command(&["disk", "export", "far", "--to", &at]);
        let died = export
            .env(seams::point::VARIABLE, point)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(!died.success(), "{point} was not passed");
        stick.pull();
        stick.plug();
        let files = stick.files();
        assert_eq!(sets(&files), [""; 0], "{point}: {:?}", files.keys());
        assert_eq!(far.imports(&stick.at, &[]), [], "{point}");
    }
    // It is said that it may be pulled, and it is.
    let number = city.exports("far", &stick.at).remove(0);
    stick.pull();
    stick.plug();
    let files = stick.files();
    assert_eq!(sets(&files), [&*number], "{:?}", files.keys());
    assert!(!files.keys().any(|name| name.contains(".part-")), "{:?}", files.keys());
    assert_eq!(verdicts(&far.imports(&stick.at, &[])), ["accepted"]);
    assert!(far.knows(&case_no));
}

/// What is read is copied first: whoever pulls the stick meanwhile has given nothing.
#[test]
fn a_stick_pulled_while_it_is_read_gave_nothing_and_gives_all_when_it_is_back() {
    let dir = tempfile::tempdir().unwrap();
    let (city, far) = (Gateway::city(dir.path()), Gateway::far(dir.path(), "far-1"));
    let case_no = city.posted(1, |_| {});
    let mut stick = Stick::new(&dir);
    let number = city.exports("far", &stick.at).remove(0);
    let at = stick.at.to_str().unwrap().to_owned();
    // Pulled before the set was copied, after it was, and once its rows are in the journal.
    for point in ["disk.copied", "engine.begun", "engine.rows-journalled"] {
        let mut import = far.command(&["disk", "import", &at]);
        let died = import
            .env(seams::point::VARIABLE, point)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(!died.success(), "{point} was not passed");
        stick.pull();
        assert!(!far.knows(&case_no), "{point}");
        stick.plug();
    }
    // Pulled under a process that lives: while it reads a file that is too long to be read at once.
    let payload = format!("{number}/data/{number}.DBF");
    let path = stick.at.join(&payload);
    let sound = fs::read(&path).unwrap();
    File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(60 << 20)
        .unwrap();
    let mut import = far.command(&["disk", "import", &at]);
    let child = import.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let pid = Pid::from_child(&child);
    let begun = Instant::now();
    while !reads(&child, &payload) {
        assert!(begun.elapsed() < LONG, "it never read the payload");
        std::thread::yield_now();
    }
    kill_process(pid, Signal::STOP).unwrap();
    stick.pull();
    kill_process(pid, Signal::CONT).unwrap();
    let said = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&said.stdout).into_owned() + &String::from_utf8_lossy(&said.stderr);
    assert!(!said.status.success(), "{text}");
    assert!(text.contains("C_PLACE") && text.contains("介质可能已拔出"), "{text}");
    assert_eq!(far.ask(&["refused", "list"]).as_array().map(Vec::len), Some(0));

    stick.plug();
    fs::write(&path, sound).unwrap();
    assert_eq!(verdicts(&far.imports(&stick.at, &[])), ["accepted"]);
    assert!(far.knows(&case_no));
    far.ask(&["ledger", "verify"]);
}

/// Whether a process has a file open.
fn reads(child: &std::process::Child, name: &str) -> bool {
    let open = fs::read_dir(format!("/proc/{}/fd", child.id()))
        .into_iter()
        .flatten()
        .flatten();
    let mut targets = open.filter_map(|fd| fs::read_link(fd.path()).ok());
    targets.any(|target| target.ends_with(name))
}

/// FAT keeps names of any case and times of two seconds: a set is the same behind it, and so is what comes back.
#[test]
fn a_set_crosses_a_fat_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let (city, far) = (Gateway::city(dir.path()), Gateway::far(dir.path(), "far-1"));
    city.posted(1, |_| {});
    let out = dir.path().join("out");
    fs::create_dir(&out).unwrap();
    let number = city.exports("far", &out).remove(0);
    let image = dir.path().join("fat.img").to_str().unwrap().to_owned();
    let mtools = |words: &[&str]| {
        let done = std::process::Command::new(words[0]).args(&words[1..]).output();
        let done = done.unwrap_or_else(|error| panic!("{words:?} ({error}): apt-get install mtools"));
        assert!(done.status.success(), "{words:?}: {done:?}");
    };
    mtools(&["mformat", "-i", &image, "-C", "-F", "-T", "131072", "::"]);
    mtools(&["mcopy", "-i", &image, "-s", out.join(&number).to_str().unwrap(), "::"]);
    let there = dir.path().join("there");
    fs::create_dir(&there).unwrap();
    mtools(&[
        "mcopy",
        "-i",
        &image,
        "-s",
        &format!("::{number}"),
        there.to_str().unwrap(),
    ]);
    assert_eq!(tree(&there), tree(&out));
    assert_eq!(verdicts(&far.imports(&there, &[])), ["accepted"]);
}
