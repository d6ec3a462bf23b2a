//! Diagnostics for people: code and sentence, the line with a caret, the remedy.

use crate::diagnostic::{Diagnostic, Sources};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use model::{Code, Lang};

/// How to show.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Show {
    /// The language.
    pub lang: Lang,
    /// With colours, for a terminal.
    pub colour: bool,
}

/// One diagnostic: `error[S_…]: text`, `file:line:column`, the line with a caret, the remedy, a suggestion.
/// The line is left out where a secret stands in it.
pub fn render(diagnostic: &Diagnostic, sources: &Sources, show: Show) -> String {
    let zh = show.lang == Lang::Zh;
    let level = match (diagnostic.is_warning(), zh) {
        (false, true) => Level::ERROR.with_name("错误"),
        (false, false) => Level::ERROR,
        (true, true) => Level::WARNING.with_name("警告"),
        (true, false) => Level::WARNING,
    };
    let title = level
        .primary_title(diagnostic.what(show.lang))
        .id(diagnostic.finding.code.word());
    let mut group = match sources.get(&diagnostic.file) {
        Some(source) if diagnostic.line > 0 && diagnostic.finding.code != Code::SSecretLiteral => {
            let end = diagnostic.span.end.min(source.text.len());
            let span = diagnostic.span.start.min(end)..end;
            title.element(
                Snippet::source(&source.text)
                    .path(diagnostic.file.as_str())
                    .annotation(AnnotationKind::Primary.span(span)),
            )
        }
        _ => title.element(annotate_snippets::Origin::path(diagnostic.location())),
    };
    if let Some(word) = &diagnostic.did_you_mean {
        let text = if zh {
            format!("是否想写“{word}”？")
        } else {
            format!("did you mean \"{word}\"?")
        };
        group = group.element(help(zh).message(text));
    }
    let remedy = diagnostic.remedy(show.lang);
    if !remedy.is_empty() {
        group = group.element(help(zh).message(remedy));
    }
    let renderer = if show.colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    renderer.decor_style(DecorStyle::Ascii).render(&[group])
}

fn help(zh: bool) -> Level<'static> {
    if zh {
        Level::HELP.with_name("处理")
    } else {
        Level::HELP
    }
}

/// All of them, with an empty line between, and a last line that counts.
pub fn report(diagnostics: &[Diagnostic], sources: &Sources, show: Show) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(&render(diagnostic, sources, show));
        text.push_str("\n\n");
    }
    let warnings = diagnostics.iter().filter(|d| d.is_warning()).count();
    let errors = diagnostics.len() - warnings;
    text.push_str(&match show.lang {
        Lang::Zh => format!("{errors}处错误，{warnings}处警告\n"),
        Lang::En => format!("errors: {errors}, warnings: {warnings}\n"),
    });
    text
}
