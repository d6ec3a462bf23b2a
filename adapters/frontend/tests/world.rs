//! A directory, with or without a server before it, and channels that use it.

use super::sshd::Sshd;
use crate::{Frontend, Mode, Settings};
use departments::sftp_server::{Account, SftpServer};
use formats::digest::sm3_hex;
use jiff::civil::date;
use model::define::{Channel, Feed, FeedRole, Field, Layout, OnBatchRefused, OnRowError};
use model::schedule::Schedule;
use model::{AttemptId, BatchId, CaseNo, DeptId, Finding, Header, MatterId, Op, Proof, Row};
use port::{
    Adapter, Answer, Ask, BatchVerdict, Context, Numbers, Offer, Outgoing, Prepared, Record, RowAnswers, Secret,
    Secrets, Taken, TypedMode as _,
};
use seams::{SeededRng, Spawn, TokioClock, TokioSpawn, UnixMs};
use secrecy::SecretString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// 2026-03-16 18:30:00 in China.
pub const NOW: i64 = 1_773_657_000_000;

enum Server {
    OpenSsh(Sshd),
    InProcess(SftpServer),
    /// None: the directory itself is the place.
    Directory,
}

pub struct World {
    dir: TempDir,
    server: Server,
    pub clock: Arc<TokioClock>,
}

/// What tests change about a channel.
pub struct Wishes {
    pub node: &'static str,
    pub host_key: Option<String>,
    pub password: &'static str,
    pub out: &'static str,
    pub in_: &'static str,
    pub sftp: &'static str,
    pub max_batch_bytes: u64,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            node: "n1",
            host_key: None,
            password: "right",
            out: "taken = \"@UP@/backup\"",
            in_: "answer = true\nstable = \"50ms\"",
            sftp: "",
            max_batch_bytes: 4 << 20,
        }
    }
}

impl World {
    pub async fn openssh() -> Self {
        Self::openssh_with("").await
    }

    pub async fn openssh_with(more: &str) -> Self {
        let dir = dirs();
        let server = Server::OpenSsh(Sshd::start(dir.path(), more).await);
        Self {
            dir,
            server,
            clock: Arc::new(TokioClock::new(UnixMs(NOW))),
        }
    }

    pub async fn in_process() -> Self {
        let dir = dirs();
        let server = Server::InProcess(serve(dir.path(), 0).await);
        Self {
            dir,
            server,
            clock: Arc::new(TokioClock::new(UnixMs(NOW))),
        }
    }

    pub fn directory() -> Self {
        Self::directory_in(&std::env::temp_dir())
    }

    /// A directory in memory, where many files cost no waiting for a disk.
    pub fn in_memory() -> Self {
        let memory = Path::new("/dev/shm");
        Self::directory_in(if memory.is_dir() { memory } else { Path::new("/tmp") })
    }

    fn directory_in(parent: &Path) -> Self {
        Self {
            dir: dirs_in(parent),
            server: Server::Directory,
            clock: Arc::new(TokioClock::new(UnixMs(NOW))),
        }
    }

    pub fn sftp_server(&self) -> &SftpServer {
        match &self.server {
            Server::InProcess(server) => server,
            Server::OpenSsh(_) | Server::Directory => panic!("not in this process"),
        }
    }

    pub fn sshd(&mut self) -> &mut Sshd {
        match &mut self.server {
            Server::OpenSsh(sshd) => sshd,
            Server::InProcess(_) | Server::Directory => panic!("no OpenSSH server"),
        }
    }

    /// Ends the in-process server; `start_again` serves the same directory on the same port.
    pub async fn stop(self) -> Stopped {
        let Server::InProcess(server) = self.server else {
            panic!("not in this process")
        };
        let port = server.addr().port();
        server.stop().await;
        Stopped {
            dir: self.dir,
            clock: self.clock,
            port,
        }
    }

    pub fn root(&self) -> PathBuf {
        self.dir.path().join("root")
    }

    pub fn upload(&self, name: &str) -> PathBuf {
        self.root().join("upload").join(name)
    }

    pub fn download(&self, name: &str) -> PathBuf {
        self.root().join("download").join(name)
    }

    /// How the server's paths begin.
    fn prefix(&self) -> String {
        match &self.server {
            Server::OpenSsh(_) => self.root().to_str().unwrap().to_owned(),
            Server::InProcess(_) | Server::Directory => String::new(),
        }
    }

    pub fn settings(&self, wishes: &Wishes) -> Settings {
        let place = self.place(wishes);
        let (up, down) = (
            format!("{}/upload", self.prefix()),
            format!("{}/download", self.prefix()),
        );
        let text = format!(
            "format = \"csv\"\n{place}\n\
             [out]\ndir = \"@UP@\"\nname = \"HUB_LTAX_SWDJ_{{date}}_{{seq4}}.csv\"\n{}\n\
             [in]\ndir = \"@DOWN@\"\n{}\n\
             [[in.feeds]]\nfeed = \"receipts\"\npattern = \"*_RET.csv\"\nanswers = \"_RET\"\n\
             [[in.feeds]]\nfeed = \"results\"\npattern = \"LTAX_HUB_DJJG_*.csv\"\n",
            wishes.out, wishes.in_,
        );
        toml::from_str(&text.replace("@UP@", &up).replace("@DOWN@", &down)).unwrap()
    }

    /// The settings that say what the place is.
    fn place(&self, wishes: &Wishes) -> String {
        let (port, host_key, user, login) = match &self.server {
            Server::OpenSsh(sshd) => {
                let login = format!("key = {{ file = {:?} }}", sshd.client_key);
                (sshd.port, sshd.host_key.clone(), sshd.user.clone(), login)
            }
            Server::InProcess(server) => {
                let login = format!("password = {{ env = {:?} }}", wishes.password);
                let host_key = server.host_key().to_owned();
                (server.addr().port(), host_key, "hub".to_owned(), login)
            }
            Server::Directory => return format!("transport = \"directory\"\nroot = {:?}", self.root()),
        };
        let host_key = wishes.host_key.clone().unwrap_or(host_key);
        format!(
            "transport = \"sftp\"\n\
             [sftp]\nhost = \"127.0.0.1\"\nport = {port}\nuser = {user:?}\n{login}\nhost_key = {host_key:?}\n{}",
            wishes.sftp
        )
    }

    pub fn context(&self, wishes: &Wishes) -> Context {
        Context {
            node: wishes.node.to_owned(),
            dept: DeptId::new("ltax"),
            channel: Arc::new(channel()),
            layouts: Arc::new(layouts()),
            work_dir: self.dir.path().join("work"),
            worker: None,
            offset_minutes: 480,
            max_batch_bytes: wishes.max_batch_bytes,
            clock: self.clock.clone(),
            rng: Arc::new(SeededRng::new(1)),
            spawn: spawner(),
            secrets: Arc::new(Named),
        }
    }

    pub fn adapter_with(&self, wishes: Wishes) -> Arc<dyn Adapter> {
        let settings = self.settings(&wishes);
        assert_eq!(Mode::judge(&settings, &channel(), &layouts()), []);
        Mode::build(settings, self.context(&wishes)).unwrap()
    }

    pub fn adapter(&self) -> Arc<dyn Adapter> {
        self.adapter_with(Wishes::default())
    }

    /// Puts a complete file where the department puts its own.
    pub fn put(&self, name: &str, data: &[u8], rows: u64) {
        std::fs::write(self.download(name), data).unwrap();
        let marker = format!("{}|{}|{rows}|20260316190000\r\n", sm3_hex(data), data.len());
        std::fs::write(self.download(&format!("{name}.ok")), marker).unwrap();
    }
}

pub struct Stopped {
    dir: TempDir,
    clock: Arc<TokioClock>,
    port: u16,
}

impl Stopped {
    pub async fn start_again(self) -> World {
        let server = Server::InProcess(serve(self.dir.path(), self.port).await);
        World {
            dir: self.dir,
            server,
            clock: self.clock,
        }
    }
}

fn dirs() -> TempDir {
    dirs_in(&std::env::temp_dir())
}

fn dirs_in(parent: &Path) -> TempDir {
    let dir = tempfile::tempdir_in(parent).unwrap();
    for sub in ["root/upload/backup", "root/download", "keys"] {
        std::fs::create_dir_all(dir.path().join(sub)).unwrap();
    }
    dir
}

pub fn spawner() -> Arc<dyn Spawn> {
    Arc::new(TokioSpawn::new(tokio::runtime::Handle::current()))
}

async fn serve(dir: &Path, port: u16) -> SftpServer {
    let account = Account {
        user: "hub".to_owned(),
        password: "right".to_owned(),
    };
    let listen = ([127, 0, 0, 1], port).into();
    SftpServer::start(&dir.join("root"), &dir.join("keys"), account, listen, &*spawner())
        .await
        .unwrap()
}

/// Secrets by their own names, and from files.
pub struct Named;

impl Secrets for Named {
    fn read(&self, secret: &Secret) -> Result<SecretString, Finding> {
        let text = match (&secret.file, &secret.env) {
            (Some(file), _) => std::fs::read_to_string(file).unwrap(),
            (_, Some(name)) => name.clone(),
            _ => panic!("no secret named"),
        };
        Ok(SecretString::from(text))
    }
}

pub const COLUMNS: [&str; 12] = [
    "序号",
    "业务编号",
    "纳税人名称",
    "注册号",
    "组织机构代码",
    "法定代表人",
    "身份证号码",
    "注册地址",
    "联系电话",
    "注册资本(元)",
    "行业代码",
    "登记日期",
];

fn layout(name: &str, columns: &[&str]) -> Layout {
    let fields = columns
        .iter()
        .map(|c| Field {
            name: (*c).to_owned(),
            ..Field::default()
        })
        .collect();
    Layout {
        name: name.to_owned(),
        encoding: "gbk".to_owned(),
        fields,
        ..Layout::default()
    }
}

pub fn layouts() -> Vec<Layout> {
    vec![
        layout("submit", &COLUMNS),
        layout(
            "result",
            &["业务编号", "税务登记证号", "主管税务所", "登记日期", "处理结果", "说明"],
        ),
        layout("ret", &["序号", "业务编号", "返回码", "返回信息"]),
    ]
}

pub fn channel() -> Channel {
    let feed = |name: &str, role, layout: &str| Feed {
        name: name.to_owned(),
        role,
        layout: layout.to_owned(),
        matter: Some(MatterId::new("ltax.reg")),
    };
    Channel {
        name: "frontend".to_owned(),
        mode: model::Mode::Frontend,
        proof: Proof::Receipt,
        ops: vec![Op::Submit, Op::Supplement],
        layouts: [(MatterId::new("ltax.reg"), "submit".to_owned())].into(),
        out: Schedule::OnRequest,
        in_: Schedule::OnRequest,
        feeds: vec![
            feed("results", FeedRole::Results, "result"),
            feed("receipts", FeedRole::Receipts, "ret"),
        ],
        max_rows: 1000,
        unconfirmed_after: None,
        on_batch_refused: OnBatchRefused::WithoutNamed,
        on_row_error: OnRowError::AcceptRest,
    }
}

/// Two made-up cases as the bureau wants them.
pub fn rows() -> Outgoing {
    outgoing(&[
        [
            "1",
            "110108202603020000019",
            "北京测试一号生物制剂有限公司",
            "１１０１９９０００００００１１",
            "12345678-8",
            "张测试",
            "110199197602140073",
            "北京市海淀区示例路１号",
            "０１０－５５５５０１００",
            "1,000,000.00",
            "2760",
            "2026-03-16",
        ],
        [
            "2",
            "110108202603020000027",
            "北京测试二号科技有限公司",
            "１１０１９９０００００００６２",
            "12345679-6",
            "李喆",
            "11019919760214009X",
            "北京市海淀区示例路２号",
            "１３８００１３８０００",
            "505,000.00",
            "6510",
            "2026-03-17",
        ],
    ])
}

pub fn outgoing(rows: &[[&str; 12]]) -> Outgoing {
    let records = rows.iter().zip(1..).map(|(row, n)| Record {
        attempt: AttemptId(n),
        case_no: CaseNo::new(row[1]),
        matter: MatterId::new("ltax.reg"),
        op: Op::Submit,
        token: format!("t{n}"),
    });
    let cells = |row: &[&str; 12]| row.iter().map(|c| Some((*c).into())).collect();
    Outgoing {
        layout: Arc::new(layouts().swap_remove(0)),
        header: Header::new(COLUMNS),
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
        dept: DeptId::new("ltax"),
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

pub fn ask(max: usize) -> Ask {
    Ask { max, ..Ask::default() }
}

/// All rows of an offer as text, or the code that refused it.
pub fn read(offer: &mut Offer) -> Result<Vec<Vec<String>>, model::Code> {
    let mut rows = Vec::new();
    while let Some(taken) = offer.rows.next().map_err(|f| f.code)? {
        match taken {
            Taken::Row(row) => rows.push(row.cells.into_iter().map(|c| c.unwrap().into()).collect()),
            Taken::Bad { line, findings } => panic!("row {line}: {findings:?}"),
        }
    }
    Ok(rows)
}

pub fn answer(verdict: BatchVerdict, findings: Vec<Finding>) -> Answer {
    let code = findings.first().map_or("0000", |f| f.code.return_code()).to_owned();
    Answer {
        verdict,
        batch: BatchId(1),
        code,
        findings,
        rows: RowAnswers::default(),
        anchor: None,
    }
}

pub fn gbk(text: &str) -> Vec<u8> {
    formats::Encoding::Gbk.encode(text).unwrap()
}

pub fn names_in(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Names in a directory, those of claims without their tokens.
pub fn names_and_holders(dir: &Path) -> Vec<String> {
    let plain = |name: String| match crate::names::claim_of(&name) {
        Some(claim) => crate::names::Claimed { token: "", ..claim }.full(),
        None => name,
    };
    names_in(dir).into_iter().map(plain).collect()
}

/// Where a node holds a file.
#[track_caller]
pub fn held(dir: &Path, name: &str, node: &str) -> PathBuf {
    let names = names_in(dir);
    let ours = |full: &&String| crate::names::claim_of(full).is_some_and(|c| (c.name, c.node) == (name, node));
    let held: Vec<&String> = names.iter().filter(ours).collect();
    assert_eq!(held.len(), 1, "{names:?}");
    dir.join(held[0])
}

/// A receipt without the token of the claim, which is another one each time.
pub fn without_token(receipt: &str) -> String {
    let (head, rest) = receipt.split_once("；认领号 ").unwrap();
    assert!(rest[..16].bytes().all(|b| b.is_ascii_hexdigit()), "{receipt}");
    format!("{head}{}", &rest[16..])
}

/// The adapter over the same place under other settings.
pub fn rebuilt(world: &World, change: impl FnOnce(&mut Settings)) -> Arc<dyn Adapter> {
    let wishes = Wishes::default();
    let mut settings = world.settings(&wishes);
    change(&mut settings);
    Mode::build(settings, world.context(&wishes)).unwrap()
}

const _: fn() = || {
    fn is_send<T: Send + Sync>() {}
    is_send::<Frontend>();
};
