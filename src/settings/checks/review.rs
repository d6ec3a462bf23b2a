//! `[layout.review]`: words by which a row says that items are wrong. Each must be reachable, and say of what and why.

use super::{Judge, Names};
use crate::checks::layout::Use;
use crate::diagnostic::both;
use crate::tables::layout::{LayoutTable, MeaningWord};
use crate::tables::value;
use model::{Code, Finding};
use std::ops::Range;

pub(crate) fn judge(judge: &mut Judge<'_>, layout: &LayoutTable, span: &Range<usize>, names: &Names<'_>, used: Use) {
    let has = |wanted: MeaningWord| {
        let mut fields = layout.field.iter().map(|f| value(&f.get_ref().is));
        fields.any(|is| is == Some(&wanted))
    };
    let (names_items, says_result) = (has(MeaningWord::Review), has(MeaningWord::Status));
    let Some(table) = &layout.review else {
        if names_items {
            judge.need(&layout.review, "review", span);
        }
        return;
    };
    let wrong = |judge: &mut Judge<'_>, at: &Range<usize>, zh: &str, en: &str| {
        judge.say(at, Finding::new(Code::SValue).with("detail", both(zh, en)));
    };
    let whole = table.span();
    if !used.read {
        let (zh, en) = ("只用于收进来的记录", "it is for rows that come in");
        wrong(judge, &whole, zh, en);
    } else if !names_items && !says_result {
        let (zh, en) = (
            "没有 is = \"status\" 或 \"review\" 的字段会写这些词",
            "no field that is = \"status\" or \"review\" could hold these words",
        );
        wrong(judge, &whole, zh, en);
    }
    if !has(MeaningWord::Reason) {
        let (zh, en) = (
            "校核须写明原因：缺少 is = \"reason\" 的字段",
            "a review says why: a field that is = \"reason\" is needed",
        );
        wrong(judge, &whole, zh, en);
    }
    for (word, items) in table.get_ref() {
        for item in items {
            judge.defined(Code::SUnknownItem, item, &names.items);
        }
        let (at, text) = (word.span(), word.get_ref());
        if items.is_empty() && !names_items {
            let (zh, en) = (
                "没有列出指标项，也没有 is = \"review\" 的字段可写",
                "it names no item, and there is no field that is = \"review\" to name them in",
            );
            wrong(judge, &at, zh, en);
        }
        let also = value(&layout.status).and_then(|words| words.keys().find(|known| known.get_ref() == text));
        if let Some(also) = also {
            let first = judge.sink.location(judge.file, &also.span());
            judge.twice(&at, text, first);
        }
    }
}
