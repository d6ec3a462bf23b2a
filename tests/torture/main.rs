//! `torture`: the command line around the library.

use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;
use torture::Options;

/// Kills a running node again and again among living departments, then lets their books judge.
///
/// Exit codes: 0 the books are right and every mode was met in flight, 1 they are not, 2 it could not be tried.
#[derive(Parser)]
struct Args {
    /// How often the node is killed; more, if a mode was not met often enough by then.
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// How many cases are posted over the run, at most; by default six for each kill and eighty more.
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
}

fn beside() -> Option<PathBuf> {
    Some(std::env::current_exe().ok()?.parent()?.join("tanghulu"))
}

fn main() -> ExitCode {
    let args = Args::parse();
    let Some(node) = args.node.or_else(beside) else {
        eprintln!("--node is needed");
        return ExitCode::from(2);
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    let kept = args.dir.is_some();
    let dir = args
        .dir
        .unwrap_or_else(|| std::env::temp_dir().join(format!("torture-{}", std::process::id())));
    let options = Options {
        kills: args.kills,
        cases: args.cases.unwrap_or(args.kills.saturating_mul(6).saturating_add(80)),
        seed: args.seed.unwrap_or_else(torture::fresh_seed),
        node,
        dir: dir.clone(),
    };
    let outcome = runtime.block_on(torture::run(&options));
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    match outcome {
        Ok(report) => {
            println!("{}", serde_json::to_string(&report).unwrap_or_default());
            if report.is_right() && !kept {
                torture::remove(&dir);
            }
            ExitCode::from(u8::from(!report.is_right()))
        }
        Err(error) => {
            eprintln!("seed {}: {error}; see {}", options.seed, dir.display());
            ExitCode::from(2)
        }
    }
}
