//! Sets and returns of the national suite, with OpenSSL on the other side and nothing of ours.

mod carried;
mod commands;
mod settings;

use super::sealed::{clear_digest, code_of, only, warnings};
use crate::testing::ring_sm::{SmKeyring, one_line};
use crate::testing::*;
use model::Code;
use port::Lying;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const ANSWER: &str = "HP0302A1.DBF.sm4";

async fn lying(bench: &Bench, place: &Path) -> Vec<Lying> {
    bench.adapter.inspect(place).await.unwrap()
}

/// Puts what OpenSSL made on a medium, under a name.
fn put(bench: &Bench, name: &str, files: &[(&str, Vec<u8>); 3]) {
    for (ending, bytes) in files {
        bench.put(&format!("{name}{ending}"), bytes);
    }
}

#[tokio::test]
async fn openssl_alone_checks_and_opens_a_set() {
    let keys = SmKeyring::new();
    let two = format!(
        "recipients = [\"{}\", \"{}\"]\n{}",
        one_line(&keys.bureau.public().unwrap()),
        keys.recipient("spare"),
        keys.identity("node")
    );
    let bench = Bench::of(keys.settings(&two), 16 << 20);
    let batch = bench.prepared(1, &CASES[..2]);
    bench.adapter.deliver(&batch).await.unwrap();
    let bag = bench.medium().join("SW0302A1");
    // Every line of both lists is what OpenSSL finds, and the signature is ours.
    let mut listed = Vec::new();
    for list in ["tagmanifest-sm3.txt", "manifest-sm3.txt"] {
        for line in fs::read_to_string(bag.join(list)).unwrap().lines() {
            let (digest, path) = line.split_once("  ").unwrap();
            assert_eq!(keys.bureau.digest(&bag.join(path)).unwrap(), digest, "{path}");
            listed.push(path.to_owned());
        }
    }
    let payload = "data/SW0302A1.DBF.sm4";
    let of_payload = ["", ".mac", ".key1", ".key2"].map(|ending| format!("{payload}{ending}"));
    assert_eq!(
        listed[..4],
        ["bagit.txt", "bag-info.txt", "manifest-sm3.txt", "READ-ME.txt"]
    );
    assert_eq!(listed[4..], of_payload);
    assert!(keys.bureau.is_signed(&bag));
    let tags = bag.join("tagmanifest-sm3.txt");
    let sound = fs::read(&tags).unwrap();
    fs::write(&tags, [&sound[..], b"\n"].concat()).unwrap();
    assert!(!keys.bureau.is_signed(&bag));
    fs::write(&tags, &sound).unwrap();
    // Each recipient opens it, nobody else does.
    let table = golden("SW0302A1.DBF");
    for key in ["bureau.sm2-key", "spare"] {
        let key = keys.path(key);
        let opened = keys.bureau.opened_with(key.to_str().unwrap(), &bag.join(payload));
        assert_eq!(opened.unwrap(), table, "{key:?}");
    }
    for key in ["node", "stranger"] {
        let key = keys.path(key);
        assert!(
            keys.bureau
                .opened_with(key.to_str().unwrap(), &bag.join(payload))
                .is_err()
        );
    }
    let info = fs::read_to_string(bag.join("bag-info.txt")).unwrap();
    let bytes: u64 = of_payload
        .iter()
        .map(|path| bag.join(path).metadata().unwrap().len())
        .sum();
    assert!(info.contains(&format!("Payload-Oxum: {bytes}.4\n")), "{info}");
    assert!(info.contains("Rows: 2\n") && !info.contains("Control-Sum"), "{info}");
    assert_eq!(
        batch.encoded.parts.iter().map(|part| part.records.len()).sum::<usize>(),
        2
    );
    // Cut again it is the same, signature and keys among it; another batch of the same rows shares nothing with it.
    assert_eq!(bench.prepared(1, &CASES[..2]).encoded, batch.encoded);
    let other = bench.prepared(2, &CASES[..2]).encoded;
    for (one, two) in batch.encoded.parts.iter().zip(&other.parts) {
        let is_own = one.name != "bagit.txt";
        assert_eq!(one.bytes != two.bytes, is_own, "{}", one.name);
    }
}

#[tokio::test]
async fn a_return_that_openssl_made_is_the_same_content_as_in_clear() {
    let keys = SmKeyring::new();
    let bench = keys.bench("");
    let closed = keys.bureau.closed(&golden("HP0302A1.DBF")).unwrap();
    let upper = closed.clone().map(|(ending, bytes)| (ending.to_uppercase(), bytes));
    let upper = upper.each_ref().map(|(ending, bytes)| (ending.as_str(), bytes.clone()));
    for (name, files) in [
        (ANSWER, &closed),
        ("hp0302a1.dbf.SM4", &closed),
        ("HP0302A1.DBF.SM4", &upper),
    ] {
        put(&bench, name, files);
        let mut offer = only(&bench).await;
        assert_eq!(
            (offer.name.as_str(), offer.declared.answers.as_deref()),
            (name, Some("SW0302A1"))
        );
        assert_eq!(crate::keys::to_hex(&offer.digest), clear_digest());
        assert_eq!(warnings(&mut offer), []);
        assert_eq!(fs::read_dir(bench.dir.path().join("work")).unwrap().count(), 0);
        // Whichever of its files a person names.
        for (ending, bytes) in files {
            let path = bench.medium().join(format!("{name}{ending}"));
            assert_eq!(bench.offers(&path).await[0].digest, offer.digest, "{ending}");
            assert_eq!(&fs::read(&path).unwrap(), bytes, "the medium is nobody's to change");
        }
        for entry in fs::read_dir(bench.medium()).unwrap() {
            fs::remove_file(entry.unwrap().path()).unwrap();
        }
    }
    // Encrypted once more it has other bytes and is the same.
    let again = keys.bureau.closed(&golden("HP0302A1.DBF")).unwrap();
    assert!((0..3).all(|at| again[at] != closed[at]));
    put(&bench, ANSWER, &again);
    assert_eq!(crate::keys::to_hex(&only(&bench).await.digest), clear_digest());
}

#[tokio::test]
async fn what_cannot_be_opened_is_refused_by_name_and_put_right_it_is_news() {
    let keys = SmKeyring::new();
    let table = golden("HP0302A1.DBF");
    let closed = keys.bureau.closed(&table).unwrap();
    let bench = keys.bench("");
    let changed = |at: usize, change: &dyn Fn(&mut Vec<u8>)| {
        let mut files = closed.clone();
        change(&mut files[at].1);
        files
    };
    let middle = |bytes: &mut Vec<u8>| {
        let at = bytes.len() / 2;
        bytes[at] ^= 1;
    };
    let of = |pem: &str| {
        keys.bureau
            .closed_for(keys.path(pem).to_str().unwrap(), &table)
            .unwrap()
    };
    let mut seen = BTreeSet::new();
    for (what, files, code) in [
        ("for somebody else", of("stranger.pem"), Code::ECipherOthers),
        (
            "a key of another one",
            {
                let [file, code, _] = closed.clone();
                [file, code, of("node.pem")[2].clone()]
            },
            Code::ECipherBroken,
        ),
        (
            "its key changed",
            changed(2, &|bytes| *bytes.last_mut().unwrap() ^= 1),
            Code::ECipherOthers,
        ),
        (
            "its key cut",
            changed(2, &|bytes| bytes.truncate(50)),
            Code::ECipherBroken,
        ),
        ("its content changed", changed(0, &middle), Code::ECipherBroken),
        (
            "its code changed",
            changed(1, &|bytes| {
                let last = bytes.iter().rposition(u8::is_ascii_hexdigit).unwrap();
                bytes[last] = if bytes[last] == b'0' { b'1' } else { b'0' };
            }),
            Code::ECipherBroken,
        ),
        (
            "without its last byte",
            changed(0, &|bytes| {
                bytes.pop();
            }),
            Code::ECipherBroken,
        ),
        (
            "without its last block",
            changed(0, &|bytes| bytes.truncate(bytes.len() - 16)),
            Code::ECipherBroken,
        ),
        (
            "more behind it",
            changed(0, &|bytes| bytes.extend([0; 16])),
            Code::ECipherBroken,
        ),
        ("nothing", changed(0, &Vec::clear), Code::ECipherBroken),
        (
            "in clear",
            changed(0, &|bytes| bytes.clone_from(&table)),
            Code::ECipherBroken,
        ),
        (
            "its key as a module gives it",
            changed(2, &|bytes| *bytes = vec![4; 228]),
            Code::ECipherForm,
        ),
    ] {
        put(&bench, ANSWER, &files);
        let mut offer = only(&bench).await;
        assert_eq!(
            only(&bench).await.digest,
            offer.digest,
            "{what}: the same again is the same"
        );
        assert_eq!(code_of(&mut offer), code, "{what}");
        assert_eq!(offer.declared.answers.as_deref(), Some("SW0302A1"), "{what}");
        assert!(seen.insert(offer.digest), "{what}: taken for another one");
    }
    // A piece that stayed at the department; of several, each file that is there alone says it.
    for missing in [".mac", ".key1", ""] {
        put(&bench, ANSWER, &closed);
        fs::remove_file(bench.medium().join(format!("{ANSWER}{missing}"))).unwrap();
        let mut offer = only(&bench).await;
        assert_eq!(code_of(&mut offer), Code::ECipherBroken, "{missing}");
        assert_eq!(offer.declared.answers.as_deref(), Some("SW0302A1"), "{missing}");
        assert!(seen.insert(offer.digest), "without {missing}: taken for another one");
        let told = lying(&bench, &bench.medium()).await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(
            told[0].wrong.as_ref().map(|w| w.code),
            Some(Code::ECipherBroken),
            "{missing}"
        );
    }
    put(&bench, ANSWER, &closed);
    let mut right = only(&bench).await;
    assert!(seen.insert(right.digest), "taken for a repeat of what was refused");
    assert_eq!(drain(&mut right.rows).unwrap().len(), 2);

    // A channel without a key says that, and not that the file is wrong.
    let without = Bench::of(keys.settings("plain = \"x\""), 16 << 20);
    put(&without, ANSWER, &closed);
    assert_eq!(code_of(&mut only(&without).await), Code::ECipherNoKey);
}

/// Each suite says of what the other one made that it is of the other one, and what to do.
#[tokio::test]
async fn what_came_in_the_other_suite_is_named() {
    let (sm, age) = (SmKeyring::new(), crate::testing::keyring::Keyring::new());
    let table = golden("HP0302A1.DBF");
    let by_age = age.bureau.closed(&table).unwrap();
    let by_sm = sm.bureau.closed(&table).unwrap();
    let remedy = |offer: &mut port::Offer| drain(&mut offer.rows).unwrap_err().remedy(model::Lang::En);
    for name in ["HP0302A1.DBF.age", "HP0302A1.DBF", ANSWER] {
        let bench = sm.bench("");
        bench.put(name, &by_age);
        assert_eq!(code_of(&mut only(&bench).await), Code::ECipherForm, "{name}");
        let told = remedy(&mut only(&bench).await);
        assert!(
            told.contains("openssl enc -sm4-cbc") && told.contains(&sm.recipient("node")),
            "{told}"
        );
    }
    let bench = age.bench("");
    put(&bench, ANSWER, &by_sm);
    let mut offers = bench.offers(&bench.medium()).await;
    assert_eq!(offers.len(), 1);
    assert_eq!(code_of(&mut offers[0]), Code::ECipherForm);
    assert!(remedy(&mut only(&bench).await).contains("age -r age1"));
    // A set of ours in the one suite is no return in the other, and a bag of the other suite is not read.
    let bench = sm.bench("");
    let bag = bench.medium().join("HP0302A1");
    fs::create_dir_all(bag.join("data")).unwrap();
    for (name, text) in [
        ("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"),
        ("bag-info.txt", "Sender: ntax\nRecipient: haidian-1\n"),
        ("manifest-sha256.txt", ""),
        ("tagmanifest-sha256.txt", ""),
    ] {
        fs::write(bag.join(name), text).unwrap();
    }
    let finding = drain(&mut only(&bench).await.rows).unwrap_err();
    assert_eq!(
        (finding.code, finding.place.file.as_deref()),
        (Code::EStructure, Some("HP0302A1/manifest-sm3.txt"))
    );
}

/// Signed and listed by the national algorithms, and carried in clear for a reason.
#[tokio::test]
async fn plain_sets_of_the_suite_are_signed_by_it() {
    let keys = SmKeyring::new();
    let bench = Bench::of(keys.settings("plain = \"专人护送\"\ncontrol_sum = \"ZCZB\""), 16 << 20);
    let batch = bench.prepared(1, &CASES[..2]);
    bench.adapter.deliver(&batch).await.unwrap();
    let bag = bench.medium().join("SW0302A1");
    assert!(keys.bureau.is_signed(&bag));
    assert_eq!(fs::read(bag.join("data/SW0302A1.DBF")).unwrap(), golden("SW0302A1.DBF"));
    assert!(
        fs::read_to_string(bag.join("bag-info.txt"))
            .unwrap()
            .contains("Control-Sum")
    );
    bench.put("HP0302A1.DBF", &golden("HP0302A1.DBF"));
    assert_eq!(warnings(&mut only(&bench).await), []);
}
