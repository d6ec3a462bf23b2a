//! Through a one-way gap, with the living police bureau behind it.

mod coming_in;
mod going_out;

use super::world;
use crate::Mode;
use crate::settings::Settings;
use departments::Books;
use departments::cases::case_no;
use departments::fate::{AllApproved, Fates};
use departments::psb::{MATTER, Psb};
use jiff::civil::date;
use model::define::{Channel, Feed, FeedRole, Field, Layout, Meaning};
use model::{AttemptId, BatchId, CaseNo, DeptId, Header, MatterId, Op, Proof, Row};
use port::{Adapter, Context, Numbers, Outgoing, Prepared, Record, TypedMode as _};
use seams::{SeededRng, TokioClock, UnixMs};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

pub const COLUMNS: [&str; 10] = [
    "CaseNo",
    "UnitName",
    "RegNo",
    "LegalName",
    "LegalId",
    "LegalSex",
    "OperName",
    "OperId",
    "SealTypes",
    "ApplyDate",
];

/// 2026-04-02 18:00:00 in China.
const SIX: i64 = 1_775_124_000_000;

/// The gap, the bureau behind it, and this side's directories.
pub struct Station {
    dir: TempDir,
    pub psb: Psb,
    clock: Arc<TokioClock>,
}

impl Station {
    pub fn new() -> Self {
        Self::with(Arc::new(AllApproved))
    }

    pub fn with(fates: Arc<dyn Fates>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(TokioClock::new(UnixMs(SIX)));
        let books = Arc::new(Books::open(&dir.path().join("books"), "psb").unwrap());
        let root = dir.path().join("ferry");
        let psb = Psb::open(&root, &dir.path().join("psb"), books, fates, clock.clone(), 480).unwrap();
        fs::create_dir(root.join("tmp")).unwrap();
        Self { dir, psb, clock }
    }

    pub fn root(&self) -> PathBuf {
        self.dir.path().join("ferry")
    }

    pub fn at(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub fn names(&self, dir: &str) -> Vec<String> {
        world::names_in(&self.at(dir))
    }

    pub fn adapter(&self) -> Arc<dyn Adapter> {
        self.adapter_of("n1")
    }

    pub fn adapter_of(&self, node: &str) -> Arc<dyn Adapter> {
        self.changed(node, |_| ())
    }

    pub fn changed(&self, node: &str, change: impl FnOnce(&mut Settings)) -> Arc<dyn Adapter> {
        let mut settings = toml::from_str(&TEXT.replace("@ROOT@", self.root().to_str().unwrap())).unwrap();
        change(&mut settings);
        Mode::build(settings, self.context(node)).unwrap()
    }

    fn context(&self, node: &str) -> Context {
        Context {
            node: node.to_owned(),
            dept: DeptId::new("psb"),
            channel: Arc::new(channel()),
            layouts: Arc::new(layouts()),
            work_dir: self.dir.path().join("work"),
            worker: None,
            offset_minutes: 480,
            max_batch_bytes: 4 << 20,
            clock: self.clock.clone(),
            rng: Arc::new(SeededRng::new(1)),
            spawn: world::spawner(),
            secrets: Arc::new(world::Named),
        }
    }
}

const TEXT: &str = r#"
transport = "directory"
root = "@ROOT@"
format = "xml"
[xml]
records = "Package/Body/Seal"
bom = true
lists = ["SealCode"]
count = "Package/Head/Count"
[xml.head]
name = "Head"
time = "%Y年%m月%d日 %H时%M分%S秒"
fields = [
    { name = "Version", text = "1.0" },
    { name = "MsgId", text = "{message_id}" },
    { name = "From", text = "HUB" },
    { name = "To", text = "PSB" },
    { name = "Biz", text = "SEAL" },
    { name = "CreateTime", text = "{time}" },
    { name = "Count", text = "{count}" },
]
[out]
dir = "/up"
ready = "manifest"
name = "S_{date}_{seq6}.xml"
[out.manifest]
name = "M_{date}_{seq4}.xml"
tmp = "/tmp"
max_bytes = "2 KiB"
keeps = "1d"
[in]
dir = "/down"
ready = "stable"
stable = "20ms"
[[in.feeds]]
feed = "acks"
pattern = "A_*.xml"
records = "Package/Body/Ack"
numbered = true
[[in.feeds]]
feed = "results"
pattern = "R_*.xml"
numbered = true
"#;

fn layouts() -> Vec<Layout> {
    let field = |name: &str, meaning: Meaning| Field {
        name: name.to_owned(),
        meaning,
        ..Field::default()
    };
    let layout = |name: &str, fields: Vec<Field>| Layout {
        name: name.to_owned(),
        encoding: "utf-8".to_owned(),
        fields,
        ..Layout::default()
    };
    let plain = |names: &[&str]| names.iter().map(|n| field(n, Meaning::Ignored)).collect();
    vec![
        layout("submit", plain(&COLUMNS)),
        layout(
            "result",
            plain(&["CaseNo", "SealCode", "SealShop", "RecordDate", "Result", "Reason"]),
        ),
        layout(
            "ack",
            vec![
                field("ManifestNo", Meaning::BatchNo),
                field("Code", Meaning::ReturnCode),
            ],
        ),
    ]
}

fn channel() -> Channel {
    let feed = |name: &str, role, layout: &str| Feed {
        name: name.to_owned(),
        role,
        layout: layout.to_owned(),
        matter: Some(MatterId::new(MATTER)),
    };
    Channel {
        proof: Proof::Taken,
        layouts: [(MatterId::new(MATTER), "submit".to_owned())].into(),
        feeds: vec![
            feed("results", FeedRole::Results, "result"),
            feed("acks", FeedRole::Receipts, "ack"),
        ],
        ..world::channel()
    }
}

/// First hand-overs of these cases; hand-over `n` has the number `n`.
pub fn outgoing(cases: &[u32]) -> Outgoing {
    let record = |n: &u32| Record {
        attempt: AttemptId(u64::from(*n)),
        case_no: CaseNo::new(case_no(*n)),
        matter: MatterId::new(MATTER),
        op: Op::Submit,
        token: format!("HUB-PSB-20260402-{n:06}"),
    };
    let row = |(line, n): (u64, &u32)| {
        let case = case_no(*n);
        let text = [
            case.as_str(),
            "北京测试一号生物制剂有限公司",
            "110199000000011",
            "㛃测试",
            "110199197602140073",
            "1",
            "王示例",
            "110199197602140065",
            "01,02,03",
            "2026年4月2日",
        ];
        Row {
            line,
            cells: text.iter().map(|t| Some((*t).into())).collect(),
        }
    };
    Outgoing {
        layout: Arc::new(layouts().swap_remove(0)),
        header: Header::new(COLUMNS),
        rows: (1..).zip(cases).map(row).collect(),
        records: cases.iter().map(record).collect(),
        beside: port::Beside::default(),
    }
}

pub fn numbers(seq: u32) -> Numbers {
    Numbers {
        batch: BatchId(u64::from(seq)),
        dept: DeptId::new("psb"),
        day: date(2026, 4, 2),
        seq,
        at: SIX,
    }
}

fn prepared(adapter: &dyn Adapter, seq: u32, cases: &[u32]) -> Prepared {
    let rows = outgoing(cases);
    Prepared {
        numbers: numbers(seq),
        encoded: adapter.encode(&rows, &numbers(seq)).unwrap(),
        records: rows.records,
        place: None,
        again: false,
        copy: 1,
    }
}

fn booked(station: &Station, n: u32) -> usize {
    station.psb.books().of(&case_no(n), MATTER).len()
}

#[test]
fn what_types_cannot_say_is_judged() {
    let wrong = |from: &str, to: &str| -> Vec<String> {
        assert!(TEXT.contains(from), "{from}");
        let text = TEXT.replace("@ROOT@", "/ferry").replacen(from, to, 1);
        let settings: Settings = toml::from_str(&text).unwrap();
        let said = Mode::judge(&settings, &channel(), &layouts());
        said.iter()
            .map(|f| f.args.iter().find(|(n, _)| n == "setting").unwrap().1.clone())
            .collect()
    };
    assert_eq!(wrong("", ""), Vec::<String>::new());
    let table: [(&str, &str, &[&str]); 12] = [
        (
            "ready = \"manifest\"",
            "ready = \"marker\"",
            &["out.name", "out.ready", "out.name", "out.manifest"],
        ),
        ("_{seq6}", "", &["out.name"]),
        ("S_{date}_{seq6}.xml", "S_{date}_{seq6}.txt", &["out.name"]),
        ("_{seq4}", "", &["out.manifest.name"]),
        ("M_{date}_{seq4}.xml", "M_{date}_{seq4}.ok", &["out.manifest.name"]),
        ("tmp = \"/tmp\"", "tmp = \"/up\"", &["out.manifest.tmp"]),
        ("\"Package/Body/Seal\"", "\"Seal\"", &["xml.records"]),
        ("%Y年", "%!年", &["xml.head.time"]),
        ("{ name = \"Version\"", "{ name = \"1\"", &["xml"]),
        (
            "records = \"Package/Body/Ack\"",
            "answers = \"_RET\"",
            &["in.feeds acks"],
        ),
        (
            "feed = \"results\"\npattern",
            "feed = \"results\"\nanswers = \"x\"\npattern",
            &["in.feeds results"],
        ),
        ("stable = \"20ms\"", "stable = \"0s\"", &["in.ready"]),
    ];
    for (from, to, expect) in table {
        assert_eq!(wrong(from, to), expect, "{from} -> {to}");
    }
}
