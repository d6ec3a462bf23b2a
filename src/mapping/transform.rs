//! Transforms: how one value is written differently, without becoming another value.
//!
//! Each is a pure function from text to text or to the code of what is wrong, parsed once from `name` or `name:arg`.
//! Most have an inverse; those that lose something are one-way by declaration. `date`, `dict`, `scale` and `implied`
//! describe a writing, so their direction follows from the list they stand in ([`Way`]), as do `pad_left`, `pad_right` and
//! `serial`; all others say what they do. `mask` stands in `out` only.
//!
//! A repeating item's values share one text, separated by U+001F. `join`, `split` and `first` see the whole; every
//! other transform is applied to each value.

mod date;
mod pad;
mod serial;
mod table;
#[cfg(test)]
mod tests;

pub use date::Pattern;
pub use pad::Pad;
pub use serial::Base;
pub use table::Table;

use crate::UNIT_SEPARATOR;
use model::check::width;
use model::item::Mask;
use model::money::{self, Decimal};
use model::{Code, Finding};
use std::sync::Arc;

/// Every transform by name.
pub const NAMES: &[&str] = &[
    "after",
    "before",
    "date",
    "dict",
    "first",
    "fullwidth",
    "group_commas",
    "hyphen_org",
    "implied",
    "join",
    "lower",
    "mask",
    "pad_left",
    "pad_right",
    "scale",
    "serial",
    "split",
    "strip_commas",
    "trim",
    "unhyphen",
    "upper",
    "wan_to_yuan",
    "width_code",
    "yuan_to_wan",
];

/// How those that take an argument are written.
const WITH_ARGUMENT: &[(&str, &str)] = &[
    ("after", "after:SEPARATOR"),
    ("before", "before:SEPARATOR"),
    ("date", "date:%Y-%m-%d"),
    ("dict", "dict:TABLE"),
    ("implied", "implied:DIGITS"),
    ("join", "join:SEPARATOR"),
    ("mask", "mask:KIND"),
    ("pad_left", "pad_left:CHARACTER:WIDTH"),
    ("pad_right", "pad_right:CHARACTER:WIDTH"),
    ("scale", "scale:DIGITS"),
    ("serial", "serial:1900"),
    ("split", "split:SEPARATOR"),
];

/// Decimals that `scale` and `implied` may ask for.
const PLACES_MAX: u8 = 12;

/// Which list of a field a transform stands in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// From item to field.
    Out,
    /// From field to item.
    In,
}

/// One step between an item's canonical text and a department's writing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Transform {
    /// Spaces at both ends go, ideographic ones too.
    Trim,
    /// Full-width ASCII becomes ASCII, spaces at both ends go.
    WidthCode,
    /// ASCII becomes full-width. Refuses what could not come back.
    Fullwidth,
    /// `123456788` becomes `12345678-8`.
    HyphenOrg,
    /// `12345678-8` becomes `123456788`.
    Unhyphen,
    /// ASCII letters become capitals. One-way.
    Upper,
    /// ASCII letters become small. One-way.
    Lower,
    /// `yyyy-mm-dd` becomes the department's writing.
    WriteDate(Pattern),
    /// The department's writing becomes `yyyy-mm-dd`; zeros only mean no date. 长期 and 永久 pass as they are: whether
    /// there may be no end is the item's to say.
    ReadDate(Pattern),
    /// 万元 become 元 with exactly 2 decimals.
    WanToYuan,
    /// 元 become 万元 with exactly 6 decimals.
    YuanToWan,
    /// `1000000.00` becomes `1,000,000.00`.
    GroupCommas,
    /// `1,000,000.00` becomes `1000000.00`.
    StripCommas,
    /// The canonical code becomes the department's.
    Encode(Arc<Table>),
    /// The department's code becomes the canonical one.
    Decode(Arc<Table>),
    /// The values of a repeating item become one text. Refuses a value that holds the separator.
    Join(Box<str>),
    /// One text becomes the values of a repeating item.
    Split(Box<str>),
    /// The first of several values. One-way.
    First,
    /// Exactly this many decimals; refuses what would be rounded. Its inverse keeps the text: the item's kind gives
    /// back its own number of decimals.
    Scale(u8),
    /// The text as it is.
    Keep,
    /// The decimal point goes: `100.5` with 2 becomes `10050`.
    Implied(u8),
    /// The decimal point comes back: `10050` with 2 becomes `100.50`.
    Explicit(u8),
    /// Filled up to a width.
    Fill(Pad),
    /// Without the filling.
    Strip(Pad),
    /// `yyyy-mm-dd` becomes a spreadsheet's day number.
    WriteSerial(Base),
    /// A spreadsheet's day number becomes `yyyy-mm-dd`.
    ReadSerial(Base),
    /// A personal value as it may be shown. One-way, and only for what leaves.
    Conceal(Mask),
    /// What stands before the first separator; everything where there is none. One-way.
    Before(Box<str>),
    /// What stands after the first separator; nothing where there is none. One-way.
    After(Box<str>),
}

/// Whether a spec is one of [`NAMES`] with a fitting argument. Tables are not looked up: see [`table_of`].
///
/// # Errors
/// `S_UNKNOWN_TRANSFORM` with `{name}` and `{known}`, `S_TRANSFORM_ARG` with `{name}` and `{detail}`, how it is written;
/// the caller adds the place.
pub fn check(spec: &str) -> Result<(), Finding> {
    if Transform::parse(spec, Way::Out, &|name| Some(Arc::new(Table::empty(name)))).is_some() {
        return Ok(());
    }
    let name = spec.split(':').next().unwrap_or_default();
    if !NAMES.contains(&name) {
        return Err(Finding::new(Code::SUnknownTransform)
            .with("name", name)
            .with("known", NAMES.join(", ")));
    }
    let written = WITH_ARGUMENT
        .iter()
        .find(|(n, _)| *n == name)
        .map_or(name, |(_, shape)| shape);
    Err(Finding::new(Code::STransformArg)
        .with("name", name)
        .with("detail", written))
}

/// Kinds of masks, as the dictionary writes them.
pub const MASKS: &[(&str, Mask)] = &[
    ("address", Mask::Address),
    ("bank_acct", Mask::BankAcct),
    ("citizen_id", Mask::CitizenId),
    ("email", Mask::Email),
    ("name", Mask::Name),
    ("phone", Mask::Phone),
];

fn mask_kind(word: &str) -> Option<Mask> {
    MASKS.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind)
}

/// The table that a spec names, where it is a `dict`.
pub fn table_of(spec: &str) -> Option<&str> {
    spec.strip_prefix("dict:")
}

impl Transform {
    /// The transform of a spec; nothing where the name is unknown, the argument does not fit, or `tables` has no table
    /// of that name.
    pub fn parse(spec: &str, way: Way, tables: &dyn Fn(&str) -> Option<Arc<Table>>) -> Option<Self> {
        let (name, arg) = match spec.split_once(':') {
            Some((_, "")) => return None,
            Some((name, arg)) => (name, Some(arg)),
            None => (spec, None),
        };
        let separator = || arg.filter(|s| !s.contains(UNIT_SEPARATOR)).map(Box::<str>::from);
        let places = || arg.and_then(|n| n.parse::<u8>().ok()).filter(|n| *n <= PLACES_MAX);
        let plain = match name {
            "trim" => Self::Trim,
            "width_code" => Self::WidthCode,
            "fullwidth" => Self::Fullwidth,
            "hyphen_org" => Self::HyphenOrg,
            "unhyphen" => Self::Unhyphen,
            "upper" => Self::Upper,
            "lower" => Self::Lower,
            "wan_to_yuan" => Self::WanToYuan,
            "yuan_to_wan" => Self::YuanToWan,
            "group_commas" => Self::GroupCommas,
            "strip_commas" => Self::StripCommas,
            "first" => Self::First,
            "join" => return separator().map(Self::Join),
            "split" => return separator().map(Self::Split),
            "before" => return separator().map(Self::Before),
            "after" => return separator().map(Self::After),
            "scale" => return places().map(Self::Scale),
            "implied" if way == Way::Out => return places().map(Self::Implied),
            "implied" => return places().map(Self::Explicit),
            "pad_left" | "pad_right" => {
                let pad = arg.and_then(|a| Pad::parse(a, name == "pad_left"));
                return pad.map(|pad| {
                    if way == Way::Out {
                        Self::Fill(pad)
                    } else {
                        Self::Strip(pad)
                    }
                });
            }
            "serial" if way == Way::Out => return arg.and_then(Base::parse).map(Self::WriteSerial),
            "serial" => return arg.and_then(Base::parse).map(Self::ReadSerial),
            "mask" if way == Way::Out => return arg.and_then(mask_kind).map(Self::Conceal),
            "date" if way == Way::Out => return arg.and_then(Pattern::parse).map(Self::WriteDate),
            "date" => return arg.and_then(Pattern::parse).map(Self::ReadDate),
            "dict" if way == Way::Out => return arg.and_then(tables).map(Self::Encode),
            "dict" => return arg.and_then(tables).map(Self::Decode),
            _ => return None,
        };
        arg.is_none().then_some(plain)
    }

    /// What undoes it; nothing for a one-way transform. `inverse(forward(x)) == x` wherever `forward` succeeds, `trim`,
    /// `scale` and decimals that are not canonical excepted: those give the same value in its canonical writing.
    pub fn inverse(&self) -> Option<Self> {
        Some(match self {
            Self::Trim | Self::Scale(_) | Self::Keep => Self::Keep,
            Self::Fullwidth => Self::WidthCode,
            Self::HyphenOrg => Self::Unhyphen,
            Self::WriteDate(pattern) => Self::ReadDate(pattern.clone()),
            Self::ReadDate(pattern) => Self::WriteDate(pattern.clone()),
            Self::WanToYuan => Self::YuanToWan,
            Self::YuanToWan => Self::WanToYuan,
            Self::GroupCommas => Self::StripCommas,
            Self::Encode(table) => Self::Decode(Arc::clone(table)),
            Self::Decode(table) => Self::Encode(Arc::clone(table)),
            Self::Join(separator) => Self::Split(separator.clone()),
            Self::Split(separator) => Self::Join(separator.clone()),
            Self::Implied(places) => Self::Explicit(*places),
            Self::Explicit(places) => Self::Implied(*places),
            Self::Fill(pad) => Self::Strip(*pad),
            Self::Strip(pad) => Self::Fill(*pad),
            Self::WriteSerial(base) => Self::ReadSerial(*base),
            Self::ReadSerial(base) => Self::WriteSerial(*base),
            Self::WidthCode | Self::Unhyphen | Self::Upper | Self::Lower | Self::Conceal(_) => return None,
            Self::StripCommas | Self::First | Self::Before(_) | Self::After(_) => return None,
        })
    }

    /// Applies it to a text, value by value where several share it.
    ///
    /// # Errors
    /// The code of what is wrong with the value.
    pub fn apply(&self, text: &str) -> Result<String, Code> {
        match self {
            Self::Join(separator) => join(text, separator),
            Self::Split(separator) => split(text, separator),
            Self::First => Ok(text.split(UNIT_SEPARATOR).next().unwrap_or_default().to_owned()),
            _ if !text.contains(UNIT_SEPARATOR) => self.apply_one(text),
            _ => {
                let values: Result<Vec<_>, _> = text.split(UNIT_SEPARATOR).map(|value| self.apply_one(value)).collect();
                Ok(values?.join("\u{1F}"))
            }
        }
    }

    /// An empty value stays empty whatever the transform: nothing is not a date, a code or an amount.
    fn apply_one(&self, text: &str) -> Result<String, Code> {
        if text.is_empty() {
            return Ok(String::new());
        }
        match self {
            Self::Trim => Ok(width::text(text).to_owned()),
            Self::WidthCode => Ok(width::code(text)),
            Self::Fullwidth => fullwidth(text),
            Self::HyphenOrg => hyphen_org(text),
            Self::Unhyphen => unhyphen(text),
            Self::Upper => Ok(text.to_ascii_uppercase()),
            Self::Lower => Ok(text.to_ascii_lowercase()),
            Self::WriteDate(pattern) => pattern.write(text),
            Self::ReadDate(_) if matches!(text, "长期" | "永久") => Ok(text.to_owned()),
            Self::ReadDate(pattern) => pattern.read(text),
            Self::WanToYuan => money::wan_to_yuan(text),
            Self::YuanToWan => money::yuan_to_wan(text),
            Self::GroupCommas => Decimal::parse(text).map(|_| money::group_commas(text)),
            Self::StripCommas => {
                let plain = money::strip_commas(text)?;
                Decimal::parse(&plain).map(|_| plain)
            }
            Self::Encode(table) => table.local(text).map(str::to_owned).ok_or(Code::EUnmapped),
            Self::Decode(table) => table.canonical(text).map(str::to_owned).ok_or(Code::EUnmapped),
            Self::Scale(places) => Decimal::parse(text)?.with_decimals(*places),
            Self::Implied(places) => implied(text, *places),
            Self::Explicit(places) => Decimal::implied(text, *places)?.with_decimals(*places),
            Self::Fill(pad) => pad.fill(text),
            Self::Strip(pad) => pad.strip(text),
            Self::WriteSerial(base) => base.write(text),
            Self::ReadSerial(base) => base.read(text),
            Self::Conceal(kind) => Ok(model::mask::mask(*kind, text)),
            Self::Before(separator) => Ok(text.split_once(&**separator).map_or(text, |(head, _)| head).to_owned()),
            Self::After(separator) => Ok(text.split_once(&**separator).map_or("", |(_, tail)| tail).to_owned()),
            Self::Keep | Self::Join(_) | Self::Split(_) | Self::First => Ok(text.to_owned()),
        }
    }
}

fn fullwidth(text: &str) -> Result<String, Code> {
    // What is full-width already, or a space at an end, would come back as something else.
    let comes_back = text.trim() == text && !text.contains(|c| matches!(c, '\u{FF01}'..='\u{FF5E}' | '\u{3000}'));
    if comes_back {
        Ok(width::full(text))
    } else {
        Err(Code::ECharset)
    }
}

fn hyphen_org(text: &str) -> Result<String, Code> {
    if text.chars().count() != 9 {
        return Err(Code::ELen);
    }
    match text.split_at_checked(8) {
        Some((body, last)) if text.bytes().all(|b| b.is_ascii_alphanumeric()) => Ok(format!("{body}-{last}")),
        _ => Err(Code::ECharset),
    }
}

/// Takes the hyphen before the last of ten characters; a code written without one stays.
fn unhyphen(text: &str) -> Result<String, Code> {
    match text.split_once('-') {
        None => Ok(text.to_owned()),
        Some((body, last)) if body.chars().count() == 8 && last.chars().count() == 1 && last != "-" => {
            Ok(format!("{body}{last}"))
        }
        Some(_) => Err(Code::EFormat),
    }
}

/// Digits without a point cannot say that they are negative.
fn implied(text: &str, places: u8) -> Result<String, Code> {
    let number = Decimal::parse(text)?;
    if number.is_negative() {
        return Err(Code::ERange);
    }
    number
        .shift(i8::try_from(places).map_err(|_| Code::ERange)?)?
        .with_decimals(0)
}

fn join(text: &str, separator: &str) -> Result<String, Code> {
    let joined = text.replace(UNIT_SEPARATOR, separator);
    // Overlaps count too: `a;` and `;b` joined by `;;` would come apart elsewhere.
    if split(&joined, separator)? == text {
        Ok(joined)
    } else {
        Err(Code::EFormat)
    }
}

fn split(text: &str, separator: &str) -> Result<String, Code> {
    if text.contains(UNIT_SEPARATOR) {
        return Err(Code::EFormat);
    }
    Ok(text.replace(separator, "\u{1F}"))
}
