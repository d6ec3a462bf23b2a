//! `preview`: what a department's file would bring, good rows and bad, with nothing taken in.

use super::normal::Normal;
use super::say::{ask, compare, golden};
use departments::cases;
use departments::play::{self, config};
use formats::Encoding;
use seams::{Clock, SystemClock, TokioSpawn};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

struct Office {
    dir: TempDir,
    config: PathBuf,
    normal: Normal,
}

impl Office {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let spawn = Arc::new(TokioSpawn::new(runtime.handle().clone()));
        let endpoints = runtime.block_on(async {
            let world = play::open(dir.path(), 1, clock, spawn.clone()).await.unwrap();
            world.endpoints("127.0.0.1:0")
        });
        spawn.abort_all();
        config::write(dir.path(), &endpoints).unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR"));
        let normal = Normal::new(dir.path()).place(source, "SOURCE");
        Self {
            config: dir.path().join("config"),
            normal,
            dir,
        }
    }

    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.dir.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }

    fn golden(&self, name: &str, dept: &str, file: &str, code: i32) {
        golden(
            &format!("preview_{name}"),
            &self.config,
            &["preview", dept, file],
            code,
            &self.normal,
        );
    }
}

fn source(path: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path).display().to_string()
}

/// A result file of the local tax bureau: one good row, then one for each thing that can be wrong with a row.
fn results() -> Vec<u8> {
    let no = cases::case_no;
    let wrong = no(2).replace("0302", "0303");
    let lines = [
        "业务编号,税务登记证号,主管税务所,登记日期,处理结果,说明".to_owned(),
        format!("{},110108100000016,第一税务所,2026-03-17,办结,", no(1)),
        format!("{wrong},110108100000024,第一税务所,2026-03-17,办结,"),
        format!("{},110108100000032,第一税务所,2026-02-30,办结,", no(3)),
        format!("{},110108100000040,第一税务所,2026-03-17,办了,", no(4)),
        format!("{},,,2026-03-17,退件,材料不全", no(5)),
        format!(",110108100000067,第一税务所,2026-03-17,办结,{}", no(6)),
    ];
    Encoding::from_word("gbk")
        .unwrap()
        .encode(&(lines.join("\r\n") + "\r\n"))
        .unwrap()
}

#[test]
fn good_rows_and_bad_before_anything_is_taken_in() {
    let office = Office::new();
    let results = office.file("LTAX_HUB_DJJG_20260317_0001.csv", &results());
    office.golden("ltax", "ltax", &results, 1);
    let name = office.file("results.csv", b"");
    office.golden("ltax_name", "ltax", &name, 1);
    let cut = &fs::read(&results).unwrap()[..100];
    let cut = office.file("LTAX_HUB_DJJG_20260317_0002.csv", cut);
    office.golden("ltax_cut", "ltax", &cut, 1);
    let utf8 = office.file(
        "LTAX_HUB_DJJG_20260317_0003.csv",
        "业务编号,处理结果\r\n1,办结\r\n".as_bytes(),
    );
    office.golden("ltax_utf8", "ltax", &utf8, 1);
    office.golden("ntax", "ntax", &source("fixtures/files/ntax/HP0302A1.DBF"), 0);
    let broken = fs::read(source("fixtures/files/ntax/HP0302A1.DBF")).unwrap();
    let stick = office.file("HP0302A2.DBF", &broken[..broken.len() - 40]);
    office.golden("ntax_cut", "ntax", &stick, 1);
    let mut case = cases::submission(1);
    let good = office.file("case.json", case.to_string().as_bytes());
    office.golden("hub", "hub", &good, 0);
    case["items"]["rep_id_no"] = "110199197602020021".into();
    case["items"]["colour"] = "red".into();
    let bad = office.file("bad.json", case.to_string().as_bytes());
    office.golden("hub_bad", "hub", &bad, 1);
    office.golden("nobody", "nobody", &good, 1);
    office.golden("nothing", "ltax", "/nowhere/LTAX_HUB_DJJG_20260317_0001.csv", 1);
    office.golden("keyed", "aic", &good, 1);
    assert!(!office.dir.path().join("data").exists(), "no ledger was made");
}

#[test]
fn every_row_unmasked_goes_to_a_file_of_its_own() {
    let office = Office::new();
    let case = cases::submission(1);
    let file = office.file("case.json", case.to_string().as_bytes());
    let out = office.dir.path().join("rows.jsonl");
    let words = [
        "preview",
        "hub",
        file.as_str(),
        "--all",
        "--out",
        out.to_str().unwrap(),
        "--json",
    ];
    let said = ask(&office.config, &words);
    assert_eq!(said.code, 0, "{said:?}");
    compare("preview_all", &office.normal.text(&said.out));
    let text = fs::read_to_string(&out).unwrap();
    let secret = case["items"]["rep_id_no"].as_str().unwrap();
    assert!(text.contains(secret) && !said.out.contains(secret));
    assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    // What is there is left alone.
    let again = ask(&office.config, &words);
    assert_eq!(again.code, 1, "{again:?}");
    assert_eq!(fs::read_to_string(&out).unwrap(), text);
}
