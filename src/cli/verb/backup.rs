//! `ledger backup` and `ledger restore`: a copy of the journal as of one group, and a ledger made of one.

use crate::ask::{ask, patiently};
use crate::context::Context;
use crate::host::{Host, Refusal, Restored};
use crate::labels::{self, Label};
use crate::outcome::Outcome;
use crate::page::Page;
use engine::verb::{Reply, Request};
use std::path::Path;

pub(super) async fn backup(host: &dyn Host, cx: &Context, to: &Path) -> Result<Outcome, Refusal> {
    let reply = ask(host, cx, Request::LedgerBackup { to: cx.whole(to) }).await?;
    let Reply::Backup(backup) = &reply else {
        return Err(super::other(&reply));
    };
    let mut page = Page::new(cx);
    page.pairs([
        (Label::WrittenBackup, backup.place.clone()),
        (Label::Last, backup.group.to_string()),
        (Label::Time, cx.time(backup.at)),
        (Label::Files, backup.files.to_string()),
        (Label::Bytes, backup.bytes.to_string()),
        (Label::SignedHead, backup.head.clone()),
    ]);
    page.gap();
    page.line(&labels::backup_is_without(cx.lang));
    Ok(Outcome::answer(cx, true, page.done(), backup))
}

pub(super) async fn restore(host: &dyn Host, cx: &Context, dir: &Path, verify: bool) -> Result<Outcome, Refusal> {
    let from = cx.whole(dir);
    let restored = patiently(cx, host.restore(&cx.config, &from, verify)).await?;
    Ok(Outcome::answer(cx, true, text(cx, &restored), &restored))
}

fn text(cx: &Context, restored: &Restored) -> String {
    let mut page = Page::new(cx);
    page.pairs([
        (Label::BackupOf, restored.node.clone()),
        (Label::Time, cx.time(restored.at)),
        (Label::Last, restored.group.to_string()),
        (Label::Entries, restored.entries.to_string()),
        (Label::Bytes, restored.bytes.to_string()),
        (Label::Head, restored.chain.clone()),
        (Label::RestoredTo, restored.data.clone().unwrap_or_default()),
        (
            Label::LedgerGoesOn,
            restored.ledger_group.map(|group| group.to_string()).unwrap_or_default(),
        ),
    ]);
    page.gap();
    match restored.data {
        Some(_) => page.line(&labels::restored_is_in_doubt(cx.lang)),
        None => page.line(&labels::backup_is_whole(cx.lang)),
    }
    page.done()
}
