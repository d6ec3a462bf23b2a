//! The mode against real counterparts: an OpenSSH server of our own on a loopback port, the living department's server
//! in this process, and a directory of this machine. The same bodies run against all of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod ahead;
mod coming_in;
mod completion;
mod counted;
mod department;
pub mod fake;
mod faults;
mod fencing;
mod file_names;
mod flood;
pub mod gap;
mod going_out;
mod hints;
mod hostile;
pub mod line;
mod logging_in;
mod numbered;
mod old_servers;
mod openssh;
mod races;
mod receipts;
mod sshd;
pub mod stat_world;
mod trusting;
mod two_nodes;
mod wide;
pub mod world;

/// Runs a body at every kind of place; with `servers:` before the names, at those behind a server.
macro_rules! everywhere {
    (@one $name:ident, $place:ident, $world:expr) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $place() {
            super::body::$name($world).await;
        }
    };
    (servers: $($name:ident),+ $(,)?) => {$(
        mod $name {
            crate::tests::everywhere!(@one $name, openssh, crate::tests::world::World::openssh().await);
            crate::tests::everywhere!(@one $name, in_process, crate::tests::world::World::in_process().await);
        }
    )+};
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            crate::tests::everywhere!(@one $name, openssh, crate::tests::world::World::openssh().await);
            crate::tests::everywhere!(@one $name, in_process, crate::tests::world::World::in_process().await);
            crate::tests::everywhere!(@one $name, directory, crate::tests::world::World::directory());
        }
    )+};
}
use everywhere;
