//! The clerk's day without a script: take, key, refuse, enter a result; and what goes wrong in it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::testing::{Browser, Hall, LEASE, field, line, sheet};
use axum::http::StatusCode;
use engine::verb::Request;
use engine::view::TaskView;
use model::{Code, Finding};

fn worksheet(task: &str, due: Option<&str>) -> TaskView {
    let fields = vec![
        field("业务编号", "110108202603020000019"),
        field("企业名称", "北京𠮷野家"),
    ];
    sheet(line(task, "worksheet", due), fields)
}

fn form(task: &str) -> TaskView {
    let mut result = field("处理结果", "");
    (result.required, result.asks) = (true, "result".to_owned());
    let mut number = field("注册号", "");
    number.double_entry = true;
    number.max_bytes = Some(20);
    sheet(line(task, "form", None), vec![result, number])
}

fn place(answer: (StatusCode, axum::http::HeaderMap)) -> String {
    let place = answer.1.get("location").map(|l| l.to_str().unwrap().to_owned());
    place.unwrap_or_else(|| format!("stays, {}", answer.0))
}

async fn open(hall: &Hall, person: &str, task: &str) -> Browser {
    let mut browser = hall.logged_in(person).await;
    browser.get(&format!("/console/task/{task}")).await;
    browser
}

async fn taken(hall: &Hall, person: &str, task: &str) -> Browser {
    let mut browser = open(hall, person, task).await;
    let to = place(browser.submit(&format!("/console/task/{task}/claim"), &[]).await);
    browser.get(&to).await;
    browser
}

#[tokio::test]
async fn the_next_task_is_the_most_urgent_one_and_the_lamp_is_colour_shape_and_word() {
    let hall = Hall::open(vec![
        worksheet("t1", None),
        worksheet("t2", Some("2026-03-20")),
        worksheet("t3", Some("2026-02-27")),
        worksheet("t4", Some("2026-03-03")),
    ]);
    let mut browser = hall.logged_in("李华").await;
    browser.get("/console").await;
    let lamps = [
        ("late", "▲", "逾期 -3"),
        ("soon", "◆", "临期 1"),
        ("fine", "●", "正常 18"),
        ("unknown", "○", "期限未知"),
    ];
    let mut from = 0;
    for (colour, shape, word) in lamps {
        let at = browser.page[from..].find(&format!("lamp {colour}")).unwrap() + from;
        let cell = browser.page[at..].split("</td>").next().unwrap();
        assert!(cell.contains(shape) && cell.contains(word), "{cell}");
        from = at;
    }
    for task in ["t3", "t4", "t2", "t1"] {
        assert_eq!(
            place(browser.submit("/console/next", &[]).await),
            format!("/console/task/{task}")
        );
        browser.get("/console").await;
    }
    assert_eq!(place(browser.submit("/console/next", &[]).await), "/console?did=none");
}

#[tokio::test]
async fn what_is_keyed_is_proved_by_their_number_typed_twice() {
    let hall = Hall::open(vec![worksheet("t1", None)]);
    hall.node.tasks.lock().unwrap()[0].fields[1].meaning = "有限责任公司".to_owned();
    let mut browser = taken(&hall, "李华", "t1").await;
    assert!(browser.page.contains("生僻字 𠮷 U+20BB7"));
    // Beside the value and outside of what is copied.
    assert!(
        browser
            .page
            .contains("北京𠮷野家</span> <span class=\"quiet\">有限责任公司</span>")
    );
    let path = "/console/task/t1/keyed";
    let wrong = [("A-1", "A-2", "不一致"), ("", "", "必填"), ("A 1", "A 1", "不能有空格")];
    for (one, two, says) in wrong {
        let (status, _) = browser.submit(path, &[("a.number", one), ("a.again", two)]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(browser.page.contains(says), "{says}");
        assert!(
            browser.page.contains(&format!("name=\"a.number\" value=\"{one}\"")),
            "what was typed stays"
        );
    }
    // Full-width digits are put right, shown, and sent only then.
    let (status, _) = browser
        .submit(path, &[("a.number", "Ａ－１２"), ("a.again", "Ａ－１２")])
        .await;
    assert_eq!(status, StatusCode::OK);
    assert!(browser.page.contains("value=\"A-12\""));
    assert_eq!(hall.orders().len(), 1, "only the claim");
    let to = place(browser.submit(path, &[("a.number", "A-12"), ("a.again", "A-12")]).await);
    assert_eq!(to, "/console?did=keyed");
    let orders = hall.orders();
    let keyed = matches!(&orders[1].1, Request::QueueComplete { acceptance: Some(no), .. } if no == "A-12");
    assert!(keyed, "{orders:?}");
}

#[tokio::test]
async fn one_form_has_one_effect_however_often_it_is_sent() {
    let hall = Hall::open(vec![worksheet("t1", None), worksheet("t2", None)]);
    let mut browser = taken(&hall, "李华", "t1").await;
    let path = "/console/task/t1/refuse";
    let hidden = browser.hidden(path);
    let mut fields: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.push(("a.reason", "对方系统停用"));
    let mut twin = hall.browser();
    twin.cookie = browser.cookie.clone();
    let (one, two) = tokio::join!(browser.post(path, &fields), twin.post(path, &fields));
    assert_eq!(
        (place(one).as_str(), place(two).as_str()),
        ("/console?did=refused", "/console?did=refused")
    );
    assert_eq!(place(browser.post(path, &fields).await), "/console?did=refused");
    let refused = hall
        .orders()
        .iter()
        .filter(|(_, r)| matches!(r, Request::QueueRefuse { .. }))
        .count();
    assert_eq!(refused, 1);
}

#[tokio::test]
async fn a_second_clerk_sees_who_is_on_it_and_can_only_read() {
    let hall = Hall::open(vec![worksheet("t1", None)]);
    taken(&hall, "王五", "t1").await;
    let mut browser = open(&hall, "李华", "t1").await;
    assert!(browser.page.contains("王五 正在办理这一件") && browser.page.contains("只读"));
    assert!(!browser.page.contains("/claim") && !browser.page.contains("/keyed"));
    let csrf = browser.hidden("/console/logout")[0].1.clone();
    let fields = [("csrf", csrf.as_str()), ("a.number", "A1"), ("a.again", "A1")];
    let (status, _) = browser.post("/console/task/t1/keyed", &fields).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(browser.page.contains("别人已先提交") && browser.page.contains("A1"));
    assert_eq!(hall.node.tasks.lock().unwrap().len(), 1, "nothing was settled");
}

#[tokio::test]
async fn whoever_enters_after_another_must_say_whether_it_is_there() {
    let mut seen_before = worksheet("t1", None);
    seen_before.line.look_first = true;
    let hall = Hall::open(vec![seen_before]);
    let mut browser = taken(&hall, "李华", "t1").await;
    assert!(browser.page.contains("可能已经录入") && !browser.page.contains("/keyed"));
    let csrf = browser.hidden("/console/logout")[0].1.clone();
    let fields = [("csrf", csrf.as_str()), ("a.number", "A1"), ("a.again", "A1")];
    let (status, _) = browser.post("/console/task/t1/keyed", &fields).await;
    assert_eq!(
        status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "not around the question either"
    );
    browser.get("/console/task/t1").await;
    let (status, _) = browser.submit("/console/task/t1/looked", &[]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let to = place(browser.submit("/console/task/t1/looked", &[("there", "no")]).await);
    assert_eq!(to, "/console/task/t1");
    let note = (
        "李华".to_owned(),
        "look first".to_owned(),
        "looked: not there".to_owned(),
    );
    assert!(hall.notes().contains(&note));
    browser.get("/console/task/t1").await;
    let to = place(
        browser
            .submit("/console/task/t1/keyed", &[("a.number", "A1"), ("a.again", "A1")])
            .await,
    );
    assert_eq!(to, "/console?did=keyed");
}

#[tokio::test]
async fn drafts_outlive_a_restart_and_keep_the_claim_and_late_words_still_count() {
    let mut hall = Hall::open(vec![form("t1")]);
    let mut browser = taken(&hall, "李华", "t1").await;
    hall.clock.advance(LEASE - 5 * 60_000 - 20 * 60_000);
    browser
        .submit("/console/task/t1/draft", &[("f.注册号", "京海"), ("g.注册号", "京")])
        .await;
    assert_eq!(hall.orders().len(), 1, "more than half is left: no claim anew");
    hall.clock.advance(12 * 60_000);
    browser.get("/console/task/t1").await;
    browser
        .submit("/console/task/t1/draft", &[("f.注册号", "京海淀"), ("g.注册号", "京")])
        .await;
    assert_eq!(hall.orders().len(), 2, "renewed");
    hall.restart();
    let mut browser = open(&hall, "李华", "t1").await;
    assert!(browser.page.contains("value=\"京海淀\"") && browser.page.contains("value=\"京\""));
    // The lease runs out; nobody else came.
    hall.clock.advance(LEASE - 60_000);
    browser = open(&hall, "李华", "t1").await;
    hall.clock.advance(2 * 60_000);
    let fields = [("f.处理结果", "准予"), ("f.注册号", "京1"), ("g.注册号", "京1")];
    assert_eq!(
        place(browser.submit("/console/task/t1/form", &fields).await),
        "/console?did=keyed"
    );
    let mut other = open(&hall, "王五", "t1").await;
    assert!(!other.page.contains("京海淀"));
    other.get("/console").await;
    let csrf = other.hidden("/console/logout")[0].1.clone();
    let (status, _) = other
        .post("/console/task/t9/draft", &[("csrf", &csrf), ("f.a", "b")])
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND, "no draft of what nobody took");
}

#[tokio::test]
async fn a_form_is_judged_field_by_field_and_keeps_what_was_typed() {
    let hall = Hall::open(vec![form("t1")]);
    let mut browser = taken(&hall, "李华", "t1").await;
    let path = "/console/task/t1/form";
    let cases: [(&[(&str, &str)], &str); 4] = [
        (&[("f.注册号", "1"), ("g.注册号", "1")], "处理结果：必填"),
        (
            &[("f.处理结果", "准予"), ("f.注册号", "1"), ("g.注册号", "2")],
            "注册号：两遍录入不一致",
        ),
        (&[("f.处理结果", "准予"), ("f.注册号", "1")], "注册号：两遍录入不一致"),
        (
            &[
                ("f.处理结果", "准予"),
                ("f.注册号", "123456789012345678901"),
                ("g.注册号", "123456789012345678901"),
            ],
            "注册号：超过对方字段长度",
        ),
    ];
    for (fields, says) in cases {
        let (status, _) = browser.submit(path, fields).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{says}");
        assert!(browser.page.contains(says), "{says} in {}", browser.page);
        let typed = fields.iter().find(|(n, _)| *n == "f.注册号").unwrap().1;
        assert!(browser.page.contains(&format!("name=\"f.注册号\" value=\"{typed}\"")));
    }
    *hall.node.refuses.lock().unwrap() = Some(Finding::new(Code::ECheck).with("column", "注册号"));
    let fields = [("f.处理结果", "准予"), ("f.注册号", "1"), ("g.注册号", "1")];
    let (status, _) = browser.submit(path, &fields).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        browser.page.contains("href=\"#i-注册号\""),
        "the node's word stands at the field"
    );
}

#[tokio::test]
async fn a_result_that_another_entered_first_is_shown_beside_what_was_typed() {
    let hall = Hall::open(vec![form("t1")]);
    let mut browser = taken(&hall, "李华", "t1").await;
    hall.node.tasks.lock().unwrap()[0].line.done = true;
    let fields = [("f.处理结果", "准予"), ("f.注册号", "京7"), ("g.注册号", "京7")];
    let (status, _) = browser.submit("/console/task/t1/form", &fields).await;
    assert_eq!((status, hall.orders().len()), (StatusCode::CONFLICT, 1));
    assert!(browser.page.contains("<dd>京7</dd>"));
    assert_eq!(
        place(browser.submit("/console/task/t1/form", &[]).await),
        "/console?did=keyed"
    );
    let orders = hall.orders();
    let corrected = matches!(&orders[1].1, Request::QueueComplete { fields, .. } if fields["注册号"] == "京7");
    assert!(corrected, "{orders:?}");
}

#[tokio::test]
async fn both_languages_are_whole_and_the_choice_stays() {
    let hall = Hall::open(vec![worksheet("t1", None)]);
    let mut browser = hall.logged_in("李华").await;
    browser.get("/console?lang=en").await;
    assert!(browser.page.contains("<html lang=\"en\">") && browser.page.contains("Take the next"));
    browser.get("/console/task/t1").await;
    assert!(browser.page.contains("In the order of their screen"));
    browser.get("/console?lang=zh").await;
    assert!(browser.page.contains("<html lang=\"zh-CN\">") && browser.page.contains("领取下一件"));
}
