//! `channel`: what another node claimed and left, and the key under which the other side is known.

use crate::args::ChannelVerb;
use crate::ask::ask;
use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::labels::Label;
use crate::outcome::Outcome;
use engine::verb::{Reply, Request};
use engine::view::TrustedLine;

pub(super) async fn run(host: &dyn Host, cx: &Context, verb: ChannelVerb) -> Result<Outcome, Refusal> {
    let request = match verb {
        ChannelVerb::TakeOver { dept, reason } => Request::TakeOver { dept, reason },
        ChannelVerb::Trust {
            dept,
            channel,
            fingerprint,
        } => Request::Trust {
            dept,
            channel,
            fingerprint,
        },
    };
    let reply = ask(host, cx, request).await?;
    match &reply {
        Reply::Batches(_) => super::batches::shown(cx, &reply),
        other => super::done(cx, other),
    }
}

/// A key that a person trusts, in one line.
pub(super) fn trusted(cx: &Context, line: &TrustedLine) -> String {
    format!(
        "{} {} ({} {}; {} {})",
        cx.label(Label::TrustedKey),
        line.fingerprint,
        line.by,
        cx.time(line.at),
        cx.label(Label::InsteadOf),
        line.instead_of
    )
}
