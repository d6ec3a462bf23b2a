//! What the beginning of a DBF file says: how many records, how wide, which fields.

use super::{BACK_LINK, BLOCK, HEADER_END, VISUAL_FOXPRO};
use crate::fault;
use model::{Code, Finding};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Text,
    Number,
    Date,
    Logical,
}

#[derive(Clone, Copy)]
pub(super) struct Field {
    pub(super) kind: Kind,
    pub(super) width: usize,
}

/// The fixed part of the header.
pub(super) struct Head {
    pub(super) version: u8,
    pub(super) records: u64,
    pub(super) header_len: usize,
    pub(super) record_len: usize,
    pub(super) code_page: u8,
}

impl Head {
    pub(super) fn parse(block: &[u8]) -> Result<Self, Finding> {
        let byte = |at: usize| block.get(at).copied().unwrap_or_default();
        let head = Self {
            version: byte(0),
            records: u64::from(u32::from_le_bytes([byte(4), byte(5), byte(6), byte(7)])),
            header_len: usize::from(u16::from_le_bytes([byte(8), byte(9)])),
            record_len: usize::from(u16::from_le_bytes([byte(10), byte(11)])),
            code_page: byte(29),
        };
        if byte(15) != 0 {
            return Err(fault::structure("加密标志 encryption flag", format!("0x{:02X}", byte(15))).byte(15));
        }
        if head.header_len < 2 * BLOCK + 1 {
            return Err(fault::structure("文件头长度 header length", head.header_len).byte(8));
        }
        if head.record_len < 2 {
            return Err(fault::structure("记录长度 record length", head.record_len).byte(10));
        }
        Ok(head)
    }
}

/// The field descriptions; `bytes` is the header behind its fixed part. Some programs leave zeros after the end mark, and
/// Visual FoxPro the name of the database that the table belongs to.
pub(super) fn describe(head: &Head, bytes: &[u8], most: usize) -> Result<(Vec<String>, Vec<Field>), Finding> {
    let (mut names, mut fields) = (Vec::new(), Vec::new());
    let mut rest = bytes;
    loop {
        match rest.split_at_checked(BLOCK) {
            _ if rest.first() == Some(&HEADER_END) => break,
            Some((block, next)) => {
                let (name, field) = describe_one(block)?;
                names.push(name);
                fields.push(field);
                rest = next;
            }
            None => return Err(fault::structure("文件头 header", format!("≠ 0x{HEADER_END:02X}"))),
        }
        if fields.len() > most {
            return Err(fault::too_large(format!(">{most}"), most, "limits.columns"));
        }
    }
    let behind = rest.get(1..).unwrap_or_default();
    let linked = head.version == VISUAL_FOXPRO && behind.len() == BACK_LINK;
    if fields.is_empty() || (!linked && behind.iter().any(|b| *b != 0)) {
        return Err(fault::structure("文件头 header", "0x0D"));
    }
    Ok((names, fields))
}

fn describe_one(block: &[u8]) -> Result<(String, Field), Finding> {
    let raw = block.get(..11).unwrap_or_default();
    let name = raw.split(|b| *b == 0).next().unwrap_or_default();
    let name = std::str::from_utf8(name)
        .ok()
        .map(|n| n.trim_end_matches(' '))
        .filter(|n| is_field_name(n));
    let Some(name) = name else {
        return Err(fault::structure("字段名 field name", "A-Z 0-9 _"));
    };
    let width = block.get(16).map_or(0, |w| usize::from(*w));
    let kind = match block.get(11).copied().unwrap_or_default() {
        b'C' => Kind::Text,
        b'N' | b'F' => Kind::Number,
        b'D' => Kind::Date,
        b'L' => Kind::Logical,
        b'M' | b'G' | b'P' => return Err(memo(name)),
        other => {
            let found = format!("{name} {}", char::from(other).escape_default());
            return Err(fault::structure("字段类型 field type", found).column(name));
        }
    };
    let good = match kind {
        Kind::Date => width == 8,
        Kind::Logical => width == 1,
        Kind::Text | Kind::Number => width > 0,
    };
    if !good {
        return Err(fault::structure("字段宽度 field width", format!("{name} {width}")).column(name));
    }
    Ok((name.to_owned(), Field { kind, width }))
}

pub(super) fn memo(name: &str) -> Finding {
    Finding::new(Code::EMemo).column(name).with("column", name)
}

fn is_field_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic()) && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
