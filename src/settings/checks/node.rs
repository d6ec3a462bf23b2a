//! `tanghulu.toml`: what must stand, people, secrets.

use super::{Judge, Parsed};
use crate::Today;
use crate::diagnostic::{Sink, both};
use crate::files::Files;
use crate::tables::node::{ClientTable, NodeFile, NodeTable};
use crate::tables::{Key, SecretTable, value};
use model::{Code, Finding};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::Spanned;

const ROOT: Range<usize> = 0..0;

pub(crate) fn judge(parsed: &Parsed<NodeFile>, today: Today, files: &dyn Files, sink: &mut Sink) {
    let mut judge = Judge {
        sink,
        file: &parsed.file,
        removed: &parsed.removed,
    };
    let table = &parsed.table;
    let files = (!today.offline).then_some(files);
    judge.need(&table.node, "node", &ROOT);
    if let Some(node) = &table.node {
        self::node(&mut judge, node.get_ref(), &node.span(), files);
    }
    judge.need(&table.listen, "listen", &ROOT);
    if let Some(listen) = &table.listen {
        judge.need_text(&listen.get_ref().http, "http", &listen.span());
        if let Some(http) = &listen.get_ref().http
            && http.get_ref().parse::<SocketAddr>().is_err()
        {
            let detail = both(
                "要地址和端口，如 127.0.0.1:8700",
                "an address and port is expected: 127.0.0.1:8700",
            );
            judge.say(&http.span(), Finding::new(Code::SValue).with("detail", detail));
        }
    }
    if let Some(hub) = &table.hub {
        clients(&mut judge, &hub.get_ref().client, files);
    }
    if let Some(limits) = &table.limits {
        positive(&mut judge, &limits.get_ref().batch_rows);
    }
    if let Some(retry) = &table.retry
        && let (Some(first), Some(max)) = (&retry.get_ref().first, &retry.get_ref().max)
        && first.get_ref().0 > max.get_ref().0
    {
        let detail = both("max 小于 first", "max is less than first");
        judge.say(&max.span(), Finding::new(Code::SValue).with("detail", detail));
    }
    if let Some(queue) = &table.queue {
        let queue = queue.get_ref();
        for percent in [&queue.rekey_share, &queue.rekey_raised] {
            at_most(&mut judge, percent, 100);
        }
        at_most(&mut judge, &queue.rekey_above, 10_000);
        positive(&mut judge, &queue.hours);
        at_most(&mut judge, &queue.hours, 24);
    }
    if let Some(keep) = &table.keep {
        super::keep::judge(&mut judge, keep.get_ref(), value_dir(table), files);
    }
    people(&mut judge, &table.people);
}

fn value_dir(table: &NodeFile) -> Option<&Path> {
    value(&table.node)
        .and_then(|node| value(&node.data_dir))
        .map(PathBuf::as_path)
}

fn node(judge: &mut Judge<'_>, node: &NodeTable, span: &Range<usize>, files: Option<&dyn Files>) {
    judge.need_text(&node.name, "name", span);
    if let Some(name) = &node.name
        && !is_name(name.get_ref())
    {
        let detail = both(
            "只用小写字母、数字、连字符，至多32个",
            "small letters, digits and hyphens, at most 32",
        );
        judge.say(&name.span(), Finding::new(Code::SValue).with("detail", detail));
    }
    judge.need(&node.data_dir, "data_dir", span);
    judge.need(&node.key, "key", span);
    secret(judge, &node.key, files);
    if let (Some(key), Some(dir)) = (value(&node.key).and_then(|k| k.file.as_ref()), value(&node.data_dir))
        && key.starts_with(dir)
        && let Some(key) = &node.key
    {
        let detail = both("密钥不能放在数据目录中", "the key must not lie in the data directory");
        judge.say(&key.span(), Finding::new(Code::SValue).with("detail", detail));
    }
}

fn clients(judge: &mut Judge<'_>, clients: &[Spanned<ClientTable>], files: Option<&dyn Files>) {
    for client in clients {
        judge.need_text(&client.get_ref().id, "id", &client.span());
        judge.need(&client.get_ref().secret, "secret", &client.span());
        secret(judge, &client.get_ref().secret, files);
    }
    judge.unique(super::named(clients, |c| &c.id));
}

/// A key file that others may read is no secret.
fn secret(judge: &mut Judge<'_>, key: &Key<SecretTable>, files: Option<&dyn Files>) {
    let (Some(files), Some(secret)) = (files, key) else {
        return;
    };
    if let Some(path) = &secret.get_ref().file {
        readable(judge, path, &secret.span(), files);
    }
}

/// Says it where a key file can be read by others.
pub(crate) fn readable(judge: &mut Judge<'_>, path: &Path, span: &Range<usize>, files: &dyn Files) {
    if let Some(mode) = files.mode(path)
        && mode & 0o077 != 0
    {
        let finding = Finding::new(Code::SKeyReadable)
            .with("path", path.display())
            .with("mode", format!("{mode:o}"));
        judge.say(span, finding);
    }
}

fn people(judge: &mut Judge<'_>, people: &BTreeMap<Spanned<String>, Spanned<u32>>) {
    let mut in_order: Vec<_> = people.iter().collect();
    in_order.sort_by_key(|(name, _)| name.span().start);
    let mut seen: BTreeMap<u32, &str> = BTreeMap::new();
    for (name, uid) in in_order {
        match seen.get(uid.get_ref()) {
            Some(first) => {
                let finding = Finding::new(Code::WSharedUid).with("name", name.get_ref());
                judge.say(&uid.span(), finding.with("first", first).with("uid", uid.get_ref()));
            }
            None => {
                seen.insert(*uid.get_ref(), name.get_ref());
            }
        }
    }
}

/// A count that must not be zero.
fn at_most(judge: &mut Judge<'_>, count: &Key<u32>, most: u32) {
    if let Some(count) = count
        && *count.get_ref() > most
    {
        let detail = both(format!("不超过{most}"), format!("at most {most}"));
        judge.say(&count.span(), Finding::new(Code::SValue).with("detail", detail));
    }
}

pub(crate) fn positive(judge: &mut Judge<'_>, count: &Key<u32>) {
    if let Some(count) = count
        && *count.get_ref() == 0
    {
        judge.say(
            &count.span(),
            Finding::new(Code::SValue).with("detail", both("须大于零", "it must be more than zero")),
        );
    }
}

/// Small letters, digits and hyphens, a letter first.
pub(crate) fn is_name(name: &str) -> bool {
    name.len() <= 32
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
