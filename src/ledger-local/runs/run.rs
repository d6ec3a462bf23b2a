//! One run: what the list says of it, and the key that its values are sealed with.

use super::list::Listed;
use super::pack;
use super::place::{Kind, place};
use journal::{NodeKey, Sealer};
use seams::Rng;

/// Bytes before a sealed value: its number.
const NUMBER: usize = 4;

/// Seals and opens the values of one run. Where a value lies is part of what is sealed, and the salt is its run's alone:
/// a value moved elsewhere, or left over from a run of the same number, does not open.
pub struct RunSeal {
    id: u64,
    salt: [u8; 16],
    sealer: Sealer,
}

impl RunSeal {
    /// For a run that begins now.
    pub fn begin(id: u64, key: &NodeKey, rng: &dyn Rng) -> Self {
        let mut salt = [0; 16];
        rng.fill(&mut salt);
        Self::of(id, salt, key)
    }

    fn of(id: u64, salt: [u8; 16], key: &NodeKey) -> Self {
        let sealer = Sealer::new(key, "run", &salt);
        Self { id, salt, sealer }
    }

    /// The run.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// What makes its key its own.
    pub fn salt(&self) -> [u8; 16] {
        self.salt
    }

    /// Where a value lies and what lies there. Each number is used once.
    pub fn seal(&self, kind: Kind, name: &[u8], number: u32, plain: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let place = place(self.id, kind, name);
        let mut packed = pack::pack(plain);
        self.sealer.seal(number, &place, &mut packed);
        packed.splice(0..0, number.to_le_bytes());
        (place, packed)
    }

    /// What lies at a place, if it was put there.
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (number, sealed) = sealed.split_first_chunk::<NUMBER>()?;
        let mut bytes = sealed.to_vec();
        self.sealer.open(u32::from_le_bytes(*number), place, &mut bytes).ok()?;
        pack::unpack(&bytes)
    }
}

/// A run that counts.
pub struct Run {
    /// What the list says.
    pub listed: Listed,
    seal: RunSeal,
}

impl Run {
    /// As listed.
    pub fn new(listed: Listed, key: &NodeKey) -> Self {
        let seal = RunSeal::of(listed.id, listed.salt, key);
        Self { listed, seal }
    }

    /// Its number.
    pub fn id(&self) -> u64 {
        self.listed.id
    }

    /// What lies at a place, if it was put there.
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        self.seal.open(place, sealed)
    }

    /// Whether a key lies between its first and its last.
    pub fn reaches(&self, key: &[u8]) -> bool {
        self.listed.first.as_bytes() <= key && key <= self.listed.last.as_bytes()
    }
}
