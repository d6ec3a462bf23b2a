//! Writing a run: records come in the order of their keys and leave as blocks, pieces and filters, each put into sled
//! as soon as it is whole. Nothing of it counts before the list names it.

use super::block::{BLOCK, BlockWriter, Long, Record};
use super::disk::{Disk, broken};
use super::filter::{self, KeyHash};
use super::list::Listed;
use super::place::Kind;
use super::run::RunSeal;
use crate::index::IndexError;
use seams::point;

/// A run that is being written.
pub struct Builder {
    seal: RunSeal,
    level: u8,
    values: u32,
    block: BlockWriter,
    block_first: Vec<u8>,
    hashes: Vec<u128>,
    filter_first: Vec<u8>,
    first: Vec<u8>,
    last: Vec<u8>,
    records: u64,
    bytes: u64,
    blocks: u64,
}

impl Builder {
    /// A run without records.
    pub fn new(seal: RunSeal, level: u8) -> Self {
        Self {
            seal,
            level,
            values: 0,
            block: BlockWriter::default(),
            block_first: Vec::new(),
            hashes: Vec::new(),
            filter_first: Vec::new(),
            first: Vec::new(),
            last: Vec::new(),
            records: 0,
            bytes: 0,
            blocks: 0,
        }
    }

    /// Adds a record that has its value at hand; its key comes after all before it.
    pub fn push(&mut self, disk: &Disk, hash: &KeyHash, key: &[u8], value: Option<&[u8]>) -> Result<(), IndexError> {
        match value {
            None => self.add(disk, hash, key, Record::Removed),
            Some(value) if key.len() + value.len() <= BLOCK => self.add(disk, hash, key, Record::Value(value)),
            Some(value) => {
                let mut pieces = value.chunks(BLOCK).map(|piece| Ok(piece.to_vec()));
                self.push_long(disk, hash, key, &mut pieces)
            }
        }
    }

    /// Adds a record whose value is too long for a block.
    pub fn push_long(
        &mut self,
        disk: &Disk,
        hash: &KeyHash,
        key: &[u8],
        pieces: &mut dyn Iterator<Item = Result<Vec<u8>, IndexError>>,
    ) -> Result<(), IndexError> {
        let mut long = Long {
            first: self.values,
            pieces: 0,
            len: 0,
        };
        for piece in pieces {
            let piece = piece?;
            long.len += piece.len() as u64;
            long.pieces += 1;
            let name = self.values.to_be_bytes();
            self.put(disk, Kind::Piece, &name, piece)?;
        }
        self.bytes += long.len;
        self.add(disk, hash, key, Record::Long(long))
    }

    fn add(&mut self, disk: &Disk, hash: &KeyHash, key: &[u8], record: Record<'_>) -> Result<(), IndexError> {
        if self.block.is_full_for(key, record) {
            self.end_block(disk, Some(key))?;
        }
        if self.hashes.len() == filter::KEYS {
            self.end_filter(disk, Some(key))?;
        }
        if self.block.is_empty() {
            self.block_first = key.to_vec();
        }
        if self.hashes.is_empty() {
            self.filter_first = key.to_vec();
        }
        if self.records == 0 {
            self.first = key.to_vec();
        }
        self.block.push(key, record);
        self.hashes.push(hash.of(key));
        self.last.clear();
        self.last.extend_from_slice(key);
        self.records += 1;
        self.bytes += key.len() as u64;
        if let Record::Value(value) = record {
            self.bytes += value.len() as u64;
        }
        Ok(())
    }

    fn end_block(&mut self, disk: &Disk, next: Option<&[u8]>) -> Result<(), IndexError> {
        let (first, content) = (std::mem::take(&mut self.block_first), self.block.take(next));
        self.blocks += 1;
        self.put(disk, Kind::Block, &first, content)
    }

    fn end_filter(&mut self, disk: &Disk, next: Option<&[u8]>) -> Result<(), IndexError> {
        let (first, content) = (
            std::mem::take(&mut self.filter_first),
            filter::encode(&self.hashes, next),
        );
        self.hashes.clear();
        self.put(disk, Kind::Filter, &first, content)
    }

    fn put(&mut self, disk: &Disk, kind: Kind, name: &[u8], plain: Vec<u8>) -> Result<(), IndexError> {
        // A number is never used twice under one key.
        let number = self.values;
        self.values = number
            .checked_add(1)
            .ok_or_else(|| broken("a run has too many values"))?;
        let (place, sealed) = self.seal.seal(kind, name, number, &plain);
        disk.put(place, sealed)?;
        point::passed("index.value-put");
        Ok(())
    }

    /// Writes what is left; `None` where there was no record. It counts once it is listed.
    pub fn finish(mut self, disk: &Disk) -> Result<Option<Listed>, IndexError> {
        if self.records == 0 {
            return Ok(None);
        }
        self.end_block(disk, None)?;
        self.end_filter(disk, None)?;
        let text = |key: Vec<u8>| String::from_utf8(key).map_err(broken);
        Ok(Some(Listed {
            id: self.seal.id(),
            salt: self.seal.salt(),
            level: self.level,
            records: self.records,
            bytes: self.bytes,
            blocks: self.blocks,
            values: self.values,
            first: text(self.first)?,
            last: text(self.last)?,
        }))
    }
}
