//! The pages, one file each, and what they share: asking for whoever is logged in, times, tokens.

use crate::guard::Visit;
use crate::routes::App;
use engine::verb::{Caller, Reply, Request};
use jiff::Timestamp;
use jiff::tz::Offset;
use model::{Code, Finding, Lang};

pub(crate) mod accounts;
pub(crate) mod assets;
pub(crate) mod audit;
pub(crate) mod case;
pub(crate) mod codes;
pub(crate) mod copied;
pub(crate) mod differs;
pub(crate) mod draft;
pub(crate) mod events;
pub(crate) mod inbound;
pub(crate) mod login;
pub(crate) mod map;
pub(crate) mod outbound;
pub(crate) mod password;
pub(crate) mod print;
pub(crate) mod proof;
pub(crate) mod queue;
pub(crate) mod refusal;
pub(crate) mod refused;
pub(crate) mod settle;
pub(crate) mod task;
pub(crate) mod team;

/// No operating system vouches for who comes by the browser: the account does. No account has this number.
const BROWSER: u32 = u32::MAX - 1;

/// Asks for whoever is logged in.
pub(crate) async fn ask(app: &App, person: &str, request: Request) -> Result<Reply, Finding> {
    let uid = app.accounts.account(person).and_then(|a| a.uid).unwrap_or(BROWSER);
    let caller = Caller {
        name: Some(person.to_owned()),
        uid,
        inside: true,
    };
    app.node.ask(request, caller).await
}

/// The node answered something else than was asked.
pub(crate) fn unexpected() -> Finding {
    Finding::new(Code::CProtocol)
        .with("endpoint", "node")
        .with("detail", "reply")
}

/// Writes an audit entry.
pub(crate) async fn note(app: &App, person: &str, action: &str, object: &str, result: &str) -> Result<(), Finding> {
    let (action, object, result) = (action.to_owned(), object.to_owned(), result.to_owned());
    let request = Request::Note { action, object, result };
    ask(app, person, request).await.map(drop)
}

/// Civil time of the node.
pub(crate) fn time(app: &App, ms: i64, form: &str) -> String {
    let offset = Offset::from_seconds(app.offset_minutes.saturating_mul(60)).unwrap_or(Offset::UTC);
    match Timestamp::from_millisecond(ms) {
        Ok(at) => offset.to_datetime(at).strftime(form).to_string(),
        Err(_) => ms.to_string(),
    }
}

/// A fixed word of the node's answers, read out.
pub(crate) fn fixed(said: &impl serde::Serialize, lang: Lang) -> String {
    let text = serde_json::to_value(said).ok();
    let text = text.as_ref().and_then(|v| v.as_str()).unwrap_or_default();
    model::words::word(text, lang).to_owned()
}

/// Tasks are words of digits and letters; anything else names none.
pub(crate) fn is_task(task: &str) -> bool {
    !task.is_empty() && task.len() <= 24 && task.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// What was typed into a page's own inputs: those that a draft keeps.
pub(crate) fn typed(visit: &Visit) -> std::collections::BTreeMap<String, String> {
    let kept = ["f.", "g.", "a."];
    kept.iter()
        .flat_map(|prefix| {
            visit
                .fields
                .under(prefix)
                .map(move |(name, text)| (format!("{prefix}{name}"), text.to_owned()))
        })
        .filter(|(_, text)| !text.is_empty())
        .collect()
}
