//! A front-end database on one of three engines, the bureau behind it, and channels that use it.

use super::servers::{Kind, PASSWORD, Server};
use crate::{Mode, Settings};
use departments::Books;
use departments::cases::case_no;
use departments::epb::store::{Cells, Place, Store};
use departments::epb::{Epb, MATTER};
use departments::fate::{Fates, Ruling};
use jiff::civil::date;
use model::define::{Channel, Feed, FeedRole, Field, Layout, Meaning, OnBatchRefused, OnRowError};
use model::schedule::Schedule;
use model::{AttemptId, BatchId, CaseNo, DeptId, Finding, Header, MatterId, Op, Proof, Row};
use port::{
    Adapter, Answer, Ask, BatchVerdict, Context, Numbers, Offer, Outgoing, Prepared, Record, RowAnswer, Secret,
    Secrets, Taken, TypedMode as _,
};
use seams::{Clock, SeededRng, TokioClock, TokioSpawn, UnixMs};
use secrecy::SecretString;
use std::sync::Arc;
use tempfile::TempDir;
use testkit::behaviour::REFUSED;

/// 2026-03-16 18:30:00 in China.
pub const NOW: i64 = 1_773_657_000_000;

/// The engines.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    Sqlite,
    Postgres,
    MariaDb,
}

pub struct World {
    pub engine: Engine,
    pub dir: TempDir,
    pub server: Option<Server>,
    pub epb: Epb,
    pub clock: Arc<TokioClock>,
}

/// What tests change about a channel.
#[derive(Clone, Copy)]
pub struct Wishes {
    pub node: &'static str,
    pub password: &'static str,
    pub receipts: bool,
    /// Keys of the server, of `out` and of `in`.
    pub server: &'static str,
    pub out: &'static str,
    pub in_: &'static str,
    /// Milliseconds after `NOW` at which the channel lives.
    pub later: i64,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            node: "n1",
            password: PASSWORD,
            receipts: true,
            server: "",
            out: "",
            in_: "node = \"HUBNODE\"\ntoken = \"HUBTOKEN\"\nclaimed = \"HUBTIME\"\nreason = \"SBYY\"",
            later: 0,
        }
    }
}

struct OneIsRefused;

impl Fates for OneIsRefused {
    fn ruling(&self, _matter: &str, case: &str) -> Ruling {
        if case == case_no(REFUSED) {
            Ruling::RefuseRow("3001".into())
        } else {
            Ruling::Approve
        }
    }
}

impl World {
    pub async fn on(engine: Engine) -> Self {
        let server = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(Server::start(Kind::Postgres).await),
            Engine::MariaDb => Some(Server::start(Kind::MariaDb).await),
        };
        Self::over(engine, server).await
    }

    pub async fn over(engine: Engine, server: Option<Server>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let place = match &server {
            None => Place::Sqlite(dir.path().join("front.db")),
            Some(server) => server.place(),
        };
        let clock = Arc::new(TokioClock::new(UnixMs(NOW)));
        let books = Arc::new(Books::open(&dir.path().join("books"), "epb").unwrap());
        let epb = Epb::open(place, books, Arc::new(OneIsRefused), clock.clone(), 480);
        let epb = epb.await.unwrap();
        Self {
            engine,
            dir,
            server,
            epb,
            clock,
        }
    }

    pub fn place(&self) -> Place {
        match &self.server {
            None => Place::Sqlite(self.dir.path().join("front.db")),
            Some(server) => server.place(),
        }
    }

    pub async fn store(&self) -> Store {
        Store::open(&self.place()).await.unwrap()
    }

    /// A command by hand.
    pub async fn hand(&self, sql: &str) {
        self.store().await.command(sql).await.unwrap();
    }

    /// Rows of a table by hand, in the order of their keys.
    pub async fn rows(&self, columns: &[&str], table: &str) -> Vec<Vec<String>> {
        let rest = format!("\"{table}\" ORDER BY \"ORGBUSNO\", \"DATAVER\"");
        let rows: Vec<Cells> = self.store().await.rows(columns, &rest, &[]).await.unwrap();
        let text = |row: Cells| row.into_iter().map(Option::unwrap_or_default).collect();
        rows.into_iter().map(text).collect()
    }

    /// A result row by hand.
    pub async fn result(&self, no: &str, case: u32, made: &str, state: &str) {
        let case = case_no(case);
        self.hand(&format!(
            "INSERT INTO \"XCHG_IN\" (\"ORGBUSNO\", \"PROJID\", \"DATAVER\", \"STDVER\", \"DONERESULT\", \
             \"CERTIFICATENO\", \"OCCURTIME\", \"MAKETIME\", \"SIGNSTATE\") \
             VALUES ('{no}', '{case}', 1, 2, '0', '海环审字〔2026〕1号', '{made}', '{made}', '{state}')"
        ))
        .await;
    }

    pub fn settings(&self, wishes: &Wishes) -> Settings {
        toml::from_str(&self.settings_text(wishes)).unwrap()
    }

    pub fn settings_text(&self, wishes: &Wishes) -> String {
        let server = match self.place() {
            Place::Sqlite(path) => format!("engine = \"sqlite\"\npath = {path:?}"),
            Place::Postgres(at) | Place::Mysql(at) => format!(
                "engine = \"{}\"\nhost = {:?}\nport = {}\nname = {:?}\nuser = {:?}\npassword = {{ env = {:?} }}",
                if self.engine == Engine::Postgres {
                    "postgres"
                } else {
                    "mysql"
                },
                at.host,
                at.port,
                at.name,
                at.user,
                wishes.password
            ),
        };
        let states = "states = { new = \"0\", claimed = \"1\", done = \"2\", failed = \"3\", void = \"9\" }";
        let feed = if wishes.receipts { "feed = \"receipts\"" } else { "" };
        format!(
            "transport = \"database\"\n[database]\n{server}\n{}\n\
             [database.out]\ntable = \"XCHG_OUT\"\nnumber = \"N1-EPB-{{date}}-{{seq4}}\"\nkey = \"ORGBUSNO\"\n\
             version = \"DATAVER\"\nsame = [\"PROJID\", \"BLOCK\"]\nstate = \"SIGNSTATE\"\nmade = \"MAKETIME\"\n\
             {states}\n{feed}\n{}\n\
             [database.in]\ntable = \"XCHG_IN\"\nfeed = \"results\"\nkey = [\"ORGBUSNO\", \"DATAVER\"]\n\
             state = \"SIGNSTATE\"\nmade = \"MAKETIME\"\n{states}\n{}\n",
            wishes.server, wishes.out, wishes.in_
        )
    }

    pub fn context(&self, wishes: &Wishes) -> Context {
        let clock: Arc<dyn Clock> = match wishes.later {
            0 => self.clock.clone(),
            later => Arc::new(TokioClock::new(UnixMs(NOW + later))),
        };
        Context {
            node: wishes.node.to_owned(),
            dept: DeptId::new("epb"),
            channel: Arc::new(channel(wishes.receipts)),
            layouts: Arc::new(layouts()),
            work_dir: self.dir.path().join("work"),
            worker: None,
            offset_minutes: 480,
            max_batch_bytes: 4 << 20,
            clock,
            rng: Arc::new(SeededRng::new(u64::from(wishes.node.as_bytes()[1]))),
            spawn: Arc::new(TokioSpawn::new(tokio::runtime::Handle::current())),
            secrets: Arc::new(Named),
        }
    }

    pub fn adapter_with(&self, wishes: Wishes) -> Arc<dyn Adapter> {
        let settings = self.settings(&wishes);
        assert_eq!(Mode::judge(&settings, &channel(wishes.receipts), &layouts()), []);
        Mode::build(settings, self.context(&wishes)).unwrap()
    }

    /// From settings as they are written.
    pub fn adapter_from(&self, text: &str) -> Arc<dyn Adapter> {
        Mode::build(toml::from_str(text).unwrap(), self.context(&Wishes::default())).unwrap()
    }

    pub fn adapter(&self) -> Arc<dyn Adapter> {
        self.adapter_with(Wishes::default())
    }
}

/// Secrets by their own names, and from files.
struct Named;

impl Secrets for Named {
    fn read(&self, secret: &Secret) -> Result<SecretString, Finding> {
        let text = match &secret.file {
            Some(file) => std::fs::read_to_string(file).unwrap(),
            None => secret.env.clone().unwrap(),
        };
        Ok(SecretString::from(text))
    }
}

fn layout(name: &str, fields: &[(&str, Meaning)]) -> Layout {
    let field = |(name, meaning): &(&str, Meaning)| Field {
        name: (*name).to_owned(),
        meaning: meaning.clone(),
        max_bytes: (*name == "SQDWMC").then_some(200),
        ..Field::default()
    };
    Layout {
        name: name.to_owned(),
        encoding: "utf-8".to_owned(),
        fields: fields.iter().map(field).collect(),
        ..Layout::default()
    }
}

pub const COLUMNS: [&str; 8] = ["PROJID", "STDVER", "BLOCK", "OP", "SQDWMC", "XMDZ", "HYDM", "ZTZ"];

pub fn layouts() -> Vec<Layout> {
    let item = |n| Meaning::Item(model::ItemNo(n));
    let submit = [
        Meaning::CaseNo,
        Meaning::Const("2".into()),
        Meaning::Matter,
        Meaning::Operation,
        item(1),
        item(2),
        item(3),
        item(4),
    ];
    let submit: Vec<(&str, Meaning)> = COLUMNS.into_iter().zip(submit).collect();
    vec![
        layout("submit", &submit),
        layout(
            "receipt",
            &[
                ("PROJID", Meaning::CaseNo),
                ("SIGNSTATE", Meaning::ReturnCode),
                ("SBYY", Meaning::Reason),
            ],
        ),
        layout(
            "result",
            &[
                ("PROJID", Meaning::CaseNo),
                ("STDVER", Meaning::StatusVersion),
                ("DONERESULT", Meaning::Status),
                ("EXITRES", Meaning::Reason),
                ("CERTIFICATENO", item(5)),
                ("OCCURTIME", Meaning::ResultDate),
            ],
        ),
    ]
}

pub fn channel(receipts: bool) -> Channel {
    let feed = |name: &str, role, layout: &str| Feed {
        name: name.to_owned(),
        role,
        layout: layout.to_owned(),
        matter: Some(MatterId::new(MATTER)),
    };
    let mut feeds = vec![feed("results", FeedRole::Results, "result")];
    if receipts {
        feeds.push(feed("receipts", FeedRole::Receipts, "receipt"));
    }
    Channel {
        name: "frontend".to_owned(),
        mode: model::Mode::Frontend,
        proof: Proof::Receipt,
        ops: vec![Op::Submit, Op::Amend],
        layouts: [(MatterId::new(MATTER), "submit".to_owned())].into(),
        out: Schedule::AtOnce,
        in_: Schedule::OnRequest,
        feeds,
        max_rows: 1,
        unconfirmed_after: None,
        on_batch_refused: OnBatchRefused::WithoutNamed,
        on_row_error: OnRowError::AcceptRest,
    }
}

/// Rows for cases, in the bureau's columns.
pub fn outgoing(cases: &[u32], op: (&str, Op)) -> Outgoing {
    let cells = |n: u32| {
        [
            case_no(n),
            "2".into(),
            MATTER.into(),
            op.0.into(),
            format!("北京测试{n}号生物制剂有限公司"),
            format!("北京市海淀区示例路{n}号"),
            "2760".into(),
            "100.000000".into(),
        ]
        .map(|cell| Some(cell.into_boxed_str()))
        .to_vec()
    };
    Outgoing {
        layout: Arc::new(layouts().swap_remove(0)),
        header: Header::new(COLUMNS),
        rows: (1..)
            .zip(cases)
            .map(|(line, n)| Row { line, cells: cells(*n) })
            .collect(),
        records: (1..)
            .zip(cases)
            .map(|(line, n)| Record {
                attempt: AttemptId(line),
                case_no: CaseNo::new(case_no(*n)),
                matter: MatterId::new(MATTER),
                op: op.1,
                token: format!("t{n}"),
            })
            .collect(),
        beside: port::Beside::default(),
    }
}

pub fn numbers(seq: u32) -> Numbers {
    Numbers {
        batch: BatchId(u64::from(seq)),
        dept: DeptId::new("epb"),
        day: date(2026, 3, 16),
        seq,
        at: NOW,
    }
}

pub fn prepared(adapter: &dyn Adapter, rows: &Outgoing, seq: u32) -> Prepared {
    let numbers = numbers(seq);
    let encoded = adapter.encode(rows, &numbers).unwrap();
    Prepared {
        numbers,
        encoded,
        records: rows.records.clone(),
        place: None,
        again: false,
        copy: 1,
    }
}

/// First hand-overs of these cases as batch `seq`.
pub fn first(adapter: &dyn Adapter, seq: u32, cases: &[u32]) -> Prepared {
    prepared(adapter, &outgoing(cases, ("I", Op::Submit)), seq)
}

pub fn ask(max: usize) -> Ask {
    Ask { max, ..Ask::default() }
}

/// The one row of an offer, or the codes that refused it.
pub fn read(offer: &mut Offer) -> Result<Vec<String>, Vec<model::Code>> {
    match offer.rows.next().unwrap().unwrap() {
        Taken::Row(row) => Ok(row.cells.into_iter().map(|c| c.unwrap_or_default().into()).collect()),
        Taken::Bad { findings, .. } => Err(findings.into_iter().map(|f| f.code).collect()),
    }
}

pub fn answer(code: &str, message: &str) -> Answer {
    Answer {
        verdict: BatchVerdict::Accepted,
        batch: BatchId(1),
        code: "0000".to_owned(),
        findings: Vec::new(),
        rows: vec![RowAnswer {
            line: 1,
            case_no: String::new(),
            code: code.to_owned(),
            message: message.to_owned(),
        }]
        .into(),
        anchor: None,
    }
}
