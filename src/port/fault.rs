//! What happened times who acts next. Adapters classify; one place retries.

use model::{Code, Finding};
use std::fmt;
use std::time::Duration;

/// Who acts next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// The engine, after a pause.
    Retry,
    /// A person, before it makes sense to try again (credentials, host key, conflict).
    Person,
    /// Nobody: trying again cannot help.
    Never,
}

/// A channel's own trouble, not one record's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// What happened, without personal values.
    pub finding: Finding,
    /// Who acts next.
    pub next: Next,
    /// How long the other side asked us to wait.
    pub retry_after: Option<Duration>,
}

impl Fault {
    /// Trouble that passes.
    pub fn retry(finding: Finding) -> Self {
        Self {
            finding,
            next: Next::Retry,
            retry_after: None,
        }
    }
    /// Trouble that a person must end.
    pub fn person(finding: Finding) -> Self {
        Self {
            finding,
            next: Next::Person,
            retry_after: None,
        }
    }
    /// The channel cannot do what was asked.
    pub fn never(detail: &str) -> Self {
        Self {
            finding: Finding::new(Code::CNotPossible).with("detail", detail),
            next: Next::Never,
            retry_after: None,
        }
    }
    /// With a pause the other side asked for.
    #[must_use]
    pub fn after(mut self, pause: Duration) -> Self {
        self.retry_after = Some(pause);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.finding.sentence(model::Lang::En))
    }
}

impl std::error::Error for Fault {}
