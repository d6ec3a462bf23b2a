//! 地税局's place for what it gives back, as seen by whoever puts something there that is not what it should be.

use crate::harness::Town;
use formats::Encoding;
use formats::digest::sm3_hex;
use serde_json::Value;
use std::path::PathBuf;

/// The header of its results.
pub const HEADER: &str = "\"业务编号\",\"税务登记证号\",\"主管税务所\",\"登记日期\",\"处理结果\",\"说明\"\r\n";

/// Text as the bureau writes it.
pub fn gbk(text: &str) -> Vec<u8> {
    Encoding::Gbk.encode(text).unwrap()
}

/// The place, and a case whose results are put there.
pub struct Front {
    pub town: Town,
    pub no: String,
    number: String,
}

impl Front {
    /// Once the case stands at its first office.
    pub async fn open(town: Town, no: String) -> Self {
        town.decided(&no, "ltax.reg", "approved").await;
        let number = town.item(&no, "tax_no_local").await.unwrap()["value"].clone();
        let number = number.as_str().unwrap().to_owned();
        Self { town, no, number }
    }

    /// A result that moves a case to another tax office: whoever takes it in shows it.
    pub fn row(&self, no: &str, office: &str) -> String {
        let number = &self.number;
        format!("\"{no}\",\"{number}\",\"{office}\",\"2026-03-02\",\"办结\",\"\"\r\n")
    }

    /// A file of results for the case.
    pub fn file(&self, offices: &[&str]) -> Vec<u8> {
        let rows: String = offices.iter().map(|office| self.row(&self.no, office)).collect();
        gbk(&format!("{HEADER}{rows}"))
    }

    /// Where a file lies.
    pub fn place(&self, name: &str) -> PathBuf {
        self.town.dir.path().join("ltax-front/download").join(name)
    }

    /// Puts one file where the bureau puts them, as the bureau does.
    pub fn lay(&self, name: &str, bytes: &[u8]) {
        let part = self.place(&format!("{name}.filepart"));
        std::fs::write(&part, bytes).unwrap();
        std::fs::rename(part, self.place(name)).unwrap();
    }

    /// The marker of a file; it may lie.
    pub fn mark(&self, name: &str, bytes: &[u8], rows: usize, declared: Option<&str>) {
        let digest = declared.map_or_else(|| sm3_hex(bytes), str::to_owned);
        let marker = format!("{digest}|{}|{rows}|20260302120000\r\n", bytes.len());
        self.lay(&format!("{name}.ok"), marker.as_bytes());
    }

    /// A file, and its marker after it.
    pub fn put(&self, name: &str, bytes: &[u8], rows: usize, declared: Option<&str>) {
        self.lay(name, bytes);
        self.mark(name, bytes, rows, declared);
    }

    /// Waits until a file is where it was put no more.
    pub async fn gone(&self, name: &str) {
        let what = format!("{name} is gone");
        self.town
            .until(&what, async || (!self.place(name).exists()).then_some(()))
            .await;
    }

    /// Waits until a file has gone to `done` or `error`.
    pub async fn gone_to(&self, dir: &str, name: &str) {
        let path = self.place(dir).join(name);
        self.town
            .until(&format!("{name} lies in {dir}"), async || path.exists().then_some(()))
            .await;
        self.gone(name).await;
    }

    /// The office the case stands at.
    pub async fn office(&self) -> String {
        let office = self.town.item(&self.no, "tax_office").await.unwrap()["value"].clone();
        office.as_str().unwrap().to_owned()
    }

    /// The refusal of a file as a whole, named with a code.
    pub async fn refused(&self, name: &str, code: &str) -> Value {
        let line = self
            .town
            .until(&format!("{name} is refused by {code}"), async || {
                let lines = self.town.refusals("ltax").await;
                lines
                    .into_iter()
                    .find(|l| l["what"] == name && l["findings"][0]["code"] == code)
            })
            .await;
        assert_eq!(line["way"], "in");
        for (lang, remedy) in [("zh", "处理"), ("en", "emedy")] {
            let page = self
                .town
                .page(lang, &["refused", "show", line["id"].as_str().unwrap()])
                .await;
            for part in [name, code, remedy] {
                assert!(page.out.contains(part), "{lang} {part}: {}", page.out);
            }
        }
        line
    }
}
