//! What every answer needs to know of its reader: language, form, and the civil time of the node.

use crate::labels::Label;
use jiff::Timestamp;
use jiff::tz::Offset;
use model::Lang;
use model::words::word;
use std::path::PathBuf;

/// The reader of an answer.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Context {
    /// The configuration directory.
    pub(crate) config: PathBuf,
    /// The working directory, for paths as typed.
    pub(crate) here: PathBuf,
    /// The language.
    pub(crate) lang: Lang,
    /// JSON instead of text.
    pub(crate) json: bool,
    /// Who acts.
    pub(crate) as_name: Option<String>,
    /// Civil time of the node as offset from UTC, minutes; +08:00 where the configuration cannot say.
    pub(crate) offset_minutes: i32,
    /// Standard error is a terminal: a progress line may be drawn there.
    pub(crate) terminal: bool,
}

impl Context {
    /// A label's text.
    pub(crate) fn label(&self, label: Label) -> &'static str {
        label.text(self.lang)
    }

    /// A fixed word, read out.
    pub(crate) fn word(&self, text: &str) -> String {
        word(text, self.lang).to_owned()
    }

    /// A time of the books in civil time: `2026-03-02 09:00:00`. One that no calendar holds stays a number.
    pub(crate) fn time(&self, ms: i64) -> String {
        let offset = Offset::from_seconds(self.offset_minutes.saturating_mul(60)).unwrap_or(Offset::UTC);
        match Timestamp::from_millisecond(ms) {
            Ok(at) => offset.to_datetime(at).strftime("%Y-%m-%d %H:%M:%S").to_string(),
            Err(_) => ms.to_string(),
        }
    }

    /// A time that may be absent.
    pub(crate) fn time_or_none(&self, ms: Option<i64>) -> String {
        ms.map(|ms| self.time(ms)).unwrap_or_default()
    }

    /// Yes, or nothing: a column of exceptions reads better without a row of "no".
    pub(crate) fn yes(&self, is: bool) -> String {
        if is {
            self.label(Label::Yes).to_owned()
        } else {
            String::new()
        }
    }

    /// A path as typed, made whole: the node may stand in another directory.
    pub(crate) fn whole(&self, path: &std::path::Path) -> PathBuf {
        self.here.join(path)
    }
}
