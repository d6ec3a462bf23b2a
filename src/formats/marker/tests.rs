#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::digest::sm3_hex;
use crate::testing::{fixture, vectors};

const DATA: &str = "files/ltax/HUB_LTAX_SWDJ_20260316_0001.csv";

fn running(bytes: &[u8]) -> Running {
    let mut running = Running::new();
    bytes.chunks(100).for_each(|c| running.update(c));
    running
}

#[test]
fn the_golden_marker_describes_the_golden_file() {
    let data = fixture(DATA);
    let wanted = &vectors("csv_ltax")["files"][0];
    assert_eq!(sm3_hex(&data), wanted["sm3"].as_str().unwrap());
    let bytes = fixture(&format!("{DATA}.ok"));
    let marker = Marker::parse(&bytes).unwrap();
    assert_eq!(marker.write().into_bytes(), bytes);
    assert_eq!(
        Marker::of(running(&data), 2, jiff::civil::datetime(2026, 3, 16, 18, 30, 0, 0)),
        marker
    );
    assert_eq!(marker.check(running(&data)), Ok(()));
    assert_eq!(marker.check_rows(2), Ok(()));
    assert_eq!(marker.check_rows(3).unwrap_err().code, Code::EFileCount);
    assert_eq!(marker.check(running(&data[..500])).unwrap_err().code, Code::ETruncated);
    let mut other = data.clone();
    other[100] ^= 1;
    assert_eq!(marker.check(running(&other)).unwrap_err().code, Code::EFileHash);
    other.push(0);
    assert_eq!(marker.check(running(&other)).unwrap_err().code, Code::EFileHash);
}

#[test]
fn the_dbf_digest_is_that_of_the_vectors() {
    let wanted = &vectors("dbf")["files"][0];
    assert_eq!(
        sm3_hex(&fixture("files/ntax/SW0302A1.DBF")),
        wanted["sm3"].as_str().unwrap()
    );
}

#[test]
fn anything_else_is_no_marker() {
    let good = String::from_utf8(fixture(&format!("{DATA}.ok"))).unwrap();
    let line = good.trim_end();
    let others = [
        String::new(),
        line.to_owned(),
        format!("{line}\n"),
        format!("{good}\r\n"),
        format!(" {good}"),
        format!("\u{FEFF}{good}"),
        good.to_uppercase(),
        good.replace("|577|", "|0577|"),
        good.replace("|577|", "|+577|"),
        good.replace("|577|", "||"),
        good.replace("|577|", "|99999999999999999999|"),
        good.replace("|2|", "|"),
        good.replace("20260316", "20260231"),
        good.replace("183000", "253000"),
        good.replace("183000", "18300"),
        good.replace('|', ","),
        format!("{line}|x\r\n"),
    ];
    for other in others {
        assert_eq!(
            Marker::parse(other.as_bytes()).unwrap_err().code,
            Code::EStructure,
            "{other:?}"
        );
    }
    for cut in 0..good.len() {
        assert!(Marker::parse(&good.as_bytes()[..cut]).is_err(), "cut at {cut}");
    }
    assert!(good.len() <= BYTES_MAX);
}
