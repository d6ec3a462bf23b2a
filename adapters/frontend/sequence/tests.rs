#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use port::{Claim, Declared};

struct NoRows(Header);

impl RowSource for NoRows {
    fn header(&self) -> &Header {
        &self.0
    }
    fn next(&mut self) -> Result<Option<Taken>, Finding> {
        Ok(None)
    }
}

fn settings() -> InSettings {
    toml::from_str(
        "dir = \"down\"\n[[feeds]]\nfeed = \"results\"\npattern = \"R_*\"\nnumbered = true\n\
         [[feeds]]\nfeed = \"acks\"\npattern = \"A_*\"\nnumbered = true\n[[feeds]]\nfeed = \"notes\"\npattern = \"N_*\"\n",
    )
    .unwrap()
}

fn offers(names: &[&str]) -> Vec<Offer> {
    let feed = |name: &str| match name.as_bytes()[0] {
        b'R' => "results",
        b'A' => "acks",
        _ => "notes",
    };
    let offer = |name: &&str| Offer {
        feed: feed(name).to_owned(),
        claim: Claim(String::new()),
        name: (*name).to_owned(),
        declared: Declared::default(),
        digest: [0; 32],
        bytes: 0,
        rows: Box::new(NoRows(Header::new(["a"]))),
        position: None,
    };
    names.iter().map(offer).collect()
}

/// Position and missing numbers of each.
fn counted(position: &str, names: &[&str]) -> Vec<(Option<String>, Option<String>)> {
    let position = Some(Position(position.to_owned())).filter(|p| !p.0.is_empty());
    let missing = |f: Finding| {
        assert_eq!(f.code, Code::ESequenceGap);
        f.args.iter().find(|(n, _)| n == "missing").unwrap().1.clone()
    };
    count(&settings(), position.as_ref(), offers(names))
        .into_iter()
        .map(|o| (o.position.map(|p| p.0), o.rows.warnings().pop().map(missing)))
        .collect()
}

#[test]
fn numbers_run_on_and_what_is_skipped_is_named() {
    let at = |p: &str, gap: Option<&str>| (Some(p.to_owned()), gap.map(str::to_owned));
    let none = (None, None);
    type Case<'a> = (&'a str, &'a [&'a str], Vec<(Option<String>, Option<String>)>);
    let table: Vec<Case<'_>> = vec![
        ("", &["R_20260316_000001.xml"], vec![at("results=1", None)]),
        ("", &["R_20260316_000003.xml"], vec![at("results=3", Some("1, 2"))]),
        (
            "acks=4 results=1",
            &["R_1_000002.xml", "R_1_000004.xml", "A_1_000005.xml"],
            vec![
                at("acks=4 results=2", None),
                at("acks=4 results=4", Some("3")),
                at("acks=5 results=4", None),
            ],
        ),
        // Late, and again: taken, and the position does not go back.
        (
            "results=9",
            &["R_1_000007.xml", "R_1_000009.xml"],
            vec![at("results=9", None); 2],
        ),
        ("results=1", &["R_1_000100.xml"], vec![at("results=100", Some("2…99"))]),
        (
            "results=1",
            &["N_1_000100.xml", "R_without.xml"],
            vec![none.clone(), none],
        ),
        ("not a position", &["A_1_1.xml"], vec![at("acks=1", None)]),
    ];
    for (position, names, expect) in table {
        assert_eq!(counted(position, names), expect, "{position} {names:?}");
    }
}
