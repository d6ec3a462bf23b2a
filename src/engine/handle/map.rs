//! The map's blocks are reckoned beside the loop: they follow from the configuration alone.

use super::Handle;
use crate::command::Command;
use crate::verb::{Caller, Reply, Request};
use crate::view;
use model::Finding;

impl Handle {
    pub(super) async fn map(&self, caller: Caller) -> Result<Reply, Finding> {
        let request = Box::new(Request::Map);
        let reply = self.shared.ask(|tell| Command::Ask(request, caller, tell)).await?;
        let Reply::Map(mut map) = reply else {
            return Ok(reply);
        };
        // Where matters wait for each other there is no picture; `flow` and `check` say which.
        if let Ok(flow) = view::flow(&self.shared.plan, None) {
            (map.blocks, map.afterwards) = (flow.blocks, flow.afterwards);
        }
        Ok(Reply::Map(map))
    }
}
