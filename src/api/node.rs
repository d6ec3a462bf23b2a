//! What the interface needs of a node: little enough that a test can play it.

use async_trait::async_trait;
use engine::verb::{Caller, Reply, Request};
use model::{DeptId, Finding};
use port::{Answer, Parts};

/// A running node.
#[async_trait]
pub trait Node: Send + Sync + 'static {
    /// Takes in something that was pushed. When it answers, the answer is durable. `number` is the sender's own number.
    async fn receive(
        &self,
        dept: &DeptId,
        channel: &str,
        parts: Parts,
        number: Option<String>,
    ) -> Result<Answer, Finding>;

    /// Asks something that changes nothing, or says something for the hub itself.
    async fn ask(&self, request: Request) -> Result<Reply, Finding>;
}

#[async_trait]
impl Node for engine::Handle {
    async fn receive(
        &self,
        dept: &DeptId,
        channel: &str,
        parts: Parts,
        number: Option<String>,
    ) -> Result<Answer, Finding> {
        engine::Handle::receive(self, dept, channel, parts, number).await
    }

    async fn ask(&self, request: Request) -> Result<Reply, Finding> {
        // Nobody stands behind it: a request that changes something is refused for want of a name.
        engine::Handle::ask(self, request, Caller::default()).await
    }
}
