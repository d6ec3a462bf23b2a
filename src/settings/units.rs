//! Values with their unit in them: durations, sizes, time limits, offsets, item types.
//!
//! Each is a serde type that reads a text. What is wrong is said through the error as `CODE\u{1f}text`, which
//! `serde_errors` turns back into a finding: serde errors are plain English texts, and ours have two languages.

use model::define::LimitUnit;
use model::{Code, ItemKind};
use serde::de::{Deserialize, Deserializer, Error};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Separates the code from its argument in a serde error of ours.
pub(crate) const MARK: char = '\u{1f}';

/// A serde error that carries one of our codes and the offending text.
pub(crate) fn coded<E: Error>(code: Code, text: &str) -> E {
    E::custom(format!("{}{MARK}{text}", code.word()))
}

macro_rules! from_text {
    ($(#[$doc:meta])* $type:ident($inner:ty), $code:ident, $parse:path) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub struct $type(pub $inner);

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                $parse(&text).map(Self).ok_or_else(|| coded(Code::$code, &text))
            }
        }
    };
}

from_text!(
    /// A length of time in milliseconds: `"500ms"`, `"10s"`, `"30m"`, `"2h"`, `"5d"`. Never zero.
    Duration(u64), SDuration, duration
);
from_text!(
    /// A number of bytes: `"512 B"`, `"64 KiB"`, `"64 MiB"`, `"2 GiB"`. Never zero.
    Size(u64), SSize, size
);
from_text!(
    /// A time limit with its unit: `"8 working days"`, `"30 calendar days"`.
    Limit((u32, LimitUnit)), SLimit, limit
);
from_text!(
    /// For how long something is kept, in days: `"1095 days"`.
    Days(u32), SDays, days
);
from_text!(
    /// Offset of civil time from UTC, in minutes: `"+08:00"`.
    Offset(i32), SOffset, offset
);
from_text!(
    /// The type of an item: `C100` characters, `N16.6` digits in all and decimals, `D` a date; with its width.
    ItemType((ItemKind, u16)), SItemType, item_type
);

/// Where a copy of every audit entry goes by syslog (RFC 5424), one message each: `"unix:/dev/log"`, `"udp:10.1.2.3:514"`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Syslog {
    /// A local socket.
    Unix(PathBuf),
    /// Another machine.
    Udp(SocketAddr),
}

impl<'de> Deserialize<'de> for Syslog {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        syslog(&text).ok_or_else(|| coded(Code::SSyslog, &text))
    }
}

/// Where syslog messages go.
pub fn syslog(text: &str) -> Option<Syslog> {
    if let Some(address) = text.strip_prefix("udp:") {
        return address.parse().ok().map(Syslog::Udp);
    }
    let path = Path::new(text.strip_prefix("unix:")?);
    path.is_absolute().then(|| Syslog::Unix(path.to_owned()))
}

/// Milliseconds of a duration.
pub fn duration(text: &str) -> Option<u64> {
    let (number, unit) = split(text)?;
    let unit = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.checked_mul(unit).filter(|n| *n > 0)
}

/// Bytes of a size.
pub fn size(text: &str) -> Option<u64> {
    let (number, unit) = split(text)?;
    let unit = match unit {
        "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(unit).filter(|n| *n > 0)
}

/// A number of days with their unit.
pub fn limit(text: &str) -> Option<(u32, LimitUnit)> {
    let mut words = text.split(' ');
    let number: u32 = words.next().and_then(plain)?.try_into().ok()?;
    let unit = match words.next()? {
        "working" => LimitUnit::WorkingDay,
        "calendar" => LimitUnit::CalendarDay,
        _ => return None,
    };
    let days = matches!((number, words.next()?), (1, "day") | (_, "days"));
    (number > 0 && number <= 3_650 && days && words.next().is_none()).then_some((number, unit))
}

/// A number of days, at most a hundred years.
pub fn days(text: &str) -> Option<u32> {
    let (number, unit) = text.split_once(' ')?;
    let number: u32 = plain(number)?.try_into().ok()?;
    let days = matches!((number, unit), (1, "day") | (_, "days"));
    (number > 0 && number <= 36_500 && days).then_some(number)
}

/// Minutes of an offset.
pub fn offset(text: &str) -> Option<i32> {
    let (sign, rest) = match text.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, text.strip_prefix('-')?),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let two = |t: &str| {
        if t.len() == 2 {
            plain(t).and_then(|n| i32::try_from(n).ok())
        } else {
            None
        }
    };
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// Kind and width of an item type.
pub fn item_type(text: &str) -> Option<(ItemKind, u16)> {
    if text == "D" {
        return Some((ItemKind::Date, 10));
    }
    let narrow = |t: &str| plain(t).and_then(|n| u16::try_from(n).ok()).filter(|n| *n <= 4_000);
    if let Some(width) = text.strip_prefix('C') {
        return narrow(width).filter(|w| *w > 0).map(|w| (ItemKind::Text, w));
    }
    let (digits, scale) = match text.strip_prefix('N')?.split_once('.') {
        Some((digits, scale)) => (narrow(digits)?, narrow(scale)?),
        None => (narrow(text.strip_prefix('N')?)?, 0),
    };
    if digits == 0 || digits > 28 || scale >= digits {
        return None;
    }
    let kind = ItemKind::Decimal {
        digits: digits.try_into().ok()?,
        scale: scale.try_into().ok()?,
    };
    Some((kind, digits))
}

/// A number and its unit, with at most one space between.
fn split(text: &str) -> Option<(u64, &str)> {
    let at = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(at)?;
    Some((plain(number)?, unit.strip_prefix(' ').unwrap_or(unit)))
}

/// Digits only: no sign, no spaces.
fn plain(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests;
