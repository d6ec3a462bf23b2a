//! Amounts of money. Whether a column is in 元 or 万元 is the column's own word; a value that says otherwise is refused.

use super::{Checked, Options, Verdict, width};
use crate::Code;
use crate::money::{Decimal, strip_commas};

/// The unit of a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// 元.
    Yuan,
    /// 万元.
    Wan,
}

/// An amount of whole cents (分).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Amount {
    yuan: Decimal,
}

impl Amount {
    /// From a decimal in a unit. `E_SCALE` for parts of a cent, `E_RANGE` for negative ones.
    pub fn new(number: Decimal, unit: Unit) -> Result<Self, Code> {
        let yuan = match unit {
            Unit::Yuan => number,
            Unit::Wan => number.shift(4)?,
        };
        match yuan {
            _ if yuan.is_negative() => Err(Code::ERange),
            _ if yuan.decimals() > 2 => Err(Code::EScale),
            _ => Ok(Self { yuan }),
        }
    }
    /// In 元, with 2 decimals.
    pub fn yuan(self) -> Result<String, Code> {
        self.yuan.with_decimals(2)
    }
    /// In 万元, with 6 decimals: the canonical writing of capital.
    pub fn wan(self) -> Result<String, Code> {
        self.yuan.shift(-4)?.with_decimals(6)
    }
    /// In 元, for sums.
    pub fn decimal(self) -> Decimal {
        self.yuan
    }
}

/// Judges an amount in a column of 万元; canonical with 6 decimals.
pub fn wan(text: &str, options: &Options) -> Verdict {
    parse(text, Unit::Wan, options)?.wan().map(Checked::clean)
}

/// Judges an amount in a column of 元; canonical with 2 decimals.
pub fn yuan(text: &str, options: &Options) -> Verdict {
    parse(text, Unit::Yuan, options)?.yuan().map(Checked::clean)
}

/// Reads an amount: digits, a point, commas between threes, a currency sign before it, the column's own unit after it.
pub fn parse(text: &str, unit: Unit, options: &Options) -> Result<Amount, Code> {
    let text = width::code(text);
    if text.contains('*') {
        return Err(Code::EMasked);
    }
    let plain = text.strip_prefix(['¥', '￥']).unwrap_or(&text).trim();
    if plain.starts_with(|c| capital(c).is_some()) {
        return match (options.chinese_amount, unit) {
            (false, _) => Err(Code::EFormat),
            (true, Unit::Wan) => Err(Code::EUnit),
            (true, Unit::Yuan) => Amount::new(capitals(plain).ok_or(Code::EFormat)?, Unit::Yuan),
        };
    }
    // The longer word first: 亿元 and 万元 end with 元 as well.
    let words = ["亿元", "万元", "亿", "万", "元"];
    let (number, said) = words
        .into_iter()
        .find_map(|word| plain.strip_suffix(word).map(|number| (number, Some(word))))
        .unwrap_or((plain, None));
    match (said, unit) {
        (None, _) | (Some("万元" | "万"), Unit::Wan) | (Some("元"), Unit::Yuan) => {}
        (Some(_), _) => return Err(Code::EUnit),
    }
    Amount::new(Decimal::parse(&strip_commas(number.trim())?)?, unit)
}

fn capital(c: char) -> Option<i128> {
    "零壹贰叁肆伍陆柒捌玖".chars().position(|d| d == c)?.try_into().ok()
}

/// 壹佰万元整, 壹仟零伍拾元叁角贰分. Only the capitals of cheques, only up to 亿.
fn capitals(text: &str) -> Option<Decimal> {
    let text = text.strip_suffix(['整', '正']).unwrap_or(text);
    let (whole, cents) = text.split_once(['元', '圆'])?;
    let (tens, ones) = match cents.trim_start_matches('零').split_once('角') {
        Some((tens, ones)) => (single(tens)?, ones),
        None => (0, cents.trim_start_matches('零')),
    };
    let ones = match ones.trim_start_matches('零').strip_suffix('分') {
        Some(ones) => single(ones)?,
        None if ones.is_empty() => 0,
        None => return None,
    };
    let (hundred_millions, rest) = whole.split_once('亿').unwrap_or(("零", whole));
    let (ten_thousands, rest) = rest.split_once('万').unwrap_or(("零", rest));
    let yuan = (section(hundred_millions)? * 10_000 + section(ten_thousands)?) * 10_000 + section(rest)?;
    Decimal::implied(&(yuan * 100 + tens * 10 + ones).to_string(), 2).ok()
}

fn single(text: &str) -> Option<i128> {
    let mut chars = text.chars();
    let digit = capital(chars.next()?)?;
    chars.next().is_none().then_some(digit)
}

/// Below 10,000: digits with 仟 佰 拾 in falling order; 零 where a place is empty.
fn section(text: &str) -> Option<i128> {
    let (mut sum, mut place, mut digit) = (0, 10_000, None);
    for c in text.chars() {
        let unit = match c {
            '仟' => 1000,
            '佰' => 100,
            '拾' => 10,
            '零' if digit.is_none() => continue,
            _ if digit.is_some() => return None,
            _ => {
                digit = Some(capital(c)?);
                continue;
            }
        };
        if unit >= place {
            return None;
        }
        sum += digit.take()? * unit;
        place = unit;
    }
    if digit.is_some() && place == 1 {
        None
    } else {
        Some(sum + digit.unwrap_or(0))
    }
}
