//! What must stay says why; what goes leaves the account as it was.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::testing::{Town, key};
use model::{Incoming, Op, Proof, Standing};

fn order() -> Order {
    Order {
        person: Person {
            name: "张三".to_owned(),
            uid: 1,
        },
        reason: "到期".to_owned(),
        archive: None,
        rule: None,
    }
}

/// What stands in the way of case `n`; empty: nothing.
fn stands(town: &mut Town, n: u64) -> String {
    match town.desk(|desk| judge(desk, &key(n).case_no)) {
        Ok(_) => String::new(),
        Err(Stop::No(finding)) => finding.arg("why").unwrap_or("not found").to_owned(),
        Err(Stop::Ledger(error)) => panic!("{error}"),
    }
}

fn decided(town: &mut Town, n: u64) {
    let row = Incoming {
        case_no: Some(key(n).case_no),
        standing: Some(Standing::Approved),
        ..Incoming::default()
    };
    town.take_in("results", vec![row]);
}

/// A result row of case 1 stands in the ledger as batch 2, line 1.
fn found(town: &mut Town) -> Data {
    let as_of = town.desk(|desk| judge(desk, &key(1).case_no)).unwrap();
    Data {
        case_no: key(1).case_no,
        as_of,
        places: vec![Pos { group: 9, ordinal: 0 }],
        rows: vec![(BatchId(2), 1)],
    }
}

#[test]
fn nothing_goes_without_its_final_receipt() {
    let mut town = Town::new(Proof::Receipt);
    assert_eq!(stands(&mut town, 1), "not found");
    town.hand_over(1, "N1");
    assert!(stands(&mut town, 1).contains("no final receipt"));
    decided(&mut town, 1);
    assert_eq!(stands(&mut town, 1), "", "decided, and by that proved");
    // An amendment that is under way keeps everything.
    town.send(1, 2, Op::Amend, "N2");
    assert!(stands(&mut town, 1).contains("no final receipt"));
}

#[test]
fn bytes_of_a_batch_stay_while_another_case_in_it_may_need_them() {
    let mut town = Town::new(Proof::Receipt);
    town.hand_over(1, "N1");
    decided(&mut town, 1);
    // As if both had left in one batch.
    town.hand_over(2, "N2");
    let second = town.desk(|desk| batches(desk, &key(2).case_no));
    let of_first = town.desk(|desk| batches(desk, &key(1).case_no));
    assert!(second.is_disjoint(&of_first));
    assert_eq!(stands(&mut town, 1), "");
    assert!(stands(&mut town, 2).contains("no final receipt"));
}

#[test]
fn the_account_stays_and_what_changed_meanwhile_is_looked_through_again() {
    let mut town = Town::new(Proof::Receipt);
    town.hand_over(1, "N1");
    decided(&mut town, 1);
    let before = town.balance();
    let old = found(&mut town);
    // Another result, of another kind, comes between the look and the act.
    let row = Incoming {
        case_no: Some(key(1).case_no),
        standing: Some(Standing::Denied),
        ..Incoming::default()
    };
    town.take_in("results", vec![row]);
    let late = town.desk(|desk| erase(desk, vec![old], &order()));
    assert!(matches!(late, Err(Stop::No(no)) if no.arg("why").unwrap().contains("changed meanwhile")));
    let now = found(&mut town);
    assert_eq!(town.desk(|desk| erase(desk, vec![now], &order())).unwrap(), 1);
    assert_eq!(town.balance(), before);
    let erased = town.desk(|desk| desk.books().case(&key(1).case_no).unwrap().clone());
    assert!(erased.case.items.is_empty() && erased.erased.is_some());
    assert_eq!(town.acts(), ["张三 ledger erase case-1: 到期"]);
    // Nothing is taken for it any more.
    let row = Incoming {
        case_no: Some(key(1).case_no),
        standing: Some(Standing::Approved),
        ..Incoming::default()
    };
    let answer = town.take_in("results", vec![row]);
    assert_eq!(answer.rows.iter().next().unwrap().code, Code::EErased.return_code());
}
