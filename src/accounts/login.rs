//! One attempt to log in: what it takes, and what becomes of the account where it fails.
//!
//! Whoever fails is not told what was wrong, and an unknown name takes as long as a known one.

use crate::account::Secret;
use crate::lockout::wait_ms;
use crate::order::digest;
use crate::password::{Hash, LONGEST, judge};
use crate::store::Accounts;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use model::{Code, Finding};

#[cfg(test)]
mod tests;

/// What was typed.
pub struct Attempt {
    /// Name.
    pub name: String,
    /// Password, or the first-run token.
    pub secret: String,
    /// The authenticator's code, where one is asked.
    pub code: String,
}

/// Who entered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entered {
    /// Name.
    pub name: String,
    /// Entered with a token: nothing but choosing a password is possible.
    pub must_choose: bool,
}

fn no() -> Finding {
    Finding::new(Code::VLogin)
}

impl Accounts {
    /// Tries. Takes a moment of a processor: hashing is slow on purpose.
    pub fn enter(&self, attempt: &Attempt, now: i64) -> Result<Entered, Finding> {
        let book = self.book();
        let account = book.get(&attempt.name).filter(|a| !a.disabled);
        if let Some(account) = account
            && account.shut_until > now
        {
            let seconds = (account.shut_until - now + 999) / 1000;
            return Err(Finding::new(Code::VLocked).with("seconds", seconds));
        }
        let typed = if attempt.secret.len() > LONGEST {
            ""
        } else {
            &attempt.secret
        };
        let known = match account.map(|a| &a.secret) {
            Some(Secret::Password(hash)) => hash.fits(typed),
            Some(Secret::Token { digest: kept, until }) => {
                let _ = self.nobody().fits(typed);
                *until > now && verify_slices_are_equal(&digest(typed), kept).is_ok()
            }
            None => {
                let _ = self.nobody().fits(typed);
                false
            }
        };
        let Some(proved) = account.map(|a| a.secret.clone()) else {
            return Err(no());
        };
        self.change(|book| {
            let account = book.find(&attempt.name)?;
            // Others may have tried, or changed it, meanwhile: what was proved must still be what is asked.
            let same = account.secret == proved && !account.disabled && account.shut_until <= now;
            let code = account
                .totp
                .as_mut()
                .is_none_or(|totp| known && totp.take(&attempt.code, now));
            if known && code && same {
                account.failed = 0;
                account.shut_until = 0;
                return Ok(Ok(Entered {
                    name: attempt.name.clone(),
                    must_choose: matches!(account.secret, Secret::Token { .. }),
                }));
            }
            account.failed = account.failed.saturating_add(1);
            account.shut_until = now.saturating_add(wait_ms(account.failed));
            Ok(Err(no()))
        })?
    }

    /// Chooses the password of an account that was entered with a token. The token is worth nothing any more.
    pub fn choose(&self, name: &str, password: &str) -> Result<(), Finding> {
        judge(name, password)?;
        let hash = Hash::new(password, self.rng())?;
        self.change(|book| {
            let account = book.find(name)?;
            match account.secret {
                Secret::Token { .. } if !account.disabled => account.secret = Secret::Password(hash),
                _ => return Err(no()),
            }
            Ok(())
        })
    }
}
