//! A directory tree that the statistics bureau and a channel share: numbered directories, fixed width.

use super::world::{NOW, spawner};
use crate::{Mode, Settings};
use departments::Books;
use departments::fate::Fates;
use departments::stat::Stat;
use jiff::civil::date;
use model::define::{Channel, Feed, FeedRole, Field, Layout, Meaning, OnBatchRefused, OnRowError};
use model::schedule::Schedule;
use model::{AttemptId, BatchId, CaseNo, DeptId, Finding, Header, MatterId, Op, Proof, Row};
use port::{Adapter, Context, Numbers, Outgoing, Prepared, Record, Secret, Secrets, TypedMode as _};
use seams::{SeededRng, TokioClock, UnixMs};
use secrecy::SecretString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// Fields of a row after its letter, with their kinds.
pub const FIELDS: [(&str, &str); 12] = [
    ("seq", "N6"),
    ("case_no", "A21"),
    ("org_code", "A9"),
    ("ent_name", "A100"),
    ("addr_division", "A6"),
    ("ent_type", "A3"),
    ("industry_code", "A5"),
    ("reg_capital", "N16"),
    ("staff_count", "N6"),
    ("est_date", "A8"),
    ("tel", "A20"),
    ("rep_name", "A40"),
];

const RETURN: [(&str, &str); 5] = [
    ("seq", "N6"),
    ("case_no", "A21"),
    ("ret_code", "A4"),
    ("stat_no", "A12"),
    ("message", "A60"),
];

pub const SETTINGS: &str = r#"
transport = "directory"
root = "@ROOT@"
format = "fixed"
[fixed]
record = 300
head = ["from:A8", "to:A8", "date:N8", "seq:N4", "answers:A12"]
tail = ["count:N6", "sum:N18"]
us = "HUB"
them = "STAT"
sum = "reg_capital"
[out]
dir = "out"
name = "TJ{date}.TXT"
ready = "end"
taken = "out/taken"
[in]
dir = "in"
ready = "end"
answer = true
[[in.feeds]]
feed = "returns"
pattern = "TJ*.TXT"
"#;

fn layout(name: &str, letter: &str, fields: &[(&str, &str)]) -> Layout {
    let first = Field {
        name: "type".to_owned(),
        meaning: Meaning::Const(letter.to_owned()),
        kind: Some("A1".to_owned()),
        ..Field::default()
    };
    let rest = fields.iter().map(|(name, kind)| Field {
        name: (*name).to_owned(),
        kind: Some((*kind).to_owned()),
        ..Field::default()
    });
    Layout {
        name: name.to_owned(),
        encoding: "gbk".to_owned(),
        fields: std::iter::once(first).chain(rest).collect(),
        ..Layout::default()
    }
}

pub fn layouts() -> Vec<Layout> {
    vec![layout("submit", "D", &FIELDS), layout("return", "R", &RETURN)]
}

pub fn channel() -> Channel {
    Channel {
        name: "frontend".to_owned(),
        mode: model::Mode::Frontend,
        proof: Proof::Receipt,
        ops: vec![Op::Submit, Op::Supplement],
        layouts: [(MatterId::new("stat.reg"), "submit".to_owned())].into(),
        out: Schedule::OnRequest,
        in_: Schedule::OnRequest,
        feeds: vec![Feed {
            name: "returns".to_owned(),
            role: FeedRole::ReceiptsWithResults,
            layout: "return".to_owned(),
            matter: Some(MatterId::new("stat.reg")),
        }],
        max_rows: 1000,
        unconfirmed_after: None,
        on_batch_refused: OnBatchRefused::WithoutNamed,
        on_row_error: OnRowError::AcceptRest,
    }
}

struct NoSecrets;

impl Secrets for NoSecrets {
    fn read(&self, _secret: &Secret) -> Result<SecretString, Finding> {
        panic!("a directory needs no secret")
    }
}

pub struct StatWorld {
    pub dir: TempDir,
    pub clock: Arc<TokioClock>,
}

impl StatWorld {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("root/out/taken")).unwrap();
        fs::create_dir_all(dir.path().join("root/in")).unwrap();
        Self {
            dir,
            clock: Arc::new(TokioClock::new(UnixMs(NOW))),
        }
    }

    pub fn root(&self) -> PathBuf {
        self.dir.path().join("root")
    }

    pub fn at(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub fn bureau(&self, fates: Arc<dyn Fates>) -> Stat {
        let own = self.dir.path().join("bureau");
        let books = Arc::new(Books::open(&own.join("books"), "stat").unwrap());
        Stat::open(&self.root(), &own, books, fates, self.clock.clone(), 480).unwrap()
    }

    pub fn settings(&self) -> Settings {
        toml::from_str(&SETTINGS.replace("@ROOT@", self.root().to_str().unwrap())).unwrap()
    }

    pub fn adapter_with(&self, node: &str, change: impl FnOnce(&mut Settings)) -> Arc<dyn Adapter> {
        let mut settings = self.settings();
        change(&mut settings);
        assert_eq!(Mode::judge(&settings, &channel(), &layouts()), []);
        Mode::build(settings, self.context(node)).unwrap()
    }

    pub fn context(&self, node: &str) -> Context {
        Context {
            node: node.to_owned(),
            dept: DeptId::new("stat"),
            channel: Arc::new(channel()),
            layouts: Arc::new(layouts()),
            work_dir: self.dir.path().join("work"),
            worker: None,
            offset_minutes: 480,
            max_batch_bytes: 1 << 20,
            clock: self.clock.clone(),
            rng: Arc::new(SeededRng::new(1)),
            spawn: spawner(),
            secrets: Arc::new(NoSecrets),
        }
    }

    pub fn adapter(&self) -> Arc<dyn Adapter> {
        self.adapter_with("n1", |_| ())
    }

    /// Puts a directory where the bureau puts its own.
    pub fn put(&self, number: &str, file: &[u8]) {
        let dir = self.at("in").join(number);
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join("TJ20260309.TXT"), file).unwrap();
        fs::write(dir.join("END"), "").unwrap();
    }
}

/// The golden files.
pub fn golden(name: &str) -> Vec<u8> {
    fs::read(format!(
        "{}/../../fixtures/files/stat/{name}",
        env!("CARGO_MANIFEST_DIR")
    ))
    .unwrap()
}

/// The bureau's golden answer, with the number of the batch it answers in its head.
pub fn answer_file() -> Vec<u8> {
    let mut file = golden("TJ20260309.TXT");
    file[29..41].copy_from_slice(b"202603060001");
    file
}

/// The two cases of the golden file.
pub fn rows() -> Outgoing {
    outgoing(&[
        [
            "1",
            "110108202603020000019",
            "123456788",
            "北京测试一号生物制剂有限公司",
            "110108",
            "150",
            "2760",
            "10000",
            "12",
            "20260316",
            "010-55550100",
            "张测试",
        ],
        [
            "2",
            "110108202603020000027",
            "123456796",
            "北京测试二号科技有限公司",
            "110108",
            "150",
            "6510",
            "5050",
            "12",
            "20260317",
            "13800138000",
            "李喆",
        ],
    ])
}

pub fn outgoing(rows: &[[&str; 12]]) -> Outgoing {
    let records = rows.iter().zip(1..).map(|(row, n)| Record {
        attempt: AttemptId(n),
        case_no: CaseNo::new(row[1]),
        matter: MatterId::new("stat.reg"),
        op: Op::Submit,
        token: format!("t{n}"),
    });
    let cells = |row: &[&str; 12]| {
        let rest = row.iter().map(|c| Some((*c).into()));
        std::iter::once(Some("D".into())).chain(rest).collect()
    };
    Outgoing {
        layout: Arc::new(layouts().swap_remove(0)),
        header: Header::new(std::iter::once("type").chain(FIELDS.iter().map(|(name, _)| *name))),
        records: records.collect(),
        rows: rows
            .iter()
            .zip(1..)
            .map(|(row, line)| Row {
                line,
                cells: cells(row),
            })
            .collect(),
        beside: port::Beside::default(),
    }
}

pub fn numbers(seq: u32) -> Numbers {
    Numbers {
        batch: BatchId(u64::from(seq)),
        dept: DeptId::new("stat"),
        day: date(2026, 3, 6),
        seq,
        at: NOW,
    }
}

pub fn prepared(adapter: &dyn Adapter, seq: u32) -> Prepared {
    let (rows, numbers) = (rows(), numbers(seq));
    Prepared {
        encoded: adapter.encode(&rows, &numbers).unwrap(),
        numbers,
        records: rows.records,
        place: None,
        again: false,
        copy: 1,
    }
}

pub fn copy_dir(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}
