//! `channel take-over`: what another node claimed and left.

use crate::args::ChannelVerb;
use crate::ask::ask;
use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::outcome::Outcome;
use engine::verb::{Reply, Request};

pub(super) async fn run(host: &dyn Host, cx: &Context, verb: ChannelVerb) -> Result<Outcome, Refusal> {
    let ChannelVerb::TakeOver { dept, reason } = verb;
    let reply = ask(host, cx, Request::TakeOver { dept, reason }).await?;
    match &reply {
        Reply::Batches(_) => super::batches::shown(cx, &reply),
        other => super::done(cx, other),
    }
}
