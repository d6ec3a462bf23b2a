//! Every path of the console is in the table with what it needs, and the table holds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::nav::{PAGES, links};
use crate::testing::{Hall, field, line, sheet};
use crate::words::Words;
use crate::{Needs, table};
use accounts::{Action, Role, may};
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use model::Lang;

#[tokio::test]
async fn every_route_lets_in_those_roles_that_may_and_nobody_else() {
    let hall = Hall::open(vec![sheet(line("t1", "worksheet", None), vec![field("名称", "甲")])]);
    for role in Role::ALL {
        let name = format!("role-{}", role.word());
        hall.add(&name, *role, None);
        let mut browser = hall.logged_in(&name).await;
        for route in table() {
            let path = route
                .path
                .replace("{task}", "t1")
                .replace("{id}", "a1")
                .replace("{case_no}", "110108");
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
fn the_navigation_leads_where_the_role_may_go_and_says_where_one_is() {
    for (path, _, action) in PAGES {
        let routes = table();
        let route = routes.iter().find(|r| r.path == *path && r.method == MethodFilter::GET);
        assert_eq!(route.map(|r| r.needs), Some(Needs::Account(*action)), "{path}");
        let links = links(Words::of(Lang::Zh), Action::ALL, path);
        let here: Vec<&str> = links.iter().filter(|l| l.here).map(|l| l.path).collect();
        assert_eq!(here, [*path]);
    }
    let below = links(Words::of(Lang::Zh), &[Action::Look], "/console/task/t1");
    assert!(below[0].here && below.iter().filter(|l| l.here).count() == 1);
    assert!(links(Words::of(Lang::En), &[], "/console").is_empty());
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
        "/console/map.js",
        "/console/style.css",
        "/console/script.js",
    ];
    assert_eq!(open, expected);
    let of = |action| table().iter().filter(|r| r.needs == Needs::Account(action)).count();
    let forms = table()
        .iter()
        .filter(|r| r.path.starts_with("/console/task/") && r.method == MethodFilter::POST)
        .count();
    // Taking the next needs the right to prove, which whoever keys has as well.
    assert_eq!(
        of(Action::Key) + of(Action::Verify),
        forms + 2,
        "each form about a task needs the right to key, or to prove what others keyed; so does what is printed"
    );
}
