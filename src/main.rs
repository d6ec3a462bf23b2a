//! Tanghulu: keeps case data in step between a platform and departments whose systems cannot be changed.
//!
//! This package is only the binary; everything that can be imported lives in the crates below `src/` and `adapters/`.

mod archived;
#[cfg(feature = "demo")]
mod demo;
mod entrance;
mod hands;
mod host;
mod mirror;
mod origin;
mod preview;
mod restore;
mod secrets;
mod serve;
mod signals;
mod socket;
mod telemetry;
mod wiring;

use std::process::ExitCode;

fn main() -> ExitCode {
    // A worker before all else: nothing may run, be open or be read before its limits stand.
    let mut words = std::env::args().skip(1);
    if let (Some("worker"), Some(word)) = (words.next().as_deref(), words.next()) {
        return worker(&word);
    }
    // One TLS provider, before anything can shake hands.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(cli::main(&host::Here::default(), std::env::args_os()));
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

/// Bytes that a worker says at a time.
const PIECE: usize = 64 << 10;

/// Parses one workbook from standard input within bounds of its own (`formats::sheet::apart`). Not for people.
fn worker(word: &str) -> ExitCode {
    if safe_files::confine(safe_files::Bounds::default()).is_err() {
        return ExitCode::FAILURE;
    }
    let mut said = std::io::BufWriter::with_capacity(PIECE, std::io::stdout().lock());
    match formats::sheet::apart::serve(word, safe_files::Given, &mut said) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
