//! `disk`: files carried by hand, out and back.

mod inspect;
mod log;
mod paper;

use crate::args::DiskVerb;
use crate::ask::{Work, ask, watch};
use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::outcome::Outcome;
use engine::verb::Request;

pub(super) async fn run(host: &dyn Host, cx: &Context, verb: DiskVerb) -> Result<Outcome, Refusal> {
    match verb {
        DiskVerb::Export { dept, to, again } => {
            let to = cx.whole(&to);
            let work = Work {
                word: "export",
                dept: Some(dept.clone()),
            };
            let request = Request::DiskExport { dept, to, again };
            super::batches::shown(cx, &watch(host, cx, request, work).await?)
        }
        DiskVerb::Import {
            dir,
            dept,
            answers,
            past_gaps,
        } => {
            let work = Work {
                word: "import",
                dept: dept.clone(),
            };
            let request = Request::DiskImport {
                from: cx.whole(&dir),
                dept,
                answers,
                past_gaps,
            };
            super::batches::shown(cx, &watch(host, cx, request, work).await?)
        }
        DiskVerb::Inspect { dir } => {
            let place = cx.whole(&dir);
            inspect::shown(cx, &ask(host, cx, Request::DiskInspect { place }).await?)
        }
        DiskVerb::Log(args) => log::shown(cx, &ask(host, cx, log::request(args)).await?),
        DiskVerb::Slip { disk, to } => paper::slip(cx, &ask(host, cx, Request::DiskSlip { disk }).await?, &to),
        DiskVerb::Remind { dept, to } => {
            let late = ask(host, cx, Request::DiskLog { overdue: true }).await?;
            paper::remind(cx, &late, dept.as_deref(), &to)
        }
        DiskVerb::Cancel { disk, from, reason } => {
            let from = from.map(|from| cx.whole(&from));
            super::done(cx, &ask(host, cx, Request::DiskCancel { disk, from, reason }).await?)
        }
    }
}
