//! Expressions: well formed, and nothing in them without a source.

use super::layout::Use;
use super::{Judge, Names};
use crate::diagnostic::both;
use crate::suggest::{listed, nearest};
use crate::tables::layout::{ComputedTable, FieldTable};
use mapping::Expr;
use model::{Code, Finding};
use toml::Spanned;

/// What an expression may name that is no item of the dictionary.
const CASE_NO: &str = "case_no";

/// A field that is written from several items.
pub(super) fn field(judge: &mut Judge<'_>, field: &FieldTable, names: &Names<'_>, used: Use) {
    let Some(text) = &field.expr else { return };
    if !field.in_.is_empty() || (used.read && !used.written) {
        let detail = both(
            "expr 字段只写出；读入时用 [[layout.computed]]",
            "a field with expr is written only; [[layout.computed]] is for reading",
        );
        judge.say(&text.span(), Finding::new(Code::SValue).with("detail", detail));
    }
    let Some(expr) = parse(judge, text) else { return };
    let Some(items) = &names.items else { return };
    for name in expr
        .names()
        .iter()
        .filter(|n| ***n != *CASE_NO && !items.contains(&&***n))
    {
        let finding = Finding::new(Code::SUnknownItem).with("name", name);
        judge.sink.at(judge.file, &text.span(), finding).did_you_mean = nearest(name, items.iter().copied());
    }
}

/// An item that is read from several fields.
pub(super) fn computed(judge: &mut Judge<'_>, computed: &Spanned<ComputedTable>, names: &Names<'_>, used: Use) {
    let (span, computed) = (computed.span(), computed.get_ref());
    judge.need_text(&computed.item, "item", &span);
    judge.need_text(&computed.expr, "expr", &span);
    if computed.from.is_empty() {
        judge.need::<()>(&None, "from", &span);
    }
    if !used.read {
        let detail = both("这个版式没有通道读入", "no channel reads this layout");
        judge.say(&span, Finding::new(Code::SValue).with("detail", detail));
    }
    if let Some(item) = &computed.item {
        judge.defined(Code::SUnknownItem, item, &names.items);
    }
    let Some(text) = &computed.expr else { return };
    let Some(expr) = parse(judge, text) else { return };
    let known: Vec<&str> = computed.from.keys().map(|n| n.get_ref().as_str()).collect();
    for name in expr.names().iter().filter(|n| !known.contains(&&***n)) {
        let finding = Finding::new(Code::SExprName)
            .with("name", name)
            .with("known", listed(known.iter().copied()));
        judge.sink.at(judge.file, &text.span(), finding).did_you_mean = nearest(name, known.iter().copied());
    }
    for (name, _) in computed
        .from
        .iter()
        .filter(|(n, _)| !expr.names().iter().any(|e| **e == **n.get_ref()))
    {
        let detail = both("表达式没有用到它", "the expression does not use it");
        judge.say(&name.span(), Finding::new(Code::SValue).with("detail", detail));
    }
}

/// The items that an expression sends, as far as it can be understood. The case number names, it tells nothing.
pub(super) fn items(text: &str) -> Vec<String> {
    let names = Expr::parse(text).map(|expr| expr.names().to_vec()).unwrap_or_default();
    names
        .into_iter()
        .map(String::from)
        .filter(|name| name != CASE_NO)
        .collect()
}

fn parse(judge: &mut Judge<'_>, text: &Spanned<String>) -> Option<Expr> {
    match Expr::parse(text.get_ref()) {
        Ok(expr) => Some(expr),
        Err(finding) => {
            judge.say(&text.span(), finding);
            None
        }
    }
}
