#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::routes::table;
use crate::testing::Stage;
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use model::Code;
use serde_json::Value;
use std::collections::BTreeSet;

fn document() -> Value {
    serde_json::from_str(DOCUMENT).unwrap()
}

fn word(method: MethodFilter) -> &'static str {
    if method == MethodFilter::POST { "post" } else { "get" }
}

/// Holds an answer to what the document says of it. Paths that are not in it have nothing to hold to.
pub fn hold(method: &str, path: &str, status: StatusCode, body: &Value) {
    let document = document();
    let fits = |template: &str| {
        let (head, tail) = template.split_once("{no}").unwrap_or((template, ""));
        let rest = path.strip_prefix(head).and_then(|p| p.strip_suffix(tail));
        rest.is_some_and(|r| r.is_empty() != template.contains('{') && !r.contains('/'))
    };
    let paths = document["paths"].as_object().unwrap();
    let Some((template, _)) = paths.iter().find(|(t, item)| fits(t) && item[method].is_object()) else {
        return;
    };
    let response = &paths[template][method]["responses"][status.as_str()];
    assert!(
        response.is_object(),
        "{method} {template} answers {status}, which is not documented"
    );
    let response = resolve(&document, response);
    let schema = &response["content"]["application/json"]["schema"];
    fit(&document, schema, body, template);
}

fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(path) => document
            .pointer(path.strip_prefix('#').unwrap())
            .unwrap_or_else(|| panic!("{path}")),
        None => value,
    }
}

/// As much of JSON Schema as the document uses; a property that is not listed is a fault.
fn fit(document: &Value, schema: &Value, value: &Value, at: &str) {
    let schema = resolve(document, schema);
    if let Some(any) = schema["anyOf"].as_array() {
        // Told apart by what only one of them has.
        let is_it = |one: &&Value| {
            let required = resolve(document, one)["required"].as_array().unwrap();
            required.iter().all(|name| value.get(name.as_str().unwrap()).is_some())
        };
        let one = any.iter().find(is_it).unwrap_or_else(|| panic!("{at}: {value}"));
        return fit(document, one, value, at);
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    match &schema["type"] {
        Value::String(only) => assert_eq!(only, kind, "{at}"),
        Value::Array(any) => assert!(any.iter().any(|t| t == kind), "{at}: {kind}"),
        _ => {}
    }
    if let Some(any) = schema["enum"].as_array() {
        assert!(any.contains(value), "{at}: {value}");
    }
    for required in schema["required"].as_array().into_iter().flatten() {
        assert!(
            value.get(required.as_str().unwrap()).is_some(),
            "{at}: no {required} in {value}"
        );
    }
    if let (Some(listed), Some(found)) = (schema["properties"].as_object(), value.as_object()) {
        for (name, value) in found {
            let schema = listed
                .get(name)
                .unwrap_or_else(|| panic!("{at}: {name} is not documented"));
            fit(document, schema, value, &format!("{at}.{name}"));
        }
    }
    for item in value.as_array().into_iter().flatten() {
        fit(document, &schema["items"], item, &format!("{at}[]"));
    }
}

#[test]
fn it_lists_exactly_the_routes_and_who_must_sign() {
    let document = document();
    let listed: BTreeSet<_> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object()
                .unwrap()
                .iter()
                .map(move |(method, op)| (path, method, op))
        })
        .map(|(path, method, op)| (path.clone(), method.clone(), op["security"] != serde_json::json!([])))
        .collect();
    let there = table()
        .into_iter()
        .map(|r| (r.path.to_owned(), word(r.method).to_owned(), r.signed))
        .collect();
    assert_eq!(listed, there);
}

#[test]
fn it_is_whole() {
    fn walk(document: &Value, value: &Value) {
        assert!(resolve(document, value).is_object() || value["$ref"].is_null());
        let children: Vec<&Value> = match value {
            Value::Object(map) => map.values().collect(),
            Value::Array(list) => list.iter().collect(),
            _ => vec![],
        };
        children.into_iter().for_each(|v| walk(document, v));
    }
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    walk(&document, &document);
    let names: BTreeSet<_> = document["components"]["securitySchemes"]
        .as_object()
        .unwrap()
        .values()
        .map(|s| s["name"].as_str().unwrap().to_ascii_lowercase())
        .collect();
    use port::signed::{KEY_ID, NONCE, SIGNATURE, TIMESTAMP};
    assert_eq!(names, [KEY_ID, NONCE, SIGNATURE, TIMESTAMP].map(str::to_owned).into());
}

#[test]
fn the_codes_it_names_exist() {
    let words = DOCUMENT
        .split(|c: char| !(c.is_ascii_uppercase() || c == '_'))
        .filter(|w| w.starts_with("A_"));
    let mut found = 0;
    for word in words {
        assert!(Code::from_word(word).is_some(), "{word}");
        found += 1;
    }
    assert!(found >= 4);
}

#[tokio::test]
async fn it_is_served_unsigned() {
    let stage = Stage::new();
    let request = axum::http::Request::get("/v1/openapi.json")
        .body(axum::body::Body::empty())
        .unwrap();
    let response = tower::ServiceExt::oneshot(stage.router.clone(), request).await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/json");
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    assert_eq!(bytes, DOCUMENT.as_bytes());
}
