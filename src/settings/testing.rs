//! What the tests share: the example in memory, and a reader that understands a little of every mode.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::{ChannelReader, ChannelSettings, Embedded, Today};
use model::define::{Channel, Layout};
use model::{Code, Finding, Mode};
use serde::Deserialize;
use std::any::Any;
use std::path::Path;

/// A day on which the example holds.
pub(crate) fn today() -> Today {
    Today {
        date: jiff::civil::date(2026, 3, 2),
        offline: false,
    }
}

/// `config/` as it stands.
pub(crate) fn example() -> Embedded {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config");
    let mut files = Embedded::default();
    for folder in ["", "codes", "calendar", "departments"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                files.put(name, std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// Takes the table of any mode but the manual one, whose settings it reads strictly.
pub(crate) struct Lenient;

/// A stand-in for an adapter's settings, with each kind of key an adapter can have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Strict {
    #[serde(default = "many")]
    form_bytes_max: u32,
    #[serde(default)]
    inner: Option<Inner>,
    #[serde(default)]
    #[allow(dead_code, reason = "read, never used")]
    key: Option<Secret>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "read, never used")]
struct Inner {
    host: String,
    port: u16,
    names: Vec<String>,
    #[serde(default)]
    dir: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "read, never used")]
struct Secret {
    file: Option<String>,
}

fn many() -> u32 {
    65_536
}

impl ChannelReader for Lenient {
    fn read(&self, mode: Mode, table: toml::de::ValueDeserializer<'_>) -> Result<ChannelSettings, toml::de::Error> {
        match mode {
            Mode::Manual => Strict::deserialize(table).map(|s| Box::new(s) as ChannelSettings),
            _ => toml::Table::deserialize(table).map(|t| Box::new(t) as ChannelSettings),
        }
    }

    fn judge(&self, _: Mode, settings: &(dyn Any + Send + Sync), _: &Channel, _: &[Layout]) -> Vec<Finding> {
        match settings.downcast_ref::<Strict>() {
            Some(strict) if strict.form_bytes_max < 1_024 => {
                vec![
                    Finding::new(Code::SValue)
                        .with("setting", "form_bytes_max")
                        .with("detail", "1024–16777216"),
                ]
            }
            Some(Strict { inner: Some(inner), .. }) if inner.host.is_empty() => {
                vec![
                    Finding::new(Code::SValue)
                        .with("setting", "inner.host")
                        .with("detail", "empty"),
                ]
            }
            _ => Vec::new(),
        }
    }
}
