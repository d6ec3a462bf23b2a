//! Items made into a row in a department's field names; or everything that keeps the row from leaving.
//!
//! Values of a case were checked when they came in and are not judged again; what is judged here is what this
//! department's place can hold, and what the agreement lets out.

use crate::chain::{Wrong, run};
use crate::compile::{Compiled, Means, Slot, Source};
use crate::expr::{Expr, Given};
use crate::fit::fits;
use crate::judge::{Rule, ask, guard};
use crate::{Extensions, UNIT_SEPARATOR, agreement};
use model::define::Agreement;
use model::{CaseNo, Code, Finding, ItemNo, Items, MatterId, Op, Row, Standing, UnmappedCode, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Characters a code may have that waits to be mapped.
const CODE_MAX: usize = 32;

/// What a row is made of.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'f> {
    /// The case.
    pub case_no: &'f CaseNo,
    /// Its class of enterprise.
    pub ent_class: &'f str,
    /// The matter it is sent for.
    pub matter: &'f MatterId,
    /// What the hand-over asks.
    pub op: Op,
    /// The projection's items; a layout sends those it lists and no others.
    pub items: &'f Items,
    /// The attempt's own number, unique for ever.
    pub token: &'f str,
    /// The row's number in its batch, from 1.
    pub row_no: u64,
    /// Reason of a result, or of a withdrawal.
    pub reason: Option<&'f str>,
    /// Date of a result, `yyyy-mm-dd`.
    pub result_date: Option<&'f str>,
    /// What a result means.
    pub standing: Option<Standing>,
}

/// What a person gave instead of an item's value, canonical, several values parted by U+001F.
pub type Substitutions = BTreeMap<ItemNo, String>;

/// What keeps a row from leaving.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unwritten {
    /// Everything, each with row and column.
    pub findings: Vec<Finding>,
    /// The codes that no table knows, where nothing else is wrong: once they are known, it can leave.
    pub unmapped: Vec<UnmappedCode>,
}

/// Everything that one row is made of.
struct Writing<'f> {
    facts: &'f Facts<'f>,
    substitutions: Option<&'f Substitutions>,
    extensions: &'f Extensions,
}

impl Writing<'_> {
    fn substitution(&self, item: ItemNo) -> Option<&String> {
        self.substitutions.and_then(|map| map.get(&item))
    }
}

/// All codes, each once, where every single thing that is wrong is a code that can wait for a person.
pub(crate) fn only_unmapped(wrong: Vec<Vec<UnmappedCode>>) -> Option<Vec<UnmappedCode>> {
    let can_wait = |codes: &Vec<UnmappedCode>| !codes.is_empty() && codes.iter().all(is_shown);
    if wrong.is_empty() || !wrong.iter().all(can_wait) {
        return None;
    }
    let mut codes: Vec<UnmappedCode> = wrong.into_iter().flatten().collect();
    codes.sort();
    codes.dedup();
    Some(codes)
}

/// A code is short and one word of text: whatever else stands in a column of codes is no code, and is refused.
fn is_shown(unmapped: &UnmappedCode) -> bool {
    let code = &unmapped.code;
    let plain = code.chars().all(|c| !c.is_control() && !c.is_whitespace());
    plain && (1..=CODE_MAX).contains(&code.chars().count())
}

impl Compiled {
    /// Writes a row. Absent items and meanings that a sender does not know (a receipt number) are absent cells.
    ///
    /// A substitution is judged like a value that comes in, then written like one.
    ///
    /// # Errors
    /// Everything that keeps it from leaving, each with row and column, and then nothing is written: an item the
    /// agreement does not list (`E_NOT_AGREED`), an empty required field, a text too long for its column or with a
    /// character its encoding lacks, a code the table does not have.
    pub fn write(
        &self,
        facts: &Facts<'_>,
        agreement: &Agreement,
        substitutions: Option<&Substitutions>,
    ) -> Result<Row, Vec<Finding>> {
        self.write_with(facts, agreement, substitutions, &Extensions::default())
            .map_err(|unwritten| unwritten.findings)
    }

    /// The same, where tables know more codes than they were written with.
    ///
    /// # Errors
    /// As [`Compiled::write`], and the codes that no table knows where nothing else is wrong.
    pub fn write_with(
        &self,
        facts: &Facts<'_>,
        agreement: &Agreement,
        substitutions: Option<&Substitutions>,
        extensions: &Extensions,
    ) -> Result<Row, Unwritten> {
        let to = Writing {
            facts,
            substitutions,
            extensions,
        };
        let mut cells = Vec::with_capacity(self.header().len());
        let mut findings = Vec::new();
        let mut unmapped = Vec::new();
        for slot in self.slots.iter().filter(|slot| slot.is_written()) {
            if let Some(item) = self.unagreed(slot, agreement) {
                findings.push(agreement::unlisted(agreement, &item).row(facts.row_no));
                continue;
            }
            match self.cell(slot, &to) {
                Ok(cell) => cells.push(cell),
                Err(wrong) => {
                    unmapped.push(wrong.unmapped.clone());
                    findings.push(wrong.finding(&slot.name).row(facts.row_no));
                }
            }
        }
        if findings.is_empty() {
            Ok(Row {
                line: facts.row_no,
                cells,
            })
        } else {
            let all = unmapped.len() == findings.len();
            Err(Unwritten {
                unmapped: only_unmapped(unmapped).filter(|_| all).unwrap_or_default(),
                findings,
            })
        }
    }

    /// The slot's column where its item may not leave, whether or not a value stands in it. The class of enterprise is
    /// an item like any other where the dictionary has it; the case number is not: it names, it tells nothing.
    fn unagreed(&self, slot: &Slot, agreement: &Agreement) -> Option<String> {
        let listed = match &slot.means {
            Means::Item(rule) | Means::EntClass(Some(rule)) => agreement::lists(agreement, rule.item),
            Means::Computed(_, sources) => sources
                .iter()
                .filter_map(Source::item)
                .all(|item| agreement::lists(agreement, item)),
            _ => true,
        };
        (!listed).then(|| slot.name.to_string())
    }

    fn cell(&self, slot: &Slot, to: &Writing<'_>) -> Result<Option<Box<str>>, Wrong> {
        let chain = match &slot.out {
            Ok(chain) => chain.as_slice(),
            Err(transform) => {
                return Err(Wrong::from(Code::SNoInverse)
                    .with("transform", transform)
                    .with("name", &slot.name));
            }
        };
        let text = match self.text(slot, to)? {
            Some(text) if !text.is_empty() => text,
            _ => {
                return if slot.required {
                    Err(Code::ERequired.into())
                } else {
                    Ok(None)
                };
            }
        };
        let written = run(chain, &text, to.extensions)?;
        fits(&written, self.encoding, slot.max_bytes)?;
        if written.is_empty() && slot.required {
            return Err(Code::ERequired.into());
        }
        Ok((!written.is_empty()).then(|| written.as_ref().into()))
    }

    /// The canonical text of what a slot means.
    fn text<'a>(&'a self, slot: &'a Slot, to: &Writing<'a>) -> Result<Option<Cow<'a, str>>, Wrong> {
        let facts = to.facts;
        Ok(match &slot.means {
            Means::Ignored | Means::Secrecy | Means::Review | Means::Attachments => None,
            Means::ReturnCode | Means::SourceSeq | Means::ReceiptNo | Means::BatchNo => None,
            Means::Item(rule) => match to.substitution(rule.item) {
                Some(given) => Some(Cow::Owned(self.substitute(slot, rule, to, given)?)),
                None => facts.items.get(&rule.item).map(text_of),
            },
            Means::CaseNo(_) => Some(facts.case_no.as_str().into()),
            Means::EntClass(_) => Some(facts.ent_class.into()),
            Means::Const(text) => Some(Cow::Borrowed(text)),
            Means::RowNo => Some(facts.row_no.to_string().into()),
            Means::MessageId => Some(facts.token.into()),
            Means::Status => match facts.standing {
                Some(standing) => Some(Cow::Borrowed(self.status_word(standing)?.1)),
                None => None,
            },
            Means::StatusVersion => match facts.standing {
                Some(standing) => Some(Cow::Borrowed(self.status_word(standing)?.0)),
                None => None,
            },
            Means::Reason if facts.reason.is_none_or(str::is_empty) => match facts.standing {
                Some(standing) if standing.needs_reason() => {
                    return Err(Wrong::from(Code::EReasonMissing).with("standing", standing));
                }
                _ => None,
            },
            Means::Reason => facts.reason.map(Cow::Borrowed),
            Means::Operation => Some(facts.op.word().into()),
            Means::ResultDate => facts.result_date.map(Cow::Borrowed),
            Means::Matter => Some(Cow::Borrowed(facts.matter.as_str())),
            Means::Computed(expr, sources) => Some(Cow::Owned(self.computed(slot, expr, sources, to)?)),
        })
    }

    /// What an expression makes of the case's items. A person's substitution takes its item's place here too.
    fn computed(&self, slot: &Slot, expr: &Expr, sources: &[Source], to: &Writing<'_>) -> Result<String, Wrong> {
        let facts = to.facts;
        let mut given: Vec<Option<(String, bool)>> = Vec::with_capacity(sources.len());
        for source in sources {
            given.push(match source {
                Source::CaseNo => Some((facts.case_no.to_string(), false)),
                Source::EntClass(_) => Some((facts.ent_class.to_owned(), false)),
                Source::Item(rule) => match to.substitution(rule.item) {
                    Some(text) => Some((self.substitute(slot, rule, to, text)?, rule.repeating)),
                    None => facts
                        .items
                        .get(&rule.item)
                        .map(|value| (text_of(value).into_owned(), rule.repeating)),
                },
            });
        }
        let value = |name: &str| {
            let at = expr.names().iter().position(|known| **known == *name)?;
            let (text, repeating) = given.get(at)?.clone().filter(|(text, _)| !text.is_empty())?;
            Some(match repeating {
                true => Given::Many(text.split(UNIT_SEPARATOR).map(str::to_owned).collect()),
                false => Given::One(text),
            })
        };
        expr.eval(&value)
    }

    /// The department's word for a standing, the first in order where it has several; before it the version that it
    /// belongs to, empty where words have none.
    fn status_word(&self, standing: Standing) -> Result<(&str, &str), Wrong> {
        let found = self.status.iter().find(|(_, means)| *means == standing);
        let word = found.map(|(word, _)| &**word);
        let parts = word.map(|word| match word.split_once(':') {
            Some(parts) if self.versions_status() => parts,
            _ => ("", word),
        });
        parts.ok_or_else(|| Wrong::from(Code::EUnmapped).with("table", "status"))
    }

    /// Judges what a person gave: guard, the item's check and the field's own.
    fn substitute(&self, slot: &Slot, rule: &Rule, to: &Writing<'_>, given: &str) -> Result<String, Wrong> {
        guard(given)?;
        let texts: Vec<&str> = given.split(UNIT_SEPARATOR).collect();
        if texts.len() > 1 && !rule.repeating {
            return Err(Code::ECharset.into());
        }
        let document = rule.document.and_then(|item| to.facts.items.get(&item));
        let mut values = Vec::with_capacity(texts.len());
        for (position, text) in texts.into_iter().enumerate() {
            let document = document
                .and_then(|value| nth(value, position))
                .filter(|text| !text.is_empty());
            let value = rule.judge(text, document, to.extensions)?.value;
            values.push(match slot.check.filter(|_| !value.is_empty()) {
                Some(check) => ask(check, &value, &self.options)?.value,
                None => value,
            });
        }
        Ok(values.join("\u{1F}"))
    }
}

/// The value at a position; a single value holds for all of them.
pub(crate) fn nth(value: &Value, position: usize) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        Value::List(list) => list.get(position).map(|text| &**text),
    }
}

/// All values of an item as one text.
fn text_of(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Text(text) => Cow::Borrowed(text),
        Value::List(list) => Cow::Owned(list.iter().map(|text| &**text).collect::<Vec<_>>().join("\u{1F}")),
    }
}

#[cfg(test)]
mod tests;
