//! What there is: the one table of paths, and the router made of it.

use crate::admit::{Gate, admit, front};
use crate::cases::Lanes;
use crate::health::Pulse;
use crate::node::Node;
use crate::options::{Intake, Options};
use crate::{cases, changes, health, openapi, reviews, say};
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodFilter, MethodRouter, on};
use axum::{Router, response::Response};
use model::Code;
use seams::{Clock, Spawn};
use std::sync::Arc;

/// What every handler may use.
pub struct App {
    pub(crate) node: Arc<dyn Node>,
    pub(crate) intake: Option<Intake>,
    pub(crate) lanes: Lanes,
    pub(crate) pulse: Pulse,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) spawn: Arc<dyn Spawn>,
}

/// One path with one method.
pub struct Route {
    /// The path, `{…}` for what varies.
    pub path: &'static str,
    /// The method.
    pub method: MethodFilter,
    /// Whether it needs a signature.
    pub signed: bool,
    handler: fn(MethodFilter) -> MethodRouter<Arc<App>>,
}

/// Every route.
pub fn table() -> Vec<Route> {
    let (get, post) = (MethodFilter::GET, MethodFilter::POST);
    let route = |method, path, signed, handler| Route {
        path,
        method,
        signed,
        handler,
    };
    vec![
        route(post, "/v1/cases", true, |m| on(m, cases::post)),
        route(get, "/v1/cases/{no}", true, |m| on(m, cases::get)),
        route(get, "/v1/changes", true, |m| on(m, changes::get)),
        route(post, "/v1/reviews", true, |m| on(m, reviews::ask)),
        route(post, "/v1/reviews/{no}/confirm", true, |m| on(m, reviews::confirm)),
        route(get, "/v1/openapi.json", false, |m| on(m, openapi::get)),
        route(get, "/livez", false, |m| on(m, health::live)),
        route(get, "/readyz", false, |m| on(m, health::ready)),
    ]
}

/// The interface to a node.
pub fn router(options: Options, node: impl Node) -> Router {
    let gate = Arc::new(Gate::new(&options));
    let app = Arc::new(App {
        node: Arc::new(node),
        intake: options.intake,
        lanes: Lanes::new(),
        pulse: Pulse::default(),
        clock: options.clock,
        spawn: options.spawn,
    });
    let of = |signed| {
        let routes = table().into_iter().filter(|r| r.signed == signed);
        routes.fold(Router::new(), |router, r| router.route(r.path, (r.handler)(r.method)))
    };
    let signed: Router<Arc<App>> = of(true).route_layer(from_fn_with_state(gate, admit));
    signed
        .merge(of(false))
        .fallback(no_path)
        .method_not_allowed_fallback(no_method)
        .layer(from_fn(front))
        .with_state(app)
}

async fn no_path() -> Response {
    say::code(StatusCode::NOT_FOUND, Code::ANoPath)
}

async fn no_method() -> Response {
    say::code(StatusCode::METHOD_NOT_ALLOWED, Code::AMethod)
}
