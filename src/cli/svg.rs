//! The skewer as a drawing: one haw for each block, blocks of a step side by side, the stick forking through them.
//!
//! Self-contained SVG: no scripts, no outside fonts or pictures, plain shapes that old browsers and printers draw alike.
//! `place` decides where things stand, `paint` draws them, `letters` measures and escapes text.

pub(crate) mod letters;
mod paint;
mod place;

#[cfg(test)]
mod tests;

use engine::view::FlowView;
use model::Lang;
use model::define::Title;
use std::collections::BTreeMap;

/// Draws a flow. `titles` are those of the departments; one without a title shows its short name.
pub(crate) fn draw(flow: &FlowView, titles: &BTreeMap<String, Title>, lang: Lang) -> String {
    paint::paint(&place::place(flow, titles, lang), flow, lang)
}
