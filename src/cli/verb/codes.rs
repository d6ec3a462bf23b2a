//! `codes`: what no table knows, and what two people say that it means.

use crate::args::CodesVerb;
use crate::ask::ask;
use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::labels::{Label, confirmed, proposed};
use crate::outcome::Outcome;
use crate::page::Column::{Number, Words};
use crate::page::Page;
use engine::verb::{Reply, Request};
use engine::view::CodeLine;
use serde_json::json;

pub(super) async fn run(host: &dyn Host, cx: &Context, verb: CodesVerb) -> Result<Outcome, Refusal> {
    let request = match verb {
        CodesVerb::Unmapped => Request::CodesUnmapped,
        CodesVerb::Map {
            table,
            code,
            canonical,
            reason,
        } => Request::CodesMap {
            table,
            code,
            canonical,
            reason,
        },
    };
    let reply = ask(host, cx, request).await?;
    match &reply {
        Reply::Codes(lines) => Ok(Outcome::answer(cx, true, list(cx, lines), lines)),
        Reply::Mapped {
            confirmed: true,
            released,
        } => {
            let text = format!("{}\n", confirmed(cx.lang, *released));
            let value = json!({ "confirmed": true, "released": released });
            Ok(Outcome::answer(cx, true, text, &value))
        }
        Reply::Mapped { confirmed: false, .. } => {
            let text = format!("{}\n", proposed(cx.lang));
            let value = json!({ "confirmed": false, "released": 0 });
            Ok(Outcome::answer(cx, true, text, &value))
        }
        other => Err(super::other(other)),
    }
}

fn list(cx: &Context, lines: &[CodeLine]) -> String {
    let mut page = Page::new(cx);
    let row = |l: &CodeLine| {
        let proposed = l.proposed.as_ref();
        [
            l.table.clone(),
            cx.word(&l.side),
            l.code.clone(),
            l.rows.to_string(),
            l.deliveries.to_string(),
            cx.time(l.since),
            l.example.clone(),
            proposed.map_or_else(String::new, |p| format!("{} ({}: {})", p.canonical, p.by, p.reason)),
        ]
    };
    page.table(
        [
            Words(Label::Table),
            Words(Label::Side),
            Words(Label::Code),
            Number(Label::Rows),
            Number(Label::Deliveries),
            Words(Label::Since),
            Words(Label::Example),
            Words(Label::Proposed),
        ],
        lines.iter().map(row).collect(),
    );
    page.done()
}
