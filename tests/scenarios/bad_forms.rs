//! What a clerk keys wrongly is told column by column, and changes nothing.

use crate::harness::{CLERK, Town, plain};
use departments::cases;

/// What a clerk gets wrong in the words of a right form.
type Spoil = fn(&mut Vec<String>);

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_form_names_the_column_and_stays_open() {
    let town = Town::start().await;
    let no = cases::case_no(1);
    town.post(&plain(1)).await;
    town.through_aic(&no, "aic.name").await;
    town.serve_one(&no, "aic.licence", "submit").await;
    let form = town.task(&no, "aic.licence", "result").await;
    let paper = town.paper(&no, "aic.licence").unwrap();
    let right = town.words(&form, &paper);

    let wrong: [(&str, &str, &str, Spoil); 5] = [
        ("no result", "E_REQUIRED", "处理结果", |words| {
            let at = words.iter().position(|w| w.starts_with("status=")).unwrap();
            words.drain(at - 1..=at);
        }),
        ("a result nobody knows", "E_UNMAPPED", "处理结果", |words| {
            let at = words.iter().position(|w| w.starts_with("status=")).unwrap();
            words[at] = "status=已结".to_owned();
        }),
        ("a wrong check digit", "E_CHECK", "注册号", |words| {
            for word in words.iter_mut().filter(|w| w.starts_with("reg_no=")) {
                let last = word.pop().unwrap();
                word.push(if last == '0' { '1' } else { '0' });
            }
        }),
        ("a field nobody knows", "E_UNKNOWN_FIELD", "colour", |words| {
            words.extend(["--field".to_owned(), "colour=红".to_owned()]);
        }),
        ("no day of that name", "E_DATE", "发证日期", |words| {
            for word in words.iter_mut().filter(|w| w.starts_with("licence_issue_date=")) {
                *word = "licence_issue_date=2026-02-30".to_owned();
            }
        }),
    ];
    for (what, code, column, spoil) in wrong {
        let mut words = right.clone();
        spoil(&mut words);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let said = town.run_as(CLERK, &words).await;
        assert_eq!((said.code, said.error()), (1, code), "{what}: {said:?}");
        assert_eq!(said.json["error"]["place"]["column"], column, "{what}: {said:?}");
        for (lang, remedy) in [("zh", "处理"), ("en", "emedy")] {
            let page = town.page(lang, &words).await;
            assert!(
                page.err.contains(code) && page.err.contains(remedy),
                "{what} {lang}: {page:?}"
            );
        }
        assert!(
            town.obligation(&no, "aic.licence").await.unwrap()["standing"].is_null(),
            "{what}"
        );
        assert!(town.item(&no, "reg_no").await.is_none(), "{what}");
        assert_eq!(town.task(&no, "aic.licence", "result").await, form, "{what}");
    }

    let said = town.enter(&form, &paper).await;
    assert_eq!(said.code, 0, "{said:?}");
    let before = town.told(&no, "standing_set", "aic.licence/1").await;
    let again = town.enter(&form, &paper).await;
    assert_eq!(
        (again.code, &again.json),
        (0, &said.json),
        "the same form again has the same answer"
    );
    assert_eq!(town.told(&no, "standing_set", "aic.licence/1").await, before);
    town.close().await;
}
