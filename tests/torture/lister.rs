//! The platform's morning list: a file of more rows than a node holds at once, with one case in it that comes by no other
//! way. The rest of its rows say again what is known. Whether the case was taken is read from the receipt.

use crate::people::Seen;
use crate::stage::{LISTED, Stage};
use departments::cases;
use serde_json::Value;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Between two looks for receipts.
const PAUSE: Duration = Duration::from_millis(50);
/// Rows: more than a thousand, so that they take effect in stretches.
const ROWS: u32 = 1_010;
/// Rows of a long list: so many that the index is written on the way.
const LONG: u32 = 10_400;

pub(crate) struct Lister {
    dir: PathBuf,
    seen: Arc<Seen>,
    /// The number of the first case that is listed.
    first: u32,
    /// Lists without a receipt, by their cases.
    open: Vec<u32>,
    written: u32,
}

impl Lister {
    pub(crate) fn new(stage: &Stage, seen: Arc<Seen>) -> Self {
        Self {
            dir: stage.lists(),
            seen,
            first: stage.cases + 1,
            open: Vec::new(),
            written: 0,
        }
    }

    pub(crate) async fn run(mut self) {
        loop {
            let wanted = tokio::time::timeout(PAUSE, self.seen.list.notified()).await.is_ok();
            // One after the other: who keeps lists waits for the receipt.
            if wanted && self.open.is_empty() && self.written < LISTED {
                let case = self.first + self.written;
                let rows = if self.seen.long.swap(false, Ordering::SeqCst) {
                    LONG
                } else {
                    ROWS
                };
                if let Err(error) = self.write(case, rows) {
                    eprintln!("list {case}: {error}");
                }
                self.written += 1;
                self.open.push(case);
            }
            let done = self.dir.join("done");
            let seen = self.seen.clone();
            self.open.retain(
                |case| match fs::read_to_string(done.join(format!("{}.receipt.jsonl", name(*case)))) {
                    Ok(receipt) => {
                        if taken(&receipt) {
                            seen.accept(*case);
                        }
                        false
                    }
                    Err(_) => true,
                },
            );
            let open = u32::try_from(self.open.len()).unwrap_or(u32::MAX);
            self.seen.lists.store(open, Ordering::SeqCst);
        }
    }

    /// Puts a list there by one rename.
    fn write(&self, case: u32, rows: u32) -> io::Result<()> {
        let known = self.first..=case;
        let text: String = (0..rows)
            .map(|row| {
                if row == 0 {
                    case
                } else {
                    known.start() + row % (case - known.start() + 1)
                }
            })
            .map(line)
            .collect();
        let aside = self.dir.join(format!("{}.part", name(case)));
        fs::write(&aside, text)?;
        fs::rename(aside, self.dir.join(name(case)))
    }
}

fn name(case: u32) -> String {
    format!("LIST_{case:06}.jsonl")
}

/// A case as a line of a file, without what only a request can list.
fn line(case: u32) -> String {
    let mut body = cases::submission(case);
    if let Some(items) = body.get_mut("items").and_then(Value::as_object_mut) {
        items.retain(|_, value| !value.is_array());
    }
    format!("{body}\n")
}

/// Whether the receipt says yes to the first row, which is the case that is new.
fn taken(receipt: &str) -> bool {
    let mut rows = receipt
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let first = rows.find(|row| row["行号"] == "1");
    first.is_some_and(|row| row["返回码"] == "0000")
}
