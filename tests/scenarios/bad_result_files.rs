//! Files of the 地税局 that are not what they should be: each is set aside by name, and nothing of it is half imported.

use crate::harness::{Config, Town, plain};
use departments::cases;
use formats::Encoding;
use formats::digest::sm3_hex;
use serde_json::Value;
use std::path::PathBuf;

pub const HEADER: &str = "\"业务编号\",\"税务登记证号\",\"主管税务所\",\"登记日期\",\"处理结果\",\"说明\"\r\n";

/// A result that moves the case to another tax office: whoever takes it in shows it.
pub fn row(no: &str, office: &str) -> String {
    format!(
        "\"{no}\",\"110108{}\",\"{office}\",\"2026-03-02\",\"办结\",\"\"\r\n",
        cases::org_code(1)
    )
}

pub fn gbk(text: &str) -> Vec<u8> {
    Encoding::Gbk.encode(text).unwrap()
}

pub struct Front {
    pub town: Town,
    pub no: String,
}

impl Front {
    /// A town in which one case stands at its first office.
    async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    /// The same, with the configuration changed first.
    pub async fn open_with(change: impl FnOnce(&Config)) -> Self {
        let town = Town::start_with(change).await;
        let no = cases::case_no(1);
        town.post(&plain(1)).await;
        town.licensed(&no).await;
        town.decided(&no, "ltax.reg", "approved").await;
        Self { town, no }
    }

    pub fn place(&self, name: &str) -> PathBuf {
        self.town.dir.path().join("ltax-front/download").join(name)
    }

    /// Puts a file with its marker where the bureau puts them, as the bureau does; the marker may lie.
    pub fn put(&self, name: &str, bytes: &[u8], rows: usize, declared: Option<&str>) {
        let digest = declared.map_or_else(|| sm3_hex(bytes), str::to_owned);
        let marker = format!("{digest}|{}|{rows}|20260302120000\r\n", bytes.len());
        for (name, bytes) in [(name.to_owned(), bytes), (format!("{name}.ok"), marker.as_bytes())] {
            let part = self.place(&format!("{name}.filepart"));
            std::fs::write(&part, bytes).unwrap();
            std::fs::rename(part, self.place(&name)).unwrap();
        }
    }

    /// Waits until a file has gone to `done` or `error`.
    pub async fn gone_to(&self, dir: &str, name: &str) {
        let path = self.place(dir).join(name);
        self.town
            .until(&format!("{name} lies in {dir}"), async || path.exists().then_some(()))
            .await;
        self.town
            .until(&format!("{name} is gone"), async || {
                (!self.place(name).exists()).then_some(())
            })
            .await;
    }

    pub async fn office(&self) -> String {
        self.town.item(&self.no, "tax_office").await.unwrap()["value"]
            .as_str()
            .unwrap()
            .to_owned()
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
        for lang in ["zh", "en"] {
            let page = self
                .town
                .page(lang, &["refused", "show", line["id"].as_str().unwrap()])
                .await;
            assert!(
                page.out.contains(name) && page.out.contains(code),
                "{lang}: {}",
                page.out
            );
            assert!(
                page.out.contains(if lang == "zh" { "处理" } else { "emedy" }),
                "{lang}: {}",
                page.out
            );
        }
        line
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_marker_that_lies_refuses_the_file_until_it_tells_the_truth() {
    let front = Front::open().await;
    let bytes = gbk(&format!("{HEADER}{}", row(&front.no, "第二税务所")));
    let name = "LTAX_HUB_DJJG_20260302_0901.csv";
    front.put(name, &bytes, 1, Some(&"0".repeat(64)));
    front.gone_to("error", name).await;
    front.refused(name, "E_FILE_HASH").await;
    assert_eq!(front.office().await, "第一税务所");

    // The same bytes with their right marker are the original, as the remedy asked for.
    front.put(name, &bytes, 1, None);
    front.gone_to("done", name).await;
    assert_eq!(front.office().await, "第二税务所");
    assert!(
        front.town.refusals("ltax").await.is_empty(),
        "what came right is no longer open"
    );

    // And once more: nothing is done twice.
    let decided = front.town.told(&front.no, "standing_set", "ltax.reg/1").await;
    front.put(name, &bytes, 1, None);
    front
        .town
        .until("the repeat is cleared away", async || {
            (!front.place(name).exists()).then_some(())
        })
        .await;
    // The same content under another number is a new batch with nothing new in it.
    let renamed = "LTAX_HUB_DJJG_20260302_0902.csv";
    front.put(renamed, &bytes, 1, None);
    front.gone_to("done", renamed).await;
    assert_eq!(front.town.told(&front.no, "standing_set", "ltax.reg/1").await, decided);
    // The same number for other content is set aside.
    front.put(
        name,
        &gbk(&format!("{HEADER}{}", row(&front.no, "第三税务所"))),
        1,
        None,
    );
    front.gone_to("error", &format!("{name}.2")).await;
    let line = front.refused(name, "E_NUMBER_REUSED").await;
    assert_eq!(line["code"], "1005");
    assert_eq!(front.office().await, "第二税务所");
    front.town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_built_as_agreed_is_refused_as_a_whole() {
    let front = Front::open().await;
    let good = row(&front.no, "第九税务所");
    let wrong_header = gbk(&format!("{HEADER}{good}").replace("处理结果", "结果"));
    let count = gbk(&format!("{HEADER}{good}"));
    let whole = gbk(&format!("{HEADER}{good}"));
    // Cut in the middle of a character: the marker was made of what is there.
    let at = whole.windows(2).position(|w| w == gbk("所")).unwrap() + 1;
    let cut = whole[..at].to_vec();
    let files = [
        ("LTAX_HUB_DJJG_20260302_0911.csv", wrong_header, 1, "E_HEADER"),
        ("LTAX_HUB_DJJG_20260302_0912.csv", count, 2, "E_FILE_COUNT"),
        ("LTAX_HUB_DJJG_20260302_0913.csv", cut, 1, "E_ENCODING"),
        ("LTAX_HUB_DJJG_20260302_0914.csv", Vec::new(), 0, "E_STRUCTURE"),
    ];
    for (name, bytes, rows, code) in &files {
        front.put(name, bytes, *rows, None);
        front.gone_to("error", name).await;
        front.refused(name, code).await;
        assert_eq!(front.office().await, "第一税务所", "{name}");
    }
    let lines = front.town.refusals("ltax").await;
    assert_eq!(lines.len(), files.len());
    for line in lines {
        front
            .town
            .ask(&[
                "refused",
                "drop",
                line["id"].as_str().unwrap(),
                "--reason",
                "已通知地税局重发",
            ])
            .await;
    }
    assert!(front.town.refusals("ltax").await.is_empty());
    front.town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_row_is_named_and_the_others_are_taken() {
    let front = Front::open().await;
    let stranger = row(&cases::case_no(99), "第二税务所");
    let masked = row(&front.no, "第四税务所").replace("\"办结\"", "\"已结\"");
    let name = "LTAX_HUB_DJJG_20260302_0921.csv";
    let bytes = gbk(&format!("{HEADER}{stranger}{masked}{}", row(&front.no, "第五税务所")));
    front.put(name, &bytes, 3, None);
    front.gone_to("done", name).await;
    assert_eq!(front.office().await, "第五税务所");
    let lines = front.town.refusals("ltax").await;
    let told: Vec<_> = lines
        .iter()
        .map(|l| {
            (
                l["findings"][0]["code"].as_str().unwrap(),
                l["findings"][0]["place"]["row"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(told, [("E_UNKNOWN_CASE", 1), ("E_UNMAPPED", 2)], "{lines:?}");
    assert_eq!(
        (&lines[1]["what"], &lines[1]["findings"][0]["place"]["column"]),
        (&name.into(), &"处理结果".into())
    );
    front.town.close().await;
}
