//! The behaviour suite against the department that takes disks, over a directory that is the medium.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod form;

use crate::testing::keyring::Keyring;
use crate::testing::{self, SEED};
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
    /// Where sets and returns are encrypted.
    keys: Option<Keyring>,
}

impl Bureau {
    fn open() -> Arc<Self> {
        Arc::new(Self::with(None))
    }

    /// The same, and nothing goes out or comes back in clear.
    fn sealed() -> Arc<Self> {
        let bureau = Self::with(Some(Keyring::new()));
        let to = bureau.keys.as_ref().unwrap().recipient("node");
        let age = Age::open(&bureau.dir.path().join("ntax"), &to).unwrap();
        bureau.ntax.set_age(age);
        Arc::new(bureau)
    }

    fn with(keys: Option<Keyring>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for name in ["work", "medium", "held"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        let ntax = Ntax::open(&dir.path().join("ntax"), Arc::new(OneIsRefused)).unwrap();
        let ntax = ntax.trusting(&crate::public_key(SEED).unwrap());
        Self { dir, ntax, keys }
    }

    fn ending(&self) -> &'static str {
        if self.keys.is_some() { ".DBF.age" } else { ".DBF" }
    }

    fn medium(&self) -> PathBuf {
        self.dir.path().join("medium")
    }

    fn answers(&self, dir: &Path) -> Vec<String> {
        let names = fs::read_dir(dir)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap());
        names
            .filter(|n| n.starts_with("HP") && n.ends_with(self.ending()))
            .collect()
    }
}

#[async_trait::async_trait]
impl Counterpart for Bureau {
    fn adapter(&self) -> Arc<dyn Adapter> {
        let Some(keys) = &self.keys else {
            return testing::adapter_in(self.dir.path(), "", 16 << 20);
        };
        let to = recipient(&self.dir.path().join("ntax/bureau.age-key")).unwrap();
        let settings = keys.settings(&format!("recipients = [\"{to}\"]\n{}", keys.identity("node")));
        testing::adapter_with(self.dir.path(), settings, 16 << 20)
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
            fs::write(path.with_extension("tmp"), &bytes[..bytes.len() / 2]).unwrap();
        }
    }

    async fn finish(&self) {
        for name in self.answers(&self.dir.path().join("held")) {
            let path = self.medium().join(&name);
            fs::remove_file(path.with_extension("tmp")).unwrap();
            fs::rename(self.dir.path().join("held").join(name), path).unwrap();
        }
    }

    async fn twins(&self, adapter: &dyn Adapter) -> [Offer; 3] {
        let names = ["HP0302A1", "HP0302Z9", "HP0302A2"].map(|name| format!("{name}{}", self.ending()));
        fs::copy(self.medium().join(&names[0]), self.medium().join(&names[1])).unwrap();
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
