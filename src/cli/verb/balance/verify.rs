//! `balance --verify SHEET…`: signed sheets are checked without node, ledger and secret: that each is what the node signed,
//! that each adds up, and that each begins with what the one before left.

use crate::context::Context;
use crate::host::Refusal;
use crate::labels::Label;
use crate::outcome::{Outcome, WRONG};
use crate::page::Column::Words;
use crate::page::Page;
use crate::paper::{public_key, read};
use engine::view::{DayLine, DaySheet, SHEET_LABEL, SignedSheet, sheet_digest};
use journal::{PublicKey, signature_of};
use model::{Code, Finding};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What was found of one sheet.
#[derive(Serialize)]
struct Checked {
    file: String,
    day: String,
    /// Empty where it is good.
    wrong: Vec<&'static str>,
    /// The sheet before is not among those given: what it left could not be compared.
    alone: bool,
}

pub(super) fn run(cx: &Context, files: &[PathBuf], key: Option<&str>) -> Result<Outcome, Refusal> {
    let judged = key.map(public_key).transpose().and_then(|key| {
        let papers = files.iter().map(|file| paper(file)).collect::<Result<Vec<_>, _>>()?;
        Ok(judge(papers, key))
    });
    match judged {
        Ok(checked) => {
            let good = checked.iter().all(|sheet| sheet.wrong.is_empty());
            Ok(Outcome::answer(cx, good, text(cx, &checked, key.is_some()), &checked))
        }
        Err(finding) => Ok(Outcome::error(cx, WRONG, &finding)),
    }
}

fn paper(path: &Path) -> Result<(String, SignedSheet), Finding> {
    let name = path.display().to_string();
    let bytes = read(path)?;
    let no = |detail: String| Finding::new(Code::VCall).with("detail", detail).file(&name);
    let paper: SignedSheet = serde_json::from_slice(&bytes).map_err(|e| no(format!("不是日结单 no day sheet: {e}")))?;
    if paper.sheet.form > DaySheet::FORM {
        let finding = Finding::new(Code::LNewer).with("found", paper.sheet.form);
        return Err(finding.with("known", DaySheet::FORM).file(&name));
    }
    Ok((name, paper))
}

fn judge(mut papers: Vec<(String, SignedSheet)>, key: Option<PublicKey>) -> Vec<Checked> {
    papers.sort_by_key(|(_, paper)| paper.sheet.day);
    let by_day: BTreeMap<_, _> = papers.iter().map(|(_, p)| (p.sheet.day, p.sheet.clone())).collect();
    let check = |(file, paper): (String, SignedSheet)| {
        let before = paper.sheet.before.as_ref().and_then(|b| by_day.get(&b.day));
        Checked {
            file,
            day: paper.sheet.day.to_string(),
            wrong: wrong(&paper, before, key),
            alone: before.is_none() && paper.sheet.before.is_some(),
        }
    };
    papers.into_iter().map(check).collect()
}

/// Everything that is wrong with a sheet.
fn wrong(paper: &SignedSheet, before: Option<&DaySheet>, key: Option<PublicKey>) -> Vec<&'static str> {
    let (sheet, bytes) = (&paper.sheet, paper.sheet.bytes());
    let mut wrong = Vec::new();
    let key = key.or_else(|| paper.public_key.parse().ok());
    let signature = signature_of(&paper.signature);
    if !key
        .zip(signature)
        .is_some_and(|(key, signature)| key.verifies(SHEET_LABEL, &bytes, &signature))
    {
        wrong.push("signature");
    }
    if paper.digest != sheet_digest(sheet) {
        wrong.push("digest");
    }
    if sheet.lines.iter().any(|line| line.unexplained() != 0) {
        wrong.push("unexplained");
    }
    if let Some((before, named)) = before.zip(sheet.before.as_ref()) {
        if named.digest != sheet_digest(before) {
            wrong.push("before");
        }
        if opening(sheet) != closing(before) {
            wrong.push("opening");
        }
    }
    wrong
}

/// What waits by department and channel, where anything does.
fn waiting(lines: &[DayLine], count: fn(&DayLine) -> u64) -> BTreeMap<(&str, &str), u64> {
    let each = lines.iter().map(|l| ((l.dept.as_str(), l.channel.as_str()), count(l)));
    each.filter(|(_, count)| *count > 0).collect()
}

fn opening(sheet: &DaySheet) -> BTreeMap<(&str, &str), u64> {
    waiting(&sheet.lines, |l| l.opening)
}

fn closing(sheet: &DaySheet) -> BTreeMap<(&str, &str), u64> {
    waiting(&sheet.lines, |l| l.closing)
}

fn text(cx: &Context, checked: &[Checked], trusted: bool) -> String {
    let mut page = Page::new(cx);
    let columns = [
        Words(Label::Day),
        Words(Label::Result),
        Words(Label::SheetBefore),
        Words(Label::File),
    ];
    page.table(columns, checked.iter().map(|sheet| row(cx, sheet)).collect());
    if !trusted {
        page.gap();
        page.line(cx.label(Label::OwnKey));
    }
    page.done()
}

fn row(cx: &Context, sheet: &Checked) -> [String; 4] {
    let result = if sheet.wrong.is_empty() {
        cx.label(Label::Good).to_owned()
    } else {
        format!("{}: {}", cx.label(Label::Broken), sheet.wrong.join(", "))
    };
    let before = if sheet.alone {
        cx.label(Label::NotAtHand).to_owned()
    } else {
        String::new()
    };
    [sheet.day.clone(), result, before, sheet.file.clone()]
}
