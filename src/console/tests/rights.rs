//! Every path of the console is in the table with what it needs, and the table holds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::testing::{Hall, field, line, sheet};
use crate::{Needs, table};
use accounts::{Action, Role, may};
use axum::http::StatusCode;
use axum::routing::MethodFilter;

#[tokio::test]
async fn every_route_lets_in_those_roles_that_may_and_nobody_else() {
    let hall = Hall::open(vec![sheet(line("t1", "worksheet", None), vec![field("名称", "甲")])]);
    for role in Role::ALL {
        let name = format!("role-{}", role.word());
        hall.add(&name, *role, None);
        let mut browser = hall.logged_in(&name).await;
        for route in table() {
            let path = route.path.replace("{task}", "t1");
            let posts = route.method == MethodFilter::POST;
            let Needs::Account(action) = route.needs else { continue };
            let mut stranger = hall.browser();
            let method = if posts { "POST" } else { "GET" };
            let (status, headers) = stranger.send(method, &path, posts.then(String::new), &[]).await;
            assert_eq!(status, StatusCode::SEE_OTHER, "{method} {path} without a login");
            assert!(
                headers["location"].to_str().unwrap().starts_with("/console/login"),
                "{path}"
            );
            let (status, _) = browser.send(method, &path, posts.then(String::new), &[]).await;
            // A form without its token is refused as well, but only after the role was found good: by another text.
            let by_role = browser.page.contains("角色不允许");
            assert_eq!(by_role, !may(*role, action), "{role:?} {method} {path} {status}");
        }
    }
}

#[test]
fn only_the_login_and_what_it_is_made_of_need_nothing() {
    let open: Vec<&str> = table()
        .iter()
        .filter(|r| r.needs == Needs::Nothing)
        .map(|r| r.path)
        .collect();
    let expected = [
        "/console/login",
        "/console/login",
        "/console/style.css",
        "/console/script.js",
    ];
    assert_eq!(open, expected);
    let keys = table()
        .iter()
        .filter(|r| r.needs == Needs::Account(Action::Key))
        .count();
    let posts = table()
        .iter()
        .filter(|r| r.path.contains("task") && r.method == MethodFilter::POST)
        .count();
    assert_eq!(
        keys,
        posts + 2,
        "each form about a task needs the right to key, and so do taking the next and what is printed"
    );
}
