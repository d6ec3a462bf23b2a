#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use axum::body::to_bytes;

/// A department's words may hold marks that turn what is read: they are there, and seen.
#[tokio::test]
async fn no_answer_holds_a_mark_that_turns_what_is_read() {
    let reason = "已办结\u{202E}结办未\u{2066}";
    let finding = Finding::new(Code::EOther).with("detail", reason).column("\u{202D}x");
    let body = serde_json::json!({ "reason": reason });
    for (response, said) in [
        (json(StatusCode::OK, &body), "已办结\\u202e结办未\\u2066"),
        (error(StatusCode::BAD_REQUEST, &finding), "已办结\\u202e结办未\\u2066"),
    ] {
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
        let bytes = to_bytes(response.into_body(), 1 << 16).await.unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        assert!(text.contains(said) && !text.contains(model::visible::turns), "{text}");
        let value: Value = serde_json::from_str(text).unwrap();
        assert!(value.to_string().contains(reason), "it says the same");
    }
}
