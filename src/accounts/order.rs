//! What is done to accounts, decided on a copy of all of them. No word of it ever holds what proves a person, but for the
//! answer to who gave the order: a token, shown once.

use crate::account::{Account, Line, Secret};
use crate::book::Book;
use crate::rights::{Action, Role};
use crate::totp::Totp;
use model::{Code, Finding};
use seams::Rng;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[cfg(test)]
mod tests;

/// A token is good for three days.
const TOKEN_MS: i64 = 3 * 24 * 3_600_000;
/// Letters of a token that nobody confuses when they are read out.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Letters of a token: 100 bits.
const TOKEN_LETTERS: usize = 20;
const NAME_CHARS: usize = 64;
/// More accounts than any hall has.
const ACCOUNTS: usize = 10_000;

/// A question about accounts, or an order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// A new account.
    Add {
        /// Its name.
        name: String,
        /// What it is for.
        roles: BTreeSet<Role>,
        /// The operating system's number of the person.
        uid: Option<u32>,
        /// With an authenticator.
        totp: bool,
    },
    /// A new token in place of the password, and a new authenticator where asked for.
    Passwd {
        /// Its name.
        name: String,
        /// With an authenticator.
        totp: bool,
    },
    /// Nobody acts under it any more.
    Disable {
        /// Its name.
        name: String,
    },
    /// Other roles in place of those it has.
    Roles {
        /// Its name.
        name: String,
        /// What it is for from now on.
        roles: BTreeSet<Role>,
    },
    /// All accounts.
    List,
}

/// The answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// All accounts.
    List(Vec<Line>),
    /// The token, shown this once; the secret for an authenticator.
    Token {
        /// Of.
        name: String,
        /// The token.
        token: String,
        /// The authenticator's secret, base 32.
        totp: Option<String>,
    },
    /// Done.
    Done {
        /// To.
        name: String,
    },
}

impl Order {
    /// Whether it changes anything.
    pub fn changes(&self) -> bool {
        !matches!(self, Self::List)
    }

    /// How the journal names it: did what, to whom, how.
    pub fn entry(&self) -> (&'static str, &str, String) {
        let with = |totp: &bool| if *totp { " +totp" } else { "" };
        let words = |roles: &BTreeSet<Role>| roles.iter().map(|r| r.word()).collect::<Vec<_>>().join(" ");
        match self {
            Self::Add { name, roles, uid, totp } => {
                let uid = uid.map(|uid| format!(" uid {uid}")).unwrap_or_default();
                ("user add", name, format!("{}{uid}{}", words(roles), with(totp)))
            }
            Self::Passwd { name, totp } => ("user passwd", name, format!("token{}", with(totp))),
            Self::Disable { name } => ("user disable", name, "disabled".to_owned()),
            Self::Roles { name, roles } => ("user roles", name, words(roles)),
            Self::List => ("user list", "", String::new()),
        }
    }

    /// Carries it out.
    pub fn apply(&self, book: &mut Book, now: i64, rng: &dyn Rng) -> Result<Told, Finding> {
        match self {
            Self::List => Ok(Told::List(book.accounts.values().map(|a| a.line(now)).collect())),
            Self::Add { name, roles, uid, totp } => {
                judge_new(book, name, roles, *uid)?;
                let (secret, token) = token(now, rng);
                let totp = totp.then(|| Totp::new(rng));
                let shown = totp.as_ref().map(Totp::base32);
                let account = Account {
                    name: name.clone(),
                    roles: roles.clone(),
                    uid: *uid,
                    secret,
                    totp,
                    failed: 0,
                    shut_until: 0,
                    disabled: false,
                };
                book.accounts.insert(name.clone(), account);
                Ok(told(name, token, shown))
            }
            Self::Passwd { name, totp } => {
                let account = book.find(name)?;
                let (secret, token) = token(now, rng);
                account.secret = secret;
                account.failed = 0;
                account.shut_until = 0;
                account.disabled = false;
                if *totp {
                    account.totp = Some(Totp::new(rng));
                }
                let shown = account.totp.as_ref().filter(|_| *totp).map(Totp::base32);
                Ok(told(name, token, shown))
            }
            Self::Disable { name } => {
                book.find(name)?.disabled = true;
                judge_whole(book)?;
                Ok(Told::Done { name: name.clone() })
            }
            Self::Roles { name, roles } => {
                judge_roles(roles)?;
                book.find(name)?.roles.clone_from(roles);
                judge_whole(book)?;
                Ok(Told::Done { name: name.clone() })
            }
        }
    }
}

fn told(name: &str, token: String, totp: Option<String>) -> Told {
    let name = name.to_owned();
    Told::Token { name, token, totp }
}

fn judge_new(book: &Book, name: &str, roles: &BTreeSet<Role>, uid: Option<u32>) -> Result<(), Finding> {
    let wrong = |detail: &str| Err(Finding::new(Code::VCall).with("detail", detail));
    let sound =
        |c: char| !c.is_control() && !matches!(c, '[' | ']' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}');
    if name.is_empty() || name.trim() != name || name.chars().count() > NAME_CHARS || !name.chars().all(sound) {
        return wrong("NAME");
    }
    if book.accounts.contains_key(name) || book.accounts.len() >= ACCOUNTS {
        return wrong("已有此账户 there is such an account");
    }
    judge_roles(roles)?;
    if uid.is_some() && book.accounts.values().any(|a| a.uid == uid && !a.disabled) {
        return wrong("此uid已属于另一账户 another account has this uid");
    }
    // Whoever adds the others does it at the command line, where the operating system says who it is.
    if book.is_empty() && !(roles.contains(&Role::SecurityAdministrator) && uid.is_some()) {
        return Err(Finding::new(Code::VFirstAccount));
    }
    Ok(())
}

fn judge_roles(roles: &BTreeSet<Role>) -> Result<(), Finding> {
    if roles.is_empty() {
        return Err(Finding::new(Code::VCall).with("detail", "--role"));
    }
    if roles.iter().filter(|r| r.is_apart()).count() > 1 {
        return Err(Finding::new(Code::VRoles));
    }
    Ok(())
}

/// Somebody who keeps accounts and can come in at the command line is always left.
fn judge_whole(book: &Book) -> Result<(), Finding> {
    let keeps = |a: &Account| a.may(Action::Accounts) && a.uid.is_some();
    if book.accounts.values().any(keeps) {
        Ok(())
    } else {
        Err(Finding::new(Code::VFirstAccount))
    }
}

/// A new token: what is kept of it, and itself.
fn token(now: i64, rng: &dyn Rng) -> (Secret, String) {
    let mut bytes = [0_u8; TOKEN_LETTERS];
    rng.fill(&mut bytes);
    let token: String = bytes.iter().map(|b| char::from(LETTERS[usize::from(b & 31)])).collect();
    let secret = Secret::Token {
        digest: digest(&token),
        until: now.saturating_add(TOKEN_MS),
    };
    (secret, token)
}

pub(crate) fn digest(token: &str) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, token.as_bytes())
        .as_ref()
        .to_vec()
}
