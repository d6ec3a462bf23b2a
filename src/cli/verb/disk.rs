//! `disk`: files carried by hand, out and back.

mod inspect;

use crate::args::DiskVerb;
use crate::ask::ask;
use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::outcome::Outcome;
use engine::verb::Request;

pub(super) async fn run(host: &dyn Host, cx: &Context, verb: DiskVerb) -> Result<Outcome, Refusal> {
    match verb {
        DiskVerb::Export { dept, to, again } => {
            let to = cx.whole(&to);
            super::batches::shown(cx, &ask(host, cx, Request::DiskExport { dept, to, again }).await?)
        }
        DiskVerb::Import { dir, dept } => {
            let from = cx.whole(&dir);
            super::batches::shown(cx, &ask(host, cx, Request::DiskImport { from, dept }).await?)
        }
        DiskVerb::Inspect { dir } => {
            let place = cx.whole(&dir);
            inspect::shown(cx, &ask(host, cx, Request::DiskInspect { place }).await?)
        }
        DiskVerb::Log => super::receipts::shown(cx, &ask(host, cx, Request::DiskLog).await?),
    }
}
