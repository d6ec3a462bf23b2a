//! Personal values: shown to nobody who does not say who they are and why, and lying nowhere in clear.

use super::daemon::Daemon;
use super::played::{Played, questions};
use super::say::{ask, forms};
use departments::cases::submission;
use journal::{Journal, JournalError, Limits, NodeKey};
use ledger::{Event, codec};
use seams::{DirStorage, SystemRng};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// What must be found nowhere: numbers of people and telephones, and names.
fn secrets() -> BTreeSet<String> {
    let mut secrets = BTreeSet::new();
    for n in 1..=13 {
        let items = submission(n)["items"].clone();
        for item in ["rep_id_no", "rep_tel", "rep_name"] {
            secrets.insert(items[item].as_str().unwrap().to_owned());
        }
        for item in ["inv_id_no", "inv_name"] {
            secrets.extend(
                items[item]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|v| v.as_str().unwrap().to_owned()),
            );
        }
    }
    secrets
}

fn found_in(bytes: &[u8], secrets: &BTreeSet<String>) -> Vec<String> {
    let here = |secret: &&String| bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
    secrets.iter().filter(here).cloned().collect()
}

fn files(dir: &Path, all: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, all);
        } else if path.is_file() {
            all.push(path);
        }
    }
}

/// Every security-relevant act in the journal: who did what to what, and why.
fn acts(played: &Played) -> Vec<(String, String, String, String)> {
    let storage = Arc::new(DirStorage::open(&played.data.join("journal")).unwrap());
    let key = NodeKey::parse(&fs::read_to_string(played.dir().join("keys/node.key")).unwrap()).unwrap();
    let (journal, _) = Journal::open(storage, &key, Limits::default(), Arc::new(SystemRng::new())).unwrap();
    let mut acts = Vec::new();
    journal
        .replay::<JournalError>(1, |group| {
            for entry in group.entries.iter().filter(|e| e.kind < journal::KIND_RESERVED) {
                if let Event::Audit {
                    person,
                    action,
                    object,
                    result,
                } = codec::decode(entry.body.unwrap()).unwrap()
                {
                    acts.push((person.name, action, object, result));
                }
            }
            Ok(())
        })
        .unwrap();
    acts
}

#[test]
fn nothing_personal_is_shown_or_lies_about() {
    let played = Played::new();
    let secrets = secrets();
    assert!(secrets.len() > 20);
    let daemon = Daemon::start(&played.config, &played.dir().join("log"));
    for words in questions() {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        for (form, said) in forms(&played.config, &words) {
            let shown = found_in((said.out + &said.err).as_bytes(), &secrets);
            assert_eq!(shown, Vec::<String>::new(), "{words:?} {form}");
        }
    }
    // A reason alone is not enough, nor a name alone that nobody knows.
    let no = Played::case(1);
    let reveal = ["case", &no, "--reveal", "核对材料"];
    for more in [&["--json"][..], &["--as", "nobody"], &["--as", ""]] {
        let said = ask(&played.config, &[&reveal, more].concat());
        assert_eq!(said.code, 1, "{said:?}");
        assert_eq!(
            found_in((said.out + &said.err).as_bytes(), &secrets),
            Vec::<String>::new()
        );
    }
    let log = daemon.end();
    assert!(log.contains("ready"), "{log}");
    assert_eq!(
        found_in(log.as_bytes(), &secrets),
        Vec::<String>::new(),
        "the daemon's log"
    );
    assert!(acts(&played).iter().all(|a| a.1 != "reveal"));
    let mut all = Vec::new();
    files(&played.data, &mut all);
    assert!(all.iter().any(|p| p.ends_with("index/db")) && all.len() > 3, "{all:?}");
    for file in all {
        let shown = found_in(&fs::read(&file).unwrap(), &secrets);
        assert_eq!(shown, Vec::<String>::new(), "{}", file.display());
    }
}

#[test]
fn revealed_with_a_reason_and_a_name_and_written_down() {
    let played = Played::new();
    let no = Played::case(1);
    let items = submission(1)["items"].clone();
    for (more, reason) in [
        (vec![], "核对材料"),
        (vec!["--json"], "投诉复查"),
        (vec!["--lang", "en"], "third time"),
    ] {
        let words = [vec!["case", no.as_str(), "--reveal", reason, "--as", "张三"], more].concat();
        let said = ask(&played.config, &words);
        assert_eq!(said.code, 0, "{said:?}");
        for item in ["rep_id_no", "rep_tel", "rep_name"] {
            assert!(said.out.contains(items[item].as_str().unwrap()), "{item}: {}", said.out);
        }
        let act = ("张三".to_owned(), "reveal".to_owned(), no.clone(), reason.to_owned());
        assert_eq!(acts(&played).last(), Some(&act));
    }
    // What cannot be shown is no act.
    let before = acts(&played).len();
    let said = ask(
        &played.config,
        &["case", "110108202603020000999", "--reveal", "r", "--as", "张三"],
    );
    assert_eq!((said.code, acts(&played).len()), (1, before), "{said:?}");
}

/// What is audited is heard elsewhere too, and what cannot be heard is audited all the same.
#[test]
fn an_act_is_told_to_another_machine_as_well() {
    let played = Played::new();
    let collector = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    collector
        .set_read_timeout(Some(std::time::Duration::from_secs(60)))
        .unwrap();
    let file = played.config.join("tanghulu.toml");
    let text = fs::read_to_string(&file).unwrap();
    let audit = |place: &str| {
        let log = format!("[log]\naudit = \"{place}\"");
        fs::write(&file, text.replace("[log]", &log)).unwrap();
    };
    let reveal = |reason: &str| {
        ask(
            &played.config,
            &["case", &Played::case(1), "--reveal", reason, "--as", "张三"],
        )
    };
    audit(&format!("udp:{}", collector.local_addr().unwrap()));
    assert_eq!(reveal("电话核实").code, 0);
    let mut heard = [0; 4096];
    let n = collector.recv(&mut heard).unwrap();
    let heard = String::from_utf8(heard[..n].to_vec()).unwrap();
    for part in [
        "<109>1 ",
        "action=\"reveal\"",
        "person=\"张三\"",
        &Played::case(1),
        "result=\"电话核实\"",
    ] {
        assert!(heard.contains(part), "{part}: {heard}");
    }
    audit("unix:/nowhere/log");
    assert_eq!(reveal("再次核实").code, 0);
    let acts = acts(&played);
    for reason in ["电话核实", "再次核实"] {
        assert!(acts.iter().any(|act| act.3 == reason), "{reason}: {acts:?}");
    }
}
