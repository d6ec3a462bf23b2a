//! A review ends: the value was replaced, its source says that it stands, or the case is withdrawn. The first end holds.

use crate::desk::{Desk, Done, no};
use ledger::Event;
use ledger::event::Person;
use ledger::reviews::{Answer, Answered, Review};
use model::{CaseNo, Code, Finding, ReviewId};

/// Who says that a value stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// A person, for whoever gave the value.
    Person(Person),
    /// The platform itself, for what it gave.
    Hub,
}

/// The source says that the value stands, and why. The same answer again is a repeat.
pub fn confirm(desk: &mut Desk<'_>, id: ReviewId, reason: String, source: Source) -> Done {
    let found = desk.books().case_of_review(id).cloned();
    let review = found
        .as_ref()
        .and_then(|case_no| desk.books().case(case_no))
        .and_then(|file| file.review(id))
        .cloned();
    let (Some(case_no), Some(review)) = (found, review) else {
        return no(Code::VNotFound, "what", id);
    };
    let person = match source {
        Source::Person(person) => Some(person),
        // What a department gave, the platform does not answer for; and does not learn of.
        Source::Hub if review.asked.source.is_some() => return no(Code::VNotFound, "what", id),
        Source::Hub => None,
    };
    if let Some(end) = &review.end {
        let same = end.answer == Answer::Confirmed && end.reason == reason && end.person == person;
        return if same {
            Ok(())
        } else {
            no(Code::VState, "detail", "已有答复 it was answered before")
        };
    }
    // Who asked cannot answer for the other side.
    if let (Some(asked), Some(answers)) = (&review.asked.person, &person)
        && asked.name == answers.name
    {
        return Err(Finding::new(Code::VSamePerson).with("person", &answers.name).into());
    }
    let answered = Answered {
        review: id,
        case_no,
        answer: Answer::Confirmed,
        reason,
        person,
    };
    answer(desk, answered)
}

/// Reviews of values that have been replaced since they were asked are answered by that.
pub fn corrected(desk: &mut Desk<'_>, case_no: &CaseNo) -> Done {
    let Some(file) = desk.books().case(case_no) else {
        return Ok(());
    };
    // Given once more, a value is another version and no correction.
    let stands = |review: &Review| file.case.holds_still(review.asked.item, review.asked.version);
    let version_now = |review: &Review| file.case.items.get(&review.asked.item).map_or(0, |held| held.version);
    let replaced: Vec<(ReviewId, u32)> = file
        .open_reviews()
        .filter(|r| !stands(r))
        .map(|r| (r.asked.review, version_now(r), r.asked.version))
        .filter(|(_, now, asked)| now > asked)
        .map(|(id, now, _)| (id, now))
        .collect();
    for (review, version) in replaced {
        answer(desk, without_words(review, case_no, Answer::Corrected(version)))?;
    }
    Ok(())
}

/// The case is withdrawn: nobody waits for an answer any more.
pub fn withdrawn(desk: &mut Desk<'_>, case_no: &CaseNo) -> Done {
    let open: Vec<ReviewId> = desk
        .books()
        .case(case_no)
        .map(|f| f.open_reviews().map(|r| r.asked.review).collect())
        .unwrap_or_default();
    for review in open {
        answer(desk, without_words(review, case_no, Answer::Withdrawn))?;
    }
    Ok(())
}

fn without_words(review: ReviewId, case_no: &CaseNo, answer: Answer) -> Answered {
    Answered {
        review,
        case_no: case_no.clone(),
        answer,
        reason: String::new(),
        person: None,
    }
}

pub(crate) fn answer(desk: &mut Desk<'_>, answered: Answered) -> Done {
    desk.say(Event::ReviewAnswered(answered))?;
    Ok(())
}
