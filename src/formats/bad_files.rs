//! Every bad file of `fixtures/bad`, with exactly what is said about it, and a sample of each made good by its remedy.
//!
//! Most were written by other programs (`strangers/`), for no program of ours would make the faults they make. A file
//! without a line in the table fails the test, and so does a code without a remedy that was shown to work.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::csv::{CsvReadOptions, CsvReader};
use crate::dbf::{DbfReadOptions, DbfReader};
use crate::fixed::FixedReader;
use crate::json::{JsonReadOptions, JsonReader, Records};
use crate::sheet::SheetReader;
use crate::testing::{All, fixture, input, read_all};
use crate::xml::{Many, Path, XmlReadOptions, XmlReader};
use crate::{Columns, Encoding};
use model::{Code, Lang};
use std::collections::{BTreeMap, BTreeSet};

mod kinds;
mod remedies;

const TABLE: &str = include_str!("bad_files.txt");
const MENDED: &str = include_str!("mended_files.txt");
const FORMATS: [&str; 7] = ["csv", "dbf", "fixed", "json", "jsonl", "xlsx", "xml"];

/// A file below `fixtures/`, read as the interface of its format says.
fn read(format: &str, path: &str) -> All {
    read_bytes(format, path, &fixture(path))
}

fn read_bytes(format: &str, path: &str, bytes: &[u8]) -> All {
    match format {
        "csv" => {
            let mut options = CsvReadOptions::new(Encoding::Gbk);
            options.columns = Columns::exactly(["业务编号", "处理结果", "说明"]);
            read_all(CsvReader::open(input(bytes), options))
        }
        "dbf" => {
            let mut options = DbfReadOptions::new(Encoding::Gbk);
            // The one file that is no register but the answer to it.
            if !path.ends_with("DELETED.DBF") {
                options.columns = Columns::exactly([
                    "YWBH", "NSRMC", "ZCH", "ZZJGDM", "FDDBR", "SFZHM", "ZCDZ", "LXDH", "ZCZB", "HYDM", "DJRQ",
                ]);
            }
            read_all(DbfReader::open(input(bytes), bytes.len() as u64, options))
        }
        "fixed" => read_all(FixedReader::open(input(bytes), crate::fixed::tests::options(b'D'))),
        "xml" => {
            let path = Path::plain("Results/Result");
            let mut options = XmlReadOptions::new(Encoding::Gb18030, path, Many::Any);
            options.columns = Columns::exactly(["YWBH", "CLJG", "SM"]);
            read_all(XmlReader::open(input(bytes), options))
        }
        "xlsx" => read_all(SheetReader::open(bytes, crate::sheet::testing::returned())),
        _ => {
            let records = match format {
                "jsonl" => Records::Lines,
                _ => Records::List("items".into()),
            };
            let mut options = JsonReadOptions::new(records);
            options.columns = Columns::exactly(["seq", "caseNo", "legalRep.name"]);
            read_all(JsonReader::open(input(bytes), options))
        }
    }
}

/// The format of a file by its folder, whoever made it.
fn format_of(path: &str) -> &str {
    path.strip_prefix("strangers/")
        .unwrap_or(path)
        .split_once('/')
        .unwrap()
        .0
}

fn files() -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    for maker in ["", "strangers/"] {
        for format in FORMATS {
            let folder = format!("{}/../../fixtures/bad/{maker}{format}", env!("CARGO_MANIFEST_DIR"));
            let names = std::fs::read_dir(folder)
                .unwrap()
                .map(|e| e.unwrap().file_name().into_string().unwrap());
            files.extend(names.map(|n| format!("{maker}{format}/{n}")));
        }
    }
    files
}

fn lines(table: &str) -> impl Iterator<Item = (&str, &str)> {
    table
        .lines()
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
        .map(|l| l.split_once(": ").unwrap())
}

/// What the table says of each file.
fn wanted() -> BTreeMap<&'static str, &'static str> {
    let mut wanted = BTreeMap::new();
    for (path, verdict) in lines(TABLE) {
        assert!(wanted.insert(path, verdict).is_none(), "{path} stands there twice");
    }
    wanted
}

/// The codes of a verdict.
fn codes(verdict: &str) -> impl Iterator<Item = &str> {
    verdict
        .split(' ')
        .filter(|w| w.starts_with("E_") || w.starts_with("W_"))
}

#[test]
fn every_bad_file_is_told_as_the_table_says() {
    let wanted = wanted();
    let mut wrong = Vec::new();
    for file in files() {
        let found = read(format_of(&file), &format!("bad/{file}")).facts().join(" · ");
        if wanted.get(file.as_str()) != Some(&found.as_str()) {
            wrong.push(format!("{file}: {found}"));
        }
    }
    assert!(wrong.is_empty(), "told otherwise:\n{}", wrong.join("\n"));
    let files = files();
    let gone: Vec<_> = wanted.keys().filter(|path| !files.contains(**path)).collect();
    assert!(gone.is_empty(), "no such file: {gone:?}");
}

/// Who made a file is said twice: above it in the table and in its name.
#[test]
fn every_stranger_stands_below_its_maker() {
    let (mut maker, mut makers) = ("", BTreeSet::new());
    for line in TABLE.lines() {
        if let Some((name, version)) = line.strip_prefix("# by ").and_then(|l| l.split_once(": ")) {
            assert!(!version.is_empty() && makers.insert(name), "{name}");
            maker = name;
        }
        if let Some((path, _)) = line.split_once(": ").filter(|(p, _)| p.starts_with("strangers/")) {
            let name = path.rsplit('/').next().unwrap();
            assert_eq!(name.split(['_', '.']).next(), Some(maker), "{path}");
        }
    }
    assert!(makers.len() >= 15, "{makers:?}");
}

/// Most are bad, and more than a hundred bad ones were made by programs that know nothing of this one.
#[test]
fn the_table_is_large_and_strangers_made_much_of_it() {
    let wanted = wanted();
    let bad = |path: &&str| codes(wanted[*path]).any(|c| c.starts_with("E_"));
    let told = |path: &&str| codes(wanted[*path]).next().is_some();
    let strange: Vec<&str> = wanted.keys().copied().filter(|p| p.starts_with("strangers/")).collect();
    assert!(wanted.len() >= 300, "{}", wanted.len());
    assert!(strange.iter().filter(|p| bad(p)).count() >= 100);
    assert!(wanted.keys().filter(|p| told(p)).count() * 4 > wanted.len() * 3);
    for format in FORMATS {
        let made = strange.iter().filter(|p| format_of(p) == format && bad(p)).count();
        assert!(made >= 5, "{format}: {made}");
    }
}

/// For every code and format of the table a file to which the remedy was applied: nothing is refused any more, the code
/// is gone, and what was taken before is still there.
#[test]
fn every_code_of_the_table_has_a_remedy_that_works() {
    let wanted = wanted();
    let needed: BTreeSet<(&str, &str)> = wanted
        .iter()
        .flat_map(|(path, verdict)| codes(verdict).map(|code| (format_of(path), code)))
        .collect();
    let mut shown = BTreeSet::new();
    for (bad, rest) in lines(MENDED) {
        let (code, mended) = rest.split_once(" -> ").unwrap();
        let format = format_of(bad);
        let before = read(format, &format!("bad/{bad}"));
        let after = read(format, mended);
        let facts = after.facts().join(" · ");
        assert!(codes(wanted[bad]).any(|c| c == code), "{bad} has no {code}");
        assert!(after.bad.is_empty() && after.refused.is_none(), "{mended}: {facts}");
        assert!(codes(&facts).all(|c| c != code), "{mended} still has {code}: {facts}");
        assert!(!after.rows.is_empty(), "{mended} has no rows");
        // A private character is taken as it is; its remedy is another value.
        let rows = after.texts();
        for row in before.texts().into_iter().filter(|_| code != "W_PUA") {
            assert!(rows.contains(&row), "{bad}: {row:?} is not in {mended}");
        }
        assert!(shown.insert((format, code)), "{format} {code} is shown twice");
    }
    let missing: Vec<_> = needed.difference(&shown).collect();
    assert!(missing.is_empty(), "no mended file: {missing:?}");
}

#[test]
fn every_code_of_the_table_says_what_to_do() {
    let all: BTreeSet<&str> = wanted().values().flat_map(|v| codes(v)).collect();
    for word in all {
        let code = Code::from_word(word).unwrap();
        for lang in [Lang::Zh, Lang::En] {
            assert!(!code.what(lang).is_empty(), "{word} has no {lang:?} text");
            assert!(!code.remedy(lang).is_empty(), "{word} has no {lang:?} remedy");
        }
    }
}
