//! Pages to print: A4, self-contained, no scripts, no outside fonts or pictures; any browser prints them.
//!
//! Nothing on them is the day of printing or anything else that two prints would differ in.

mod qr;
mod reminder;
mod slip;

#[cfg(test)]
mod tests;

pub(crate) use reminder::reminder;
pub(crate) use slip::slip;

use crate::context::Context;
use crate::page::clean;
use crate::svg::letters::escape;
use model::Lang;
use model::define::Title;
use std::collections::BTreeMap;

const STYLE: &str = "@page{size:A4;margin:18mm}
body{font:11pt/1.5 'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei',SimSun,sans-serif;color:#000;max-width:174mm;margin:0 auto}
h1{font-size:18pt;margin:0 0 6mm}
table{border-collapse:collapse;width:100%;margin:0 0 5mm}
th,td{border:1px solid #000;padding:1.6mm 2.4mm;text-align:left;vertical-align:top;font-weight:normal;overflow-wrap:anywhere}
th{background:#eee;white-space:nowrap}
td.big{font-size:15pt}
.code{font-family:'Noto Sans Mono','DejaVu Sans Mono',Consolas,monospace}
.small{font-size:8.5pt;overflow-wrap:anywhere}
.sign td{height:22mm;width:50%}
.qr{float:right;width:34mm;height:34mm;margin:0 0 3mm 5mm}
section{page-break-after:always}
section:last-child{page-break-after:auto}
@media screen{body{margin:12mm auto}}";

/// A whole page around what stands on it.
fn page(cx: &Context, title: &str, body: &str) -> String {
    let lang = match cx.lang {
        Lang::Zh => "zh-CN",
        Lang::En => "en",
    };
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head><meta charset=\"utf-8\"><title>{}</title>\n<style>\n{STYLE}\n</style></head>\n<body>\n{body}</body>\n</html>\n",
        text(title)
    )
}

/// A text of somebody's as it may stand in a page.
fn text(of: &str) -> String {
    escape(&clean(of))
}

/// A department as people call it, with its short name.
fn called(titles: &BTreeMap<String, Title>, dept: &str, lang: Lang) -> String {
    match titles.get(dept).map(|title| title.get(lang)) {
        Some(title) if !title.is_empty() => text(&format!("{title} ({dept})")),
        _ => text(dept),
    }
}
