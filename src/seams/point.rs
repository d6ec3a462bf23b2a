//! Points at which a node can be made to die, named once for all: between two steps, where a crash asks its hardest
//! question. Whoever starts a node with `TANGHULU_DIE_AT` set to a name, or to `NAME:3` for the third time it comes
//! there, has it end then and there, as by SIGKILL: nothing is flushed, closed or said.
//!
//! A name says whose step it is and what was just done. [`ALL`] lists those that a node passes by itself: the torture goes
//! through all of them. [`VERBS`] lists those of what an operator asks for now and then, or a rule does once a day. A tidy test holds lists and code
//! together.

use rustix::process::{Signal, getpid, kill_process};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The name of the variable.
pub const VARIABLE: &str = "TANGHULU_DIE_AT";

/// Every point.
pub const ALL: &[&str] = &[
    "journal.group-written",
    "journal.group-synced",
    "journal.head-written",
    "journal.segment-created",
    "journal.segment-written",
    "journal.segment-synced",
    "journal.segment-renamed",
    "index.run-begun",
    "index.run-put",
    "index.list-put",
    "index.swept",
    "index.merge-ended",
    "index.value-put",
    "ledger.checkpoint-written",
    "ledger.group-staged",
    "ledger.group-committed",
    "engine.bytes-fetched",
    "engine.delivered",
    "engine.queried",
    "engine.offered",
    "engine.acknowledged",
    "engine.begun",
    "engine.read-to-end",
    "engine.ended",
    "engine.judged",
    "engine.stretch-taken",
    "engine.chunk-journalled",
    "engine.rows-journalled",
    "engine.decided",
    "engine.told",
    "engine.set-going",
    "engine.stopped",
    "link.token-had",
    "link.case-posted",
    "link.call-made",
    "link.answer-begun",
    "link.answer-read",
    "link.page-had",
    "frontend.row-answered",
    "frontend.row-inserted",
    "frontend.row-committed",
    "frontend.claimed",
    "frontend.fetched",
    "frontend.part-staged",
    "frontend.manifest-kept",
    "frontend.part-moved-over",
    "frontend.directory-claimed",
    "frontend.directory-made",
    "frontend.inside-written",
    "frontend.inside-renamed",
    "frontend.marker-put-away",
    "frontend.put-away",
    "frontend.receipt-written",
    "frontend.receipt-left",
    "frontend.part-written",
    "frontend.part-renamed",
    "frontend.marked",
    "disk.receipt-written",
    "disk.set-begun",
    "disk.set-written",
    "disk.set-read-back",
    "disk.set-renamed",
    "disk.set-synced",
    "disk.part-written",
    "disk.copied",
    "manual.form-read",
    "manual.worksheets-due",
];

/// Every point of a recalled disk, of a backup, of a restore, and of what goes by rule.
pub const VERBS: &[&str] = &[
    "engine.form-agreed",
    "engine.form-taken",
    "disk.set-unnamed",
    "disk.note-written",
    "disk.set-cleared",
    "backup.begun",
    "backup.journal-copied",
    "backup.checked",
    "backup.paper-written",
    "backup.name-taken",
    "backup.in-place",
    "restore.begun",
    "restore.journal-copied",
    "restore.marked",
    "restore.in-place",
    "lapse.archived",
];

struct Armed {
    name: String,
    left: AtomicU64,
}

fn armed() -> Option<&'static Armed> {
    static ARMED: OnceLock<Option<Armed>> = OnceLock::new();
    let armed = ARMED.get_or_init(|| std::env::var(VARIABLE).ok().map(|text| parse(&text)));
    armed.as_ref()
}

fn parse(text: &str) -> Armed {
    let (name, times) = match text.split_once(':') {
        Some((name, times)) => (name, times.parse().unwrap_or(1)),
        None => (text, 1),
    };
    Armed {
        name: name.to_owned(),
        left: AtomicU64::new(times),
    }
}

impl Armed {
    fn is_due(&self, name: &str) -> bool {
        self.name == name && self.left.fetch_sub(1, Ordering::Relaxed) == 1
    }
}

/// A step was just done. Where the node is to die here, it does.
pub fn passed(name: &'static str) {
    if armed().is_some_and(|armed| armed.is_due(name)) {
        let _ = kill_process(getpid(), Signal::KILL);
        std::process::abort();
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, VERBS, parse};
    use std::collections::BTreeSet;

    #[test]
    fn it_is_due_once_and_by_name() {
        let armed = parse("journal.group-synced:3");
        let due: Vec<bool> = (0..5).map(|_| armed.is_due("journal.group-synced")).collect();
        assert_eq!(due, [false, false, true, false, false]);
        let armed = parse("journal.group-synced");
        assert!(!armed.is_due("journal.group-written"));
        assert!(armed.is_due("journal.group-synced"));
    }

    #[test]
    fn each_has_a_name_of_its_own() {
        let names: BTreeSet<&str> = ALL.iter().chain(VERBS).copied().collect();
        assert_eq!(names.len(), ALL.len() + VERBS.len());
        for name in names {
            let (whose, what) = name.split_once('.').unwrap_or_default();
            assert!(!whose.is_empty() && !what.is_empty(), "{name}");
        }
    }
}
