//! What each department owes for a case: its matters by round, and every attempt at each.

use super::account;
use crate::pages::time;
use crate::routes::App;
use crate::timeline::{Mark, Span};
use crate::words::Words;
use engine::view::{AttemptView, ObligationView};
use model::words::word;
use model::{AttemptState, Lang, visible};

/// A department and its part of the case.
pub(super) struct Dept {
    pub(super) dept: String,
    pub(super) matters: Vec<Matter>,
}

/// A matter in one round.
pub(super) struct Matter {
    pub(super) matter: String,
    pub(super) round: u32,
    pub(super) opened: String,
    pub(super) state: String,
    pub(super) class: &'static str,
    pub(super) standing: String,
    pub(super) reason: String,
    pub(super) due: String,
    pub(super) overdue: bool,
    pub(super) attempts: Vec<Attempt>,
}

/// One attempt.
pub(super) struct Attempt {
    pub(super) attempt: String,
    pub(super) op: String,
    pub(super) mode: String,
    pub(super) batch: String,
    pub(super) state: String,
    pub(super) class: &'static str,
    pub(super) shape: &'static str,
    pub(super) since: String,
    pub(super) receipt_no: String,
    pub(super) claimed_by: String,
    pub(super) says: Vec<String>,
}

fn dept_of(matter: &str) -> &str {
    matter.split('.').next().unwrap_or_default()
}

/// How a state looks: colour and shape, beside its word.
fn look(state: AttemptState, unproved: bool) -> (&'static str, &'static str) {
    match state {
        AttemptState::Acknowledged if unproved => ("soon", "◐"),
        AttemptState::Acknowledged => ("fine", "●"),
        AttemptState::Refused => ("late", "▲"),
        AttemptState::Unknown | AttemptState::Unconfirmed => ("soon", "◆"),
        _ => ("unknown", "○"),
    }
}

/// The matters, department by department, in the order in which the first of each was opened.
pub(super) fn by_dept(app: &App, lang: Lang, obligations: Vec<ObligationView>) -> Vec<Dept> {
    let mut depts: Vec<Dept> = Vec::new();
    for o in obligations {
        let dept = dept_of(&o.matter).to_owned();
        let shown = matter(app, lang, o);
        match depts.iter_mut().find(|d| d.dept == dept) {
            Some(found) => found.matters.push(shown),
            None => depts.push(Dept {
                dept,
                matters: vec![shown],
            }),
        }
    }
    depts
}

fn matter(app: &App, lang: Lang, o: ObligationView) -> Matter {
    let state = account(lang, &o);
    let class = match serde_json::to_value(o.account) {
        Ok(word) if word == "booked" => "fine",
        Ok(word) if word == "refused" => "late",
        Ok(word) if word == "unproved" => "soon",
        _ => "unknown",
    };
    let ended = o.ended.as_deref().map(visible::text).unwrap_or_default();
    let reason = o.reason.as_deref().map(visible::text).unwrap_or_default();
    let due = o.due.as_ref();
    Matter {
        state,
        class,
        opened: time(app, o.opened_at, "%m-%d %H:%M"),
        standing: o.standing.map(|s| word(s.word(), lang).to_owned()).unwrap_or_default(),
        reason: format!("{reason} {ended}").trim().to_owned(),
        due: due.and_then(|d| d.day.clone()).unwrap_or_default(),
        overdue: due.is_some_and(|d| d.overdue),
        attempts: o.attempts.into_iter().map(|a| attempt(app, lang, a)).collect(),
        matter: o.matter,
        round: o.round,
    }
}

fn attempt(app: &App, lang: Lang, a: AttemptView) -> Attempt {
    let (class, shape) = look(a.state, a.unproved);
    let state = if a.unproved { "unproved" } else { a.state.word() };
    let mode = a.mode.map(|m| word(m.word(), lang)).unwrap_or_default();
    let findings = a.findings.iter().map(|f| visible::text(&f.what(lang)).into_owned());
    let reason = a.reason.iter().map(|why| visible::text(why).into_owned());
    let parent = a.parent.iter().map(|p| format!("{} {p}", Words::of(lang).goes_on_from));
    Attempt {
        op: word(a.op.word(), lang).to_owned(),
        mode: if mode == a.channel || mode.is_empty() {
            a.channel.clone()
        } else {
            format!("{mode} · {}", a.channel)
        },
        state: word(state, lang).to_owned(),
        class,
        shape,
        since: time(app, a.since, "%m-%d %H:%M"),
        says: findings.chain(reason).chain(parent).collect(),
        batch: a.batch.unwrap_or_default(),
        receipt_no: a
            .receipt_no
            .map(|no| visible::text(&no).into_owned())
            .unwrap_or_default(),
        claimed_by: a.claimed_by.unwrap_or_default(),
        attempt: a.attempt,
    }
}

/// The same as a line of the picture: from when it was opened until it came to rest; open where it still waits.
pub(super) fn span(o: &ObligationView, lang: Lang) -> Span {
    let rests = serde_json::to_value(o.account).is_ok_and(|word| word != "waiting");
    let last = o.attempts.iter().map(|a| a.since).max().unwrap_or(o.opened_at);
    let mark = |a: &AttemptView| {
        let (class, _) = look(a.state, a.unproved);
        Mark {
            at: a.since,
            class,
            says: format!("{} {} {}", a.attempt, a.channel, word(a.state.word(), lang)),
        }
    };
    Span {
        name: if o.round > 1 {
            format!("{} ({})", o.matter, o.round)
        } else {
            o.matter.clone()
        },
        from: o.opened_at,
        until: rests.then_some(last),
        marks: o.attempts.iter().map(mark).collect(),
    }
}
