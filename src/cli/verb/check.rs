//! `check`: the configuration, every counterpart, and when channels take their turns.

use crate::ask::patiently;
use crate::context::Context;
use crate::host::{CheckReport, Host, Refusal};
use crate::labels::Label;
use crate::outcome::{GOOD, NO, Outcome, WRONG, json_of};
use crate::page::Column::Words;
use crate::page::Page;
use engine::view::ChannelLine;
use serde_json::json;
use settings::Show;

pub(super) async fn run(host: &dyn Host, cx: &Context, offline: bool) -> Result<Outcome, Refusal> {
    let report = patiently(cx, host.check(&cx.config, offline)).await;
    let wrong = report.diagnostics.iter().any(|d| !d.is_warning());
    let troubles = report.channels.iter().any(|c| !c.good);
    let value = json!({
        "good": !wrong && !troubles,
        "diagnostics": report.diagnostics.iter().map(|d| json_of(&d.json(cx.lang))).collect::<Vec<_>>(),
        "channels": report.channels,
        "schedules": report.schedules,
    });
    let mut outcome = Outcome::answer(cx, true, text(cx, &report), &value);
    outcome.code = match (wrong, troubles) {
        (true, _) => WRONG,
        (false, true) => NO,
        (false, false) => GOOD,
    };
    Ok(outcome)
}

fn text(cx: &Context, report: &CheckReport) -> String {
    let show = Show {
        lang: cx.lang,
        colour: false,
    };
    // `report` shows lines of files with carets: it is text already, and its control marks are its own affair.
    let mut text = format!("{}\n", cx.label(Label::Config));
    text.push_str(&settings::report(&report.diagnostics, &report.sources, show));
    let mut page = Page::new(cx);
    if !report.channels.is_empty() {
        page.head(Label::Channels);
        report.channels.iter().for_each(|c| channel(&mut page, c));
    }
    if !report.schedules.is_empty() {
        page.head(Label::Schedule);
        let rows = report.schedules.iter().map(|s| {
            let next: Vec<String> = s.next.iter().map(|n| cx.word(n)).collect();
            [s.dept.clone(), s.channel.clone(), cx.word(&s.way), next.join(" · ")]
        });
        page.table_at(
            [
                Words(Label::Dept),
                Words(Label::Channel),
                Words(Label::Way),
                Words(Label::Next),
            ],
            rows.collect(),
            "  ",
        );
    }
    let rest = page.done();
    if !rest.is_empty() {
        text.push('\n');
    }
    text + &rest
}

fn channel(page: &mut Page<'_>, line: &ChannelLine) {
    let cx = page.cx;
    let mark = if line.good { "[ ok ]" } else { "[fail]" };
    page.line(&format!(
        "  {mark} {}/{}  {}",
        line.dept,
        line.channel,
        cx.word(line.mode.word())
    ));
    if let Some(trusted) = &line.trusted {
        page.line(&format!("         {}", super::channel::trusted(cx, trusted)));
    }
    if let Some(finding) = &line.finding {
        page.finding(finding, "         ");
    }
}
