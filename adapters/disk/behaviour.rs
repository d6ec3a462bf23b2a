//! The behaviour suite against the department that takes disks, over a directory that is the medium.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod form;

use crate::testing::keyring::Keyring;
use crate::testing::ring_sm::{SmKeyring, one_line};
use crate::testing::{self, Ring as _, SEED};
use departments::age::{Age, recipient};
use departments::cases::case_no;
use departments::fate::{Fates, Ruling};
use departments::ntax::{MATTER, Ntax};
use model::{CaseNo, Row};
use port::{Adapter, Ask, Numbers, Offer, Outgoing};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use testkit::behaviour::{Counterpart, REFUSED, SECRET, tree};

struct OneIsRefused;

impl Fates for OneIsRefused {
    fn ruling(&self, _matter: &str, case: &str) -> Ruling {
        if case == case_no(REFUSED) {
            Ruling::RefuseRow("2003".into())
        } else {
            Ruling::Approve
        }
    }
}

struct Bureau {
    dir: TempDir,
    ntax: Ntax,
    /// How sets and returns are encrypted, and the settings that say so.
    sealed: Option<Sealed>,
}

struct Sealed {
    /// What ends the names of files.
    ending: &'static str,
    settings: crate::Settings,
    /// They hold the files that the settings name.
    _keys: Box<dyn std::any::Any + Send + Sync>,
}

impl Bureau {
    fn open() -> Arc<Self> {
        let (dir, ntax) = Self::made();
        let ntax = ntax.trusting(&crate::public_key(SEED).unwrap());
        Arc::new(Self {
            dir,
            ntax,
            sealed: None,
        })
    }

    /// The same, and nothing goes out or comes back in clear.
    fn sealed() -> Arc<Self> {
        let (keys, (dir, ntax)) = (Keyring::new(), Self::made());
        let ntax = ntax.trusting(&crate::public_key(SEED).unwrap());
        let home = dir.path().join("ntax");
        ntax.set_age(Age::open(&home, &keys.recipient("node")).unwrap());
        let to = recipient(&home.join("bureau.age-key")).unwrap();
        let settings = keys.settings(&format!("recipients = [\"{to}\"]\n{}", keys.identity("node")));
        let sealed = Sealed {
            ending: ".DBF.age",
            settings,
            _keys: Box::new(keys),
        };
        Arc::new(Self {
            dir,
            ntax,
            sealed: Some(sealed),
        })
    }

    /// The same in the national suite.
    fn sealed_sm() -> Arc<Self> {
        let (keys, (dir, ntax)) = (SmKeyring::new(), Self::made());
        let openssl = keys.taken_along(&dir.path().join("ntax"));
        let to = one_line(&openssl.public().unwrap());
        ntax.set_sm(openssl);
        let settings = keys.settings(&format!("recipients = [\"{to}\"]\n{}", keys.identity("node")));
        let sealed = Sealed {
            ending: ".DBF.sm4",
            settings,
            _keys: Box::new(keys),
        };
        Arc::new(Self {
            dir,
            ntax,
            sealed: Some(sealed),
        })
    }

    fn made() -> (TempDir, Ntax) {
        let dir = tempfile::tempdir().unwrap();
        for name in ["work", "medium", "held"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        let ntax = Ntax::open(&dir.path().join("ntax"), Arc::new(OneIsRefused)).unwrap();
        (dir, ntax)
    }

    fn ending(&self) -> &'static str {
        self.sealed.as_ref().map_or(".DBF", |sealed| sealed.ending)
    }

    fn medium(&self) -> PathBuf {
        self.dir.path().join("medium")
    }

    fn answers(&self, dir: &Path) -> Vec<String> {
        let names = fs::read_dir(dir)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap());
        names
            .filter(|n| n.starts_with("HP") && n.contains(self.ending()) && !n.ends_with(".receipt.txt"))
            .collect()
    }
}

/// Under which name the department writes a file.
fn growing(path: &Path) -> PathBuf {
    PathBuf::from(format!("{}.tmp", path.display()))
}

#[async_trait::async_trait]
impl Counterpart for Bureau {
    fn adapter(&self) -> Arc<dyn Adapter> {
        match &self.sealed {
            Some(sealed) => testing::adapter_with(self.dir.path(), sealed.settings.clone(), 16 << 20),
            None => testing::adapter_in(self.dir.path(), "", 16 << 20),
        }
    }

    fn outgoing(&self, cases: &[u32]) -> Outgoing {
        let names: Vec<String> = cases.iter().map(|n| case_no(*n)).collect();
        testing::outgoing(&names.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn numbers(&self, seq: u32) -> Numbers {
        testing::numbers(u64::from(seq))
    }

    /// Wider than its column.
    fn spoil(&self, row: &mut Row) {
        row.cells[1] = Some(SECRET.repeat(30).into());
    }

    async fn let_department_work(&self) {
        self.ntax.take(&self.medium()).unwrap();
    }

    fn booked(&self, case: &CaseNo) -> usize {
        self.ntax.books().of(case.as_str(), MATTER).len()
    }

    fn refusal(&self) -> &str {
        "2003"
    }

    fn case_column(&self) -> &str {
        "YWBH"
    }

    fn code_column(&self) -> Option<&str> {
        Some("CLJG")
    }

    fn place(&self) -> Option<PathBuf> {
        Some(self.medium())
    }

    fn seen(&self) -> BTreeMap<String, Vec<u8>> {
        tree(&self.medium())
    }

    /// Under the name that the department gives a file while it writes it.
    async fn half_write(&self) {
        for name in self.answers(&self.medium()) {
            let (path, held) = (self.medium().join(&name), self.dir.path().join("held").join(&name));
            let bytes = fs::read(&path).unwrap();
            fs::rename(&path, held).unwrap();
            fs::write(growing(&path), &bytes[..bytes.len() / 2]).unwrap();
        }
    }

    async fn finish(&self) {
        for name in self.answers(&self.dir.path().join("held")) {
            let path = self.medium().join(&name);
            fs::remove_file(growing(&path)).unwrap();
            fs::rename(self.dir.path().join("held").join(name), path).unwrap();
        }
    }

    async fn twins(&self, adapter: &dyn Adapter) -> [Offer; 3] {
        let names = ["HP0302A1", "HP0302Z9", "HP0302A2"].map(|name| format!("{name}{}", self.ending()));
        for name in self.answers(&self.medium()) {
            if let Some(rest) = name.strip_prefix(&names[0]) {
                let copy = self.medium().join(format!("{}{rest}", names[1]));
                fs::copy(self.medium().join(&name), copy).unwrap();
            }
        }
        let ask = Ask {
            position: None,
            place: self.place(),
            answers: None,
            past_gaps: false,
            max: 100,
        };
        let mut offers = adapter.collect(&ask).await.unwrap();
        names.map(|name| {
            let at = offers.iter().position(|o| o.name == name).unwrap();
            offers.remove(at)
        })
    }

    /// Nobody put the medium in, and our own work place is gone too: that is all that can be probed.
    async fn go_down(&self) {
        for name in ["medium", "work"] {
            fs::rename(self.dir.path().join(name), self.dir.path().join(format!("{name}.away"))).unwrap();
        }
    }

    async fn come_back(&self) {
        for name in ["medium", "work"] {
            fs::rename(self.dir.path().join(format!("{name}.away")), self.dir.path().join(name)).unwrap();
        }
    }
}

mod on_a_medium {
    testkit::behaviour_suite!(super::Bureau::open());
}

mod encrypted {
    testkit::behaviour_suite!(super::Bureau::sealed());
}

mod encrypted_sm {
    testkit::behaviour_suite!(super::Bureau::sealed_sm());
}
