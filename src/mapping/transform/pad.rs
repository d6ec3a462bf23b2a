//! Filling a value up to a width with one character, and taking that character away again.
//!
//! Spaces are no filling: a place of fixed width is the format's affair, and reading trims every cell.

use crate::UNIT_SEPARATOR;
use model::Code;

/// The widest place that can be filled.
const WIDTH_MAX: usize = 1000;

/// Which character, to how many characters in all, at which end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pad {
    fill: char,
    width: usize,
    left: bool,
}

impl Pad {
    /// Reads `CHARACTER:WIDTH`, as in `0:15`.
    pub fn parse(text: &str, left: bool) -> Option<Self> {
        let mut chars = text.chars();
        let fill = chars.next()?;
        let digits = chars.as_str().strip_prefix(':')?;
        let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        let width: usize = digits.parse().ok().filter(|_| plain)?;
        let fits = (1..=WIDTH_MAX).contains(&width) && fill != UNIT_SEPARATOR;
        (fits && !fill.is_whitespace() && !fill.is_control()).then_some(Self { fill, width, left })
    }

    /// Fills up. Refuses what is too wide and what would come back as something else: a value that has the filling at
    /// its own end, unless it is nothing but one such character (`0`).
    pub(super) fn fill(self, text: &str) -> Result<String, Code> {
        let found = text.chars().count();
        if found > self.width {
            return Err(Code::ETooLong);
        }
        let own = if self.left {
            text.starts_with(self.fill)
        } else {
            text.ends_with(self.fill)
        };
        if own && found > 1 {
            return Err(Code::EFormat);
        }
        let filling: String = std::iter::repeat_n(self.fill, self.width - found).collect();
        Ok(if self.left {
            filling + text
        } else {
            text.to_owned() + &filling
        })
    }

    /// Takes the filling away; of a value that is nothing else, one character stays.
    pub(super) fn strip(self, text: &str) -> Result<String, Code> {
        if text.chars().count() != self.width {
            return Err(Code::ELen);
        }
        let stripped = if self.left {
            text.trim_start_matches(self.fill)
        } else {
            text.trim_end_matches(self.fill)
        };
        Ok(if stripped.is_empty() {
            self.fill.to_string()
        } else {
            stripped.to_owned()
        })
    }
}
