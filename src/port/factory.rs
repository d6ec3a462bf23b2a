//! Typed settings to boxed adapters: the author of a mode writes one serde type and one `build`.

use crate::Adapter;
use model::define::{Channel, Layout};
use model::{DeptId, Finding, Mode};
use seams::{Clock, Rng, Spawn};
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::any::Any;
use std::path::PathBuf;
use std::sync::Arc;

/// A reference to a secret, never the secret: exactly one of the three.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// A file that holds it; a line end at its end is not part of it.
    #[serde(default)]
    pub file: Option<PathBuf>,
    /// An environment variable.
    #[serde(default)]
    pub env: Option<String>,
    /// A credential the service manager passed.
    #[serde(default)]
    pub credential: Option<String>,
}

/// Where secrets are read from.
pub trait Secrets: Send + Sync {
    /// The secret behind a reference, or what is wrong with the reference.
    fn read(&self, secret: &Secret) -> Result<SecretString, Finding>;
}

/// A secret where it is kept. It is read whenever somebody logs in, so that a new one in its place needs no restart.
#[derive(Clone)]
pub struct Kept {
    secrets: Arc<dyn Secrets>,
    reference: Secret,
}

impl Kept {
    /// A secret that is there now.
    pub fn new(secrets: Arc<dyn Secrets>, reference: Secret) -> Result<Self, Finding> {
        let kept = Self { secrets, reference };
        kept.read().map(|_| kept)
    }

    /// The secret now, or what is wrong with the reference.
    pub fn read(&self) -> Result<SecretString, Finding> {
        self.secrets.read(&self.reference)
    }
}

/// What an adapter is given.
#[derive(Clone)]
pub struct Context {
    /// This node's name.
    pub node: String,
    /// The department.
    pub dept: DeptId,
    /// The channel as configured.
    pub channel: Arc<Channel>,
    /// The department's layouts.
    pub layouts: Arc<Vec<Layout>>,
    /// A private directory for work files.
    pub work_dir: PathBuf,
    /// This program, to be run again (`worker WORD`) for a file whose parser is not trusted; absent where everything is
    /// parsed in this process.
    pub worker: Option<PathBuf>,
    /// Offset of civil time from UTC, minutes (+480 in China).
    pub offset_minutes: i32,
    /// The most bytes one batch may have.
    pub max_batch_bytes: u64,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub rng: Arc<dyn Rng>,
    /// Tasks.
    pub spawn: Arc<dyn Spawn>,
    /// Secrets.
    pub secrets: Arc<dyn Secrets>,
}

impl Context {
    /// A secret that is there now, to be read again whenever it is needed.
    pub fn kept(&self, reference: &Secret) -> Result<Kept, Finding> {
        Kept::new(Arc::clone(&self.secrets), reference.clone())
    }
    /// The layout of that name.
    pub fn layout(&self, name: &str) -> Option<&Layout> {
        self.layouts.iter().find(|l| l.name == name)
    }
}

/// What the author of a mode writes.
pub trait TypedMode: Send + Sync + 'static {
    /// The channel's `[channel.settings]`; unknown keys are errors (`deny_unknown_fields`).
    type Settings: DeserializeOwned + Send + Sync + 'static;
    /// Which mode.
    const MODE: Mode;
    /// What cannot be said in types: contradictions, missing pairs. No I/O.
    fn judge(settings: &Self::Settings, channel: &Channel, layouts: &[Layout]) -> Vec<Finding>;
    /// The adapter. Reads secrets; opens nothing.
    fn build(settings: Self::Settings, context: Context) -> Result<Arc<dyn Adapter>, Finding>;
}

/// The same for every mode, so that whoever assembles them needs no types.
pub trait ModeFactory: Send + Sync {
    /// Which mode.
    fn mode(&self) -> Mode;
    /// Reads a channel's settings table; errors carry the span.
    fn read(&self, table: toml::de::ValueDeserializer<'_>) -> Result<Box<dyn Any + Send + Sync>, toml::de::Error>;
    /// Judges settings that `read` gave.
    fn judge(&self, settings: &(dyn Any + Send + Sync), channel: &Channel, layouts: &[Layout]) -> Vec<Finding>;
    /// Builds from settings that `read` gave.
    fn build(&self, settings: Box<dyn Any + Send + Sync>, context: Context) -> Result<Arc<dyn Adapter>, Finding>;
}

struct Erased<M>(std::marker::PhantomData<fn() -> M>);

/// A typed mode behind the erased face.
pub fn erase<M: TypedMode>() -> Box<dyn ModeFactory> {
    Box::new(Erased::<M>(std::marker::PhantomData))
}

fn foreign() -> Finding {
    Finding::new(model::Code::CNotPossible).with("detail", "settings of another mode")
}

impl<M: TypedMode> ModeFactory for Erased<M> {
    fn mode(&self) -> Mode {
        M::MODE
    }

    fn read(&self, table: toml::de::ValueDeserializer<'_>) -> Result<Box<dyn Any + Send + Sync>, toml::de::Error> {
        M::Settings::deserialize(table).map(|s| Box::new(s) as Box<dyn Any + Send + Sync>)
    }

    fn judge(&self, settings: &(dyn Any + Send + Sync), channel: &Channel, layouts: &[Layout]) -> Vec<Finding> {
        match settings.downcast_ref::<M::Settings>() {
            Some(settings) => M::judge(settings, channel, layouts),
            None => vec![foreign()],
        }
    }

    fn build(&self, settings: Box<dyn Any + Send + Sync>, context: Context) -> Result<Arc<dyn Adapter>, Finding> {
        match settings.downcast::<M::Settings>() {
            Ok(settings) => M::build(*settings, context),
            Err(_) => Err(foreign()),
        }
    }
}
