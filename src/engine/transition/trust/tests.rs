#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::trust;
use crate::desk::Stop;
use crate::testing::Town;
use ledger::event::Person;
use model::{Code, DeptId, Proof};

fn says(town: &mut Town, fingerprint: &str, pinned: Option<&str>) -> Result<(), Code> {
    let person = Person {
        name: "张三".to_owned(),
        uid: 1,
    };
    let pinned = pinned.map(str::to_owned);
    town.desk(|desk| trust(desk, &DeptId::new("psb"), "frontend", fingerprint, pinned, person))
        .map_err(|stop| match stop {
            Stop::No(finding) => finding.code,
            Stop::Ledger(error) => panic!("{error}"),
        })
}

/// The key that holds beside a configured one.
fn holds(town: &mut Town, configured: &str) -> Option<String> {
    let book = town.desk(|desk| desk.books().channel(&DeptId::new("psb"), "frontend"));
    let trusted = book.trusted.filter(|t| t.holds_beside(configured));
    trusted.map(|t| format!("{} {} {}", t.fingerprint, t.person.name, t.at))
}

#[test]
fn a_trusted_key_takes_the_place_of_the_configured_one_until_that_is_changed() {
    let mut town = Town::new(Proof::Receipt);
    assert_eq!(holds(&mut town, "A"), None);
    assert_eq!(says(&mut town, "A", Some("A")), Err(Code::VTrusted));
    assert_eq!(says(&mut town, "B", None), Err(Code::VNoKey));
    says(&mut town, "B", Some("A")).unwrap();
    assert_eq!(holds(&mut town, "A").as_deref(), Some("B 张三 1000"));
    assert_eq!(says(&mut town, "B", Some("A")), Err(Code::VTrusted));
    // It changes once more; and back.
    says(&mut town, "C", Some("A")).unwrap();
    assert_eq!(holds(&mut town, "A").as_deref(), Some("C 张三 1000"));
    says(&mut town, "A", Some("A")).unwrap();
    assert_eq!(holds(&mut town, "A").as_deref(), Some("A 张三 1000"));
    // Each time a person did it, and nothing else is an act.
    assert_eq!(
        town.acts(),
        ["A -> B", "B -> C", "C -> A"].map(|keys| format!("张三 channel trust psb/frontend: {keys}"))
    );
    // The administrator wrote another key: that is the one.
    assert_eq!(holds(&mut town, "D"), None);
    assert_eq!(says(&mut town, "D", Some("D")), Err(Code::VTrusted));
}
