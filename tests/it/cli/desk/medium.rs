//! A medium as a courier holds it.

use super::Desk;
use std::fs;
use std::path::Path;
use std::process::Command;

/// What a courier holds, told before and after somebody changed a byte of it and put other things beside it.
pub(super) fn inspected(desk: &Desk, other: &Path, number: &str) {
    let look = |place: &Path| format!("disk inspect {}", place.display());
    desk.golden("inspect", &look(&desk.medium), 0);
    let empty = desk.dir.path().join("empty");
    fs::create_dir(&empty).unwrap();
    desk.golden("inspect_empty", &look(&empty), 0);
    desk.golden("inspect_no_stick", "disk inspect /nowhere/stick", 1);
    let set = other.join(number);
    let table = set.join(format!("data/{number}.DBF"));
    let mut bytes = fs::read(&table).unwrap();
    bytes[40] ^= 1;
    fs::write(&table, bytes).unwrap();
    fs::write(other.join("AUTORUN.INF"), "[autorun]").unwrap();
    fs::write(other.join(format!("HP{}.DBF", &number[2..])), "no table").unwrap();
    fs::create_dir(other.join("for-hrss")).unwrap();
    for name in ["bagit.txt", "bag-info.txt"] {
        let text = fs::read_to_string(set.join(name)).unwrap();
        fs::write(
            other.join("for-hrss").join(name),
            text.replace("Recipient: ntax", "Recipient: qts"),
        )
        .unwrap();
    }
    desk.golden("inspect_mixed", &look(other), 1);
}

/// Who has the disk: taken, not back in time, come back; what is printed for it, and that it cannot be taken back any more.
pub(super) fn carried(desk: &Desk, number: &str) {
    let log = format!("disk log {number}");
    desk.golden("log_nobody", &format!("{log} --returned"), 1);
    desk.golden("log_never_taken", &format!("{log} --returned --as 张三"), 1);
    desk.golden("log_no_copy", &format!("{log} --copy 3 --wiped --as 张三"), 1);
    desk.golden("log_unknown", "disk log SW0101A9 --wiped --as 张三", 1);
    desk.golden(
        "log_taken",
        &format!("{log} --copy 1 --taken-by 李四 --back-by 2020-01-01 --as 张三"),
        0,
    );
    desk.golden(
        "log_taken_twice",
        &format!("{log} --copy 1 --taken-by 王五 --as 张三"),
        1,
    );
    desk.golden("log_overdue", "disk log --overdue", 0);
    let page = |name: &str| desk.dir.path().join(name);
    let slip = page("slip.html");
    desk.golden("slip", &format!("disk slip {number} --to {}", slip.display()), 0);
    desk.golden(
        "slip_unknown",
        &format!("disk slip SW0101A9 --to {}", slip.display()),
        1,
    );
    let file = format!("{number}/tagmanifest-sha256.txt");
    let sum = Command::new("sha256sum").arg(desk.medium.join(&file)).output().unwrap();
    let sum = String::from_utf8(sum.stdout).unwrap()[..64].to_owned();
    let read = fs::read_to_string(&slip).unwrap();
    let aloud = format!("{} {} {} {}", &sum[..4], &sum[4..8], &sum[8..12], &sum[12..16]);
    let answer = format!("HP{}.DBF", &number[2..]);
    for text in [number, &file, &sum, &aloud, &answer] {
        assert!(read.contains(text), "{text} does not stand on the slip");
    }
    let reminder = page("reminder.html");
    desk.golden("remind", &format!("disk remind --to {}", reminder.display()), 0);
    let read = fs::read_to_string(&reminder).unwrap();
    assert!(read.contains(number) && read.contains("李四") && read.contains("2020-01-01"));
    desk.good(&format!("{log} --copy 1 --returned --as 张三"));
    desk.golden("log_back", "disk log", 0);
    desk.golden(
        "remind_nothing",
        &format!("disk remind --to {}", page("none.html").display()),
        0,
    );
    assert!(!page("none.html").exists());
    desk.golden(
        "cancel_carried",
        &format!("disk cancel {number} --reason 送错 --as 张三"),
        1,
    );
}

/// A disk is written, and taken back before anybody has it: what was on it waits for its turn again.
pub(super) fn cancelled(desk: &Desk, n: u32) {
    let stick = desk.dir.path().join("third");
    fs::create_dir(&stick).unwrap();
    desk.good(&format!("disk export ntax --to {} --as 张三", stick.display()));
    let log = desk.json("disk log");
    let number = log.as_array().unwrap().last().unwrap()["number"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(stick.join(&number).is_dir());
    let cancel = format!("disk cancel {number} --reason 送错 --as 张三");
    desk.golden("cancel_unknown", "disk cancel SW0101A9 --reason 送错 --as 张三", 1);
    desk.golden("cancel_nobody", &format!("disk cancel {number} --reason 送错"), 1);
    let away = desk.dir.path().join("away");
    fs::rename(&stick, &away).unwrap();
    desk.golden("cancel_no_stick", &cancel, 1);
    desk.once("cancel", &format!("{cancel} --from {} --lang zh", away.display()), 0);
    assert!(!away.join(&number).exists(), "it is off its medium");
    desk.golden("cancel_again", &format!("{cancel} --from {}", away.display()), 1);
    desk.waits(n, "ntax.reg", "turn");
    desk.golden("inspect_cancelled", &format!("disk inspect {}", away.display()), 0);
    desk.golden("log_cancelled", "disk log", 0);
    desk.golden(
        "export_cancelled",
        &format!("disk export ntax --to {} --again {number} --as 张三", away.display()),
        1,
    );
}
