//! The bag and the table in it: the bytes that leave are fixed before anything leaves.

use crate::testing::*;
use model::{Code, Op};
use std::process::Command;

fn part<'a>(encoded: &'a port::Encoded, name: &str) -> &'a [u8] {
    &encoded.parts.iter().find(|p| p.name == name).unwrap().bytes
}

#[tokio::test]
async fn the_table_is_the_golden_one_and_the_set_never_changes() {
    let bench = Bench::new("");
    let encoded = bench.adapter.encode(&outgoing(&CASES[..2]), &numbers(1)).unwrap();
    assert_eq!(encoded.number, "SW0302A1");
    assert_eq!(part(&encoded, "data/SW0302A1.DBF"), golden("SW0302A1.DBF"));
    let names: Vec<&str> = encoded.parts.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "bagit.txt",
            "bag-info.txt",
            "manifest-sha256.txt",
            "READ-ME.txt",
            "data/SW0302A1.DBF",
            "tagmanifest-sha256.txt",
            "signature.ed25519"
        ]
    );
    let carried: Vec<_> = encoded.parts.iter().map(|p| p.records.clone()).collect();
    assert_eq!(carried, [0..0, 0..0, 0..0, 0..0, 0..2, 0..0, 0..0]);
    let info = String::from_utf8(part(&encoded, "bag-info.txt").to_vec()).unwrap();
    assert_eq!(
        info,
        "Bagging-Date: 2026-03-02\nPayload-Oxum: 992.1\nBatch-Number: SW0302A1\nLedger-Batch: b1\nSender: haidian-1\nRecipient: ntax\nRows: 2\nControl-Sum: ZCZB 150.50\n"
    );
    // Another adapter, later, in another directory; another attempt number and token: the same bytes.
    let mut rows = outgoing(&CASES[..2]);
    rows.records[0].token = "other".into();
    rows.records[0].op = Op::Supplement;
    let mut later = numbers(1);
    later.at = 1_900_000_000_000;
    assert_eq!(Bench::new("").adapter.encode(&rows, &later).unwrap(), encoded);
    assert_ne!(bench.adapter.encode(&rows, &numbers(2)).unwrap().parts, encoded.parts);
}

#[tokio::test]
async fn rows_that_do_not_fit_are_named_and_nothing_is_encoded() {
    let bench = Bench::new("");
    for (slot, value, code, column) in [
        (1, "长".repeat(41), Code::ETooLong, "NSRMC"),
        (4, "姓".repeat(16), Code::ETooLong, "FDDBR"),
        (4, "张㛃".to_owned(), Code::EUnmappable, "FDDBR"),
        (8, "100.005".to_owned(), Code::EScale, "ZCZB"),
        (8, "1e3".to_owned(), Code::EFormat, "ZCZB"),
        (10, "20260230".to_owned(), Code::EDate, "DJRQ"),
    ] {
        let mut rows = outgoing(&CASES);
        rows.rows[1].cells[slot] = Some(value.clone().into());
        let misfits = bench.adapter.encode(&rows, &numbers(1)).unwrap_err().misfits();
        assert_eq!(misfits.len(), 1, "{column}");
        let finding = &misfits[0].findings[0];
        assert_eq!(
            (misfits[0].record, finding.code, finding.place.column.as_deref()),
            (1, code, Some(column))
        );
        let told = format!("{finding:?}");
        assert!(
            value.chars().count() < 3 || !told.contains(&value),
            "a value is told: {told}"
        );
    }
}

#[tokio::test]
async fn a_day_with_too_many_batches_says_so_and_blames_no_row() {
    let misfits = Bench::new("")
        .adapter
        .encode(&outgoing(&CASES), &numbers(235))
        .unwrap_err()
        .misfits();
    assert_eq!(
        misfits
            .iter()
            .map(|m| (m.record, m.findings[0].code))
            .collect::<Vec<_>>(),
        [(CASES.len(), Code::EFileName)]
    );
    assert_eq!(
        Bench::new("")
            .adapter
            .encode(&outgoing(&CASES), &numbers(234))
            .unwrap()
            .number,
        "SW0302Z9"
    );
}

/// A checker that shares nothing with this program: the standard, in thirty lines of another language.
const CHECKER: &str = r#"
import hashlib, pathlib, sys
bag = pathlib.Path(sys.argv[1])
assert bag.joinpath("bagit.txt").read_bytes() == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
def check(manifest):
    listed = {}
    for line in bag.joinpath(manifest).read_text("utf-8").splitlines():
        digest, path = line.split(None, 1)
        assert path not in listed, path
        listed[path] = digest
        assert hashlib.sha256(bag.joinpath(path).read_bytes()).hexdigest() == digest, path
    return listed
payload = check("manifest-sha256.txt")
files = {str(p.relative_to(bag)) for p in bag.joinpath("data").rglob("*") if p.is_file()}
assert files == set(payload), files
tags = check("tagmanifest-sha256.txt")
assert {"bagit.txt", "bag-info.txt", "manifest-sha256.txt"} <= set(tags)
info = dict(l.split(": ", 1) for l in bag.joinpath("bag-info.txt").read_text("utf-8").splitlines())
octets = sum(bag.joinpath(p).stat().st_size for p in payload)
assert info["Payload-Oxum"] == f"{octets}.{len(payload)}", info
print("sound", info["Batch-Number"], info["Rows"])
"#;

#[tokio::test]
async fn a_strangers_checker_finds_the_set_sound_and_a_changed_one_not() {
    let bench = Bench::new("");
    let batch = bench.prepared(1, &CASES);
    bench.adapter.deliver(&batch).await.unwrap();
    let bag = bench.medium().join("SW0302A1");
    let check = || {
        Command::new("python3")
            .arg("-c")
            .arg(CHECKER)
            .arg(&bag)
            .output()
            .expect("python3 is needed for this test")
    };
    let output = check();
    assert!(output.status.success(), "{}", output.stderr.escape_ascii());
    assert_eq!(output.stdout, b"sound SW0302A1 3\n");
    std::fs::write(bag.join("bag-info.txt"), "Rows: 4\n").unwrap();
    assert!(!check().status.success());
}

#[test]
fn settings_that_cannot_work_are_named() {
    let judge = |text: &str| {
        let settings: crate::Settings = toml::from_str(text).unwrap();
        settings
            .judge(&channel(), &[submit_layout(), return_layout()])
            .iter()
            .map(|f| f.code)
            .collect::<Vec<_>>()
    };
    let good = "signing_key = { file = \"k\" }\nplain = \"reason\"\n";
    assert_eq!(judge(good), []);
    assert_eq!(judge("signing_key = { file = \"k\" }"), [Code::SPlain]);
    assert_eq!(judge("signing_key = { file = \"k\" }\nplain = \"  \""), [Code::SPlain]);
    for wrong in [
        "out_prefix = \"sw\"",
        "out_prefix = \"SWX\"",
        "return_prefix = \"SW\"",
        "control_sum = \"NSRMC\"",
        "control_sum = \"NONE\"",
        "sender = \" \"",
        "recipient = \"a\\nSender: b\"",
        "public_keys = { ntax = \"zz\" }",
        "public_keys = { ntax = [] }",
        "max_bytes = \"4095 B\"",
        "max_bytes = \"32 MiB\"",
        &format!("public_keys = {{ ntax = [\"{SEED}\", \"zz\"] }}"),
    ] {
        assert_eq!(judge(&format!("{good}{wrong}")), [Code::SChannelSetting], "{wrong}");
    }
    let mut layout = submit_layout();
    layout.fields[1].kind = Some("N40.2".into());
    layout.fields[2].kind = None;
    layout.fields[3].name = "ORGANISATION".into();
    let found = settings("").judge(&channel(), &[layout, return_layout()]);
    assert_eq!(
        found.iter().map(|f| f.code).collect::<Vec<_>>(),
        [Code::SChannelSetting, Code::SChannelSetting, Code::SFieldName]
    );
    for encoding in ["utf-16", "utf-16le", "utf-16be"] {
        let mut layout = return_layout();
        layout.encoding = encoding.into();
        let found = settings("").judge(&channel(), &[submit_layout(), layout]);
        let told: Vec<_> = found.iter().map(|f| (f.code, f.args[0].1.as_str())).collect();
        assert_eq!(told, [(Code::SChannelSetting, "layouts.return.encoding")], "{encoding}");
    }
    assert!(toml::from_str::<crate::Settings>(&format!("{good}plan = \"typo\"")).is_err());
}
