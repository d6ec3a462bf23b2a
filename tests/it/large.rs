//! A file that is larger than the memory it may take: read, killed in the midst, gone on with, counted.
//!
//! `TANGHULU_MIB=n` makes the file n MiB large; the short form is a tenth of what the node may take, the long one was
//! run with 4,096.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::cli::say::PROGRAM;
use formats::Encoding;
use model::check::{citizen_id, uscc};
use serde_json::Value;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// What a node may take, whatever the size of a file: 256 MiB.
const MOST_KIB: u64 = 256 << 10;
/// Rows between two that cannot be taken.
const BAD: u64 = 1_000;

/// The configuration of the benchmark: one directory that cases come from, two receivers.
struct Bench {
    dir: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bench");
        copy(&shipped, &dir.path().join("config"), dir.path().to_str().unwrap());
        for place in ["inbox", "r1/out", "r1/taken", "r2/out", "r2/taken"] {
            fs::create_dir_all(dir.path().join(place)).unwrap();
        }
        Self { dir }
    }

    fn command(&self, words: &[&str]) -> Command {
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

    fn answer(&self, words: &[&str]) -> Value {
        let said = self.command(words).output().unwrap();
        serde_json::from_slice(&said.stdout).unwrap()
    }

    /// A file of at least so many bytes; how many rows it has.
    fn file(&self, bytes: u64) -> (PathBuf, u64) {
        let path = self.dir.path().join("CASES.csv");
        let mut out = BufWriter::new(File::create(&path).unwrap());
        let header = "案件编号,统一社会信用代码,企业名称,企业类型,法定代表人,身份证号,联系电话,注册地址,经营地址,事项编码,\
                      事项名称,申请日期,受理日期,承诺办结日期,注册资本,收费金额,受理部门,办理状态,经营范围,备注\r\n";
        let encode = |text: &str| Encoding::Gb18030.encode(text).unwrap();
        out.write_all(&encode(header)).unwrap();
        let body = format!("91110108MA{:07}", 1);
        let uscc = format!("{body}{}", uscc::check_char(&body).unwrap());
        let id = format!(
            "11010819900101001{}",
            citizen_id::check_char("11010819900101001").unwrap()
        );
        let remark = "材料由窗口与网上两处递交，以纸质为准。".repeat(20);
        let tail = encode(&format!(
            ",{uscc},北京测试一号科技有限公司,有限公司,张测试,{id},13800000000,北京市海淀区示例路1号,北京市海淀区示例路1号,\
             510001001,食品经营许可（新办）,2026/3/2,20260302,2026-04-02,\"2,098,878.02\",\"￥9,097.45\",\
             市场监督管理局,已受理,餐饮服务,{remark}\r\n"
        ));
        let (mut rows, mut written) = (0, 0);
        while written < bytes {
            rows += 1;
            // A case number is all that differs; where there is none, the row says nothing.
            let name = if rows % BAD == 0 {
                String::new()
            } else {
                format!("SC51{rows:017}")
            };
            out.write_all(name.as_bytes()).unwrap();
            out.write_all(&tail).unwrap();
            written += (name.len() + tail.len()) as u64;
        }
        out.flush().unwrap();
        (path, rows)
    }
}

fn copy(from: &Path, to: &Path, place: &str) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &to, place);
        } else {
            let text = fs::read_to_string(&path).unwrap();
            let text = text.replace("/tmp/tanghulu-bench", place);
            // Who acts is whoever runs the test.
            let uid = std::os::unix::fs::MetadataExt::uid(&fs::metadata("/proc/self").unwrap());
            fs::write(to, text.replace("\"测速\" = 0", &format!("\"测速\" = {uid}"))).unwrap();
        }
    }
}

/// The most memory a process had so far, KiB; none where it is gone.
fn most(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn a_file_larger_than_memory_is_taken_though_the_node_is_killed_in_its_midst() {
    let mib = std::env::var("TANGHULU_MIB").map_or(24, |n| n.parse().unwrap());
    let bench = Bench::new();
    let (file, rows) = bench.file(mib << 20);
    let file = file.to_str().unwrap();
    let mut peak = 0;
    let watch = |child: &mut Child, peak: &mut u64, until: &dyn Fn() -> bool| {
        while child.try_wait().unwrap().is_none() && !until() {
            *peak = most(child).unwrap_or_default().max(*peak);
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    let journal = bench.dir.path().join("data/journal");
    let written = || {
        let files = fs::read_dir(&journal).into_iter().flatten().flatten();
        files.map(|f| f.metadata().map_or(0, |m| m.len())).sum::<u64>()
    };
    // While it is being read, and while its rows take effect: the rows alone are about twice as long as the file.
    for enough in [mib << 19, (mib << 20) * 2, (mib << 20) * 11 / 4] {
        let mut child = bench.command(&["collect", "bench", file]).spawn().unwrap();
        watch(&mut child, &mut peak, &|| written() > enough);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let mut child = bench.command(&["collect", "bench", file]).spawn().unwrap();
    watch(&mut child, &mut peak, &|| false);
    let said = child.wait_with_output().unwrap();
    let taken: Value = serde_json::from_slice(&said.stdout).unwrap();
    let bad = rows / BAD;
    assert_eq!(
        (taken[0]["rows"].as_u64(), taken[0]["refused"].as_u64()),
        (Some(rows), Some(bad)),
        "{taken}"
    );
    let balance = bench.answer(&["balance"]);
    assert_eq!(balance["total"]["opened"], 2 * (rows - bad), "{balance}");
    assert_eq!(
        (&balance["unexplained"], &balance["refused_rows"]),
        (&0.into(), &bad.into()),
        "{balance}"
    );
    // The same file again changes nothing.
    let again = bench.answer(&["collect", "bench", file]);
    assert_eq!(again[0]["verdict"], "repeat", "{again}");
    let (peak_mib, journal_mib) = (peak >> 10, written() >> 20);
    eprintln!("{rows} rows, {mib} MiB: at most {peak_mib} MiB resident, {journal_mib} MiB of journal");
    assert!(peak < MOST_KIB, "{peak} KiB for {mib} MiB");
}
