//! How a page leaves: rendered, never kept by a cache, with what tells the browser to run and load nothing of others.

use crate::guard::Visit;
use crate::nav::{Link, links};
use crate::pages::case::is_case;
use crate::words::Words;
use accounts::Action;
use askama::Template;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use model::{Finding, Lang};

/// No case number is shorter.
const CASE_LENGTH: usize = 18;

/// What every page has around its own part.
pub(crate) struct Frame {
    pub(crate) w: &'static Words,
    /// Who is logged in; empty where nobody is.
    pub(crate) person: String,
    /// What a browser files copies of this person's drafts under.
    pub(crate) who: String,
    pub(crate) csrf: String,
    /// Where this page is, for the other language.
    pub(crate) here: String,
    /// The pages that are open to them.
    pub(crate) links: Vec<Link>,
    may: Vec<Action>,
}

impl Frame {
    /// For a visit.
    pub(crate) fn of(visit: &Visit) -> Self {
        Self {
            w: Words::of(visit.lang),
            person: visit.person.clone(),
            who: visit.who.clone(),
            csrf: visit.csrf.clone(),
            here: visit.path.clone(),
            links: links(Words::of(visit.lang), &visit.may, &visit.path),
            may: visit.may.clone(),
        }
    }

    /// For nobody.
    pub(crate) fn outside(lang: Lang, here: &str) -> Self {
        Self {
            w: Words::of(lang),
            person: String::new(),
            who: String::new(),
            csrf: String::new(),
            here: here.to_owned(),
            links: Vec::new(),
            may: Vec::new(),
        }
    }

    /// Whether a number leads to a page of its case.
    pub(crate) fn opens(&self, case_no: &str) -> bool {
        is_case(case_no) && self.may.contains(&Action::Look)
    }

    /// The same for a text that may be a case's number among others: case numbers are long and begin with digits.
    pub(crate) fn opens_case(&self, text: &str) -> bool {
        text.len() >= CASE_LENGTH && text.bytes().take(6).all(|b| b.is_ascii_digit()) && self.opens(text)
    }

    /// Whether there is a search for cases.
    pub(crate) fn finds(&self) -> bool {
        self.may.contains(&Action::Look)
    }

    /// Whether whoever is logged in may see personal values.
    pub(crate) fn reveals(&self) -> bool {
        self.may.contains(&Action::Reveal)
    }

    /// Whether whoever is logged in may say what a code means.
    pub(crate) fn maps(&self) -> bool {
        self.may.contains(&Action::Map)
    }

    /// Whether whoever is logged in may deal with what was refused and what is unsettled.
    pub(crate) fn settles(&self) -> bool {
        self.may.contains(&Action::Settle)
    }
}

#[derive(Template)]
#[template(path = "notice.html")]
struct Notice {
    frame: Frame,
    text: String,
    more: String,
}

const FIXED: &[(HeaderName, &str)] = &[
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; \
         form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // With none at all, browsers send no origin with a form, and the guard could not compare it.
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

/// An answer with the headers that all have.
pub(crate) fn answer(status: StatusCode, kind: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A page.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Response<Body> {
    match template.render() {
        Ok(text) => answer(status, "text/html; charset=utf-8", text),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            answer(StatusCode::INTERNAL_SERVER_ERROR, "text/plain; charset=utf-8", "500")
        }
    }
}

/// Go there next.
pub(crate) fn see(place: &str) -> Response<Body> {
    let mut response = answer(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", "");
    if let Ok(value) = HeaderValue::from_str(place) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}

/// A page that says one thing.
pub(crate) fn notice(status: StatusCode, frame: Frame, text: &str, more: &str) -> Response<Body> {
    let (text, more) = (text.to_owned(), more.to_owned());
    page(status, &Notice { frame, text, more })
}

/// A page that says what is wrong, in the visitor's language.
pub(crate) fn finding(visit: &Visit, finding: &Finding) -> Response<Body> {
    use model::Code;
    let status = match finding.code {
        Code::VNotFound => StatusCode::NOT_FOUND,
        Code::VRight | Code::VPerson | Code::VAccount => StatusCode::FORBIDDEN,
        _ => StatusCode::CONFLICT,
    };
    let (what, remedy) = (finding.what(visit.lang), finding.remedy(visit.lang));
    notice(status, Frame::of(visit), &what, &remedy)
}
