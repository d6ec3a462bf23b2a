//! What is arranged to go wrong with a simulated disk, and at which of its calls: a call that fails once or for a while,
//! having had some of its effect or none, and the power that goes just before a call or just after it.

use super::{SimStorage, State};
use std::io;

/// How much of its effect a call had that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Took {
    /// Nothing.
    Nothing,
    /// Half of the bytes, of a write; nothing otherwise.
    Half,
    /// A short write: all bytes but the last; nothing otherwise.
    Short,
    /// All of it: only the answer is bad.
    All,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Trouble {
    /// By which count: of calls that change something, or of all.
    changes: bool,
    /// From this call on.
    from: u64,
    what: What,
    /// A crash on the way does not change it.
    stays: bool,
}

impl Trouble {
    pub(super) fn outlives_a_crash(&self) -> bool {
        self.stays
    }
}

#[derive(Debug, Clone, Copy)]
enum What {
    Fails {
        kind: io::ErrorKind,
        took: Took,
        times: u64,
    },
    PowerGoes {
        after: bool,
    },
}

/// What becomes of a call.
pub(super) struct Came {
    took: Took,
    error: Option<io::Error>,
    off: bool,
}

impl Came {
    const WELL: Self = Self {
        took: Took::All,
        error: None,
        off: false,
    };

    fn dark(took: Took) -> Self {
        Self {
            took,
            error: Some(io::Error::other("the power is gone")),
            off: took == Took::Nothing,
        }
    }

    /// Whether it has its whole effect.
    pub(super) fn is_whole(&self) -> bool {
        self.took == Took::All
    }

    /// Whether nobody was there to do it.
    pub(super) fn is_off(&self) -> bool {
        self.off
    }

    /// What of these bytes is written.
    pub(super) fn part_of<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        let len = match self.took {
            Took::Nothing => 0,
            Took::Half => bytes.len() / 2,
            Took::Short => bytes.len().saturating_sub(1),
            Took::All => bytes.len(),
        };
        &bytes[..len]
    }

    /// How it ends.
    pub(super) fn end<T>(self, well: T) -> io::Result<T> {
        self.error.map_or(Ok(well), Err)
    }
}

impl SimStorage {
    /// How many calls there were that change something.
    pub fn changes(&self) -> u64 {
        self.lock().changes
    }

    /// How often something went wrong that was arranged.
    pub fn struck(&self) -> u64 {
        self.lock().struck
    }

    /// The `n`th call from now (1 = the next) fails with this kind, having had part of its effect; unless there is a crash
    /// before it.
    pub fn fail_at(&self, n: u64, kind: io::ErrorKind) {
        self.fail_call(n, kind, false);
    }

    /// The same, whatever comes before it.
    pub fn fail_surely_at(&self, n: u64, kind: io::ErrorKind) {
        self.fail_call(n, kind, true);
    }

    fn fail_call(&self, n: u64, kind: io::ErrorKind, stays: bool) {
        let mut s = self.lock();
        s.trouble = Some(Trouble {
            changes: false,
            from: s.calls + n,
            what: What::Fails {
                kind,
                took: Took::Half,
                times: 1,
            },
            stays,
        });
    }

    /// From the `n`th call from now that changes something on, so many of them fail.
    pub fn fail_changes(&self, n: u64, times: u64, kind: io::ErrorKind, took: Took) {
        let mut s = self.lock();
        s.trouble = Some(Trouble {
            changes: true,
            from: s.changes + n,
            what: What::Fails { kind, took, times },
            stays: true,
        });
    }

    /// The power goes at the `n`th call from now that changes something, just before or just after it: whoever called
    /// learns nothing more. What is left is decided by [`SimStorage::crash`], which also brings the power back.
    pub fn cut_at(&self, n: u64, after: bool) {
        let mut s = self.lock();
        s.trouble = Some(Trouble {
            changes: true,
            from: s.changes + n,
            what: What::PowerGoes { after },
            stays: true,
        });
    }

    /// Whether the power is gone.
    pub fn is_off(&self) -> bool {
        self.lock().off
    }

    /// No further failure.
    pub fn fail_never(&self) {
        self.lock().trouble = None;
    }
}

impl State {
    /// Counts a call, and says what becomes of it.
    pub(super) fn call(&mut self, changes: bool) -> Came {
        self.calls += 1;
        self.changes += u64::from(changes);
        if self.off {
            return Came::dark(Took::Nothing);
        }
        let Some(trouble) = self.trouble.filter(|t| changes || !t.changes) else {
            return Came::WELL;
        };
        let at = if trouble.changes { self.changes } else { self.calls };
        match trouble.what {
            What::Fails { kind, took, times } if (trouble.from..trouble.from.saturating_add(times)).contains(&at) => {
                self.struck += 1;
                Came {
                    took,
                    error: Some(io::Error::new(kind, "injected")),
                    off: false,
                }
            }
            What::PowerGoes { after } if at >= trouble.from => {
                self.struck += 1;
                (self.off, self.trouble) = (true, None);
                Came::dark(if after { Took::All } else { Took::Nothing })
            }
            _ => Came::WELL,
        }
    }
}
