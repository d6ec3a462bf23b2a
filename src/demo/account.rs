//! The one account of a demo: whoever started it, with a token that is made now and good once.

use crate::entrance::{Answered, Asked};
use crate::wiring::Node;
use accounts::{Order, Role, Told};
use engine::verb::Caller;
use model::{Code, Finding};

/// A new token of this person. A run that is continued in its directory has the account already.
pub async fn token(node: &Node, person: &str) -> Result<String, Finding> {
    let uid = rustix::process::getuid().as_raw();
    let order = if node.accounts.account(person).is_some() {
        Order::Passwd {
            name: person.to_owned(),
            totp: false,
        }
    } else {
        Order::Add {
            name: person.to_owned(),
            roles: [Role::Clerk, Role::Supervisor, Role::SecurityAdministrator].into(),
            uid: Some(uid),
            totp: false,
        }
    };
    let caller = Caller {
        name: Some(person.to_owned()),
        uid,
        inside: true,
    };
    match node.entrance().ask(Asked::Accounts(order), caller).await? {
        Answered::Accounts(Told::Token { token, .. }) => Ok(token),
        _ => Err(Finding::new(Code::CBroken)),
    }
}
