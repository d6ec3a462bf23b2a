//! `ledger restore`: a backup is judged, and becomes the ledger of a configuration that has none.

use crate::wiring::{self, Trouble};
use cli::Restored;
use ledger_local::restore::{check, compare, is_empty, restore as put_in_place};
use model::{Code, Finding};
use seams::SystemRng;
use settings::Settings;
use std::path::Path;

/// Judges and, unless it is only to be compared, restores.
pub fn restore(config: &Path, settings: &Settings, from: &Path, verify: bool) -> Result<Restored, Trouble> {
    let data = wiring::data_dir(config, settings);
    if verify {
        // Whoever only compares may be anybody: no key is needed for that.
        let checked = check(from, None)?;
        let own = compare(&checked, &data.join("journal"))?;
        return Ok(told(&checked, None, own.map(|report| report.last_group)));
    }
    wiring::make_dir(&data)?;
    wiring::need_owner(&data)?;
    let _lock = wiring::lock(&data)?;
    if !is_empty(&data)? {
        return Err(Finding::new(Code::LNotEmpty).with("path", data.display()).into());
    }
    let key = wiring::kept_key(config, settings)?;
    let checked = check(from, Some(&key)).map_err(|no| match (no.code, wiring::key_file(config, settings)) {
        (Code::LKey, Some(file)) => Finding::new(Code::LKey).with("path", file.display()),
        _ => no,
    })?;
    put_in_place(from, &checked, &data, &SystemRng::new())?;
    Ok(told(&checked, Some(data.display().to_string()), None))
}

fn told(checked: &ledger_local::restore::Checked, data: Option<String>, ledger_group: Option<u64>) -> Restored {
    let (paper, report) = (&checked.paper, &checked.report);
    Restored {
        node: paper.node.clone(),
        journal: paper.journal.clone(),
        at: paper.at,
        group: paper.group,
        entries: report.entries,
        bytes: report.bytes,
        chain: paper.chain.clone(),
        data,
        ledger_group,
    }
}
