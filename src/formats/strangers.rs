//! Other programs write what is read here, and judge what is written: Debian's python and its modules, LibreOffice.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::Command;

mod golden;
mod tables;
mod wide;

/// A directory that goes when the test ends.
pub(crate) struct Place(pub(crate) PathBuf);

impl Place {
    pub(crate) fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("tanghulu-formats-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).unwrap();
        Self(dir)
    }

    /// A file in it.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let file = self.0.join(name);
        std::fs::write(&file, bytes).unwrap();
        file
    }

    /// A file as LibreOffice saves it again; `format` as its `--convert-to` says it.
    pub(crate) fn saved_again(&self, file: &Path, format: &str) -> Vec<u8> {
        self.all_saved_again(&[file.to_owned()], format).remove(0)
    }

    /// The same for several files, in one run: it is slow to start.
    pub(crate) fn all_saved_again(&self, files: &[PathBuf], format: &str) -> Vec<Vec<u8>> {
        let make = format.split(':').next().unwrap();
        let out = self.0.join("saved").join(make);
        let profile = self.0.join("profile");
        let done = Command::new("soffice")
            .arg(format!("-env:UserInstallation=file://{}", profile.display()))
            .args(["--headless", "--convert-to", format, "--outdir"])
            .arg(&out)
            .args(files)
            .output()
            .expect("soffice: install libreoffice-calc-nogui");
        assert!(done.status.success(), "{done:?}");
        let saved = |file: &PathBuf| {
            let saved = out.join(file.file_name().unwrap()).with_extension(make);
            std::fs::read(&saved).unwrap_or_else(|e| {
                let saved = saved.display();
                panic!("{saved}: {e}; install libreoffice-base-drivers if it is a DBF: {done:?}")
            })
        };
        files.iter().map(saved).collect()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Debian's own python: modules of its packages are found by no other.
pub(crate) fn python(script: &str, file: &Path) -> String {
    let done = Command::new("/usr/bin/python3")
        .args(["-W", "ignore", "-c", script])
        .arg(file)
        .output()
        .expect("/usr/bin/python3: install python3");
    let said = String::from_utf8(done.stderr).unwrap();
    assert!(
        done.status.success(),
        "install python3-openpyxl, python3-xlwt, python3-dbf and python3-dbfread if a module is missing: {said}"
    );
    String::from_utf8(done.stdout).unwrap()
}
