//! `[keep]`: terms that the law allows, and a place for archives that is there.

use super::Judge;
use crate::diagnostic::both;
use crate::files::Files;
use crate::tables::node::KeepTable;
use model::{Code, Finding};
use std::ops::Range;
use std::path::Path;

/// For so long evidence must be kept.
const FLOOR: u32 = 180;

/// Judges the table. `data`: the data directory as written; without `files` nothing outside is looked at.
pub(crate) fn judge(judge: &mut Judge<'_>, keep: &KeepTable, data: Option<&Path>, files: Option<&dyn Files>) {
    if let Some(evidence) = &keep.evidence
        && evidence.get_ref().0 < FLOOR
    {
        let finding = Finding::new(Code::SKeepShort)
            .with("days", evidence.get_ref().0)
            .with("floor", FLOOR);
        judge.say(&evidence.span(), finding);
    }
    let Some(archive) = &keep.archive else { return };
    let (dir, span) = (archive.get_ref().as_path(), archive.span());
    if keep.data.is_none() {
        let detail = both("没有data，不会有归档", "without data nothing is ever archived");
        return value(judge, &span, detail);
    }
    if !dir.is_absolute() {
        let detail = both("要写绝对路径", "an absolute path is expected");
        return value(judge, &span, detail);
    }
    if data.is_some_and(|data| dir.starts_with(data)) {
        let detail = both("归档不能放在数据目录中", "archives must not lie in the data directory");
        return value(judge, &span, detail);
    }
    if let Some(Err(error)) = files.map(|files| files.writable(dir)) {
        let finding = Finding::new(Code::CPlace)
            .with("path", dir.display())
            .with("detail", error);
        judge.say(&span, finding);
    }
}

fn value(judge: &mut Judge<'_>, span: &Range<usize>, detail: String) {
    judge.say(span, Finding::new(Code::SValue).with("detail", detail));
}
