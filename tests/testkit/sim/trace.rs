//! What happened, in order: the last steps for people, a digest of all of them for comparing two runs.

use std::collections::VecDeque;

/// Steps kept for people.
const KEPT: usize = 40;

/// The steps of one seed.
pub struct Trace {
    digest: u64,
    count: u64,
    last: VecDeque<String>,
    echo: bool,
}

impl Trace {
    /// Empty; `echo` also prints each step.
    pub fn new(echo: bool) -> Self {
        Self {
            digest: 0xcbf2_9ce4_8422_2325,
            count: 0,
            last: VecDeque::new(),
            echo,
        }
    }

    /// Notes a step at a virtual time in milliseconds.
    pub fn say(&mut self, at: u64, text: &str) {
        let hours = at / 3_600_000;
        let line = format!(
            "{:>2}d{:02}h{:02}m{:05.2} {text}",
            hours / 24,
            hours % 24,
            at / 60_000 % 60,
            (at % 60_000) as f64 / 1000.0
        );
        if self.echo {
            eprintln!("{line}");
        }
        self.digest = fold(self.digest, line.as_bytes());
        self.count += 1;
        if self.last.len() == KEPT {
            self.last.pop_front();
        }
        self.last.push_back(line);
    }

    /// Number of steps and digest of all of them.
    pub fn digest(&self) -> (u64, u64) {
        (self.count, self.digest)
    }

    /// The last steps.
    pub fn last(&self) -> Vec<String> {
        self.last.iter().cloned().collect()
    }
}

/// FNV-1a: not for secrets, but the same everywhere.
pub fn fold(mut digest: u64, bytes: &[u8]) -> u64 {
    for byte in bytes {
        digest = (digest ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    digest
}

/// Thirty-two bytes that stand for a content.
pub fn digest32(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    for (i, chunk) in out.chunks_mut(8).enumerate() {
        let start = 0xcbf2_9ce4_8422_2325 ^ (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        chunk.copy_from_slice(&fold(start, bytes).to_le_bytes());
    }
    out
}
