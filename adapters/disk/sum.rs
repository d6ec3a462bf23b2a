//! The control sum of a column: exact decimals, never floats.

/// Adds plain decimals of at most `scale` decimals and writes the sum with exactly that many.
///
/// Empty texts count as nothing. `None` where a text is no such decimal or the sum leaves 128 bits.
pub fn decimal_sum<'a>(values: impl IntoIterator<Item = &'a str>, scale: u8) -> Option<String> {
    let mut sum: i128 = 0;
    for value in values {
        let value = value.trim_matches(' ');
        if !value.is_empty() {
            sum = sum.checked_add(units(value, scale)?)?;
        }
    }
    Some(show(sum, scale))
}

/// A decimal as a whole number of its last place.
fn units(value: &str, scale: u8) -> Option<i128> {
    let (negative, digits) = match value.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, value),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty())
        || !all_digits(whole)
        || !all_digits(fraction)
        || fraction.len() > usize::from(scale)
    {
        return None;
    }
    let zeros = usize::from(scale) - fraction.len();
    let text = format!("0{whole}{fraction}{}", "0".repeat(zeros));
    let units: i128 = text.parse().ok()?;
    Some(if negative { -units } else { units })
}

fn show(units: i128, scale: u8) -> String {
    let scale = usize::from(scale);
    let sign = if units < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    if scale == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::decimal_sum;

    #[test]
    fn sums_are_exact() {
        for (values, scale, expected) in [
            (vec!["100.0", "50.50"], 2, Some("150.50")),
            (vec!["0.1", "0.2"], 2, Some("0.30")),
            (vec!["9007199254740993", "0.01"], 2, Some("9007199254740993.01")),
            (vec!["-1.5", "1"], 2, Some("-0.50")),
            (vec!["", "  ", "3"], 0, Some("3")),
            (vec![], 2, Some("0.00")),
            (vec!["1.230"], 2, Some("1.23")),
            (vec!["1.235"], 2, None),
            (vec!["1e3"], 2, None),
            (vec!["+1"], 2, None),
            (vec!["."], 2, None),
            (vec!["1,000"], 2, None),
        ] {
            assert_eq!(
                decimal_sum(values.iter().copied(), scale).as_deref(),
                expected,
                "{values:?}"
            );
        }
    }
}
