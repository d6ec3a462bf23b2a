#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use proptest::prelude::*;

proptest! {
    /// Whatever is posted is a form or a finding, and one writing belongs to one content.
    #[test]
    fn nothing_panics_and_the_writing_is_one(
        body in prop::collection::vec(any::<u8>(), 0..400),
        case_no in "\\PC{0,20}",
        fields in prop::collection::btree_map("\\PC{1,8}", "\\PC{0,12}", 0..6),
    ) {
        let _ = read(&body, 300);
        let map: serde_json::Map<String, serde_json::Value> = fields.iter().map(|(k, v)| (k.clone(), v.clone().into())).collect();
        let whole = serde_json::json!({ "case_no": case_no, "matter": "m", "fields": map });
        let form = read(whole.to_string().as_bytes(), 1 << 20).unwrap();
        let reversed: Vec<String> = fields.iter().rev().map(|(k, v)| format!("{}:{}", serde_json::json!(k), serde_json::json!(v))).collect();
        let text = format!(r#"{{"fields":{{{}}},"matter":"m","case_no":{}}}"#, reversed.join(","), serde_json::json!(case_no));
        let again = read(text.as_bytes(), 1 << 20).unwrap();
        prop_assert_eq!(form.canonical(), again.canonical());
    }
}
