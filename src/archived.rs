//! `case CASE_NO --archive FILE`: what an archive holds of a case. It takes the node key and nothing else: neither a node nor
//! a ledger.

use crate::wiring;
use engine::view::{ArchivedView, archived};
use journal::NoArchive;
use ledger::{Event, Pos, codec};
use model::{CaseNo, Code, Finding};
use settings::Settings;
use std::io::BufReader;
use std::path::Path;

/// Reads the whole archive; what it says counts only where all of it holds.
#[allow(clippy::disallowed_methods, reason = "a file that a person names is read")]
pub fn read(
    config: &Path,
    settings: &Settings,
    case_no: &str,
    file: &Path,
    reveal: bool,
) -> Result<ArchivedView, Finding> {
    let key = wiring::kept_key(config, settings)?;
    let place = |error: std::io::Error| {
        Finding::new(Code::CPlace)
            .with("path", file.display())
            .with("detail", error)
    };
    let input = std::fs::File::open(file).map_err(place)?;
    let case_no = CaseNo::new(case_no);
    let (mut rows, mut broken) = (Vec::new(), None);
    let read = journal::read_archive(BufReader::new(input), &key, |pos, at, kind, body| {
        if !Event::may_hold_data(kind) {
            return;
        }
        let place = Pos {
            group: pos.group,
            ordinal: pos.ordinal,
        };
        match codec::decode(body) {
            Ok(event) => rows.extend(archived(&settings.dictionary, &case_no, (place, at), &event, reveal)),
            Err(error) => broken = Some(error),
        }
    });
    let archive = read.map_err(|no| refused(config, settings, file, no))?;
    match broken {
        Some(codec::CodecError::Newer(found)) => return Err(newer(file, found, codec::VERSION)),
        Some(error) => return Err(useless(file, &error)),
        None => {}
    }
    if rows.is_empty() {
        return Err(Finding::new(Code::VNotFound).with("what", format!("{case_no} @ {}", file.display())));
    }
    Ok(ArchivedView {
        case_no: case_no.to_string(),
        archive: file.display().to_string(),
        digest: archive.digest.iter().map(|b| format!("{b:02x}")).collect(),
        rows,
    })
}

fn refused(config: &Path, settings: &Settings, file: &Path, no: NoArchive) -> Finding {
    match no {
        NoArchive::Key => {
            let path = wiring::key_file(config, settings).unwrap_or_default();
            Finding::new(Code::LKey).with("path", path.display())
        }
        NoArchive::Newer(found) => newer(file, found, journal::FORMAT_VERSION),
        other => useless(file, &other),
    }
}

fn newer(file: &Path, found: impl std::fmt::Display, known: impl std::fmt::Display) -> Finding {
    let finding = Finding::new(Code::LNewer).with("found", found).with("known", known);
    finding.file(file.display().to_string())
}

fn useless(file: &Path, detail: &dyn std::fmt::Display) -> Finding {
    Finding::new(Code::LArchive)
        .with("path", file.display())
        .with("detail", detail)
}
