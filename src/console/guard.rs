//! Who it is, whether they may, and whether the form is ours: before any page sees a request.

use crate::fields::Fields;
use crate::pages::{events, map};
use crate::render::{Frame, notice, see};
use crate::routes::{App, Needs};
use crate::sessions::Session;
use crate::words::Words;
use accounts::Action;
use axum::Form;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, FromRequest, Request};
use axum::http::{HeaderMap, Method, Response, StatusCode, header};
use axum::middleware::Next;
use model::Lang;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Longest form, bytes.
const FORM_BYTES: usize = 512 << 10;
/// The cookie.
pub(crate) const COOKIE: &str = "tanghulu";

/// A request that was let in.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    /// Empty where nobody is logged in.
    pub(crate) person: String,
    /// What a browser files copies of this person's drafts under.
    pub(crate) who: String,
    pub(crate) lang: Lang,
    pub(crate) csrf: String,
    /// The session's token; empty where there is none.
    pub(crate) token: String,
    pub(crate) must_choose: bool,
    /// What the account's roles allow.
    pub(crate) may: Vec<Action>,
    pub(crate) path: String,
    /// What the form brought, or the query of a page.
    pub(crate) fields: Fields,
    pub(crate) peer: Option<IpAddr>,
    /// It came from the script, which shows the answer itself.
    pub(crate) by_script: bool,
}

/// Lets a request to a page in, or answers it.
pub(crate) async fn admit(app: Arc<App>, needs: Needs, request: Request, next: Next) -> Response<Body> {
    match enter(&app, needs, request).await {
        Ok(request) => {
            let by_script = request.extensions().get::<Visit>().is_some_and(|visit| visit.by_script);
            let response = next.run(request).await;
            if by_script {
                follow_by_script(response)
            } else {
                response
            }
        }
        Err(response) => *response,
    }
}

/// A script that is led elsewhere is told where: its browser would go there by itself, and the script never know.
fn follow_by_script(mut response: Response<Body>) -> Response<Body> {
    if response.status() == StatusCode::SEE_OTHER
        && let Some(place) = response.headers_mut().remove(header::LOCATION)
    {
        *response.status_mut() = StatusCode::OK;
        response.headers_mut().insert("x-go", place);
    }
    response
}

type Refused = Box<Response<Body>>;

async fn enter(app: &App, needs: Needs, request: Request) -> Result<Request, Refused> {
    let headers = request.headers();
    let token = cookie(headers).unwrap_or_default();
    let asked = asked_lang(request.uri().query());
    let now = app.clock.mono();
    // What a page asks by itself is nobody at work.
    let (path, query) = (request.uri().path(), request.uri().query());
    let session = if path == events::PATH || (path, query) == (map::PATH, Some(map::PART)) {
        app.sessions.peek(&token, now)
    } else {
        app.sessions.find(&token, now)
    };
    if let (Some(lang), Some(_)) = (asked, &session) {
        app.sessions.speak(&token, lang);
    }
    let lang = asked.or(session.as_ref().map(|s| s.lang)).unwrap_or_default();
    let path = request.uri().path().to_owned();
    let outside = |status, text: &str| Box::new(notice(status, Frame::outside(lang, &path), text, ""));
    let words = Words::of(lang);
    let posts = request.method() == Method::POST;
    if posts && !same_origin(headers) {
        return Err(outside(StatusCode::FORBIDDEN, words.stale_form));
    }
    let streams = headers
        .get(header::ACCEPT)
        .is_some_and(|kind| kind == "text/event-stream");
    let by_script = headers.contains_key("x-console") || streams;
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip());
    if let Needs::Account(action) = needs {
        let Some(session) = &session else {
            let place = if by_script {
                return Err(outside(StatusCode::UNAUTHORIZED, words.again_after_idle));
            } else if token.is_empty() {
                if lang == Lang::En {
                    "/console/login?lang=en"
                } else {
                    "/console/login"
                }
            } else {
                "/console/login?again=1"
            };
            return Err(Box::new(see(place)));
        };
        if session.must_choose {
            return Err(Box::new(see("/console/password")));
        }
        if !may(app, &session.person, action) {
            return Err(outside(StatusCode::FORBIDDEN, words.no_right));
        }
    }
    if needs == Needs::Session && session.is_none() {
        return Err(Box::new(see("/console/login?again=1")));
    }
    let (request, fields) = if posts {
        read(request)
            .await
            .ok_or_else(|| outside(StatusCode::PAYLOAD_TOO_LARGE, words.stale_form))?
    } else {
        let fields = Fields::of_query(request.uri());
        (request, fields)
    };
    if posts
        && let Some(session) = &session
        && fields.get("csrf") != session.csrf
        && needs != Needs::Nothing
    {
        return Err(outside(StatusCode::FORBIDDEN, words.stale_form));
    }
    let mut request = request;
    let person = session.as_ref().map(|s| s.person.clone()).unwrap_or_default();
    request.extensions_mut().insert(Visit {
        who: app.seals.who(&person),
        person,
        csrf: session.as_ref().map(|s| s.csrf.clone()).unwrap_or_default(),
        must_choose: session.as_ref().is_some_and(|s| s.must_choose),
        may: session.as_ref().map(|s| allowed(app, s)).unwrap_or_default(),
        token: if session.is_some() { token } else { String::new() },
        lang,
        path,
        fields,
        peer,
        by_script,
    });
    Ok(request)
}

/// The account may have changed since the login: it is asked each time.
pub(crate) fn may(app: &App, person: &str, action: Action) -> bool {
    app.accounts.account(person).is_some_and(|account| account.may(action))
}

/// What somebody who is logged in may do; nothing before a password was chosen.
fn allowed(app: &App, session: &Session) -> Vec<Action> {
    let account = app.accounts.account(&session.person).filter(|_| !session.must_choose);
    let Some(account) = account else { return Vec::new() };
    Action::ALL.iter().copied().filter(|a| account.may(*a)).collect()
}

async fn read(request: Request) -> Option<(Request, Fields)> {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, FORM_BYTES).await.ok()?;
    let copy = Request::from_parts(parts.clone(), Body::from(bytes));
    let Form(pairs) = Form::<Vec<(String, String)>>::from_request(copy, &()).await.ok()?;
    Some((Request::from_parts(parts, Body::empty()), Fields::new(pairs)?))
}

/// A form of another site says where it comes from, and is refused; one that says nothing still needs its token.
fn same_origin(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok());
    let origin = origin
        .to_str()
        .ok()
        .and_then(|o| o.split_once("://"))
        .map(|(_, host)| host);
    origin.is_some() && origin == host
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|h| h.to_str().ok());
    let mut pairs = all
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, token) = pairs.find(|(name, _)| *name == COOKIE)?;
    (token.len() == 32).then(|| token.to_owned())
}

fn asked_lang(query: Option<&str>) -> Option<Lang> {
    query?.split('&').find_map(|pair| match pair {
        "lang=zh" => Some(Lang::Zh),
        "lang=en" => Some(Lang::En),
        _ => None,
    })
}
