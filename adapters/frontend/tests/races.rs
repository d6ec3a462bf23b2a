//! Faults 26, 27, 43 and 45: somebody else works on a file while we read it, a share answers from memory or not at all,
//! and rights come and go. Whatever was read then is void; what is whole later is taken whole.

use super::world::*;
use crate::Frontend;
use crate::directory::{self, Directory};
use crate::place::{Entry, Listing, Moved, Place, Sink, Written};
use crate::settings::Ready;
use async_trait::async_trait;
use model::Code;
use port::{Adapter, Answer, BatchVerdict, Fault, Next};
use seams::{Rng as _, SeededRng};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

const RESULT: &str = "LTAX_HUB_DJJG_20260317_0001.csv";

fn accepted() -> Answer {
    answer(BatchVerdict::Accepted, vec![])
}

/// Several pieces long.
fn long_file(case: &str) -> Vec<u8> {
    let mut text = "业务编号,税务登记证号,主管税务所,登记日期,处理结果,说明\r\n".to_owned();
    for n in 0..30_000 {
        text.push_str(&format!("{case}-{n:06},,,,办结,\r\n"));
    }
    gbk(&text)
}

fn over(world: &World, ready: Ready, place: Arc<dyn Place>) -> Frontend {
    let wishes = Wishes::default();
    let (mut settings, context) = (world.settings(&wishes), world.context(&wishes));
    let in_ = settings.in_.as_mut().unwrap();
    (in_.ready, in_.answer) = (ready, false);
    in_.stable = crate::units::Period(std::time::Duration::from_millis(1));
    Frontend::over(place, settings, context)
}

type Change = Box<dyn FnOnce(&Path) + Send>;

/// A directory in which somebody does something in the middle of the next reading of a long file.
struct Raced {
    directory: Directory,
    root: PathBuf,
    change: Mutex<Option<Change>>,
}

/// Lets the change happen after the first piece.
struct Hooked<'a> {
    sink: &'a mut dyn Sink,
    path: PathBuf,
    change: Option<Change>,
}

impl Sink for Hooked<'_> {
    fn take(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        self.sink.take(bytes)?;
        if let Some(change) = self.change.take() {
            change(&self.path);
        }
        Ok(())
    }
}

#[async_trait]
impl Place for Raced {
    fn endpoint(&self) -> &str {
        self.directory.endpoint()
    }
    async fn list(&self, dir: &str, max: usize) -> Result<Listing, Fault> {
        self.directory.list(dir, max).await
    }
    async fn stat(&self, path: &str) -> Result<Option<Entry>, Fault> {
        self.directory.stat(path).await
    }
    async fn read(&self, path: &str, limit: u64, sink: &mut dyn Sink) -> Result<Option<u64>, Fault> {
        let is_data = crate::names::claim_of(path).is_some_and(|claim| claim.name.ends_with(".csv"));
        let change = is_data.then(|| self.change.lock().unwrap().take()).flatten();
        let path_here = self.root.join(path.trim_start_matches('/'));
        let mut hooked = Hooked {
            sink,
            path: path_here,
            change,
        };
        self.directory.read(path, limit, &mut hooked).await
    }
    async fn write_part(&self, path: &str, bytes: &[u8]) -> Result<Written, Fault> {
        self.directory.write_part(path, bytes).await
    }
    async fn rename(&self, from: &str, to: &str) -> Result<Moved, Fault> {
        self.directory.rename(from, to).await
    }
    async fn remove(&self, path: &str) -> Result<bool, Fault> {
        self.directory.remove(path).await
    }
    async fn make_dir(&self, path: &str) -> Result<(), Fault> {
        self.directory.make_dir(path).await
    }
}

/// A writer that still has the file open, or a stranger that knows its name under the claim.
#[tokio::test]
async fn a_file_that_changes_while_it_is_read_is_read_again_and_never_mixed() {
    type Do = fn(&Path);
    let changes: [(&str, Do); 6] = [
        ("appended", |p| {
            use std::io::Write as _;
            fs::File::options()
                .append(true)
                .open(p)
                .unwrap()
                .write_all(b"more")
                .unwrap();
        }),
        ("cut", |p| {
            fs::File::options()
                .write(true)
                .open(p)
                .unwrap()
                .set_len(300_000)
                .unwrap()
        }),
        ("emptied", |p| fs::write(p, "").unwrap()),
        ("other bytes, the same length", |p| {
            fs::write(p, long_file("other")).unwrap()
        }),
        ("the same, with its time put back", |p| {
            let before = fs::metadata(p).unwrap().modified().unwrap();
            fs::write(p, long_file("other")).unwrap();
            fs::File::options()
                .write(true)
                .open(p)
                .unwrap()
                .set_modified(before)
                .unwrap();
        }),
        ("replaced by another file", |p| {
            let aside = p.with_extension("aside");
            fs::write(&aside, long_file("other")).unwrap();
            fs::rename(aside, p).unwrap();
        }),
    ];
    assert_eq!(long_file("right").len(), long_file("other").len());
    for ready in [Ready::Marker, Ready::Rename] {
        for (what, change) in changes {
            let world = World::directory();
            world.put(RESULT, &long_file("right"), 30_000);
            let place = Arc::new(Raced {
                directory: Directory::new(&world.root(), world.clock.clone()),
                root: world.root(),
                change: Mutex::new(Some(Box::new(change))),
            });
            let adapter = over(&world, ready, place);
            let fault = adapter
                .collect(&ask(10))
                .await
                .err()
                .unwrap_or_else(|| panic!("{what}: offered"));
            assert_eq!((fault.finding.code, fault.next), (Code::CPlace, Next::Retry), "{what}");
            let claimed = held(&world.download(""), RESULT, "n1");
            // Nothing of the first reading is in the second.
            let mut offer = adapter.collect(&ask(10)).await.unwrap().remove(0);
            match read(&mut offer) {
                Ok(rows) => assert!(
                    rows.iter()
                        .all(|row| row[0].starts_with(rows[0][0].split('-').next().unwrap()))
                ),
                Err(code) => assert!(
                    [Code::EFileHash, Code::ETruncated, Code::EStructure, Code::ELastLine].contains(&code),
                    "{what}: {code}"
                ),
            }
            // Put right, it is what it was meant to be.
            fs::write(&claimed, long_file("right")).unwrap();
            let mut offer = adapter.collect(&ask(10)).await.unwrap().remove(0);
            let rows = read(&mut offer).unwrap();
            assert_eq!((rows.len(), rows[0][0].as_str()), (30_000, "right-000000"), "{what}");
            adapter.acknowledge(&offer.claim, &accepted()).await.unwrap();
            assert!(world.download("done").join(RESULT).exists(), "{what}");
        }
    }
}

/// A virus scanner, or a tidy person.
#[tokio::test]
async fn a_file_that_is_removed_while_it_is_read_is_named_and_taken_when_it_comes_again() {
    let world = World::directory();
    world.put(RESULT, &long_file("right"), 30_000);
    let place = Arc::new(Raced {
        directory: Directory::new(&world.root(), world.clock.clone()),
        root: world.root(),
        change: Mutex::new(Some(Box::new(|p| fs::remove_file(p).unwrap()))),
    });
    let adapter = over(&world, Ready::Marker, place);
    let fault = adapter.collect(&ask(10)).await.err().unwrap();
    assert_eq!((fault.finding.code, fault.next), (Code::CPlace, Next::Retry));
    assert_eq!(adapter.collect(&ask(10)).await.unwrap().len(), 0);
    world.put(RESULT, &long_file("right"), 30_000);
    let mut offer = adapter.collect(&ask(10)).await.unwrap().remove(0);
    assert_eq!(read(&mut offer).unwrap().len(), 30_000);
    // The same between the claim and the first byte.
    world.put("LTAX_HUB_DJJG_20260317_0002.csv", b"x", 1);
    let gone = Arc::new(Vanishing {
        directory: Directory::new(&world.root(), world.clock.clone()),
        root: world.root(),
    });
    adapter.acknowledge(&offer.claim, &accepted()).await.unwrap();
    let fault = over(&world, Ready::Marker, gone).collect(&ask(10)).await.err().unwrap();
    assert_eq!((fault.finding.code, fault.next), (Code::CVanished, Next::Retry));
}

/// A directory whose files vanish as soon as they are claimed.
struct Vanishing {
    directory: Directory,
    root: PathBuf,
}

/// A share: it forgets handles now and then, tells sizes as they once were, and hints at nothing.
struct Share {
    directory: Directory,
    rng: SeededRng,
    remembered: Mutex<BTreeMap<String, Entry>>,
}

impl Share {
    /// One call in ten fails as a call on a stale handle does.
    fn stale(&self, path: &str) -> Result<(), Fault> {
        match self.rng.below(10) {
            0 => {
                let source = std::io::Error::from_raw_os_error(116);
                assert_eq!(source.kind(), std::io::ErrorKind::StaleNetworkFileHandle);
                let doing = "look at a file";
                Err(directory::fault(path, safe_files::FileError::Io { doing, source }))
            }
            _ => Ok(()),
        }
    }

    /// What was seen of a file first, whatever it is now.
    fn as_it_was(&self, entry: Entry) -> Entry {
        let mut remembered = self.remembered.lock().unwrap();
        remembered.entry(entry.name.clone()).or_insert(entry).clone()
    }
}

macro_rules! place {
    ($name:ident, $before:item, $list:item, $stat:item, $rename:item) => {
        #[async_trait]
        impl Place for $name {
            fn endpoint(&self) -> &str {
                self.directory.endpoint()
            }
            $list
            $stat
            $rename
            async fn read(&self, path: &str, limit: u64, sink: &mut dyn Sink) -> Result<Option<u64>, Fault> {
                self.before(path)?;
                self.directory.read(path, limit, sink).await
            }
            async fn write_part(&self, path: &str, bytes: &[u8]) -> Result<Written, Fault> {
                self.before(path)?;
                self.directory.write_part(path, bytes).await
            }
            async fn remove(&self, path: &str) -> Result<bool, Fault> {
                self.before(path)?;
                self.directory.remove(path).await
            }
            async fn make_dir(&self, path: &str) -> Result<(), Fault> {
                self.before(path)?;
                self.directory.make_dir(path).await
            }
        }
        impl $name {
            $before
        }
    };
}

place!(
    Share,
    fn before(&self, path: &str) -> Result<(), Fault> {
        self.stale(path)
    },
    async fn list(&self, dir: &str, max: usize) -> Result<Listing, Fault> {
        self.stale(dir)?;
        let mut listing = self.directory.list(dir, max).await?;
        listing.entries = listing.entries.into_iter().map(|e| self.as_it_was(e)).collect();
        Ok(listing)
    },
    async fn stat(&self, path: &str) -> Result<Option<Entry>, Fault> {
        self.stale(path)?;
        Ok(self.directory.stat(path).await?.map(|e| self.as_it_was(e)))
    },
    async fn rename(&self, from: &str, to: &str) -> Result<Moved, Fault> {
        self.stale(from)?;
        self.directory.rename(from, to).await
    }
);

place!(
    Vanishing,
    fn before(&self, _path: &str) -> Result<(), Fault> {
        Ok(())
    },
    async fn list(&self, dir: &str, max: usize) -> Result<Listing, Fault> {
        self.directory.list(dir, max).await
    },
    async fn stat(&self, path: &str) -> Result<Option<Entry>, Fault> {
        self.directory.stat(path).await
    },
    async fn rename(&self, from: &str, to: &str) -> Result<Moved, Fault> {
        let moved = self.directory.rename(from, to).await?;
        if to.contains(".csv.claimed-") {
            fs::remove_file(self.root.join(to.trim_start_matches('/'))).unwrap();
        }
        Ok(moved)
    }
);

#[tokio::test]
async fn a_share_that_forgets_handles_and_tells_old_sizes_loses_and_doubles_nothing() {
    let world = World::directory();
    let place = Arc::new(Share {
        directory: Directory::new(&world.root(), world.clock.clone()),
        rng: SeededRng::new(43),
        remembered: Mutex::default(),
    });
    let adapter = over(&world, Ready::Marker, place.clone());
    let name = |n: usize| format!("LTAX_HUB_DJJG_20260317_{n:04}.csv");
    let rows = |n: usize| {
        gbk(&format!(
            "业务编号,税务登记证号,主管税务所,登记日期,处理结果,说明\r\ncase-{n},,,,办结,\r\n"
        ))
    };
    // Seen while they were still short; told as short ever after.
    for n in 0..40 {
        fs::write(world.download(&name(n)), &rows(n)[..5]).unwrap();
    }
    while place.remembered.lock().unwrap().len() < 40 {
        let _ = adapter.collect(&ask(100)).await;
    }
    for n in 0..40 {
        world.put(&name(n), &rows(n), 1);
    }
    // A share sends no events, and a lock on it means little: nobody waits for either.
    let mut taken = BTreeMap::new();
    for round in 0.. {
        assert!(round < 2_000, "it never ends: {taken:?}");
        if names_in(&world.download("")) == ["done"] {
            break;
        }
        for mut offer in adapter.collect(&ask(100)).await.unwrap_or_default() {
            let cells = read(&mut offer).unwrap();
            if adapter.acknowledge(&offer.claim, &accepted()).await.is_ok() {
                taken.insert(offer.name, cells[0][0].clone());
            }
        }
    }
    let expected: BTreeMap<String, String> = (0..40).map(|n| (name(n), format!("case-{n}"))).collect();
    assert_eq!(taken, expected);
    assert_eq!(
        names_in(&world.download("done")).len(),
        80,
        "each with its marker, once"
    );
    assert_eq!(names_in(&world.download("")), ["done"]);
}

/// Whether a file's mode means nothing to us.
fn overrides_rights(world: &World) -> bool {
    let path = world.root().join("closed");
    fs::write(&path, "x").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    fs::read(path).is_ok()
}

/// Root may do everything: then the test runs once more, without what goes beyond a file's mode.
fn again_without_overriding_rights(test: &str) {
    assert!(std::env::var("TANGHULU_RIGHTS").is_err(), "the rights are still there");
    let again = std::process::Command::new("setpriv")
        .args(["--bounding-set", "-dac_override,-dac_read_search"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test])
        .env("TANGHULU_RIGHTS", "given up")
        .status();
    assert!(again.expect("setpriv, of util-linux").success());
}

#[tokio::test]
async fn rights_that_are_lost_are_told_by_their_code_and_come_back_by_themselves() {
    let world = World::directory();
    if overrides_rights(&world) {
        let name = "rights_that_are_lost_are_told_by_their_code_and_come_back_by_themselves";
        return again_without_overriding_rights(&format!("tests::races::{name}"));
    }
    let adapter = world.adapter();
    let mode = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let (bad, good) = (RESULT, "LTAX_HUB_DJJG_20260317_0002.csv");
    for name in [bad, good] {
        world.put(name, &long_file("right"), 30_000);
    }
    // One file: it waits, the others do not.
    mode(&world.download(bad), 0o000);
    let offers = adapter.collect(&ask(10)).await.unwrap();
    assert_eq!(offers.iter().map(|o| o.name.as_str()).collect::<Vec<_>>(), [good]);
    adapter.acknowledge(&offers[0].claim, &accepted()).await.unwrap();
    let fault = adapter.collect(&ask(10)).await.err().unwrap();
    assert_eq!((fault.finding.code, fault.next), (Code::CDenied, Next::Retry));
    for lang in [model::Lang::Zh, model::Lang::En] {
        assert!(fault.finding.what(lang).contains(bad) && !fault.finding.remedy(lang).is_empty());
    }
    mode(&held(&world.download(""), bad, "n1"), 0o640);
    assert_eq!(adapter.collect(&ask(10)).await.unwrap()[0].name, bad);
    // The whole directory, in both directions.
    for (dir, closed) in [("download", 0o000), ("download", 0o500)] {
        let dir = world.root().join(dir);
        world.put("LTAX_HUB_DJJG_20260317_0003.csv", b"x", 1);
        let claim = adapter.collect(&ask(1)).await.unwrap().remove(0).claim;
        mode(&dir, closed);
        let faults = [
            adapter.acknowledge(&claim, &accepted()).await.err(),
            adapter.collect(&ask(10)).await.err(),
        ];
        assert!(faults[0].is_some(), "{closed:o}");
        for fault in faults.into_iter().flatten() {
            assert_eq!(
                (fault.finding.code, fault.next),
                (Code::CDenied, Next::Retry),
                "{closed:o}"
            );
        }
        mode(&dir, 0o750);
        adapter.acknowledge(&claim, &accepted()).await.unwrap();
        for offer in adapter.collect(&ask(10)).await.unwrap() {
            adapter.acknowledge(&offer.claim, &accepted()).await.unwrap();
        }
    }
    let up = world.upload("");
    let batch = prepared(&*adapter, &rows(), 1);
    mode(&up, 0o500);
    let fault = adapter.deliver(&batch).await.unwrap_err();
    assert_eq!((fault.finding.code, fault.next), (Code::CDenied, Next::Retry));
    mode(&up, 0o750);
    adapter.deliver(&batch).await.unwrap();
}
