//! The drawing itself.

use super::letters::{ems, escape, wrap};
use super::place::{COLUMN, HAW, Haw, Places, Step};
use crate::labels;
use engine::view::{FlowBlock, FlowView};
use model::Lang;
use std::fmt::Write as _;

const FONTS: &str = "'Noto Sans CJK SC','Noto Sans SC','Source Han Sans SC','Microsoft YaHei','PingFang SC','WenQuanYi Micro Hei',sans-serif";
/// Widest line under a haw, in ems of its size.
const TITLE_EMS: f64 = 11.0;
const DEPT_EMS: f64 = 13.5;

const DEFS: &str = concat!(
    "<defs>",
    "<radialGradient id=\"haw\" cx=\"0.36\" cy=\"0.30\" r=\"0.78\"><stop offset=\"0\" stop-color=\"#ff7a66\"/>",
    "<stop offset=\"0.45\" stop-color=\"#d92b38\"/><stop offset=\"1\" stop-color=\"#8d0f24\"/></radialGradient>",
    "<linearGradient id=\"bamboo\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\"><stop offset=\"0\" stop-color=\"#f0d59a\"/>",
    "<stop offset=\"0.5\" stop-color=\"#d9b166\"/><stop offset=\"1\" stop-color=\"#a97f3a\"/></linearGradient>",
    "<linearGradient id=\"paper\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\"><stop offset=\"0\" stop-color=\"#fffdf9\"/>",
    "<stop offset=\"1\" stop-color=\"#fdf3e3\"/></linearGradient>",
    "<marker id=\"head\" viewBox=\"0 0 10 10\" refX=\"8.5\" refY=\"5\" markerWidth=\"8\" markerHeight=\"8\" ",
    "orient=\"auto\"><path d=\"M0 0.8 L10 5 L0 9.2 L2.4 5 Z\" fill=\"#5b3a1e\"/></marker>",
    "</defs>\n",
);

/// Draws what has been placed.
pub(super) fn paint(places: &Places, flow: &FlowView, lang: Lang) -> String {
    let mut svg = String::new();
    open(&mut svg, places, flow, lang);
    places.steps.iter().for_each(|step| band(&mut svg, places, step, lang));
    stick(&mut svg, places);
    places
        .arrows
        .iter()
        .for_each(|(from, to)| arrow(&mut svg, &places.haws[*from], &places.haws[*to]));
    places.haws.iter().for_each(|haw| fruit(&mut svg, haw, lang));
    places.haws.iter().for_each(|haw| name(&mut svg, haw));
    foot(&mut svg, places, flow, lang);
    svg.push_str("</svg>\n");
    svg
}

fn open(svg: &mut String, places: &Places, flow: &FlowView, lang: Lang) {
    let (w, h) = (places.width, places.height);
    let (title, sub) = (labels::skewer(lang), labels::skewer_of(lang, &flow.ent_class));
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w:.0}\" height=\"{h:.0}\" viewBox=\"0 0 {w:.0} {h:.0}\" \
         role=\"img\" font-family=\"{FONTS}\">\n<title>{} {}</title>\n",
        escape(&title),
        escape(&flow.ent_class),
    );
    svg.push_str(DEFS);
    let _ = writeln!(svg, "<rect width=\"{w:.0}\" height=\"{h:.0}\" fill=\"url(#paper)\"/>");
    text(
        svg,
        places.left,
        58.0,
        30.0,
        "font-weight=\"700\" fill=\"#8d0f24\"",
        &title,
    );
    text(svg, places.left, 86.0, 15.0, "fill=\"#7a6651\"", &sub);
}

/// The band behind a step, with its head.
fn band(svg: &mut String, places: &Places, step: &Step, lang: Lang) {
    let (x, w) = (step.x - COLUMN / 2.0 + 8.0, COLUMN - 16.0);
    let (top, height) = (108.0, places.foot - 108.0 - 20.0);
    let _ = writeln!(
        svg,
        "<rect x=\"{x:.1}\" y=\"{top:.1}\" width=\"{w:.1}\" height=\"{height:.1}\" rx=\"16\" fill=\"#f7e6cb\" fill-opacity=\"0.45\"/>"
    );
    let (head, days) = (labels::step(lang, step.number), labels::working_days(lang, step.days));
    text(
        svg,
        x + 18.0,
        top + 28.0,
        16.0,
        "font-weight=\"700\" fill=\"#5b3a1e\"",
        &head,
    );
    text(
        svg,
        x + w - 18.0,
        top + 28.0,
        13.0,
        "text-anchor=\"end\" fill=\"#9a7f5f\"",
        &days,
    );
}

/// The stick, and its forks through the haws that do not sit in the middle. Where none does, the stick is its forks.
fn stick(svg: &mut String, places: &Places) {
    let (left, right, y) = places.stick;
    let off = |haw: &&Haw| (haw.y - y).abs() > 1.0;
    for haw in places.haws.iter().filter(off) {
        fork(svg, haw, y);
    }
    let mut start = left;
    for step in &places.steps {
        if step.haws.iter().all(|i| off(&&places.haws[*i])) {
            trunk(svg, start, step.x - COLUMN / 2.0 + 4.0, y);
            start = step.x + COLUMN / 2.0 - 4.0;
        }
    }
    let tip = right - 34.0;
    trunk(svg, start, tip, y);
    let _ = writeln!(
        svg,
        "<path d=\"M{tip:.1} {:.1} L{right:.1} {y:.1} L{tip:.1} {:.1} Z\" fill=\"url(#bamboo)\"/>",
        y - 6.0,
        y + 6.0,
    );
    // The knots of the bamboo, on the handle.
    for knot in [26.0, 74.0] {
        let (x, top) = (left + knot, y - 6.0);
        let _ = writeln!(
            svg,
            "<path d=\"M{x:.1} {top:.1} v12\" stroke=\"#8f6a2e\" stroke-width=\"2\" stroke-opacity=\"0.6\"/>"
        );
    }
}

/// A straight piece of the stick.
fn trunk(svg: &mut String, from: f64, to: f64, y: f64) {
    let _ = writeln!(
        svg,
        "<rect x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"12\" rx=\"3\" fill=\"url(#bamboo)\"/>",
        y - 6.0,
        (to - from).max(0.0),
    );
}

/// From the stick up or down through a haw and back, turning close to the borders of the step: names stand between.
fn fork(svg: &mut String, haw: &Haw, y: f64) {
    let (a, b) = (haw.x - COLUMN / 2.0, haw.x + COLUMN / 2.0);
    let hy = haw.y;
    let way = format!(
        "M{a:.1} {y:.1} C{:.1} {y:.1} {:.1} {hy:.1} {:.1} {hy:.1} H{:.1} C{:.1} {hy:.1} {:.1} {y:.1} {b:.1} {y:.1}",
        a + 34.0,
        a + 8.0,
        a + 52.0,
        b - 52.0,
        b - 8.0,
        b - 34.0,
    );
    for (colour, width) in [("#b98d48", 7.0), ("#e6c889", 3.6)] {
        let _ = writeln!(
            svg,
            "<path d=\"{way}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"/>"
        );
    }
}

/// From the right of one haw to the left of another.
fn arrow(svg: &mut String, from: &Haw, to: &Haw) {
    let (x1, y1) = edge(from, to);
    let (x2, y2) = edge(to, from);
    let steps = (to.x - from.x) / COLUMN;
    let reach = (x2 - x1) * 0.45;
    // One that skips a step goes round the haws between, on the side where it starts.
    let bow = if steps > 1.5 { HAW * 1.9 + 14.0 * steps } else { 0.0 };
    let bow = if to.y + from.y > 2.0 * from.y.min(to.y) {
        bow
    } else {
        -bow
    };
    let _ = writeln!(
        svg,
        "<path d=\"M{x1:.1} {y1:.1} C{:.1} {:.1} {:.1} {:.1} {x2:.1} {y2:.1}\" fill=\"none\" stroke=\"#5b3a1e\" \
         stroke-width=\"1.8\" marker-end=\"url(#head)\"/>",
        x1 + reach,
        y1 + bow,
        x2 - reach,
        y2 + bow,
    );
}

/// The point of a haw's skin that an arrow to or from another one touches: turned a little towards it.
fn edge(haw: &Haw, other: &Haw) -> (f64, f64) {
    let (dx, dy) = (other.x - haw.x, other.y - haw.y);
    let angle = (dy * 0.45).atan2(dx);
    let r = HAW + 5.0;
    (haw.x + r * angle.cos(), haw.y + r * angle.sin())
}

/// A haw in its coat of sugar, its days written on it.
fn fruit(svg: &mut String, haw: &Haw, lang: Lang) {
    let (x, y) = (haw.x, haw.y);
    let _ = writeln!(
        svg,
        "<ellipse cx=\"{x:.1}\" cy=\"{:.1}\" rx=\"34\" ry=\"6\" fill=\"#5b3a1e\" fill-opacity=\"0.13\"/>",
        y + HAW + 5.0
    );
    let _ = writeln!(
        svg,
        "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{:.1}\" fill=\"#f4b860\" fill-opacity=\"0.55\"/>",
        HAW + 3.5
    );
    let _ = writeln!(
        svg,
        "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{HAW:.1}\" fill=\"url(#haw)\"/>"
    );
    for (dx, dy) in [
        (-27.0, 16.0),
        (-12.0, 31.0),
        (14.0, 31.5),
        (29.0, 13.0),
        (30.0, -12.0),
        (-31.0, -3.0),
        (4.0, -36.0),
    ] {
        let _ = writeln!(
            svg,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"1.5\" fill=\"#ffd9a8\" fill-opacity=\"0.75\"/>",
            x + dx,
            y + dy
        );
    }
    let _ = writeln!(
        svg,
        "<path d=\"M{:.1} {:.1} q4 -17 23 -20\" fill=\"none\" stroke=\"#ffffff\" stroke-opacity=\"0.75\" stroke-width=\"5.5\" stroke-linecap=\"round\"/>",
        x - 29.0,
        y - 12.0,
    );
    let ink = "text-anchor=\"middle\" fill=\"#ffffff\"";
    text(
        svg,
        x,
        y + 6.0,
        27.0,
        &format!("font-weight=\"700\" {ink}"),
        &haw.days.to_string(),
    );
    let unit = labels::days_unit(lang, haw.days);
    text(svg, x, y + 23.0, 11.5, &format!("fill-opacity=\"0.92\" {ink}"), unit);
}

/// What it is and whose, under the haw; with a halo, because lines may pass behind.
fn name(svg: &mut String, haw: &Haw) {
    let halo =
        "text-anchor=\"middle\" stroke=\"#fdf5e8\" stroke-width=\"4\" stroke-linejoin=\"round\" paint-order=\"stroke\"";
    let mut y = haw.y + HAW + 26.0;
    for line in wrap(&haw.title, TITLE_EMS, 2) {
        text(
            svg,
            haw.x,
            y,
            15.5,
            &format!("font-weight=\"700\" fill=\"#3b2412\" {halo}"),
            &line,
        );
        y += 19.0;
    }
    for line in wrap(&haw.dept, DEPT_EMS, 2) {
        text(svg, haw.x, y, 12.5, &format!("fill=\"#86694a\" {halo}"), &line);
        y += 16.0;
    }
}

/// Two bars to one scale, and the totals.
fn foot(svg: &mut String, places: &Places, flow: &FlowView, lang: Lang) {
    let y = places.foot;
    let (one, side) = (labels::one_after_another(lang), labels::side_by_side(lang));
    let label = ems(&one).max(ems(&side)) * 14.0 + 20.0;
    let x = places.left + label;
    let room = places.width - places.left - x - 130.0;
    let scale = room / f64::from(flow.serial_days.max(1));
    let blocks: Vec<u32> = flow.blocks.iter().map(|b| b.limit).collect();
    let steps: Vec<u32> = places.steps.iter().map(|s| s.days).collect();
    bar(svg, (x, y), scale, &blocks, "#d9a441");
    bar(svg, (x, y + 40.0), scale, &steps, "#c9283a");
    for (i, (name, days)) in [(one, flow.serial_days), (side, flow.parallel_days)]
        .into_iter()
        .enumerate()
    {
        let base = y + 40.0 * i as f64 + 18.0;
        text(svg, places.left, base, 14.0, "fill=\"#5b3a1e\"", &name);
        let end = x + scale * f64::from(days) + 12.0;
        text(
            svg,
            end,
            base,
            14.0,
            "font-weight=\"700\" fill=\"#3b2412\"",
            &labels::working_days(lang, days),
        );
    }
    totals(svg, places, flow, lang);
}

fn totals(svg: &mut String, places: &Places, flow: &FlowView, lang: Lang) {
    let saved = flow.serial_days.saturating_sub(flow.parallel_days);
    let counts = [
        flow.blocks.len() as u32,
        flow.steps as u32,
        flow.departments as u32,
        saved,
    ];
    let names = [
        labels::count_blocks(lang),
        labels::count_steps(lang),
        labels::count_departments(lang),
        labels::count_saved(lang),
    ];
    let (mut x, y) = (places.left, places.foot + 150.0);
    let _ = writeln!(
        svg,
        "<path d=\"M{x:.1} {:.1} H{:.1}\" stroke=\"#e3cba4\" stroke-width=\"1\"/>",
        y - 48.0,
        places.width - places.left,
    );
    for (count, name) in counts.into_iter().zip(names) {
        let count = count.to_string();
        text(svg, x, y, 34.0, "font-weight=\"700\" fill=\"#b01f33\"", &count);
        x += ems(&count) * 34.0 + 8.0;
        text(svg, x, y, 14.0, "fill=\"#7a6651\"", &name);
        x += ems(&name) * 14.0 + 40.0;
    }
    let title = |b: &FlowBlock| if lang == Lang::Zh { b.zh.clone() } else { b.en.clone() };
    let after: Vec<String> = flow.afterwards.iter().map(title).collect();
    if !after.is_empty() {
        let said = labels::afterwards_are(lang, &after.join(if lang == Lang::Zh { "、" } else { ", " }));
        text(svg, places.left, y + 27.0, 13.0, "fill=\"#86694a\"", &said);
    }
}

/// Pieces end to end, each as long as its days.
fn bar(svg: &mut String, (mut x, y): (f64, f64), scale: f64, days: &[u32], colour: &str) {
    for days in days.iter().filter(|d| **d > 0) {
        let width = scale * f64::from(*days);
        let _ = writeln!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"26\" rx=\"6\" fill=\"{colour}\"/>",
            (width - 3.0).max(1.0),
        );
        if width > 22.0 {
            let ink = "text-anchor=\"middle\" fill=\"#ffffff\"";
            text(svg, x + (width - 3.0) / 2.0, y + 18.0, 12.5, ink, &days.to_string());
        }
        x += width;
    }
}

fn text(svg: &mut String, x: f64, y: f64, size: f64, style: &str, text: &str) {
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" {style}>{}</text>",
        escape(text)
    );
}
