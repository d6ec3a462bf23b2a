//! Reviews 校核: a receiver says of an item that it is wrong, and its source answers.
//!
//! A review never changes a value and never settles a hand-over: it is a question that stays open, with whom and since
//! when, until the source gives another value by its ordinary way or says that the value stands.

use crate::books::{Books, Change1};
use crate::case_file::CaseFile;
use crate::event::Person;
use crate::shelf::Kept as _;
use model::{BatchId, CaseNo, DeptId, ItemNo, MatterId, ReviewId};
use serde::{Deserialize, Serialize};

/// Reviews looked at in one go.
const PAGE: usize = 256;

/// The first number.
pub(crate) fn first() -> u64 {
    1
}

/// A request for review, as it is journalled.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// Its number.
    pub review: ReviewId,
    /// The case.
    pub case_no: CaseNo,
    /// The item.
    pub item: ItemNo,
    /// Which version of it the asker was handed.
    pub version: u32,
    /// Which department asks.
    pub asker: DeptId,
    /// For which of its matters; absent for the hub.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub matter: Option<MatterId>,
    /// The matter that gave the value and must answer; absent where the hub did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source: Option<MatterId>,
    /// What is wrong, in the asker's words.
    pub reason: String,
    /// The row that says so, where one does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub row: Option<(BatchId, u64)>,
    /// Who says so, where a person does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub person: Option<Person>,
}

/// What became of a request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Answered {
    /// Its number.
    pub review: ReviewId,
    /// The case.
    pub case_no: CaseNo,
    /// The answer.
    pub answer: Answer,
    /// Why, in the source's words; empty where another value says it.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub reason: String,
    /// Who, where a person did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub person: Option<Person>,
}

/// How a review ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The item has another value now, of this version.
    Corrected(u32),
    /// The source says that the value stands.
    Confirmed,
    /// The case was withdrawn: nobody needs an answer.
    Withdrawn,
}

impl Answer {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Corrected(_) => "corrected",
            Self::Confirmed => "confirmed",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A review as the case holds it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Review {
    /// What was asked.
    pub asked: Asked,
    /// When, milliseconds since 1970.
    pub at: i64,
    /// What became of it.
    pub end: Option<End>,
}

/// How a review ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct End {
    /// The answer.
    pub answer: Answer,
    /// Why.
    pub reason: String,
    /// Who, where a person did.
    pub person: Option<Person>,
    /// When, milliseconds since 1970.
    pub at: i64,
    /// The last hand-over to the asker's matter before it, as round and number: what follows carries the correction.
    pub after: (u32, u32),
}

/// One line of the change feed: a result, or word of a review that the hub asked or must answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FeedLine {
    /// A result of a matter.
    Result(Change1),
    /// A review was asked, or answered.
    Review(Box<ReviewChange>),
}

/// Word of a review.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReviewChange {
    /// What was asked.
    pub asked: Asked,
    /// The answer and why, where this line is about that.
    pub answer: Option<(Answer, String)>,
    /// When, milliseconds since 1970.
    pub at: i64,
}

impl From<Change1> for FeedLine {
    fn from(line: Change1) -> Self {
        Self::Result(line)
    }
}

impl Review {
    /// Nobody has answered it.
    pub fn is_open(&self) -> bool {
        self.end.is_none()
    }

    /// Whether the hub has a part in it.
    pub fn concerns_hub(&self) -> bool {
        self.asked.source.is_none() || self.asked.asker.as_str() == "hub"
    }
}

impl CaseFile {
    /// Reviews that nobody has answered.
    pub fn open_reviews(&self) -> impl Iterator<Item = &Review> {
        self.reviews.iter().filter(|r| r.is_open())
    }

    /// A review by number.
    pub fn review(&self, id: ReviewId) -> Option<&Review> {
        self.reviews.iter().find(|r| r.asked.review == id)
    }

    /// The same request: this item, by this department, of this version.
    pub fn review_of(&self, item: ItemNo, asker: &DeptId, version: u32) -> Option<&Review> {
        let same = |a: &Asked| a.item == item && a.asker == *asker && a.version == version;
        self.reviews.iter().find(|r| same(&r.asked))
    }
}

impl Books {
    /// The case of a review.
    pub fn case_of_review(&mut self, id: ReviewId) -> Option<&CaseNo> {
        self.reviews.get(&key(id))
    }

    /// Some reviews after this one, each with its case, in the order in which they were asked; none where there are no
    /// more.
    pub fn reviews_after(&mut self, after: ReviewId) -> Vec<(ReviewId, CaseNo)> {
        self.reviews.trim(PAGE);
        let keys = self.reviews.page("", &key(after), PAGE);
        let case = |key: &String| {
            let id = ReviewId(key.parse().ok()?);
            Some((id, self.reviews.get(key).cloned()?))
        };
        keys.iter().filter_map(case).collect()
    }
}

/// A number as a key that sorts.
pub(crate) fn key(id: ReviewId) -> String {
    format!("{:012}", id.0)
}
