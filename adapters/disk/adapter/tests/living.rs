//! Round trips with the department that lives on the other side of the medium.

use crate::testing::*;
use departments::ntax::{Habits, Ntax};
use departments::{Fates, Ruling};
use port::Taken;
use std::collections::BTreeMap;
use std::sync::Arc;

struct Table(BTreeMap<&'static str, Ruling>);

impl Fates for Table {
    fn ruling(&self, _matter: &str, case_no: &str) -> Ruling {
        self.0.get(case_no).cloned().unwrap_or(Ruling::Approve)
    }
}

/// Case and code of each row that came back.
async fn came_back(bench: &Bench) -> Vec<(String, String)> {
    let mut offers = bench.offers(&bench.medium()).await;
    assert_eq!(offers.len(), 1);
    let header = offers[0].rows.header().clone();
    let (case, code) = (header.slot("YWBH").unwrap(), header.slot("CLJG").unwrap());
    let text = |taken: Taken| match taken {
        Taken::Row(row) => (row.get(case).unwrap().to_owned(), row.get(code).unwrap().to_owned()),
        Taken::Bad { findings, .. } => panic!("{findings:?}"),
    };
    drain(&mut offers[0].rows).unwrap().into_iter().map(text).collect()
}

#[tokio::test]
async fn every_exported_row_comes_back_with_its_ruling() {
    let home = tempfile::tempdir().unwrap();
    let fates = Table(
        [
            (CASES[0], Ruling::SupplementFirst),
            (CASES[1], Ruling::RefuseRow("2003".into())),
        ]
        .into(),
    );
    let ntax = Ntax::open(home.path(), Arc::new(fates))
        .unwrap()
        .trusting(&crate::public_key(SEED).unwrap());
    let bench = Bench::new("");
    bench.adapter.deliver(&bench.prepared(1, &CASES)).await.unwrap();
    let taking = ntax.take(&bench.medium()).unwrap().remove(0);
    assert_eq!((taking.number.as_str(), taking.refused), ("SW0302A1", None));
    let expected =
        [(CASES[2], "0000"), (CASES[1], "2003"), (CASES[0], "3002")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(came_back(&bench).await, expected);
    assert_eq!(ntax.books().entries().len(), 2);

    // The answer to the 补正 goes with the next disk and is booked in the next round.
    std::fs::remove_dir_all(bench.medium()).unwrap();
    std::fs::create_dir(bench.medium()).unwrap();
    bench
        .adapter
        .deliver(&bench.prepared(2, &[CASES[0], CASES[2]]))
        .await
        .unwrap();
    ntax.take(&bench.medium()).unwrap();
    let expected = [(CASES[2], "2009"), (CASES[0], "0000")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(came_back(&bench).await, expected);
    let rounds: Vec<_> = ntax
        .books()
        .of(CASES[0], "ntax.reg")
        .into_iter()
        .map(|e| (e.round, e.op))
        .collect();
    assert_eq!(rounds, [(1, "submit".to_owned()), (2, "supplement".to_owned())]);
}

#[tokio::test]
async fn the_same_set_on_two_media_is_booked_once() {
    let home = tempfile::tempdir().unwrap();
    let ntax = Ntax::open(home.path(), Arc::new(Table(BTreeMap::new()))).unwrap();
    let bench = Bench::new("");
    let mut batch = bench.prepared(1, &CASES);
    bench.adapter.deliver(&batch).await.unwrap();
    ntax.take(&bench.medium()).unwrap();
    let second = bench.dir.path().join("second");
    std::fs::create_dir(&second).unwrap();
    batch.place = Some(second.clone());
    batch.copy = 2;
    bench.adapter.deliver(&batch).await.unwrap();
    assert_eq!(ntax.take(&second).unwrap()[0].refused.as_deref(), Some("1005"));
    assert_eq!(ntax.books().entries().len(), 3);
    // The first medium was lost: the answer is given again, and it is the same.
    ntax.reissue("SW0302A1", &second).unwrap().unwrap();
    let first = bench.offers(&bench.medium()).await.remove(0);
    assert_eq!(bench.offers(&second).await.remove(0).digest, first.digest);
}

#[tokio::test]
async fn rows_of_others_twice_or_missing_are_passed_on_as_they_are() {
    let home = tempfile::tempdir().unwrap();
    let ntax = Ntax::open(home.path(), Arc::new(Table(BTreeMap::new()))).unwrap();
    ntax.set_habits(Habits {
        extra_row: true,
        missing_row: true,
        duplicate_row: true,
        deleted_row: true,
        lower_case: true,
        no_code_page: true,
        bag: false,
        other_number: false,
    });
    let bench = Bench::new("");
    bench.adapter.deliver(&bench.prepared(1, &CASES)).await.unwrap();
    ntax.take(&bench.medium()).unwrap();
    let cases: Vec<String> = came_back(&bench).await.into_iter().map(|(case, _)| case).collect();
    assert_eq!(cases, ["110199202603020000992", CASES[2], CASES[1], CASES[2]]);
    assert!(bench.medium().join("hp0302a1.dbf").exists());
}

#[tokio::test]
async fn the_department_refuses_what_was_touched() {
    let home = tempfile::tempdir().unwrap();
    let ntax = Ntax::open(home.path(), Arc::new(Table(BTreeMap::new())))
        .unwrap()
        .trusting(&crate::public_key(SEED).unwrap());
    let bench = Bench::new("");
    bench.adapter.deliver(&bench.prepared(1, &CASES)).await.unwrap();
    let bag = bench.medium().join("SW0302A1");
    std::fs::write(bag.join("data/SW0302A1.DBF"), golden("SW0302A1.DBF")).unwrap();
    assert_eq!(ntax.take(&bench.medium()).unwrap()[0].refused.as_deref(), Some("1002"));
    std::fs::remove_dir_all(&bag).unwrap();
    bench.adapter.deliver(&bench.prepared(1, &CASES)).await.unwrap();
    std::fs::write(bag.join("signature.ed25519"), "00".repeat(64)).unwrap();
    assert_eq!(ntax.take(&bench.medium()).unwrap()[0].refused.as_deref(), Some("1006"));
    assert!(ntax.books().entries().is_empty());
}
