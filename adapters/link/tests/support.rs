//! What the tests share: layouts, rows and contexts.
use crate::json::Bounds;
use crate::{Link, Settings};
use model::define::{Channel, Feed, FeedRole, Field, Layout, Meaning};
use model::schedule::Schedule;
use model::{AttemptId, BatchId, CaseNo, Code, DeptId, Finding, Header, MatterId, Mode, Op, Proof, Row};
use port::{Adapter, Context, Numbers, Outgoing, Prepared, Record, Secret, Secrets, TypedMode};
use seams::{Clock, SystemClock, SystemRng, TokioSpawn, UnixMs};
use secrecy::SecretString;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub const BOUNDS: Bounds = Bounds {
    bytes: 1 << 20,
    depth: 16,
    values: 10_000,
};
pub const CASE: &str = "110108202603020000019";

pub fn layout(fields: &[(&str, Option<&str>)]) -> Layout {
    let field = |(name, kind): &(&str, Option<&str>)| Field {
        name: (*name).to_owned(),
        kind: kind.map(str::to_owned),
        meaning: Meaning::Const(String::new()),
        ..Field::default()
    };
    Layout {
        name: "l".into(),
        encoding: "utf-8".into(),
        fields: fields.iter().map(field).collect(),
        ..Layout::default()
    }
}

pub fn channel(feed: &str) -> Channel {
    let feed = Feed {
        name: feed.into(),
        role: FeedRole::Results,
        layout: "l".into(),
        matter: None,
    };
    Channel {
        name: "link".into(),
        mode: Mode::Link,
        proof: Proof::Receipt,
        ops: Op::ALL.to_vec(),
        layouts: [(MatterId::new("park.hitech"), "l".to_owned())].into(),
        out: Schedule::AtOnce,
        in_: Schedule::Every(60_000),
        feeds: vec![feed],
        max_rows: 500,
        unconfirmed_after: None,
        on_batch_refused: Default::default(),
        on_row_error: Default::default(),
    }
}

pub fn numbers() -> Numbers {
    let day = jiff::civil::date(2026, 3, 23);
    Numbers {
        batch: BatchId(1),
        dept: DeptId::new("park"),
        day,
        seq: 1,
        at: 0,
    }
}

pub fn outgoing(layout: Layout, rows: &[(Op, &str, &[Option<&str>])]) -> Outgoing {
    let record = |(i, (op, case, _)): (usize, &(Op, &str, &[Option<&str>]))| Record {
        attempt: AttemptId(i as u64 + 1),
        case_no: CaseNo::new(case),
        matter: MatterId::new("park.hitech"),
        op: *op,
        token: format!("token-{op}-{case}-{i}"),
    };
    let row = |(i, (_, _, cells)): (usize, &(Op, &str, &[Option<&str>]))| Row {
        line: i as u64 + 1,
        cells: cells.iter().map(|c| c.map(Into::into)).collect(),
    };
    Outgoing {
        header: Header::new(layout.fields.iter().map(|f| f.name.as_str())),
        records: rows.iter().enumerate().map(record).collect(),
        rows: rows.iter().enumerate().map(row).collect(),
        layout: Arc::new(layout),
        beside: port::Beside::default(),
    }
}

/// The row behind the agreed sample.
pub fn park_sample(op: Op) -> Outgoing {
    park_rows(&[(op, CASE, "生物制剂")])
}

/// Rows like the sample, of other cases.
pub fn park_rows(rows: &[(Op, &str, &str)]) -> Outgoing {
    let names = [
        "msgId",
        "caseNo",
        "entName",
        "entClass",
        "industryCode",
        "regCapitalYuan",
        "regNo",
        "legalRep.name",
        "legalRep.idType",
        "legalRep.idNo",
        "legalRep.phone",
        "mainProduct",
        "applyDate",
    ];
    let layout = layout(&names.map(|n| (n, None)));
    let cells: Vec<[Option<&str>; 13]> = rows
        .iter()
        .map(|(_, case, product)| {
            [
                "HUB-PARK-20260323-000001",
                case,
                "北京测试一号生物制剂有限公司",
                "000001",
                "2760",
                "1000000.00",
                "110199000000011",
                "张测试",
                "1",
                "110199197602140073",
                "13800138000",
                product,
                "2026-03-02",
            ]
            .map(Some)
        })
        .collect();
    let rows: Vec<(Op, &str, &[Option<&str>])> = rows
        .iter()
        .zip(&cells)
        .map(|((op, case, _), cells)| (*op, *case, cells.as_slice()))
        .collect();
    outgoing(layout, &rows)
}

pub fn prepared(adapter: &dyn Adapter, rows: &Outgoing) -> Prepared {
    let encoded = adapter.encode(rows, &numbers()).unwrap();
    Prepared {
        numbers: numbers(),
        encoded,
        records: rows.records.clone(),
        place: None,
        again: false,
        copy: 1,
    }
}

/// Secrets that stand in their references.
pub struct Env;

impl Secrets for Env {
    /// `env = "X"` is the secret X itself here.
    fn read(&self, secret: &Secret) -> Result<SecretString, Finding> {
        secret
            .env
            .clone()
            .map(SecretString::from)
            .ok_or_else(|| Finding::new(Code::CNotPossible))
    }
}

/// A clock whose monotonic time is moved by hand.
#[derive(Default)]
pub struct HandClock(pub Mutex<Duration>);

#[async_trait::async_trait]
impl Clock for HandClock {
    fn now(&self) -> UnixMs {
        UnixMs(0)
    }
    fn mono(&self) -> Duration {
        *self.0.lock().unwrap()
    }
    async fn sleep(&self, _d: Duration) {}
}

pub fn adapter(settings: &str, feed: &str, layout: Layout) -> Arc<dyn Adapter> {
    adapter_at(settings, feed, layout, Arc::new(SystemClock::new()))
}

pub fn adapter_at(settings: &str, feed: &str, layout: Layout, clock: Arc<dyn Clock>) -> Arc<dyn Adapter> {
    let settings: Settings = toml::from_str(settings).unwrap();
    let channel = channel(feed);
    assert_eq!(
        Link::judge(&settings, &channel, std::slice::from_ref(&layout)),
        Vec::new()
    );
    let context = Context {
        node: "n1".into(),
        dept: DeptId::new("park"),
        channel: Arc::new(channel),
        layouts: Arc::new(vec![layout]),
        work_dir: std::env::temp_dir(),
        worker: None,
        offset_minutes: 480,
        max_batch_bytes: 16 << 20,
        clock,
        rng: Arc::new(SystemRng::new()),
        spawn: Arc::new(TokioSpawn::new(tokio::runtime::Handle::current())),
        secrets: Arc::new(Env),
    };
    Link::build(settings, context).unwrap()
}
