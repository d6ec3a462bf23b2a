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
            let text = std::fs::read_to_string(&path).map_err(|error| {
                port::short(&error).unwrap_or_else(|| wrong(format!("{} ({error})", path.display())))
            })?;
            match text.trim_end_matches(['\r', '\n']) {
                // A file that is just being written again: nobody must log in with nothing.
                "" => Err(wrong(format!("{} (空 empty)", path.display()))),
                secret => Ok(SecretString::from(secret.to_owned())),
            }
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

#[cfg(test)]
mod tests {
    //! A secret is what its file says, and never nothing.
    #![allow(clippy::unwrap_used, clippy::disallowed_methods)]

    use super::Resolver;
    use port::{Secret, Secrets};
    use secrecy::ExposeSecret;

    #[test]
    fn an_empty_file_is_no_secret() {
        let dir = tempfile::tempdir().unwrap();
        let secret = Secret {
            file: Some("s".into()),
            env: None,
            credential: None,
        };
        for (text, expected) in [("x y\n", Some("x y")), ("", None), ("\r\n", None)] {
            std::fs::write(dir.path().join("s"), text).unwrap();
            let read = Resolver::new(dir.path()).read(&secret);
            assert_eq!(read.as_ref().ok().map(|s| s.expose_secret()), expected, "{text:?}");
        }
    }
}
