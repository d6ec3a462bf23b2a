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
