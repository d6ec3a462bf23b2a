//! What the console needs of a node: little enough that a test can play it.

use async_trait::async_trait;
use engine::verb::{Caller, Reply, Request};
use model::Finding;

/// A running node.
#[async_trait]
pub trait Node: Send + Sync + 'static {
    /// Asks for a person who is logged in.
    async fn ask(&self, request: Request, caller: Caller) -> Result<Reply, Finding>;
}

#[async_trait]
impl Node for engine::Handle {
    async fn ask(&self, request: Request, caller: Caller) -> Result<Reply, Finding> {
        engine::Handle::ask(self, request, caller).await
    }
}
