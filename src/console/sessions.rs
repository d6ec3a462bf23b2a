//! Who is logged in: in memory alone, so that a restart logs everybody out and nothing on the disk opens a session.
//!
//! A session is known by a token of which only the digest is kept. Each login makes a new one; idle ones end.

use model::Lang;
use seams::Rng;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

#[cfg(test)]
mod tests;

/// Without a request for so long, whoever sits there must log in again.
pub(crate) const IDLE: Duration = Duration::from_secs(15 * 60);
/// Nobody works longer than this in one go.
const LONGEST: Duration = Duration::from_secs(12 * 3600);
/// More clerks than any hall has.
const MOST: usize = 5_000;

/// Somebody who is logged in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Session {
    pub(crate) person: String,
    pub(crate) lang: Lang,
    /// Stands in every form of this session.
    pub(crate) csrf: String,
    /// Entered with a token: must choose a password first.
    pub(crate) must_choose: bool,
    begun: Duration,
    seen: Duration,
}

type Digest = Vec<u8>;

/// All sessions.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<Digest, Session>>);

/// 128 bits of chance as text.
pub(crate) fn chance(rng: &dyn Rng) -> String {
    let mut bytes = [0_u8; 16];
    rng.fill(&mut bytes);
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn digest(token: &str) -> Digest {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, token.as_bytes())
        .as_ref()
        .to_vec()
}

fn lives(session: &Session, now: Duration) -> bool {
    now.saturating_sub(session.seen) < IDLE && now.saturating_sub(session.begun) < LONGEST
}

impl Sessions {
    /// Begins one; its token, or nothing where there are too many.
    pub(crate) fn begin(
        &self,
        person: &str,
        lang: Lang,
        must_choose: bool,
        now: Duration,
        rng: &dyn Rng,
    ) -> Option<String> {
        let mut all = self.lock();
        if all.len() >= MOST {
            all.retain(|_, session| lives(session, now));
        }
        if all.len() >= MOST {
            return None;
        }
        let token = chance(rng);
        let session = Session {
            person: person.to_owned(),
            lang,
            csrf: chance(rng),
            must_choose,
            begun: now,
            seen: now,
        };
        all.insert(digest(&token), session);
        Some(token)
    }

    /// The session of a token, seen now.
    pub(crate) fn find(&self, token: &str, now: Duration) -> Option<Session> {
        let mut all = self.lock();
        let key = digest(token);
        let session = all.get_mut(&key)?;
        if !lives(session, now) {
            all.remove(&key);
            return None;
        }
        session.seen = now;
        Some(session.clone())
    }

    /// The session of a token, without being seen: what a page asks by itself keeps nobody logged in.
    pub(crate) fn peek(&self, token: &str, now: Duration) -> Option<Session> {
        let all = self.lock();
        all.get(&digest(token)).filter(|session| lives(session, now)).cloned()
    }

    /// Speaks another language from now on.
    pub(crate) fn speak(&self, token: &str, lang: Lang) {
        if let Some(session) = self.lock().get_mut(&digest(token)) {
            session.lang = lang;
        }
    }

    /// Ends one.
    pub(crate) fn end(&self, token: &str) {
        self.lock().remove(&digest(token));
    }

    /// Ends all of a person: a password was chosen, or the account is no more.
    pub(crate) fn end_all(&self, person: &str) {
        self.lock().retain(|_, session| session.person != person);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Digest, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
