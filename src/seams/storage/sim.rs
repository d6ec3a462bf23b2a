//! Files in memory that lose power: unsynced bytes may be dropped, torn or zeroed, unsynced names forgotten.
//!
//! Harsher than most disks on purpose. After a failed sync the bytes written before it stay readable but never
//! become durable, as on Linux: whoever retries as if clean loses data, and a crash shows it.

use super::{FileInfo, Storage, check_name};
use crate::rng::Rng;
use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use trouble::{Came, Trouble};

mod trouble;

pub use trouble::Took;

/// The unit a disk writes whole, bytes.
const SECTOR: u64 = 512;

/// A simulated directory. All calls are counted, so that a test can fail each one in turn.
#[derive(Debug, Default)]
pub struct SimStorage {
    state: Mutex<State>,
}

#[derive(Debug, Clone, Default)]
struct State {
    inodes: BTreeMap<u64, Inode>,
    names: BTreeMap<String, u64>,
    durable_names: BTreeMap<String, u64>,
    pending_names: Vec<NameOp>,
    next_inode: u64,
    calls: u64,
    changes: u64,
    syncs: u64,
    trouble: Option<Trouble>,
    /// How often something went wrong.
    struck: u64,
    /// The power is gone: nothing answers until it is back.
    off: bool,
}

#[derive(Debug, Clone, Default)]
struct Inode {
    live: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<Write>,
}

#[derive(Debug, Clone)]
enum Write {
    Bytes { offset: u64, bytes: Vec<u8> },
    Cut { len: u64 },
}

#[derive(Debug, Clone)]
enum NameOp {
    Set(String, u64),
    Move(String, String),
    Remove(String),
}

impl SimStorage {
    /// Empty.
    pub fn new() -> Self {
        Self::default()
    }

    /// Holding these files, durable.
    pub fn with_files(files: &BTreeMap<String, Vec<u8>>) -> Self {
        let storage = Self::new();
        for (name, bytes) in files {
            storage.put(name, bytes);
        }
        storage
    }

    /// What a reader sees now: every file with its bytes.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let s = self.lock();
        s.names
            .iter()
            .filter_map(|(n, id)| Some((n.clone(), s.inodes.get(id)?.live.clone())))
            .collect()
    }

    /// Sets a file's content, durable at once: what a test or an intruder does behind the program's back.
    pub fn put(&self, name: &str, bytes: &[u8]) {
        let mut s = self.lock();
        let id = s.fresh(Inode {
            live: bytes.to_vec(),
            durable: bytes.to_vec(),
            pending: Vec::new(),
        });
        s.names.insert(name.to_owned(), id);
        s.durable_names.insert(name.to_owned(), id);
    }

    /// Takes a file away behind the program's back.
    pub fn take(&self, name: &str) -> Option<Vec<u8>> {
        let mut s = self.lock();
        s.durable_names.remove(name);
        let id = s.names.remove(name)?;
        s.inodes.get(&id).map(|f| f.live.clone())
    }

    /// An independent copy, unsynced state included.
    #[must_use]
    pub fn fork(&self) -> Self {
        let state = self.lock().clone();
        Self {
            state: Mutex::new(state),
        }
    }

    /// How many calls of the trait there were.
    pub fn calls(&self) -> u64 {
        self.lock().calls
    }

    /// How many `sync` calls succeeded: one per group is what a group commit promises.
    pub fn syncs(&self) -> u64 {
        self.lock().syncs
    }

    /// The power goes. What was synced stays; of the rest, `rng` decides.
    pub fn crash(&self, rng: &dyn Rng) {
        let mut s = self.lock();
        let keep = pick(rng, s.pending_names.len());
        let ops: Vec<NameOp> = s.pending_names.drain(..).take(keep).collect();
        for op in ops {
            apply_name(&mut s.durable_names, &op);
        }
        s.names = s.durable_names.clone();
        let named: Vec<u64> = s.names.values().copied().collect();
        s.inodes.retain(|id, _| named.contains(id));
        for inode in s.inodes.values_mut() {
            inode.crash(rng);
        }
        s.off = false;
        s.trouble = s.trouble.filter(Trouble::outlives_a_crash);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call that only looks.
    fn look(&self) -> io::Result<MutexGuard<'_, State>> {
        let mut s = self.lock();
        s.call(false).end(())?;
        Ok(s)
    }

    /// A call that changes something: what becomes of it, and how it ends.
    fn change(&self) -> (MutexGuard<'_, State>, Came) {
        let mut s = self.lock();
        let came = s.call(true);
        (s, came)
    }
}

impl State {
    fn fresh(&mut self, inode: Inode) -> u64 {
        self.next_inode += 1;
        self.inodes.insert(self.next_inode, inode);
        self.next_inode
    }

    fn inode(&mut self, name: &str) -> io::Result<&mut Inode> {
        check_name(name)?;
        let id = self.names.get(name).copied().ok_or(io::ErrorKind::NotFound)?;
        self.inodes.get_mut(&id).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn name(&mut self, op: NameOp) {
        apply_name(&mut self.names, &op);
        self.pending_names.push(op);
    }
}

impl Inode {
    fn write(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        let write = Write::Bytes {
            offset,
            bytes: bytes.to_vec(),
        };
        apply(&mut self.live, &write)?;
        self.pending.push(write);
        Ok(())
    }

    fn crash(&mut self, rng: &dyn Rng) {
        let keep = pick(rng, self.pending.len());
        for (i, write) in self.pending.drain(..).enumerate() {
            if i < keep {
                let _ = apply(&mut self.durable, &write);
            } else if i == keep {
                tear(&mut self.durable, &write, rng);
            }
        }
        self.live = self.durable.clone();
    }
}

/// Some of the last write: nothing, up to a sector's edge, up to any byte, or its length with zeros for bytes.
fn tear(durable: &mut Vec<u8>, write: &Write, rng: &dyn Rng) {
    let Write::Bytes { offset, bytes } = write else { return };
    let kept = pick(rng, bytes.len());
    let sector_end = (offset + kept as u64) / SECTOR * SECTOR;
    let at_sector = usize::try_from(sector_end.saturating_sub(*offset)).unwrap_or(0);
    let (kept, whole_length) = match rng.below(4) {
        0 => return,
        1 => (at_sector, false),
        2 => (kept, false),
        _ => (at_sector, true),
    };
    let before = durable.len();
    let _ = apply(
        durable,
        &Write::Bytes {
            offset: *offset,
            bytes: bytes[..kept.min(bytes.len())].to_vec(),
        },
    );
    if let (true, Ok(start)) = (whole_length, usize::try_from(*offset)) {
        // The new length reached the disk before the bytes did; what stood there before is not touched.
        durable.resize(before.max(start + bytes.len()), 0);
    }
}

fn apply(content: &mut Vec<u8>, write: &Write) -> io::Result<()> {
    match write {
        Write::Bytes { offset, bytes } => {
            let start = usize::try_from(*offset).map_err(|_| io::ErrorKind::FileTooLarge)?;
            let end = start.checked_add(bytes.len()).ok_or(io::ErrorKind::FileTooLarge)?;
            if content.len() < end {
                content.resize(end, 0);
            }
            content[start..end].copy_from_slice(bytes);
        }
        Write::Cut { len } => {
            let len = usize::try_from(*len).map_err(|_| io::ErrorKind::FileTooLarge)?;
            content.resize(len, 0);
        }
    }
    Ok(())
}

fn apply_name(names: &mut BTreeMap<String, u64>, op: &NameOp) {
    match op {
        NameOp::Set(name, id) => {
            names.insert(name.clone(), *id);
        }
        NameOp::Move(from, to) => {
            if let Some(id) = names.remove(from) {
                names.insert(to.clone(), id);
            }
        }
        NameOp::Remove(name) => {
            names.remove(name);
        }
    }
}

/// A number in `0..=n`.
fn pick(rng: &dyn Rng, n: usize) -> usize {
    usize::try_from(rng.below(n as u64 + 1)).unwrap_or(0)
}

impl Storage for SimStorage {
    fn list(&self, prefix: &str) -> io::Result<Vec<FileInfo>> {
        let s = self.look()?;
        let named = s.names.iter().filter(|(name, _)| name.starts_with(prefix));
        let info = |(name, id): (&String, &u64)| {
            let len = s.inodes.get(id).map_or(0, |f| f.live.len() as u64);
            FileInfo {
                name: name.clone(),
                len,
            }
        };
        Ok(named.map(info).collect())
    }

    fn exists(&self, name: &str) -> io::Result<bool> {
        check_name(name)?;
        Ok(self.look()?.names.contains_key(name))
    }

    fn len(&self, name: &str) -> io::Result<u64> {
        Ok(self.look()?.inode(name)?.live.len() as u64)
    }

    fn create(&self, name: &str) -> io::Result<()> {
        check_name(name)?;
        let (mut s, came) = self.change();
        if s.names.contains_key(name) && !came.is_off() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        if came.is_whole() {
            let id = s.fresh(Inode::default());
            s.name(NameOp::Set(name.to_owned(), id));
        }
        came.end(())
    }

    fn append(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let (mut s, came) = self.change();
        let inode = s.inode(name)?;
        let end = inode.live.len() as u64;
        inode.write(end, came.part_of(bytes))?;
        came.end(())
    }

    fn read_into(&self, name: &str, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let mut s = self.look()?;
        let live = &s.inode(name)?.live;
        let start = usize::try_from(offset).map_or(live.len(), |o| o.min(live.len()));
        let got = buf.len().min(live.len() - start);
        buf[..got].copy_from_slice(&live[start..start + got]);
        Ok(got)
    }

    fn write_at(&self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let (mut s, came) = self.change();
        s.inode(name)?.write(offset, came.part_of(bytes))?;
        came.end(())
    }

    fn sync(&self, name: &str) -> io::Result<()> {
        let (mut s, came) = self.change();
        if came.is_off() {
            return came.end(());
        }
        let inode = s.inode(name)?;
        // Where it fails, the kernel marks the pages clean and forgets them: no later sync makes up for it.
        let pending = std::mem::take(&mut inode.pending);
        if came.is_whole() {
            for write in &pending {
                apply(&mut inode.durable, write)?;
            }
            s.syncs += 1;
        }
        came.end(())
    }

    fn truncate(&self, name: &str, len: u64) -> io::Result<()> {
        let (mut s, came) = self.change();
        let inode = s.inode(name)?;
        if came.is_whole() {
            let cut = Write::Cut { len };
            apply(&mut inode.live, &cut)?;
            inode.pending.push(cut);
        }
        came.end(())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        check_name(to)?;
        let (mut s, came) = self.change();
        s.inode(from)?;
        if came.is_whole() {
            s.name(NameOp::Move(from.to_owned(), to.to_owned()));
        }
        came.end(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let (mut s, came) = self.change();
        s.inode(name)?;
        if came.is_whole() {
            s.name(NameOp::Remove(name.to_owned()));
        }
        came.end(())
    }

    fn sync_dir(&self) -> io::Result<()> {
        let (mut s, came) = self.change();
        if came.is_whole() {
            for op in std::mem::take(&mut s.pending_names) {
                apply_name(&mut s.durable_names, &op);
            }
        }
        came.end(())
    }
}
