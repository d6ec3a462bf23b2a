//! Nothing in the tree tells whose machine it was written on, and no secret lies in it.

use crate::tree::{files, none};

/// Written in two halves, so that this file does not say them.
const TELLING: &[(&str, &str, &str)] = &[
    ("/ro", "ot/", "somebody's home"),
    ("/ho", "me/", "somebody's home"),
    ("/Us", "ers/", "somebody's home"),
    (":\\Us", "ers\\", "somebody's home"),
    ("/wo", "rk/", "somebody's working directory"),
    ("/tmp/", "briefs", "somebody's desk"),
    ("-----BEGIN RSA PRI", "VATE KEY", "a private key"),
    ("-----BEGIN OPENSSH PRI", "VATE KEY", "a private key"),
    ("-----BEGIN EC PRI", "VATE KEY", "a private key"),
    ("-----BEGIN PRI", "VATE KEY-----\\n", "a private key"),
    ("AK", "IAIOSF", "a cloud key"),
    ("ghp", "_", "a token"),
];

/// Where such a word is right, and why.
const WAIVED: &[(&str, &str)] = &[(
    "adapters/disk/keys.rs",
    "the frame around a test's seed: the form of a key, and no key",
)];

/// Where a word stands; a path only where it begins: `data/wo…` is no working directory of anybody.
fn found(text: &str, word: &str) -> Option<usize> {
    let begins = |at: usize| {
        let before = text[..at].chars().next_back();
        !word.starts_with('/') || before.is_none_or(|c| !c.is_alphanumeric() && !"._-}*".contains(c))
    };
    text.match_indices(word).map(|(at, _)| at).find(|at| begins(*at))
}

#[test]
fn no_file_tells_whose_machine_it_was_written_on() {
    let (mut wrong, mut needed) = (Vec::new(), vec![false; WAIVED.len()]);
    for file in files() {
        let Some(text) = file.text() else { continue };
        for (one, two, what) in TELLING {
            let Some(at) = found(&text, &format!("{one}{two}")) else {
                continue;
            };
            if let Some(row) = WAIVED.iter().position(|(path, _)| *path == file.path) {
                needed[row] = true;
                continue;
            }
            let line = text[..at].lines().count().max(1);
            wrong.push(format!("{}:{line}: {what}", file.path));
        }
    }
    let unused = WAIVED.iter().zip(&needed).filter(|(_, needed)| !**needed);
    wrong.extend(unused.map(|((path, _), _)| format!("{path}: its waiver is not needed")));
    none(&wrong);
}

#[test]
fn no_key_file_lies_in_the_tree() {
    let secret = [
        ".key",
        ".pem",
        ".p12",
        ".pfx",
        ".secret",
        ".password",
        "id_ed25519",
        "id_rsa",
    ];
    let lies = files()
        .into_iter()
        .filter(|f| secret.iter().any(|s| f.path.ends_with(s)));
    // Ledgers of old versions are opened with keys that open nothing else.
    let wrong: Vec<String> = lies
        .map(|f| f.path)
        .filter(|p| !p.starts_with("fixtures/ledger/"))
        .collect();
    none(&wrong);
}
