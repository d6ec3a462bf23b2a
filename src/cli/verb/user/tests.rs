#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::testing::{Fake, call};
use accounts::Role;

#[test]
fn words_become_orders_with_who_gave_them() {
    let cases = [
        ("user list", Order::List),
        (
            "user add 李华 --role clerk --role verifier --uid 1001 --totp",
            Order::Add {
                name: "李华".to_owned(),
                roles: [Role::Clerk, Role::Verifier].into(),
                uid: Some(1001),
                totp: true,
            },
        ),
        (
            "user passwd 李华",
            Order::Passwd {
                name: "李华".to_owned(),
                totp: false,
            },
        ),
        (
            "user roles 李华 --role supervisor",
            Order::Roles {
                name: "李华".to_owned(),
                roles: [Role::Supervisor].into(),
            },
        ),
        (
            "user disable 李华",
            Order::Disable {
                name: "李华".to_owned(),
            },
        ),
    ];
    for (words, order) in cases {
        let mut host = Fake::refusing(crate::testing::no());
        host.told = Ok(Told::Done { name: String::new() });
        assert_eq!(call(&host, &format!("{words} --as 王安全")).code, 0, "{words}");
        assert_eq!(*host.ordered.lock().unwrap(), [(order, Some("王安全".to_owned()))]);
    }
    let host = Fake::refusing(crate::testing::no());
    assert_eq!(call(&host, "user add 李华 --role boss").code, 2);
    assert_eq!(call(&host, "user add 李华").code, 2, "a role is needed");
}

#[test]
fn a_token_is_shown_with_what_it_is_for_in_both_languages() {
    let mut host = Fake::refusing(crate::testing::no());
    host.told = Ok(Told::Token {
        name: "李华".to_owned(),
        token: "abcdefghijkmnpqrstuv".to_owned(),
        totp: Some("MZXW6YTBOI".to_owned()),
    });
    for (lang, says) in [("zh", "只显示这一次"), ("en", "it is not shown again")] {
        let shown = call(&host, &format!("user passwd 李华 --lang {lang}")).out;
        for part in ["abcdefghijkmnpqrstuv", "MZXW6YTBOI", says] {
            assert!(shown.contains(part), "{shown}");
        }
    }
}
