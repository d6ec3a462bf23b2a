//! The way of a configuration from files to settings.

use crate::checks::places::Directory;
use crate::checks::{self, Parsed, Tree, places};
use crate::diagnostic::Sink;
use crate::files::{Files, OnDisk};
use crate::lower::{self, ChannelSettings, Settings};
use crate::read::{self, Removed, Root};
use crate::tables::channel::ChannelTable;
use crate::tables::department::DepartmentFile;
use crate::tables::value;
use crate::{ChannelReader, Loaded, Today};
use model::{Dictionary, Finding};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Loads the configuration in a directory.
pub fn load(dir: &Path, reader: &dyn ChannelReader, today: Today) -> Loaded {
    load_from(&OnDisk::new(dir), reader, today)
}

/// Loads a configuration from any tree of files.
pub fn load_from(files: &dyn Files, reader: &dyn ChannelReader, today: Today) -> Loaded {
    let mut sink = Sink::default();
    let mut tree = Tree {
        node: file(files, "tanghulu.toml", &mut sink),
        dictionary: file(files, "dictionary.toml", &mut sink),
        ..Tree::default()
    };
    for path in list(files, "codes", &mut sink) {
        tree.codes.extend(file(files, &path, &mut sink));
    }
    for path in list(files, "calendar", &mut sink) {
        tree.calendar.extend(file(files, &path, &mut sink));
    }
    let mut adapters = Vec::new();
    let mut directories = Vec::new();
    for path in list(files, "departments", &mut sink) {
        if let Some((parsed, channels)) = department(files, &path, reader, today, &mut sink, &mut directories) {
            tree.departments.push(parsed);
            adapters.push(channels);
        }
    }
    checks::all(&tree, today, files, &mut sink);
    places::shared(&directories, &mut sink);
    let dictionary = tree
        .dictionary
        .as_ref()
        .map(|d| lower::dictionary(&d.table))
        .unwrap_or_default();
    for (parsed, channels) in tree.departments.iter().zip(&adapters) {
        judge_adapters(parsed, channels, &dictionary, reader, &mut sink);
    }
    rehearse(&tree, &dictionary, &mut sink);
    let settings = settings(&tree, dictionary, adapters);
    let (diagnostics, sources) = sink.finish();
    let mut loaded = Loaded {
        settings,
        diagnostics,
        sources,
    };
    if loaded.has_errors() {
        loaded.settings = None;
    }
    loaded
}

fn list(files: &dyn Files, folder: &str, sink: &mut Sink) -> Vec<String> {
    match files.list(folder) {
        Ok(names) => names.into_iter().map(|name| format!("{folder}/{name}")).collect(),
        Err(e) => {
            sink.whole(
                folder,
                Finding::new(model::Code::SFile).with("path", folder).with("detail", e),
            );
            Vec::new()
        }
    }
}

fn file<T: DeserializeOwned + Default>(files: &dyn Files, path: &str, sink: &mut Sink) -> Option<Parsed<T>> {
    let text = read::text(files, path, sink)?;
    let mut removed = Removed::new();
    let mut root = read::parse(path, &text, sink, &mut removed);
    let table = read::table(path, &mut root, sink, &mut removed);
    Some(Parsed {
        file: path.to_owned(),
        table,
        removed,
    })
}

/// What the adapter said of a channel, and the table it was read from.
struct Adapter {
    settings: Option<ChannelSettings>,
    span: Range<usize>,
    /// Spans of the keys of the settings, by dotted path.
    keys: BTreeMap<String, Range<usize>>,
}

/// A department, with the settings of its channels in order.
fn department(
    files: &dyn Files,
    path: &str,
    reader: &dyn ChannelReader,
    today: Today,
    sink: &mut Sink,
    directories: &mut Vec<Vec<Directory>>,
) -> Option<(Parsed<DepartmentFile>, Vec<Adapter>)> {
    let text = read::text(files, path, sink)?;
    let mut removed = Removed::new();
    let mut root = read::parse(path, &text, sink, &mut removed);
    let mut apart = take_settings(&mut root);
    let table: DepartmentFile = read::table(path, &mut root, sink, &mut removed);
    let parsed = Parsed {
        file: path.to_owned(),
        table,
        removed,
    };
    let mut adapters = Vec::new();
    for channel in &parsed.table.channel {
        let span = channel.span();
        let empty = || Spanned::new(span.clone(), DeValue::Table(DeTable::new()));
        let mut table = apart.remove(&span.start).unwrap_or_else(empty);
        directories.push(places::directories(&parsed, &table));
        if !today.offline {
            places::secrets(path, &table, files, sink);
        }
        let mut keys = BTreeMap::new();
        key_spans(&table, String::new(), &mut keys);
        let span = table.span();
        let mode = value(&channel.get_ref().mode).copied();
        let settings = mode.and_then(|mode| read::foreign(path, &mut table, sink, |d| reader.read(mode, d)));
        adapters.push(Adapter { settings, span, keys });
    }
    Some((parsed, adapters))
}

/// Takes the `settings` out of every channel: only the adapter can read them. By start of the channel's span.
fn take_settings<'s>(root: &mut Root<'s>) -> BTreeMap<usize, Spanned<DeValue<'s>>> {
    let mut apart = BTreeMap::new();
    let DeValue::Table(table) = root.get_mut() else {
        return apart;
    };
    let Some(DeValue::Array(channels)) = table.get_mut("channel").map(Spanned::get_mut) else {
        return apart;
    };
    for channel in channels.iter_mut() {
        let start = channel.span().start;
        if let DeValue::Table(table) = channel.get_mut()
            && let Some(settings) = table.remove("settings")
        {
            apart.insert(start, settings);
        }
    }
    apart
}

fn key_spans(value: &Spanned<DeValue<'_>>, path: String, keys: &mut BTreeMap<String, Range<usize>>) {
    if let DeValue::Table(table) = value.get_ref() {
        for (key, value) in table {
            let path = if path.is_empty() {
                key.get_ref().to_string()
            } else {
                format!("{path}.{}", key.get_ref())
            };
            keys.insert(path.clone(), value.span());
            key_spans(value, path, keys);
        }
    }
}

/// Lets every adapter judge its settings, as far as channel and layouts can be understood.
fn judge_adapters(
    parsed: &Parsed<DepartmentFile>,
    adapters: &[Adapter],
    dictionary: &Dictionary,
    reader: &dyn ChannelReader,
    sink: &mut Sink,
) {
    let Some(layouts) = lower::layouts(&parsed.table, dictionary) else {
        return;
    };
    let channels: Vec<&ChannelTable> = parsed.table.channel.iter().map(Spanned::get_ref).collect();
    for (table, adapter) in channels.into_iter().zip(adapters) {
        let (Some(channel), Some(settings)) = (lower::channel(table), &adapter.settings) else {
            continue;
        };
        for finding in reader.judge(channel.mode, settings.as_ref(), &channel, &layouts) {
            let argument = |name: &str| finding.args.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
            let named = finding.place.column.clone().or_else(|| argument("setting"));
            let span = named
                .and_then(|path| key_at(&adapter.keys, &path))
                .unwrap_or_else(|| adapter.span.clone());
            if !sink.said_of(&parsed.file, &finding, argument("name").as_deref()) {
                sink.at(&parsed.file, &span, finding);
            }
        }
    }
}

/// The tests that departments bring with them come last: they are played only where everything they rest on is sound.
fn rehearse(tree: &Tree, dictionary: &Dictionary, sink: &mut Sink) {
    let codes: Option<Vec<_>> = tree.codes.iter().map(|c| lower::codes(&c.table)).collect();
    let Some(codes) = codes else { return };
    for parsed in tree.departments.iter().filter(|d| d.is_sound()) {
        checks::test::judge(parsed, dictionary, &codes, sink);
    }
}

/// The key of a dotted path, or the nearest one above it.
fn key_at(keys: &BTreeMap<String, Range<usize>>, path: &str) -> Option<Range<usize>> {
    let mut path = path.split(' ').next().unwrap_or(path);
    loop {
        if let Some(span) = keys.get(path) {
            return Some(span.clone());
        }
        path = path.rsplit_once('.')?.0;
    }
}

fn settings(tree: &Tree, dictionary: Dictionary, adapters: Vec<Vec<Adapter>>) -> Option<Settings> {
    let mut departments = Vec::new();
    for (parsed, adapters) in tree.departments.iter().zip(adapters) {
        let settings: Option<Vec<ChannelSettings>> = adapters.into_iter().map(|a| a.settings).collect();
        departments.push((lower::department(&parsed.table, &dictionary)?, settings?));
    }
    let places = tree.dictionary.as_ref().and_then(|d| value(&d.table.ent_class));
    Some(Settings {
        node: lower::node(&tree.node.as_ref()?.table)?,
        ent_class: places?.iter().map(|p| p.get_ref().clone()).collect(),
        dictionary,
        codes: tree
            .codes
            .iter()
            .map(|c| lower::codes(&c.table))
            .collect::<Option<_>>()?,
        calendar: tree
            .calendar
            .iter()
            .map(|c| lower::calendar(&c.table))
            .collect::<Option<_>>()?,
        departments,
    })
}
