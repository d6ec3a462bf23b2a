//! The whole as a picture: the skewer, each department's channels and how they are, what waits with whom. A script brings
//! the same part of this page again every ten seconds; without it, the page is as good as when it was opened.

use super::{ask, time, unexpected};
use crate::guard::Visit;
use crate::render::{Frame, finding, page};
use crate::routes::App;
use crate::words::Words;
use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use engine::verb::{Reply, Request};
use engine::view::{FlowBlock, MapChannel, MapDept, MapView};
use model::words::word;
use model::{Finding, Lang, visible};
use std::sync::Arc;

pub(crate) const PATH: &str = "/console/map";
/// The query by which a page asks for its part again.
pub(crate) const PART: &str = "part=1";

/// How something is: a colour, a shape and a word, no one of them alone.
#[derive(Clone, Copy)]
struct Lamp {
    class: &'static str,
    shape: &'static str,
    word: &'static str,
}

struct Channel {
    name: String,
    mode: String,
    lamp: Lamp,
    since: String,
    next: String,
    what: String,
    remedy: String,
}

struct Dept {
    dept: String,
    name: String,
    lamp: Lamp,
    booked: u64,
    refused: u64,
    waiting: u64,
    says: String,
    channels: Vec<Channel>,
}

struct Block {
    name: String,
    matter: String,
    lamp: Lamp,
    waiting: u64,
}

/// What a page and its part both show.
struct Shown {
    at: String,
    open_cases: u64,
    alarms: Vec<String>,
    steps: Vec<(usize, Vec<Block>)>,
    afterwards: Vec<Block>,
    depts: Vec<Dept>,
}

#[derive(Template)]
#[template(path = "map.html")]
struct Map {
    frame: Frame,
    map: Shown,
}

#[derive(Template)]
#[template(path = "map_part.html")]
struct MapPart {
    frame: Frame,
    map: Shown,
}

pub(crate) async fn get(State(app): State<Arc<App>>, Extension(visit): Extension<Visit>) -> Response<Body> {
    let view = match ask(&app, &visit.person, Request::Map).await {
        Ok(Reply::Map(view)) => *view,
        Ok(_) => return finding(&visit, &unexpected()),
        Err(no) => return finding(&visit, &no),
    };
    let (frame, map) = (Frame::of(&visit), shown(&app, visit.lang, view));
    if visit.fields.get("part") == "1" {
        return page(StatusCode::OK, &MapPart { frame, map });
    }
    page(StatusCode::OK, &Map { frame, map })
}

fn shown(app: &App, lang: Lang, view: MapView) -> Shown {
    let said = |f: &Finding| visible::text(&f.what(lang)).into_owned();
    let alarms = view.halted.iter().chain(&view.doubted).map(said).collect();
    let depts: Vec<Dept> = view.depts.into_iter().map(|d| dept(app, lang, d)).collect();
    let mut steps: Vec<(usize, Vec<Block>)> = Vec::new();
    for one in view.blocks {
        let step = one.step;
        let shown = block(lang, one, &depts);
        match steps.iter_mut().find(|(of, _)| *of == step) {
            Some((_, blocks)) => blocks.push(shown),
            None => steps.push((step, vec![shown])),
        }
    }
    steps.sort_by_key(|(step, _)| *step);
    Shown {
        at: time(app, view.now, "%H:%M:%S"),
        open_cases: view.open_cases,
        alarms,
        afterwards: view.afterwards.into_iter().map(|b| block(lang, b, &depts)).collect(),
        steps,
        depts,
    }
}

fn titled(lang: Lang, zh: String, en: String, name: &str) -> String {
    let title = match lang {
        Lang::Zh => zh,
        Lang::En => en,
    };
    if title.is_empty() { name.to_owned() } else { title }
}

/// A block is as its department is.
fn block(lang: Lang, block: FlowBlock, depts: &[Dept]) -> Block {
    let name = block.matter.split('.').next().unwrap_or_default();
    let dept = depts.iter().find(|d| d.dept == name);
    Block {
        name: titled(lang, block.zh, block.en, &block.matter),
        lamp: dept.map_or(well(lang), |d| d.lamp),
        waiting: dept.map_or(0, |d| d.waiting),
        matter: block.matter,
    }
}

fn well(lang: Lang) -> Lamp {
    Lamp {
        class: "fine",
        shape: "●",
        word: Words::of(lang).lamp_well,
    }
}

fn broken(lang: Lang) -> Lamp {
    Lamp {
        class: "late",
        shape: "▲",
        word: Words::of(lang).lamp_broken,
    }
}

fn dept(app: &App, lang: Lang, dept: MapDept) -> Dept {
    let words = Words::of(lang);
    let amber = |word| Lamp {
        class: "soon",
        shape: "◆",
        word,
    };
    let all = dept.channels.iter().filter(|c| c.finding.is_some()).count();
    let lamp = match () {
        () if all > 0 && all == dept.channels.len() => broken(lang),
        () if all > 0 => amber(words.lamp_partly),
        () if dept.finding.is_some() => amber(words.lamp_stopped),
        () if dept.waiting > 0 => Lamp {
            class: "unknown",
            shape: "○",
            word: words.lamp_waits,
        },
        () => well(lang),
    };
    Dept {
        name: titled(lang, dept.zh, dept.en, &dept.dept),
        lamp,
        booked: dept.booked,
        refused: dept.refused,
        waiting: dept.waiting,
        says: dept
            .finding
            .map(|f| visible::text(&f.what(lang)).into_owned())
            .unwrap_or_default(),
        channels: dept.channels.into_iter().map(|c| channel(app, lang, c)).collect(),
        dept: dept.dept,
    }
}

fn channel(app: &App, lang: Lang, channel: MapChannel) -> Channel {
    let at = |ms: Option<i64>| ms.map(|ms| time(app, ms, "%m-%d %H:%M")).unwrap_or_default();
    let (what, remedy) = match &channel.finding {
        Some(f) => (f.what(lang), f.remedy(lang)),
        None => Default::default(),
    };
    Channel {
        mode: word(channel.mode.word(), lang).to_owned(),
        lamp: if channel.finding.is_some() {
            broken(lang)
        } else {
            well(lang)
        },
        since: at(channel.since),
        next: at(channel.next),
        what: visible::text(&what).into_owned(),
        remedy: visible::text(&remedy).into_owned(),
        name: channel.channel,
    }
}
