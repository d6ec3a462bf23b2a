//! The clerk at the desks and the courier with the stick: what they do by hand, step by step.

use crate::harness::{CLERK, Said, Town};
use departments::aic::Paper;
use departments::keyed::No;
use departments::ntax::Taking;
use departments::play::world::wipe;
use serde_json::Value;

/// What an approved name is decided by, and a licence.
const KEYED_TWICE: [&str; 3] = ["name_approval_no", "reg_no", "licence_issue_date"];

impl Town {
    /// Every open task of a case.
    pub async fn tasks(&self, case_no: &str) -> Vec<Value> {
        let all = self.ask(&["queue", "list"]).await;
        all.as_array()
            .unwrap()
            .iter()
            .filter(|t| t["case_no"] == case_no)
            .cloned()
            .collect()
    }

    /// Waits for a task: a worksheet by its operation, a form by `result`. Its number.
    pub async fn task(&self, case_no: &str, matter: &str, op: &str) -> String {
        self.until(&format!("a task {op} of {matter}"), async || {
            let tasks = self.tasks(case_no).await;
            let task = tasks.iter().find(|t| t["matter"] == matter && t["op"] == op)?;
            Some(task["task"].as_str().unwrap().to_owned())
        })
        .await
    }

    /// Claims a worksheet and keys it into the department's own system; the acceptance number it gave.
    pub async fn key(&self, name: &str, task: &str) -> String {
        self.ask_as(name, &["queue", "claim", task]).await;
        self.key_claimed(name, task).await
    }

    /// Keys a worksheet that is claimed already.
    pub async fn key_claimed(&self, name: &str, task: &str) -> String {
        let sheet = self.ask_as(name, &["queue", "show", task]).await;
        let word = |key: &str| sheet["line"][key].as_str().unwrap().to_owned();
        let (dept, matter, op, case_no) = (word("dept"), word("matter"), word("op"), word("case_no"));
        let fields: Vec<(&str, &str)> = sheet["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| (f["name"].as_str().unwrap(), f["value"].as_str().unwrap()))
            .collect();
        let keyed = if dept == departments::aic::NAME {
            self.aic.key_in(&matter, &op, &case_no, &fields)
        } else {
            self.desk.key_in(&dept, &matter, &op, &case_no, &fields)
        };
        match keyed {
            Ok(number) | Err(No::Already(number)) => number,
            Err(no) => panic!("{matter} {op}: {no}"),
        }
    }

    /// A worksheet from the queue to its acceptance number.
    pub async fn serve(&self, task: &str) {
        let number = self.key(CLERK, task).await;
        self.ask(&["queue", "complete", task, "--acceptance", &number]).await;
    }

    /// Waits for a worksheet and serves it.
    pub async fn serve_one(&self, case_no: &str, matter: &str, op: &str) {
        let task = self.task(case_no, matter, op).await;
        self.serve(&task).await;
    }

    /// The latest paper in the tray.
    pub fn paper(&self, case_no: &str, matter: &str) -> Option<Paper> {
        self.aic
            .decisions()
            .into_iter()
            .rfind(|p| p.case_no == case_no && p.matter == matter)
    }

    /// The words of a form as they stand on a paper; key fields twice.
    pub fn words(&self, task: &str, paper: &Paper) -> Vec<String> {
        let mut words = vec!["queue".to_owned(), "complete".to_owned(), task.to_owned()];
        let mut say =
            |option: &str, name: &str, value: &str| words.extend([option.to_owned(), format!("{name}={value}")]);
        say("--field", "status", &paper.status);
        say("--field", "date", &paper.day);
        if !paper.reason.is_empty() {
            say("--field", "reason", &paper.reason);
        }
        for (name, value) in &paper.fields {
            say("--field", name, value);
            if KEYED_TWICE.contains(&name.as_str()) {
                say("--again", name, value);
            }
        }
        words
    }

    /// Enters a paper into its form.
    pub async fn enter(&self, task: &str, paper: &Paper) -> Said {
        let words = self.words(task, paper);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        self.run_as(CLERK, &words).await
    }

    /// One matter of the 工商局: keyed in, decided on paper, entered.
    pub async fn through_aic(&self, case_no: &str, matter: &str) {
        self.serve_one(case_no, matter, "submit").await;
        let form = self.task(case_no, matter, "result").await;
        let paper = self.paper(case_no, matter).unwrap();
        let said = self.enter(&form, &paper).await;
        assert_eq!(said.code, 0, "{said:?}");
    }

    /// A case from its name to its licence.
    pub async fn licensed(&self, case_no: &str) {
        self.through_aic(case_no, "aic.name").await;
        self.through_aic(case_no, "aic.licence").await;
    }

    // --- the courier

    /// Cuts what is due for the 国税局; how many rows left.
    pub async fn export(&self) -> u64 {
        let medium = self.medium.display().to_string();
        let batches = self.ask(&["disk", "export", "ntax", "--to", &medium]).await;
        batches
            .as_array()
            .unwrap()
            .iter()
            .map(|b| b["rows"].as_u64().unwrap())
            .sum()
    }

    /// Waits until a case's row is on the stick.
    pub async fn exported(&self, case_no: &str) {
        self.until("ntax.reg is on the stick", async || {
            self.export().await;
            let o = self.obligation(case_no, "ntax.reg").await?;
            o["attempts"]
                .as_array()?
                .iter()
                .any(|a| a["state"] == "handed_over")
                .then_some(())
        })
        .await;
    }

    /// The bureau takes in what is on the stick.
    pub fn take(&self) -> Vec<Taking> {
        self.ntax.take(&self.medium).unwrap()
    }

    /// Reads what is on the stick; what `disk import` says of each file. A refusal among them is a no.
    pub async fn import(&self) -> Vec<Value> {
        let said = self
            .run_as(CLERK, &["disk", "import", &self.medium.display().to_string()])
            .await;
        let files = said.json.as_array().unwrap_or_else(|| panic!("{said:?}")).clone();
        let bad = files
            .iter()
            .any(|f| f["refused"] != 0 || matches!(f["verdict"].as_str(), Some("refused" | "quarantined")));
        assert_eq!(said.code, i32::from(bad), "{said:?}");
        files
    }

    /// The stick is handed back empty.
    pub fn wipe(&self) {
        wipe(&self.medium).unwrap();
    }

    /// To every bureau and back.
    pub async fn round(&self) {
        for (dept, ..) in &self.bureaus {
            self.visit(dept).await;
        }
    }

    /// To one bureau and back; what `disk import` says of each file.
    pub async fn visit(&self, dept: &str) -> Vec<Value> {
        let (_, stick, bureau) = self.bureaus.iter().find(|(name, ..)| *name == dept).unwrap();
        let at = stick.display().to_string();
        self.ask(&["disk", "export", dept, "--to", &at]).await;
        bureau.visit(stick).unwrap();
        let said = self.run_as(CLERK, &["disk", "import", &at, "--dept", dept]).await;
        assert!(said.code <= 1, "{said:?}");
        wipe(stick).unwrap();
        said.json.as_array().cloned().unwrap_or_default()
    }

    /// Out, in and back.
    pub async fn carry(&self, case_no: &str) -> Vec<Value> {
        self.exported(case_no).await;
        self.take();
        let taken = self.import().await;
        self.wipe();
        taken
    }
}

impl Town {
    /// Serves these worksheets of a case in whatever order the queue offers them.
    pub async fn serve_each(&self, case_no: &str, wanted: &[(&str, &str)]) {
        let mut left: Vec<(&str, &str)> = wanted.to_vec();
        while !left.is_empty() {
            let (at, task) = self
                .until(&format!("a task of {left:?}"), async || {
                    let tasks = self.tasks(case_no).await;
                    tasks.iter().find_map(|t| {
                        let at = left
                            .iter()
                            .position(|(matter, op)| t["matter"] == *matter && t["op"] == *op)?;
                        Some((at, t["task"].as_str()?.to_owned()))
                    })
                })
                .await;
            self.serve(&task).await;
            left.remove(at);
        }
    }

    /// The attempts of a matter's latest round.
    pub async fn attempts(&self, case_no: &str, matter: &str) -> Vec<Value> {
        let o = self.obligation(case_no, matter).await;
        o.and_then(|o| o["attempts"].as_array().cloned()).unwrap_or_default()
    }

    /// Waits until the last attempt of a matter is in this state.
    pub async fn attempt_is(&self, case_no: &str, matter: &str, state: &str) -> Value {
        self.until(&format!("the last attempt of {matter} is {state}"), async || {
            self.attempts(case_no, matter)
                .await
                .pop()
                .filter(|a| a["state"] == state)
        })
        .await
    }

    /// An item as `case` shows it.
    pub async fn item(&self, case_no: &str, item: &str) -> Option<Value> {
        let case = self.ask(&["case", case_no]).await;
        case["items"].as_array()?.iter().find(|i| i["item"] == item).cloned()
    }

    /// How often something of this kind, about this, stands in a case's story.
    pub async fn told(&self, case_no: &str, event: &str, about: &str) -> usize {
        let case = self.ask(&["case", case_no]).await;
        let story = case["story"].as_array().unwrap();
        let is_it = |s: &&Value| s["event"] == event && s["detail"].as_str().is_some_and(|d| d.starts_with(about));
        story.iter().filter(is_it).count()
    }
}
