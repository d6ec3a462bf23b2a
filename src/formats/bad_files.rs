//! Every bad file of `fixtures/bad`, with exactly what is said about it. A file without a line here fails the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::csv::{CsvReadOptions, CsvReader};
use crate::dbf::{DbfReadOptions, DbfReader};
use crate::json::{JsonReadOptions, JsonReader, Records};
use crate::testing::{All, fixture, input, read_all};
use crate::xml::{Many, Path, XmlReadOptions, XmlReader};
use crate::{Columns, Encoding};

const TABLE: &str = include_str!("bad_files.txt");

fn read(path: &str) -> All {
    let bytes = fixture(&format!("bad/{path}"));
    match path.split_once('/').unwrap().0 {
        "csv" => {
            let mut options = CsvReadOptions::new(Encoding::Gbk);
            options.columns = Columns::exactly(["业务编号", "处理结果", "说明"]);
            read_all(CsvReader::open(input(&bytes), options))
        }
        "dbf" => read_all(DbfReader::open(
            input(&bytes),
            bytes.len() as u64,
            DbfReadOptions::new(Encoding::Gbk),
        )),
        "xml" => {
            let path = Path::plain("Results/Result");
            let mut options = XmlReadOptions::new(Encoding::Gb18030, path, Many::Any);
            options.columns = Columns::exactly(["YWBH", "CLJG", "SM"]);
            read_all(XmlReader::open(input(&bytes), options))
        }
        _ => {
            let mut options = JsonReadOptions::new(Records::List("items".into()));
            options.columns = Columns::exactly(["seq", "caseNo", "legalRep.name"]);
            read_all(JsonReader::open(input(&bytes), options))
        }
    }
}

fn files() -> Vec<String> {
    let mut files = Vec::new();
    for format in ["csv", "dbf", "json", "xml"] {
        let folder = format!("{}/../../fixtures/bad/{format}", env!("CARGO_MANIFEST_DIR"));
        let names = std::fs::read_dir(folder)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap());
        files.extend(names.map(|n| format!("{format}/{n}")));
    }
    files.sort();
    files
}

#[test]
fn every_bad_file_is_told_as_the_table_says() {
    let found: Vec<String> = files()
        .iter()
        .map(|f| format!("{f}: {}", read(f).facts().join(" · ")))
        .collect();
    let wanted: Vec<&str> = TABLE.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).collect();
    for (found, wanted) in found.iter().zip(&wanted) {
        assert_eq!(found, wanted);
    }
    assert_eq!(found.len(), wanted.len(), "{found:#?}");
}
