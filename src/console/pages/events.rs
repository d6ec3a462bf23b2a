//! What an open page must know: that its task was taken, settled or withdrawn, who else looks at it, what is new in the
//! queue, that the node stops, that the session ended. Server-sent events, in the words of the page's language.
//!
//! A stream ends after 25 seconds and the browser opens the next one: the door cuts whoever has a connection for longer
//! without asking again, and each beginning goes past the guard. A stream keeps no session alive: nobody need be there.

use super::{is_task, time};
use crate::guard::{Visit, may};
use crate::presence::Sitting;
use crate::render::{Frame, answer, finding, notice};
use crate::routes::App;
use crate::stands::{self, Known};
use crate::streams::Place;
use crate::words::Words;
use accounts::Action;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use engine::view::BoardView;
use futures_util::stream::unfold;
use model::{Code, Finding};
use serde_json::json;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// The path: the one that does not keep a session alive.
pub(crate) const PATH: &str = "/console/events";
/// Shorter than the patience of the door.
const LONGEST: Duration = Duration::from_secs(25);
/// Without an event for so long, a comment shows that the stream is alive.
const BEAT: Duration = Duration::from_secs(15);
/// How often it looks.
const TICK: Duration = Duration::from_secs(1);

/// What a page shows.
enum About {
    /// A task, in this state when the page was made.
    Task {
        task: String,
        shown: String,
        _sitting: Sitting,
    },
    /// The queue, after so many had come to it.
    Queue(u64),
}

struct Watching {
    app: Arc<App>,
    visit: Visit,
    about: About,
    begun: Duration,
    beat: Duration,
    /// What was said last of each kind.
    said: Vec<(&'static str, String)>,
    /// How soon the browser comes back, and whose session it has now: said once.
    greeting: Option<String>,
    over: bool,
    stopping: watch::Receiver<bool>,
    _place: Place,
}

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    request: Request,
) -> Response<Body> {
    let query = request.uri().query().unwrap_or_default();
    let value = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(n, _)| *n == name).map(|(_, v)| v.to_owned())
    };
    let Some(place) = app.streams.enter(&visit.token) else {
        let words = Words::of(visit.lang);
        return notice(StatusCode::TOO_MANY_REQUESTS, Frame::of(&visit), words.busy, "");
    };
    let about = match value("task") {
        Some(task) if !is_task(&task) => {
            return finding(&visit, &Finding::new(Code::VNotFound).with("what", "task"));
        }
        Some(task) => About::Task {
            _sitting: app.presence.sit(&task, &visit.person),
            shown: value("as").unwrap_or_default(),
            task,
        },
        None => About::Queue(value("since").and_then(|ms| ms.parse().ok()).unwrap_or(u64::MAX)),
    };
    // A page that was open while its person logged in elsewhere has a form token of before.
    let who = event("who", &json!({ "person": visit.person, "csrf": visit.csrf }));
    let begun = app.clock.mono();
    let watching = Watching {
        stopping: app.stopping.clone(),
        visit,
        about,
        begun,
        beat: begun,
        said: Vec::new(),
        greeting: Some(format!("retry: 1000\n\n{who}")),
        over: false,
        _place: place,
        app,
    };
    let stream = unfold(watching, |mut watching| async move {
        let piece = watching.next().await?;
        Some((Ok::<_, Infallible>(piece), watching))
    });
    answer(StatusCode::OK, "text/event-stream", Body::from_stream(stream))
}

fn event(name: &str, data: &serde_json::Value) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}

impl Watching {
    /// The next piece, once there is one; nothing at the end.
    async fn next(&mut self) -> Option<String> {
        let words = Words::of(self.visit.lang);
        loop {
            let now = self.app.clock.mono();
            if self.over || now.saturating_sub(self.begun) >= LONGEST {
                return None;
            }
            if *self.stopping.borrow() {
                return Some(self.end("stops", words.node_stops));
            }
            let session = self.app.sessions.peek(&self.visit.token, now);
            if session.is_none() || !may(&self.app, &self.visit.person, Action::Look) {
                return Some(self.end("out", words.again_after_idle));
            }
            let mut pieces = self.greeting.take().unwrap_or_default();
            for (name, data) in self.look(words).await {
                pieces += &self.news(name, &data);
            }
            if pieces.is_empty() && now.saturating_sub(self.beat) >= BEAT {
                pieces = ":\n\n".to_owned();
            }
            if !pieces.is_empty() {
                self.beat = now;
                return Some(pieces);
            }
            let clock = self.app.clock.clone();
            let gone = tokio::select! {
                biased;
                ended = self.stopping.wait_for(|stops| *stops) => ended.is_err(),
                () = clock.sleep(TICK) => false,
            };
            if gone {
                // Who would say so is no more: neither is the node.
                return Some(self.end("stops", words.node_stops));
            }
        }
    }

    fn end(&mut self, name: &str, text: &str) -> String {
        self.over = true;
        event(name, &json!({ "text": text }))
    }

    /// An event, where it is another than the last of its kind.
    fn news(&mut self, name: &'static str, data: &serde_json::Value) -> String {
        let text = data.to_string();
        match self.said.iter_mut().find(|(n, _)| *n == name) {
            Some((_, last)) if *last == text => return String::new(),
            Some((_, last)) => *last = text,
            None => self.said.push((name, text)),
        }
        event(name, data)
    }

    async fn look(&self, words: &'static Words) -> Vec<(&'static str, serde_json::Value)> {
        match &self.about {
            About::Task { task, shown, .. } => {
                let mut found = Vec::new();
                if let Some(known) = stands::task(&self.app, task).await {
                    found.push(("stand", stand(&self.app, &self.visit, words, shown, &known)));
                }
                let others = self.app.presence.others(task, &self.visit.person).into_iter();
                let others: Vec<String> = others
                    .map(|(person, since)| {
                        format!("{person} {} {}", words.has_it_open, time(&self.app, since, "%H:%M"))
                    })
                    .collect();
                found.push(("here", json!({ "text": others.join("\u{3000}") })));
                found
            }
            About::Queue(since) => match stands::queue(&self.app).await {
                Some(board) => vec![("queue", queue(words, *since, &board))],
                None => Vec::new(),
            },
        }
    }
}

/// How a task stands for whoever shows it so: a word, and what to say where it is another than what is shown.
fn stand(app: &App, visit: &Visit, words: &'static Words, shown: &str, known: &Known) -> serde_json::Value {
    let now = app.clock.now().0;
    let (word, text, waits) = match known {
        Known::Gone => ("gone", words.gone.to_owned(), false),
        Known::Stands(s) => {
            let holder = s
                .claimed_by
                .as_deref()
                .filter(|_| s.until.is_some_and(|until| until > now));
            let until = time(app, s.until.unwrap_or_default(), "%H:%M");
            let (word, text) = match (s.waits, &s.settled_by, holder) {
                (false, Some(person), _) => ("settled", format!("{}{person}", words.settled_by)),
                _ if s.withdrawn => ("withdrawn", words.was_withdrawn.to_owned()),
                _ if s.superseded => ("superseded", words.was_superseded.to_owned()),
                (false, None, _) => ("settled", words.gone.to_owned()),
                (true, _, Some(person)) if person == visit.person => ("mine", words.is_yours_now.to_owned()),
                (true, _, Some(person)) => ("other", format!("{person} {} {until}", words.was_taken)),
                (true, _, None) if shown == "mine" => ("free", words.ran_out.to_owned()),
                (true, _, None) => ("free", words.is_free_now.to_owned()),
            };
            (word, text, s.waits)
        }
    };
    let blocks = matches!(word, "gone" | "withdrawn" | "superseded" | "other");
    json!({
        "as": word,
        "text": if word == shown { String::new() } else { text },
        "blocks": blocks,
        // Whoever has taken it may have keyed it already, and must be able to say so.
        "may": waits && word != "other",
    })
}

fn queue(words: &'static Words, since: u64, board: &BoardView) -> serde_json::Value {
    let new = board.arrived.saturating_sub(since);
    json!({
        "text": if new == 0 || board.partial { String::new() } else { format!("{}{new}", words.new_tasks) },
        "free": board.free_count,
        "overdue": board.overdue,
    })
}
