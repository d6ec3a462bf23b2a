//! The library of the standard's own makers judges our bags, and makes one that is read as a return.

use crate::testing::keyring::Keyring;
use crate::testing::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Where `./test` puts what Debian has no package of: beside what cargo builds.
fn strangers() -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let beside = this.ancestors().map(|dir| dir.join("strangers"));
    beside.into_iter().find(|dir| dir.is_dir()).unwrap_or_default()
}

fn bagit(script: &str, bag: &Path) -> Output {
    let script = format!("import sys\nsys.path.insert(0, sys.argv[2])\nimport bagit\n{script}");
    let done = Command::new("/usr/bin/python3")
        .args(["-W", "ignore", "-c", &script])
        .arg(bag)
        .arg(strangers())
        .output()
        .expect("/usr/bin/python3: install python3");
    let told = done.stderr.escape_ascii().to_string();
    assert!(!told.contains("ModuleNotFoundError"), "./test installs bagit: {told}");
    done
}

const VALIDATES: &str =
    "bag = bagit.Bag(sys.argv[1])\nbag.validate()\nprint(bag.info['Batch-Number'], len(list(bag.payload_files())))";

#[tokio::test]
async fn bagit_finds_our_sets_sound_plain_and_encrypted() {
    let keys = Keyring::new();
    for (bench, payload) in [
        (Bench::new(""), "data/SW0302A1.DBF"),
        (keys.bench(""), "data/SW0302A1.DBF.age"),
    ] {
        bench.adapter.deliver(&bench.prepared(1, &CASES)).await.unwrap();
        let bag = bench.medium().join("SW0302A1");
        let done = bagit(VALIDATES, &bag);
        assert!(done.status.success(), "{}", done.stderr.escape_ascii());
        assert_eq!(done.stdout, b"SW0302A1 1\n");
        let whole = fs::read(bag.join(payload)).unwrap();
        fs::write(bag.join(payload), &whole[1..]).unwrap();
        assert!(!bagit(VALIDATES, &bag).status.success(), "{payload}");
    }
}

const MAKES: &str = "
info = {'Sender': 'ntax', 'Recipient': 'haidian-1', 'Batch-Number': 'HP0302A1', 'Rows': '2'}
bagit.make_bag(sys.argv[1], info, checksums=['sha256'])
bagit.Bag(sys.argv[1]).validate()";

#[tokio::test]
async fn a_bag_that_bagit_made_is_read_as_a_return() {
    let keys = Keyring::new();
    let table = golden("HP0302A1.DBF");
    let closed = keys.bureau.closed(&table).unwrap();
    let mut digests = Vec::new();
    for (bench, file, bytes) in [
        (Bench::new(""), "HP0302A1.DBF", &table),
        (keys.bench(""), "HP0302A1.DBF.age", &closed),
    ] {
        let bag = bench.medium().join("HP0302A1");
        fs::create_dir(&bag).unwrap();
        fs::write(bag.join(file), bytes).unwrap();
        let done = bagit(MAKES, &bag);
        assert!(done.status.success(), "{}", done.stderr.escape_ascii());
        let mut offer = bench.offers(&bench.medium()).await.remove(0);
        assert_eq!(
            (
                offer.name.as_str(),
                offer.declared.answers.as_deref(),
                offer.declared.rows
            ),
            ("HP0302A1", Some("SW0302A1"), Some(2))
        );
        assert_eq!(drain(&mut offer.rows).unwrap().len(), 2, "{file}");
        assert_eq!(offer.rows.warnings(), [], "{file}");
        digests.push(offer.digest);
    }
    assert_eq!(digests[0], digests[1], "encrypted or not, it is the same content");
}
