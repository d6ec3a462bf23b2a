#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::settings::Settings;
use model::BatchId;
use port::RowAnswer;

fn of(token: &str) -> Of<'_> {
    Of { sm3: "5e1f", token }
}

fn text(format: &str, encoding: Encoding, answer: &Answer) -> String {
    let settings = format!("transport = \"directory\"\nroot = \"/srv/front\"\nformat = \"{format}\"");
    let settings: Settings = toml::from_str(&settings).unwrap();
    let receipt = write(Files::of(&settings), encoding, of("00ff"), answer).unwrap();
    let end = if format == "jsonl" { "jsonl" } else { "csv" };
    assert_eq!(receipt.extension, format!(".receipt.{end}"));
    encoding.decode(&receipt.bytes).unwrap()
}

fn row(line: u64, case_no: &str, code: &str, message: &str) -> RowAnswer {
    RowAnswer {
        line,
        case_no: case_no.to_owned(),
        code: code.to_owned(),
        message: message.to_owned(),
    }
}

fn answer(verdict: BatchVerdict, code: &str, findings: Vec<Finding>, rows: Vec<RowAnswer>) -> Answer {
    Answer {
        verdict,
        batch: BatchId(7),
        code: code.to_owned(),
        findings,
        rows: rows.into(),
        anchor: None,
    }
}

fn repeated() -> Finding {
    Finding::new(Code::ERepeated)
        .with("number", "X_0001")
        .with("when", "2026-03-16 18:30:00")
}

fn two_rows() -> Vec<RowAnswer> {
    let wrong = "“注册号”的校验位不符";
    vec![row(1, "", GOOD, ""), row(2, "110108202603020000027", "2003", wrong)]
}

#[test]
fn one_line_for_the_whole_and_one_for_each_row() {
    let expect = "\"行号\",\"业务编号\",\"返回码\",\"返回信息\"\r\n\
                  \"0\",\"\",\"0000\",\"已接收，共2行，返回码不是0000的1行；SM3 5e1f；认领号 00ff\"\r\n\
                  \"1\",\"\",\"0000\",\"\"\r\n\
                  \"2\",\"110108202603020000027\",\"2003\",\"“注册号”的校验位不符\"\r\n";
    let accepted = answer(BatchVerdict::Accepted, GOOD, vec![], two_rows());
    for format in ["csv", "fixed", "xml"] {
        assert_eq!(text(format, Encoding::Gbk, &accepted), expect, "{format}");
    }
    let why = Finding::new(Code::EFileCount).with("declared", 3).with("found", 2);
    let refused = answer(BatchVerdict::Refused, "1003", vec![why.clone()], vec![]);
    let whole = text("csv", Encoding::Gbk, &refused);
    let sentence = why.sentence(Lang::Zh);
    assert!(
        whole.ends_with(&format!(
            "\"0\",\"\",\"1003\",\"整份拒收，未产生任何效果；SM3 5e1f；认领号 00ff；{sentence}\"\r\n"
        )),
        "{whole}"
    );
}

#[test]
fn json_lines_are_answered_in_json_lines() {
    let accepted = answer(BatchVerdict::Accepted, GOOD, vec![], two_rows());
    let text = text("jsonl", Encoding::Utf8, &accepted);
    let lines: Vec<serde_json::Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!((&lines[0]["行号"], &lines[0]["返回码"]), (&"0".into(), &GOOD.into()));
    assert_eq!(lines[2]["业务编号"], "110108202603020000027");
    assert_eq!(lines[2]["返回信息"], "“注册号”的校验位不符");
}

/// What the ledger answers when it is asked again differs by the repeat alone, and the receipt not at all.
#[test]
fn the_same_verdict_has_the_same_receipt_for_ever() {
    let why = Finding::new(Code::EFileHash).with("declared", "a").with("found", "b");
    let reused = Finding::new(Code::ENumberReused).with("number", "X_0001").file("X.csv");
    let table = [
        (
            answer(BatchVerdict::Accepted, GOOD, vec![], two_rows()),
            answer(BatchVerdict::Repeat, "1005", vec![repeated()], two_rows()),
        ),
        (
            answer(BatchVerdict::Refused, "1002", vec![why.clone()], vec![]),
            answer(BatchVerdict::Refused, "1002", vec![why, repeated()], vec![]),
        ),
        (
            answer(BatchVerdict::Quarantined, "1005", vec![reused], vec![]),
            answer(BatchVerdict::Quarantined, "1005", vec![repeated()], vec![]),
        ),
    ];
    let mut all = Vec::new();
    for (first, again) in table {
        let text = text("csv", Encoding::Gbk, &first);
        assert_eq!(text, self::text("csv", Encoding::Gbk, &again));
        assert!(!all.contains(&text));
        all.push(text);
    }
    assert!(
        all[2].contains("整份隔离待查") && all[2].contains("改用新批次号重发"),
        "{}",
        all[2]
    );
}

/// Who answered is told; what was answered is what counts.
#[test]
fn another_holder_that_says_the_same_has_said_it() {
    let settings: Settings =
        toml::from_str("transport = \"directory\"\nroot = \"/srv/front\"\nformat = \"csv\"").unwrap();
    let receipt = |token: &str, answer: &Answer| write(Files::of(&settings), Encoding::Gbk, of(token), answer).unwrap();
    let accepted = answer(BatchVerdict::Accepted, GOOD, vec![], two_rows());
    let ours = receipt("00ff", &accepted);
    let theirs = receipt("a07e", &accepted);
    assert_ne!(ours.bytes, theirs.bytes);
    assert!(ours.says(&ours.bytes) && ours.says(&theirs.bytes) && theirs.says(&ours.bytes));
    let mut rows = two_rows();
    rows[1].code = "2004".to_owned();
    let otherwise = receipt("00ff", &answer(BatchVerdict::Accepted, GOOD, vec![], rows));
    assert_eq!(otherwise.bytes.len(), ours.bytes.len());
    assert!(!ours.says(&otherwise.bytes) && !ours.says(&ours.bytes[1..]) && !ours.says(&[]));
    let old = receipt("", &accepted);
    assert!(old.says(&old.bytes) && !old.says(&ours.bytes));
}

#[test]
fn what_the_encoding_lacks_stands_there_by_its_number() {
    let rows = vec![row(1, "a\r\nb", "2004", "代码“㛃😀”\"未知\"\0")];
    let accepted = answer(BatchVerdict::Accepted, GOOD, vec![], rows);
    let gbk = text("csv", Encoding::Gbk, &accepted);
    assert!(
        gbk.ends_with("\"1\",\"a  b\",\"2004\",\"代码“U+36C3U+1F600”\"\"未知\"\" \"\r\n"),
        "{gbk}"
    );
    let utf8 = text("csv", Encoding::Utf8, &accepted);
    assert!(utf8.contains("代码“㛃😀”"), "{utf8}");
}

#[test]
fn what_vouches_for_the_entry_stands_in_it_and_another_nodes_says_the_same() {
    let settings = "transport = \"directory\"\nroot = \"/srv/front\"\nformat = \"csv\"";
    let settings: Settings = toml::from_str(settings).unwrap();
    let receipt = |anchor: Option<&str>| {
        let mut answer = answer(BatchVerdict::Accepted, GOOD, vec![], two_rows());
        answer.anchor = anchor.map(str::to_owned);
        write(Files::of(&settings), Encoding::Utf8, of("00ff"), &answer).unwrap()
    };
    let (ours, theirs, none) = (receipt(Some("th1:0aZ_")), receipt(Some("th1:1b0-")), receipt(None));
    let text = String::from_utf8(ours.bytes.clone()).unwrap();
    assert!(text.contains("；账本 th1:0aZ_"), "{text}");
    assert!(ours.says(&theirs.bytes) && theirs.says(&ours.bytes) && ours.says(&ours.bytes));
    assert!(!ours.says(&none.bytes));
}
