//! A zip archive, looked through before any parser sees it.
//!
//! Half a megabyte can unpack to half a gigabyte, and what the directory declares is only what somebody wrote there. So
//! every entry is unpacked once into nothing, counted, and compared with its declaration; only then is anything read.
//! What is read is unpacked as it is asked for: an archive may be larger than what we would hold.

use crate::fault::{structure, too_large, unreadable};
use crate::limits::Limits;
use flate2::bufread::DeflateDecoder;
use model::{Code, Finding};
use std::collections::BTreeSet;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Take};
use zip::{CompressionMethod, ZipArchive};

/// Entries of one archive. A workbook has a few dozen.
const ENTRIES: usize = 1024;
/// Times an entry may grow. Sheets of text reach 30; what grows a thousandfold is made to.
const RATIO: u64 = 200;
/// Below this many bytes no ratio is asked: short runs compress as they like.
const SMALL: u64 = 1 << 20;
/// Where the end record can begin, from the end.
const END_MAX: u64 = 22 + 65_535;

/// An archive whose entries were all unpacked once and are what they said.
pub(crate) struct Archive<R> {
    source: R,
    entries: Vec<Entry>,
    /// Bytes of an entry that may be held.
    held_bytes: u64,
}

/// Where an entry lies.
#[derive(Clone, Debug)]
struct Entry {
    name: String,
    starts: u64,
    packed: u64,
    size: u64,
    is_packed: bool,
}

/// The content of one entry, unpacked as it is read.
pub(crate) enum Content<R: Read> {
    Stored(Take<BufReader<Take<R>>>),
    Packed(Box<Take<DeflateDecoder<BufReader<Take<R>>>>>),
}

impl<R: Read + Seek> Archive<R> {
    /// Looks through an archive.
    pub(crate) fn survey(mut source: R, limits: &Limits) -> Result<Self, Finding> {
        let declared = declared_entries(&mut source)?;
        if declared > ENTRIES {
            return Err(too_large(declared, ENTRIES, "archive.entries"));
        }
        let mut zip = ZipArchive::new(BufReader::new(source)).map_err(|_| broken("目录 directory"))?;
        // Two entries of one name are one in a map: which of them counts nobody could say.
        if zip.len() != declared {
            return Err(broken("目录与条目不符 directory and entries differ"));
        }
        let (mut entries, mut folded, mut total) = (Vec::with_capacity(declared), BTreeSet::new(), 0_u64);
        for at in 0..declared {
            if zip.by_index_raw(at).is_ok_and(|entry| entry.encrypted()) {
                return Err(Finding::new(Code::EEncrypted));
            }
            let mut entry = zip.by_index(at).map_err(|_| broken("条目 entry"))?;
            let is_packed = match entry.compression() {
                CompressionMethod::Stored => false,
                CompressionMethod::Deflated => true,
                _ => return Err(broken("压缩方式 packing")),
            };
            let (size, packed) = (entry.size(), entry.compressed_size());
            let room = limits.unpacked_bytes.saturating_sub(total);
            if size > room || (size > SMALL && size / RATIO > packed) {
                return Err(too_large(
                    total.saturating_add(size),
                    limits.unpacked_bytes,
                    "limits.unpacked_bytes",
                ));
            }
            let name = entry
                .name()
                .map_err(|_| broken("条目名 name of an entry"))?
                .into_owned();
            // Readers look for parts without regard to case: the one we judged must be the one they find.
            if !folded.insert(name.to_ascii_lowercase()) {
                return Err(broken("条目名重复 one name twice"));
            }
            // One byte more than declared is enough to know that the declaration was wrong.
            let real = io::copy(&mut (&mut entry).take(size + 1), &mut io::sink());
            if real.ok() != Some(size) {
                return Err(broken("条目内容 content of an entry"));
            }
            total += size;
            let starts = entry.data_start().ok_or_else(|| broken("条目 entry"))?;
            entries.push(Entry {
                name,
                starts,
                packed,
                size,
                is_packed,
            });
        }
        Ok(Self {
            source: zip.into_inner().into_inner(),
            entries,
            held_bytes: limits.held_bytes,
        })
    }

    /// The names of its entries, as they stand there.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.entries.iter().map(|entry| entry.name.as_str())
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    /// How many bytes an entry unpacks to; `None` where there is no such entry.
    pub(crate) fn size(&self, name: &str) -> Option<u64> {
        self.entry(name).map(|entry| entry.size)
    }

    /// An entry, to be read while the archive waits; `None` where there is no such entry.
    pub(crate) fn open(&mut self, name: &str) -> Result<Option<Content<&mut R>>, Finding> {
        match self.entry(name).cloned() {
            Some(entry) => entry.content(&mut self.source).map(Some),
            None => Ok(None),
        }
    }

    /// The last entry to be read: the archive is given up for it.
    pub(crate) fn into_entry(self, name: &str) -> Result<Option<Content<R>>, Finding> {
        match self.entry(name).cloned() {
            Some(entry) => entry.content(self.source).map(Some),
            None => Ok(None),
        }
    }

    /// What it was read from.
    pub(crate) fn into_source(self) -> R {
        self.source
    }

    /// An entry's text, held as a whole; `None` where there is no such entry.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, Finding> {
        let (size, limit) = (self.size(name).unwrap_or_default(), self.held_bytes);
        if size > limit {
            return Err(too_large(size, limit, "limits.held_bytes"));
        }
        let Some(mut content) = self.open(name)? else {
            return Ok(None);
        };
        let mut text = String::new();
        let read = content.read_to_string(&mut text);
        read.map_err(|_| broken("条目不是UTF-8 an entry is not UTF-8"))?;
        Ok(Some(text))
    }
}

impl Entry {
    fn content<R: Read + Seek>(&self, mut source: R) -> Result<Content<R>, Finding> {
        source
            .seek(SeekFrom::Start(self.starts))
            .map_err(|error| unreadable(&error))?;
        let packed = BufReader::new(source.take(self.packed));
        Ok(if self.is_packed {
            Content::Packed(Box::new(DeflateDecoder::new(packed).take(self.size)))
        } else {
            Content::Stored(packed.take(self.size))
        })
    }
}

impl<R: Read> Read for Content<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Stored(content) => content.read(out),
            Self::Packed(content) => content.read(out),
        }
    }
}

fn broken(what: &str) -> Finding {
    structure("压缩包 archive", what)
}

/// What the end record declares, read before anything is allocated by it.
fn declared_entries(source: &mut (impl Read + Seek)) -> Result<usize, Finding> {
    let mut tail = Vec::new();
    let mut read = || -> io::Result<()> {
        let length = source.seek(SeekFrom::End(0))?;
        source.seek(SeekFrom::Start(length.saturating_sub(END_MAX)))?;
        source.take(END_MAX).read_to_end(&mut tail)?;
        source.seek(SeekFrom::Start(0)).map(|_| ())
    };
    read().map_err(|error| unreadable(&error))?;
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
