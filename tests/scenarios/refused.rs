//! What does not fit is refused by name; a person edits, retries or gives up.

use crate::harness::{Town, plain};
use departments::{Ruling, cases};

#[tokio::test(flavor = "multi_thread")]
async fn a_character_gbk_lacks_is_named_and_a_persons_substitute_goes_instead() {
    let town = Town::start().await;
    let no = cases::case_no(11);
    town.post(&plain(11)).await;
    town.licensed(&no).await;
    for (dept, column) in [("ltax", "法定代表人"), ("ntax", "FDDBR")] {
        let line = town
            .until(&format!("{dept} refuses by name"), async || {
                town.refusals(dept).await.pop()
            })
            .await;
        let (id, matter) = (line["id"].as_str().unwrap(), format!("{dept}.reg"));
        assert_eq!(
            (line["way"].as_str(), line["code"].as_str(), line["what"].as_str()),
            (Some("out"), Some("2007"), Some(&*matter))
        );
        for (lang, words) in [("zh", "没有编码"), ("en", "does not exist in")] {
            let shown = town.page(lang, &["refused", "show", id]).await;
            for part in ["E_UNMAPPABLE", column, "U+36C3", "refused edit", words] {
                assert!(shown.out.contains(part), "{lang} {part}: {}", shown.out);
            }
        }
        town.ask(&[
            "refused",
            "edit",
            id,
            "--set",
            "rep_name=冉测试",
            "--reason",
            "经申请人确认",
        ])
        .await;
        if dept == "ntax" {
            town.carry(&no).await;
        }
        town.decided(&no, &matter, "approved").await;

        let attempts = town.attempts(&no, &matter).await;
        let states: Vec<_> = attempts.iter().map(|a| a["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["refused", "acknowledged"]);
        assert_eq!(attempts[1]["parent"], attempts[0]["attempt"]);
        assert!(town.refusals(dept).await.is_empty());
    }
    let case = town.ask(&["case", &no]).await;
    let by_person: Vec<_> = case["story"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|s| s["event"] == "delivery_due_again")
        .collect();
    assert_eq!(by_person.len(), 2);
    for line in by_person {
        let detail = line["detail"].as_str().unwrap();
        assert!(
            detail.contains("张三") && detail.contains("经申请人确认") && detail.contains("=1"),
            "{detail}"
        );
        assert!(!detail.contains("冉"), "a story holds no personal value: {detail}");
    }
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

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_gives_up_is_counted_refused_and_never_leaves() {
    let town = Town::start().await;
    let no = cases::case_no(61);
    town.post(&plain(61)).await;
    town.licensed(&no).await;
    let line = town
        .until("ltax refuses by name", async || town.refusals("ltax").await.pop())
        .await;
    let id = line["id"].as_str().unwrap();
    let blank = town.run_as("张三", &["refused", "drop", id, "--reason", " "]).await;
    assert_eq!(blank.code, 2, "{blank:?}");
    town.ask(&["refused", "drop", id, "--reason", "申请人不再办理"]).await;
    let o = town.obligation(&no, "ltax.reg").await.unwrap();
    assert!(o["ended"].as_str().unwrap().starts_with("dropped"), "{o}");
    assert!(town.refusals("ltax").await.is_empty());
    let again = town.run_as("张三", &["refused", "drop", id, "--reason", "再来"]).await;
    assert_eq!((again.code, again.error()), (1, "V_STATE"));
    town.books_hold(&no, &[("aic.name", 1, "submit"), ("aic.licence", 1, "submit")]);
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_the_department_refused_goes_again_when_a_person_says_so() {
    let town = Town::start().await;
    let no = cases::case_no(1);
    town.rulings.set("ltax.reg", &no, Ruling::RefuseRow("2003".to_owned()));
    town.post(&plain(1)).await;
    town.licensed(&no).await;
    let line = town
        .until("ltax refuses the row", async || town.refusals("ltax").await.pop())
        .await;
    assert_eq!(
        (line["code"].as_str(), line["reason"].as_str()),
        (Some("2003"), Some("号码格式不正确"))
    );
    assert_eq!(town.why(&no, "ltax.reg").await.unwrap()["waits_for"], "edit");
    town.rulings.set("ltax.reg", &no, Ruling::Approve);
    let done = town
        .ask(&[
            "refused",
            "retry",
            "--dept",
            "ltax",
            "--code",
            "2003",
            "--reason",
            "对方已更正",
        ])
        .await;
    assert_eq!(done["count"], 1, "{done}");
    town.decided(&no, "ltax.reg", "approved").await;
    let attempts = town.attempts(&no, "ltax.reg").await;
    assert_eq!((attempts.len(), &attempts[1]["parent"]), (2, &attempts[0]["attempt"]));
    town.books_hold(
        &no,
        &[
            ("aic.name", 1, "submit"),
            ("aic.licence", 1, "submit"),
            ("ltax.reg", 1, "submit"),
        ],
    );
    town.close().await;
}
