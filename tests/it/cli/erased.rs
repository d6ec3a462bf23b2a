//! A person's data are erased on demand: gone from every answer and from the journal itself, while account and chain stay.

use super::played::Played;
use super::say::{Said, ask};
use departments::cases::submission;
use journal::{Journal, JournalError, Limits, NodeKey};
use seams::{DirStorage, SystemRng};
use serde_json::Value;
use std::fs;
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
