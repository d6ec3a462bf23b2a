//! The mode against two real counterparts: an OpenSSH server of our own on a loopback port, and the living department's
//! server in this process. The same bodies run against both.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod coming_in;
mod department;
pub mod fake;
mod faults;
mod file_names;
mod going_out;
mod hostile;
pub mod line;
mod logging_in;
mod old_servers;
mod sshd;
pub mod world;

/// Runs a body against both servers.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn openssh() {
                super::body::$name(crate::tests::world::World::openssh().await).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn in_process() {
                super::body::$name(crate::tests::world::World::in_process().await).await;
            }
        }
    )+};
}
use on_both;
