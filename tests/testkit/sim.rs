//! A seeded simulation: the platform, one node or two, a department per mode, clerks, a courier and an operator in one process.
//!
//! One seed is one life of a town. Time is the paused runtime's, chance is the seed's, the journal lies on a disk that
//! forgets what was not synced, and the node dies at random moments, also while it gets up again. The departments live
//! on and keep their own books, and only these books judge (`oracle`): they know nothing of the engine.

mod clerk;
mod courier;
mod days;
mod disk;
mod frontend;
mod gap;
mod hub;
mod kept;
mod life;
mod link;
mod machine;
mod manual;
mod node;
mod operator;
mod oracle;
mod owed;
mod quiet;
mod sheet;
mod strays;
mod town;
mod trace;
mod weather;
mod world;

pub use life::{Blow, Course, Report, run, run_course};
pub use node::{Setup, setup};
