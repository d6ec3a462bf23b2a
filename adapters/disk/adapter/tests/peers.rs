//! Sets of another gateway: in the order of its ledger, with its word of what it took, and refused where they were touched.

use crate::testing::*;
use model::define::*;
use model::*;
use port::*;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// The public half of the key that signs in these tests.
const PUBLIC: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

fn took_layout() -> Layout {
    let field = |name: &str, meaning| Field {
        name: name.into(),
        meaning,
        ..Field::default()
    };
    Layout {
        name: "took".into(),
        encoding: "utf-8".into(),
        fields: vec![
            field("BATCH", Meaning::BatchNo),
            field("ROW", Meaning::RowNo),
            field("CODE", Meaning::ReturnCode),
            field("REASON", Meaning::Reason),
            field("BY", Meaning::ReceiptNo),
        ],
        ..Layout::default()
    }
}

/// A channel that brings what the other gateway numbers, and its list.
fn peered() -> Channel {
    let feed = |name: &str, role| Feed {
        name: name.into(),
        role,
        layout: if name == "took" { "took" } else { "submit" }.into(),
        matter: None,
    };
    Channel {
        feeds: vec![feed("cases", FeedRole::Cases), feed("took", FeedRole::Receipts)],
        ..channel()
    }
}

fn peer(more: &str) -> String {
    format!("public_keys = {{ ntax = \"{PUBLIC}\" }}\n[peer]\nfeeds = {{ cases = \"BJ\" }}\ntook = \"took\"\n{more}")
}

fn gateway(dir: &Path, settings: &str) -> Arc<dyn Adapter> {
    fs::create_dir_all(dir.join("work")).unwrap();
    let context = Context {
        channel: Arc::new(peered()),
        layouts: Arc::new(vec![submit_layout(), took_layout()]),
        ..context_in(dir)
    };
    let settings = toml::from_str(&format!(
        "plain = \"专人护送\"\nsigning_key = {{ file = \"k\" }}\n{settings}"
    ));
    crate::Disk::build(settings.unwrap(), context).unwrap()
}

/// Another gateway's sets on a medium, and ours to take them.
struct Pair {
    ours: Arc<dyn Adapter>,
    theirs: Arc<dyn Adapter>,
    dir: tempfile::TempDir,
}

impl Pair {
    fn new(gaps: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let medium = dir.path().join("medium");
        fs::create_dir(&medium).unwrap();
        let theirs =
            "sender = \"ntax\"\nrecipient = \"haidian-1\"\nout_prefix = \"BJ\"\n[peer]\nfeeds = {}\ntook = \"took\"";
        Self {
            ours: gateway(&dir.path().join("ours"), &peer(&format!("gaps = \"{gaps}\""))),
            theirs: gateway(&dir.path().join("theirs"), theirs),
            dir,
        }
    }

    fn medium(&self) -> std::path::PathBuf {
        self.dir.path().join("medium")
    }

    /// Set `batch` of the other gateway, after `before`.
    async fn cut(&self, batch: u64, before: Option<u64>) {
        let named = |batch: u64| Before {
            batch: BatchId(batch),
            number: format!("BJ0302A{batch}"),
            digest: "00".repeat(32),
        };
        let mut rows = outgoing(&CASES[..1]);
        rows.beside = Beside {
            before: before.map(named),
            took: vec![Took {
                number: format!("SW0302A{batch} b{batch}"),
                answer: answer(BatchVerdict::Accepted, &[(CASES[0], "0000")]),
            }],
        };
        let numbers = numbers(batch);
        let batch = Prepared {
            encoded: self.theirs.encode(&rows, &numbers).unwrap(),
            numbers,
            records: rows.records,
            place: Some(self.medium()),
            again: false,
            copy: 1,
        };
        self.theirs.deliver(&batch).await.unwrap();
    }

    /// Name, feed, declared number and what is wrong or to be known of each thing offered.
    async fn offers(&self, position: Option<&str>, past_gaps: bool) -> Vec<(String, Option<String>, Vec<Code>)> {
        let ask = Ask {
            position: position.map(|text| Position(text.to_owned())),
            place: Some(self.medium()),
            answers: None,
            past_gaps,
            max: 100,
        };
        let mut all = Vec::new();
        for mut offer in self.ours.collect(&ask).await.unwrap() {
            let mut codes = Vec::new();
            codes.extend(drain(&mut offer.rows).err().map(|finding| finding.code));
            codes.extend(offer.rows.warnings().iter().map(|finding| finding.code));
            let position = offer.position.map(|position| position.0);
            let number = offer
                .declared
                .number
                .map(|n| format!("{n} @{}", position.unwrap_or_default()));
            all.push((offer.name, number, codes));
        }
        all
    }
}

fn shown(offers: &[(String, Option<String>, Vec<Code>)]) -> Vec<(&str, Option<&str>, &[Code])> {
    let each = offers.iter();
    each.map(|(name, number, codes)| (name.as_str(), number.as_deref(), codes.as_slice()))
        .collect()
}

#[tokio::test]
async fn sets_come_in_the_order_of_the_other_ledger_with_the_list_before_the_rows() {
    let pair = Pair::new("pass");
    for (batch, before) in [(4, Some(2)), (2, None)] {
        pair.cut(batch, before).await;
    }
    let offers = pair.offers(None, false).await;
    let expected = [
        ("BJ0302A2/took.csv", None, &[][..]),
        ("BJ0302A2", Some("BJ0302A2 b2 @2"), &[]),
        ("BJ0302A4/took.csv", None, &[]),
        ("BJ0302A4", Some("BJ0302A4 b4 @4"), &[]),
    ];
    assert_eq!(shown(&offers), expected);
    // Later an older one is not missing any more, and moves nothing back.
    assert_eq!(
        pair.offers(Some("9"), false).await[1].1.as_deref(),
        Some("BJ0302A2 b2 @9")
    );
}

#[tokio::test]
async fn a_set_before_which_one_is_missing_is_told_or_held_with_all_that_follow() {
    let table = [
        (
            "pass",
            false,
            [Some("BJ0302A4 b4 @4"), Some("BJ0302A5 b5 @5")],
            [&[Code::ESequenceGap][..], &[]],
        ),
        (
            "hold",
            false,
            [None, None],
            [&[Code::ESequenceHeld], &[Code::ESequenceHeld]],
        ),
        (
            "hold",
            true,
            [Some("BJ0302A4 b4 @4"), Some("BJ0302A5 b5 @5")],
            [&[Code::ESequenceGap], &[]],
        ),
    ];
    for (gaps, past_gaps, numbers, codes) in table {
        let pair = Pair::new(gaps);
        pair.cut(4, Some(3)).await;
        pair.cut(5, Some(4)).await;
        let offers = pair.offers(Some("2"), past_gaps).await;
        let sets: Vec<_> = shown(&offers)
            .into_iter()
            .filter(|(name, ..)| !name.contains('/'))
            .collect();
        let expected = [("BJ0302A4", numbers[0], codes[0]), ("BJ0302A5", numbers[1], codes[1])];
        assert_eq!(sets, expected, "{gaps} {past_gaps}");
        assert_eq!(offers.len(), 4, "the lists are taken whatever is missing");
    }
}

#[tokio::test]
async fn a_list_that_was_touched_refuses_its_set_and_is_not_read() {
    let pair = Pair::new("pass");
    pair.cut(1, None).await;
    let list = pair.medium().join("BJ0302A1/took.csv");
    let text = fs::read_to_string(&list).unwrap();
    fs::write(&list, text.replace("0000", "9999")).unwrap();
    let offers = pair.offers(None, false).await;
    assert_eq!(shown(&offers), [("BJ0302A1", None, &[Code::EFileHash][..])]);
    // A set that says it came before itself.
    fs::remove_dir_all(pair.medium().join("BJ0302A1")).unwrap();
    pair.cut(3, Some(3)).await;
    let offers = pair.offers(None, false).await;
    assert_eq!(shown(&offers), [("BJ0302A3", None, &[Code::EStructure][..])]);
}

/// For a department there is neither list nor chain: what it cannot use does not lie on its stick.
#[tokio::test]
async fn only_a_gateway_is_told() {
    let bench = Bench::new("");
    assert!(!bench.adapter.tells());
    let pair = Pair::new("pass");
    assert!(pair.theirs.tells());
    pair.cut(2, Some(1)).await;
    let info = fs::read_to_string(pair.medium().join("BJ0302A2/bag-info.txt")).unwrap();
    assert!(info.contains("Set-Before: BJ0302A1 b1 0000"), "{info}");
    let page = fs::read_to_string(pair.medium().join("BJ0302A2/READ-ME.txt")).unwrap();
    assert!(page.contains("disk import") && !page.contains("HP0302A2"), "{page}");
    let place = pair.medium();
    let lying = pair.ours.inspect(&place).await.unwrap();
    let told: Vec<_> = lying
        .iter()
        .map(|thing| (thing.thing, thing.rows, thing.wrong.is_some()))
        .collect();
    assert_eq!(told, [(Thing::Brought, Some(1), false)]);
    assert_eq!(pair.theirs.inspect(&place).await.unwrap()[0].answer, None);
}

#[test]
fn settings_of_a_gateway_that_cannot_work_are_named() {
    let judge = |text: &str| {
        let head = "signing_key = { file = \"k\" }\nplain = \"reason\"\n";
        let settings: crate::Settings = toml::from_str(&format!("{head}{text}")).unwrap();
        let found = settings.judge(&peered(), &[submit_layout(), took_layout()]);
        found
            .iter()
            .map(|f| f.args.iter().find(|(name, _)| name == "setting").unwrap().1.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(judge(&peer("")), [""; 0]);
    let with = |was: &str, is: &str| judge(&peer("").replace(was, is));
    for (was, is, setting) in [
        ("cases = \"BJ\"", "none = \"BJ\"", "peer.feeds.none"),
        ("\"BJ\"", "\"bj\"", "peer.feeds.cases"),
        ("\"BJ\"", "\"SW\"", "peer.feeds.cases"),
        ("\"BJ\"", "\"HP\"", "peer.feeds.cases"),
        ("took = \"took\"", "took = \"cases\"", "peer.took"),
        ("took = \"took\"", "took = \"none\"", "peer.took"),
        ("ntax", "other", "public_keys"),
    ] {
        let recipient = if setting == "public_keys" {
            "recipient = \"ntax\"\n"
        } else {
            ""
        };
        let found = match recipient {
            "" => with(was, is),
            _ => judge(&format!("{recipient}{}", peer("").replace(was, is))),
        };
        assert_eq!(found, [setting], "{was} {is}");
    }
    assert_eq!(judge("[peer]\nfeeds = { cases = \"BJ\" }"), ["public_keys"]);
    for odd in ["gaps = \"wait\"", "gap = \"hold\""] {
        let text = format!("signing_key = {{ file = \"k\" }}\nplain = \"r\"\n{}", peer(odd));
        assert!(toml::from_str::<crate::Settings>(&text).is_err(), "{odd}");
    }
}
