//! A zip archive, looked through before any parser sees it.
//!
//! Half a megabyte can unpack to half a gigabyte, and what the directory declares is only what somebody wrote there. So
//! every entry is unpacked once into nothing, counted, and compared with its declaration; only then is anything read.

use crate::fault::{structure, too_large};
use crate::limits::Limits;
use model::{Code, Finding};
use std::collections::BTreeSet;
use std::io::{self, Cursor, Read};
use zip::{CompressionMethod, ZipArchive};

/// Entries of one archive. A workbook has a few dozen.
const ENTRIES: usize = 1024;
/// Times an entry may grow. Sheets of text reach 30; what grows a thousandfold is made to.
const RATIO: u64 = 200;
/// Below this many bytes no ratio is asked: short runs compress as they like.
const SMALL: u64 = 1 << 20;
/// Where the end record can begin, from the end.
const END_MAX: usize = 22 + 65_535;

/// An archive whose entries were all unpacked once and are what they said.
pub(crate) struct Archive<'b> {
    zip: ZipArchive<Cursor<&'b [u8]>>,
    names: Vec<String>,
}

impl<'b> Archive<'b> {
    /// Looks through an archive.
    pub(crate) fn survey(bytes: &'b [u8], limits: &Limits) -> Result<Self, Finding> {
        let declared = declared_entries(bytes)?;
        if declared > ENTRIES {
            return Err(too_large(declared, ENTRIES, "archive.entries"));
        }
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken("目录 directory"))?;
        // Two entries of one name are one in a map: which of them counts nobody could say.
        if zip.len() != declared {
            return Err(broken("目录与条目不符 directory and entries differ"));
        }
        let (mut names, mut folded, mut total) = (Vec::with_capacity(declared), BTreeSet::new(), 0_u64);
        for at in 0..declared {
            if zip.by_index_raw(at).is_ok_and(|entry| entry.encrypted()) {
                return Err(Finding::new(Code::EEncrypted));
            }
            let mut entry = zip.by_index(at).map_err(|_| broken("条目 entry"))?;
            let known = matches!(
                entry.compression(),
                CompressionMethod::Stored | CompressionMethod::Deflated
            );
            if !known {
                return Err(broken("压缩方式 packing"));
            }
            let (size, packed) = (entry.size(), entry.compressed_size());
            let room = limits.unpacked_bytes.saturating_sub(total);
            if size > room || (size > SMALL && size / RATIO > packed) {
                return Err(too_large(
                    total.saturating_add(size),
                    limits.unpacked_bytes,
                    "limits.unpacked_bytes",
                ));
            }
            let name = entry.name().map_err(|_| broken("条目名 name of an entry"))?;
            // Readers look for parts without regard to case: the one we judged must be the one they find.
            if !folded.insert(name.to_ascii_lowercase()) {
                return Err(broken("条目名重复 one name twice"));
            }
            names.push(name.into_owned());
            // One byte more than declared is enough to know that the declaration was wrong.
            let real = io::copy(&mut (&mut entry).take(size + 1), &mut io::sink());
            if real.ok() != Some(size) {
                return Err(broken("条目内容 content of an entry"));
            }
            total += size;
        }
        Ok(Self { zip, names })
    }

    /// The names of its entries, as they stand there.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.names.iter().map(String::as_str)
    }

    /// An entry's text; `None` where there is no such entry.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, Finding> {
        let Some(at) = self.names.iter().position(|n| n.eq_ignore_ascii_case(name)) else {
            return Ok(None);
        };
        let entry = self.zip.by_index(at).map_err(|_| broken("条目 entry"))?;
        let mut text = String::new();
        let size = entry.size();
        let read = entry.take(size).read_to_string(&mut text);
        read.map_err(|_| broken("条目不是UTF-8 an entry is not UTF-8"))?;
        Ok(Some(text))
    }
}

fn broken(what: &str) -> Finding {
    structure("压缩包 archive", what)
}

/// What the end record declares, read before anything is allocated by it.
fn declared_entries(bytes: &[u8]) -> Result<usize, Finding> {
    let tail = bytes.get(bytes.len().saturating_sub(END_MAX)..).unwrap_or(bytes);
    let end = tail
        .windows(4)
        .rposition(|four| four == b"PK\x05\x06")
        .and_then(|at| tail.get(at..at + 22))
        .ok_or_else(|| broken("没有结尾，文件可能不完整 no end record: perhaps cut short"))?;
    let count = usize::from(u16::from_le_bytes([end[10], end[11]]));
    if count == usize::from(u16::MAX) {
        return Err(too_large("zip64", ENTRIES, "archive.entries"));
    }
    Ok(count)
}

#[cfg(test)]
mod tests;
