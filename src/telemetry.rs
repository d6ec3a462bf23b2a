//! The technical log: to standard error, for journald. Events and numbers, never values of cases. An event is one line,
//! whatever somebody else's words in it are made of: nobody writes a line of his own into it.

use settings::tables::node::{LogFormat, LogLevel};
use std::io::{self, Write};
use tracing_subscriber::EnvFilter;

/// Starts logging. `RUST_LOG` overrides the configured level.
pub fn start(level: LogLevel, format: LogFormat) {
    let word = level.word();
    // Libraries speak only when something is wrong: their debug lines may hold what they carry.
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new(format!("warn,tanghulu={word},tanghulu_engine={word}")));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // A line that cannot be written is lost: said on the same full disk, it would end the node.
        .log_internal_errors(false)
        .with_writer(|| Lines(io::stderr()));
    let _ = match format {
        LogFormat::Json => builder.json().try_init(),
        LogFormat::Text => builder.with_ansi(false).try_init(),
    };
}

/// Writes each event, which comes as one piece with a line end, as one line.
struct Lines<W>(W);

impl<W: Write> Write for Lines<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = std::str::from_utf8(event).map_err(io::Error::other)?;
        let text = text.strip_suffix('\n').unwrap_or(text);
        let line = format!("{}\n", model::visible::text(text));
        self.0.write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A server's words and a file's name, made to look like lines of ours.
    #[test]
    fn nobody_writes_a_line_of_his_own() {
        let page = Page::default();
        let writer = page.clone();
        let log = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || Lines(writer.clone()))
            .finish();
        let forged = "no\r\n2026-03-02T00:00:00Z ERROR tanghulu: all is well\u{1b}[2J\u{85}\u{202e}";
        tracing::subscriber::with_default(log, || {
            tracing::warn!(fault = %forged, name = forged, "a channel is in trouble {forged}");
            tracing::warn!("糖葫芦");
        });
        let text = String::from_utf8(page.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 2, "{text}");
        let turned = |c: char| c != '\n' && (c.is_control() || model::visible::turns(c));
        assert!(!text.contains(turned), "{text:?}");
        assert!(text.lines().nth(1).unwrap().ends_with("糖葫芦"));
    }
}
