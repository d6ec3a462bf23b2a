//! ISO 7064: the two check systems that Chinese identifiers use.
//!
//! MOD 11-2 finds every single wrong digit and every exchange of two neighbours. MOD 11,10 finds every single
//! wrong digit, but not every exchange: about 2 of 100 pass (see the tests).

/// The check character of MOD 11-2 over a text of digits: `0`–`9` or `X`. `None` where the text is not digits.
pub fn mod11_2(digits: &str) -> Option<char> {
    let sum = digits.bytes().try_fold(0u32, |p, b| {
        b.is_ascii_digit().then(|| (p + u32::from(b - b'0')) * 2 % 11)
    })?;
    match (12 - sum) % 11 {
        10 => Some('X'),
        value => char::from_digit(value, 10),
    }
}

/// The check digit of MOD 11,10 over a text of digits. `None` where the text is not digits.
pub fn mod11_10(digits: &str) -> Option<char> {
    let p = digits.bytes().try_fold(10u32, |p, b| {
        let sum = b.is_ascii_digit().then(|| (p + u32::from(b - b'0')) % 10)?;
        Some(if sum == 0 { 10 } else { sum } * 2 % 11)
    })?;
    char::from_digit((11 - p) % 10, 10)
}

/// True where the last digit is the MOD 11,10 check digit of those before it.
pub fn holds_mod11_10(digits: &str) -> bool {
    let mut body = digits.chars();
    let last = body.next_back();
    last.is_some() && last == mod11_10(body.as_str())
}
