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
    /// Trouble that a person must end; but where this machine is short of something, nothing is wrong over there, and it is
    /// tried again.
    pub fn person(finding: Finding) -> Self {
        let next = match finding.code {
            Code::CShort => Next::Retry,
            _ => Next::Person,
        };
        Self {
            finding,
            next,
            retry_after: None,
        }
    }
    /// What a call to this machine's system that failed means: that it is short of handles or memory, or else this.
    pub fn system(error: &std::io::Error, otherwise: Finding) -> Self {
        Self::person(short(error).unwrap_or(otherwise))
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

/// Too many open files, in this process or in all; no memory: `errno` numbers of Linux.
const SHORT: [i32; 3] = [24, 23, 12];

/// Whether a failed call says that this machine is short of handles or memory.
pub fn short(error: &std::io::Error) -> Option<Finding> {
    let number = error.raw_os_error()?;
    let finding = || Finding::new(Code::CShort).with("detail", error);
    SHORT.contains(&number).then(finding)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn a_short_machine_is_nobodys_to_mend_over_there() {
        let other = || Finding::new(Code::VNotFound).with("what", "x");
        for (number, code, next) in [
            (24, Code::CShort, Next::Retry),
            (23, Code::CShort, Next::Retry),
            (12, Code::CShort, Next::Retry),
            (2, Code::VNotFound, Next::Person),
            (13, Code::VNotFound, Next::Person),
        ] {
            let fault = Fault::system(&std::io::Error::from_raw_os_error(number), other());
            assert_eq!((fault.finding.code, fault.next), (code, next), "{number}");
        }
    }
}
