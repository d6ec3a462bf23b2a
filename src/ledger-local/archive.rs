//! Writes an archive: under another name first, and read back before it is called by its own.

use crate::ledger::{from_journal, hex};
use ::ledger::{LedgerError, Sealed};
use journal::Reader;
use seams::{DirStorage, Storage};
use std::collections::BTreeMap;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

#[cfg(test)]
mod tests;

/// What is written at a time.
const PIECE: usize = 1 << 20;

/// A file of a storage that grows.
struct End<'s>(&'s dyn Storage, &'s str);

impl Write for End<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.append(self.1, bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A file of a storage, from its beginning.
struct Start<'s>(&'s dyn Storage, &'s str, u64);

impl Read for Start<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let got = self.0.read_into(self.1, self.2, buf)?;
        self.2 += got as u64;
        Ok(got)
    }
}

pub(crate) fn archive(reader: &Reader, places: &BTreeMap<u64, Vec<u32>>, to: &Path) -> Result<Sealed, LedgerError> {
    let place = |error: io::Error| LedgerError::Read(format!("{}: {error}", to.display()));
    let (storage, name) = DirStorage::around(to).map_err(place)?;
    if storage.exists(&name).map_err(place)? {
        return Err(place(io::ErrorKind::AlreadyExists.into()));
    }
    let part = format!("{name}.part");
    if storage.exists(&part).map_err(place)? {
        storage.remove(&part).map_err(place)?;
    }
    storage.create(&part).map_err(place)?;
    let written = write(reader, places, &storage, &part).and_then(|sealed| {
        storage
            .rename(&part, &name)
            .and_then(|()| storage.sync_dir())
            .map_err(place)?;
        Ok(sealed)
    });
    match written {
        Ok(sealed) => Ok(Sealed { name, ..sealed }),
        Err(error) => {
            // What is half written is of no use to anybody.
            let _ = storage.remove(&part);
            Err(error)
        }
    }
}

fn write(
    reader: &Reader,
    places: &BTreeMap<u64, Vec<u32>>,
    storage: &dyn Storage,
    part: &str,
) -> Result<Sealed, LedgerError> {
    let out = BufWriter::with_capacity(PIECE, End(storage, part));
    let archive = reader.archive(places, out).map_err(from_journal)?;
    let read = |error: &dyn std::fmt::Display| LedgerError::Read(format!("{part}: {error}"));
    storage.sync(part).map_err(|e| read(&e))?;
    let input = BufReader::with_capacity(PIECE, Start(storage, part, 0));
    let again = journal::verify_archive(input, Some(&reader.public_key())).map_err(|e| read(&e))?;
    if again != archive {
        return Err(read(&"read back, it says something else"));
    }
    Ok(Sealed {
        name: String::new(),
        digest: hex(&archive.digest),
        bodies: archive.bodies,
    })
}
