//! From what the transport says to a fault: did the request leave, who acts next, and no value in the text.

use model::{Code, Finding};
use port::Fault;
use std::error::Error as _;
use std::io;

/// A request that brought no answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Broken {
    /// Nothing of it was taken: it never left, or was turned away at the door.
    NotTaken(Fault),
    /// It may have been taken.
    Maybe {
        /// What happened.
        fault: Fault,
        /// Nothing came in time: asking on at once would only wait again.
        late: bool,
    },
}

impl Broken {
    /// The fault of either.
    pub fn into_fault(self) -> Fault {
        match self {
            Self::NotTaken(fault) | Self::Maybe { fault, .. } => fault,
        }
    }
}

/// Sorts a transport error. `endpoint` is the request line without values.
pub fn sort(error: &reqwest::Error, endpoint: &str, ca: &str, limit: &str) -> Broken {
    if let Some(detail) = tls(error) {
        let f = Finding::new(Code::CTls)
            .with("endpoint", endpoint)
            .with("detail", detail)
            .with("setting", ca);
        let fault = Fault::person(f);
        // Before the connection stands nothing has left; after that a broken record proves nothing.
        return if error.is_connect() {
            Broken::NotTaken(fault)
        } else {
            Broken::Maybe { fault, late: false }
        };
    }
    if error.is_builder() {
        return Broken::NotTaken(Fault::never(&format!("{endpoint}: no valid request")));
    }
    let late = Finding::new(Code::CTimeout)
        .with("endpoint", endpoint)
        .with("limit", limit);
    if error.is_connect() {
        let away = Finding::new(Code::CUnreachable)
            .with("endpoint", endpoint)
            .with("detail", reason(error));
        return Broken::NotTaken(Fault::retry(away));
    }
    if error.is_timeout() {
        return Broken::Maybe {
            fault: Fault::retry(late),
            late: true,
        };
    }
    let cut = Finding::new(Code::CUnreachable)
        .with("endpoint", endpoint)
        .with("detail", reason(error));
    Broken::Maybe {
        fault: Fault::retry(cut),
        late: false,
    }
}

/// An answer outside the agreed interface.
pub fn nonsense(endpoint: &str, detail: &str) -> Finding {
    Finding::new(Code::CProtocol)
        .with("endpoint", endpoint)
        .with("detail", detail)
}

/// What TLS objects to, where it does.
fn tls(error: &reqwest::Error) -> Option<String> {
    causes(error).find_map(|cause| match cause.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(e) => Some(
            format!("{e:?}")
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .collect(),
        ),
        rustls::Error::NoCertificatesPresented => Some("no certificate".into()),
        rustls::Error::InvalidMessage(_) => Some("no TLS there".into()),
        rustls::Error::AlertReceived(alert) => Some(format!("{alert:?}")),
        rustls::Error::PeerIncompatible(_) => Some("no common TLS version or cipher".into()),
        _ => None,
    })
}

fn reason(error: &reqwest::Error) -> String {
    let mut kinds = causes(error).filter_map(|c| c.downcast_ref::<io::Error>().map(io::Error::kind));
    match kinds.find(|kind| *kind != io::ErrorKind::Other) {
        Some(kind) => kind.to_string(),
        _ if error.is_timeout() => "timeout".into(),
        _ if error.is_connect() => "no connection".into(),
        _ => "connection cut".into(),
    }
}

/// Every cause below an error. An `io::Error` names the cause of what it wraps as its own and passes over what it wraps,
/// so that is looked at first.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    let mut next = error.source();
    std::iter::from_fn(move || {
        let cause = next?;
        let wrapped = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match wrapped {
            Some(inner) => Some(inner as &(dyn std::error::Error + 'static)),
            None => cause.source(),
        };
        Some(cause)
    })
}
