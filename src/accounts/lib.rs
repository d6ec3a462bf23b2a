//! Who may log in, with what, and what a role may do. Knows no case, no ledger and no page.
//!
//! One sealed file in the data directory holds all accounts (`store`). What is done to them is decided in `order` and
//! `login`, on a copy, and written whole. A password is kept as its argon2id hash; a new account has none, only a token
//! that opens the door once. What each role may do is the one table in `rights`.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests arrange the world around the code by hand"
    )
)]

mod account;
mod book;
mod hex;
mod lockout;
mod login;
mod order;
mod password;
mod rights;
mod store;
mod totp;

pub use account::{Account, Line};
pub use book::Book;
pub use login::{Attempt, Entered};
pub use order::{Order, Told};
pub use rights::{Action, Role, may};
pub use store::Accounts;
pub use totp::code_at;
