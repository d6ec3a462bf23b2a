//! All nine departments, each behind an interface of its own: what one gives the next one needs, and each of the fault
//! cases ends in a defined state, none lost, none doubled, by the departments' own books.
//!
//! | fault | what happens | where |
//! |---|---|---|
//! | F1 | nothing: a case passes all nine | `decisions` |
//! | F2 | 质监局 asks for a 补正, then approves | `decisions` |
//! | F3 | 海淀园 returns the case | `decisions` |
//! | F4 | 海淀园 is busy for twenty minutes | `park` |
//! | F5 | its tokens and its secret are revoked | `park` |
//! | F6 | 地税局: the marker before its data, then a wrong digest | `tax_front` |
//! | F7 | 地税局: a file twice; the same name, other content | `tax_front` |
//! | F8 | 统计局: a tail that counts or sums wrongly | `front_ends` |
//! | F9 | 公安分局: a file lost in the gap, nobody says so | `front_ends` |
//! | F10 | 环保局: two code standards, a state nobody agreed on | `front_ends` |
//! | F11 | 国税局: a 回盘 misses a row and has one too many | `sticks` |
//! | F12 | 国税局: a name that has no room | `sticks` |
//! | F13 | a character GBK lacks | `decisions` |
//! | F14 | 劳动社保局: an identity number that lost its end | `sticks` |
//! | F15 | 工商局: two entries that differ | `desk` |
//! | F16 | a name changes while a disk with the old one is under way | `desk` |
//! | F19 | a year without a calendar | `terms` |
//! | F20 | an agreement that has run out | `terms` |
//! | F21 | 国税局 and 地税局 give two numbers | `sticks` |
//! | F22 | a clerk's lease runs out (what was typed is the console's) | `desk` |
//!
//! F17 (kills at every fsync) and F18 (a full disk) are the ledger's. Several faults share a town: they meet in life, too.

mod decisions;
mod desk;
mod front_ends;
mod park;
mod sticks;
mod tax_front;
mod terms;

use crate::harness::{CLERK, Config, Town};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// What every case of a high-tech enterprise goes through, in some order of these.
const ALL: [&str; 10] = [
    "aic.name",
    "aic.licence",
    "epb.eia",
    "park.hitech",
    "psb.seal",
    "qts.orgcode",
    "ltax.reg",
    "ntax.reg",
    "stat.reg",
    "hrss.reg",
];

impl Town {
    /// A licence whose environmental approval may come before or after it was keyed: in the first case it is on the
    /// worksheet, in the second a supplement follows.
    async fn licensed_with_approval(&self, no: &str) {
        self.through_aic(no, "aic.name").await;
        self.licence_with_approval(no).await;
    }

    /// The same from the name on.
    async fn licence_with_approval(&self, no: &str) {
        let paper = self
            .until("the licence is on paper", async || {
                self.serve_all(no, "aic.licence").await;
                self.paper(no, "aic.licence")
            })
            .await;
        let form = self.task(no, "aic.licence", "result").await;
        let said = self.enter(&form, &paper).await;
        assert_eq!(said.code, 0, "{said:?}");
    }

    /// Serves whatever worksheets of a matter lie in the queue now; how many those were.
    async fn serve_all(&self, no: &str, matter: &str) -> usize {
        let tasks = self.tasks(no).await;
        let sheets = tasks
            .iter()
            .filter(|t| t["matter"] == matter && t["kind"] == "worksheet");
        let mut count = 0;
        for sheet in sheets {
            let task = sheet["task"].as_str().unwrap();
            let claimed = self.run_as(CLERK, &["queue", "claim", task]).await;
            // What came since it was listed may have taken its place.
            if claimed.error() == "V_STATE" {
                continue;
            }
            assert_eq!(claimed.code, 0, "{claimed:?}");
            let number = self.key_claimed(CLERK, task).await;
            self.ask(&["queue", "complete", task, "--acceptance", &number]).await;
            count += 1;
        }
        count
    }

    /// Waits until each of these is approved.
    async fn approved(&self, no: &str, matters: &[&str]) {
        for matter in matters {
            self.decided(no, matter, "approved").await;
        }
    }

    /// Waits until each of these is approved, with a courier who goes to the bureaus that take sticks.
    async fn approved_by_stick(&self, no: &str, matters: &[&str]) {
        for matter in matters {
            self.until(&format!("{matter} is approved"), async || {
                self.round().await;
                let o = self.obligation(no, matter).await?;
                (o["standing"] == "approved").then_some(())
            })
            .await;
        }
    }

    /// What the books hold of a case, apart from the approval that followed a licence.
    fn matters(&self, no: &str) -> Vec<(String, u32, String)> {
        let mut rows = self.rows(no);
        rows.retain(|(matter, _, op)| !(matter == "aic.licence" && op == "supplement"));
        rows
    }

    /// The books hold the submission of each of these once, and nothing else.
    #[track_caller]
    fn submitted_once(&self, no: &str, matters: &[&str]) {
        let mut expected: Vec<_> = matters
            .iter()
            .map(|m| ((*m).to_owned(), 1, "submit".to_owned()))
            .collect();
        expected.sort();
        assert_eq!(self.matters(no), expected, "{no}");
    }

    /// Waits until a department's refusals hold one with this code.
    async fn refused_with(&self, dept: &str, code: &str) -> Value {
        self.until(&format!("{dept} has a refusal {code}"), async || {
            let lines = self.refusals(dept).await;
            lines.into_iter().find(|l| l["findings"][0]["code"] == code)
        })
        .await
    }

    /// A person has dealt with a refusal.
    async fn drop_refusal(&self, line: &Value, reason: &str) {
        let id = line["id"].as_str().unwrap();
        self.ask(&["refused", "drop", id, "--reason", reason]).await;
    }
}

/// All matters but these.
fn without(left_out: &[&str]) -> Vec<&'static str> {
    ALL.into_iter().filter(|matter| !left_out.contains(matter)).collect()
}

/// Disks are cut when somebody asks, so that everything due is on one.
fn disks_on_request(config: &Config) {
    for dept in ["ntax", "hrss"] {
        config.edit(&format!("departments/{dept}.toml"), |t| {
            t["channel"][0]["out"] = toml::toml! { on_request = true }.into();
        });
    }
}

/// The table above is the list of what there is.
#[test]
fn every_fault_case_names_a_file_that_tests_it() {
    let here = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios"));
    let text = std::fs::read_to_string(here.join("whole.rs")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! | F"));
    let mut found: Vec<u32> = Vec::new();
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let file: PathBuf = here.join("whole").join(format!("{}.rs", cells[2].trim_matches('`')));
        let story = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let mark = format!("F{}", cells[0]);
        let names = story.split(|c: char| !c.is_ascii_alphanumeric());
        assert!(
            names.clone().any(|word| word == mark),
            "{} does not say {mark}",
            file.display()
        );
        assert!(story.contains("#[tokio::test"), "{} tests nothing", file.display());
        found.push(cells[0].parse().unwrap());
    }
    let expected: Vec<u32> = (1..=22).filter(|n| ![17, 18].contains(n)).collect();
    assert_eq!(found, expected);
}
