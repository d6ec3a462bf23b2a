//! Reviews as people see them: what is said to be wrong, with whom the question is, since when, and the answer.
//!
//! Reasons are free text: what the case holds as personal, and any long number, is masked in them.

use crate::desk::{Desk, Done, no};
use crate::plan::Plan;
use crate::view::each_open;
use crate::view::words::{Words, texts};
use ledger::CaseFile;
use ledger::reviews::{Answer, End, Review};
use model::calendar::Calendar;
use model::{CaseNo, Code, Op, ReviewId, mask};
use serde::{Deserialize, Serialize};

/// One review.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ReviewLine {
    /// Its number.
    pub review: String,
    /// The case.
    pub case_no: String,
    /// The item.
    pub item: String,
    /// For people, Chinese.
    pub zh: String,
    /// For people, English.
    pub en: String,
    /// Its value now; masked where personal.
    pub value: String,
    /// Which version of it is called wrong.
    pub version: u32,
    /// Who asks.
    pub asker: String,
    /// For which of its matters.
    pub matter: Option<String>,
    /// The person, or the row, that says so.
    pub by: String,
    /// Who must answer: a matter, or `hub`.
    pub source: String,
    /// The form in which a clerk of the source corrects its result, where it has one.
    pub form: Option<String>,
    /// What is wrong.
    pub reason: String,
    /// When it was asked, milliseconds since 1970.
    pub since: i64,
    /// The day by which an answer is due; none where no calendar says.
    pub due: Option<String>,
    /// That day has passed without one.
    pub overdue: bool,
    /// `open`, `corrected`, `confirmed` or `withdrawn`.
    pub state: String,
    /// The answer.
    pub answer: Option<AnswerView>,
}

/// The answer to a review.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AnswerView {
    /// When, milliseconds since 1970.
    pub at: i64,
    /// The person, where one gave it.
    pub by: Option<String>,
    /// Why the value stands.
    pub reason: String,
    /// The version that corrects it.
    pub version: Option<u32>,
    /// The hand-over by which the asker hears of that: matter, round, number, operation, state.
    pub amendment: Option<String>,
}

/// What a view of reviews goes by.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) calendar: &'a Calendar,
    pub(crate) now: i64,
    /// Personal values are shown.
    pub(crate) reveal: bool,
}

impl<'a> Terms<'a> {
    /// Now, with personal values masked.
    pub fn masked(plan: &'a Plan, calendar: &'a Calendar, now: i64) -> Self {
        Self {
            plan,
            calendar,
            now,
            reveal: false,
        }
    }
}

/// Reviews that wait for an answer, or all there ever were; of a department, those it asked and those it must answer.
pub fn list(desk: &mut Desk<'_>, calendar: &Calendar, dept: Option<&str>, all: bool) -> Vec<ReviewLine> {
    let terms = Terms::masked(desk.plan, calendar, desk.now);
    let mut wanted: Vec<(ReviewId, CaseNo)> = Vec::new();
    if all {
        let mut after = ReviewId(0);
        loop {
            let page = desk.books().reviews_after(after);
            let Some((last, _)) = page.last() else { break };
            after = *last;
            wanted.extend(page);
        }
    } else {
        each_open(desk, |case_no, file| {
            wanted.extend(file.open_reviews().map(|r| (r.asked.review, case_no.clone())));
        });
    }
    let mut lines = Vec::new();
    let mut known: Option<(CaseNo, Words)> = None;
    for (id, case_no) in wanted {
        let words = match known.take() {
            Some((of, words)) if of == case_no => words,
            _ => Words::about(desk, &case_no),
        };
        let file = desk.books().case(&case_no);
        lines.extend(file.and_then(|file| Some(line(terms, &words, file, file.review(id)?))));
        known = Some((case_no, words));
    }
    if !all {
        lines.sort_by_key(|l| (l.since, l.review.len(), l.review.clone()));
    }
    lines.retain(|l| dept.is_none_or(|d| l.asker == d || source_dept(&l.source) == d));
    lines
}

/// One review by its number.
pub fn one(desk: &mut Desk<'_>, calendar: &Calendar, id: ReviewId) -> Done<ReviewLine> {
    let terms = Terms::masked(desk.plan, calendar, desk.now);
    let Some(case_no) = desk.books().case_of_review(id).cloned() else {
        return no(Code::VNotFound, "what", id);
    };
    let words = Words::about(desk, &case_no);
    let file = desk.books().case(&case_no);
    match file.and_then(|file| Some(line(terms, &words, file, file.review(id)?))) {
        Some(line) => Ok(line),
        None => no(Code::VNotFound, "what", id),
    }
}

/// The reviews of a case, oldest first.
pub(crate) fn of_case(terms: Terms<'_>, words: &Words, file: &CaseFile) -> Vec<ReviewLine> {
    file.reviews.iter().map(|r| line(terms, words, file, r)).collect()
}

/// The department of a source: what stands before the dot.
fn source_dept(source: &str) -> &str {
    source.split('.').next().unwrap_or_default()
}

fn line(terms: Terms<'_>, words: &Words, file: &CaseFile, review: &Review) -> ReviewLine {
    let (plan, asked) = (terms.plan, &review.asked);
    let def = plan.dictionary.get(asked.item);
    let held = file.case.items.get(&asked.item);
    let kind = def.and_then(|d| d.mask).filter(|_| !terms.reveal);
    let shown = |text: &str| kind.map_or_else(|| text.to_owned(), |kind| mask::mask(kind, text));
    let value = held.map(|held| texts(&held.value).map(shown).collect::<Vec<_>>().join("；"));
    let (limit, unit) = plan.rules.review;
    let due = terms.calendar.limit(plan.day(review.at), limit, unit).ok();
    let form = asked.source.as_ref().and_then(|matter| {
        let form = file.forms.iter().rfind(|f| f.matter == *matter)?;
        Some(form.task.to_string())
    });
    let by_row = asked.row.map(|(batch, line)| format!("{batch}:{line}"));
    let by_person = asked.person.as_ref().map(|p| p.name.clone());
    ReviewLine {
        review: asked.review.to_string(),
        case_no: file.case.no.to_string(),
        item: plan.dictionary.id(asked.item).to_owned(),
        zh: def.map(|d| d.zh.to_string()).unwrap_or_default(),
        en: def.map(|d| d.en.to_string()).unwrap_or_default(),
        value: value.unwrap_or_default(),
        version: asked.version,
        asker: asked.asker.to_string(),
        matter: asked.matter.as_ref().map(ToString::to_string),
        by: by_person.or(by_row).unwrap_or_default(),
        source: asked
            .source
            .as_ref()
            .map_or_else(|| "hub".to_owned(), ToString::to_string),
        form: form.filter(|_| review.is_open()),
        reason: words.reason(&asked.reason),
        since: review.at,
        due: due.map(|day| day.to_string()),
        overdue: review.is_open() && due.is_some_and(|day| plan.day(terms.now) > day),
        state: review.end.as_ref().map_or("open", |end| end.answer.word()).to_owned(),
        answer: review.end.as_ref().map(|end| answer(words, file, review, end)),
    }
}

fn answer(words: &Words, file: &CaseFile, review: &Review, end: &End) -> AnswerView {
    let version = match end.answer {
        Answer::Corrected(version) => Some(version),
        Answer::Confirmed | Answer::Withdrawn => None,
    };
    AnswerView {
        at: end.at,
        by: end.person.as_ref().map(|p| p.name.clone()),
        reason: words.reason(&end.reason),
        version,
        amendment: version.and_then(|_| amendment(file, review, end)),
    }
}

/// The hand-over that carries a correction to the asker: the first one after the answer; of a value that had been
/// replaced before anybody asked, the last one there is.
fn amendment(file: &CaseFile, review: &Review, end: &End) -> Option<String> {
    let matter = review.asked.matter.as_ref()?;
    let rounds = file.obligations.iter().filter(|o| o.matter == *matter);
    let mut all = rounds.flat_map(|o| o.deliveries.iter().map(move |d| (o.round, d)));
    let carries = |d: &ledger::case_file::Delivery| d.op != Op::Withdraw && d.superseded.is_none();
    let (round, delivery) = if end.at == review.at {
        all.rfind(|(_, d)| carries(d))?
    } else {
        all.find(|(round, d)| (*round, d.n) > end.after && carries(d))?
    };
    let state = delivery.attempts.last().map_or("due", |a| a.state.word());
    Some(format!("{matter}/{round} #{} {} {state}", delivery.n, delivery.op))
}
