//! How large a set may be. A batch that would be larger is made of fewer rows; one row alone that is larger is a misfit.
//!
//! Media end where they end: a file on FAT32 has at most 4 GiB - 1 byte. Long before that the bytes of a batch, which stand
//! in the ledger as one thing that happened, must fit there.

use model::{Code, Finding};
use port::{Encoded, Misfit, Unencoded};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// Room for the texts around a payload: they count where the batch as a whole is bounded.
const TEXTS: u64 = 1 << 20;

/// The most bytes a payload may have, as it lies on the medium: `"16 MiB"`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cap(pub(crate) u64);

impl Default for Cap {
    fn default() -> Self {
        Self(16 << 20)
    }
}

impl Cap {
    const LEAST: u64 = 4 << 10;
    const MOST: u64 = Encoded::MAX_BYTES as u64 - TEXTS;

    fn parse(text: &str) -> Option<Self> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at_checked(digits)?;
        let number: u64 = number.parse().ok()?;
        let bytes: u64 = match unit.trim_start() {
            "B" => 1,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            _ => return None,
        };
        number.checked_mul(bytes).map(Self)
    }

    /// Whether a set may be as large as that.
    pub(crate) fn is_sound(self) -> bool {
        (Self::LEAST..=Self::MOST).contains(&self.0)
    }

    /// What of the payload is left where it is encrypted: what is added grows with it, and is never more than this.
    fn in_clear(self, sealed: bool) -> u64 {
        if sealed {
            self.0.saturating_sub(self.0 / 1_024 + (4 << 10))
        } else {
            self.0
        }
    }

    /// Judges a table before it is written: its size is known from its head and its records.
    pub(crate) fn judge_table(self, head: u64, record: u64, rows: usize, sealed: bool) -> Result<(), Unencoded> {
        let room = self.in_clear(sealed).saturating_sub(head + 1);
        let fit = usize::try_from(room / record.max(1)).unwrap_or(usize::MAX);
        // One row is tried: what is added to it is known only then.
        if rows > fit.max(1) {
            return Err(Unencoded::TooLarge { rows: fit.max(1) });
        }
        Ok(())
    }

    /// Judges a payload as it lies on the medium.
    pub(crate) fn judge(self, bytes: usize, rows: usize) -> Result<(), Unencoded> {
        let found = bytes as u64;
        if found <= self.0 {
            return Ok(());
        }
        if rows > 1 {
            // A little less than their share: rows are not all of a length.
            let share = rows as u128 * u128::from(self.0) * 9 / (u128::from(found) * 10);
            let rows = usize::try_from(share).unwrap_or(1).clamp(1, rows - 1);
            return Err(Unencoded::TooLarge { rows });
        }
        let finding = Finding::new(Code::ETooLarge)
            .with("found", found)
            .with("limit", self.0)
            .with("setting", "max_bytes");
        Err(vec![Misfit {
            record: 0,
            findings: vec![finding],
        }]
        .into())
    }
}

impl<'de> Deserialize<'de> for Cap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("a number of bytes such as \"700 KiB\" or \"16 MiB\""))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn a_size_says_its_unit() {
        for (text, bytes) in [("4096 B", 4096), ("700KiB", 700 << 10), ("16 MiB", 16 << 20)] {
            assert_eq!(Cap::parse(text), Some(Cap(bytes)), "{text}");
        }
        for text in ["", "16", "16 GB", "-1 B", "1.5 MiB", "99999999999999 MiB"] {
            assert_eq!(Cap::parse(text), None, "{text}");
        }
    }

    /// What is said to fit does, and one row more would not.
    #[test]
    fn a_table_is_judged_by_arithmetic_alone() {
        for (cap, head, record) in [(4_096, 100, 10), (65_536, 257, 327), (1 << 20, 32, 4_000)] {
            let fit = |rows| Cap(cap).judge_table(head, record, rows, false);
            let Err(Unencoded::TooLarge { rows }) = fit(1_000_000) else {
                panic!("a million rows fit into {cap}");
            };
            assert_eq!((fit(rows), (head + record * rows as u64) < cap), (Ok(()), true));
            assert_eq!(fit(rows + 1), Err(Unencoded::TooLarge { rows }));
        }
        // A single row is for whoever has encoded it to judge.
        assert_eq!(Cap(4_096).judge_table(32, 5_000, 1, true), Ok(()));
        assert_eq!(
            Cap(4_096).judge_table(32, 5_000, 2, true),
            Err(Unencoded::TooLarge { rows: 1 })
        );
    }

    #[test]
    fn what_is_too_large_is_cut_and_one_row_alone_is_a_misfit() {
        assert_eq!(Cap(4_096).judge(4_096, 3), Ok(()));
        assert_eq!(Cap(4_096).judge(40_960, 100), Err(Unencoded::TooLarge { rows: 9 }));
        assert_eq!(Cap(4_096).judge(4_097, 2), Err(Unencoded::TooLarge { rows: 1 }));
        let misfits = Cap(4_096).judge(4_097, 1).unwrap_err().misfits();
        assert_eq!((misfits[0].record, misfits[0].findings[0].code), (0, Code::ETooLarge));
    }
}
