//! Whether a text can be the value of an item, and how it is written canonically.
//!
//! The item's own check first, then its kind, its length and its code table: everything the dictionary says of it,
//! resolved once per layout.

use crate::Extensions;
use crate::chain::Wrong;
use crate::transform::Table;
use model::check::{self, BY_TYPE, Check, Checked, Options, by_name, citizen_id, corruption, date, width};
use model::money::Decimal;
use model::{Code, Dictionary, Finding, ItemDef, ItemKind, ItemNo, Side, UnmappedCode};
use std::sync::Arc;

/// The type of an identity document where the row does not say: the Chinese identity card, judged most strictly.
const ID_CARD: &str = "111";

/// What the dictionary says of one item, ready to judge by.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) item: ItemNo,
    pub(crate) repeating: bool,
    /// The item whose value says by what document this one is judged.
    pub(crate) document: Option<ItemNo>,
    /// The item that repeats the sex written in this identity number.
    pub(crate) sex: Option<ItemNo>,
    kind: ItemKind,
    max_len: usize,
    judge: Judge,
    options: Options,
    /// The same for holders of other documents than the identity card.
    foreign: Options,
    codes: Option<Arc<Table>>,
}

#[derive(Debug)]
enum Judge {
    Kind,
    Named(Check),
    ByType,
}

impl Rule {
    /// Resolves a definition. `S_UNKNOWN_CHECK` and `S_UNKNOWN_CODES` where it names what does not exist.
    pub(crate) fn new(
        def: &ItemDef,
        dictionary: &Dictionary,
        options: &Options,
        tables: &dyn Fn(&str) -> Option<Arc<Table>>,
    ) -> Result<Self, Finding> {
        let judge = match def.check.as_deref() {
            None => Judge::Kind,
            Some(BY_TYPE) => Judge::ByType,
            Some(name) => Judge::Named(by_name(name).ok_or_else(|| unknown_check(name))?),
        };
        let codes = match def.codes.as_deref() {
            None => None,
            Some(name) => Some(tables(name).ok_or_else(|| Finding::new(Code::SUnknownCodes).with("name", name))?),
        };
        let of_person = matches!(judge, Judge::ByType) || def.check.as_deref() == Some("person");
        let sibling = |suffix: &str| {
            let stem = ["_id_no", "_name"]
                .iter()
                .find_map(|end| def.id.strip_suffix(end))
                .filter(|_| of_person)?;
            dictionary.find(&format!("{stem}{suffix}")).map(|other| other.no)
        };
        let options = Options {
            open_end: def.open_end,
            ..options.clone()
        };
        Ok(Self {
            item: def.no,
            repeating: def.repeating,
            document: sibling("_id_type"),
            sex: if matches!(judge, Judge::ByType) {
                sibling("_sex")
            } else {
                None
            },
            kind: def.kind,
            max_len: usize::from(def.max_len),
            judge,
            foreign: Options {
                latin_names: true,
                ..options.clone()
            },
            options,
            codes,
        })
    }

    /// The canonical writing of one value, or what is wrong with it. `document` is the type of the holder's document,
    /// canonical, where the row says.
    pub(crate) fn judge(&self, text: &str, document: Option<&str>, extensions: &Extensions) -> Result<Checked, Wrong> {
        let text = width::text(text);
        if text.is_empty() {
            return Ok(Checked::clean(""));
        }
        let options = if document.is_some_and(|d| d != ID_CARD) {
            &self.foreign
        } else {
            &self.options
        };
        let verdict = match (&self.judge, self.kind) {
            (Judge::Named(check), _) => check(text, options),
            (Judge::ByType, _) => check::by_type(document.unwrap_or(ID_CARD), text, options),
            (Judge::Kind, ItemKind::Date) => date::check(text, options),
            (Judge::Kind, ItemKind::Decimal { .. }) => Ok(Checked::clean(width::code(text))),
            (Judge::Kind, ItemKind::Text) => Ok(Checked::clean(text)),
        };
        let mut checked = verdict.map_err(|code| Wrong::about(code, text))?;
        if let ItemKind::Decimal { digits, scale } = self.kind {
            let number = Decimal::parse(&checked.value)?;
            checked.value = number.with_decimals(scale)?;
            if number.whole_digits() > usize::from(digits.saturating_sub(scale)).max(1) {
                return Err(Code::ERange.into());
            }
        }
        if let Some(table) = &self.codes {
            checked.value = canonical(table, checked.value, extensions)?;
        }
        if matches!(self.kind, ItemKind::Text) {
            at_most(&checked.value, self.max_len)?;
        }
        Ok(checked)
    }
}

/// A code of a table, or what people said that it means.
fn canonical(table: &Table, value: String, extensions: &Extensions) -> Result<String, Wrong> {
    let known = |code: &str| table.holds(code) || extensions.local(table.name(), code).is_some();
    if value.is_empty() || known(&value) {
        return Ok(value);
    }
    if let Some(known) = extensions.canonical(table.name(), &value) {
        return Ok(known.to_owned());
    }
    let mut wrong = Wrong::from(Code::EUnmapped).with("table", table.name());
    wrong.unmapped.push(UnmappedCode {
        table: table.name().to_owned(),
        side: Side::Canonical,
        code: value,
    });
    Err(wrong)
}

/// Asks a field's own check.
pub(crate) fn ask(check: Check, text: &str, options: &Options) -> Result<Checked, Wrong> {
    check(text, options).map_err(|code| Wrong::about(code, text))
}

/// Compares the sex a row gives with the one in the identity number; both have passed.
pub(crate) fn same_sex(id_no: &str, sex: &str) -> Result<(), Code> {
    citizen_id::cross_sex(id_no, sex)
}

/// True for a document whose number holds the sex of its holder.
pub(crate) fn is_id_card(document: Option<&str>) -> bool {
    document.unwrap_or(ID_CARD) == ID_CARD
}

/// What every text from outside must pass, whatever it means: no control characters but line breaks, tabs and the
/// separator of repeating items, and no certain damage.
pub(crate) fn guard(text: &str) -> Result<(), Wrong> {
    let allowed = |c: char| !c.is_ascii_control() || matches!(c, '\n' | '\r' | '\t' | crate::UNIT_SEPARATOR);
    if !text.chars().all(allowed) {
        return Err(Code::ECharset.into());
    }
    corruption(text).map_or(Ok(()), |code| Err(code.into()))
}

/// `E_TOO_LONG` for more than this many Unicode scalars.
pub(crate) fn at_most(text: &str, limit: usize) -> Result<(), Wrong> {
    // A text has at least as many bytes as scalars: most need no counting.
    if text.len() <= limit {
        return Ok(());
    }
    let found = text.chars().count();
    if found <= limit {
        return Ok(());
    }
    Err(Wrong::from(Code::ETooLong).with("found", found).with("limit", limit))
}

/// The finding for a check that does not exist.
pub(crate) fn unknown_check(name: &str) -> Finding {
    let known: Vec<_> = check::names().collect();
    Finding::new(Code::SUnknownCheck)
        .with("name", name)
        .with("known", known.join(", "))
}
