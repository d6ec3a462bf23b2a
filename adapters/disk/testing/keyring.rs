//! Keys that the `age` program made, and what it does with them: a stranger on both sides of the medium.

use super::*;
use crate::suite::Suite;
use departments::age::{Age, make_key, recipient};
use std::process::Command;

/// The node's key and a department's, and somebody else's.
pub(crate) struct Keyring {
    dir: tempfile::TempDir,
    /// The department's own program.
    pub(crate) bureau: Age,
}

impl Keyring {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for name in ["node", "spare", "stranger"] {
            make_key(&dir.path().join(name)).unwrap();
        }
        let to = recipient(&dir.path().join("node")).unwrap();
        let bureau = Age::open(dir.path(), &to).unwrap();
        Self { dir, bureau }
    }

    /// Calls `age` with these words on a file.
    pub(crate) fn age(&self, words: &[&str], bytes: &[u8]) -> Option<Vec<u8>> {
        let given = self.path("given-here");
        std::fs::write(&given, bytes).unwrap();
        let done = Command::new("age")
            .args(words)
            .arg(&given)
            .current_dir(self.dir.path())
            .output()
            .expect("age: install age");
        done.status.success().then_some(done.stdout)
    }
}

impl Ring for Keyring {
    fn suite(&self) -> Suite {
        Suite::Age
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn recipient(&self, name: &str) -> String {
        recipient(&self.path(name)).unwrap()
    }

    fn bureau(&self) -> String {
        self.bureau.recipient().to_string()
    }

    fn closed(&self, bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
        vec![(String::new(), self.bureau.closed(bytes).unwrap())]
    }
}
