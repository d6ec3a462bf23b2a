//! The transport against three engines, each with the environmental bureau behind it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod coming_in;
mod faults;
mod going_out;
pub mod servers;
mod tls;
pub mod world;

/// Runs a body on each engine.
macro_rules! on_all {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            use crate::database::tests::world::{Engine, World};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::body::$name(World::on(Engine::Sqlite).await).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::body::$name(World::on(Engine::Postgres).await).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn mariadb() {
                super::body::$name(World::on(Engine::MariaDb).await).await;
            }
        }
    )+};
}
use on_all;
