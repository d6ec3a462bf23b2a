#![allow(clippy::unwrap_used)]

use super::*;
use accounts::Role;
use seams::SeededRng;

fn book() -> Book {
    let mut book = Book::default();
    let people = [
        ("王安全", Role::SecurityAdministrator, Some(1000)),
        ("李华", Role::Clerk, Some(1001)),
        ("赵系统", Role::SystemAdministrator, Some(1002)),
        ("浏览者", Role::Clerk, None),
    ];
    for (name, role, uid) in people {
        let order = Order::Add {
            name: name.to_owned(),
            roles: [role].into(),
            uid,
            totp: false,
        };
        order.apply(&mut book, 0, &SeededRng::new(1)).unwrap();
    }
    book
}

#[test]
fn accounts_decide_from_the_first_on() {
    let book = book();
    type Case = (Option<&'static str>, u32, Action, bool, Result<bool, Code>);
    let cases: &[Case] = &[
        (Some("李华"), 1001, Action::Key, true, Ok(true)),
        (Some("李华"), 0, Action::Key, true, Ok(true)),
        (Some("李华"), 1002, Action::Key, true, Err(Code::VAccount)),
        (Some("李华"), 1001, Action::Keep, true, Err(Code::VRight)),
        (Some("李华"), 1001, Action::Accounts, true, Err(Code::VRight)),
        (Some("王安全"), 1000, Action::Accounts, true, Ok(true)),
        (Some("王安全"), 1000, Action::Key, true, Err(Code::VRight)),
        (Some("赵系统"), 1002, Action::Keep, true, Ok(true)),
        (Some("浏览者"), 1003, Action::Key, true, Err(Code::VAccount)),
        (Some("没有"), 1001, Action::Look, false, Err(Code::VAccount)),
        (None, 1001, Action::Key, true, Err(Code::VPerson)),
        (None, 1001, Action::Look, false, Ok(false)),
    ];
    for (name, uid, action, changes, expected) in cases {
        let caller = Caller {
            name: name.map(str::to_owned),
            uid: *uid,
            inside: false,
        };
        let admitted = admit(&book, *action, *changes, caller)
            .map(|c| c.inside)
            .map_err(|f| f.code);
        assert_eq!(admitted, *expected, "{name:?} {uid} {action:?}");
    }
}

#[test]
fn without_accounts_the_engine_judges_by_itself() {
    let caller = Caller {
        name: Some("张三".to_owned()),
        uid: 1001,
        inside: false,
    };
    let same = admit(&Book::default(), Action::Keep, true, caller.clone());
    assert_eq!(same, Ok(caller));
}
