//! Where a ledger comes from, as far as it can be told when it is opened: the mark of a backup, the witness beside the
//! key, the machine.

use crate::wiring;
use engine::doubt::{Origin, Reason, machine_digest};
use ledger_local::{LocalLedger, restore};
use model::{Code, Finding};
use seams::DirStorage;
use settings::Settings;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a system says of the machine it runs on: 32 letters that it keeps to itself.
const MACHINE: &str = "/etc/machine-id";
/// What the name of the key's file goes on with.
const WITNESS: &str = ".witness";

/// What is known of a ledger that was just opened. It has a witness from now on, where there is a place for one.
pub fn of(config: &Path, settings: &Settings, data: &Path, ledger: &mut LocalLedger) -> Result<Origin, Finding> {
    let mut reasons = Vec::new();
    if let Some(mark) = restore::mark(data)? {
        let until = engine::plan::civil(mark.at, settings.node.offset_minutes);
        let finding = Finding::new(Code::LRestored)
            .with("from", &mark.from)
            .with("until", until.strftime("%Y-%m-%d %H:%M:%S"));
        reasons.push(Reason {
            mark: Some(format!("restored {}", mark.id)),
            common: Some(mark.group),
            ..Reason::new(finding)
        });
    }
    reasons.extend(witnessed(config, settings, ledger)?);
    let machine = machine_of(&read(Path::new(MACHINE)));
    Ok(Origin { machine, reasons })
}

#[allow(clippy::disallowed_methods, reason = "a file of the system, a line long")]
fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// The machine as a digest, since its id is nobody else's to know. A container without one says nothing of itself.
fn machine_of(text: &str) -> Option<String> {
    let id = text.trim();
    let plain = id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit());
    plain.then(|| machine_digest(id))
}

/// Where the witness is kept: where the configuration says, else beside the node key, if that is a file.
fn witness(config: &Path, settings: &Settings) -> Option<PathBuf> {
    if let Some(path) = &settings.node.witness {
        return Some(config.join(path));
    }
    let mut path = wiring::key_file(config, settings)?.into_os_string();
    path.push(WITNESS);
    Some(path.into())
}

/// What the witness saw and the ledger does not know. It lies where a copied data directory does not reach.
fn witnessed(config: &Path, settings: &Settings, ledger: &mut LocalLedger) -> Result<Option<Reason>, Finding> {
    let Some(path) = witness(config, settings) else {
        return Ok(None);
    };
    let (place, name) = match DirStorage::around(&path) {
        Ok(around) => around,
        Err(error) => {
            tracing::warn!(%error, path = %path.display(), "the witness has no place");
            return Ok(None);
        }
    };
    let saw = ledger.keep_witness(Arc::new(place), &name);
    let Some(saw) = saw.map_err(|error| wiring::ledger_finding(&path, &error).file(path.display().to_string()))? else {
        return Ok(None);
    };
    let code = if saw.other { Code::LForked } else { Code::LOlder };
    let finding = Finding::new(code)
        .with("who", name)
        .with("what", format!("group {}", saw.group));
    Ok(Some(Reason {
        mark: Some(format!("witness {}", saw.head)),
        common: (!saw.other).then_some(saw.last),
        seen: Some(saw.group),
        ..Reason::new(finding)
    }))
}

#[cfg(test)]
mod tests {
    //! A machine is known by its digest alone, and one that says nothing is no machine.

    use super::machine_of;

    #[test]
    fn a_machine_is_a_digest_or_nothing() {
        let one = machine_of("0123456789abcdef0123456789abcdef\n");
        assert!(one.as_ref().is_some_and(|d| d.len() == 16 && !d.contains("0123456")));
        assert_ne!(one, machine_of("1123456789abcdef0123456789abcdef"));
        for none in ["", "\n", "uninitialized\n", "0123", "0123456789abcdef0123456789abcdeX"] {
            assert_eq!(machine_of(none), None, "{none:?}");
        }
    }
}
