//! `flow`: the skewer that needs, gives and after imply, as a table or as a drawing.

use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::labels::Label;
use crate::outcome::Outcome;
use crate::page::Column::{Number, Words};
use crate::page::Page;
use crate::{local, svg};
use engine::view::{FlowBlock, FlowView};
use model::Lang;
use std::path::PathBuf;

#[allow(clippy::disallowed_methods, reason = "a picture, in the place a person named")]
pub(super) fn run(
    host: &dyn Host,
    cx: &Context,
    class: Option<String>,
    drawing: Option<PathBuf>,
) -> Result<Outcome, Refusal> {
    let flow = &host.flow(&cx.config, class.as_deref())?;
    let mut text = text(cx, flow);
    if let Some(path) = drawing {
        let path = cx.whole(&path);
        let picture = svg::draw(flow, &local::titles(&cx.config), cx.lang);
        std::fs::write(&path, picture).map_err(|e| super::place(&path, &e))?;
        text.push_str(&format!("\n{}  {}\n", cx.label(Label::Drawn), path.display()));
    }
    Ok(Outcome::answer(cx, true, text, flow))
}

fn text(cx: &Context, flow: &FlowView) -> String {
    let mut page = Page::new(cx);
    let row = |b: &FlowBlock| {
        let title = if cx.lang == Lang::Zh { &b.zh } else { &b.en };
        [
            b.step.to_string(),
            b.matter.clone(),
            title.clone(),
            b.limit.to_string(),
            b.follows.join(" "),
        ]
    };
    page.table(
        [
            Number(Label::Step),
            Words(Label::Matter),
            Words(Label::Name),
            Number(Label::Days),
            Words(Label::Follows),
        ],
        flow.blocks.iter().map(row).collect(),
    );
    page.gap();
    let afterwards = |b: &FlowBlock| format!("{} {}", b.matter, if cx.lang == Lang::Zh { &b.zh } else { &b.en });
    let afterwards: Vec<String> = flow.afterwards.iter().map(afterwards).collect();
    page.pairs([
        (Label::EntClass, flow.ent_class.clone()),
        (Label::Blocks, flow.blocks.len().to_string()),
        (Label::Steps, flow.steps.to_string()),
        (Label::Departments, flow.departments.to_string()),
        (Label::Serial, flow.serial_days.to_string()),
        (Label::Parallel, flow.parallel_days.to_string()),
        (Label::Afterwards, afterwards.join(", ")),
    ]);
    page.done()
}
