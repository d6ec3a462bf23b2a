//! `ledger`: is it intact, how big is it, make its index again. Backups and doubts have files of their own.

use crate::args::LedgerVerb;
use crate::ask::ask;
use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::labels::Label;
use crate::outcome::Outcome;
use crate::page::Page;
use engine::verb::{Reply, Request};

mod stats;
mod verify;

pub(super) async fn run(host: &dyn Host, cx: &Context, verb: LedgerVerb) -> Result<Outcome, Refusal> {
    match verb {
        LedgerVerb::Verify(args) => verify::verify(cx, &args),
        LedgerVerb::Stats => stats::stats(cx, &ask(host, cx, Request::LedgerStats).await?),
        LedgerVerb::Archive { before, to } => {
            let to = cx.whole(&to);
            let reply = ask(host, cx, Request::LedgerArchive { before, to }).await?;
            archived(cx, &reply)
        }
        LedgerVerb::Erase { case_no, reason } => {
            let reply = ask(host, cx, Request::LedgerErase { case_no, reason }).await?;
            super::done(cx, &reply)
        }
        LedgerVerb::Rebuild => {
            let reply = ask(host, cx, Request::LedgerRebuild).await?;
            match &reply {
                Reply::Stats(_) => stats::stats(cx, &reply),
                other => super::done(cx, other),
            }
        }
        LedgerVerb::Backup { to } => super::backup::backup(host, cx, &to).await,
        LedgerVerb::Restore { dir, verify } => super::backup::restore(host, cx, &dir, verify).await,
        LedgerVerb::Resume { reason, nothing_lost } => super::resume::run(host, cx, reason, nothing_lost).await,
    }
}

fn archived(cx: &Context, reply: &Reply) -> Result<Outcome, Refusal> {
    let Reply::Archived { sealed, cases, stayed } = reply else {
        return Err(super::other(reply));
    };
    let mut page = Page::new(cx);
    page.pairs([
        (Label::File, sealed.name.clone()),
        (Label::Digest, sealed.digest.clone()),
        (Label::Bodies, sealed.bodies.to_string()),
        (Label::Cases, cases.to_string()),
        (Label::Stayed, stayed.to_string()),
    ]);
    let value = serde_json::json!({"archive": sealed, "cases": cases, "stayed": stayed});
    Ok(Outcome::answer(cx, true, page.done(), &value))
}
