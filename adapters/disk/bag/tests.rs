#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;

#[test]
fn paths_stay_inside() {
    for (path, inside) in [
        ("data/HP0302A1.DBF", true),
        ("bagit.txt", true),
        ("data/../../etc/passwd", false),
        ("/etc/passwd", false),
        ("data//x", false),
        ("data/.hidden", false),
        ("data\\x", false),
        ("data/a b", false),
        ("data/a%0Ab", false),
        ("~/x", false),
        (&"a".repeat(120), true),
        (&"a".repeat(121), false),
        ("", false),
    ] {
        assert_eq!(is_inside(path), inside, "{path}");
        let line = format!("{}  {path}\n", "0".repeat(64));
        assert_eq!(manifest("m", line.as_bytes()).is_ok(), inside, "{path}");
    }
}

#[test]
fn manifests_are_read_as_other_tools_write_them() {
    let digest = "ab".repeat(32);
    for line in [
        format!("{digest}  data/x"),
        format!("{digest} *data/x\r"),
        format!("{}\tdata/x\r", digest.to_uppercase()),
    ] {
        let entries = manifest("m", format!("{line}\n\n").as_bytes()).unwrap();
        assert_eq!(entries.get("data/x"), Some(&[0xab; 32]), "{line:?}");
    }
    for wrong in [
        "data/x",
        "ab  data/x",
        &format!("{digest}  data/x\n{digest}  data/x"),
        "\u{0}",
    ] {
        assert_eq!(
            manifest("m", wrong.as_bytes()).unwrap_err().code,
            Code::EStructure,
            "{wrong:?}"
        );
    }
    assert!(manifest("m", b"\xff").is_err());
}

#[test]
fn labels_fold_and_never_repeat() {
    let read = labels("i", b"Sender: ntax\r\nRecipient:  node 1 \n  and more\n\n").unwrap();
    assert_eq!(
        (read["Sender"].as_str(), read["Recipient"].as_str()),
        ("ntax", "node 1 and more")
    );
    for wrong in ["Sender: a\nSender: b", "no colon", "  folded first"] {
        assert_eq!(
            labels("i", wrong.as_bytes()).unwrap_err().code,
            Code::EStructure,
            "{wrong}"
        );
    }
}
