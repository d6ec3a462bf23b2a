//! The interface document: written by hand, served as it stands, held to the routes and the answers by tests.

use axum::http::header;
use axum::response::{IntoResponse, Response};

#[cfg(test)]
pub(crate) mod tests;

/// OpenAPI 3.1.
pub const DOCUMENT: &str = include_str!("openapi.json");

/// `GET /v1/openapi.json`
pub async fn get() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT).into_response()
}
