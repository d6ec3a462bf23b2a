//! DBF out: widths in bytes, decimals as text, nothing cut and nothing rounded.

use super::read::is_date;
use super::{BLOCK, FILE_END, HEADER_END, LIVE};
use crate::encoding::Encoding;
use crate::{RowWriter, fault};
use jiff::civil::Date;
use model::{Code, Finding, Header, Row};

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DbfKind {
    /// `C`: text, left-aligned. Spaces at the end of a value are lost in the padding.
    Text {
        /// Bytes in the file's encoding, 1 to 254.
        width: u8,
    },
    /// `N`: a plain decimal, right-aligned.
    Number {
        /// Bytes, sign and point included, 1 to 32.
        width: u8,
        /// Digits after the point.
        scale: u8,
    },
    /// `D`: `yyyymmdd`.
    Date,
}

/// One field of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DbfField {
    /// 1 to 10 bytes of `A-Z 0-9 _`, a letter first.
    pub name: Box<str>,
    /// What it holds.
    pub kind: DbfKind,
}

/// How a DBF file is written.
#[derive(Clone, Debug)]
pub struct DbfWriteOptions {
    /// Its encoding.
    pub encoding: Encoding,
    /// The code page byte: 0x4D for GBK, 0 to say nothing.
    pub code_page: u8,
    /// The date in its header. Given, never asked of a clock: the same batch has the same bytes every day.
    pub date: Date,
    /// How many rows will come; stands in the header, before them.
    pub rows: u32,
}

/// Writes a DBF file.
pub struct DbfWriter {
    fields: Vec<DbfField>,
    header: Header,
    options: DbfWriteOptions,
    written: u32,
}

impl DbfWriter {
    /// For rows whose cells stand in the order of the fields.
    ///
    /// # Errors
    /// A field that DBF cannot have.
    pub fn new(fields: Vec<DbfField>, options: DbfWriteOptions) -> Result<Self, Finding> {
        super::judge_encoding(options.encoding)?;
        for (at, field) in fields.iter().enumerate() {
            if !is_name(&field.name) || fields.iter().take(at).any(|f| f.name == field.name) {
                return Err(fault::structure("字段名 field name", fault::shown(&field.name)));
            }
            let good = match field.kind {
                DbfKind::Text { width } => (1..=254).contains(&width),
                DbfKind::Number { width, scale } => (1..=32).contains(&width) && (scale == 0 || scale + 1 < width),
                DbfKind::Date => true,
            };
            if !good {
                return Err(fault::structure("字段宽度 field width", &field.name));
            }
        }
        let header = Header::new(fields.iter().map(|f| f.name.clone()));
        let writer = Self {
            fields,
            header,
            options,
            written: 0,
        };
        if writer.fields.is_empty() || writer.fields.len() > 255 || writer.record_len() > 65_535 {
            return Err(fault::structure("记录长度 record length", writer.record_len()));
        }
        Ok(writer)
    }

    /// The field names, in order.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Bytes before the first record, and of each: a table's size is known before it is written. One more ends it.
    pub fn lengths(&self) -> (u64, u64) {
        (((self.fields.len() + 1) * BLOCK + 1) as u64, self.record_len() as u64)
    }

    fn record_len(&self) -> usize {
        1 + self.fields.iter().map(|f| usize::from(f.kind.width())).sum::<usize>()
    }

    fn cell(&self, field: &DbfField, text: &str, row: u64, out: &mut Vec<u8>) -> Result<(), Finding> {
        let wrong = |code: Code| fault::at(code, row, &field.name);
        let width = usize::from(field.kind.width());
        let text = match field.kind {
            _ if text.is_empty() => String::new(),
            DbfKind::Text { .. } if text.contains('\0') => return Err(wrong(Code::ECharset)),
            DbfKind::Text { .. } => text.to_owned(),
            DbfKind::Number { scale, .. } => to_scale(text, usize::from(scale)).map_err(wrong)?,
            DbfKind::Date if is_date(text) => text.to_owned(),
            DbfKind::Date => return Err(wrong(Code::EDate)),
        };
        let bytes = self.options.encoding.encode(&text);
        let bytes = bytes.map_err(|lacking| lacking.finding(self.options.encoding, &field.name).row(row))?;
        let Some(padding) = width.checked_sub(bytes.len()) else {
            return Err(wrong(Code::ETooLong).with("found", bytes.len()).with("limit", width));
        };
        let before = if matches!(field.kind, DbfKind::Number { .. }) {
            padding
        } else {
            0
        };
        out.extend(std::iter::repeat_n(b' ', before));
        out.extend_from_slice(&bytes);
        out.extend(std::iter::repeat_n(b' ', padding - before));
        Ok(())
    }
}

impl RowWriter for DbfWriter {
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), Finding> {
        let mut head = [0_u8; BLOCK];
        let header_len = BLOCK * (self.fields.len() + 1) + 1;
        let date = self.options.date;
        // Two digits of the year, as the departments' programs write them since 2000.
        let year = u8::try_from(date.year().rem_euclid(100)).unwrap_or_default();
        head[0] = 0x03;
        head[1..4].copy_from_slice(&[year, date.month().unsigned_abs(), date.day().unsigned_abs()]);
        head[4..8].copy_from_slice(&self.options.rows.to_le_bytes());
        head[8..10].copy_from_slice(&u16::try_from(header_len).unwrap_or_default().to_le_bytes());
        head[10..12].copy_from_slice(&u16::try_from(self.record_len()).unwrap_or_default().to_le_bytes());
        head[29] = self.options.code_page;
        out.extend_from_slice(&head);
        for field in &self.fields {
            let mut block = [0_u8; BLOCK];
            for (slot, byte) in block.iter_mut().zip(field.name.bytes()) {
                *slot = byte;
            }
            block[11] = field.kind.letter();
            block[16] = field.kind.width();
            block[17] = field.kind.scale();
            out.extend_from_slice(&block);
        }
        out.push(HEADER_END);
        Ok(())
    }

    fn row(&mut self, row: &Row, out: &mut Vec<u8>) -> Result<(), Vec<Finding>> {
        if row.cells.len() != self.fields.len() {
            let detail = format!("{} ≠ {}", row.cells.len(), self.fields.len());
            return Err(vec![fault::structure("字段数 fields", detail).row(row.line)]);
        }
        if self.written == self.options.rows {
            let found = u64::from(self.written) + 1;
            return Err(vec![
                Finding::new(Code::EFileCount)
                    .with("declared", self.options.rows)
                    .with("found", found),
            ]);
        }
        let before = out.len();
        out.push(LIVE);
        let cells = self.fields.iter().zip(&row.cells);
        let findings: Vec<Finding> = cells
            .filter_map(|(field, cell)| self.cell(field, cell.as_deref().unwrap_or(""), row.line, out).err())
            .collect();
        if findings.is_empty() {
            self.written += 1;
            return Ok(());
        }
        out.truncate(before);
        Err(findings)
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), Finding> {
        if self.written != self.options.rows {
            let finding = Finding::new(Code::EFileCount);
            return Err(finding.with("declared", self.options.rows).with("found", self.written));
        }
        out.push(FILE_END);
        Ok(())
    }
}

impl DbfKind {
    fn width(self) -> u8 {
        match self {
            Self::Text { width } | Self::Number { width, .. } => width,
            Self::Date => 8,
        }
    }
    fn scale(self) -> u8 {
        if let Self::Number { scale, .. } = self {
            scale
        } else {
            0
        }
    }
    fn letter(self) -> u8 {
        match self {
            Self::Text { .. } => b'C',
            Self::Number { .. } => b'N',
            Self::Date => b'D',
        }
    }
}

/// The same number with exactly `scale` decimals; zeros may be added or left out, other digits may not.
fn to_scale(text: &str, scale: usize) -> Result<String, Code> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) {
        return Err(Code::EFormat);
    }
    let part = part.trim_end_matches('0');
    if part.len() > scale {
        return Err(Code::EScale);
    }
    let sign = if unsigned.len() < text.len() { "-" } else { "" };
    Ok(if scale == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{part:0<scale$}")
    })
}

fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    (1..=10).contains(&name.len())
        && bytes.next().is_some_and(|b| b.is_ascii_uppercase())
        && bytes.all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}
