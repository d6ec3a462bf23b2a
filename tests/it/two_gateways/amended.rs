//! F16 between two gateways: an address changes while the disk with the old one is under way.

use super::{Gateway, stick, verdicts};

const NEW: &str = "北京市海淀区迁址路88号";

/// The new one waits until the set before it is answered, and goes behind it; that set, handed in once more, takes nothing back.
#[test]
fn an_amendment_follows_the_disk_that_is_out_and_an_old_disk_does_not_undo_it() {
    let dir = tempfile::tempdir().unwrap();
    let (city, far) = (Gateway::city(dir.path()), Gateway::far(dir.path(), "far-1"));
    let case_no = city.posted(1, |_| {});
    let (old, none) = (stick(&dir, "old"), stick(&dir, "none"));
    city.exports("far", &old);
    city.posted(1, |case| {
        case["op"] = "amend".into();
        case["items"] = serde_json::json!({ "addr": NEW });
    });
    assert_eq!(city.exports("far", &none), [""; 0], "nothing overtakes what is out");
    let why = city.ask(&["why", &case_no]);
    assert_eq!(why["lines"][0]["waits_for"], "receipt", "{why}");

    let addr = || {
        let case = far.ask(&["case", &case_no]);
        let items = case["items"].as_array().unwrap();
        items.iter().find(|item| item["item"] == "addr").unwrap()["value"].clone()
    };
    assert_eq!(verdicts(&far.imports(&old, &[])), ["accepted"]);
    assert_ne!(addr(), NEW);
    let (back, new) = (stick(&dir, "back"), stick(&dir, "new"));
    far.exports("city", &back);
    city.imports(&back, &[]);
    assert_eq!(city.exports("far", &new).len(), 1);
    assert_eq!(verdicts(&far.imports(&new, &[])), ["accepted"]);
    assert_eq!(addr(), NEW);
    assert_eq!(verdicts(&far.imports(&old, &[])), ["repeat"]);
    assert_eq!(addr(), NEW);

    // Nobody had keyed the old one yet: the office gets the case once, as it is now.
    assert_eq!(far.decides("准予"), std::slice::from_ref(&case_no));
    far.exports("city", &back);
    city.imports(&back, &[]);
    assert_eq!(city.counts(&case_no), ("booked".into(), "approved".into()));
}
