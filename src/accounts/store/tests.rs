#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::{Attempt, Order, Role, Told};
use seams::SeededRng;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const NOW: i64 = 1_772_413_200_000;

fn open(dir: &Path, key: u8) -> Result<Accounts, Finding> {
    Accounts::open(
        dir.to_owned(),
        NodeKey::from_bytes([key; 32]),
        Arc::new(SeededRng::new(5)),
    )
}

fn order() -> Order {
    Order::Add {
        name: "王安全".to_owned(),
        roles: [Role::SecurityAdministrator].into(),
        uid: Some(1000),
        totp: false,
    }
}

#[test]
fn accounts_outlive_the_process_sealed_and_for_the_node_alone() {
    let dir = tempfile::tempdir().unwrap();
    let accounts = open(dir.path(), 7).unwrap();
    assert!(accounts.book().is_empty());
    let told = accounts
        .change(|book| order().apply(book, NOW, accounts.rng()))
        .unwrap();
    let Told::Token { token, .. } = told else { panic!() };
    let bytes = std::fs::read(dir.path().join(NAME)).unwrap();
    for secret in ["王安全", "security", token.as_str()] {
        assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret}");
    }
    let mode = std::fs::metadata(dir.path().join(NAME)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = open(dir.path(), 7).unwrap();
    assert_eq!(again.book(), accounts.book());
    let (name, secret, code) = ("王安全".to_owned(), token, String::new());
    assert!(again.enter(&Attempt { name, secret, code }, NOW).unwrap().must_choose);
    assert!(open(dir.path(), 8).is_err(), "another key");
}

#[test]
fn what_is_refused_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let accounts = open(dir.path(), 7).unwrap();
    let no: Result<(), _> = accounts.change(|book| {
        order().apply(book, NOW, accounts.rng())?;
        Err(Finding::new(Code::VRoles))
    });
    assert!(no.is_err() && accounts.book().is_empty());
    assert!(!dir.path().join(NAME).exists());
}

#[test]
fn a_damaged_file_and_a_newer_form_are_refused_by_name_and_stay_as_they_are() {
    let dir = tempfile::tempdir().unwrap();
    let key = NodeKey::from_bytes([7; 32]);
    let newer = br#"{"form":2,"accounts":"in another way"}"#;
    let sealed = seal_blob(&key, NAME, newer, &SeededRng::new(1));
    let cases: [(Vec<u8>, Code); 3] = [
        (sealed.clone(), Code::LNewer),
        (sealed[..sealed.len() - 1].to_vec(), Code::CPlace),
        (b"{}".to_vec(), Code::CPlace),
    ];
    for (bytes, code) in cases {
        std::fs::write(dir.path().join(NAME), &bytes).unwrap();
        assert_eq!(open(dir.path(), 7).err().map(|f| f.code), Some(code));
        assert_eq!(std::fs::read(dir.path().join(NAME)).unwrap(), bytes);
    }
}
