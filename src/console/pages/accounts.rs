//! Accounts: who may log in and act, and in which roles. What is done here is what `user` does at the command line: judged
//! first, journalled next, done last.

use super::note;
use crate::guard::Visit;
use crate::list::{Further, part};
use crate::render::{Frame, page, see};
use crate::routes::App;
use crate::sessions::chance;
use crate::words::Words;
use accounts::{Line, Order, Role, Told};
use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use model::words::word;
use model::{Finding, Lang, visible};
use std::collections::BTreeSet;
use std::sync::Arc;

const PLACE: &str = "/console/accounts";

struct Row {
    /// As the form sends it back.
    name: String,
    shown: String,
    roles: String,
    uid: String,
    state: String,
    class: &'static str,
    shape: &'static str,
    totp: bool,
    picked: bool,
}

/// What is shown this once.
struct Token {
    name: String,
    token: String,
    totp: String,
}

/// What is said about what was sent.
#[derive(Default)]
struct Said {
    wrong: Vec<String>,
    token: Option<Token>,
}

#[derive(Template)]
#[template(path = "accounts.html")]
struct AccountsPage {
    frame: Frame,
    says: &'static str,
    wrong: Vec<String>,
    token: Option<Token>,
    once: String,
    rows: Vec<Row>,
    further: Further,
    roles: Vec<(&'static str, String)>,
    new_name: String,
    new_uid: String,
}

pub(crate) async fn get(State(app): State<Arc<App>>, Extension(visit): Extension<Visit>) -> Response<Body> {
    show(&app, &visit, StatusCode::OK, Said::default())
}

pub(crate) async fn post(State(app): State<Arc<App>>, Extension(visit): Extension<Visit>) -> Response<Body> {
    let wrong = |status, wrong: Vec<String>| {
        let said = Said {
            wrong,
            ..Said::default()
        };
        show(&app, &visit, status, said)
    };
    let order = match order(&visit) {
        Ok(order) => order,
        Err(text) => return wrong(StatusCode::UNPROCESSABLE_ENTITY, vec![text.to_owned()]),
    };
    let once = visit.fields.get("once").to_owned();
    let mut lane = app.lanes.enter("accounts").await;
    // What was shown once is not shown again, whoever sends the form again.
    if let Some(place) = lane.before(&once) {
        return see(&place);
    }
    match give(&app, &visit.person, &order).await {
        Ok(Told::Token { name, token, totp }) => {
            lane.led(&once, PLACE);
            app.sessions.end_all(&name);
            let token = Some(Token {
                name: visible::text(&name).into_owned(),
                token,
                totp: totp.unwrap_or_default(),
            });
            let said = Said {
                token,
                ..Said::default()
            };
            show(&app, &visit, StatusCode::OK, said)
        }
        Ok(_) => {
            let place = match order {
                Order::Roles { .. } => "/console/accounts?did=roles",
                _ => "/console/accounts?did=disable",
            };
            lane.led(&once, place);
            see(place)
        }
        Err(no) => {
            drop(lane);
            wrong(StatusCode::CONFLICT, vec![no.what(visit.lang), no.remedy(visit.lang)])
        }
    }
}

/// What the form asks for.
fn order(visit: &Visit) -> Result<Order, &'static str> {
    let words = Words::of(visit.lang);
    let field = |name: &str| visit.fields.get(name).trim().to_owned();
    let roles = || {
        let named = visit
            .fields
            .under("role.")
            .filter_map(|(role, _)| Role::from_word(role));
        named.collect::<BTreeSet<Role>>()
    };
    let totp = visit.fields.get("totp") == "1";
    if visit.fields.get("do") == "add" {
        let uid = match field("uid").as_str() {
            "" => None,
            digits => Some(digits.parse().map_err(|_| words.uid_wrong)?),
        };
        return Ok(Order::Add {
            name: field("name"),
            roles: roles(),
            uid,
            totp,
        });
    }
    let name = visit.fields.get("pick").to_owned();
    if name.is_empty() {
        return Err(words.pick_account);
    }
    match visit.fields.get("do") {
        "token" => Ok(Order::Passwd { name, totp }),
        "disable" => Ok(Order::Disable { name }),
        "roles" => Ok(Order::Roles { name, roles: roles() }),
        _ => Err(words.say_what),
    }
}

/// What the journal cannot say is not done.
async fn give(app: &App, person: &str, order: &Order) -> Result<Told, Finding> {
    let (now, rng) = (app.clock.now().0, app.accounts.rng());
    order.apply(&mut app.accounts.book(), now, rng)?;
    let (action, object, result) = order.entry();
    note(app, person, action, object, &result).await?;
    app.accounts.change(|book| order.apply(book, now, rng))
}

fn show(app: &App, visit: &Visit, status: StatusCode, said: Said) -> Response<Body> {
    let words = Words::of(visit.lang);
    let now = app.clock.now().0;
    let listed = Order::List.apply(&mut app.accounts.book(), now, app.accounts.rng());
    let lines = match listed {
        Ok(Told::List(lines)) => lines,
        _ => Vec::new(),
    };
    let (lines, further) = part(lines, visit.fields.get("from"), format!("{PLACE}?"));
    let picked = visit.fields.get("pick");
    let adds = visit.fields.get("do") == "add" && !said.wrong.is_empty();
    let typed = |name: &str| {
        if adds {
            visit.fields.get(name).to_owned()
        } else {
            String::new()
        }
    };
    let shown = AccountsPage {
        frame: Frame::of(visit),
        says: match visit.fields.get("did") {
            "roles" => words.did_roles,
            "disable" => words.did_disable,
            _ => "",
        },
        wrong: said.wrong,
        token: said.token,
        once: chance(&*app.rng),
        rows: lines.into_iter().map(|l| row(visit.lang, l, picked)).collect(),
        further,
        roles: Role::ALL
            .iter()
            .map(|r| (r.word(), word(r.word(), visit.lang).to_owned()))
            .collect(),
        new_name: typed("name"),
        new_uid: typed("uid"),
    };
    page(status, &shown)
}

fn row(lang: Lang, line: Line, picked: &str) -> Row {
    let roles: Vec<&str> = line.roles.iter().map(|role| word(role.word(), lang)).collect();
    let (class, shape) = match line.state.as_str() {
        "active" => ("fine", "●"),
        "token" => ("unknown", "○"),
        "disabled" => ("late", "▲"),
        _ => ("soon", "◆"),
    };
    Row {
        shown: visible::text(&line.name).into_owned(),
        roles: roles.join(", "),
        uid: line.uid.map(|uid| uid.to_string()).unwrap_or_default(),
        state: word(&line.state, lang).to_owned(),
        class,
        shape,
        totp: line.totp,
        picked: line.name == picked,
        name: line.name,
    }
}
