//! What an open page is told without asking: once, in its words, to whoever may know it, and as long as the session lives.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::testing::{Browser, Hall, LEASE, field, line, sheet};
use axum::http::StatusCode;
use engine::view::{TaskStand, TaskView};

fn task(name: &str) -> TaskView {
    sheet(line(name, "worksheet", None), vec![field("企业名称", "甲")])
}

fn takes(hall: &Hall, name: &str, person: &str) {
    let mut tasks = hall.node.tasks.lock().unwrap();
    let task = tasks.iter_mut().find(|t| t.line.task == name).unwrap();
    task.line.claimed_by = Some(person.to_owned());
    task.line.until = Some(hall.clock.passed() + crate::testing::NOW + LEASE);
}

fn becomes(hall: &Hall, name: &str, stand: TaskStand) {
    hall.node.stands.lock().unwrap().insert(name.to_owned(), stand);
}

#[tokio::test]
async fn a_page_is_told_what_became_of_its_task_and_whether_it_can_still_be_sent() {
    let gone = TaskStand::default();
    let waits = TaskStand {
        waits: true,
        ..gone.clone()
    };
    let cases = [
        (
            "withdrawn",
            "已被撤回",
            true,
            false,
            TaskStand {
                withdrawn: true,
                ..gone.clone()
            },
        ),
        (
            "withdrawn",
            "已被撤回",
            true,
            true,
            TaskStand {
                withdrawn: true,
                ..waits.clone()
            },
        ),
        (
            "superseded",
            "已有变更",
            true,
            false,
            TaskStand {
                superseded: true,
                ..gone.clone()
            },
        ),
        (
            "superseded",
            "已有变更",
            true,
            true,
            TaskStand {
                superseded: true,
                ..waits.clone()
            },
        ),
        (
            "settled",
            "办理人：王五",
            false,
            false,
            TaskStand {
                settled_by: Some("王五".to_owned()),
                withdrawn: true,
                ..gone.clone()
            },
        ),
        ("settled", "另有结论", false, false, gone),
        ("free", "时限已过", false, true, waits),
    ];
    for (word, says, blocks, may, stand) in cases {
        let hall = Hall::open(vec![task("t1")]);
        takes(&hall, "t1", "李华");
        let browser = hall.logged_in("李华").await;
        let mut stream = browser
            .listen("/console/events?task=t1&as=mine", &hall.clock)
            .await
            .unwrap();
        let first = stream.event("stand").await;
        assert_eq!((first["as"].as_str(), first["text"].as_str()), (Some("mine"), Some("")));
        becomes(&hall, "t1", stand);
        let told = stream.event("stand").await;
        assert_eq!(told["as"], word);
        assert!(told["text"].as_str().unwrap().contains(says), "{told}");
        assert_eq!(
            (told["blocks"].as_bool(), told["may"].as_bool()),
            (Some(blocks), Some(may)),
            "{word}"
        );
    }
}

#[tokio::test]
async fn who_took_it_and_who_else_looks_at_it_is_told_to_the_others() {
    let hall = Hall::open(vec![task("t1")]);
    let (mine, theirs) = (hall.logged_in("李华").await, hall.logged_in("王五").await);
    let mut stream = mine
        .listen("/console/events?task=t1&as=free", &hall.clock)
        .await
        .unwrap();
    assert_eq!(stream.event("here").await["text"], "");
    let other = theirs
        .listen("/console/events?task=t1&as=free", &hall.clock)
        .await
        .unwrap();
    let here = stream.event("here").await;
    assert!(
        here["text"].as_str().unwrap().starts_with("王五 也打开着这一页，自 "),
        "{here}"
    );
    takes(&hall, "t1", "王五");
    let told = stream.event("stand").await;
    assert!(
        told["text"].as_str().unwrap().starts_with("王五 已领取这一件"),
        "{told}"
    );
    assert_eq!(
        (told["as"].as_str(), told["may"].as_bool()),
        (Some("other"), Some(false))
    );
    drop(other);
    assert_eq!(stream.event("here").await["text"], "", "gone, after a while");
    hall.node.tasks.lock().unwrap().clear();
    assert_eq!(stream.event("stand").await["as"], "gone");
}

#[tokio::test]
async fn however_many_pages_there_are_a_task_is_asked_about_once_in_two_seconds_and_nobody_is_named() {
    let hall = Hall::open(vec![task("t1")]);
    let mut streams = Vec::new();
    for person in ["李华", "王五"] {
        let browser = hall.logged_in(person).await;
        for _ in 0..3 {
            let mut stream = browser
                .listen("/console/events?task=t1&as=free", &hall.clock)
                .await
                .unwrap();
            stream.next().await.unwrap();
            streams.push(stream);
        }
    }
    let begun = hall.clock.passed();
    *hall.node.asked.lock().unwrap() = 0;
    while streams[0].next().await.is_some() {
        for stream in &mut streams[1..] {
            let _ = tokio::time::timeout(std::time::Duration::ZERO, stream.next()).await;
        }
    }
    let seconds = (hall.clock.passed() - begun) / 1_000;
    let asked = i64::try_from(*hall.node.asked.lock().unwrap()).unwrap();
    assert!(asked > 0 && asked <= seconds / 2 + 1, "{asked} in {seconds} s");
    assert!(hall.orders().is_empty(), "nothing was changed or journalled");
}

#[tokio::test]
async fn the_queue_tells_what_is_new_since_it_was_shown() {
    let hall = Hall::open(vec![task("t1")]);
    let browser = hall.logged_in("李华").await;
    let mut stream = browser.listen("/console/events?since=1", &hall.clock).await.unwrap();
    let first = stream.event("queue").await;
    assert_eq!((first["text"].as_str(), first["free"].as_u64()), (Some(""), Some(1)));
    let mut new = task("t2");
    new.line.due = Some("2026-03-01".to_owned());
    hall.node.tasks.lock().unwrap().push(new);
    let told = stream.event("queue").await;
    assert_eq!(told["text"], "新任务：1");
    assert_eq!((told["free"].as_u64(), told["overdue"].as_u64()), (Some(2), Some(1)));
}

#[tokio::test]
async fn a_stream_beats_ends_after_a_while_and_keeps_no_session_alive() {
    let hall = Hall::open(vec![task("t1")]);
    let mut browser = hall.logged_in("李华").await;
    // So that it ends in the middle of a stream.
    hall.clock.advance(10_000);
    let mut last = String::new();
    for _ in 0..40 {
        let Ok(mut stream) = browser.listen("/console/events?task=t1&as=free", &hall.clock).await else {
            break;
        };
        let begun = hall.clock.passed();
        let mut pieces = Vec::new();
        while let Some(piece) = stream.next().await {
            pieces.push(piece);
        }
        assert!(hall.clock.passed() - begun <= 26_000);
        last = pieces.pop().unwrap();
    }
    assert!(last.starts_with("event: out\n"), "it says why: {last}");
    let (status, _) = browser
        .send("GET", "/console/events", None, &[("accept", "text/event-stream")])
        .await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);

    let browser = hall.logged_in("李华").await;
    let mut stream = browser
        .listen("/console/events?task=t1&as=free", &hall.clock)
        .await
        .unwrap();
    stream.event("stand").await;
    assert_eq!(stream.next().await.unwrap(), ":\n\n");
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn a_stream_ends_with_its_session_its_account_and_its_node() {
    let hall = Hall::open(vec![task("t1")]);
    let path = "/console/events?task=t1&as=free";
    let mut browser = hall.logged_in("李华").await;
    let mut stream = browser.listen(path, &hall.clock).await.unwrap();
    browser.get("/console").await;
    browser.submit("/console/logout", &[]).await;
    stream.event("out").await;
    assert!(stream.next().await.is_none());

    let browser = hall.logged_in("王五").await;
    let mut stream = browser.listen(path, &hall.clock).await.unwrap();
    let order = accounts::Order::Disable {
        name: "王五".to_owned(),
    };
    hall.accounts
        .change(|book| order.apply(book, 0, hall.accounts.rng()))
        .unwrap();
    stream.event("out").await;

    let browser = hall.logged_in("李华").await;
    let mut stream = browser.listen(path, &hall.clock).await.unwrap();
    stream.event("stand").await;
    let before = hall.clock.passed();
    hall.stopping.send(true).unwrap();
    // Told at once: nobody waits for time to pass.
    let piece = stream.next().await.unwrap();
    assert!(
        piece.starts_with("event: stops\n") && hall.clock.passed() == before,
        "{piece}"
    );
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn a_session_has_four_streams_and_what_is_no_task_has_none() {
    let hall = Hall::open(vec![task("t1")]);
    let browser = hall.logged_in("李华").await;
    let mut streams = Vec::new();
    for _ in 0..4 {
        streams.push(browser.listen("/console/events?task=t1", &hall.clock).await.unwrap());
    }
    let fifth = browser.listen("/console/events?task=t1", &hall.clock).await;
    assert_eq!(fifth.err(), Some(StatusCode::TOO_MANY_REQUESTS));
    streams.pop();
    let bad = browser.listen("/console/events?task=%2e%2e", &hall.clock).await;
    assert_eq!(bad.err(), Some(StatusCode::NOT_FOUND));
    assert!(browser.listen("/console/events?task=t1", &hall.clock).await.is_ok());
}

/// Logged in, the page as shown.
async fn shown(hall: &Hall, person: &str) -> Browser {
    let mut browser = hall.logged_in(person).await;
    browser.get("/console/task/t1").await;
    browser
}

#[tokio::test]
async fn a_page_says_how_it_shows_its_task() {
    let hall = Hall::open(vec![task("t1")]);
    let says = |browser: &Browser, word: &str| browser.page.contains(&format!("data-as=\"{word}\""));
    assert!(says(&shown(&hall, "李华").await, "free"));
    takes(&hall, "t1", "李华");
    assert!(says(&shown(&hall, "李华").await, "mine"));
    assert!(says(&shown(&hall, "王五").await, "other"));
    hall.node.tasks.lock().unwrap()[0].line.done = true;
    assert!(says(&shown(&hall, "王五").await, "settled"));
}
