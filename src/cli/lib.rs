//! Arguments, verbs and how their answers look.
//!
//! A verb turns words of the command line into one request (`engine::verb`), lets the [`Host`] ask it, and shows the
//! reply as text in Chinese or English, or as JSON. What needs adapters or living departments is the host's; the
//! binary provides it. `ledger verify` alone reads the disk itself: it must work without key and without node.
//!
//! Exit codes: 0 good · 1 the answer is no (differences, refusals, failed checks) · 2 the call or the configuration is
//! wrong · 3 the node cannot be reached. A batch that was refused or quarantined, or in which a row was refused, is a no
//! for the verb that took it in; a list of refusals is a good answer. Answers go to standard output, what is wrong to
//! standard error; with `--json` both go to standard output, the latter as `{"error": {code, what, remedy, place}}`.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests arrange the world around the code by hand"
    )
)]

mod ask;
mod context;
mod host;
mod labels;
mod local;
mod outcome;
mod page;
mod paper;
mod print;
mod progress;
mod rights;
mod svg;
mod verb;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub mod args;

pub use args::{Cli, Sabotage, Verb};
pub use host::{CheckReport, DemoOptions, Host, Preview, PreviewRow, Refusal, Restored, ScheduleLine};
pub use outcome::{GOOD, NO, Outcome, UNREACHABLE, WRONG};
pub use progress::Progress;
pub use rights::action;

use clap::Parser as _;
use clap::error::ErrorKind;
use context::Context;
use model::{Code, Finding};
use std::ffi::OsString;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;

/// What a call finds around it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Surroundings {
    /// The working directory.
    pub here: PathBuf,
    /// The locale's name: `LC_ALL` where it says something, else `LANG`.
    pub locale: Option<String>,
    /// Standard error is a terminal.
    pub terminal: bool,
}

impl Surroundings {
    /// Those of this process.
    pub fn of_process() -> Self {
        let said = |name| std::env::var(name).ok().filter(|v| !v.is_empty());
        Self {
            here: std::env::current_dir().unwrap_or_default(),
            locale: said("LC_ALL").or_else(|| said("LANG")),
            terminal: std::io::stderr().is_terminal(),
        }
    }
}

/// Does what the arguments say, prints the answer, and gives the exit code.
pub async fn main<I, T>(host: &dyn Host, argv: I) -> i32
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let outcome = answer(host, argv, &Surroundings::of_process()).await;
    // A reader that went away (`| head`) is no error of the verb.
    let _ = std::io::stdout().lock().write_all(outcome.out.as_bytes());
    let _ = std::io::stderr().lock().write_all(outcome.err.as_bytes());
    outcome.code
}

/// The same without printing.
pub async fn answer<I, T>(host: &dyn Host, argv: I, around: &Surroundings) -> Outcome
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let argv: Vec<OsString> = argv.into_iter().map(Into::into).collect();
    let cli = match Cli::try_parse_from(&argv) {
        Ok(cli) => cli,
        Err(error) => return misunderstood(&error, &argv, around),
    };
    let config = cli.global.config_dir(&around.here);
    let cx = Context {
        offset_minutes: local::offset_minutes(&config),
        config,
        here: around.here.clone(),
        lang: cli.global.language(around.locale.as_deref()),
        json: cli.global.json,
        as_name: cli.global.as_name.clone(),
        terminal: around.terminal,
    };
    let named_config = cli.global.config.is_some();
    match verb::run(host, &cx, cli.verb, named_config).await {
        Ok(outcome) => outcome,
        Err(refusal) => Outcome::refusal(&cx, &refusal),
    }
}

/// A call that is not one; or one that asks for help, which is good.
fn misunderstood(error: &clap::Error, argv: &[OsString], around: &Surroundings) -> Outcome {
    let text = error.to_string();
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return Outcome {
            out: text,
            err: String::new(),
            code: GOOD,
        };
    }
    // The arguments could not be read, so these two are looked for by hand.
    let json = argv.iter().any(|a| a == "--json");
    if !json {
        return Outcome {
            out: String::new(),
            err: text,
            code: WRONG,
        };
    }
    // The first paragraph: what is missing may stand on lines of its own.
    let first: Vec<&str> = text
        .lines()
        .take_while(|line| !line.is_empty())
        .map(str::trim)
        .collect();
    let first = first.join(" ");
    let detail = first.strip_prefix("error: ").unwrap_or(&first).to_owned();
    let lang = around.locale.as_deref().map(args::language_of).unwrap_or_default();
    let cx = Context {
        config: PathBuf::new(),
        here: around.here.clone(),
        lang,
        json,
        as_name: None,
        offset_minutes: local::DEFAULT_OFFSET_MINUTES,
        terminal: false,
    };
    Outcome::error(&cx, WRONG, &Finding::new(Code::VCall).with("detail", detail))
}
