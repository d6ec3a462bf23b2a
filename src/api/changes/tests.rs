#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use crate::testing::Stage;

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repeat() {
    let stage = Stage::new();
    let (mut since, mut seen, mut pages) = (String::new(), Vec::new(), 0);
    loop {
        let got = stage.get(&format!("/v1/changes?since={since}&limit=2")).await;
        assert_eq!(got.status, 200);
        let items = got.body["items"].as_array().unwrap().clone();
        let next = got.body["next"].as_str().unwrap().to_owned();
        if items.is_empty() {
            assert_eq!(next, since, "an empty page leads nowhere else");
            break;
        }
        seen.extend(items.iter().map(|l| l["cursor"].as_str().unwrap().to_owned()));
        (since, pages) = (next, pages + 1);
    }
    assert_eq!(
        (seen, pages),
        (["c1", "c2", "c3", "c4", "c5"].map(str::to_owned).to_vec(), 3)
    );
}

#[tokio::test]
async fn the_query_is_what_was_agreed_or_refused() {
    let long = format!("since={}", "c".repeat(65));
    for (query, good) in [
        ("", true),
        ("limit=1", true),
        ("limit=1000", true),
        ("since=c2", true),
        ("limit=0", false),
        ("limit=1001", false),
        ("limit=-1", false),
        ("limit=x", false),
        ("limit=1&limit=2", false),
        ("after=c2", false),
        ("since=%E5%BC%A0", false),
        (&long, false),
    ] {
        let stage = Stage::new();
        let got = stage.get(&format!("/v1/changes?{query}")).await;
        assert_eq!(got.code(), if good { (200, "") } else { (400, "A_QUERY") }, "{query}");
        assert_eq!(stage.node.asked.lock().unwrap().len(), usize::from(good), "{query}");
    }
}
