//! `ledger backup`, `ledger restore` and `ledger resume` as an operator meets them, in the order of a bad day.

use super::desk::deserted;
use super::normal::Normal;
use super::say::{Said, ask, compare, program};
use seams::{Clock, SystemClock};
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

const FORMS: [(&str, &[&str]); 3] = [
    ("--lang zh", &["--lang", "zh"]),
    ("--lang en", &["--lang", "en"]),
    ("--json", &["--json", "--lang", "en"]),
];

/// A node with a ledger, and nobody around it.
struct Scene {
    dir: TempDir,
    config: PathBuf,
    normal: Normal,
}

impl Scene {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        deserted(dir.path(), &clock);
        let config = dir.path().join("config");
        let scene = Self {
            normal: Normal::new(dir.path()),
            config,
            dir,
        };
        assert_eq!(scene.ask("balance").code, 0);
        scene
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// Calls with words in which `DIR` is the scene's own.
    fn ask(&self, line: &str) -> Said {
        self.ask_in(line, &[])
    }

    fn ask_in(&self, line: &str, more: &[&str]) -> Said {
        let line = line.replace("DIR", self.dir.path().to_str().unwrap());
        let words: Vec<&str> = line.split_whitespace().chain(more.iter().copied()).collect();
        ask(&self.config, &words)
    }

    /// The three forms of an answer, with `before` done ahead of each.
    fn golden(&self, name: &str, line: &str, code: i32, before: impl Fn()) {
        let mut page = format!("tanghulu {line}: exit {code}\n");
        for (form, more) in FORMS {
            before();
            let said = self.ask_in(line, more);
            assert_eq!(said.code, code, "{line} {form}: {said:?}");
            page.push_str(&format!("=== {form}\n{}", self.shown(&said.out)));
            if !said.err.is_empty() {
                page.push_str(&format!("--- standard error\n{}", self.shown(&said.err)));
            }
        }
        compare(&format!("backup_{name}"), &page);
    }

    /// What differs from run to run: heads, ids, and how long they make things.
    fn shown(&self, text: &str) -> String {
        let mut shown = String::new();
        for line in self.normal.text(text).lines() {
            let mut line = line.to_owned();
            if let Some(at) = line.find("th1:") {
                let end = line[at..].find('"').map_or(line.len(), |end| at + end);
                line.replace_range(at..end, "HEAD");
            }
            for label in ["\"bytes\": ", "字节  ", "bytes  ", "\"journal\": "] {
                if let Some(at) = line.find(label) {
                    line.replace_range(at + label.len().., "…");
                }
            }
            shown.push_str(&line);
            shown.push('\n');
        }
        shown
    }
}

#[test]
fn a_backup_is_made_restored_and_trusted() {
    let scene = Scene::new();
    let aside = || drop(fs::remove_dir_all(scene.dir.path().join("b1")));
    scene.golden("made", "ledger backup --to DIR/b1 --as 张三", 0, aside);
    scene.golden("exists", "ledger backup --to DIR/b1 --as 张三", 1, || ());
    scene.golden("no_place", "ledger backup --to DIR/no/b1 --as 张三", 1, || ());
    scene.golden("nobody", "ledger backup --to DIR/b2", 1, || ());
    scene.golden("compared", "ledger restore DIR/b1 --verify", 0, || ());
    scene.golden("not_empty", "ledger restore DIR/b1", 1, || ());
    scene.golden("trusted_already", "ledger resume", 0, || ());
    scene.golden("no_doubt", "ledger resume --reason 演练 --as 张三", 1, || ());

    let anew = || drop(fs::remove_dir_all(scene.data()));
    scene.golden("restored", "ledger restore DIR/b1", 0, anew);
    scene.golden("in_doubt", "ledger resume", 1, || ());
    scene.golden("balance_in_doubt", "balance", 0, || ());
    scene.golden("export_in_doubt", "disk export ntax --to DIR --as 张三", 1, || ());
    scene.golden("resume_nobody", "ledger resume --reason 演练", 1, || ());
    scene.golden(
        "resume_without_reason",
        "ledger resume --nothing-lost --as 张三",
        2,
        || (),
    );
    let again = || {
        anew();
        assert_eq!(scene.ask("ledger restore DIR/b1").code, 0);
    };
    scene.golden("resumed", "ledger resume --reason 演练 --as 张三", 0, again);
    assert_eq!(scene.ask("ledger resume").code, 0, "and it stays so");
    scene.golden(
        "resumed_as_it_is",
        "ledger resume --nothing-lost --reason 整机搬迁 --as 张三",
        0,
        again,
    );
    assert_eq!(
        scene.ask("disk export ntax --to DIR --as 张三").code,
        0,
        "it sends again"
    );
}

/// Killed at any of its steps: what stands under the backup's name is whole or nothing, what stands in the data directory is
/// the whole ledger or none, and the same call does it the next time.
#[test]
fn killed_at_any_step_a_backup_or_a_restore_is_whole_or_not_there() {
    let scene = Scene::new();
    let name = scene.dir.path().join("b1");
    let aside = scene.dir.path().join("aside");
    let dies = |line: &str, point: &str| {
        let line = line.replace("DIR", scene.dir.path().to_str().unwrap());
        let mut call = program();
        call.arg("--config").arg(&scene.config).args(line.split_whitespace());
        let status = call.env(seams::point::VARIABLE, point).output().unwrap().status;
        assert_eq!(status.signal(), Some(9), "{point} was not met");
    };
    let points = |verb: &'static str| seams::point::VERBS.iter().filter(move |p| p.starts_with(verb));
    for point in points("backup.") {
        dies("ledger backup --to DIR/b1 --as 张三", point);
        assert_eq!(scene.ask("balance").code, 0, "{point}");
        match fs::read_dir(&name).map(Iterator::count) {
            Err(_) => {}
            // Nobody takes that for a backup, nor writes over it.
            Ok(0) => {
                assert_eq!(*point, "backup.name-taken");
                assert_eq!(scene.ask("ledger restore DIR/b1 --verify").code, 1, "{point}");
                assert_eq!(scene.ask("ledger backup --to DIR/b1 --as 张三").code, 1, "{point}");
                fs::remove_dir(&name).unwrap();
            }
            Ok(_) => {
                assert_eq!(*point, "backup.in-place");
                assert_eq!(scene.ask("ledger restore DIR/b1 --verify").code, 0, "{point}");
                fs::remove_dir_all(&name).unwrap();
            }
        }
        assert_eq!(scene.ask("ledger backup --to DIR/b1 --as 张三").code, 0, "{point}");
        assert!(!name.with_extension("part").exists(), "{point}");
        assert_eq!(scene.ask("ledger restore DIR/b1 --verify").code, 0, "{point}");
        fs::remove_dir_all(&name).unwrap();
    }
    assert_eq!(scene.ask("ledger backup --to DIR/b1 --as 张三").code, 0);
    fs::rename(scene.data(), &aside).unwrap();
    for point in points("restore.") {
        dies("ledger restore DIR/b1", point);
        let there = scene.data().join("journal").exists();
        assert_eq!(there, *point == "restore.in-place", "{point}");
        if !there {
            assert_eq!(scene.ask("ledger restore DIR/b1").code, 0, "{point}");
        }
        let doubt = scene.ask("ledger resume");
        assert!(doubt.out.contains("L_RESTORED"), "{point}: {doubt:?}");
        assert!(!scene.data().join("journal.part").exists(), "{point}");
        assert_eq!(scene.ask("ledger verify").code, 0, "{point}");
        fs::remove_dir_all(scene.data()).unwrap();
    }
}

#[test]
fn what_is_no_backup_is_refused_and_nothing_is_made_of_it() {
    let scene = Scene::new();
    assert_eq!(scene.ask("ledger backup --to DIR/b1 --as 张三").code, 0);
    fs::remove_dir_all(scene.data()).unwrap();
    let paper = scene.dir.path().join("b1").join("backup.json");
    let text = fs::read_to_string(&paper).unwrap();
    let untouched = |scene: &Scene| {
        let left = fs::read_dir(scene.data()).map(|dir| dir.flatten().filter(|e| e.file_name() != "lock").count());
        assert_eq!(left.unwrap_or(0), 0);
    };
    scene.golden("nothing_there", "ledger restore DIR/b404", 1, || ());
    for (name, from, to) in [
        ("newer", "\"format\": 1", "\"format\": 7"),
        ("edited", "\"group\": ", "\"group\": 1"),
        ("half", "\"sha256\"", ""),
    ] {
        fs::write(&paper, text.replacen(from, to, 1)).unwrap();
        scene.golden(name, "ledger restore DIR/b1", 1, || ());
        untouched(&scene);
    }
    fs::write(&paper, &text).unwrap();
    // Another node's key.
    let key = scene.dir.path().join("keys/node.key");
    let own = fs::read_to_string(&key).unwrap();
    fs::write(&key, format!("{}\n", "5a3c".repeat(16))).unwrap();
    scene.golden("foreign", "ledger restore DIR/b1", 1, || ());
    untouched(&scene);
    fs::write(&key, own).unwrap();
    // A flipped bit is named by its entry.
    let journal = scene.dir.path().join("b1/journal");
    let segment = fs::read_dir(journal).unwrap().map(|e| e.unwrap().path());
    let segment = segment
        .into_iter()
        .find(|p| p.extension().is_some_and(|e| e == "seg"))
        .unwrap();
    let mut bytes = fs::read(&segment).unwrap();
    // In the first body, behind the segment's and the group's header.
    bytes[300] ^= 1;
    fs::write(&segment, bytes).unwrap();
    scene.golden("damaged", "ledger restore DIR/b1", 1, || ());
    untouched(&scene);
}
