//! What a verb ends with: two texts and an exit code. The table of exit codes is here and nowhere else.

use crate::context::Context;
use crate::host::Refusal;
use crate::labels::Label;
use crate::page::clean;
use model::{Code, Finding};
use serde::Serialize;
use serde_json::{Value, json};
use settings::{Diagnostic, Show, Sources};

/// Good.
pub const GOOD: i32 = 0;
/// The answer is no: differences, refusals, failed checks.
pub const NO: i32 = 1;
/// The call or the configuration is wrong.
pub const WRONG: i32 = 2;
/// The node cannot be reached.
pub const UNREACHABLE: i32 = 3;

/// What is printed, and the exit code.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Outcome {
    /// For standard output.
    pub out: String,
    /// For standard error.
    pub err: String,
    /// The exit code.
    pub code: i32,
}

impl Outcome {
    /// Only a code: what was to be said has been said.
    pub(crate) fn silent(code: i32) -> Self {
        Self {
            code,
            ..Self::default()
        }
    }

    /// An answer, in the form the reader asked for. `good` decides between 0 and 1.
    pub(crate) fn answer(cx: &Context, good: bool, text: String, value: &impl Serialize) -> Self {
        let out = if cx.json { pretty(&json_of(value)) } else { text };
        Self {
            out,
            err: String::new(),
            code: if good { GOOD } else { NO },
        }
    }

    /// One thing that is wrong.
    pub(crate) fn error(cx: &Context, code: i32, finding: &Finding) -> Self {
        if cx.json {
            return Self {
                out: pretty(&error_json(cx, finding)),
                err: String::new(),
                code,
            };
        }
        let place = finding.place.show(cx.lang);
        let place = if place.is_empty() { place } else { format!("{place}: ") };
        let mut err = format!(
            "{} {}\n",
            finding.code.word(),
            clean(&format!("{place}{}", finding.what(cx.lang)))
        );
        let remedy = finding.remedy(cx.lang);
        if !remedy.is_empty() {
            let colon = if cx.lang == model::Lang::Zh { "：" } else { ": " };
            err.push_str(&format!("{}{colon}{}\n", cx.label(Label::Remedy), clean(&remedy)));
        }
        Self {
            out: String::new(),
            err,
            code,
        }
    }

    /// No answer, and why.
    pub(crate) fn refusal(cx: &Context, refusal: &Refusal) -> Self {
        match refusal {
            // What a verb finds wrong with its own call is a wrong call, wherever it was found.
            Refusal::No(finding) if finding.code == Code::VCall => Self::error(cx, WRONG, finding),
            Refusal::No(finding) => Self::error(cx, NO, finding),
            Refusal::Unreachable(finding) => Self::error(cx, UNREACHABLE, finding),
            Refusal::Config { diagnostics, sources } => Self::config(cx, diagnostics, sources),
        }
    }

    fn config(cx: &Context, diagnostics: &[Diagnostic], sources: &Sources) -> Self {
        if !cx.json {
            let show = Show {
                lang: cx.lang,
                colour: cx.terminal,
            };
            return Self {
                out: String::new(),
                err: settings::report(diagnostics, sources, show),
                code: WRONG,
            };
        }
        let all: Vec<Value> = diagnostics.iter().map(|d| json_of(&d.json(cx.lang))).collect();
        let first = diagnostics.iter().find(|d| !d.is_warning()).or(diagnostics.first());
        let error = first.map(|d| {
            json!({
                "code": d.code().word(),
                "what": d.what(cx.lang),
                "remedy": d.remedy(cx.lang),
                "place": { "file": d.file, "line": d.line, "column": d.column },
            })
        });
        Self {
            out: pretty(&json!({ "error": error, "diagnostics": all })),
            err: String::new(),
            code: WRONG,
        }
    }
}

/// A finding as `--json` prints an error.
pub(crate) fn error_json(cx: &Context, finding: &Finding) -> Value {
    json!({ "error": {
        "code": finding.code.word(),
        "what": finding.what(cx.lang),
        "remedy": finding.remedy(cx.lang),
        "place": json_of(&finding.place),
    }})
}

/// Any of our records as JSON. They all have text keys, so that nothing is lost.
pub(crate) fn json_of(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

fn pretty(value: &Value) -> String {
    format!("{}\n", model::visible::json(&format!("{value:#}")))
}
