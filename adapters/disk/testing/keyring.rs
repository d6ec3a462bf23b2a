//! Keys that the `age` program made, and what it does with them: a stranger on both sides of the medium.

use super::*;
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

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn recipient(&self, name: &str) -> String {
        recipient(&self.path(name)).unwrap()
    }

    /// What the settings of a channel say that encrypts out and back.
    pub(crate) fn secrecy(&self) -> String {
        format!(
            "recipients = [\"{}\"]\n{}",
            self.bureau.recipient(),
            self.identity("node")
        )
    }

    pub(crate) fn identity(&self, name: &str) -> String {
        format!("identity = {{ file = \"{}\" }}", self.path(name).display())
    }

    pub(crate) fn settings(&self, secrecy: &str) -> Settings {
        toml::from_str(&format!("signing_key = {{ file = \"k\" }}\n{secrecy}")).unwrap()
    }

    /// A bench for that channel.
    pub(crate) fn bench(&self, more: &str) -> Bench {
        Bench::of(self.settings(&format!("{}\n{more}", self.secrecy())), 16 << 20)
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
