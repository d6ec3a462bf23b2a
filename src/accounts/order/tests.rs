#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use seams::SeededRng;

const NOW: i64 = 1_772_413_200_000;

fn add(name: &str, roles: &[Role], uid: Option<u32>) -> Order {
    Order::Add {
        name: name.to_owned(),
        roles: roles.iter().copied().collect(),
        uid,
        totp: false,
    }
}

fn begun() -> Book {
    let mut book = Book::default();
    let first = add("王安全", &[Role::SecurityAdministrator], Some(1000));
    first.apply(&mut book, NOW, &SeededRng::new(1)).unwrap();
    book
}

#[test]
fn what_cannot_be_an_account_is_refused_by_name() {
    use Role::{Auditor, Clerk, SecurityAdministrator, SystemAdministrator};
    let cases: &[(&str, &[Role], Option<u32>, Code)] = &[
        ("", &[Clerk], None, Code::VCall),
        (" 李", &[Clerk], None, Code::VCall),
        ("李\u{202e}", &[Clerk], None, Code::VCall),
        ("[keep]", &[Clerk], None, Code::VCall),
        ("王安全", &[Clerk], None, Code::VCall),
        ("李", &[], None, Code::VCall),
        ("李", &[Clerk], Some(1000), Code::VCall),
        ("李", &[SystemAdministrator, Auditor], None, Code::VRoles),
        ("李", &[SystemAdministrator, SecurityAdministrator], None, Code::VRoles),
        ("李", &[SecurityAdministrator, Auditor, Clerk], None, Code::VRoles),
    ];
    for (name, roles, uid, code) in cases {
        let mut book = begun();
        let no = add(name, roles, *uid).apply(&mut book, NOW, &SeededRng::new(2));
        assert_eq!(no.map_err(|f| f.code), Err(*code), "{name} {roles:?}");
        assert_eq!(book, begun());
    }
}

#[test]
fn the_first_account_can_add_others_and_the_last_such_one_stays() {
    let mut book = Book::default();
    let rng = SeededRng::new(3);
    for (roles, uid) in [(Role::Clerk, Some(1)), (Role::SecurityAdministrator, None)] {
        let no = add("王", &[roles], uid).apply(&mut book, NOW, &rng).unwrap_err();
        assert_eq!(no.code, Code::VFirstAccount);
    }
    let mut book = begun();
    let disable = |name: &str| Order::Disable { name: name.to_owned() };
    assert!(disable("王安全").apply(&mut book.clone(), NOW, &rng).is_err());
    add("赵安全", &[Role::SecurityAdministrator], Some(1001))
        .apply(&mut book, NOW, &rng)
        .unwrap();
    assert!(disable("王安全").apply(&mut book, NOW, &rng).is_ok());
    assert!(!book.get("王安全").unwrap().may(Action::Look));
}

#[test]
fn a_token_is_told_once_and_stands_nowhere() {
    let mut book = begun();
    let told = add("李", &[Role::Clerk], None).apply(&mut book, NOW, &SeededRng::new(4));
    let Ok(Told::Token { token, .. }) = told else { panic!() };
    assert_eq!(token.len(), TOKEN_LETTERS);
    assert!(!String::from_utf8(book.write()).unwrap().contains(&token));
    let Ok(Told::List(lines)) = Order::List.apply(&mut book, NOW, &SeededRng::new(5)) else {
        panic!()
    };
    assert_eq!(
        lines.iter().map(|l| l.state.as_str()).collect::<Vec<_>>(),
        ["token", "token"]
    );
    let (_, _, how) = add("李", &[Role::Clerk, Role::Verifier], Some(7)).entry();
    assert_eq!(how, "clerk verifier uid 7");
}

#[test]
fn other_roles_are_judged_as_those_of_a_new_account_and_somebody_stays_who_keeps_accounts() {
    use Role::{Auditor, Clerk, SecurityAdministrator, Supervisor, SystemAdministrator};
    let mut book = begun();
    let rng = SeededRng::new(5);
    add("李", &[Clerk], None).apply(&mut book, NOW, &rng).unwrap();
    let roles = |name: &str, roles: &[Role]| Order::Roles {
        name: name.to_owned(),
        roles: roles.iter().copied().collect(),
    };
    let no: &[(&str, &[Role], Code)] = &[
        ("谁", &[Clerk], Code::VNotFound),
        ("李", &[], Code::VCall),
        ("李", &[SystemAdministrator, Auditor], Code::VRoles),
        ("王安全", &[Supervisor], Code::VFirstAccount),
    ];
    for (name, wanted, code) in no {
        let said = roles(name, wanted).apply(&mut book.clone(), NOW, &rng);
        assert_eq!(said.map_err(|f| f.code), Err(*code), "{name} {wanted:?}");
    }
    let before = book.get("李").cloned().unwrap();
    let order = roles("李", &[Supervisor, Auditor]);
    assert_eq!(order.entry(), ("user roles", "李", "supervisor auditor".to_owned()));
    order.apply(&mut book, NOW, &rng).unwrap();
    let after = book.get("李").cloned().unwrap();
    assert_eq!(after.roles, [Supervisor, Auditor].into());
    assert!(after.secret == before.secret && after.uid == before.uid);
    // With another one who keeps accounts the first may become something else.
    add("赵安全", &[SecurityAdministrator], Some(1001))
        .apply(&mut book, NOW, &rng)
        .unwrap();
    roles("王安全", &[Supervisor]).apply(&mut book, NOW, &rng).unwrap();
}
