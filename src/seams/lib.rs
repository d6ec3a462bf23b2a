//! Clock, randomness, spawning and storage as traits, with the real ones and the simulated ones.
//!
//! Everything that makes two runs of the same program differ comes in through here, so that a seeded
//! simulation can run many nodes in one process. This crate is the one place where the direct calls are allowed.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests arrange the world around the code by hand"
    )
)]

pub mod clock;
pub mod point;
pub mod rng;
pub mod spawn;
pub mod storage;

pub use clock::{Clock, ScenarioClock, SystemClock, TokioClock, UnixMs};
pub use rng::{Rng, SeededRng, SystemRng};
pub use spawn::{Ended, Spawn, Task, TokioSpawn};
pub use storage::{DirStorage, FileInfo, SimStorage, Storage, Took};
