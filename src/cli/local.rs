//! What the verbs read of the configuration by themselves: the civil time, the data directory, department titles.
//!
//! Judging a configuration is the host's, with the adapters' help; here an answer must look right, and `ledger verify`
//! must work, even where a department file is broken.

use model::define::{Channel, Layout, Title};
use model::{Code, Finding, Mode};
use serde::Deserialize;
use settings::tables::node::NodeTable;
use settings::{ChannelReader, ChannelSettings, Files, OnDisk, Today};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Civil time where the configuration cannot say.
pub(crate) const DEFAULT_OFFSET_MINUTES: i32 = 480;

/// The one table of `tanghulu.toml` that is needed here. Others may be wrong without hurting.
#[derive(Deserialize, Default)]
struct NodeFile {
    #[serde(default)]
    node: NodeTable,
}

fn node(config: &Path) -> Result<NodeTable, Finding> {
    let file = "tanghulu.toml";
    let unreadable = |detail: String| {
        let path = config.join(file).display().to_string();
        Finding::new(Code::SFile).with("path", path).with("detail", detail)
    };
    let bytes = OnDisk::new(config)
        .read(file)
        .map_err(|e| unreadable(e.kind().to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable("UTF-8".to_owned()))?;
    toml::from_str::<NodeFile>(&text)
        .map(|f| f.node)
        .map_err(|e| Finding::new(Code::SSyntax).with("detail", e.message()).file(file))
}

/// Civil time of the node as offset from UTC, minutes.
pub(crate) fn offset_minutes(config: &Path) -> i32 {
    let offset = node(config).ok().and_then(|n| n.offset).map(|o| o.get_ref().0);
    offset.unwrap_or(DEFAULT_OFFSET_MINUTES)
}

/// The node's data directory.
pub(crate) fn data_dir(config: &Path) -> Result<PathBuf, Finding> {
    let dir = node(config)?.data_dir;
    let dir = dir.ok_or_else(|| {
        Finding::new(Code::SMissingKey)
            .with("name", "data_dir")
            .file("tanghulu.toml")
    })?;
    Ok(config.join(dir.get_ref()))
}

/// Titles of departments by short name; empty where the configuration does not hold.
pub(crate) fn titles(config: &Path) -> BTreeMap<String, Title> {
    // No diagnostics leave this function, so the day does not matter.
    let today = Today {
        date: jiff::civil::Date::constant(1970, 1, 1),
        offline: true,
    };
    let settings = settings::load(config, &AnyChannel, today).settings;
    let departments = settings.map(|s| s.departments).unwrap_or_default();
    departments
        .into_iter()
        .map(|(d, _)| (d.id.to_string(), d.title))
        .collect()
}

/// Takes every mode's settings as they stand.
pub(crate) struct AnyChannel;

impl ChannelReader for AnyChannel {
    fn read(&self, _: Mode, table: toml::de::ValueDeserializer<'_>) -> Result<ChannelSettings, toml::de::Error> {
        toml::Table::deserialize(table).map(|t| Box::new(t) as ChannelSettings)
    }

    fn judge(&self, _: Mode, _: &(dyn std::any::Any + Send + Sync), _: &Channel, _: &[Layout]) -> Vec<Finding> {
        Vec::new()
    }
}
