//! The shipped configuration, pointed at living departments: only endpoints, keys and schedules are replaced.

use std::path::Path;
use toml::{Table, Value};

/// Where the living departments are.
pub struct Endpoints {
    /// Our own listener.
    pub http: String,
    /// The park's address.
    pub park: String,
    /// The park's authority.
    pub park_ca: String,
    /// The tax bureau's SFTP server: host and port.
    pub sftp: (String, u16),
    /// Its fingerprint.
    pub sftp_key: String,
}

/// Every file of the shipped configuration: for a binary that stands alone.
pub const SHIPPED: &[(&str, &str)] = &[
    ("tanghulu.toml", include_str!("../../config/tanghulu.toml")),
    ("dictionary.toml", include_str!("../../config/dictionary.toml")),
    ("calendar/2025.toml", include_str!("../../config/calendar/2025.toml")),
    ("calendar/2026.toml", include_str!("../../config/calendar/2026.toml")),
    ("codes/acct_method.toml", include_str!("../../config/codes/acct_method.toml")),
    ("codes/currency.toml", include_str!("../../config/codes/currency.toml")),
    ("codes/ent_type.toml", include_str!("../../config/codes/ent_type.toml")),
    ("codes/id_type.toml", include_str!("../../config/codes/id_type.toml")),
    ("codes/inv_mode.toml", include_str!("../../config/codes/inv_mode.toml")),
    ("codes/park_id_type.toml", include_str!("../../config/codes/park_id_type.toml")),
    ("codes/sex.toml", include_str!("../../config/codes/sex.toml")),
    ("departments/aic.toml", include_str!("../../config/departments/aic.toml")),
    ("departments/hub.toml", include_str!("../../config/departments/hub.toml")),
    ("departments/ltax.toml", include_str!("../../config/departments/ltax.toml")),
    ("departments/ntax.toml", include_str!("../../config/departments/ntax.toml")),
    ("departments/park.toml", include_str!("../../config/departments/park.toml")),
];

/// Writes the configuration of a run into `dir/config`, and its keys into `dir/keys`.
#[allow(clippy::disallowed_methods, reason = "a demo's own temporary directory")]
pub fn write(dir: &Path, endpoints: &Endpoints) -> std::io::Result<()> {
    let (config, keys) = (dir.join("config"), dir.join("keys"));
    std::fs::create_dir_all(&keys)?;
    for (name, text) in [("hub.key", HUB_KEY), ("park.secret", PARK_SECRET), ("ltax.password", SFTP_PASSWORD), ("disk.key", DISK_SEED)] {
        let path = keys.join(name);
        if !path.exists() {
            std::fs::write(&path, text)?;
            std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        }
    }
    for (name, text) in SHIPPED {
        let path = config.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        let text = match *name {
            "tanghulu.toml" => edit(text, |t| node(t, endpoints)),
            "departments/park.toml" => edit(text, |t| channels(t, |mode, c| park(mode, c, endpoints))),
            "departments/ltax.toml" => edit(text, |t| channels(t, |mode, c| ltax(mode, c, endpoints))),
            "departments/ntax.toml" => edit(text, |t| channels(t, ntax)),
            _ => (*text).to_owned(),
        };
        std::fs::write(path, text)?;
    }
    Ok(())
}

/// The key the platform signs with. Only for the living platform of a demo.
pub const HUB_KEY: &str = "demo-platform-key-of-32-bytes!!!";
const PARK_SECRET: &str = "park-demo-secret";
/// The account of the living tax bureau.
pub const SFTP_USER: &str = "hub";
/// Its password.
pub const SFTP_PASSWORD: &str = "ltax-demo-password";
const DISK_SEED: &str = "0101010101010101010101010101010101010101010101010101010101010101";

fn edit(text: &str, change: impl FnOnce(&mut Table)) -> String {
    match text.parse::<Table>() {
        Ok(mut table) => {
            change(&mut table);
            table.to_string()
        }
        Err(_) => text.to_owned(),
    }
}

/// Changes the table at a path, making what is missing on the way.
fn at(table: &mut Table, path: &[&str], change: &mut dyn FnMut(&mut Table)) {
    let Some((first, rest)) = path.split_first() else { return change(table) };
    let next = table.entry((*first).to_owned()).or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(next) = next {
        at(next, rest, change);
    }
}

fn set(table: &mut Table, path: &[&str], key: &str, value: Value) {
    at(table, path, &mut |table| drop(table.insert(key.to_owned(), value.clone())));
}

fn file(path: &str) -> Value {
    let mut table = Table::new();
    table.insert("file".to_owned(), Value::String(path.to_owned()));
    Value::Table(table)
}

fn text(value: &str) -> Value {
    Value::String(value.to_owned())
}

fn node(t: &mut Table, endpoints: &Endpoints) {
    set(t, &["node"], "data_dir", text("../data"));
    set(t, &["node"], "key", file("../keys/node.key"));
    set(t, &["listen"], "http", text(&endpoints.http));
    at(t, &["hub"], &mut |hub| {
        let Some(Value::Array(clients)) = hub.get_mut("client") else { return };
        for client in clients.iter_mut().filter_map(Value::as_table_mut) {
            client.insert("secret".to_owned(), file("../keys/hub.key"));
        }
    });
}

fn channels(t: &mut Table, mut change: impl FnMut(&str, &mut Table)) {
    let Some(Value::Array(channels)) = t.get_mut("channel") else { return };
    for channel in channels.iter_mut().filter_map(Value::as_table_mut) {
        let mode = channel.get("mode").and_then(Value::as_str).unwrap_or_default().to_owned();
        for way in ["out", "in"] {
            let timed = channel.get(way).and_then(Value::as_table).is_some_and(|t| t.contains_key("cron") || t.contains_key("every"));
            if timed {
                let mut every = Table::new();
                every.insert("every".to_owned(), text("1s"));
                channel.insert(way.to_owned(), Value::Table(every));
            }
        }
        change(&mode, channel);
    }
}

fn park(mode: &str, channel: &mut Table, endpoints: &Endpoints) {
    if mode != "link" {
        return;
    }
    set(channel, &["settings", "rest"], "base", text(&endpoints.park));
    set(channel, &["settings", "rest"], "ca", text(&endpoints.park_ca));
    set(channel, &["settings", "rest", "oauth"], "client_id", text("hub-node"));
    set(channel, &["settings", "rest", "oauth"], "client_secret", file("../keys/park.secret"));
}

fn ltax(mode: &str, channel: &mut Table, endpoints: &Endpoints) {
    if mode != "frontend" {
        return;
    }
    let sftp = &["settings", "sftp"];
    set(channel, sftp, "host", text(&endpoints.sftp.0));
    set(channel, sftp, "port", Value::Integer(endpoints.sftp.1.into()));
    set(channel, sftp, "user", text(SFTP_USER));
    set(channel, sftp, "password", file("../keys/ltax.password"));
    set(channel, sftp, "host_key", text(&endpoints.sftp_key));
    at(channel, sftp, &mut |table| drop(table.remove("key")));
}

fn ntax(mode: &str, channel: &mut Table) {
    if mode == "disk" {
        set(channel, &["settings"], "signing_key", file("../keys/disk.key"));
    }
}
