//! Dates in a department's writing: a pattern of year, month, day and fixed characters.

use jiff::civil::Date;
use model::Code;

/// A date pattern: `%Y`, `%m`, `%d` with zeros in front, `%-m`, `%-d` without, anything else as it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern(Vec<Piece>);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Piece {
    Year,
    Month { padded: bool },
    Day { padded: bool },
    Fixed(char),
}

impl Pattern {
    /// Reads a pattern that names year, month and day once each. An unpadded number needs a character after it that is
    /// no digit, or the end: otherwise `2026112` would be two days.
    pub fn parse(text: &str) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            let piece = match c {
                '%' => match chars.next()? {
                    'Y' => Piece::Year,
                    'm' => Piece::Month { padded: true },
                    'd' => Piece::Day { padded: true },
                    '-' => match chars.next()? {
                        'm' => Piece::Month { padded: false },
                        'd' => Piece::Day { padded: false },
                        _ => return None,
                    },
                    _ => return None,
                },
                c if c.is_control() => return None,
                c => Piece::Fixed(c),
            };
            pieces.push(piece);
        }
        let count = |wanted: fn(&Piece) -> bool| pieces.iter().filter(|p| wanted(p)).count();
        let whole = count(|p| *p == Piece::Year) == 1
            && count(|p| matches!(p, Piece::Month { .. })) == 1
            && count(|p| matches!(p, Piece::Day { .. })) == 1;
        let clear = pieces.windows(2).all(|two| match two {
            [Piece::Month { padded: false } | Piece::Day { padded: false }, next] => {
                matches!(next, Piece::Fixed(c) if !c.is_ascii_digit())
            }
            _ => true,
        });
        (whole && clear).then_some(Self(pieces))
    }

    /// Writes a canonical date.
    pub(super) fn write(&self, canonical: &str) -> Result<String, Code> {
        let (year, month, day) = ymd(canonical).ok_or(Code::EDate)?;
        let mut text = String::with_capacity(16);
        for piece in &self.0 {
            match piece {
                Piece::Year => text.push_str(&format!("{year:04}")),
                Piece::Month { padded: true } => text.push_str(&format!("{month:02}")),
                Piece::Month { padded: false } => text.push_str(&month.to_string()),
                Piece::Day { padded: true } => text.push_str(&format!("{day:02}")),
                Piece::Day { padded: false } => text.push_str(&day.to_string()),
                Piece::Fixed(c) => text.push(*c),
            }
        }
        Ok(text)
    }

    /// Reads the department's writing. Unpadded numbers may have a zero in front: people write both. A date of zeros
    /// only is no date.
    pub(super) fn read(&self, text: &str) -> Result<String, Code> {
        let mut rest = text;
        let (mut year, mut month, mut day) = (0, 0, 0);
        for piece in &self.0 {
            match piece {
                Piece::Year => year = number(&mut rest, 4, 4)?,
                Piece::Month { padded } => month = number(&mut rest, if *padded { 2 } else { 1 }, 2)?,
                Piece::Day { padded } => day = number(&mut rest, if *padded { 2 } else { 1 }, 2)?,
                Piece::Fixed(c) => rest = rest.strip_prefix(*c).ok_or(Code::EDate)?,
            }
        }
        if !rest.is_empty() {
            return Err(Code::EDate);
        }
        if (year, month, day) == (0, 0, 0) {
            return Ok(String::new());
        }
        valid(year, month, day)
            .map(|_| format!("{year:04}-{month:02}-{day:02}"))
            .ok_or(Code::EDate)
    }
}

/// Takes at most `most` digits from the front.
fn number(rest: &mut &str, least: usize, most: usize) -> Result<i16, Code> {
    let count = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (digits, tail) = rest.split_at_checked(count).ok_or(Code::EDate)?;
    if count < least {
        return Err(Code::EDate);
    }
    *rest = tail;
    digits.parse().map_err(|_| Code::EDate)
}

pub(super) fn ymd(canonical: &str) -> Option<(i16, i16, i16)> {
    let bytes = canonical.as_bytes();
    let shaped = bytes.len() == 10
        && bytes.iter().enumerate().all(|(at, b)| {
            if at == 4 || at == 7 {
                *b == b'-'
            } else {
                b.is_ascii_digit()
            }
        });
    if !shaped {
        return None;
    }
    let (year, month, day) = (
        canonical[..4].parse().ok()?,
        canonical[5..7].parse().ok()?,
        canonical[8..].parse().ok()?,
    );
    valid(year, month, day).map(|_| (year, month, day))
}

fn valid(year: i16, month: i16, day: i16) -> Option<Date> {
    if year == 0 {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}
