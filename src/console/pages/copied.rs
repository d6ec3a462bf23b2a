//! Which fields somebody copied out of a task: names, never values; one audit entry for what a page tells at once.

use super::note;
use crate::guard::Visit;
use crate::render::{answer, finding};
use crate::routes::App;
use crate::stands::shown;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use model::{Code, Finding};
use std::sync::Arc;

/// Longest entry, characters: a sheet may have hundreds of fields.
const MOST: usize = 400;

pub(crate) async fn post(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Path(task): Path<String>,
) -> Response<Body> {
    let view = match shown(&app, &task).await {
        Ok(view) => view,
        Err(no) => return finding(&visit, &no),
    };
    if view.line.claimed_by.as_deref() != Some(&visit.person) {
        return finding(&visit, &Finding::new(Code::VNotFound).with("what", &task));
    }
    let said = |name: &str| visit.fields.under("c.").any(|(said, _)| said == name);
    let names: Vec<&str> = view
        .fields
        .iter()
        .map(|f| f.name.as_str())
        .filter(|name| said(name))
        .collect();
    let copied = entry(&names);
    if copied.is_empty() {
        return answer(StatusCode::OK, "text/plain; charset=utf-8", "");
    }
    match note(&app, &visit.person, "copy fields", &task, &copied).await {
        Ok(()) => answer(StatusCode::OK, "text/plain; charset=utf-8", ""),
        Err(no) => finding(&visit, &no),
    }
}

/// Names one after another; where they would be too many, the first ones and how many more.
fn entry(names: &[&str]) -> String {
    let mut text = String::new();
    for (n, name) in names.iter().enumerate() {
        if text.chars().count() + name.chars().count() > MOST {
            return format!("{text} +{}", names.len() - n);
        }
        if n > 0 {
            text.push('、');
        }
        text.push_str(name);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::entry;

    #[test]
    fn an_entry_is_bounded_and_says_how_many_more() {
        assert_eq!(entry(&["名称", "住所"]), "名称、住所");
        assert_eq!(entry(&[]), "");
        let long = "长".repeat(150);
        let names = [long.as_str(); 5];
        let text = entry(&names);
        assert!(text.chars().count() < 420 && text.ends_with(" +3"), "{text}");
    }
}
