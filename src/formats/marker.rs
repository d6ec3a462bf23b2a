//! Marker files: `NAME.ok` beside `NAME` says that the data is whole, and what it is.
//!
//! One line, `sm3|bytes|rows|yyyyMMddHHmmss` and CRLF, nothing else. A marker that is not exactly so says nothing.

use crate::digest::Running;
use crate::fault::structure;
use jiff::civil::DateTime;
use model::{Code, Finding};

/// What a marker declares about its data file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// SM3 of the data file, 64 lower-case hexadecimal digits.
    pub sm3: String,
    /// Its length.
    pub bytes: u64,
    /// Its data rows, the header not counted.
    pub rows: u64,
    /// When it was made, in the zone of whoever made it.
    pub made: DateTime,
}

/// Longer than any marker can be.
pub const BYTES_MAX: usize = 64 + 20 + 20 + 14 + 3 + 2;

impl Marker {
    /// For data that was written while `running` watched.
    pub fn of(running: Running, rows: u64, made: DateTime) -> Self {
        Self {
            bytes: running.bytes(),
            sm3: running.hex(),
            rows,
            made,
        }
    }

    /// Reads a marker.
    ///
    /// # Errors
    /// `E_STRUCTURE` for anything but the one line.
    pub fn parse(bytes: &[u8]) -> Result<Self, Finding> {
        let wrong = || structure("标记文件 marker", "sm3|bytes|rows|yyyyMMddHHmmss CRLF");
        let line = std::str::from_utf8(bytes)
            .ok()
            .and_then(|t| t.strip_suffix("\r\n"))
            .ok_or_else(wrong)?;
        let mut parts = line.split('|');
        let (Some(sm3), Some(size), Some(rows), Some(made), None) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(wrong());
        };
        let hex = sm3.len() == 64 && sm3.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        match (hex, number(size), number(rows), stamp(made)) {
            (true, Some(bytes), Some(rows), Some(made)) => Ok(Self {
                sm3: sm3.to_owned(),
                bytes,
                rows,
                made,
            }),
            _ => Err(wrong()),
        }
    }

    /// The bytes of the marker file.
    pub fn write(&self) -> String {
        format!(
            "{}|{}|{}|{}\r\n",
            self.sm3,
            self.bytes,
            self.rows,
            self.made.strftime("%Y%m%d%H%M%S")
        )
    }

    /// Compares with the data file's bytes as they were read.
    ///
    /// # Errors
    /// `E_TRUNCATED` where there are fewer bytes than declared, `E_FILE_HASH` where they are others.
    pub fn check(&self, running: Running) -> Result<(), Finding> {
        let found = running.bytes();
        if found < self.bytes {
            return Err(Finding::new(Code::ETruncated)
                .with("declared", self.bytes)
                .with("found", found));
        }
        if found != self.bytes || running.hex() != self.sm3 {
            return Err(Finding::new(Code::EFileHash));
        }
        Ok(())
    }

    /// Compares with the rows that were found.
    ///
    /// # Errors
    /// `E_FILE_COUNT`.
    pub fn check_rows(&self, found: u64) -> Result<(), Finding> {
        if found == self.rows {
            return Ok(());
        }
        Err(Finding::new(Code::EFileCount)
            .with("declared", self.rows)
            .with("found", found))
    }
}

/// A number as we write it: digits only, no zeros before it.
fn number(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| plain)
}

fn stamp(text: &str) -> Option<DateTime> {
    if text.len() != 14 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| text.get(from..to).and_then(|t| t.parse::<i8>().ok());
    let year = text.get(..4)?.parse::<i16>().ok()?;
    DateTime::new(
        year,
        part(4, 6)?,
        part(6, 8)?,
        part(8, 10)?,
        part(10, 12)?,
        part(12, 14)?,
        0,
    )
    .ok()
}

#[cfg(test)]
mod tests;
