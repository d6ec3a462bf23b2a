//! Secrets by reference: a file, an environment variable, a credential of the service manager. Never a value.

use model::{Code, Finding};
use port::{Secret, Secrets};
use secrecy::SecretString;
use std::path::{Path, PathBuf};

/// Reads secrets; relative files stand beside the configuration.
pub struct Resolver {
    base: PathBuf,
}

impl Resolver {
    /// For a configuration directory.
    pub fn new(base: &Path) -> Self {
        Self { base: base.to_owned() }
    }

    /// Where a reference to a file points.
    pub fn path(&self, file: &Path) -> PathBuf {
        self.base.join(file)
    }
}

impl Secrets for Resolver {
    #[allow(clippy::disallowed_methods, reason = "a secret's file is configuration, not data")]
    fn read(&self, secret: &Secret) -> Result<SecretString, Finding> {
        let wrong = |what: String| Finding::new(Code::VNotFound).with("what", what);
        let from_file = |path: PathBuf| {
            std::fs::read_to_string(&path)
                .map(|text| SecretString::from(text.trim_end_matches(['\r', '\n']).to_owned()))
                .map_err(|error| wrong(format!("{} ({error})", path.display())))
        };
        match (&secret.file, &secret.env, &secret.credential) {
            (Some(file), None, None) => from_file(self.path(file)),
            (None, Some(name), None) => std::env::var(name)
                .map(SecretString::from)
                .map_err(|_| wrong(format!("${name}"))),
            (None, None, Some(name)) => match std::env::var_os("CREDENTIALS_DIRECTORY") {
                Some(dir) if !name.contains('/') => from_file(Path::new(&dir).join(name)),
                _ => Err(wrong(format!("credential {name}"))),
            },
            _ => Err(wrong("one of file, env, credential".to_owned())),
        }
    }
}
