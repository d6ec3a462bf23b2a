//! The same suite against the office that takes workbooks.

use super::OneIsRefused;
use crate::testing::{self, SEED, forms};
use departments::cases::case_no;
use departments::hrss::{Hrss, MATTER, REFUSED as IN_ITS_WORDS};
use model::{CaseNo, Row};
use port::{Adapter, Ask, Numbers, Offer, Outgoing};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use testkit::behaviour::{Counterpart, SECRET, tree};

struct Office {
    dir: TempDir,
    hrss: Hrss,
}

impl Office {
    fn open() -> Arc<Self> {
        let dir = tempfile::tempdir().unwrap();
        for name in ["work", "medium", "held"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        let hrss = Hrss::open(&dir.path().join("hrss"), Arc::new(OneIsRefused)).unwrap();
        let hrss = hrss.trusting(&crate::public_key(SEED).unwrap());
        Arc::new(Self { dir, hrss })
    }

    fn medium(&self) -> PathBuf {
        self.dir.path().join("medium")
    }

    fn answers(dir: &Path) -> Vec<String> {
        let names = fs::read_dir(dir)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap());
        names.filter(|n| n.starts_with("HRSS_") && n.len() == 29).collect()
    }
}

#[async_trait::async_trait]
impl Counterpart for Office {
    fn adapter(&self) -> Arc<dyn Adapter> {
        forms::adapter_in(self.dir.path(), "")
    }

    fn outgoing(&self, cases: &[u32]) -> Outgoing {
        let names: Vec<String> = cases.iter().map(|n| case_no(*n)).collect();
        forms::outgoing(&names.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn numbers(&self, seq: u32) -> Numbers {
        // A day has 99 names here: the suite's hundreds go on the next days.
        let days = i64::from((seq - 1) / 99);
        let mut numbers = testing::numbers(u64::from(seq));
        numbers.day = numbers.day.checked_add(jiff::Span::new().days(days)).unwrap();
        numbers.seq = (seq - 1) % 99 + 1;
        numbers
    }

    /// Nothing XML can write.
    fn spoil(&self, row: &mut Row) {
        row.cells[2] = Some(format!("{SECRET}\u{1}").into());
    }

    async fn let_department_work(&self) {
        self.hrss.take(&self.medium()).unwrap();
    }

    fn booked(&self, case: &CaseNo) -> usize {
        self.hrss.books().of(case.as_str(), MATTER).len()
    }

    fn refusal(&self) -> &str {
        IN_ITS_WORDS
    }

    fn case_column(&self) -> &str {
        "业务编号"
    }

    fn code_column(&self) -> Option<&str> {
        Some("处理结果")
    }

    fn good(&self) -> &str {
        "成功"
    }

    fn place(&self) -> Option<PathBuf> {
        Some(self.medium())
    }

    fn seen(&self) -> BTreeMap<String, Vec<u8>> {
        tree(&self.medium())
    }

    /// Under the name that the department gives a file while it writes it.
    async fn half_write(&self) {
        for name in Self::answers(&self.medium()) {
            let (path, held) = (self.medium().join(&name), self.dir.path().join("held").join(&name));
            let bytes = fs::read(&path).unwrap();
            fs::rename(&path, held).unwrap();
            fs::write(path.with_extension("tmp"), &bytes[..bytes.len() / 2]).unwrap();
        }
    }

    async fn finish(&self) {
        for name in Self::answers(&self.dir.path().join("held")) {
            let path = self.medium().join(&name);
            fs::remove_file(path.with_extension("tmp")).unwrap();
            fs::rename(self.dir.path().join("held").join(name), path).unwrap();
        }
    }

    async fn twins(&self, adapter: &dyn Adapter) -> [Offer; 3] {
        // A second name of the same batch: what stands above the table speaks of no other.
        let names = ["01.xlsx", "01.xls", "02.xlsx"].map(|end| format!("HRSS_HUB_RET_20260302_{end}"));
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
    testkit::behaviour_suite!(super::Office::open());
}
