//! A person's data are erased on demand: gone from every answer and from the journal itself, while account and chain stay.

use super::played::Played;
use super::say::{Said, ask};
use departments::cases::submission;
use journal::{Journal, JournalError, Limits, NodeKey};
use seams::{DirStorage, SystemRng};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::sync::Arc;

fn json(said: &Said) -> Value {
    serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:?}"))
}

/// How many bodies of the journal, opened with the node's key, hold a text.
fn bodies_with(played: &Played, text: &str) -> usize {
    let storage = Arc::new(DirStorage::open(&played.data.join("journal")).unwrap());
    let key = NodeKey::parse(&fs::read_to_string(played.dir().join("keys/node.key")).unwrap()).unwrap();
    let (journal, _) = Journal::open(storage, &key, Limits::default(), Arc::new(SystemRng::new())).unwrap();
    let mut found = 0;
    journal
        .replay::<JournalError>(1, |group| {
            let bodies = group.entries.iter().filter_map(|e| e.body);
            found += bodies
                .filter(|b| b.windows(text.len()).any(|w| w == text.as_bytes()))
                .count();
            Ok(())
        })
        .unwrap();
    found
}

#[test]
fn what_is_erased_is_in_no_answer_and_in_no_body() {
    let played = Played::new();
    let config = &played.config;
    let (case, secret) = (
        Played::case(1),
        submission(1)["items"]["rep_id_no"].as_str().unwrap().to_owned(),
    );
    let before = json(&ask(config, &["balance", "--json"]));
    let revealed = ask(config, &["case", &case, "--reveal", "核对", "--as", "张三"]);
    assert!(revealed.out.contains(&secret), "{revealed:?}");
    assert!(bodies_with(&played, &secret) > 0);

    for words in [
        &["ledger", "erase", &case, "--reason", "当事人申请"][..],
        &["ledger", "erase", &case, "--reason", "当事人申请", "--as", "nobody"],
        &[
            "ledger",
            "erase",
            "110108000000000000000",
            "--reason",
            "无此办件",
            "--as",
            "张三",
        ],
    ] {
        assert_eq!(ask(config, words).code, 1, "{words:?}");
    }
    let erased = ask(
        config,
        &["ledger", "erase", &case, "--reason", "当事人申请", "--as", "张三"],
    );
    assert_eq!((erased.code, erased.err.as_str()), (0, ""), "{erased:?}");

    let shown = json(&ask(config, &["case", &case, "--json"]));
    assert_eq!(shown["items"], Value::Array(Vec::new()));
    assert!(shown["erased"].is_i64() && !shown["obligations"].as_array().unwrap().is_empty());
    let revealed = ask(config, &["case", &case, "--reveal", "核对", "--as", "张三"]);
    assert!(!revealed.out.contains(&secret), "{revealed:?}");
    assert_eq!(bodies_with(&played, &secret), 0);
    assert_eq!(json(&ask(config, &["balance", "--json"])), before, "the account stays");

    let verified = json(&ask(config, &["ledger", "verify", "--json"]));
    assert_eq!(verified["intact"], true);
    assert!(!verified["erased"].as_array().unwrap().is_empty());
    // The index made again from what is left says the same.
    assert_eq!(ask(config, &["ledger", "rebuild", "--as", "张三"]).code, 0);
    assert_eq!(json(&ask(config, &["case", &case, "--json"])), shown);
    assert_eq!(json(&ask(config, &["balance", "--json"])), before);
    // Once more there is nothing to erase.
    let again = ask(config, &["ledger", "erase", &case, "--reason", "再次", "--as", "张三"]);
    assert_eq!(again.code, 1);
    assert!(again.err.contains("V_STATE"), "{again:?}");
}

#[test]
fn what_something_still_waits_for_stays_and_it_is_said_why() {
    let played = Played::new();
    let config = &played.config;
    // Refused for good by one department: somebody must deal with it first.
    let open = (1..=13).map(Played::case).find(|case| {
        let said = ask(config, &["ledger", "erase", case, "--reason", "到期", "--as", "张三"]);
        assert!(matches!(said.code, 0 | 1), "{said:?}");
        said.code == 1 && said.err.contains("L_NEEDED")
    });
    let open = open.expect("a case that is under way");
    let shown = json(&ask(config, &["case", &open, "--json"]));
    assert!(!shown["items"].as_array().unwrap().is_empty(), "nothing of it is gone");
}

#[test]
fn what_was_finished_long_ago_moves_into_an_archive_that_can_be_checked_for_ever() {
    let played = Played::new();
    let config = &played.config;
    let file = played.dir().join("2026.arc");
    let to = file.to_str().unwrap();
    let key = json(&ask(config, &["ledger", "stats", "--json"]))["public_key"]
        .as_str()
        .unwrap()
        .to_owned();
    let before = json(&ask(config, &["balance", "--json"]));
    let secret = submission(1)["items"]["rep_id_no"].as_str().unwrap().to_owned();

    let none = ask(
        config,
        &[
            "ledger",
            "archive",
            "--before",
            "2020-01-01",
            "--to",
            to,
            "--as",
            "张三",
        ],
    );
    assert_eq!(none.code, 1, "{none:?}");
    assert!(!file.exists());
    let line = [
        "ledger",
        "archive",
        "--before",
        "2099-01-01",
        "--to",
        to,
        "--as",
        "张三",
        "--json",
    ];
    let moved = json(&ask(config, &line));
    assert!(
        moved["cases"].as_u64().unwrap() >= 10 && moved["stayed"] == 0,
        "{moved}"
    );

    // The case is told as an account, its data are in the archive alone.
    let shown = json(&ask(config, &["case", &Played::case(1), "--json"]));
    assert!(shown["erased"].is_i64() && shown["items"] == Value::Array(Vec::new()));
    assert_eq!(bodies_with(&played, &secret), 0);
    assert_eq!(json(&ask(config, &["balance", "--json"])), before);
    assert_eq!(json(&ask(config, &["ledger", "verify", "--json"]))["intact"], true);
    let verify = |path: &str| {
        ask(
            Path::new("/nowhere"),
            &["ledger", "verify", path, "--public-key", &key, "--json"],
        )
    };
    let good = verify(to);
    let value = json(&good);
    assert_eq!(
        (good.code, &value["intact"], &value["digest"]),
        (0, &true.into(), &moved["archive"]["digest"])
    );
    assert_eq!(value["bodies"], moved["archive"]["bodies"]);
    // The node key opens it, years later and without the journal.
    let key = NodeKey::parse(&fs::read_to_string(played.dir().join("keys/node.key")).unwrap()).unwrap();
    let mut found = 0;
    let bytes = fs::read(&file).unwrap();
    journal::read_archive(&bytes[..], &key, |_, _, _, body| {
        found += usize::from(body.windows(secret.len()).any(|w| w == secret.as_bytes()));
    })
    .unwrap();
    assert!(found > 0, "it holds what the journal no longer does");

    read_with_the_key_alone(&played, to, &secret);

    // Never over another file, and nothing is erased where nothing could be written.
    let again = ask(config, &line);
    assert_eq!(again.code, 1, "{again:?}");
    let mut forged = bytes.clone();
    let middle = forged.len() / 2;
    forged[middle] ^= 1;
    fs::write(&file, forged).unwrap();
    let bad = verify(to);
    assert_eq!((bad.code, json(&bad)["intact"].clone()), (1, Value::Bool(false)));
}

/// The verb shows a case out of the archive: masked where neither node nor ledger is there, revealed where the reason is
/// written down.
fn read_with_the_key_alone(played: &Played, to: &str, secret: &str) {
    let (config, case) = (&played.config, Played::case(1));
    let away = played.dir().join("away");
    fs::rename(&played.data, &away).unwrap();
    let masked = ask(config, &["case", &case, "--archive", to, "--json"]);
    assert_eq!(masked.code, 0, "{masked:?}");
    assert!(!masked.out.contains(secret), "{masked:?}");
    let shown = json(&masked);
    let name = submission(1)["items"]["ent_name"].clone();
    let mut items = shown["rows"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|r| r["items"].as_array().unwrap());
    assert!(items.any(|i| i["item"] == "ent_name" && i["value"] == name), "{shown}");
    assert!(!played.data.exists(), "no ledger is needed, and none is made");
    // Another key, another case, and no archive.
    let key = played.dir().join("keys/node.key");
    let own = fs::read_to_string(&key).unwrap();
    fs::write(&key, "0123456789abcdef".repeat(4)).unwrap();
    refused(config, &["case", &case, "--archive", to], "L_KEY");
    fs::write(&key, own).unwrap();
    refused(
        config,
        &["case", "110108202603020000999", "--archive", to],
        "V_NOT_FOUND",
    );
    let config_file = config.join("tanghulu.toml");
    refused(
        config,
        &["case", &case, "--archive", config_file.to_str().unwrap()],
        "L_ARCHIVE",
    );
    refused(config, &["case", &case, "--archive", "/nowhere/a.arc"], "C_PLACE");
    // A byte of it changed: nothing of it is shown.
    let mut bytes = fs::read(to).unwrap();
    let forged = played.dir().join("forged.arc");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&forged, bytes).unwrap();
    refused(
        config,
        &["case", &case, "--archive", forged.to_str().unwrap()],
        "L_ARCHIVE",
    );
    fs::rename(&away, &played.data).unwrap();

    let reveal = ["case", &case, "--archive", to, "--reveal", "复查", "--json"];
    assert_eq!(ask(config, &reveal).code, 1, "nobody says who asks");
    let shown = ask(config, &[&reveal[..], &["--as", "张三"]].concat());
    assert!(shown.code == 0 && shown.out.contains(secret), "{shown:?}");
    assert!(
        bodies_with(played, "复查 (2026.arc)") == 1,
        "it is written down, with the archive's name"
    );
}

fn refused(config: &Path, words: &[&str], code: &str) {
    let said = ask(config, words);
    assert!(
        said.code == 1 && said.err.contains(code) && said.out.is_empty(),
        "{words:?}: {said:?}"
    );
}

/// A place that cannot be written keeps everything where it is.
#[test]
fn nothing_is_erased_before_its_archive_is_there() {
    let played = Played::new();
    let config = &played.config;
    fs::write(played.dir().join("there"), "another file").unwrap();
    for name in ["there", "no/such/dir/a.arc"] {
        let to = played.dir().join(name);
        let said = ask(
            config,
            &[
                "ledger",
                "archive",
                "--before",
                "2099-01-01",
                "--to",
                to.to_str().unwrap(),
                "--as",
                "张三",
            ],
        );
        assert_eq!(said.code, 1, "{said:?}");
        assert!(said.err.contains("L_READ"), "{said:?}");
    }
    let shown = json(&ask(config, &["case", &Played::case(1), "--json"]));
    assert!(shown.get("erased").is_none() && !shown["items"].as_array().unwrap().is_empty());
}
