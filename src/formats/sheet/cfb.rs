//! A compound file (OLE 2): its directory and one stream, read without trusting a single number in it.
//!
//! Only as much as the survey of an XLS needs; every chain of sectors is followed at most as long as the file is.

use crate::fault::structure;
use model::Finding;

const END_OF_CHAIN: u32 = 0xFFFF_FFFE;
const FREE: u32 = 0xFFFF_FFFF;
const HEADER: usize = 512;
const ENTRY: usize = 128;
/// Streams below this many bytes lie in sectors of their own kind.
const MINI_BELOW: u64 = 4096;

/// A compound file.
pub(crate) struct Compound<'b> {
    bytes: &'b [u8],
    sector: usize,
    fat: Vec<u32>,
    entries: Vec<Entry>,
    mini_fat: Vec<u32>,
}

struct Entry {
    name: String,
    is_stream: bool,
    is_root: bool,
    start: u32,
    size: u64,
}

fn broken(what: &str) -> Finding {
    structure("OLE复合文档 compound file", what)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes([two[0], two[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes
        .chunks_exact(4)
        .map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

impl<'b> Compound<'b> {
    /// Reads tables and directory.
    pub(crate) fn open(bytes: &'b [u8]) -> Result<Self, Finding> {
        let short = || broken("不完整 cut short");
        let word = |at: usize| u32_at(bytes, at).ok_or_else(short);
        let sector = match u16_at(bytes, 30) {
            Some(9) => 512,
            Some(12) => 4096,
            _ => return Err(broken("扇区大小 sector size")),
        };
        let mut file = Self {
            bytes,
            sector,
            fat: Vec::new(),
            entries: Vec::new(),
            mini_fat: Vec::new(),
        };
        // Where the table of sectors lies: 109 places in the header, the rest in a chain of their own.
        let mut places: Vec<u32> = words(bytes.get(76..HEADER).ok_or_else(short)?).collect();
        let mut next = word(68)?;
        let mut steps = file.most();
        while next < END_OF_CHAIN && steps > 0 {
            let more: Vec<u32> = words(file.at(next).ok_or_else(short)?).collect();
            let (link, more) = more.split_last().ok_or_else(short)?;
            places.extend(more);
            next = *link;
            steps -= 1;
        }
        for place in places.into_iter().filter(|p| *p != FREE).take(file.most()) {
            let part: Vec<u32> = words(file.at(place).ok_or_else(short)?).collect();
            file.fat.extend(part);
        }
        let directory = file.chain(word(48)?)?;
        file.entries = directory.chunks_exact(ENTRY).filter_map(entry).collect();
        let mini = word(60)?;
        if mini < END_OF_CHAIN {
            file.mini_fat = words(&file.chain(mini)?).collect();
        }
        Ok(file)
    }

    /// Whether there is a stream or folder of that name, at any depth.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|e| e.name.eq_ignore_ascii_case(name))
    }

    /// A stream's bytes; `None` where there is none of that name.
    pub(crate) fn stream(&self, name: &str) -> Result<Option<Vec<u8>>, Finding> {
        let Some(entry) = self
            .entries
            .iter()
            .find(|e| e.is_stream && e.name.eq_ignore_ascii_case(name))
        else {
            return Ok(None);
        };
        let mut bytes = if entry.size < MINI_BELOW {
            self.mini_chain(entry.start)?
        } else {
            self.chain(entry.start)?
        };
        let size = usize::try_from(entry.size).unwrap_or(usize::MAX);
        if bytes.len() < size {
            return Err(broken("流不完整 a stream is cut short"));
        }
        bytes.truncate(size);
        Ok(Some(bytes))
    }

    /// The most sectors a file of this size can have.
    fn most(&self) -> usize {
        self.bytes.len() / self.sector + 1
    }

    fn at(&self, sector: u32) -> Option<&'b [u8]> {
        let start = (sector as usize).checked_add(1)?.checked_mul(self.sector)?;
        let end = start.checked_add(self.sector)?;
        // The last sector of some writers is short.
        self.bytes
            .get(start..end.min(self.bytes.len()))
            .filter(|s| !s.is_empty())
    }

    fn chain(&self, start: u32) -> Result<Vec<u8>, Finding> {
        let (mut bytes, mut next, mut steps) = (Vec::new(), start, self.most());
        while next < END_OF_CHAIN {
            if steps == 0 {
                return Err(broken("扇区成环 a circle of sectors"));
            }
            steps -= 1;
            bytes.extend_from_slice(self.at(next).ok_or_else(|| broken("扇区 sector"))?);
            next = self
                .fat
                .get(next as usize)
                .copied()
                .ok_or_else(|| broken("扇区表 table of sectors"))?;
        }
        Ok(bytes)
    }

    fn mini_chain(&self, start: u32) -> Result<Vec<u8>, Finding> {
        const MINI: usize = 64;
        let root = self
            .entries
            .iter()
            .find(|e| e.is_root)
            .ok_or_else(|| broken("根 root"))?;
        let whole = self.chain(root.start)?;
        let (mut bytes, mut next, mut steps) = (Vec::new(), start, whole.len() / MINI + 1);
        while next < END_OF_CHAIN {
            if steps == 0 {
                return Err(broken("扇区成环 a circle of sectors"));
            }
            steps -= 1;
            let at = (next as usize).saturating_mul(MINI);
            let part = whole.get(at..at.saturating_add(MINI).min(whole.len()));
            bytes.extend_from_slice(part.ok_or_else(|| broken("扇区 sector"))?);
            next = self
                .mini_fat
                .get(next as usize)
                .copied()
                .ok_or_else(|| broken("扇区表 table of sectors"))?;
        }
        Ok(bytes)
    }
}

/// A compound file with one stream of this name, made anew: a parser that reads it sees nothing else.
pub(crate) fn rebuilt(name: &str, stream: &[u8]) -> Result<Vec<u8>, Finding> {
    const SECTOR: usize = 4096;
    const LINKS: usize = SECTOR / 4;
    let data = stream.len().max(1).div_ceil(SECTOR).max(2);
    // The directory takes one sector; the table of sectors counts itself.
    let tables = (1..=109)
        .find(|tables| data + 1 + tables <= tables * LINKS)
        .ok_or_else(|| broken("太大 too large"))?;
    let word = |n: usize| u32::try_from(n).unwrap_or(END_OF_CHAIN).to_le_bytes();
    let mut bytes = vec![0; SECTOR];
    let mut put = |at: usize, with: &[u8]| bytes.splice(at..at + with.len(), with.iter().copied()).for_each(drop);
    put(0, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    put(24, &[0x3E, 0, 4, 0, 0xFE, 0xFF, 12, 0, 6, 0]);
    put(40, &word(1));
    put(44, &word(tables));
    put(48, &word(data));
    put(56, &word(4096));
    put(60, &END_OF_CHAIN.to_le_bytes());
    put(68, &END_OF_CHAIN.to_le_bytes());
    for at in 0..109 {
        let place = if at < tables {
            word(data + 1 + at)
        } else {
            FREE.to_le_bytes()
        };
        put(76 + at * 4, &place);
    }
    bytes.extend_from_slice(stream);
    bytes.resize(SECTOR * (1 + data), 0);
    let mut directory = entry_bytes("Root Entry", 5, 0, 0);
    directory[76..80].copy_from_slice(&word(1));
    directory.extend(entry_bytes(name, 2, 0, stream.len().max(SECTOR)));
    directory.resize(SECTOR, 0);
    bytes.extend(directory);
    for sector in 0..tables * LINKS {
        let link = match sector {
            _ if sector + 1 < data => word(sector + 1),
            _ if sector <= data => END_OF_CHAIN.to_le_bytes(),
            _ if sector <= data + tables => 0xFFFF_FFFD_u32.to_le_bytes(),
            _ => FREE.to_le_bytes(),
        };
        bytes.extend(link);
    }
    Ok(bytes)
}

fn entry_bytes(name: &str, kind: u8, start: u32, size: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let length = u16::try_from(bytes.len() + 2).unwrap_or_default();
    bytes.resize(ENTRY, 0);
    bytes[64..66].copy_from_slice(&length.to_le_bytes());
    bytes[66] = kind;
    bytes[68..80].fill(0xFF);
    bytes[116..120].copy_from_slice(&start.to_le_bytes());
    bytes[120..128].copy_from_slice(&(size as u64).to_le_bytes());
    bytes
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    let length = usize::from(u16_at(bytes, 64)?).min(64);
    let kind = *bytes.get(66)?;
    let units: Vec<u16> = bytes
        .get(..length.saturating_sub(2))?
        .chunks_exact(2)
        .map(|two| u16::from_le_bytes([two[0], two[1]]))
        .collect();
    let is_stream = kind == 2;
    if !(matches!(kind, 1 | 5) || is_stream) {
        return None;
    }
    Some(Entry {
        // Names are compared with those we know; one that is no text is none of them.
        name: String::from_utf16(&units).ok()?,
        is_stream,
        is_root: kind == 5,
        start: u32_at(bytes, 116)?,
        size: u64::from(u32_at(bytes, 120)?),
    })
}
