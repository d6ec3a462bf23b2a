//! A row in a department's field names, made into canonical items; or everything that is wrong with it.

use crate::bind::Bound;
use crate::chain::{Wrong, run};
use crate::compile::{Compiled, Means, Slot};
use crate::expr::{Expr, Given};
use crate::judge::{Rule, ask, at_most, guard, is_id_card, same_sex};
use crate::write::{nth, only_unmapped};
use crate::{Extensions, UNIT_SEPARATOR, attachments, review};
use formats::encoding::point;
use model::check::{date, width};
use model::{CaseNo, Code, Finding, Incoming, ItemNo, MatterId, Op, Row, Standing, UnmappedCode, Value};
use std::borrow::Cow;

/// Characters a number or code of the department's own may have.
const NUMBER_MAX: usize = 64;
/// Characters a reason may have.
const REASON_MAX: usize = 2000;
/// Values a repeating item may have.
const VALUES_MAX: usize = 1000;

/// What a secrecy mark may say.
const OPEN: &[&str] = &["无", "非密", "非涉密", "公开", "none", "public"];
/// What makes a mark one of a secret: 国家秘密 (绝密, 机密, 秘密) and 工作秘密.
const SECRET: &[&str] = &["秘密", "机密", "绝密", "涉密", "secret"];

/// What one row has given so far.
struct Reading<'b> {
    bound: &'b Bound<'b>,
    line: u64,
    incoming: Incoming,
    /// Which version of the code standard the row says it follows.
    version: Option<Box<str>>,
    wrong: Vec<(usize, Finding)>,
    /// For each thing that is wrong, the codes that no table knows.
    unmapped: Vec<Vec<UnmappedCode>>,
    extensions: &'b Extensions,
    warnings: Vec<(usize, Finding)>,
    /// Its status word asks for a review, and leaves naming the items to a field.
    unnamed: bool,
    /// Items whose value was refused: what depends on them is not judged again by a guess.
    refused: Vec<ItemNo>,
}

/// Why a row could not be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unread {
    /// Everything that is wrong, each with row and column and without a value.
    pub findings: Vec<Finding>,
    /// The codes that no table knows, where nothing else is wrong: once they are known, the row can be read.
    pub unmapped: Vec<UnmappedCode>,
    /// The case it names, as far as it could be read.
    pub case_no: Option<CaseNo>,
}

impl Bound<'_> {
    /// Reads a row: nothing-words, transforms, checks. The findings of a good row are warnings.
    ///
    /// An empty cell and an absent one both say nothing: no item is set to an empty value by a row.
    ///
    /// # Errors
    /// Everything that is wrong with the row, in the order of the layout, each with row and column and without a value.
    pub fn read(&self, row: &Row) -> Result<(Incoming, Vec<Finding>), Vec<Finding>> {
        self.read_with(row, &Extensions::default())
            .map_err(|unread| unread.findings)
    }

    /// The same, where tables know more codes than they were written with.
    ///
    /// # Errors
    /// As [`Bound::read`], and the codes that no table knows where nothing else is wrong.
    pub fn read_with(&self, row: &Row, extensions: &Extensions) -> Result<(Incoming, Vec<Finding>), Unread> {
        let mut reading = Reading {
            bound: self,
            line: row.line,
            incoming: Incoming::default(),
            version: None,
            wrong: Vec::new(),
            unmapped: Vec::new(),
            extensions,
            warnings: Vec::new(),
            unnamed: false,
            refused: Vec::new(),
        };
        for at in &self.layout.order {
            reading.slot(*at, row);
        }
        reading.cross_checks();
        reading.finish()
    }
}

impl Reading<'_> {
    fn slot(&mut self, at: usize, row: &Row) {
        let slot = &self.bound.layout.slots[at];
        let Ok(chain) = &slot.back else { return };
        if !slot.is_read() {
            return;
        }
        if let Some((expr, _)) = &slot.from {
            return self.computed(at, slot, expr, row);
        }
        let cell = self.bound.cells[at].and_then(|cell| row.get(cell));
        let placed = match cell {
            None => Ok(false),
            Some(text) => guard(text).and_then(|()| match self.without_null_words(text) {
                None => Ok(false),
                Some(text) => match run(chain, width::text(&text), self.extensions)? {
                    said if says_nothing(&said) => Ok(false),
                    said => self.place(at, slot, &said),
                },
            }),
        };
        match placed {
            Ok(true) => {}
            Ok(false) if slot.required || self.must_name_a_case(slot) => self.fail(at, Code::ERequired.into()),
            Ok(false) => {}
            Err(wrong) => {
                self.refused.extend(slot.item());
                self.fail(at, wrong);
            }
        }
    }

    /// An item that several columns give together. Where all of them are empty nothing is worked out: they say nothing.
    fn computed(&mut self, at: usize, slot: &Slot, expr: &Expr, row: &Row) {
        let bound = self.bound;
        let mut given: Vec<(&str, String)> = Vec::new();
        for (name, cell) in expr.names().iter().zip(&bound.from[at]) {
            let Some(text) = cell.and_then(|cell| row.get(cell)) else {
                continue;
            };
            if let Err(wrong) = guard(text) {
                return self.fail(at, wrong);
            }
            let text = self.without_null_words(text).unwrap_or_default();
            if !says_nothing(&text) {
                given.push((name, width::text(&text).to_owned()));
            }
        }
        let find = |name: &str| given.iter().find(|(known, _)| *known == name);
        let placed = if given.is_empty() {
            Ok(false)
        } else {
            let made = expr.eval(&|name| find(name).map(|(_, text)| Given::One(text.clone())));
            made.and_then(|text| self.place(at, slot, &text))
        };
        match placed {
            Ok(false) if slot.required => self.fail(at, Code::ERequired.into()),
            Ok(_) => {}
            Err(wrong) => {
                self.refused.extend(slot.item());
                self.fail(at, wrong);
            }
        }
    }

    /// A row is about a case, unless it is a return row: one that names none speaks of the whole file.
    fn must_name_a_case(&self, slot: &Slot) -> bool {
        matches!(slot.means, Means::CaseNo(_))
            && !self
                .bound
                .layout
                .slots
                .iter()
                .any(|s| matches!(s.means, Means::ReturnCode))
    }

    /// The text without the words that mean "nothing"; `None` where nothing is left.
    fn without_null_words<'t>(&self, text: &'t str) -> Option<Cow<'t, str>> {
        let words = &self.bound.layout.null_words;
        let is_null = |value: &str| words.iter().any(|word| **word == *value.trim());
        if !text.contains(UNIT_SEPARATOR) {
            return (!is_null(text)).then_some(Cow::Borrowed(text));
        }
        let values: Vec<_> = text
            .split(UNIT_SEPARATOR)
            .map(|v| if is_null(v) { "" } else { v })
            .collect();
        Some(Cow::Owned(values.join("\u{1F}")))
    }

    /// Puts a text that says something where it belongs; false where it turned out to say nothing.
    fn place(&mut self, at: usize, slot: &Slot, text: &str) -> Result<bool, Wrong> {
        if let Means::Item(rule) = &slot.means {
            return self.item(at, slot, rule, text);
        }
        let text = match slot.check {
            None => Cow::Borrowed(width::text(text)),
            Some(check) => {
                let checked = ask(check, text, &self.bound.layout.options)?;
                self.warn(at, &checked.warnings, &checked.value);
                Cow::Owned(checked.value)
            }
        };
        let text = text.as_ref();
        let short = |limit: usize| at_most(text, limit).map(|()| Some(Box::<str>::from(text)));
        let unmapped = |table: &str| Wrong::from(Code::EUnmapped).with("table", table);
        let incoming = &mut self.incoming;
        match &slot.means {
            Means::Ignored | Means::MessageId | Means::Item(_) | Means::Computed(..) => {}
            Means::CaseNo(Some(check)) => {
                let checked = ask(*check, text, &self.bound.layout.options)?;
                incoming.case_no = Some(CaseNo::new(checked.value));
            }
            Means::CaseNo(None) => incoming.case_no = short(NUMBER_MAX)?.map(|text| CaseNo::new(&*text)),
            Means::EntClass(None) => incoming.ent_class = short(NUMBER_MAX)?,
            Means::EntClass(Some(rule)) => {
                incoming.ent_class = Some(rule.judge(text, None, self.extensions)?.value.into())
            }
            Means::Const(expected) if **expected == *text => {}
            Means::Const(_) => return Err(Code::EFormat.into()),
            Means::RowNo => incoming.row_no = Some(row_no(text)?),
            Means::StatusVersion => self.version = short(NUMBER_MAX)?,
            Means::Status => match status(self.bound.layout, self.version.as_deref(), text)? {
                Said::Standing(standing) => incoming.standing = Some(standing),
                Said::Review(items) => {
                    self.unnamed = items.is_empty();
                    incoming.review.extend(items);
                }
            },
            Means::Review => incoming.review.extend(review::named(self.bound.layout, text)?),
            Means::ReturnCode => incoming.return_code = short(NUMBER_MAX)?,
            Means::Reason => incoming.reason = short(REASON_MAX)?,
            Means::SourceSeq => incoming.source_seq = short(NUMBER_MAX)?,
            Means::ReceiptNo => incoming.receipt_no = short(NUMBER_MAX)?,
            Means::BatchNo => incoming.batch_no = short(NUMBER_MAX)?,
            Means::Operation => incoming.op = Some(Op::from_word(text).ok_or_else(|| unmapped("op"))?),
            Means::ResultDate => {
                let checked = ask(date::check, text, &self.bound.layout.options)?;
                if checked.value.is_empty() {
                    return Ok(false);
                }
                incoming.result_date = Some(checked.value.into());
                self.warn(at, &checked.warnings, "");
            }
            Means::Matter => incoming.matter = Some(matter(text)?),
            Means::Attachments => incoming.attachments = attachments::read(text)?,
            Means::Secrecy => return open_to_all(text).map(|()| false),
        }
        Ok(true)
    }

    fn item(&mut self, at: usize, slot: &Slot, rule: &Rule, text: &str) -> Result<bool, Wrong> {
        if rule.document.is_some_and(|document| self.refused.contains(&document)) {
            // By which document to judge is not known: its own column is already named.
            return Ok(true);
        }
        let texts: Vec<&str> = text.split(UNIT_SEPARATOR).collect();
        if texts.len() > 1 && !rule.repeating {
            return Err(Code::ECharset.into());
        }
        if texts.len() > VALUES_MAX {
            return Err(Wrong::from(Code::ETooLong)
                .with("found", texts.len())
                .with("limit", VALUES_MAX));
        }
        let (mut values, mut warnings) = (Vec::with_capacity(texts.len()), Vec::new());
        for (position, value) in texts.into_iter().enumerate() {
            let mut checked = rule.judge(value, self.document(rule, position), self.extensions)?;
            warnings.append(&mut checked.warnings);
            if let Some(check) = slot.check.filter(|_| !checked.value.is_empty()) {
                checked = ask(check, &checked.value, &self.bound.layout.options)?;
                warnings.append(&mut checked.warnings);
            }
            values.push(checked.value.into_boxed_str());
        }
        self.warn(at, &warnings, text);
        if values.iter().all(|value| value.is_empty()) {
            return Ok(false);
        }
        let value = match values.pop() {
            Some(only) if !rule.repeating => Value::Text(only),
            last => Value::List(values.into_iter().chain(last).collect()),
        };
        match self.incoming.items.get(&rule.item) {
            Some(held) if *held != value => {
                Err(Wrong::from(Code::ECrossCheck).with("other", self.other(at, rule.item)))
            }
            _ => {
                self.incoming.items.insert(rule.item, value);
                Ok(true)
            }
        }
    }

    /// The type of the document by which the value at a position is judged, where the row says.
    fn document(&self, rule: &Rule, position: usize) -> Option<&str> {
        nth(self.incoming.items.get(&rule.document?)?, position).filter(|text| !text.is_empty())
    }

    /// The other column that gave the same item.
    fn other(&self, at: usize, item: ItemNo) -> String {
        let slots = self.bound.layout.slots.iter().enumerate();
        let other = slots
            .filter(|(other, slot)| *other != at && slot.item() == Some(item))
            .map(|(other, _)| other)
            .next();
        other.map_or_else(String::new, |other| self.bound.column(other))
    }

    /// What only two fields together can show.
    fn cross_checks(&mut self) {
        let bound = self.bound;
        let column_of = |item: ItemNo| bound.layout.slots.iter().position(|slot| slot.item() == Some(item));
        for slot in &bound.layout.slots {
            let Means::Item(rule) = &slot.means else { continue };
            let Some(sex) = rule.sex.filter(|_| is_id_card(self.document(rule, 0))) else {
                continue;
            };
            let items = &self.incoming.items;
            let (Some(Value::Text(id_no)), Some(Value::Text(given))) = (items.get(&rule.item), items.get(&sex)) else {
                continue;
            };
            if let (Err(code), Some(at)) = (same_sex(id_no, given), column_of(sex)) {
                self.fail(at, code.into());
            }
        }
        self.review();
        let reason = bound
            .layout
            .slots
            .iter()
            .position(|slot| matches!(slot.means, Means::Reason));
        let standing = self
            .incoming
            .standing
            .filter(|s| s.needs_reason() && self.incoming.reason.is_none());
        if let (Some(at), Some(standing)) = (reason, standing) {
            let already = self.wrong.iter().any(|(wrong, _)| *wrong == at);
            if !already {
                self.fail(at, Wrong::from(Code::EReasonMissing).with("standing", standing));
            }
        }
    }

    /// A review says which items are wrong, each once, and why.
    fn review(&mut self) {
        self.incoming.review.sort_unstable();
        self.incoming.review.dedup();
        let names_none = self.incoming.review.is_empty();
        if names_none && !self.unnamed {
            return;
        }
        if names_none {
            self.lacks(|means| matches!(means, Means::Review), Code::ERequired.into());
        }
        if self.incoming.reason.is_none() {
            let wrong = Wrong::from(Code::EReasonMissing).with("standing", "校核 review");
            self.lacks(|means| matches!(means, Means::Reason), wrong);
        }
    }

    /// The field of such a meaning should have said something; nothing where it is known to be wrong already.
    fn lacks(&mut self, is_its: impl Fn(&Means) -> bool, wrong: Wrong) {
        let at = self.bound.layout.slots.iter().position(|slot| is_its(&slot.means));
        if let Some(at) = at.filter(|at| !self.wrong.iter().any(|(known, _)| known == at)) {
            self.fail(at, wrong);
        }
    }

    fn fail(&mut self, at: usize, wrong: Wrong) {
        self.unmapped.push(wrong.unmapped.clone());
        self.wrong
            .push((at, wrong.finding(&self.bound.column(at)).row(self.line)));
    }

    /// `text` is looked at only for the number of a private character.
    fn warn(&mut self, at: usize, codes: &[Code], text: &str) {
        for code in codes {
            let private = text
                .chars()
                .find(|c| *code == Code::WPua && matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..));
            let wrong = private.map_or(Wrong::from(*code), |c| Wrong::from(*code).with("point", point(c)));
            let finding = wrong.finding(&self.bound.column(at)).row(self.line);
            if !self.warnings.iter().any(|(_, known)| *known == finding) {
                self.warnings.push((at, finding));
            }
        }
    }

    fn finish(self) -> Result<(Incoming, Vec<Finding>), Unread> {
        let in_order = |mut findings: Vec<(usize, Finding)>| -> Vec<Finding> {
            findings.sort_by_key(|(at, _)| *at);
            findings.into_iter().map(|(_, finding)| finding).collect()
        };
        if self.wrong.is_empty() {
            Ok((self.incoming, in_order(self.warnings)))
        } else {
            Err(Unread {
                findings: in_order(self.wrong),
                unmapped: only_unmapped(self.unmapped).unwrap_or_default(),
                case_no: self.incoming.case_no,
            })
        }
    }
}

/// What a status word says.
enum Said<'l> {
    Standing(Standing),
    Review(&'l [ItemNo]),
}

/// What a status word means. Where the layout keys its words by the version of the code standard, a row that names none,
/// or one that is not known, has no meaning that could be guessed.
fn status<'l>(layout: &'l Compiled, version: Option<&str>, word: &str) -> Result<Said<'l>, Wrong> {
    let said = |word: &str| match layout.status.binary_search_by(|(known, _)| (**known).cmp(word)) {
        Ok(at) => Some(Said::Standing(layout.status.get(at)?.1)),
        Err(_) => review::items_of(layout, word).map(Said::Review),
    };
    let unmapped = || Wrong::from(Code::EUnmapped).with("table", "status");
    if !layout.versions_status() {
        return said(word).ok_or_else(unmapped);
    }
    let known = |version: &&str| {
        let mut words = layout.status.iter().filter_map(|(word, _)| word.split_once(':'));
        words.any(|(known, _)| known == *version)
    };
    let version = version.filter(known).ok_or(Code::ECodeVersion)?;
    said(&format!("{version}:{word}")).ok_or_else(unmapped)
}

/// True for a text in which no value stands.
fn says_nothing(text: &str) -> bool {
    text.split(UNIT_SEPARATOR).all(|value| width::text(value).is_empty())
}

fn row_no(text: &str) -> Result<u64, Wrong> {
    let text = width::code(text);
    let digits = !text.is_empty() && text.len() <= 18 && text.bytes().all(|b| b.is_ascii_digit());
    if digits {
        text.parse().map_err(|_| Code::EFormat.into())
    } else {
        Err(Code::EFormat.into())
    }
}

/// A row that may pass: it says that it is no secret. Any mark of one refuses it; a word nobody knows is not guessed at.
fn open_to_all(text: &str) -> Result<(), Wrong> {
    if OPEN.contains(&text) {
        return Ok(());
    }
    match SECRET.iter().any(|mark| text.contains(mark)) {
        true => Err(Code::ESecrecy.into()),
        false => Err(Wrong::from(Code::EUnmapped).with("table", "secrecy")),
    }
}

/// `department.matter`, both of small letters, digits and underscores.
fn matter(text: &str) -> Result<MatterId, Wrong> {
    let word = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'))
    };
    let full = text.len() <= NUMBER_MAX
        && text
            .split_once('.')
            .is_some_and(|(dept, name)| word(dept) && word(name));
    if full {
        Ok(MatterId::new(text))
    } else {
        Err(Code::EFormat.into())
    }
}

#[cfg(test)]
mod tests;
