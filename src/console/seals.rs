//! What a browser seals its own copy of a draft under: a key for each account and day, derived from the node's. The page
//! that needs it shows it; the browser never stores it, so that what it stores is noise to whoever sits down there next.

use crate::pages::time;
use crate::routes::App;
use journal::NodeKey;

#[cfg(test)]
mod tests;

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// Keys for browsers.
pub(crate) struct Seals(NodeKey);

impl Seals {
    pub(crate) fn new(key: NodeKey) -> Self {
        Self(key)
    }

    /// What the copies of a person are filed under in a browser: says nothing of the name.
    pub(crate) fn who(&self, person: &str) -> String {
        if person.is_empty() {
            return String::new();
        }
        hex(&self.0.derive("console/who", person.as_bytes())[..8])
    }

    fn key(&self, person: &str, day: &str) -> String {
        hex(&self.0.derive("console/draft", format!("{day}\0{person}").as_bytes()))
    }
}

/// Today's key of a person and that of the day before: what was typed before midnight opens after it.
pub(crate) fn keys(app: &App, person: &str) -> (String, String) {
    let now = app.clock.now().0;
    let key = |ms| app.seals.key(person, &time(app, ms, "%Y-%m-%d"));
    (key(now), key(now - DAY))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
