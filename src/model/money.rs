//! Exact decimals. No floating point touches an amount: `0.1 + 0.2 + 0.3` is `0.6`.

use crate::Code;
use std::fmt;

#[cfg(test)]
mod tests;

/// Digits a decimal may have: enough for any amount, and for sums of a million of them.
const MAX_DIGITS: usize = 30;

/// A decimal number: `units` / 10^`scale`, always without trailing zeros after the point, so that equal numbers are equal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Decimal {
    units: i128,
    scale: u8,
}

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self { units: 0, scale: 0 };

    /// Reads `-?digits[.digits]`, at most 30 digits. `E_FORMAT` for any other writing, `E_RANGE` for more digits.
    pub fn parse(text: &str) -> Result<Self, Code> {
        let (negative, plain) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, part) = plain
            .split_once('.')
            .map_or((plain, None), |(whole, part)| (whole, Some(part)));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !part.is_none_or(digits) {
            return Err(Code::EFormat);
        }
        let part = part.unwrap_or_default();
        let units = Self::units(&format!("{whole}{part}"))?;
        let scale = u8::try_from(part.len()).map_err(|_| Code::ERange)?;
        Ok(Self {
            units: if negative { -units } else { units },
            scale,
        }
        .reduced())
    }

    /// Reads digits whose point is not written: `0000000000010000` with 2 decimals is 100. `E_FORMAT` for anything but digits.
    pub fn implied(digits: &str, decimals: u8) -> Result<Self, Code> {
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Code::EFormat);
        }
        Ok(Self {
            units: Self::units(digits)?,
            scale: decimals,
        }
        .reduced())
    }

    /// The number times 10^`places`: 万元 to 元 is 4, 元 to 万元 is -4. `E_RANGE` where it grows too long.
    pub fn shift(self, places: i8) -> Result<Self, Code> {
        let scale = i16::from(self.scale) - i16::from(places);
        if scale < 0 {
            let factor = 10i128
                .checked_pow(u32::from(scale.unsigned_abs()))
                .ok_or(Code::ERange)?;
            let units = self.units.checked_mul(factor).ok_or(Code::ERange)?;
            return Ok(Self { units, scale: 0 }.reduced());
        }
        Ok(Self {
            units: self.units,
            scale: u8::try_from(scale).map_err(|_| Code::ERange)?,
        }
        .reduced())
    }

    /// The sum; `E_RANGE` where it does not fit.
    pub fn plus(self, other: Self) -> Result<Self, Code> {
        let scale = self.scale.max(other.scale);
        let units = self
            .at(scale)
            .zip(other.at(scale))
            .and_then(|(a, b)| a.checked_add(b))
            .ok_or(Code::ERange)?;
        Ok(Self { units, scale }.reduced())
    }

    /// The control sum of many; zero of none.
    pub fn sum(numbers: impl IntoIterator<Item = Self>) -> Result<Self, Code> {
        numbers.into_iter().try_fold(Self::ZERO, Self::plus)
    }

    /// With exactly this many decimals; `E_SCALE` where digits would be lost: nothing is rounded.
    pub fn with_decimals(self, decimals: u8) -> Result<String, Code> {
        if self.scale > decimals {
            return Err(Code::EScale);
        }
        let units = self.at(decimals).ok_or(Code::ERange)?;
        Ok(write(units, decimals))
    }

    /// The digits without a point, `decimals` of them after where it would be, padded with zeros to `width`:
    /// the inverse of [`Self::implied`]. `E_RANGE` for negative numbers and for those that do not fit.
    pub fn to_implied(self, decimals: u8, width: usize) -> Result<String, Code> {
        if self.scale > decimals {
            return Err(Code::EScale);
        }
        let units = self.at(decimals).filter(|units| *units >= 0).ok_or(Code::ERange)?;
        let digits = format!("{units:0>width$}");
        if digits.len() > width {
            Err(Code::ERange)
        } else {
            Ok(digits)
        }
    }

    /// True below zero.
    pub fn is_negative(self) -> bool {
        self.units < 0
    }
    /// Decimals that are needed to write it exactly.
    pub fn decimals(self) -> u8 {
        self.scale
    }
    /// Digits before the point, at least 1.
    pub fn whole_digits(self) -> usize {
        write(self.units.abs(), self.scale)
            .split('.')
            .next()
            .map_or(1, str::len)
    }

    fn units(digits: &str) -> Result<i128, Code> {
        let significant = digits.trim_start_matches('0');
        if significant.len() > MAX_DIGITS || digits.len() > 128 {
            return Err(Code::ERange);
        }
        if significant.is_empty() {
            Ok(0)
        } else {
            significant.parse().map_err(|_| Code::ERange)
        }
    }

    /// The units at a scale that is not smaller than its own.
    fn at(self, scale: u8) -> Option<i128> {
        let factor = 10i128.checked_pow(u32::from(scale.checked_sub(self.scale)?))?;
        self.units.checked_mul(factor)
    }

    fn reduced(mut self) -> Self {
        while self.scale > 0 && self.units % 10 == 0 {
            self.units /= 10;
            self.scale -= 1;
        }
        self
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&write(self.units, self.scale))
    }
}

fn write(units: i128, decimals: u8) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let decimals = usize::from(decimals);
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = decimals + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals);
    if part.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{part}")
    }
}

/// 元 text to 万元 text with 6 decimals. `E_SCALE` for parts of a cent, `E_FORMAT` for anything but a plain decimal.
pub fn yuan_to_wan(text: &str) -> Result<String, Code> {
    Decimal::parse(text)?.shift(-4)?.with_decimals(6)
}

/// 万元 text to 元 text with 2 decimals. Inverse of [`yuan_to_wan`].
pub fn wan_to_yuan(text: &str) -> Result<String, Code> {
    Decimal::parse(text)?.shift(4)?.with_decimals(2)
}

/// Commas after each three digits of the whole part: `1,000,000.00`. A text without digits is given back as it is.
pub fn group_commas(text: &str) -> String {
    let (sign, plain) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let whole_len = plain.find('.').unwrap_or(plain.len());
    let mut grouped = String::from(sign);
    for (at, c) in plain.char_indices() {
        if at > 0 && at < whole_len && (whole_len - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(c);
    }
    grouped
}

/// The same without its commas. Inverse of [`group_commas`]; `E_FORMAT` where they do not part threes: `1,00,000`.
pub fn strip_commas(text: &str) -> Result<String, Code> {
    let plain = text.replace(',', "");
    if plain.len() == text.len() || group_commas(&plain) == text {
        Ok(plain)
    } else {
        Err(Code::EFormat)
    }
}
