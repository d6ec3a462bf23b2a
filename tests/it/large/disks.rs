//! A node whose only receiver takes disks, and a department that reads them with a program of its own and answers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::bench::{Bench, Format};
use super::watch;
use formats::dbf::{DbfField, DbfKind, DbfWriteOptions, DbfWriter};
use formats::{Encoding, RowWriter as _};
use model::{Header, Row};
use serde_json::Value;
use std::fs::{self, File};
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Bytes of the case number in the department's table; it is the first field.
const CASE_NO: usize = 21;

/// A department whose only way is a disk; `{dir}`, `{max_rows}` and `{more}` are filled in.
const TAX: &str = r#"
id = "tax"
name = "测速税务"
name_en = "tax office of the benchmark"
no_manual = "测速不经人工"

[agreement]
id = "BENCH-3"
basis = "测速"
purpose = "测速"
expires = 2099-12-31
items = ["ent_name", "uscc", "legal_rep", "id_card", "reg_addr", "status"]

[[matter]]
id = "tax.case"
title = "测速登记"
title_en = "registration of the benchmark"
needs = ["uscc"]
limit = "5 working days"
basis = "测速"

[[layout]]
name = "submit"
encoding = "gbk"
field = [
    { name = "YWBH", is = "case_no", required = true, kind = "C21" },
    { name = "TYDM", item = "uscc", required = true, kind = "C18" },
    { name = "NSRMC", item = "ent_name", required = true, kind = "C100" },
    { name = "FDDBR", item = "legal_rep", kind = "C50" },
    { name = "SFZHM", item = "id_card", kind = "C18" },
    { name = "ZCDZ", item = "reg_addr", kind = "C100" },
    { name = "ZT", item = "status", kind = "C20" },
]

[[layout]]
name = "return"
encoding = "gbk"
field = [
    { name = "YWBH", is = "case_no", required = true },
    { name = "CLJG", is = "return_code", required = true },
    { name = "CLSM", is = "reason" },
]

[[channel]]
mode = "disk"
ops = ["submit", "supplement"]
layouts = { "tax.case" = "submit" }
out = { cron = "0 3 * * *" }
in = { on_request = true }
max_rows = {max_rows}
unconfirmed_after = "30d"

[[channel.feed]]
name = "returns"
role = "receipts_with_results"
layout = "return"
matter = "tax.case"

[channel.settings]
plain = "测速：介质不离身"
signing_key = { file = "{dir}/disk.key" }
{more}
"#;

/// A node, its medium, and what its steps cost.
pub struct Disks {
    pub bench: Bench,
    pub medium: PathBuf,
}

/// What a step took.
pub struct Step {
    pub said: Value,
    pub peak_kib: u64,
    pub took: Duration,
}

impl Disks {
    /// `more`: lines of the channel's settings.
    pub fn new(max_rows: u64, more: &str) -> Self {
        let bench = Bench::new(Format::Csv);
        let dir = bench.dir.path();
        let departments = dir.join("config/departments");
        for receiver in ["r1.toml", "r2.toml"] {
            fs::remove_file(departments.join(receiver)).unwrap();
        }
        let text = TAX
            .replace("{dir}", dir.to_str().unwrap())
            .replace("{max_rows}", &max_rows.to_string())
            .replace("{more}", more);
        fs::write(departments.join("tax.toml"), text).unwrap();
        let key = dir.join("disk.key");
        fs::write(&key, "11".repeat(32)).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        let medium = dir.join("medium");
        fs::create_dir(&medium).unwrap();
        Self { bench, medium }
    }

    /// The same that ends as soon as there is a set on the medium: killed over the next one, or over this one's note.
    pub fn killed_export(&self) {
        let to = self.medium.to_str().unwrap();
        self.killed(&["disk", "export", "tax", "--to", to], &|| !self.tables().is_empty());
    }

    /// An import that ends as soon as the first answer is taken: killed over the second.
    pub fn killed_import(&self) {
        let first = self.tables()[0].0.clone();
        let receipt = self.medium.join(format!("HP{}.DBF.receipt.txt", &first[2..]));
        let from = self.medium.to_str().unwrap();
        self.killed(&["disk", "import", from], &|| receipt.exists());
    }

    fn killed(&self, words: &[&str], when: &dyn Fn() -> bool) {
        let mut child = self.bench.command(words).spawn().unwrap();
        watch(&mut child, &mut 0, when);
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// One call of the program to its end.
    pub fn step(&self, words: &[&str]) -> Step {
        let begun = Instant::now();
        let said = self.bench.dir.path().join("said.json");
        let mut call = self.bench.command(words);
        let mut child = call
            .stdout(File::create(&said).unwrap())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut peak_kib = 0;
        watch(&mut child, &mut peak_kib, &|| false);
        let took = begun.elapsed();
        let text = fs::read(&said).unwrap();
        let said =
            serde_json::from_slice(&text).unwrap_or_else(|_| panic!("{words:?}: {}", String::from_utf8_lossy(&text)));
        Step { said, peak_kib, took }
    }

    /// So many cases for the department.
    pub fn cases(&self, rows: u64) -> Step {
        let file = self.bench.short_file(rows);
        self.step(&["collect", "bench", file.to_str().unwrap()])
    }

    pub fn export(&self) -> Step {
        self.step(&["disk", "export", "tax", "--to", self.medium.to_str().unwrap()])
    }

    pub fn import(&self) -> Step {
        self.step(&["disk", "import", self.medium.to_str().unwrap()])
    }

    /// The tables on the medium, by the number of their set.
    pub fn tables(&self) -> Vec<(String, PathBuf)> {
        let sets = fs::read_dir(&self.medium).unwrap().map(|e| e.unwrap().path());
        let mut tables: Vec<_> = sets
            .filter(|set| set.is_dir())
            .map(|set| {
                let number = set.file_name().unwrap().to_str().unwrap().to_owned();
                let table = set.join(format!("data/{number}.DBF"));
                (number, table)
            })
            .collect();
        tables.sort();
        tables
    }

    /// The department answers every row of every set with 0000, in a table beside the set; how many rows.
    pub fn answer(&self) -> u64 {
        let mut all = 0;
        for (number, table) in self.tables() {
            let cases = case_numbers(&table);
            let back = self.medium.join(format!("HP{}.DBF", &number[2..]));
            write_answer(&back, &cases);
            all += cases.len() as u64;
        }
        all
    }
}

/// The first field of every record, read as the format says and by nothing of ours.
pub fn case_numbers(table: &Path) -> Vec<String> {
    let mut file = File::open(table).unwrap();
    let mut head = [0; 32];
    file.read_exact(&mut head).unwrap();
    let rows = u32::from_le_bytes(head[4..8].try_into().unwrap());
    let start = u16::from_le_bytes(head[8..10].try_into().unwrap());
    let len = usize::from(u16::from_le_bytes(head[10..12].try_into().unwrap()));
    file.seek(SeekFrom::Start(start.into())).unwrap();
    let mut record = vec![0; len];
    (0..rows)
        .map(|_| {
            file.read_exact(&mut record).unwrap();
            String::from_utf8(record[1..=CASE_NO].to_vec()).unwrap()
        })
        .collect()
}

fn write_answer(path: &Path, cases: &[String]) {
    let field = |name: &str, width| DbfField {
        name: name.into(),
        kind: DbfKind::Text { width },
    };
    let options = DbfWriteOptions {
        encoding: Encoding::Gbk,
        code_page: 0x4D,
        date: jiff::civil::date(2026, 3, 20),
        rows: cases.len() as u32,
    };
    let fields = vec![field("YWBH", 21), field("CLJG", 4), field("CLSM", 20)];
    let header = Header::new(fields.iter().map(|f| f.name.clone()));
    assert_eq!(header.names().len(), 3);
    let mut writer = DbfWriter::new(fields, options).unwrap();
    let mut out = BufWriter::new(File::create(path).unwrap());
    let mut bytes = Vec::new();
    writer.begin(&mut bytes).unwrap();
    for (at, case) in cases.iter().enumerate() {
        let cells = [case.as_str(), "0000", ""];
        let cells = cells.iter().map(|text| Some((*text).into())).collect();
        let row = Row {
            line: at as u64 + 1,
            cells,
        };
        writer.row(&row, &mut bytes).unwrap();
        out.write_all(&bytes).unwrap();
        bytes.clear();
    }
    writer.end(&mut bytes).unwrap();
    out.write_all(&bytes).unwrap();
    out.flush().unwrap();
}
