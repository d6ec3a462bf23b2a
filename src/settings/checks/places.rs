//! What can be seen of an adapter's settings without knowing the mode: directories and key files.

use super::{Judge, Parsed};
use crate::diagnostic::Sink;
use crate::files::Files;
use crate::read::Removed;
use crate::tables::department::DepartmentFile;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A directory that a channel uses: where it is, and where the settings say so.
pub(crate) struct Directory {
    file: String,
    span: Range<usize>,
    place: String,
}

/// The values of every key called `dir`, under the host and the root that stand in the same settings.
pub(crate) fn directories(parsed: &Parsed<DepartmentFile>, settings: &Spanned<DeValue<'_>>) -> Vec<Directory> {
    let (mut dirs, mut host, mut root) = (Vec::new(), String::new(), String::new());
    walk(settings, &mut |key, value| match (key, value.get_ref()) {
        ("dir", DeValue::String(dir)) => dirs.push((dir.to_string(), value.span())),
        ("host", DeValue::String(name)) => host = name.to_string(),
        ("root", DeValue::String(path)) => root = path.trim_end_matches('/').to_owned(),
        _ => {}
    });
    let place = |dir: &str| match root.as_str() {
        "" => format!("{host}:{}", dir.trim_end_matches('/')),
        root => format!("{host}:{root}/{}", dir.trim_matches('/')),
    };
    dirs.iter()
        .map(|(d, span)| Directory {
            file: parsed.file.clone(),
            span: span.clone(),
            place: place(d),
        })
        .collect()
}

/// Two channels that use one directory would take each other's files. Each inner list is one channel.
pub(crate) fn shared(channels: &[Vec<Directory>], sink: &mut Sink) {
    let mut seen: BTreeMap<&str, (usize, &Directory)> = BTreeMap::new();
    for (at, directory) in channels
        .iter()
        .enumerate()
        .flat_map(|(at, c)| c.iter().map(move |d| (at, d)))
    {
        match seen.get(directory.place.as_str()) {
            Some((other, first)) if *other != at => {
                let first = sink.location(&first.file, &first.span);
                let name = directory.place.trim_start_matches(':');
                let finding = model::Finding::new(model::Code::SSharedDirectory).with("name", name);
                sink.at(&directory.file, &directory.span, finding.with("first", first));
            }
            Some(_) => {}
            None => {
                seen.insert(&directory.place, (at, directory));
            }
        }
    }
}

/// Key files that others may read: tables that are nothing but `{ file = … }`.
pub(crate) fn secrets(file: &str, settings: &Spanned<DeValue<'_>>, files: &dyn Files, sink: &mut Sink) {
    let removed = Removed::new();
    let mut judge = Judge {
        sink,
        file,
        removed: &removed,
    };
    walk(settings, &mut |_, value| {
        if let DeValue::Table(table) = value.get_ref()
            && table.len() == 1
            && let Some(DeValue::String(path)) = table.get("file").map(Spanned::get_ref)
        {
            super::node::readable(&mut judge, Path::new(&**path), &value.span(), files);
        }
    });
}

fn walk<'v>(value: &'v Spanned<DeValue<'_>>, see: &mut impl FnMut(&str, &'v Spanned<DeValue<'v>>)) {
    match value.get_ref() {
        DeValue::Table(table) => keys(table, see),
        DeValue::Array(list) => list.iter().for_each(|v| walk(v, see)),
        _ => {}
    }
}

fn keys<'v>(table: &'v DeTable<'_>, see: &mut impl FnMut(&str, &'v Spanned<DeValue<'v>>)) {
    for (key, value) in table {
        see(key.get_ref(), value);
        walk(value, see);
    }
}
