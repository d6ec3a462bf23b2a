//! What the tests of this crate share: a channel, rows, a medium.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub(crate) mod forms;
pub(crate) mod keyring;
pub(crate) mod ring;
pub(crate) mod ring_sm;

pub(crate) use ring::Ring;

use crate::{Disk, Settings};
use model::define::*;
use model::schedule::Schedule;
use model::*;
use port::*;
use seams::{ScenarioClock, SeededRng, TokioSpawn, UnixMs};
use secrecy::SecretString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

/// The signing key is `k`; other secrets are files.
pub(crate) struct OneSecret;

impl Secrets for OneSecret {
    fn read(&self, secret: &Secret) -> Result<SecretString, Finding> {
        let file = secret.file.as_deref().unwrap();
        Ok(SecretString::from(match file.to_str() {
            Some("k") => SEED.to_owned(),
            _ => std::fs::read_to_string(file).unwrap(),
        }))
    }
}

fn field(name: &str, kind: &str, meaning: Meaning) -> Field {
    Field {
        name: name.into(),
        kind: Some(kind.into()),
        meaning,
        ..Field::default()
    }
}

pub(crate) fn submit_layout() -> Layout {
    let item = |no| Meaning::Item(ItemNo(no));
    let fields = vec![
        field("YWBH", "C21", Meaning::CaseNo),
        field("NSRMC", "C80", item(1)),
        field("ZCH", "C15", item(2)),
        field("ZZJGDM", "C9", item(3)),
        field("FDDBR", "C30", item(4)),
        field("SFZHM", "C18", item(5)),
        field("ZCDZ", "C80", item(6)),
        field("LXDH", "C20", item(7)),
        field("ZCZB", "N16.2", item(8)),
        field("HYDM", "C5", item(9)),
        field("DJRQ", "D", item(10)),
    ];
    Layout {
        name: "submit".into(),
        encoding: "gbk".into(),
        fields,
        ..Layout::default()
    }
}

pub(crate) fn return_layout() -> Layout {
    let fields = vec![
        field("YWBH", "C21", Meaning::CaseNo),
        field("CLJG", "C4", Meaning::ReturnCode),
        field("CLSM", "C60", Meaning::Reason),
        field("NSRSBH", "C20", Meaning::Item(ItemNo(11))),
        field("ZGSWS", "C40", Meaning::Item(ItemNo(12))),
        field("DJRQ", "D", Meaning::ResultDate),
    ];
    Layout {
        name: "return".into(),
        encoding: "gbk".into(),
        fields,
        ..Layout::default()
    }
}

pub(crate) fn channel() -> Channel {
    Channel {
        name: "disk".into(),
        mode: Mode::Disk,
        proof: Proof::Receipt,
        ops: vec![Op::Submit, Op::Supplement],
        layouts: [(MatterId::new("ntax.reg"), "submit".to_owned())].into(),
        out: Schedule::OnRequest,
        in_: Schedule::OnRequest,
        feeds: vec![Feed {
            name: "return".into(),
            role: FeedRole::ReceiptsWithResults,
            layout: "return".into(),
            matter: Some("ntax.reg".into()),
        }],
        max_rows: 1000,
        unconfirmed_after: None,
        on_batch_refused: OnBatchRefused::default(),
        on_row_error: OnRowError::default(),
    }
}

pub(crate) fn settings(more: &str) -> Settings {
    let text =
        format!("plain = \"专人护送，盘不离身\"\nsigning_key = {{ file = \"k\" }}\ncontrol_sum = \"ZCZB\"\n{more}");
    toml::from_str(&text).unwrap()
}

/// The adapter over a directory that holds its work place.
pub(crate) fn adapter_in(dir: &Path, more: &str, max_batch_bytes: u64) -> Arc<dyn Adapter> {
    adapter_with(dir, settings(more), max_batch_bytes)
}

pub(crate) fn adapter_with(dir: &Path, settings: Settings, max_batch_bytes: u64) -> Arc<dyn Adapter> {
    let layouts = vec![submit_layout(), return_layout()];
    adapter_of("ntax", layouts, settings, dir, max_batch_bytes)
}

fn adapter_of(
    dept: &str,
    layouts: Vec<Layout>,
    settings: Settings,
    dir: &Path,
    max_batch_bytes: u64,
) -> Arc<dyn Adapter> {
    let context = Context {
        dept: dept.into(),
        layouts: Arc::new(layouts),
        max_batch_bytes,
        ..context_in(dir)
    };
    Disk::build(settings, context).unwrap()
}

/// What an adapter over that directory is given.
pub(crate) fn context_in(dir: &Path) -> Context {
    // A test that puts a worker there has its workbooks parsed by it.
    let worker = dir.join("worker");
    Context {
        node: "haidian-1".into(),
        dept: "ntax".into(),
        channel: Arc::new(channel()),
        layouts: Arc::new(vec![submit_layout(), return_layout()]),
        work_dir: dir.join("work"),
        worker: worker.exists().then_some(worker),
        offset_minutes: 480,
        max_batch_bytes: 16 << 20,
        clock: Arc::new(ScenarioClock::new(UnixMs(0))),
        rng: Arc::new(SeededRng::new(1)),
        spawn: Arc::new(TokioSpawn::new(tokio::runtime::Handle::current())),
        secrets: Arc::new(OneSecret),
    }
}

/// The adapter, and the directory that is its work place and holds a medium.
pub(crate) struct Bench {
    pub(crate) adapter: Arc<dyn Adapter>,
    pub(crate) dir: tempfile::TempDir,
}

impl Bench {
    pub(crate) fn new(more: &str) -> Self {
        Self::bounded(more, 16 << 20)
    }

    pub(crate) fn bounded(more: &str, max_batch_bytes: u64) -> Self {
        Self::made(|dir| adapter_in(dir, more, max_batch_bytes))
    }

    /// With these settings, whatever they say of encryption.
    pub(crate) fn of(settings: Settings, max_batch_bytes: u64) -> Self {
        Self::made(|dir| adapter_with(dir, settings, max_batch_bytes))
    }

    fn made(adapter: impl FnOnce(&Path) -> Arc<dyn Adapter>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for name in ["work", "medium"] {
            std::fs::create_dir(dir.path().join(name)).unwrap();
        }
        let adapter = adapter(dir.path());
        Self { adapter, dir }
    }

    pub(crate) fn medium(&self) -> PathBuf {
        self.dir.path().join("medium")
    }

    pub(crate) fn prepared(&self, batch: u64, cases: &[&str]) -> Prepared {
        self.prepared_of(outgoing(cases), batch)
    }

    pub(crate) fn prepared_of(&self, rows: Outgoing, batch: u64) -> Prepared {
        let numbers = numbers(batch);
        let encoded = self.adapter.encode(&rows, &numbers).unwrap();
        Prepared {
            numbers,
            encoded,
            records: rows.records,
            place: Some(self.medium()),
            again: false,
            copy: 1,
        }
    }

    pub(crate) async fn offers(&self, place: &Path) -> Vec<Offer> {
        let ask = Ask {
            position: None,
            place: Some(place.to_owned()),
            answers: None,
            past_gaps: false,
            max: 100,
        };
        self.adapter.collect(&ask).await.unwrap()
    }

    /// Copies a file of the fixtures onto the medium.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.medium().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

pub(crate) const CASES: [&str; 3] = [
    "110108202603020000019",
    "110108202603020000027",
    "110108202603020000035",
];

pub(crate) fn cells(case_no: &str) -> Vec<Cell> {
    let (name, reg, org, rep, id, addr, tel, capital, industry, day) = if case_no == CASES[1] {
        (
            "北京测试二号科技有限公司",
            "110199000000062",
            "123456796",
            "李喆",
            "11019919760214009X",
            "北京市海淀区示例路２号",
            "13800138000",
            "50.50",
            "6510",
            "20260317",
        )
    } else {
        (
            "北京测试一号生物制剂有限公司",
            "110199000000011",
            "123456788",
            "张测试",
            "110199197602140073",
            "北京市海淀区示例路１号",
            "010-55550100",
            "100.0",
            "2760",
            "20260316",
        )
    };
    [case_no, name, reg, org, rep, id, addr, tel, capital, industry, day]
        .iter()
        .map(|t| Some((*t).into()))
        .collect()
}

pub(crate) fn outgoing(cases: &[&str]) -> Outgoing {
    let layout = Arc::new(submit_layout());
    let header = Header::new(layout.fields.iter().map(|f| f.name.as_str()));
    let rows = cases
        .iter()
        .enumerate()
        .map(|(at, case)| Row {
            line: at as u64 + 1,
            cells: cells(case),
        })
        .collect();
    let record = |(at, case): (usize, &&str)| Record {
        attempt: AttemptId(at as u64 + 1),
        case_no: CaseNo::new(case),
        matter: "ntax.reg".into(),
        op: Op::Submit,
        token: format!("t{at}"),
    };
    Outgoing {
        layout,
        header,
        rows,
        records: cases.iter().enumerate().map(record).collect(),
        beside: port::Beside::default(),
    }
}

pub(crate) fn numbers(seq: u64) -> Numbers {
    Numbers {
        batch: BatchId(seq),
        dept: "ntax".into(),
        day: jiff::civil::date(2026, 3, 2),
        seq: u32::try_from(seq).unwrap(),
        at: 0,
    }
}

/// A golden file, and its digest as published beside it.
pub(crate) fn golden(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/disk")
        .join(name);
    std::fs::read(path).unwrap()
}

/// All rows, or what refuses the batch.
pub(crate) fn drain(rows: &mut Box<dyn RowSource>) -> Result<Vec<Taken>, Finding> {
    let mut taken = Vec::new();
    while let Some(row) = rows.next()? {
        taken.push(row);
    }
    Ok(taken)
}

pub(crate) fn answer(verdict: BatchVerdict, codes: &[(&str, &str)]) -> Answer {
    let row = |(at, (case_no, code)): (usize, &(&str, &str))| RowAnswer {
        line: at as u64 + 1,
        case_no: (*case_no).to_owned(),
        code: (*code).to_owned(),
        message: if *code == "0000" {
            String::new()
        } else {
            "“组织机构代码”校验位不符".to_owned()
        },
    };
    Answer {
        verdict,
        batch: BatchId(9),
        code: "0000".into(),
        findings: Vec::new(),
        rows: codes.iter().enumerate().map(row).collect(),
        anchor: None,
    }
}
