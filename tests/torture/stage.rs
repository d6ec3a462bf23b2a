//! Where it plays: a directory with living departments and the shipped configuration pointed at them.

use crate::line::Line;
use departments::play::{self, World, config};
use departments::poster::Poster;
use seams::{Clock, SystemClock, TokioSpawn};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml::{Table, Value};

/// The one person of a run. Asks from the account that runs it.
const PERSON: &str = "张三";

/// Everything outside the node.
pub struct Stage {
    /// The run's directory.
    pub dir: PathBuf,
    /// The living departments.
    pub world: Arc<World>,
    /// The machine's clock, as the node has it.
    pub clock: Arc<dyn Clock>,
    /// Tasks of the run.
    pub spawn: Arc<TokioSpawn>,
    /// How many cases there will be.
    pub cases: u32,
    http: SocketAddr,
}

/// Cases that come in the morning lists and by no other way: their numbers begin behind those that are posted.
pub(crate) const LISTED: u32 = 60;

impl Stage {
    /// Opens the departments and writes the configuration. `seed` only spreads runs over ports.
    pub async fn open(dir: &Path, cases: u32, seed: u64) -> io::Result<Self> {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        std::fs::create_dir_all(dir)?;
        let dir = dir.canonicalize()?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let spawn = Arc::new(TokioSpawn::new(tokio::runtime::Handle::current()));
        let world = play::open(&dir, cases + LISTED, clock.clone(), spawn.clone()).await?;
        let http = free_port(seed)?;
        config::write(&dir, &world.endpoints(&http.to_string()))?;
        listing(&dir)?;
        hurry(&dir.join("config"))?;
        Ok(Self {
            dir,
            world: Arc::new(world),
            clock,
            spawn,
            cases,
            http,
        })
    }

    /// The node's configuration directory.
    pub fn config(&self) -> PathBuf {
        self.dir.join("config")
    }

    /// The node's data directory.
    pub fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// Where the node listens.
    pub fn http(&self) -> SocketAddr {
        self.http
    }

    /// The node key's file.
    pub fn key(&self) -> PathBuf {
        self.dir.join("keys").join("node.key")
    }

    /// Where the platform puts its morning lists.
    pub(crate) fn lists(&self) -> PathBuf {
        self.dir.join(LISTS).join("in")
    }

    /// What the node says, across its lives.
    pub fn log(&self) -> PathBuf {
        self.dir.join("node.log")
    }

    /// The way to the node's socket.
    pub fn line(&self) -> Line {
        Line::new(self.data().join("node.sock"), PERSON.to_owned())
    }

    /// The platform's sending side. Its nonces begin at the time of day: another call repeats none.
    ///
    /// # Errors
    /// No HTTP client can be made.
    pub fn poster(&self) -> io::Result<Poster> {
        let first = u64::try_from(self.clock.now().0).unwrap_or(0) << 20;
        Poster::new(
            format!("http://{}", self.http),
            "bj-hub",
            config::HUB_KEY,
            first,
            self.clock.clone(),
        )
        .map_err(io::Error::other)
    }

    /// Ends every task of the run.
    pub fn end(&self) {
        self.spawn.abort_all();
    }
}

/// A port below those that outgoing connections are given: while the node is dead, nobody may get hold of it by chance.
fn free_port(seed: u64) -> io::Result<SocketAddr> {
    let start = seed.wrapping_add(u64::from(std::process::id())) % 10_000;
    let ports = (0..10_000)
        .map(|i| 20_000 + (start + i) % 10_000)
        .filter_map(|p| u16::try_from(p).ok());
    ports
        .map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .find(|address| TcpListener::bind(address).is_ok())
        .ok_or_else(|| io::Error::other("no free port"))
}

const LISTS: &str = "lists";

/// The platform also puts lists of cases into a directory, and wants a receipt for each.
fn listing(dir: &Path) -> io::Result<()> {
    let root = dir.join(LISTS);
    std::fs::create_dir_all(root.join("in"))?;
    let text = format!(
        "name = \"lists\"\nmode = \"frontend\"\nin = {{ every = \"1s\" }}\n\
         [[feed]]\nname = \"lists\"\nrole = \"cases\"\nlayout = \"case\"\n\
         [settings]\ntransport = \"directory\"\nformat = \"jsonl\"\nroot = {root:?}\n\
         [settings.in]\ndir = \"in\"\nready = \"rename\"\nanswer = true\n\
         feeds = [{{ feed = \"lists\", pattern = \"LIST_*.jsonl\" }}]\n"
    );
    let channel: Table = text.parse().map_err(io::Error::other)?;
    edit(&dir.join("config").join("departments").join("hub.toml"), |table| {
        if let Some(Value::Array(channels)) = table.get_mut("channel") {
            channels.push(Value::Table(channel));
        }
    })
}

/// Shorter turns and retries, an account that may ask, and agreements that outlast the years this is run in.
fn hurry(config: &Path) -> io::Result<()> {
    let uid = i64::from(rustix::process::getuid().as_raw());
    edit(&config.join("tanghulu.toml"), |table| {
        table.insert(
            "people".to_owned(),
            Value::Table(Table::from_iter([(PERSON.to_owned(), Value::Integer(uid))])),
        );
        if let Some(Value::Table(retry)) = table.get_mut("retry") {
            retry.insert("first".to_owned(), Value::String("500ms".to_owned()));
            retry.insert("max".to_owned(), Value::String("2s".to_owned()));
        }
    })?;
    for entry in std::fs::read_dir(config.join("departments"))? {
        edit(&entry?.path(), |table| {
            if let (Some(Value::Table(agreement)), Ok(far)) = (table.get_mut("agreement"), "2099-12-31".parse()) {
                agreement.insert("expires".to_owned(), Value::Datetime(far));
            }
            let channels = table.get_mut("channel").and_then(Value::as_array_mut);
            for channel in channels.into_iter().flatten().filter_map(Value::as_table_mut) {
                if channel.get("mode").and_then(Value::as_str) == Some("disk") {
                    // A disk is cut when the courier comes for it: a day has no names for one each turn.
                    let on_request = Table::from_iter([("on_request".to_owned(), Value::Boolean(true))]);
                    channel.insert("out".to_owned(), Value::Table(on_request));
                }
                for way in ["out", "in"] {
                    let every = channel
                        .get_mut(way)
                        .and_then(Value::as_table_mut)
                        .filter(|w| w.contains_key("every"));
                    if let Some(every) = every {
                        every.insert("every".to_owned(), Value::String("300ms".to_owned()));
                    }
                }
            }
        })?;
    }
    Ok(())
}

fn edit(path: &Path, change: impl FnOnce(&mut Table)) -> io::Result<()> {
    let mut table: Table = std::fs::read_to_string(path)?.parse().map_err(io::Error::other)?;
    change(&mut table);
    std::fs::write(path, table.to_string())
}
