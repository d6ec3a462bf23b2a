//! One cell, made into the text its column agrees to; or what is wrong with it.
//!
//! A number in a column of identifiers has lost whatever a float cannot hold. From 1e15 on it is refused; below, its
//! digits are the ones that were typed, except for zeros in front: those come back only where a check digit proves them.

use super::grid::{Held, Value, trimmed};
use super::serial;
use super::{CellKind, SheetColumn};
use jiff::civil::Date;
use model::Code;
use model::check::{Options, cell};

/// From here on a float no longer holds every whole number a person may have typed: 15 digits.
const EXACT: f64 = 1e15;

/// A text, and what should be known about it.
pub(crate) type Read = Result<(String, Vec<Code>), Code>;

/// Reads a cell as its column says.
pub(crate) fn read(held: &Held, column: &SheetColumn, since_1904: bool) -> Read {
    let (text, mut warnings) = match (&held.value, column.kind) {
        (Value::Wrong(_) | Value::Uncomputed, _) => return Err(Code::ECellError),
        (Value::Text(text), CellKind::Text) => (trimmed(text).to_owned(), Vec::new()),
        (Value::Text(text), CellKind::Id { .. }) => (identifier(text)?, Vec::new()),
        // An apostrophe in front is how a spreadsheet is told that what follows is text.
        (Value::Text(text), _) => (unquoted(text).to_owned(), Vec::new()),
        (Value::Number(number), CellKind::Text) => (written(*number)?, vec![Code::WNumCell]),
        (Value::Number(number), CellKind::Number) => (written(*number)?, Vec::new()),
        (Value::Number(number), CellKind::Id { digits }) => identifier_of(*number, digits, column)?,
        (Value::Number(number) | Value::Day(number), CellKind::Date) => dated(*number, since_1904)?,
        (Value::Day(_), CellKind::Id { .. } | CellKind::Number) => return Err(Code::EFormat),
        (Value::Day(number), CellKind::Text) => dated(*number, since_1904)?,
        (Value::Written(text), CellKind::Date | CellKind::Text) => written_out(text),
        (Value::Truth(truth), CellKind::Text) => (truth.to_string().to_ascii_uppercase(), Vec::new()),
        // Thirty hours are no day of 1900 and no amount.
        (Value::Truth(_) | Value::Written(_) | Value::Span(_), _) => return Err(Code::EFormat),
    };
    if held.formula {
        warnings.push(Code::WFormula);
    }
    Ok((text, warnings))
}

/// As a person would see it, for columns nobody agreed on and for copies; never refused.
pub(crate) fn shown(held: &Held, since_1904: bool) -> String {
    match &held.value {
        Value::Text(text) | Value::Written(text) | Value::Span(text) => trimmed(text).to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Day(number) => {
            serial::day(*number, since_1904).map_or_else(|_| number.to_string(), |(d, _)| d.to_string())
        }
        Value::Truth(truth) => truth.to_string().to_ascii_uppercase(),
        Value::Wrong(word) => word.clone(),
        Value::Uncomputed => String::new(),
    }
}

/// What an error cell is called; never a value.
pub(crate) fn error_word(held: &Held) -> &str {
    match &held.value {
        Value::Wrong(word) => word,
        _ => "公式没有结果 a formula without a result",
    }
}

fn dated(number: f64, since_1904: bool) -> Read {
    let (day, warnings) = serial::day(number, since_1904)?;
    Ok((day.to_string(), warnings))
}

/// A date that is written out, without its time of day; what is none stays for the checks of values.
fn written_out(text: &str) -> (String, Vec<Code>) {
    match text.split_once('T') {
        Some((day, time)) if day.parse::<Date>().is_ok() => {
            let midnight = !time.bytes().any(|b| matches!(b, b'1'..=b'9'));
            let told = if midnight { Vec::new() } else { vec![Code::WTimeDropped] };
            (day.to_owned(), told)
        }
        _ => (text.to_owned(), Vec::new()),
    }
}

/// A number in plain digits, without an exponent.
fn written(number: f64) -> Result<String, Code> {
    if !number.is_finite() || number.abs() >= EXACT {
        return Err(Code::EPrecision);
    }
    Ok(number.to_string())
}

fn unquoted(text: &str) -> &str {
    let text = trimmed(text);
    text.strip_prefix(['\'', '’']).map_or(text, trimmed)
}

fn identifier(text: &str) -> Result<String, Code> {
    let text = unquoted(text);
    if cell::is_scientific(text) {
        return Err(Code::ESci);
    }
    Ok(text.to_owned())
}

fn identifier_of(number: f64, digits: Option<u8>, column: &SheetColumn) -> Read {
    if !number.is_finite() || number.abs() >= EXACT {
        return Err(Code::EPrecision);
    }
    if number < 0.0 || number.fract() != 0.0 {
        return Err(Code::EFormat);
    }
    let text = format!("{number:.0}");
    let (text, warnings) = match &column.check {
        Some(check) => {
            let checked = cell::number(check, &text, &Options::default())?;
            (checked.value, checked.warnings)
        }
        None => (text, vec![Code::WNumCell]),
    };
    // Zeros that were lost in front of a number without a check digit cannot be proved.
    if digits.is_some_and(|digits| text.len() != usize::from(digits)) {
        return Err(Code::ELen);
    }
    Ok((text, warnings))
}

#[cfg(test)]
mod tests;
