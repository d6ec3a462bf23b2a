//! The source tree: where it is, which files are in it, what they say.

use std::fs;
use std::path::{Path, PathBuf};

/// One file, with its path from the root of the tree, `/` between names.
pub struct File {
    /// Such as `src/model/lib.rs`.
    pub path: String,
    /// Where it is on this machine.
    pub place: PathBuf,
}

impl File {
    /// What it says, if it is text.
    pub fn text(&self) -> Option<String> {
        String::from_utf8(fs::read(&self.place).unwrap()).ok()
    }
}

/// The root of the tree.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// Every file that somebody wrote, in order: not what builds and version control keep beside it.
pub fn files() -> Vec<File> {
    let root = root();
    let mut files = Vec::new();
    walk(&root, "", &mut files);
    assert!(files.len() > 300, "the tree was not found at {}", root.display());
    files
}

/// Those whose name ends so.
pub fn files_with(end: &str) -> Vec<File> {
    files().into_iter().filter(|f| f.path.ends_with(end)).collect()
}

fn walk(dir: &Path, prefix: &str, files: &mut Vec<File>) {
    let mut entries: Vec<_> = fs::read_dir(dir).unwrap().map(Result::unwrap).collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().into_string().expect("a name that is not UTF-8");
        let path = format!("{prefix}{name}");
        let kind = entry.file_type().unwrap();
        // In a second working tree `.git` is a file.
        if name == ".git" {
            continue;
        }
        if kind.is_dir() {
            if name != "target" {
                walk(&entry.path(), &format!("{path}/"), files);
            }
        } else if kind.is_file() {
            files.push(File {
                path,
                place: entry.path(),
            });
        }
    }
}

/// One file as TOML.
pub fn toml(path: &str) -> toml::Table {
    let text = fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    text.parse().unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Fails with all that is wrong at once.
#[track_caller]
pub fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
