//! Keys that OpenSSL made, for the national suite, and what it does with them: a stranger on both sides of the medium.

use super::*;
use crate::keys::Signer;
use crate::suite::Suite;
use departments::openssl::{OpenSsl, make_key, public};

/// The node's key and a department's, and somebody else's. The node signs with the key that tests have for that.
pub(crate) struct SmKeyring {
    dir: tempfile::TempDir,
    /// The department's own program.
    pub(crate) bureau: OpenSsl,
}

impl SmKeyring {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for name in ["node", "spare", "stranger"] {
            make_key(&dir.path().join(name)).unwrap();
            let pem = public(&dir.path().join(name)).unwrap();
            std::fs::write(dir.path().join(format!("{name}.pem")), pem).unwrap();
        }
        let Some(Signer::Sm2(signer)) = Signer::from_secret(Suite::Sm, SEED) else {
            panic!("a key that signs")
        };
        std::fs::write(dir.path().join("signer.pem"), signer.public().pem().join("\n") + "\n").unwrap();
        let bureau = Self::program(dir.path(), dir.path());
        Self { dir, bureau }
    }

    fn program(keys: &Path, dir: &Path) -> OpenSsl {
        OpenSsl::open(dir, &keys.join("node.pem"), &keys.join("signer.pem")).unwrap()
    }

    /// The program on the department's machine, for a department that takes it along.
    pub(crate) fn taken_along(&self, dir: &Path) -> OpenSsl {
        Self::program(self.dir.path(), dir)
    }
}

impl Ring for SmKeyring {
    fn suite(&self) -> Suite {
        Suite::Sm
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn recipient(&self, name: &str) -> String {
        one_line(&std::fs::read_to_string(self.path(&format!("{name}.pem"))).unwrap())
    }

    fn bureau(&self) -> String {
        one_line(&self.bureau.public().unwrap())
    }

    fn closed(&self, bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
        let files = self.bureau.closed(bytes).unwrap();
        files.map(|(ending, bytes)| (ending.to_owned(), bytes)).into()
    }
}

/// PEM without its first and last line, in one.
pub(crate) fn one_line(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with("-----")).collect()
}
