//! The only file that names concrete adapters and ledgers: settings in, a running node out.

use crate::entrance::Entrance;
use crate::secrets::Resolver;
use accounts::Accounts;
use engine::{Handle, Keep, Parts, Plan, Rekey, Retry, Rules};
use journal::{NodeKey, Suite};
use ledger::LedgerError;
use ledger_local::{LocalLedger, Opened, SledIndex};
use model::calendar::Calendar;
use model::define::{Channel, Layout};
use model::{Code, DeptId, Finding, Mode};
use port::{Adapter, Context, ModeFactory, Secret, Secrets, erase};
use seams::{Clock, DirStorage, Rng, Spawn};
use secrecy::ExposeSecret;
use settings::{ChannelReader, ChannelSettings, Loaded, OnDisk, SecretRef, Settings, Today};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// Room that is kept beside the ledger, bytes: what is under way when a disk is full needs far less.
const RESERVE: u64 = 4 << 20;

/// Every mode there is.
pub fn modes() -> Vec<Box<dyn ModeFactory>> {
    vec![
        erase::<link::Link>(),
        erase::<frontend::Mode>(),
        erase::<disk::Disk>(),
        erase::<manual::Manual>(),
    ]
}

/// Lets `settings` read what only the modes understand.
struct Reader(Vec<Box<dyn ModeFactory>>);

impl Reader {
    fn of(&self, mode: Mode) -> Option<&dyn ModeFactory> {
        self.0.iter().find(|m| m.mode() == mode).map(|m| &**m)
    }
}

impl ChannelReader for Reader {
    fn read(&self, mode: Mode, table: toml::de::ValueDeserializer<'_>) -> Result<ChannelSettings, toml::de::Error> {
        match self.of(mode) {
            Some(factory) => factory.read(table),
            None => Err(serde::de::Error::custom("no such mode")),
        }
    }

    fn judge(
        &self,
        mode: Mode,
        settings: &(dyn std::any::Any + Send + Sync),
        channel: &Channel,
        layouts: &[Layout],
    ) -> Vec<Finding> {
        self.of(mode)
            .map(|factory| factory.judge(settings, channel, layouts))
            .unwrap_or_default()
    }
}

/// Reads a configuration directory; everything that is wrong is in the diagnostics.
pub fn load(dir: &Path, offline: bool, now_ms: i64) -> Loaded {
    let date = engine::plan::civil(now_ms, 480).date();
    settings::load_from(&OnDisk::new(dir), &Reader(modes()), Today { date, offline })
}

/// Time, chance and tasks.
#[derive(Clone)]
pub struct Seams {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub rng: Arc<dyn Rng>,
    /// Tasks.
    pub spawn: Arc<dyn Spawn>,
}

/// A node that runs.
pub struct Node {
    /// How to ask it.
    pub handle: Handle,
    /// Told when the ledger fails: the process must end then.
    pub failed: oneshot::Receiver<LedgerError>,
    /// What opening the ledger found.
    pub opened: Opened,
    /// Who may log in.
    pub accounts: Arc<Accounts>,
    /// Under which key what people have not finished lies in the data directory.
    pub key: NodeKey,
}

impl Node {
    /// The way in for verbs.
    pub fn entrance(&self) -> Entrance {
        Entrance::new(self.handle.clone(), self.accounts.clone())
    }
}

/// Why a node could not be built.
pub enum Trouble {
    /// This process holds the data directory, which is there.
    Held(u32, PathBuf),
    /// Anything else.
    Finding(Box<Finding>),
}

impl From<Finding> for Trouble {
    fn from(finding: Finding) -> Self {
        Self::Finding(Box::new(finding))
    }
}

/// Where the data lies: relative paths stand beside the configuration.
pub fn data_dir(config: &Path, settings: &Settings) -> PathBuf {
    config.join(&settings.node.data_dir)
}

/// Where the socket is.
pub fn socket_path(config: &Path, settings: &Settings) -> PathBuf {
    data_dir(config, settings).join(&settings.node.socket)
}

/// The process that holds the data directory now, if one does.
pub fn holder(config: &Path, settings: &Settings) -> Option<Trouble> {
    let data = data_dir(config, settings);
    match safe_files::DirLock::take(&data) {
        Ok(Err(held)) => Some(Trouble::Held(held.pid, data)),
        _ => None,
    }
}

fn secret(reference: &SecretRef) -> Secret {
    Secret {
        file: reference.file.clone(),
        env: reference.env.clone(),
        credential: reference.credential.clone(),
    }
}

/// The systems that may call the platform's interface, with their keys.
pub fn clients(config: &Path, settings: &Settings) -> Result<Vec<(String, Vec<u8>)>, Finding> {
    let resolver = Resolver::new(config);
    settings
        .node
        .clients
        .iter()
        .map(|c| {
            Ok((
                c.id.clone(),
                resolver.read(&secret(&c.secret))?.expose_secret().as_bytes().to_vec(),
            ))
        })
        .collect()
}

/// The node key. Where its file is missing and there is no ledger yet, it is made.
fn node_key(config: &Path, data: &Path, settings: &Settings, rng: &dyn Rng) -> Result<NodeKey, Finding> {
    let resolver = Resolver::new(config);
    let reference = &settings.node.key;
    if let Some(file) = &reference.file {
        let path = resolver.path(file);
        let fresh = !data.join("journal").exists();
        if fresh && !path.exists() {
            let key = NodeKey::generate(rng);
            let (dir, name) = (
                path.parent().unwrap_or(Path::new(".")),
                path.file_name().unwrap_or_default(),
            );
            make_dir(dir)?;
            safe_files::write_new(
                dir,
                &name.to_string_lossy(),
                format!("{}\n", key.reveal_hex()).as_bytes(),
            )
            .map_err(|e| place(&path, &e))?;
            tracing::warn!(path = %path.display(), "made a node key; keep a copy of it elsewhere");
            return Ok(key);
        }
    }
    kept_key(config, settings)
}

/// The node key that is there.
pub fn kept_key(config: &Path, settings: &Settings) -> Result<NodeKey, Finding> {
    let text = Resolver::new(config).read(&secret(&settings.node.key))?;
    let place = key_file(config, settings).unwrap_or_default();
    NodeKey::parse(text.expose_secret())
        .map_err(|why| Finding::new(Code::LKey).with("path", format!("{}: {why}", place.display())))
}

/// Where the node key lies, if it is a file.
pub fn key_file(config: &Path, settings: &Settings) -> Option<PathBuf> {
    let file = settings.node.key.file.as_ref()?;
    Some(Resolver::new(config).path(file))
}

fn place(path: &Path, detail: &dyn std::fmt::Display) -> Finding {
    Finding::new(Code::CPlace)
        .with("path", path.display())
        .with("detail", detail)
}

#[allow(
    clippy::disallowed_methods,
    reason = "making the node's own directories, before any data"
)]
pub fn make_dir(dir: &Path) -> Result<(), Finding> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o750)
        .create(dir)
        .map_err(|e| place(dir, &e))
}

/// What the engine follows.
pub fn plan(settings: &Settings) -> Result<Plan, Finding> {
    let node = &settings.node;
    let rules = Rules {
        node: node.name.clone(),
        offset_minutes: node.offset_minutes,
        lease_ms: i64::try_from(node.lease).unwrap_or(i64::MAX),
        review: node.review,
        rekey: Rekey {
            later_ms: i64::try_from(node.rekey_later).unwrap_or(i64::MAX),
            share: node.rekey_share,
            raised: node.rekey_raised,
            above: node.rekey_above,
        },
        hours: node.hours,
        retry: Retry {
            first_ms: node.retry_first,
            max_ms: node.retry_max,
        },
        people: node.people.iter().cloned().collect(),
        max_bytes_in: node.batch_bytes,
        max_rows_in: node.batch_rows.into(),
        whole_rows: ledger::arriving::HELD,
    };
    let departments = settings
        .departments
        .iter()
        .map(|(department, _)| department.clone())
        .collect();
    Plan::new(
        rules,
        Arc::new(settings.dictionary.clone()),
        &settings.codes,
        departments,
    )
    .map(|plan| {
        plan.keeping(Keep {
            data: node.keep_data,
            archive: node.keep_archive.clone(),
            evidence: node.keep_evidence,
        })
    })
    .map_err(|findings| {
        findings
            .into_iter()
            .next()
            .unwrap_or_else(|| Finding::new(Code::EStructure))
    })
}

/// Working days.
pub fn calendar(settings: &Settings) -> Calendar {
    let mut calendar = Calendar::new();
    for year in &settings.calendar {
        if let Err(date) = calendar.cover(year.year, year.days.iter().copied()) {
            tracing::warn!(%date, "a calendar was left out");
        }
    }
    calendar
}

/// A ledger is opened by the user it belongs to: files that root makes beside it could not be opened by the service.
#[allow(clippy::disallowed_methods, reason = "the owner of the node's own directory")]
pub fn need_owner(data: &Path) -> Result<(), Finding> {
    use std::os::unix::fs::MetadataExt;
    let owner = std::fs::metadata(data).map_err(|e| place(data, &e))?.uid();
    let here = rustix::process::geteuid().as_raw();
    if owner == here {
        return Ok(());
    }
    let detail =
        format!("属于用户{owner}，请以该用户执行 it belongs to user {owner}: run this as that user (uid {here} now)");
    Err(place(data, &detail))
}

/// Takes the data directory, or says who has it.
pub fn lock(data: &Path) -> Result<safe_files::DirLock, Trouble> {
    match safe_files::DirLock::take(data) {
        Ok(Ok(lock)) => Ok(lock),
        Ok(Err(held)) => Err(Trouble::Held(held.pid, data.to_owned())),
        Err(error) => Err(place(data, &error).into()),
    }
}

fn open_ledger(config: &Path, settings: &Settings, seams: &Seams) -> Result<(LocalLedger, Opened, NodeKey), Trouble> {
    let data = data_dir(config, settings);
    make_dir(&data)?;
    need_owner(&data)?;
    let lock = lock(&data)?;
    let key = node_key(config, &data, settings, &*seams.rng)?;
    let journal = data.join("journal");
    make_dir(&journal)?;
    let storage = DirStorage::open(&journal).map_err(|e| place(&journal, &e))?;
    let index_dir = data.join("index");
    let index = SledIndex::open(&index_dir, &key, seams.rng.clone()).map_err(|e| place(&index_dir, &e))?;
    let suite = match settings.node.suite {
        settings::Suite::Sha256 => Suite::Sha256,
        settings::Suite::Sm3 => Suite::Sm3,
    };
    let guard: ledger_local::Guard = Box::new(lock);
    let begun = seams.clock.mono();
    let (mut ledger, opened) = LocalLedger::open(
        Arc::new(storage),
        Box::new(index),
        &key,
        suite,
        seams.rng.clone(),
        Some(guard),
    )
    .map_err(|error| ledger_finding(&data, &error))?;
    let took_ms = seams.clock.mono().saturating_sub(begun).as_millis();
    let (rebuilt, replayed) = (opened.rebuilt.as_deref(), opened.replayed);
    tracing::info!(rebuilt, replayed, took_ms, "the ledger is open");
    let here = DirStorage::open(&data).map_err(|e| place(&data, &e))?;
    ledger.keep_reserve(Arc::new(here), seams.rng.clone(), RESERVE);
    Ok((ledger, opened, key))
}

/// A ledger's error for people.
pub fn ledger_finding(data: &Path, error: &LedgerError) -> Finding {
    match error {
        LedgerError::Held { pid, path } => Finding::new(Code::LHeld).with("path", path).with("pid", pid),
        LedgerError::Damaged { place, detail } => {
            Finding::new(Code::LDamaged).with("place", place).with("detail", detail)
        }
        LedgerError::Key => Finding::new(Code::LKey).with("path", data.display()),
        LedgerError::Newer { found, known } => Finding::new(Code::LNewer).with("found", found).with("known", known),
        LedgerError::Full(detail) => Finding::new(Code::LFull).with("detail", detail),
        LedgerError::Write(detail) | LedgerError::Read(detail) => Finding::new(Code::LWrite).with("detail", detail),
    }
}

/// Every adapter of a configuration, by department and channel.
pub type Adapters = HashMap<(DeptId, String), Arc<dyn Adapter>>;

/// Builds every adapter. Opens nothing.
pub fn adapters(config: &Path, settings: Settings, seams: &Seams, work: &Path) -> Result<Adapters, Finding> {
    let modes = modes();
    let secrets: Arc<dyn Secrets> = Arc::new(Resolver::new(config));
    let mut adapters = HashMap::new();
    for (department, channels) in settings.departments {
        let layouts = Arc::new(department.layouts.clone());
        for (channel, channel_settings) in department.ladder.iter().zip(channels) {
            let Some(mode) = modes.iter().find(|m| m.mode() == channel.mode) else {
                continue;
            };
            let context = Context {
                node: settings.node.name.clone(),
                dept: department.id.clone(),
                channel: Arc::new(channel.clone()),
                layouts: layouts.clone(),
                work_dir: work.to_owned(),
                worker: Some(PathBuf::from("/proc/self/exe")),
                offset_minutes: settings.node.offset_minutes,
                max_batch_bytes: settings.node.batch_bytes,
                clock: seams.clock.clone(),
                rng: seams.rng.clone(),
                spawn: seams.spawn.clone(),
                secrets: secrets.clone(),
            };
            let adapter = mode.build(channel_settings, context)?;
            adapters.insert((department.id.clone(), channel.name.clone()), adapter);
        }
    }
    Ok(adapters)
}

/// Builds a node and starts it. `scheduled` is false for a verb that only borrows the ledger.
pub fn start(config: &Path, settings: Settings, seams: &Seams, scheduled: bool) -> Result<Node, Trouble> {
    let data = data_dir(config, &settings);
    let (mut ledger, opened, key) = open_ledger(config, &settings, seams)?;
    let accounts = Arc::new(Accounts::open(data.clone(), key.clone(), seams.rng.clone())?);
    let origin = crate::origin::of(config, &settings, &data, &mut ledger)?;
    let plan = Arc::new(plan(&settings)?);
    let mirror = crate::mirror::open(&settings.node);
    let calendar = Arc::new(calendar(&settings));
    let work = data.join("work");
    make_dir(&work)?;
    let parts = Parts {
        plan,
        calendar,
        ledger: Box::new(ledger),
        adapters: adapters(config, settings, seams, &work)?,
        clock: seams.clock.clone(),
        rng: seams.rng.clone(),
        spawn: seams.spawn.clone(),
        tick: Duration::from_secs(1),
        mirror,
        scheduled,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let (handle, failed) = engine::start_from(parts, origin).map_err(|error| ledger_finding(&data, &error))?;
    Ok(Node {
        handle,
        failed,
        opened,
        accounts,
        key,
    })
}
