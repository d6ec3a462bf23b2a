//! The technical log: to standard error, for journald. Events and numbers, never values of cases.

use settings::tables::node::{LogFormat, LogLevel};
use tracing_subscriber::EnvFilter;

/// Starts logging. `RUST_LOG` overrides the configured level.
pub fn start(level: LogLevel, format: LogFormat) {
    let word = match level {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "info",
        LogLevel::Debug => "debug",
        LogLevel::Trace => "trace",
    };
    // Libraries speak only when something is wrong: their debug lines may hold what they carry.
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new(format!("warn,tanghulu={word},tanghulu_engine={word}")));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // A line that cannot be written is lost: said on the same full disk, it would end the node.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    let _ = match format {
        LogFormat::Json => builder.json().try_init(),
        LogFormat::Text => builder.with_ansi(false).try_init(),
    };
}
