//! What there is: the one table of paths with the right each needs, and the router made of it.

use crate::drafts::Drafts;
use crate::guard::admit;
use crate::knocks::Knocks;
use crate::lanes::Lanes;
use crate::node::Node;
use crate::options::Options;
use crate::pages::{
    accounts as people, assets, audit, case, codes, copied, draft, events, inbound, login, map, outbound, password,
    print, proof, queue, refusal, refused, settle, task, team,
};
use crate::presence::Presence;
use crate::seals::Seals;
use crate::sessions::Sessions;
use crate::stands::Stands;
use crate::streams::Streams;
use accounts::{Accounts, Action};
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::routing::{MethodFilter, MethodRouter, on};
use seams::{Clock, Rng};
use std::sync::Arc;
use tokio::sync::watch;

/// What every page may use.
pub(crate) struct App {
    pub(crate) node: Arc<dyn Node>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rng: Arc<dyn Rng>,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) sessions: Sessions,
    pub(crate) knocks: Knocks,
    pub(crate) drafts: Drafts,
    pub(crate) seals: Seals,
    pub(crate) lanes: Lanes,
    pub(crate) streams: Arc<Streams>,
    pub(crate) presence: Arc<Presence>,
    pub(crate) stands: Stands,
    pub(crate) stopping: watch::Receiver<bool>,
    pub(crate) offset_minutes: i32,
    pub(crate) lease_ms: i64,
    pub(crate) tls: bool,
}

/// What a path needs of whoever opens it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needs {
    /// Nothing: the login itself, and what a login page is made of.
    Nothing,
    /// Somebody logged in, even with a token only.
    Session,
    /// An account whose roles allow this.
    Account(Action),
}

/// One path with one method.
pub struct Route {
    /// The path, `{…}` for what varies.
    pub path: &'static str,
    /// The method.
    pub method: MethodFilter,
    /// What it needs.
    pub needs: Needs,
    handler: fn(MethodFilter) -> MethodRouter<Arc<App>>,
}

/// Every route. A path that is not here is none; one without a need cannot be written down.
pub fn table() -> Vec<Route> {
    use Needs::{Account, Nothing, Session};
    let (get, post) = (MethodFilter::GET, MethodFilter::POST);
    let route = |method, path, needs, handler| Route {
        path,
        method,
        needs,
        handler,
    };
    let (look, key) = (Account(Action::Look), Account(Action::Key));
    let (prove, lead) = (Account(Action::Verify), Account(Action::Supervise));
    let audits = Account(Action::Audit);
    let keeps = Account(Action::Accounts);
    let may_map = Account(Action::Map);
    let (may_settle, may_reveal) = (Account(Action::Settle), Account(Action::Reveal));
    vec![
        route(get, "/console/login", Nothing, |m| on(m, login::get)),
        route(post, "/console/login", Nothing, |m| on(m, login::post)),
        route(get, "/console/password", Session, |m| on(m, password::get)),
        route(post, "/console/password", Session, |m| on(m, password::post)),
        route(post, "/console/logout", Session, |m| on(m, login::end)),
        route(get, "/console", look, |m| on(m, queue::get)),
        route(post, "/console/next", prove, |m| on(m, queue::next)),
        route(get, "/console/task/{task}", look, |m| on(m, task::get)),
        route(post, "/console/task/{task}/claim", key, |m| on(m, task::claim)),
        route(post, "/console/task/{task}/looked", key, |m| on(m, outbound::looked)),
        route(post, "/console/task/{task}/keyed", key, |m| on(m, outbound::keyed)),
        route(post, "/console/task/{task}/refuse", key, |m| on(m, outbound::refuse)),
        route(post, "/console/task/{task}/not-keyed", key, |m| {
            on(m, outbound::not_keyed)
        }),
        route(post, "/console/task/{task}/form", key, |m| on(m, inbound::post)),
        route(post, "/console/task/{task}/draft", prove, |m| on(m, draft::post)),
        route(post, "/console/task/{task}/take-proof", prove, |m| on(m, proof::claim)),
        route(post, "/console/task/{task}/verify", prove, |m| on(m, proof::verify)),
        route(post, "/console/task/{task}/decide", prove, |m| on(m, proof::decide)),
        route(post, "/console/task/{task}/back", prove, |m| on(m, proof::back)),
        route(get, "/console/team", lead, |m| on(m, team::get)),
        route(post, "/console/team/{task}/assign", lead, |m| on(m, team::assign)),
        route(post, "/console/team/{task}/rank", lead, |m| on(m, team::rank)),
        route(get, "/console/case", look, |m| on(m, case::find)),
        route(get, "/console/case/{case_no}", look, |m| on(m, case::get)),
        route(post, "/console/case/{case_no}", may_reveal, |m| on(m, case::reveal)),
        route(get, "/console/codes", look, |m| on(m, codes::get)),
        route(post, "/console/codes", may_map, |m| on(m, codes::post)),
        route(get, map::PATH, look, |m| on(m, map::get)),
        route(get, "/console/map.js", Nothing, |m| on(m, assets::map)),
        route(get, "/console/audit", audits, |m| on(m, audit::get)),
        route(get, "/console/accounts", keeps, |m| on(m, people::get)),
        route(post, "/console/accounts", keeps, |m| on(m, people::post)),
        route(get, "/console/refused", look, |m| on(m, refused::get)),
        route(post, "/console/refused", may_settle, |m| on(m, settle::post)),
        route(get, "/console/refused/{id}", look, |m| on(m, refusal::get)),
        route(post, "/console/refused/{id}", may_settle, |m| on(m, refusal::post)),
        route(post, "/console/task/{task}/copied", key, |m| on(m, copied::post)),
        route(get, "/console/task/{task}/print", key, |m| on(m, print::get)),
        route(get, events::PATH, look, |m| on(m, events::get)),
        route(get, "/console/style.css", Nothing, |m| on(m, assets::style)),
        route(get, "/console/script.js", Nothing, |m| on(m, assets::script)),
    ]
}

/// The console of a node.
pub fn router(options: Options, node: impl Node) -> Router {
    let app = Arc::new(App {
        node: Arc::new(node),
        seals: Seals::new(options.key.clone()),
        drafts: Drafts::new(options.drafts, options.key, options.rng.clone()),
        presence: Arc::new(Presence::new(options.clock.clone())),
        streams: Arc::default(),
        stands: Stands::default(),
        stopping: options.stopping,
        clock: options.clock,
        rng: options.rng,
        accounts: options.accounts,
        sessions: Sessions::default(),
        knocks: Knocks::default(),
        lanes: Lanes::default(),
        offset_minutes: options.offset_minutes,
        lease_ms: options.lease_ms,
        tls: options.tls,
    });
    let add = |router: Router<Arc<App>>, route: Route| {
        let (guarded, needs) = (app.clone(), route.needs);
        let guard = from_fn(move |request: Request, next: Next| admit(guarded.clone(), needs, request, next));
        router.route(route.path, (route.handler)(route.method).layer(guard))
    };
    table().into_iter().fold(Router::new(), add).with_state(app.clone())
}
