//! Through a one-way gap: nobody answers for what was lost, and what nobody proved is never called proved.

use crate::harness::{CLERK, Town, plain};
use departments::psb::{MATTER, Psb};
use departments::{Books, cases};
use seams::SystemClock;
use serde_json::Value;
use std::sync::Arc;
use tempfile::TempDir;

/// A town with a police bureau behind a gap.
struct Behind {
    town: Town,
    psb: Psb,
    dir: TempDir,
}

impl Behind {
    async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("ferry");
        std::fs::create_dir_all(root.join("tmp")).unwrap();
        let town = Town::start_with(|config| {
            config.add(
                "departments/psb.toml",
                include_str!("../../config/departments/psb.toml"),
            );
            config.edit("departments/psb.toml", |t| {
                let gap = &mut t["channel"][0];
                gap["out"] = [("at_once".to_owned(), true.into())]
                    .into_iter()
                    .collect::<toml::Table>()
                    .into();
                gap["in"] = [("every".to_owned(), "1s".into())]
                    .into_iter()
                    .collect::<toml::Table>()
                    .into();
                gap["unconfirmed_after"] = "2s".into();
                gap["settings"]["root"] = root.display().to_string().into();
                gap["settings"]["in"]["stable"] = "100ms".into();
            });
        })
        .await;
        let books = Arc::new(Books::open(&dir.path().join("books"), "psb").unwrap());
        let clock = Arc::new(SystemClock::new());
        let psb = Psb::open(&root, &dir.path().join("psb"), books, town.rulings.clone(), clock, 480).unwrap();
        Self { town, psb, dir }
    }

    /// Case `n` waits for the bureau.
    async fn licensed(&self, n: u32) -> String {
        let no = cases::case_no(n);
        self.town.post(&plain(n)).await;
        self.town.licensed(&no).await;
        no
    }

    /// Waits until the matter counts so, with the bureau at work or not.
    async fn counts(&self, no: &str, account: &str, works: bool) -> Value {
        let what = format!("{MATTER} counts as {account}");
        self.town
            .until(&what, async || {
                if works {
                    self.psb.tick().unwrap();
                } else {
                    self.psb.gap().carry().unwrap();
                }
                self.town
                    .obligation(no, MATTER)
                    .await
                    .filter(|o| o["account"] == account)
            })
            .await
    }

    async fn unsettled(&self, no: &str) -> Value {
        self.town
            .until("it is listed", async || {
                let lines = self.town.ask(&["unsettled", "list"]).await;
                lines.as_array()?.iter().find(|l| l["case_no"] == no).cloned()
            })
            .await
    }

    /// A person answers for a list of cases.
    async fn settle(&self, cases: &[&str], verdict: &str) -> Value {
        let list = self.dir.path().join("list.csv");
        std::fs::write(&list, cases.join("\n")).unwrap();
        let list = list.display().to_string();
        let args = [
            "settle",
            "-",
            MATTER,
            verdict,
            "--reason",
            "对方值班电话",
            "--manifest",
            &list,
        ];
        self.town.ask(&args).await
    }

    fn booked(&self, no: &str) -> Vec<String> {
        self.psb.books().of(no, MATTER).into_iter().map(|e| e.op).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_by_telephone_settles_and_the_result_proves_and_a_lost_result_is_missed() {
    let behind = Behind::start().await;
    behind.psb.acknowledge(false);
    let no = behind.licensed(1).await;
    // It crosses, is booked, and nothing comes back yet.
    behind.counts(&no, "unproved", false).await;
    behind.psb.tick().unwrap();
    assert_eq!(behind.booked(&no), ["submit"]);
    behind.unsettled(&no).await;
    assert_eq!(behind.settle(&[&no], "booked").await["count"], 1);
    assert_eq!(behind.town.ask(&["unsettled", "list"]).await, Value::Array(Vec::new()));
    assert_eq!(
        behind.town.obligation(&no, MATTER).await.unwrap()["account"],
        "unproved"
    );

    // Its result is lost; the next one's number says so.
    behind.psb.gap().lose("R_");
    behind.psb.tick().unwrap();
    behind.psb.gap().lose_nothing();
    let other = behind.licensed(2).await;
    behind.counts(&other, "booked", true).await;
    let alarm = behind
        .town
        .until("the gap is listed", async || behind.town.refusals("psb").await.pop())
        .await;
    assert_eq!(
        (&alarm["findings"][0]["code"], &alarm["way"]),
        (&"E_SEQUENCE_GAP".into(), &"in".into()),
        "{alarm}"
    );
    let drop = ["refused", "drop", alarm["id"].as_str().unwrap(), "--reason", "已索要"];
    behind.town.ask_as(CLERK, &drop).await;
    assert!(behind.town.refusals("psb").await.is_empty());
    // The acknowledgement comes after all: proved, and booked once.
    behind.psb.acknowledge(true);
    behind.counts(&no, "booked", true).await;
    assert_eq!(
        (behind.booked(&no), behind.booked(&other)),
        (vec!["submit".to_owned()], vec!["submit".to_owned()])
    );
    behind.town.close().await;
}
