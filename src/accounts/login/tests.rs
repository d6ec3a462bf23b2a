#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::{Order, Role, Told, code_at};
use journal::NodeKey;
use seams::SeededRng;
use std::sync::Arc;

const NOW: i64 = 1_772_413_200_000;
const PASSWORD: &str = "正确的马-battery-staple";

struct Door {
    _dir: tempfile::TempDir,
    accounts: Accounts,
    token: String,
    totp: Option<String>,
}

fn door(totp: bool) -> Door {
    let dir = tempfile::tempdir().unwrap();
    let key = NodeKey::from_bytes([7; 32]);
    let accounts = Accounts::open(dir.path().to_owned(), key, Arc::new(SeededRng::new(11))).unwrap();
    let order = Order::Add {
        name: "李华".to_owned(),
        roles: [Role::SecurityAdministrator].into(),
        uid: Some(1000),
        totp,
    };
    let told = accounts.change(|book| order.apply(book, NOW, accounts.rng())).unwrap();
    let Told::Token { token, totp, .. } = told else {
        panic!()
    };
    Door {
        _dir: dir,
        accounts,
        token,
        totp,
    }
}

impl Door {
    fn tries(&self, secret: &str, code: &str, now: i64) -> Result<bool, Code> {
        let (name, secret, code) = ("李华".to_owned(), secret.to_owned(), code.to_owned());
        let entered = self.accounts.enter(&Attempt { name, secret, code }, now);
        entered.map(|e| e.must_choose).map_err(|f| f.code)
    }
}

#[test]
fn a_token_opens_the_door_until_a_password_is_chosen() {
    let door = door(false);
    assert_eq!(door.tries("", "", NOW), Err(Code::VLogin), "no default password");
    assert_eq!(door.tries(&door.token, "", NOW), Ok(true));
    assert_eq!(door.accounts.choose("李华", "short").unwrap_err().code, Code::VPassword);
    door.accounts.choose("李华", PASSWORD).unwrap();
    assert_eq!(door.tries(PASSWORD, "", NOW), Ok(false));
    assert_eq!(door.tries(&door.token, "", NOW), Err(Code::VLogin), "once");
    assert!(door.accounts.choose("李华", "another-password-1").is_err());
}

#[test]
fn a_token_runs_out() {
    let door = door(false);
    assert_eq!(door.tries(&door.token, "", NOW + 4 * 24 * 3_600_000), Err(Code::VLogin));
}

#[test]
fn failures_shut_the_door_even_for_the_right_password_and_waits_grow() {
    let door = door(false);
    door.accounts.choose("李华", PASSWORD).unwrap();
    for _ in 0..5 {
        assert_eq!(door.tries("wrong-password-1", "", NOW), Err(Code::VLogin));
    }
    assert_eq!(door.tries(PASSWORD, "", NOW), Err(Code::VLocked));
    assert_eq!(door.tries(PASSWORD, "", NOW + 29_999), Err(Code::VLocked));
    assert_eq!(door.tries("wrong-password-1", "", NOW + 30_000), Err(Code::VLogin));
    assert_eq!(
        door.tries(PASSWORD, "", NOW + 89_999),
        Err(Code::VLocked),
        "a minute now"
    );
    assert_eq!(door.tries(PASSWORD, "", NOW + 90_000), Ok(false));
    assert_eq!(door.tries("wrong-password-1", "", NOW + 90_000), Err(Code::VLogin));
    assert_eq!(door.tries(PASSWORD, "", NOW + 90_000), Ok(false), "counted anew");
}

#[test]
fn an_authenticator_is_asked_where_there_is_one_and_its_code_is_good_once() {
    let door = door(true);
    door.accounts.choose("李华", PASSWORD).unwrap();
    let code = code_at(door.totp.as_deref().unwrap(), NOW).unwrap();
    assert_eq!(door.tries(PASSWORD, "", NOW), Err(Code::VLogin));
    assert_eq!(
        door.tries("wrong-password-1", &code, NOW),
        Err(Code::VLogin),
        "and it is not used up"
    );
    assert_eq!(door.tries(PASSWORD, &code, NOW), Ok(false));
    assert_eq!(door.tries(PASSWORD, &code, NOW), Err(Code::VLogin));
}

#[test]
fn nobody_enters_by_an_unknown_or_a_disabled_name() {
    let door = door(false);
    door.accounts.choose("李华", PASSWORD).unwrap();
    let (name, secret, code) = ("王五".to_owned(), PASSWORD.to_owned(), String::new());
    let no = door.accounts.enter(&Attempt { name, secret, code }, NOW);
    assert_eq!(no.map_err(|f| f.code), Err(Code::VLogin));
    door.accounts
        .change(|book| {
            book.find("李华")?.disabled = true;
            Ok(())
        })
        .unwrap();
    assert_eq!(door.tries(PASSWORD, "", NOW), Err(Code::VLogin));
}
