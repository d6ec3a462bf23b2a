//! What leaves through the gap: to the byte, whole, once.

use super::{Station, booked, numbers, outgoing, prepared};
use crate::tests::world::ask;
use departments::cases::case_no;
use formats::digest::sm3_hex;
use model::Code;
use port::{Outcome, Prepared, Said};
use std::fs;
use std::future::Future as _;
use std::pin::pin;
use std::task::Poll;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_is_the_agreed_sample_to_the_byte() {
    let vector: serde_json::Value =
        serde_json::from_str(include_str!("../../../../fixtures/vectors/psb_gap.json")).unwrap();
    let text = |pointer: &str| vector.pointer(pointer).unwrap().as_str().unwrap().to_owned();
    let station = Station::new();
    let encoded = station.adapter().encode(&outgoing(&[1]), &numbers(1)).unwrap();
    let [file, manifest] = encoded.parts.as_slice() else {
        panic!()
    };
    assert_eq!(file.name, text("/file/name"));
    let case = case_no(1);
    let expect = format!("\u{FEFF}{}", text("/file/text")).replace("110108202603020000019", &case);
    assert_eq!(String::from_utf8(file.bytes.clone()).unwrap(), expect);
    assert_eq!(case, "110108202603020000019", "the sample's case is case 1");
    assert_eq!((file.bytes.len(), sm3_hex(&file.bytes)), (633, text("/file/sm3")));
    assert_eq!(manifest.name, text("/manifest/name"));
    assert_eq!(
        String::from_utf8(manifest.bytes.clone()).unwrap(),
        text("/manifest/text")
    );
    assert_eq!(
        (encoded.number.as_str(), file.records.clone(), manifest.records.clone()),
        ("M_20260402_0001", 0..1, 0..0)
    );
    let second = station.adapter().encode(&outgoing(&[2, 3]), &numbers(2)).unwrap();
    let manifest = String::from_utf8(second.parts[2].bytes.clone()).unwrap();
    assert!(
        manifest.contains("seq=\"2\" prev=\"1\"") && manifest.matches("<File ").count() == 2,
        "{manifest}"
    );
}

/// Cut after every poll: whatever stands in `up` then may cross, and is whole; the manifest only after all others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_unfinished_ever_stands_where_the_gap_takes() {
    let mut finished = false;
    for polls in 0..400 {
        let station = Station::new();
        let adapter = station.adapter();
        let batch = prepared(&*adapter, 1, &[1, 2, 3]);
        {
            let mut call = pin!(adapter.deliver(&batch));
            for _ in 0..polls {
                let done = std::future::poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx).is_ready())).await;
                if done {
                    finished = true;
                    break;
                }
                tokio::task::yield_now().await;
                std::thread::sleep(std::time::Duration::from_micros(200));
            }
        }
        let names = station.names("up");
        for name in &names {
            let part = batch.encoded.parts.iter().find(|p| p.name == *name);
            assert_eq!(
                fs::read(station.at("up").join(name)).unwrap(),
                part.unwrap().bytes,
                "{name} after {polls}"
            );
        }
        let whole = names.len() == batch.encoded.parts.len();
        assert!(
            whole || !names.iter().any(|n| n.starts_with("M_")),
            "{names:?} after {polls}"
        );
        if finished {
            return;
        }
    }
    panic!("it never ends");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_gap_loses_is_taken_and_never_sent_again_by_itself() {
    let station = Station::new();
    station.psb.acknowledge(false);
    station.psb.gap().lose("S_20260402_000002");
    let adapter = station.adapter();
    let batch = prepared(&*adapter, 1, &[1, 2]);
    adapter.deliver(&batch).await.unwrap();
    for _ in 0..3 {
        station.psb.tick().unwrap();
    }
    assert_eq!((booked(&station, 1), booked(&station, 2)), (1, 0));
    // All that can be seen from here is that both are gone.
    assert_eq!(adapter.query(&batch).await.unwrap(), [Said::Taken, Said::Taken]);
    let again = Prepared {
        again: true,
        ..batch.clone()
    };
    assert_eq!(
        station.adapter().deliver(&again).await.unwrap(),
        [Outcome::Pending, Outcome::Pending]
    );
    assert!(station.names("up").is_empty(), "sent again on a guess");
    // The one result there is, and no acknowledgement.
    let offers = adapter.collect(&ask(10)).await.unwrap();
    assert_eq!(offers.iter().map(|o| o.feed.as_str()).collect::<Vec<_>>(), ["results"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_without_its_manifest_is_not_called_taken() {
    let station = Station::new();
    let adapter = station.adapter();
    let batch = prepared(&*adapter, 1, &[1, 2]);
    adapter.deliver(&batch).await.unwrap();
    fs::remove_file(station.at("up/S_20260402_000001.xml")).unwrap();
    assert_eq!(adapter.query(&batch).await.unwrap(), [Said::CannotSay, Said::CannotSay]);
    fs::remove_file(station.at("up/M_20260402_0001.xml")).unwrap();
    assert_eq!(adapter.query(&batch).await.unwrap(), [Said::Taken, Said::CannotSay]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_nowhere_goes_again_only_if_it_surely_never_left() {
    let station = Station::new();
    let adapter = station.adapter();
    let mut batch = prepared(&*adapter, 1, &[1]);
    batch.again = true;
    let kept = station.at("tmp/M_20260402_0001.xml.kept");
    // A crash before the manifest was kept: nothing had left.
    fs::write(station.at("tmp/S_20260402_000001.xml"), "half").unwrap();
    assert_eq!(adapter.deliver(&batch).await.unwrap(), [Outcome::Pending]);
    assert_eq!(station.names("up").len(), 2);
    // The manifest is no longer kept, and a file stands there: somebody tidied up.
    fs::remove_file(&kept).unwrap();
    assert_eq!(adapter.deliver(&batch).await.unwrap(), [Outcome::Unknown]);
    assert_eq!(adapter.query(&batch).await.unwrap(), [Said::CannotSay]);
    // Older than what is surely kept: absence says nothing.
    station.psb.gap().carry().unwrap();
    batch.numbers.at -= 86_400_000;
    assert_eq!(adapter.deliver(&batch).await.unwrap(), [Outcome::Unknown]);
    assert!(station.names("up").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_strangers_file_under_our_name_is_a_conflict() {
    let station = Station::new();
    let adapter = station.adapter();
    let batch = prepared(&*adapter, 1, &[1]);
    fs::write(station.at("up/S_20260402_000001.xml"), "x").unwrap();
    assert_eq!(adapter.deliver(&batch).await.unwrap_err().finding.code, Code::CConflict);
    assert_eq!(fs::read(station.at("up/S_20260402_000001.xml")).unwrap(), b"x");
    assert_eq!(
        station.names("up").len(),
        1,
        "the manifest does not go without its file"
    );
    let other = prepared(&*adapter, 2, &[2]);
    fs::write(station.at("tmp/M_20260402_0002.xml.kept"), "x").unwrap();
    assert_eq!(adapter.deliver(&other).await.unwrap_err().finding.code, Code::CConflict);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_gap_would_not_carry_is_refused_by_name() {
    let station = Station::new();
    let adapter = station.adapter();
    let mut rows = outgoing(&[1, 2]);
    rows.rows[1].cells[1] = Some("长".repeat(700).into());
    let misfits = adapter.encode(&rows, &numbers(1)).unwrap_err().misfits();
    assert_eq!(misfits.len(), 1);
    assert_eq!((misfits[0].record, misfits[0].findings[0].code), (1, Code::ETooLarge));
    // A manifest that is too long blames nobody: fewer documents are tried.
    let many: Vec<u32> = (1..=20).collect();
    let too_many = adapter.encode(&outgoing(&many), &numbers(1)).unwrap_err();
    assert_eq!(too_many, port::Unencoded::TooLarge { rows: 10 });
}
