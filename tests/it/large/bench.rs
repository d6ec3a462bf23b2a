//! The configuration of the benchmark, and files of any size for it: one directory that cases come from, two receivers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::cli::say::PROGRAM;
use formats::Encoding;
use model::check::{citizen_id, uscc};
use serde_json::Value;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Rows between two that cannot be taken.
pub const BAD: u64 = 1_000;

/// What the files are.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Format {
    Csv,
    Jsonl,
    Xml,
}

impl Format {
    fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Xml => "xml",
        }
    }
    fn encoding(self) -> Encoding {
        match self {
            Self::Jsonl => Encoding::Utf8,
            Self::Csv | Self::Xml => Encoding::Gb18030,
        }
    }

    /// The shipped configuration, which knows CSV, for these files.
    fn configured(self, text: &str) -> String {
        let word = self.word();
        let text = text.replace("format = \"csv\"", &format!("format = \"{word}\""));
        let text = text.replace("*.csv", &format!("*.{word}"));
        match self {
            Self::Csv => text,
            Self::Jsonl => text.replace("encoding = \"gb18030\"", "encoding = \"utf-8\""),
            Self::Xml => text.replace(
                "[channel.settings.in]",
                "[channel.settings.xml]\nrecords = \"Cases/Case\"\n\n[channel.settings.in]",
            ),
        }
    }

    /// What stands before the rows, what of one stands before and behind its case number, what stands behind them all.
    fn parts(self, fields: &[(&str, &str)]) -> [String; 4] {
        let quoted = |v: &str| {
            if v.contains(',') {
                format!("\"{v}\"")
            } else {
                v.to_owned()
            }
        };
        let (first, rest) = fields.split_first().unwrap();
        match self {
            Self::Csv => {
                let names: Vec<&str> = fields.iter().map(|(n, _)| *n).collect();
                let values: String = rest.iter().map(|(_, v)| format!(",{}", quoted(v))).collect();
                [names.join(",") + "\r\n", String::new(), values + "\r\n", String::new()]
            }
            Self::Jsonl => {
                let rest: String = rest.iter().map(|(n, v)| format!(",\"{n}\":\"{v}\"")).collect();
                let before = format!("{{\"{}\":\"", first.0);
                [String::new(), before, format!("\"{rest}}}\n"), String::new()]
            }
            Self::Xml => {
                let rest: String = rest.iter().map(|(n, v)| format!("<{n}>{v}</{n}>")).collect();
                [
                    "<?xml version=\"1.0\" encoding=\"GB18030\"?>\n<Cases>\n".to_owned(),
                    format!("<Case><{}>", first.0),
                    format!("</{}>{rest}</Case>\n", first.0),
                    "</Cases>\n".to_owned(),
                ]
            }
        }
    }
}

/// A node's configuration and the places it names.
pub struct Bench {
    pub dir: tempfile::TempDir,
    format: Format,
}

impl Bench {
    pub fn new(format: Format) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bench");
        copy(
            &shipped,
            &dir.path().join("config"),
            dir.path().to_str().unwrap(),
            format,
        );
        for place in ["inbox", "r1/out", "r1/taken", "r2/out", "r2/taken"] {
            fs::create_dir_all(dir.path().join(place)).unwrap();
        }
        Self { dir, format }
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .env_clear()
            // As the shipped unit has it: memory that is free is one heap's, not every thread's.
            .env("MALLOC_ARENA_MAX", "2")
            .args(["--json", "--as", "测速", "--config"])
            .arg(self.dir.path().join("config"))
            .args(words)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        command
    }

    pub fn answer(&self, words: &[&str]) -> Value {
        let said = self.command(words).output().unwrap();
        serde_json::from_slice(&said.stdout).unwrap()
    }

    /// A file of at least so many bytes; how many rows it has.
    pub fn file(&self, bytes: u64) -> (PathBuf, u64) {
        self.written(20, |_, written| written < bytes, BAD)
    }

    /// A file of so many rows, all of them good, that say no more than they must.
    pub fn short_file(&self, rows: u64) -> PathBuf {
        self.written(0, |written, _| written < rows, u64::MAX).0
    }

    /// Rows and bytes so far say whether there is more.
    fn written(&self, remarks: usize, more: impl Fn(u64, u64) -> bool, bad: u64) -> (PathBuf, u64) {
        let path = self.dir.path().join(format!("CASES.{}", self.format.word()));
        let mut out = BufWriter::new(File::create(&path).unwrap());
        let body = format!("91110108MA{:07}", 1);
        let uscc = format!("{body}{}", uscc::check_char(&body).unwrap());
        let id = format!(
            "11010819900101001{}",
            citizen_id::check_char("11010819900101001").unwrap()
        );
        let remark = "材料由窗口与网上两处递交，以纸质为准。".repeat(remarks);
        let fields = [
            ("案件编号", ""),
            ("统一社会信用代码", &uscc),
            ("企业名称", "北京测试一号科技有限公司"),
            ("企业类型", "有限公司"),
            ("法定代表人", "张测试"),
            ("身份证号", &id),
            ("联系电话", "13800000000"),
            ("注册地址", "北京市海淀区示例路1号"),
            ("经营地址", "北京市海淀区示例路1号"),
            ("事项编码", "510001001"),
            ("事项名称", "食品经营许可（新办）"),
            ("申请日期", "2026/3/2"),
            ("受理日期", "20260302"),
            ("承诺办结日期", "2026-04-02"),
            ("注册资本", "2,098,878.02"),
            ("收费金额", "￥9,097.45"),
            ("受理部门", "市场监督管理局"),
            ("办理状态", "已受理"),
            ("经营范围", "餐饮服务"),
            ("备注", &remark),
        ];
        let encode = |text: String| self.format.encoding().encode(&text).unwrap();
        let [head, before, behind, tail] = self.format.parts(&fields).map(encode);
        out.write_all(&head).unwrap();
        let (mut rows, mut written) = (0, 0);
        while more(rows, written) {
            rows += 1;
            // A case number is all that differs; where there is none, the row says nothing.
            let name = if rows % bad == 0 {
                String::new()
            } else {
                format!("SC51{rows:017}")
            };
            for piece in [&before, name.as_bytes(), &behind] {
                out.write_all(piece).unwrap();
                written += piece.len() as u64;
            }
        }
        out.write_all(&tail).unwrap();
        out.flush().unwrap();
        (path, rows)
    }
}

fn copy(from: &Path, to: &Path, place: &str, format: Format) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &to, place, format);
        } else {
            let text = fs::read_to_string(&path).unwrap();
            let text = text.replace("/tmp/tanghulu-bench", place);
            // The receivers have files of their own.
            let is_source = to.ends_with("departments/bench.toml");
            let text = if is_source { format.configured(&text) } else { text };
            // Who acts is whoever runs the test.
            let uid = std::os::unix::fs::MetadataExt::uid(&fs::metadata("/proc/self").unwrap());
            fs::write(to, text.replace("\"测速\" = 0", &format!("\"测速\" = {uid}"))).unwrap();
        }
    }
}

/// The most memory a process had so far, KiB; none where it is gone.
pub fn most(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
