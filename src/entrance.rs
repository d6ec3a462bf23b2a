//! Who comes in by the local socket, and what they may do there: the kernel says which user asks, the accounts who that is.
//!
//! Where nobody has an account, people are those of the configuration, as the engine judges them itself. From the first
//! account on the accounts alone decide: an order needs an account with the caller's own user number and a role that may
//! give it; root may stand in for anybody. Questions that reveal nothing need no name: the socket's group decides who asks.

use accounts::{Accounts, Action, Book, Order, Told};
use cli::action;
use engine::Handle;
use engine::verb::{Caller, Reply, Request};
use model::{Code, Finding};
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// What is asked: of the node, or of its accounts.
#[derive(Clone)]
pub enum Asked {
    /// Of the node.
    Node(Box<Request>),
    /// Of its accounts.
    Accounts(Order),
}

/// The answer.
pub enum Answered {
    /// Of the node.
    Node(Box<Reply>),
    /// Of its accounts.
    Accounts(Told),
}

/// The way in.
#[derive(Clone)]
pub struct Entrance {
    handle: Handle,
    accounts: Arc<Accounts>,
}

impl Entrance {
    /// To this node, past these accounts.
    pub fn new(handle: Handle, accounts: Arc<Accounts>) -> Self {
        Self { handle, accounts }
    }

    /// Asks for a caller.
    pub async fn ask(&self, asked: Asked, caller: Caller) -> Result<Answered, Finding> {
        let book = self.accounts.book();
        match asked {
            Asked::Node(request) => {
                // What people did is told to somebody by name alone.
                let action = action(&request);
                let named = request.changes() || action == Action::Audit;
                let caller = admit(&book, action, named, caller)?;
                let reply = self.handle.ask(*request, caller).await?;
                Ok(Answered::Node(Box::new(reply)))
            }
            Asked::Accounts(order) => {
                let caller = admit(&book, Action::Accounts, order.changes(), caller)?;
                self.order(order, caller).await.map(Answered::Accounts)
            }
        }
    }

    /// Judged first, journalled next, done last: what the journal cannot say is not done.
    async fn order(&self, order: Order, caller: Caller) -> Result<Told, Finding> {
        let (now, rng) = (self.handle.now(), self.accounts.rng());
        if order.changes() {
            order.apply(&mut self.accounts.book(), now, rng)?;
            let (action, object, result) = order.entry();
            let note = Request::Note {
                action: action.to_owned(),
                object: object.to_owned(),
                result,
            };
            self.handle.ask(note, caller).await?;
        }
        self.accounts.change(|book| order.apply(book, now, rng))
    }
}

/// The caller as the engine may believe it.
fn admit(book: &Book, action: Action, named: bool, caller: Caller) -> Result<Caller, Finding> {
    if book.is_empty() {
        return Ok(caller);
    }
    let Some(name) = caller.name.clone() else {
        return if named {
            Err(Finding::new(Code::VPerson))
        } else {
            Ok(caller)
        };
    };
    let own = |uid: Option<u32>| caller.uid == 0 || uid == Some(caller.uid);
    let account = book.get(&name).filter(|a| !a.disabled && own(a.uid));
    let Some(account) = account else {
        return Err(Finding::new(Code::VAccount).with("name", name));
    };
    if !account.may(action) {
        return Err(Finding::new(Code::VRight).with("person", name));
    }
    Ok(Caller { inside: true, ..caller })
}
