//! What both suites' keys are to a test: the same settings with other texts in them, and a stranger's program that encrypts.

use super::*;
use crate::suite::Suite;

/// The node's key, a department's, and somebody else's, of one suite.
pub(crate) trait Ring {
    fn suite(&self) -> Suite;

    /// The file of a key.
    fn path(&self, name: &str) -> PathBuf;

    /// A public key as it stands in settings.
    fn recipient(&self, name: &str) -> String;

    /// The department's public key as it stands in settings.
    fn bureau(&self) -> String;

    /// What the department's program makes of a file for the node: what follows its name, and the bytes.
    fn closed(&self, bytes: &[u8]) -> Vec<(String, Vec<u8>)>;

    fn identity(&self, name: &str) -> String {
        format!("identity = {{ file = \"{}\" }}", self.path(name).display())
    }

    /// What the settings of a channel say that encrypts out and back.
    fn secrecy(&self) -> String {
        format!("recipients = [\"{}\"]\n{}", self.bureau(), self.identity("node"))
    }

    fn settings(&self, secrecy: &str) -> Settings {
        // What stands in no settings is age.
        let suite = match self.suite() {
            Suite::Age => "",
            Suite::Sm => "suite = \"sm\"\n",
        };
        toml::from_str(&format!("{suite}signing_key = {{ file = \"k\" }}\n{secrecy}")).unwrap()
    }

    /// A bench for a channel with that secrecy, and these settings more.
    fn bench(&self, more: &str) -> Bench {
        Bench::of(self.settings(&format!("{}\n{more}", self.secrecy())), 16 << 20)
    }
}
