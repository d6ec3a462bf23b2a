//! The stylesheet and the scripts, from the binary itself.

use crate::render::answer;
use axum::body::Body;
use axum::http::{Response, StatusCode};

pub(crate) async fn style() -> Response<Body> {
    answer(
        StatusCode::OK,
        "text/css; charset=utf-8",
        include_str!("../assets/style.css"),
    )
}

pub(crate) async fn script() -> Response<Body> {
    answer(
        StatusCode::OK,
        "text/javascript; charset=utf-8",
        include_str!("../assets/script.js"),
    )
}

pub(crate) async fn map() -> Response<Body> {
    answer(
        StatusCode::OK,
        "text/javascript; charset=utf-8",
        include_str!("../assets/map.js"),
    )
}
