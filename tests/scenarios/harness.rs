//! A town: the real binary as a child, living departments in this process, and the people who go between them.
//!
//! Nothing here knows more than its real counterpart: verbs go through the command line, cases over signed HTTP, and
//! what happened is read from the departments' own books.

use departments::aic::Aic;
use departments::cases;
use departments::epb::Epb;
use departments::hrss::Hrss;
use departments::keyed::Desk;
use departments::ntax::Ntax;
use departments::park::{ParkHandle, ParkOptions};
use departments::play::config;
use departments::play::tally::DEPARTMENTS;
use departments::play::world::{Bureau, open_with};
use departments::poster::{Poster, Told};
use departments::psb::Psb;
use departments::sftp_server::{Account, SftpServer};
use departments::stat::Stat;
use departments::{Fates, Ruling};
use seams::{SystemClock, TokioSpawn};
use serde_json::Value;
use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Who acts unless a scenario says otherwise.
pub const CLERK: &str = "张三";
/// Somebody else.
pub const COLLEAGUE: &str = "李四";
/// A scenario in which nothing comes of something for so long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// What departments decide in a scenario; whatever is not said here is approved.
#[derive(Default)]
pub struct Rulings(Mutex<HashMap<(String, String), Ruling>>);

impl Rulings {
    /// From now on.
    pub fn set(&self, matter: &str, case_no: &str, ruling: Ruling) {
        self.0
            .lock()
            .unwrap()
            .insert((matter.to_owned(), case_no.to_owned()), ruling);
    }
}

impl Fates for Rulings {
    fn ruling(&self, matter: &str, case_no: &str) -> Ruling {
        let known = self.0.lock().unwrap();
        known
            .get(&(matter.to_owned(), case_no.to_owned()))
            .cloned()
            .unwrap_or(Ruling::Approve)
    }
}

/// What a verb ended with.
#[derive(Debug)]
pub struct Said {
    /// The exit code.
    pub code: i32,
    /// Standard output as JSON, or null.
    pub json: Value,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Said {
    /// The code of what is wrong, where it says one.
    pub fn error(&self) -> &str {
        self.json["error"]["code"].as_str().unwrap_or_default()
    }
}

/// Everything.
pub struct Town {
    pub rulings: Arc<Rulings>,
    pub park: Option<ParkHandle>,
    pub ntax: Arc<Ntax>,
    pub hrss: Arc<Hrss>,
    pub stat: Arc<Stat>,
    pub psb: Arc<Psb>,
    pub epb: Arc<Epb>,
    pub aic: Arc<Aic>,
    pub desk: Arc<Desk>,
    pub medium: PathBuf,
    /// Departments that a courier goes to, each with its stick.
    pub bureaus: Vec<(&'static str, PathBuf, Arc<dyn Bureau>)>,
    pub http: String,
    pub poster: Poster,
    park_at: SocketAddr,
    node: Option<Child>,
    spawn: Arc<TokioSpawn>,
    pub sftp: Option<SftpServer>,
    // Last: it goes when everybody has left it.
    pub dir: TempDir,
}

impl Town {
    /// Opens the departments and starts a node among four of them, one for each mode. What the others would give, the
    /// platform gives.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// The same, with the configuration changed first.
    pub async fn start_with(change: impl FnOnce(&Config)) -> Self {
        Self::open(|written| {
            config::keep(&written.dir, &config::SPINE).unwrap();
            change(written);
        })
        .await
    }

    /// Among all of them.
    pub async fn start_whole() -> Self {
        Self::open(|_| {}).await
    }

    /// Among all of them, with the configuration changed first.
    pub async fn start_whole_with(change: impl FnOnce(&Config)) -> Self {
        Self::open(change).await
    }

    async fn open(change: impl FnOnce(&Config)) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let dir = tempfile::tempdir().unwrap();
        let rulings = Arc::new(Rulings::default());
        let spawn = Arc::new(TokioSpawn::new(tokio::runtime::Handle::current()));
        let clock = Arc::new(SystemClock::new());
        let world = open_with(dir.path(), rulings.clone(), clock.clone(), spawn.clone())
            .await
            .unwrap();
        let http = free_address().to_string();
        config::write(dir.path(), &world.endpoints(&http)).unwrap();
        let written = Config {
            dir: dir.path().join("config"),
        };
        written.prepare();
        change(&written);
        let poster = Poster::new(format!("http://{http}"), "bj-hub", config::HUB_KEY, 1, clock).unwrap();
        let medium = world.stick("ntax");
        let bureaus = world
            .bureaus
            .iter()
            .map(|(dept, bureau)| (*dept, world.stick(dept), bureau.clone()));
        let bureaus = bureaus.collect();
        let mut town = Self {
            rulings,
            park_at: world.park.addr,
            park: Some(world.park),
            ntax: world.ntax,
            hrss: world.hrss,
            stat: world.stat,
            psb: world.psb,
            epb: world.epb,
            aic: world.aic,
            desk: world.desk,
            medium,
            bureaus,
            http,
            poster,
            node: None,
            spawn,
            sftp: Some(world.sftp),
            dir,
        };
        town.node_up().await;
        town
    }

    /// Starts the node and waits until it answers.
    pub async fn node_up(&mut self) {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log())
            .unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_tanghulu"))
            .arg("--config")
            .arg(self.config())
            .arg("run")
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.node = Some(child);
        self.until("the node answers", async || {
            let told = crate::wire::get(&self.http, "/readyz").await?;
            (told.status == 200).then_some(())
        })
        .await;
    }

    /// SIGTERM, and its end.
    pub async fn node_down(&mut self) {
        let mut child = self.node.take().unwrap();
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        let status: ExitStatus = tokio::task::spawn_blocking(move || child.wait())
            .await
            .unwrap()
            .unwrap();
        assert!(status.success(), "the node ended with {status}");
    }

    /// SIGTERM and a new start.
    pub async fn restart(&mut self) {
        self.node_down().await;
        self.node_up().await;
    }

    /// The end of a scenario: everything explained, nothing broken in the log, the chain whole, the node goes when asked.
    pub async fn close(mut self) {
        let balance = self.ask(&["balance"]).await;
        assert_eq!(balance["unexplained"], 0, "{balance:#}");
        self.node_down().await;
        let log = std::fs::read_to_string(self.log()).unwrap();
        let errors: Vec<&str> = log.lines().filter(|line| line.contains(" ERROR ")).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let verified = self.run_as(CLERK, &["ledger", "verify"]).await;
        assert_eq!(verified.code, 0, "{verified:?}");
        if let Some(park) = self.park.take() {
            park.stop().await;
        }
        self.spawn.abort_all();
    }

    /// The configuration directory.
    pub fn config(&self) -> PathBuf {
        self.dir.path().join("config")
    }

    /// The configuration, to be changed while the node is down.
    pub fn written(&self) -> Config {
        Config { dir: self.config() }
    }

    fn log(&self) -> PathBuf {
        self.dir.path().join("node.log")
    }

    /// The tax bureau's front-end machine is set up anew, at the same address: another host key. Its fingerprint.
    pub async fn another_host_key(&mut self) -> String {
        let old = self.sftp.take().unwrap();
        let addr = old.addr();
        old.stop().await;
        let (root, keys) = (self.dir.path().join("ltax-front"), self.dir.path().join("ltax-key"));
        std::fs::remove_file(keys.join("host_key")).unwrap();
        let account = || Account {
            user: config::SFTP_USER.to_owned(),
            password: config::SFTP_PASSWORD.to_owned(),
        };
        let server = self
            .until("the server has its address back", async || {
                let server = SftpServer::start(&root, &keys, account(), addr, &*self.spawn).await;
                server.ok()
            })
            .await;
        let fingerprint = server.host_key().to_owned();
        self.sftp = Some(server);
        fingerprint
    }

    /// The park stops listening.
    pub async fn park_down(&mut self) {
        self.park.take().unwrap().stop().await;
    }

    /// The park is back where it was, with what it remembers.
    pub async fn park_up(&mut self) {
        let (dir, books) = (self.dir.path().join("park"), self.dir.path().join("books"));
        let options = || ParkOptions::new(dir.clone(), books.clone(), self.rulings.clone(), self.park_at);
        let park = self
            .until("the park has its address back", async || {
                departments::park::start(options()).ok()
            })
            .await;
        self.park = Some(park);
    }

    // --- verbs

    /// A verb as somebody, in JSON.
    pub async fn run_as(&self, name: &str, args: &[&str]) -> Said {
        self.call(&["--json", "--lang", "zh", "--as", name], args).await
    }

    /// A verb for people.
    pub async fn page(&self, lang: &str, args: &[&str]) -> Said {
        self.call(&["--lang", lang, "--as", CLERK], args).await
    }

    pub async fn call(&self, options: &[&str], args: &[&str]) -> Said {
        let ended = tokio::process::Command::new(env!("CARGO_BIN_EXE_tanghulu"))
            .arg("--config")
            .arg(self.config())
            .args(options)
            .args(args)
            .stdin(Stdio::null())
            .output()
            .await
            .unwrap();
        let out = String::from_utf8(ended.stdout).unwrap();
        let err = String::from_utf8(ended.stderr).unwrap();
        let json = serde_json::from_str(&out).unwrap_or(Value::Null);
        Said {
            code: ended.status.code().unwrap_or(-1),
            json,
            out,
            err,
        }
    }

    /// A verb whose answer is yes.
    pub async fn ask(&self, args: &[&str]) -> Value {
        self.ask_as(CLERK, args).await
    }

    /// The same, as somebody.
    pub async fn ask_as(&self, name: &str, args: &[&str]) -> Value {
        let said = self.run_as(name, args).await;
        assert_eq!(said.code, 0, "{args:?}: {said:?}");
        said.json
    }

    // --- the platform

    /// Posts something that is taken.
    pub async fn post(&self, body: &Value) -> Told {
        let told = self.poster.post(body).await.unwrap();
        assert!(told.accepted(), "{told:?}");
        told
    }

    // --- what is known

    /// The latest round of a matter, as `case` shows it.
    pub async fn obligation(&self, case_no: &str, matter: &str) -> Option<Value> {
        let case = self.run_as(CLERK, &["case", case_no]).await.json;
        let all = case["obligations"].as_array()?.iter().filter(|o| o["matter"] == matter);
        all.max_by_key(|o| o["round"].as_u64()).cloned()
    }

    /// Waits until a matter's latest round stands so.
    pub async fn decided(&self, case_no: &str, matter: &str, standing: &str) {
        let what = format!("{matter} is {standing}");
        self.until(&what, async || {
            let o = self.obligation(case_no, matter).await?;
            (o["standing"] == standing).then_some(())
        })
        .await;
    }

    /// What `why` says of a matter.
    pub async fn why(&self, case_no: &str, matter: &str) -> Option<Value> {
        let why = self.ask(&["why", case_no]).await;
        why["lines"].as_array()?.iter().find(|l| l["matter"] == matter).cloned()
    }

    /// Waits until `why` says that a matter waits for something of this kind.
    pub async fn waits_for(&self, case_no: &str, matter: &str, kind: &str) -> Value {
        let what = format!("{matter} waits for {kind}");
        self.until(&what, async || {
            self.why(case_no, matter).await.filter(|l| l["waits_for"] == kind)
        })
        .await
    }

    /// The refusals of a department, as `refused list` shows them.
    pub async fn refusals(&self, dept: &str) -> Vec<Value> {
        self.ask(&["refused", "list", "--dept", dept])
            .await
            .as_array()
            .cloned()
            .unwrap_or_default()
    }

    /// Every booking of a case in anybody's books: matter, round, op; sorted.
    pub fn rows(&self, case_no: &str) -> Vec<(String, u32, String)> {
        let mut rows = Vec::new();
        for dept in DEPARTMENTS {
            let text = std::fs::read_to_string(self.dir.path().join(format!("books/{dept}.csv"))).unwrap_or_default();
            for line in text.lines().skip(1) {
                let cells: Vec<&str> = line.split(',').collect();
                if cells[0] == case_no {
                    rows.push((cells[1].to_owned(), cells[2].parse().unwrap(), cells[3].to_owned()));
                }
            }
        }
        rows.sort();
        rows
    }

    /// The books hold exactly this of a case, in any order.
    #[track_caller]
    pub fn books_hold(&self, case_no: &str, expected: &[(&str, u32, &str)]) {
        let mut wanted: Vec<(String, u32, String)> = expected
            .iter()
            .map(|(m, r, o)| ((*m).to_owned(), *r, (*o).to_owned()))
            .collect();
        wanted.sort();
        assert_eq!(self.rows(case_no), wanted, "the departments' books of {case_no}");
    }

    /// Waits until the books hold a booking.
    pub async fn booked(&self, case_no: &str, matter: &str, round: u32, op: &str) {
        let row = (matter.to_owned(), round, op.to_owned());
        self.until(&format!("{row:?} is in the books"), async || {
            self.rows(case_no).contains(&row).then_some(())
        })
        .await;
    }

    /// Waits for something, with the node's last words where it never comes.
    pub async fn until<T>(&self, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(found) = look().await {
                return found;
            }
            if begun.elapsed() > PATIENCE {
                let log = std::fs::read_to_string(self.log()).unwrap_or_default();
                let last: Vec<&str> = log.lines().rev().take(20).collect();
                panic!(
                    "never: {what}\n{}",
                    last.into_iter().rev().collect::<Vec<_>>().join("\n")
                );
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        if let Some(mut child) = self.node.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The written configuration, for a scenario that needs another one.
pub struct Config {
    pub dir: PathBuf,
}

impl Config {
    /// What every scenario needs: people with the account of this process, and short pauses.
    fn prepare(&self) {
        let uid = i64::from(rustix::process::getuid().as_raw());
        self.edit("tanghulu.toml", |t| {
            for name in [CLERK, COLLEAGUE] {
                t["people"][name] = uid.into();
            }
            t["retry"]["first"] = "1s".into();
            t["retry"]["max"] = "2s".into();
        });
    }

    /// Changes one file.
    pub fn edit(&self, file: &str, change: impl FnOnce(&mut toml::Table)) {
        let path = self.dir.join(file);
        let mut table: toml::Table = std::fs::read_to_string(&path).unwrap().parse().unwrap();
        change(&mut table);
        std::fs::write(path, table.to_string()).unwrap();
    }

    /// Adds a file, or writes another one in its place.
    pub fn add(&self, file: &str, text: &str) {
        let path = self.dir.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Takes a file or a directory away.
    pub fn remove(&self, name: &str) {
        let path = self.dir.join(name);
        match path.is_dir() {
            true => std::fs::remove_dir_all(path).unwrap(),
            false => std::fs::remove_file(path).unwrap(),
        }
    }

    /// Puts a secret beside the configuration and gives the reference to it.
    pub fn secret(&self, name: &str, text: &str) -> toml::Value {
        let path = self.dir.join("../keys").join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        toml::Value::Table(
            [("file".to_owned(), format!("../keys/{name}").into())]
                .into_iter()
                .collect(),
        )
    }
}

fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap()
}

/// Case `n` of an enterprise that is no high-tech one: the park does not apply.
pub fn plain(n: u32) -> Value {
    of_class(n, "000000")
}

/// Case `n` of a high-tech enterprise.
pub fn hitech(n: u32) -> Value {
    of_class(n, "000001")
}

fn of_class(n: u32, class: &str) -> Value {
    let mut body = cases::spine_submission(n);
    body["ent_class"] = class.into();
    body
}

/// A request of the platform about a case it posted before.
pub fn about(op: &str, n: u32, more: Value) -> Value {
    let mut body = serde_json::json!({ "op": op, "case_no": cases::case_no(n) });
    for (name, value) in more.as_object().unwrap() {
        body[name.as_str()] = value.clone();
    }
    body
}
