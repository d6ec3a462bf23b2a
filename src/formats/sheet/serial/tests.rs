#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::day;
use crate::testing::vectors;
use model::Code;

#[test]
fn known_answers() {
    let all = vectors("excel_serial");
    let mut seen = 0;
    for (system, since_1904) in [("system1900", false), ("system1904", true)] {
        for case in all[system].as_array().unwrap() {
            seen += 1;
            let got = day(case["serial"].as_f64().unwrap(), since_1904);
            // The number that is a date without hyphens is given as a refusal with its way out in the note.
            let note = case.get("note").and_then(|n| n.as_str()).unwrap_or("");
            let warning = [("W_TIME_DROPPED", Code::WTimeDropped), ("W_NUM_DATE", Code::WNumDate)]
                .into_iter()
                .find(|(word, _)| note.contains(word))
                .map(|(_, code)| code);
            let out = case.get("out").and_then(|o| o.as_str());
            let out = out.or_else(|| note.split_once("out ").map(|(_, day)| day));
            match out {
                Some(out) => assert_eq!(got, Ok((out.parse().unwrap(), warning.into_iter().collect())), "{case}"),
                None => assert_eq!(got.unwrap_err().word(), case["error"].as_str().unwrap(), "{case}"),
            }
        }
    }
    assert_eq!(seen, 9);
}

#[test]
fn the_edges_are_days_or_refused() {
    for (serial, since_1904, out) in [
        (0.0, false, None),
        (0.5, false, None),
        (0.0, true, Some("1904-01-01")),
        (59.0, false, Some("1900-02-28")),
        (2_958_465.0, false, Some("9999-12-31")),
        (2_958_466.0, false, None),
        (2_957_003.0, true, Some("9999-12-31")),
        (2_958_465.0, true, None),
        (20_260_230.0, false, None),
        (f64::NAN, false, None),
        (f64::INFINITY, false, None),
        (1e300, true, None),
        (1e19, false, None),
    ] {
        let got = day(serial, since_1904).ok().map(|(day, _)| day.to_string());
        assert_eq!(got.as_deref(), out, "{serial} {since_1904}");
    }
}

/// Every day between comes out one after the other, and both systems agree on it.
#[test]
fn days_follow_each_other() {
    let mut last = day(61.0, false).unwrap().0;
    for n in 62..60_000 {
        let (here, warnings) = day(f64::from(n), false).unwrap();
        assert_eq!((here, warnings.len()), (last.tomorrow().unwrap(), 0));
        last = here;
        if n >= 1462 {
            assert_eq!(day(f64::from(n - 1462), true).unwrap().0, here);
        }
    }
}
