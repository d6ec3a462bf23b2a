//! `torture`: the command line around the library.

#![allow(clippy::disallowed_methods, reason = "a driver of real processes, files and time")]

use clap::Parser;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tokio::task::JoinSet;
use torture::{Options, Sum};

/// Kills a running node again and again among living departments, then lets their books judge.
///
/// Each run says what it came to in a line of JSON; the last line is the sum: kills, seeds, lost, doubled, silent.
/// Exit codes: 0 the books are right and every mode was met in flight, 1 they are not, 2 it could not be tried.
#[derive(Parser)]
struct Args {
    /// How often the node is killed, over all seeds; more, if a mode was not met often enough by then.
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// How many runs, each with the next seed and departments of its own.
    #[arg(long, default_value_t = 1)]
    seeds: u32,
    /// How many cases are posted over a run, at most; by default six for each kill and eighty more.
    #[arg(long)]
    cases: Option<u32>,
    /// Decides moments and pauses; printed with the outcome.
    #[arg(long)]
    seed: Option<u64>,
    /// The node's program; by default `tanghulu` beside this one.
    #[arg(long)]
    node: Option<PathBuf>,
    /// Where it plays; kept afterwards. By default a temporary directory that goes when the books are right.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// How many runs at once; they share the points between them. The node mostly waits.
    #[arg(long, default_value_t = 1)]
    at_once: u32,
    /// A file that keeps the sum from one call to the next, written after each run.
    #[arg(long)]
    tally: Option<PathBuf>,
}

fn beside() -> Option<PathBuf> {
    Some(std::env::current_exe().ok()?.parent()?.join("tanghulu"))
}

fn main() -> ExitCode {
    let args = Args::parse();
    let tried = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .and_then(|runtime| {
            let sum = runtime.block_on(all(&args));
            runtime.shutdown_timeout(std::time::Duration::from_secs(1));
            sum
        });
    match tried {
        Ok(sum) => {
            println!("{}", serde_json::to_string(&sum).unwrap_or_default());
            ExitCode::from(u8::from(!sum.wrong.is_empty()))
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

async fn all(args: &Args) -> io::Result<Sum> {
    let node = args.node.clone().or_else(beside);
    let node = node.ok_or_else(|| io::Error::other("--node is needed"))?;
    let mut sum = args.tally.as_deref().map_or_else(|| Ok(Sum::default()), Sum::read)?;
    let first = args.seed.unwrap_or_else(torture::fresh_seed);
    let at_once = args.at_once.max(1);
    for begin in (0..args.seeds).step_by(at_once as usize) {
        let mut runs = JoinSet::new();
        for nth in begin..args.seeds.min(begin + at_once) {
            let options = options(args, &node, first + u64::from(nth), (nth - begin, at_once));
            runs.spawn(one(options, args.dir.is_none()));
        }
        while let Some(ended) = runs.join_next().await {
            let report = ended.map_err(io::Error::other)??;
            println!("{}", serde_json::to_string(&report)?);
            sum.add(&report);
            if let Some(tally) = &args.tally {
                sum.write(tally)?;
            }
        }
    }
    Ok(sum)
}

fn options(args: &Args, node: &Path, seed: u64, (nth, of): (u32, u32)) -> Options {
    let kills = args.kills.div_ceil(args.seeds.max(1));
    let place = format!("torture-{}-{seed}", std::process::id());
    Options {
        kills,
        cases: args.cases.unwrap_or(kills.saturating_mul(6).saturating_add(80)),
        seed,
        node: node.to_owned(),
        dir: match &args.dir {
            Some(dir) if args.seeds > 1 => dir.join(seed.to_string()),
            Some(dir) => dir.clone(),
            None => std::env::temp_dir().join(place),
        },
        part: (nth as usize, of as usize),
    }
}

/// One run; where its books are right, its directory goes, if it may.
async fn one(options: Options, goes: bool) -> io::Result<torture::Report> {
    let failed = |error| io::Error::other(format!("seed {}: {error}; see {}", options.seed, options.dir.display()));
    let report = torture::run(&options).await.map_err(failed)?;
    if report.is_right() && goes {
        torture::remove(&options.dir);
    }
    Ok(report)
}
