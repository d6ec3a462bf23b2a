//! Files whose numbers count on, and files with nothing in them: what was agreed for a feed decides.

use super::world::*;
use crate::units::Period;
use model::Code;
use port::BatchVerdict;
use std::fs;
use std::time::Duration;

const RESULT: &str = "LTAX_HUB_DJJG_20260317_0001.csv";

fn result_file(case_no: &str) -> Vec<u8> {
    gbk(&format!(
        "\"业务编号\",\"税务登记证号\",\"主管税务所\",\"登记日期\",\"处理结果\",\"说明\"\r\n\
         \"{case_no}\",\"110108123456788\",\"第一税务所\",\"2026-03-17\",\"办结\",\"\"\r\n"
    ))
}

/// Fault 33: what comes after a missing number waits for it, is told with its age, and is not held back for ever.
#[tokio::test]
async fn what_comes_after_a_missing_number_is_held_as_long_as_agreed() {
    let world = World::directory();
    let with = |hold: Option<u64>| {
        rebuilt(&world, |s| {
            let feed = &mut s.in_.as_mut().unwrap().feeds[1];
            (feed.numbered, feed.hold) = (true, hold.map(|s| Period(Duration::from_secs(s))));
        })
    };
    let put = |n: u64, age: i64| {
        let name = format!("LTAX_HUB_DJJG_20260317_{n:04}.csv");
        world.put(&name, &result_file(&format!("case-{n}")), 1);
        let at = std::time::UNIX_EPOCH + Duration::from_millis(u64::try_from(NOW - age).unwrap());
        fs::File::open(world.download(&name)).unwrap().set_modified(at).unwrap();
        name
    };
    let names = |offers: &[port::Offer]| offers.iter().map(|o| o.name.clone()).collect::<Vec<_>>();
    let at = |position: &str| port::Ask {
        position: Some(port::Position(position.to_owned())),
        ..ask(10)
    };
    let (two, four, five) = (put(2, 0), put(4, 600_000), put(5, 0));
    let holding = with(Some(3_600));
    let offers = holding.collect(&at("results=1")).await.unwrap();
    assert_eq!(names(&offers), std::slice::from_ref(&two), "up to the gap");
    holding
        .acknowledge(&offers[0].claim, &answer(BatchVerdict::Accepted, vec![]))
        .await
        .unwrap();
    let fault = holding.collect(&at("results=2")).await.err().unwrap();
    assert_eq!((fault.finding.code, fault.next), (Code::CHeldBack, port::Next::Retry));
    let said = fault.finding.what(model::Lang::En);
    assert_eq!(said, format!("{four} has waited 10m: number 3 before it is missing"));
    assert!(fault.finding.remedy(model::Lang::En).contains("60m"));
    assert!(
        world.download(&four).exists() && world.download(&five).exists(),
        "not claimed"
    );
    // It comes: all go on, in order.
    let three = put(3, 0);
    let offers = holding.collect(&at("results=2")).await.unwrap();
    assert_eq!(names(&offers), [three.clone(), four.clone(), five.clone()]);
    assert!(offers.iter().all(|o| o.rows.warnings().is_empty()));
    for offer in offers {
        holding
            .acknowledge(&offer.claim, &answer(BatchVerdict::Accepted, vec![]))
            .await
            .unwrap();
    }
    // It does not: taken all the same once the time is over, with the gap named; at once where nothing is held.
    let seven = put(7, 3_700_000);
    let offers = holding.collect(&at("results=5")).await.unwrap();
    assert_eq!(names(&offers), [seven]);
    assert_eq!(offers[0].rows.warnings()[0].code, Code::ESequenceGap);
    // What comes later than that would undo what is newer: it is named, and a person decides.
    put(6, 0);
    let mut late = holding.collect(&at("results=7")).await.unwrap();
    // The last one is no later than itself: had it been refused, it would be supplied again under its number.
    let last = late.iter_mut().find(|o| o.name.ends_with("0007.csv")).unwrap();
    assert!(read(last).is_ok());
    let late = late.iter_mut().find(|o| o.name.ends_with("0006.csv")).unwrap();
    assert_eq!(
        (read(late), late.position.clone().unwrap().0),
        (Err(Code::ELate), "results=7".to_owned())
    );
    let nine = put(9, 0);
    let offers = with(None).collect(&at("results=7")).await.unwrap();
    assert!(names(&offers).contains(&nine));
}

/// Fault 36: whether an empty file is good news is agreed for each feed.
#[tokio::test]
async fn a_file_without_rows_is_an_error_where_that_was_agreed() {
    let world = World::directory();
    let header = result_file("c")[..result_file("c").iter().position(|b| *b == b'\n').unwrap() + 1].to_vec();
    for (empty, rows) in [
        (crate::settings::Empty::Ok, Ok(0)),
        (crate::settings::Empty::Err, Err(Code::EEmpty)),
    ] {
        let adapter = rebuilt(&world, |s| s.in_.as_mut().unwrap().feeds[1].empty = empty);
        world.put(RESULT, &header, 0);
        let mut offer = adapter.collect(&ask(1)).await.unwrap().remove(0);
        assert_eq!(read(&mut offer).map(|rows| rows.len()), rows);
        adapter
            .acknowledge(&offer.claim, &answer(BatchVerdict::Accepted, vec![]))
            .await
            .unwrap();
        world.put(RESULT, &result_file("c"), 1);
        let mut offer = adapter.collect(&ask(1)).await.unwrap().remove(0);
        assert_eq!(read(&mut offer).map(|rows| rows.len()), Ok(1));
        adapter
            .acknowledge(&offer.claim, &answer(BatchVerdict::Accepted, vec![]))
            .await
            .unwrap();
    }
}
