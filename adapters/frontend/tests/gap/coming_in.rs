//! What comes back through the gap, and what came changed or not at all.

use super::{Station, booked, numbers, outgoing, prepared};
use crate::tests::world::{self, ask, read};
use departments::cases::case_no;
use departments::fate::{Fates, Ruling};
use model::Code;
use port::{BatchVerdict, Outcome, Said};
use std::fs;
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_goes_through_the_gap_and_its_seals_come_back() {
    let station = Station::new();
    let adapter = station.adapter();
    let mut batch = prepared(&*adapter, 1, &[1, 2]);
    batch.encoded = {
        // Four bytes in UTF-8, a surrogate pair elsewhere: legal here.
        let mut rows = outgoing(&[1, 2]);
        rows.rows[0].cells[3] = Some("𠮷示例".into());
        adapter.encode(&rows, &numbers(1)).unwrap()
    };
    assert_eq!(
        adapter.deliver(&batch).await.unwrap(),
        [Outcome::Pending, Outcome::Pending]
    );
    assert_eq!(
        station.names("up"),
        ["M_20260402_0001.xml", "S_20260402_000001.xml", "S_20260402_000002.xml"]
    );
    assert_eq!(adapter.query(&batch).await.unwrap(), [Said::CannotSay, Said::CannotSay]);
    station.psb.tick().unwrap();
    assert!(station.names("up").is_empty());
    assert_eq!(adapter.query(&batch).await.unwrap(), [Said::Taken, Said::Taken]);
    assert_eq!((booked(&station, 1), booked(&station, 2)), (1, 1));
    station.psb.tick().unwrap();
    let mut offers = adapter.collect(&ask(10)).await.unwrap();
    let feeds: Vec<&str> = offers.iter().map(|o| o.feed.as_str()).collect();
    assert_eq!(feeds, ["acks", "results"]);
    assert_eq!(offers[0].declared.answers, None, "its rows say which batch they answer");
    assert_eq!(read(&mut offers[0]).unwrap(), [["M_20260402_0001", "0000"]]);
    let header = offers[1].rows.header().clone();
    let Some(port::Taken::Row(row)) = offers[1].rows.next().unwrap() else {
        panic!()
    };
    let cell = |name: &str| row.get(header.slot(name).unwrap()).map(str::to_owned);
    assert_eq!(cell("CaseNo"), Some(case_no(1)));
    assert_eq!(cell("SealCode").unwrap().split('\u{1F}').count(), 3);
    assert_eq!(cell("Reason"), None);
    for offer in &offers {
        let answer = world::answer(BatchVerdict::Accepted, Vec::new());
        adapter.acknowledge(&offer.claim, &answer).await.unwrap();
    }
    assert_eq!(station.names("down"), ["done"]);
    assert_eq!(station.names("tmp"), ["M_20260402_0001.xml.kept"]);
}

/// A file that came, as it is offered.
async fn offered(name: &str, bytes: &[u8]) -> Option<Result<Vec<Vec<String>>, Code>> {
    let station = Station::new();
    fs::write(station.at("down").join(name), bytes).unwrap();
    let mut offers = station.adapter().collect(&ask(10)).await.unwrap();
    let mut offer = offers.pop()?;
    Some(read(&mut offer))
}

/// XML is answered in CSV, in the layout's encoding, where both sides agreed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_is_answered_where_it_was_agreed() {
    let station = Station::new();
    fs::create_dir(station.at("answers")).unwrap();
    let adapter = station.changed("n1", |settings| {
        let in_ = settings.in_.as_mut().unwrap();
        (in_.answer, in_.receipts) = (true, Some("/answers".to_owned()));
    });
    adapter.deliver(&prepared(&*adapter, 1, &[1])).await.unwrap();
    station.psb.tick().unwrap();
    station.psb.tick().unwrap();
    let mut expect = Vec::new();
    for offer in adapter.collect(&ask(10)).await.unwrap() {
        let answer = world::answer(BatchVerdict::Accepted, Vec::new());
        adapter.acknowledge(&offer.claim, &answer).await.unwrap();
        expect.push(format!("{}.receipt.csv", offer.name));
    }
    expect.sort();
    assert_eq!(expect.len(), 2);
    assert_eq!(station.names("answers"), expect);
    for name in station.names("answers") {
        let text = fs::read_to_string(station.at("answers").join(name)).unwrap();
        assert!(text.contains("\r\n\"0\",\"\",\"0000\",\"已接收"), "{text}");
    }
    assert_eq!(station.names("down"), ["done"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_rewritten_on_its_way_is_refused_and_what_is_cut_waits() {
    let body = |acks: usize| "<Ack><ManifestNo>M_1</ManifestNo><Code>0000</Code></Ack>".repeat(acks);
    let text = |count: &str, acks: usize| {
        format!(
            "\u{FEFF}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Package><Head>{count}</Head><Body>{}</Body></Package>",
            body(acks)
        )
    };
    let (good, name) = (text("<Count>1</Count>", 1), "A_20260402_000001.xml");
    let row = vec![vec!["M_1".to_owned(), "0000".to_owned()]];
    assert_eq!(offered(name, good.as_bytes()).await, Some(Ok(row.clone())));
    let spaced = format!("{good}\r\n");
    assert_eq!(
        offered(name, spaced.as_bytes()).await,
        Some(Ok(row)),
        "line ends behind it"
    );
    let table: [(&str, Vec<u8>, Code); 6] = [
        (
            "the mark was taken away",
            good.as_bytes()[3..].to_vec(),
            Code::EStructure,
        ),
        (
            "a second mark",
            [b"\xEF\xBB\xBF", good.as_bytes()].concat(),
            Code::EStructure,
        ),
        (
            "a record was taken away",
            text("<Count>2</Count>", 1).into_bytes(),
            Code::EFileCount,
        ),
        ("no count", text("", 1).into_bytes(), Code::EStructure),
        (
            "a count that is none",
            text("<Count>x</Count>", 1).into_bytes(),
            Code::EStructure,
        ),
        (
            "another document",
            good.replace("Body", "Leib").into_bytes(),
            Code::EStructure,
        ),
    ];
    for (what, bytes, code) in table {
        assert_eq!(offered(name, &bytes).await, Some(Err(code)), "{what}");
    }
    for cut in [good.len() / 2, good.len() - 1] {
        assert_eq!(offered(name, &good.as_bytes()[..cut]).await, None, "cut at {cut}");
    }
    assert_eq!(offered("X_1.xml", good.as_bytes()).await, None, "nobody's feed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_that_is_skipped_is_said_with_the_file_that_came() {
    let station = Station::new();
    let adapter = station.adapter();
    for seq in 1..=3 {
        adapter.deliver(&prepared(&*adapter, seq, &[seq])).await.unwrap();
        station.psb.tick().unwrap();
    }
    station.psb.tick().unwrap();
    fs::remove_file(station.at("down/R_20260402_000002.xml")).unwrap();
    let gaps = |offers: &[port::Offer]| -> Vec<(String, Vec<Code>)> {
        let results = offers.iter().filter(|o| o.feed == "results");
        results
            .map(|o| (o.name.clone(), o.rows.warnings().iter().map(|f| f.code).collect()))
            .collect()
    };
    let offers = adapter.collect(&ask(10)).await.unwrap();
    let expect = [
        ("R_20260402_000001.xml".to_owned(), Vec::new()),
        ("R_20260402_000003.xml".to_owned(), vec![Code::ESequenceGap]),
    ];
    assert_eq!(gaps(&offers), expect);
    // Once the ledger has taken both, it is not said again.
    let mut next = ask(10);
    next.position = offers.last().unwrap().position.clone();
    let offers = adapter.collect(&next).await.unwrap();
    assert!(gaps(&offers).iter().all(|(_, codes)| codes.is_empty()));
}

struct SecondIsRefused;

impl Fates for SecondIsRefused {
    fn ruling(&self, _matter: &str, case: &str) -> Ruling {
        if case == case_no(2) {
            Ruling::RefuseRow("3001".to_owned())
        } else {
            Ruling::Approve
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_bureau_does_not_take_comes_back_as_a_result() {
    let station = Station::with(Arc::new(SecondIsRefused));
    let adapter = station.adapter();
    adapter.deliver(&prepared(&*adapter, 1, &[1, 2])).await.unwrap();
    station.psb.tick().unwrap();
    station.psb.tick().unwrap();
    assert_eq!((booked(&station, 1), booked(&station, 2)), (1, 0));
    let mut offers = adapter.collect(&ask(10)).await.unwrap();
    let results = offers.iter_mut().find(|o| o.feed == "results").unwrap();
    let header = results.rows.header().clone();
    let slot = header.slot("Result").unwrap();
    let mut words = Vec::new();
    while let Some(port::Taken::Row(row)) = results.rows.next().unwrap() {
        words.push(row.get(slot).map(str::to_owned));
    }
    assert_eq!(words, [Some("1".to_owned()), Some("3".to_owned())]);
}
