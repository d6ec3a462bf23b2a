//! The stylesheet and the scripts, from the binary itself.

use crate::render::answer;
use axum::body::Body;
use axum::http::{Response, StatusCode};

/// One file for the browser, in the order in which the pieces need each other.
const SCRIPT: &str = concat!(
    include_str!("../assets/script/base.js"),
    include_str!("../assets/script/login.js"),
    include_str!("../assets/script/copy.js"),
    include_str!("../assets/script/sealed.js"),
    include_str!("../assets/script/drafts.js"),
    include_str!("../assets/script/send.js"),
    include_str!("../assets/script/events.js"),
    include_str!("../assets/script/check.js"),
    include_str!("../assets/script/keys.js"),
);

pub(crate) async fn style() -> Response<Body> {
    answer(
        StatusCode::OK,
        "text/css; charset=utf-8",
        include_str!("../assets/style.css"),
    )
}

pub(crate) async fn script() -> Response<Body> {
    answer(StatusCode::OK, "text/javascript; charset=utf-8", SCRIPT)
}

pub(crate) async fn map() -> Response<Body> {
    answer(
        StatusCode::OK,
        "text/javascript; charset=utf-8",
        include_str!("../assets/map.js"),
    )
}
