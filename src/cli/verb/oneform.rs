//! `oneform`: what forms ask, what they ask twice, and what one form for all would leave. No node, no ledger.

use crate::context::Context;
use crate::host::Refusal;
use crate::labels::{self, Label};
use crate::outcome::{Outcome, json_of};
use crate::page::Column::{Number, Words};
use crate::page::Page;
use ::oneform::tables::FormFile;
use ::oneform::{Conflict, Form, Merged, Report, Shape, Suggestion, analyse, judge};
use model::{Code, Finding};
use serde_json::Value;
use settings::{Files as _, OnDisk, Reading};
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

/// The most files of one call.
const FILES_MAX: usize = 1_000;
/// What a survey of others once said, of forms and of items.
const SURVEY: (u32, u32) = (65, 42);

pub(super) fn run(cx: &Context, named: &[PathBuf]) -> Result<Outcome, Refusal> {
    let mut reading = Reading::default();
    let forms = read(cx, named, &mut reading);
    let (diagnostics, sources) = reading.finish();
    if !diagnostics.is_empty() {
        return Err(Refusal::Config { diagnostics, sources });
    }
    let report = analyse(&forms);
    Ok(Outcome::answer(cx, true, text(cx, &report), &value(cx, &report)))
}

/// Reads the named files, and those of named directories by name; what is wrong goes to `reading`.
fn read(cx: &Context, named: &[PathBuf], reading: &mut Reading) -> Vec<Form> {
    let mut paths = Vec::new();
    for name in named {
        paths.extend(files_of(cx, name, reading));
    }
    // A file that is named twice is still one file.
    let mut seen = BTreeSet::new();
    paths.retain(|path| seen.insert(cx.whole(path)));
    if let Some(one_more) = paths.get(FILES_MAX) {
        let detail = format!("超过{FILES_MAX}个文件 more than {FILES_MAX} files");
        let shown = one_more.display().to_string();
        reading.whole(&shown, Finding::new(Code::SValue).with("detail", detail));
        paths.truncate(FILES_MAX);
    }
    let shown: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
    // A path that is whole stands for itself.
    let disk = OnDisk::new(&cx.here);
    let tables: Vec<FormFile> = shown.iter().map(|path| reading.read(&disk, path, path)).collect();
    let (forms, wrong) = judge(&tables);
    for one in wrong {
        let Some(file) = shown.get(one.at.file) else { continue };
        let mut finding = one.finding;
        if let Some(first) = one.first
            && let Some(file) = shown.get(first.file)
        {
            finding = finding.with("first", reading.location(file, &first.span));
        }
        reading.say(file, &one.at.span, finding);
    }
    forms
}

/// The files that a name stands for.
fn files_of(cx: &Context, name: &Path, reading: &mut Reading) -> Vec<PathBuf> {
    let whole = cx.whole(name);
    if !whole.is_dir() {
        return vec![name.to_owned()];
    }
    let listed = OnDisk::new(&whole).list("").and_then(|names| match names.is_empty() {
        true => Err(io::Error::new(io::ErrorKind::NotFound, "没有.toml文件 no .toml file")),
        false => Ok(names),
    });
    match listed {
        Ok(names) => names.into_iter().map(|n| name.join(n)).collect(),
        Err(error) => {
            let shown = name.display().to_string();
            let finding = Finding::new(Code::SFile).with("path", &shown).with("detail", error);
            reading.whole(&shown, finding);
            Vec::new()
        }
    }
}

fn value(cx: &Context, report: &Report) -> Value {
    let mut value = json_of(report);
    if let Value::Object(members) = &mut value {
        let survey = serde_json::json!({
            "forms_repeated_pct": SURVEY.0,
            "items_repeated_pct": SURVEY.1,
            "note": labels::not_the_survey(cx.lang),
        });
        members.insert("survey".to_owned(), survey);
    }
    value
}

fn text(cx: &Context, report: &Report) -> String {
    let mut page = Page::new(cx);
    page.pairs([
        (Label::Forms, format!("{} → {}", report.forms, report.forms_after)),
        (Label::FormsSaved, format!("{} %", report.forms_saved_pct)),
        (Label::Asked, format!("{} → {}", report.items, report.items_after)),
        (Label::RepeatedPct, format!("{} %", report.repeated_pct)),
    ]);
    page.gap();
    page.pairs([
        (Label::SharedAsked, report.shared_occurrences.to_string()),
        (Label::SharedItems, report.shared_items.to_string()),
        (Label::OwnItems, report.own_items.to_string()),
        (Label::AfterItems, report.items_after.to_string()),
        (Label::Repeated, report.repeated.to_string()),
    ]);
    page.gap();
    page.line(&labels::not_the_survey(cx.lang));
    departments(&mut page, report);
    duplicates(&mut page, report);
    page.head(Label::FormConflicts);
    conflicts(&mut page, &report.conflicts);
    page.head(Label::Suggestions);
    suggestions(&mut page, &report.suggestions);
    page.head(Label::MergedForms);
    merged(&mut page, &report.merged);
    page.done()
}

fn departments(page: &mut Page<'_>, report: &Report) {
    page.gap();
    let rows = report.departments.iter().map(|d| {
        [
            d.dept.clone(),
            d.forms.to_string(),
            d.forms_after.to_string(),
            d.shared_occurrences.to_string(),
            d.own_items.to_string(),
        ]
    });
    let heads = [
        Words(Label::Dept),
        Number(Label::Forms),
        Number(Label::FormsAfter),
        Number(Label::SharedAsked),
        Number(Label::OwnItems),
    ];
    page.table(heads, rows.collect());
}

fn duplicates(page: &mut Page<'_>, report: &Report) {
    page.head(Label::Duplicates);
    let rows = report
        .duplicates
        .iter()
        .map(|d| [d.item.clone(), d.label.clone(), d.times.to_string(), d.forms.join(" ")]);
    let heads = [
        Words(Label::Item),
        Words(Label::Name),
        Number(Label::Times),
        Words(Label::Forms),
    ];
    page.table(heads, rows.collect());
}

fn conflicts(page: &mut Page<'_>, conflicts: &[Conflict]) {
    let mut rows = Vec::new();
    for conflict in conflicts {
        for (at, asked) in conflict.shapes.iter().enumerate() {
            // The item is named once, above its shapes.
            let named = |text: &str| if at == 0 { text.to_owned() } else { String::new() };
            rows.push([
                named(&conflict.item),
                named(&conflict.label),
                shape(&asked.shape),
                asked.forms.join(" "),
            ]);
        }
    }
    let heads = [
        Words(Label::Item),
        Words(Label::Name),
        Words(Label::Shape),
        Words(Label::Forms),
    ];
    page.table(heads, rows);
}

/// `N16.6 万元`, `C5 [GB/T 4754-2017]`.
fn shape(shape: &Shape) -> String {
    let mut shown = format!("{:?}{}", shape.kind, shape.len.as_deref().unwrap_or_default());
    if let Some(unit) = &shape.unit {
        shown.push_str(&format!(" {unit}"));
    }
    if let Some(code) = &shape.code {
        shown.push_str(&format!(" [{code}]"));
    }
    shown
}

fn suggestions(page: &mut Page<'_>, suggestions: &[Suggestion]) {
    let rows = suggestions.iter().map(|s| {
        let places = s.places.iter().map(|p| {
            let item = p.item.as_ref().map(|item| format!("={item}")).unwrap_or_default();
            format!("{}/{}{item}", p.form, p.no)
        });
        [s.label.clone(), places.collect::<Vec<_>>().join(" ")]
    });
    page.table([Words(Label::Name), Words(Label::Forms)], rows.collect());
}

fn merged(page: &mut Page<'_>, merged: &[Merged]) {
    let core = page.cx.label(Label::CoreForm);
    let rows = merged.iter().map(|m| {
        [
            m.dept.clone().unwrap_or_else(|| core.to_owned()),
            m.group.clone().unwrap_or_default(),
            m.items.len().to_string(),
            m.from.join(" "),
        ]
    });
    let heads = [
        Words(Label::Dept),
        Words(Label::Group),
        Number(Label::Items),
        Words(Label::From),
    ];
    page.table(heads, rows.collect());
}
