//! 回盘 as they come in life: a row missing, one too many, one twice; the same disk again; somebody else's disk; none at all.

use crate::harness::{CLERK, Config, Town, plain};
use departments::cases;
use departments::ntax::Habits;
use serde_json::Value;

/// Cases that are on the stick together, on one disk.
pub async fn on_the_stick(town: &Town, numbers: &[u32]) -> Vec<String> {
    let all: Vec<String> = numbers.iter().map(|n| cases::case_no(*n)).collect();
    for (n, no) in numbers.iter().zip(&all) {
        town.post(&plain(*n)).await;
        town.licensed(no).await;
    }
    for no in &all {
        town.decided(no, "ltax.reg", "approved").await;
        town.waits_for(no, "ntax.reg", "turn").await;
    }
    assert_eq!(town.export().await, numbers.len() as u64);
    all
}

pub fn codes(line: &Value) -> Vec<&str> {
    line["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["code"].as_str().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_disk_again_has_no_effect_and_another_name_is_no_answer() {
    let town = Town::start_with(slow_disks).await;
    let no = on_the_stick(&town, &[1]).await.remove(0);
    let taking = town.take().remove(0);
    let first = town.import().await;
    assert_eq!(first[0]["verdict"], "accepted");
    town.decided(&no, "ntax.reg", "approved").await;
    let decided = town.told(&no, "standing_set", "ntax.reg/1").await;

    let again = town.import().await;
    assert_eq!(
        (&again[0]["verdict"], codes(&again[0])),
        (&"repeat".into(), vec!["E_REPEATED"]),
        "{again:?}"
    );
    let answer = taking.answer.unwrap();
    let renamed = answer.with_file_name("HP0101Z9.DBF");
    std::fs::rename(&answer, &renamed).unwrap();
    let third = town.import().await;
    assert_eq!(
        (&third[0]["verdict"], codes(&third[0])),
        (&"refused".into(), vec!["E_UNKNOWN_BATCH"]),
        "{third:?}"
    );
    let named = town.refusals("ntax").await;
    assert_eq!(
        (named.len(), &named[0]["what"]),
        (1, &"HP0101Z9.DBF".into()),
        "{named:?}"
    );

    // The bureau books nothing twice either: the set that went out is still on the stick.
    assert_eq!(town.take()[0].refused.as_deref(), Some("1005"));
    assert_eq!(town.told(&no, "standing_set", "ntax.reg/1").await, decided);
    town.books_hold(
        &no,
        &[
            ("aic.name", 1, "submit"),
            ("aic.licence", 1, "submit"),
            ("ltax.reg", 1, "submit"),
            ("ntax.reg", 1, "submit"),
        ],
    );
    town.close().await;
}

/// Half of an answer on Tuesday, the rest on Thursday, under the one name that the answer may have.
#[tokio::test(flavor = "multi_thread")]
async fn half_an_answer_settles_what_it_names_and_the_next_one_the_rest() {
    let town = Town::start_with(slow_disks).await;
    let all = on_the_stick(&town, &[1, 2, 3]).await;
    town.ntax.set_habits(Habits {
        missing_row: true,
        ..Habits::default()
    });
    let taking = town.take().remove(0);
    let first = town.import().await;
    assert_eq!(
        (&first[0]["verdict"], codes(&first[0])),
        (&"accepted".into(), vec!["W_RETURN_MISSING"]),
        "{first:?}"
    );
    let mut open = Vec::new();
    for no in &all {
        let o = town.obligation(no, "ntax.reg").await.unwrap();
        open.push(o["standing"] != "approved");
    }
    assert_eq!(open.iter().filter(|open| **open).count(), 1, "{open:?}");
    let told = town.told(&all[1], "standing_set", "ntax.reg/1").await;
    town.wipe();

    town.ntax.set_habits(Habits::default());
    let answer = town.ntax.reissue(&taking.number, &town.medium).unwrap().unwrap();
    // Somebody there called it as he calls his files: who knows what it answers says so.
    let renamed = answer.with_file_name("国税回执.dbf");
    std::fs::rename(&answer, &renamed).unwrap();
    assert_eq!(town.import().await, Vec::<Value>::new(), "nobody guesses");
    let said = ["disk", "import", renamed.to_str().unwrap(), "--dept", "ntax"];
    let second = town.ask(&[&said[..], &["--answers", &taking.number]].concat()).await;
    assert_eq!(
        (&second[0]["verdict"], codes(&second[0])),
        (&"accepted".into(), vec![]),
        "{second:?}"
    );
    for no in &all {
        town.decided(no, "ntax.reg", "approved").await;
        assert_eq!(
            town.told(no, "standing_set", "ntax.reg/1").await,
            told,
            "each is decided once"
        );
    }
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_for_somebody_else_is_turned_away_and_taken_where_it_belongs() {
    let mut town = Town::start_with(|config| {
        slow_disks(config);
        sender(config, "bj-hd-02");
    })
    .await;
    let no = on_the_stick(&town, &[1]).await.remove(0);
    town.ntax.set_habits(Habits {
        bag: true,
        ..Habits::default()
    });
    town.take();
    // Another node gets the stick first.
    town.node_down().await;
    sender(&town.written(), "bj-hd-01");
    town.node_up().await;
    let wrong = town.import().await;
    let bag = wrong
        .iter()
        .find(|b| codes(b) == ["E_WRONG_RECIPIENT"])
        .unwrap_or_else(|| panic!("{wrong:?}"));
    assert_eq!(bag["verdict"], "refused");
    assert!(
        bag["findings"][0].to_string().contains("bj-hd-02"),
        "it says whose it is: {bag}"
    );
    assert!(town.obligation(&no, "ntax.reg").await.unwrap()["standing"].is_null());
    // And then the one it is for.
    town.node_down().await;
    sender(&town.written(), "bj-hd-02");
    town.node_up().await;
    town.import().await;
    town.decided(&no, "ntax.reg", "approved").await;
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_table_is_no_answer_and_the_whole_one_still_is() {
    let town = Town::start_with(slow_disks).await;
    let no = on_the_stick(&town, &[1]).await.remove(0);
    let answer = town.take().remove(0).answer.unwrap();
    let whole = std::fs::read(&answer).unwrap();
    std::fs::write(&answer, &whole[..whole.len() - 20]).unwrap();
    let cut = town.import().await;
    assert_eq!(
        (&cut[0]["verdict"], codes(&cut[0])),
        (&"refused".into(), vec!["E_TRUNCATED"]),
        "{cut:?}"
    );
    assert!(town.obligation(&no, "ntax.reg").await.unwrap()["standing"].is_null());
    let said = town.run_as(CLERK, &["refused", "list"]).await.json;
    assert_eq!(said[0]["findings"][0]["code"], "E_TRUNCATED");
    std::fs::write(&answer, &whole).unwrap();
    assert_eq!(town.import().await[0]["verdict"], "accepted");
    town.decided(&no, "ntax.reg", "approved").await;
    town.close().await;
}

/// Disks are made when they are cut, so that everything due is on one.
pub fn slow_disks(config: &Config) {
    config.edit("departments/ntax.toml", |t| {
        t["channel"][0]["out"] = toml::toml! { on_request = true }.into()
    });
}

fn sender(config: &Config, name: &str) {
    config.edit("departments/ntax.toml", |t| {
        let settings = t["channel"][0]["settings"].as_table_mut().unwrap();
        settings.insert("sender".to_owned(), name.into());
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_was_lost_is_cut_again_or_settled_but_never_sent_on_a_guess() {
    let town = Town::start_with(slow_disks).await;
    let no = on_the_stick(&town, &[1]).await.remove(0);
    let number = town.ask(&["disk", "log"]).await[0]["number"]
        .as_str()
        .unwrap()
        .to_owned();
    let bytes = |town: &Town| std::fs::read(town.medium.join(&number).join("manifest-sha256.txt")).unwrap();
    let first = bytes(&town);
    town.wipe();
    assert_eq!(town.export().await, 0, "what left does not leave again by itself");
    let medium = town.medium.display().to_string();
    town.ask(&["disk", "export", "ntax", "--to", &medium, "--again", &number])
        .await;
    assert_eq!(bytes(&town), first, "a copy has the same bytes");
    town.wipe();

    // The bureau says it never saw either of them.
    let settle = [
        "settle",
        &no,
        "ntax.reg",
        "not-booked",
        "--reason",
        "国税局书面确认未收到",
    ];
    town.ask(&settle).await;
    let again = town.run_as(CLERK, &settle).await;
    assert_eq!((again.code, again.error()), (1, "V_STATE"), "{again:?}");
    town.carry(&no).await;
    town.decided(&no, "ntax.reg", "approved").await;
    town.books_hold(
        &no,
        &[
            ("aic.name", 1, "submit"),
            ("aic.licence", 1, "submit"),
            ("ltax.reg", 1, "submit"),
            ("ntax.reg", 1, "submit"),
        ],
    );
    town.close().await;
}

/// F9 on a disk: the bureau booked all of it, and the stick that said so is lost. Nobody answers, and nothing is sent again
/// on a guess; somebody asks by telephone. What he was told settles it, and the answer that comes after all is no news.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_lost_is_asked_for_by_telephone_and_may_come_after_all() {
    let town = Town::start_with(|config| {
        slow_disks(config);
        config.edit("departments/ntax.toml", |t| {
            t["channel"][0]["unconfirmed_after"] = "1s".into();
        });
    })
    .await;
    let all = on_the_stick(&town, &[1, 2, 3]).await;
    let (asked, late) = all.split_at(2);
    let taking = town.take().remove(0);
    town.wipe();

    let listed = town
        .until("all are listed", async || {
            let lines = town.ask(&["unsettled", "list"]).await;
            (lines.as_array()?.len() == all.len()).then_some(lines)
        })
        .await;
    for line in listed.as_array().unwrap() {
        let said = (&line["state"], &line["matter"], &line["number"]);
        let number = Value::from(taking.number.as_str());
        assert_eq!(said, (&"unconfirmed".into(), &"ntax.reg".into(), &number), "{line}");
    }
    let overdue = town.ask(&["disk", "log", "--overdue"]).await;
    assert_eq!(
        (&overdue[0]["number"], &overdue[0]["open"]),
        (&taking.number.as_str().into(), &3.into())
    );
    assert_eq!(town.export().await, 0, "nothing goes on a guess");

    let list = town.dir.path().join("told.csv");
    std::fs::write(&list, asked.join("\n")).unwrap();
    let list = list.display().to_string();
    let words = [
        "settle",
        "-",
        "ntax.reg",
        "booked",
        "--manifest",
        &list,
        "--reason",
        "国税局电话核对",
    ];
    assert_eq!(town.ask(&words).await["count"], 2);
    let left = town.ask(&["unsettled", "list"]).await;
    assert_eq!(
        (left.as_array().unwrap().len(), &left[0]["case_no"]),
        (1, &late[0].as_str().into())
    );
    for no in asked {
        let attempt = town.attempt_is(no, "ntax.reg", "acknowledged").await;
        assert_eq!(attempt["reason"], "国税局电话核对");
    }
    assert_eq!(town.export().await, 0, "what is booked does not go again");

    // The answer turns up on another stick: it gives what the telephone did not, and settles the third.
    town.ntax.reissue(&taking.number, &town.medium).unwrap().unwrap();
    let came = town.import().await;
    assert_eq!(
        (&came[0]["verdict"], codes(&came[0])),
        (&"accepted".into(), vec![]),
        "{came:?}"
    );
    for no in &all {
        town.decided(no, "ntax.reg", "approved").await;
        town.books_hold(
            no,
            &[
                ("aic.name", 1, "submit"),
                ("aic.licence", 1, "submit"),
                ("ltax.reg", 1, "submit"),
                ("ntax.reg", 1, "submit"),
            ],
        );
    }
    assert_eq!(town.ask(&["unsettled", "list"]).await, Value::Array(Vec::new()));
    town.close().await;
}
