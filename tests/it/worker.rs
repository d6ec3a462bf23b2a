//! The worker: this program run again for one workbook, within bounds it puts on itself.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::cli::say::PROGRAM;
use formats::sheet::apart::{self, Wanted};
use formats::sheet::{SheetColumn, SheetReadOptions, SheetReader};
use formats::{Limits, RowReader, Taken};
use model::Finding;
use std::fs::{self, File};
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn workbook(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

fn worker(word: &str, name: &str) -> Output {
    let mut program = Command::new(PROGRAM);
    program
        .env_clear()
        .args(["worker", word])
        .stdin(File::open(workbook(name)).unwrap());
    program.output().unwrap()
}

/// Two columns of the form the social insurance office sends back.
fn columns() -> SheetReadOptions {
    let column = |name: &str| SheetColumn {
        name: name.into(),
        required: true,
        ..SheetColumn::default()
    };
    SheetReadOptions {
        columns: vec![column("业务编号"), column("社保登记号")],
        ..SheetReadOptions::default()
    }
}

fn all(mut reader: impl RowReader) -> Result<Vec<Taken>, Finding> {
    let mut rows = Vec::new();
    while let Some(taken) = reader.next()? {
        rows.push(taken);
    }
    Ok(rows)
}

#[test]
fn what_a_worker_tells_is_what_stands_in_the_workbook() {
    let options = columns();
    let word = apart::word(Wanted::Rows, &options).unwrap();
    for name in [
        "files/hrss/plain.xlsx",
        "files/hrss/plain.xls",
        "files/hrss/libreoffice.ods",
    ] {
        let said = worker(&word, name);
        assert!(said.status.success(), "{name}: {said:?}");
        let (_, there) = apart::rows(Cursor::new(said.stdout), Limits::default()).unwrap();
        let here = SheetReader::open(&fs::read(workbook(name)).unwrap(), options.clone()).unwrap();
        let there = all(there).unwrap();
        assert!(!there.is_empty(), "{name}");
        assert_eq!(there, all(here).unwrap(), "{name}");
    }
}

#[test]
fn what_is_hostile_is_refused_by_name_and_nothing_else_is_a_worker() {
    let word = apart::word(Wanted::Rows, &SheetReadOptions::default()).unwrap();
    for (name, code) in [
        ("bad/xlsx/bomb.xlsx", "E_TOO_LARGE"),
        ("bad/xlsx/macros.xlsm", "E_MACRO"),
        ("bad/xlsx/dimensions.xls", "E_STRUCTURE"),
    ] {
        let said = worker(&word, name);
        let refused = apart::rows(Cursor::new(said.stdout), Limits::default()).err().unwrap();
        assert_eq!(refused.code.to_string(), code, "{name}: {refused:?}");
    }
    let said = worker("rows, please", "files/hrss/plain.xlsx");
    assert!(!said.status.success() && said.stdout.is_empty(), "{said:?}");
}

/// Half a megabyte that says it is half a gigabyte, and the same where the directory lies about it. A stranger measures
/// what the worker took for it.
#[test]
fn half_a_gigabyte_in_half_a_megabyte_costs_no_memory() {
    const SCRIPT: &str = r#"
import os, resource, struct, subprocess, sys, zipfile
program, word, place = sys.argv[1:]
size = 512 << 20
path = os.path.join(place, "bomb.xlsx")
names = ["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"]
with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
    for name in names:
        out.writestr(name, "<a/>")
    with out.open("xl/worksheets/sheet1.xml", "w", force_zip64=False) as sheet:
        for _ in range(512):
            sheet.write(b" " * (1 << 20))
packed = open(path, "rb").read()
lie = packed.replace(struct.pack("<L", size), struct.pack("<L", 1000))
assert lie != packed
for name, data in [("bomb.xlsx", packed), ("lie.xlsx", lie)]:
    file = os.path.join(place, name)
    with open(file, "wb") as out:
        out.write(data)
    said = subprocess.run([program, "worker", word], stdin=open(file), stdout=subprocess.PIPE, env={})
    with open(file + ".said", "wb") as out:
        out.write(said.stdout)
print(len(packed), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"#;
    let place = tempfile::tempdir().unwrap();
    let word = apart::word(Wanted::Rows, &SheetReadOptions::default()).unwrap();
    let done = Command::new("/usr/bin/python3")
        .args(["-c", SCRIPT, PROGRAM, &word])
        .arg(place.path())
        .output()
        .expect("/usr/bin/python3: install python3");
    assert!(done.status.success(), "{done:?}");
    let text = String::from_utf8(done.stdout).unwrap();
    let figures: Vec<u64> = text.split_whitespace().map(|n| n.parse().unwrap()).collect();
    assert!(figures[0] < 600_000, "{figures:?}");
    assert!(figures[1] < 100 << 10, "resident KiB: {figures:?}");
    for (name, code) in [("bomb.xlsx", "E_TOO_LARGE"), ("lie.xlsx", "E_STRUCTURE")] {
        let said = fs::read(place.path().join(format!("{name}.said"))).unwrap();
        let refused = apart::rows(Cursor::new(said), Limits::default()).err().unwrap();
        assert_eq!(refused.code.to_string(), code, "{name}: {refused:?}");
    }
}
