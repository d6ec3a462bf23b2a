//! How personal values are shown where they need not be read. Counted in Unicode scalars.
//!
//! A mask shows less where a value is shorter than its kind usually is: it never shows most of a short one.

use crate::item::Mask;

/// Digits by which a number may be somebody's own: as many as a mobile phone has.
const LONG: usize = 11;

#[cfg(test)]
mod tests;

/// The masked text of a value.
pub fn mask(kind: Mask, value: &str) -> String {
    let chars: Vec<char> = value.chars().collect();
    match kind {
        Mask::CitizenId if chars.len() >= 12 => ends(&chars, 3, 4),
        Mask::CitizenId => ends(&chars, 1, 2),
        Mask::Phone => phone(value, &chars),
        Mask::Name if chars.len() < 2 => ends(&chars, 0, 0),
        Mask::Name => ends(&chars, 1, 0),
        Mask::Address => format!("{}****", division(value)),
        Mask::BankAcct => ends(&chars, 0, 4),
        Mask::Email => email(value),
    }
}

/// Numbers that a free text holds, shown as an identity number would be: whoever writes about one may write it down.
pub fn numbers_in(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(at);
        let end = from.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(from.len());
        let (run, after) = from.split_at(end);
        shown.push_str(before);
        if run.bytes().filter(u8::is_ascii_digit).count() >= LONG {
            let chars: Vec<char> = run.chars().collect();
            shown.push_str(&ends(&chars, 3, 2));
        } else {
            shown.push_str(run);
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// The first and last so many characters, stars between; only stars where fewer than half would be hidden.
fn ends(chars: &[char], first: usize, last: usize) -> String {
    let shown = first + last;
    let (first, last) = if shown * 2 > chars.len() { (0, 0) } else { (first, last) };
    let hidden = first..chars.len() - last;
    chars
        .iter()
        .enumerate()
        .map(|(at, c)| if hidden.contains(&at) { '*' } else { *c })
        .collect()
}

/// Mobile 3 + 4; of a land line the area and the last 4, nothing of an extension.
fn phone(value: &str, chars: &[char]) -> String {
    let stars = |count: usize| "*".repeat(count);
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if let Some((area, rest)) = value.split_once('-') {
        let (number, extension) = rest
            .split_once('-')
            .map_or((rest, None), |(number, ext)| (number, Some(ext)));
        // The area stands in every directory; of the number four digits stay.
        let is_area = area.starts_with('0') && (3..=4).contains(&area.len()) && digits(area);
        if is_area && (7..=8).contains(&number.len()) && digits(number) {
            let (hidden, shown) = number.split_at(number.len() - 4);
            let extension = extension.map_or(String::new(), |ext| format!("-{}", stars(ext.chars().count())));
            return format!("{area}-{}{shown}{extension}", stars(hidden.len()));
        }
    }
    match chars.len() {
        len @ 10.. => {
            let (head, tail): (String, String) = (chars[..3].iter().collect(), chars[len - 4..].iter().collect());
            format!("{head}{}{tail}", stars(len - 7))
        }
        len => stars(len),
    }
}

/// Province, city, county: everything up to the last of their marks, before the first thing smaller than a county.
fn division(value: &str) -> &str {
    let mut end = 0;
    for (at, c) in value.char_indices() {
        match c {
            '省' | '市' | '州' | '盟' => end = at + c.len_utf8(),
            // A 社区 or 小区 is no county.
            '区' | '县' | '旗' if !value[..at].ends_with(['社', '小', '园', '院']) => {
                return &value[..at + c.len_utf8()];
            }
            '路' | '街' | '道' | '号' | '村' | '镇' | '乡' | '巷' | '区' => break,
            _ if c.is_ascii() || c.is_numeric() => break,
            _ => {}
        }
    }
    &value[..end]
}

fn email(value: &str) -> String {
    match value.split_once('@') {
        Some((local, domain)) => {
            let first: String = local.chars().take(usize::from(local.chars().count() > 1)).collect();
            format!("{first}****@{domain}")
        }
        None => "****".to_owned(),
    }
}
