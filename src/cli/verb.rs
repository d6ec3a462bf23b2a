//! One file per verb: what it asks, and how its answer looks.

use crate::args::Verb;
use crate::context::Context;
use crate::host::{DemoOptions, Host, Refusal};
use crate::outcome::Outcome;
use engine::verb::Reply;
use model::{Code, Finding};

mod archived;
mod backup;
mod balance;
mod batches;
mod case;
mod channel;
mod check;
mod codes;
mod disk;
mod flow;
mod ledger;
mod oneform;
mod preview;
mod queue;
mod receipts;
mod refused;
mod resume;
mod reviews;
mod settle;
mod unsettled;
mod user;
mod why;

#[cfg(test)]
pub(crate) mod tests;

/// Does a verb.
pub(crate) async fn run(host: &dyn Host, cx: &Context, verb: Verb, named_config: bool) -> Result<Outcome, Refusal> {
    match verb {
        Verb::Run => host.run(&cx.config).await.map(Outcome::silent),
        Verb::Demo(args) => {
            let options = DemoOptions {
                config: named_config.then(|| cx.config.clone()),
                once: args.once,
                cases: args.cases,
                auto_clerk: args.auto_clerk || args.once,
                dir: args.dir.map(|dir| cx.whole(&dir)),
                sabotage: args.sabotage,
                lang: cx.lang,
                json: cx.json,
                terminal: cx.terminal,
            };
            host.demo(options).await.map(Outcome::silent)
        }
        Verb::Check { offline } => check::run(host, cx, offline).await,
        Verb::Preview(args) => preview::run(host, cx, args).await,
        Verb::Collect { dept, file } => batches::collect(host, cx, dept, file).await,
        Verb::Deliver { dept } => batches::deliver(host, cx, dept).await,
        Verb::Disk(verb) => disk::run(host, cx, verb).await,
        Verb::Channel(verb) => channel::run(host, cx, verb).await,
        Verb::Case {
            case_no,
            reveal,
            archive: Some(file),
        } => archived::run(host, cx, case_no, &file, reveal).await,
        Verb::Case { case_no, reveal, .. } => case::run(host, cx, case_no, reveal).await,
        Verb::Why { case_no } => why::run(host, cx, case_no).await,
        Verb::Queue(verb) => queue::run(host, cx, verb).await,
        Verb::Refused(verb) => refused::run(host, cx, verb).await,
        Verb::Codes(verb) => codes::run(host, cx, verb).await,
        Verb::Reviews(verb) => reviews::run(host, cx, verb).await,
        Verb::Unsettled(verb) => unsettled::run(host, cx, verb).await,
        Verb::Settle(args) => settle::run(host, cx, args).await,
        Verb::Receipts { overdue } => receipts::run(host, cx, overdue).await,
        Verb::Flow { class, svg } => flow::run(host, cx, class, svg),
        Verb::Oneform { forms } => oneform::run(cx, &forms),
        Verb::Balance(args) => balance::run(host, cx, args).await,
        Verb::User(verb) => user::run(host, cx, verb).await,
        Verb::Ledger(verb) => ledger::run(host, cx, verb).await,
    }
}

/// The node answered something else than it was asked: another version of this program holds the data.
fn other(_: &Reply) -> Refusal {
    let finding = Finding::new(Code::CProtocol)
        .with("endpoint", "node.sock")
        .with("detail", "another kind of reply");
    Refusal::Unreachable(finding)
}

/// An order that was carried out: how many it concerned.
fn done(cx: &Context, reply: &Reply) -> Result<Outcome, Refusal> {
    let Reply::Done { count } = reply else {
        return Err(other(reply));
    };
    let text = format!("{}\n", crate::labels::done(cx.lang, *count));
    Ok(Outcome::answer(cx, true, text, &serde_json::json!({ "count": count })))
}

/// A place that cannot be read or written.
fn place(path: &std::path::Path, error: &std::io::Error) -> Refusal {
    let detail = error.kind().to_string();
    Refusal::No(
        Finding::new(Code::CPlace)
            .with("path", path.display())
            .with("detail", detail),
    )
}
