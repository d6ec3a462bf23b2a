//! What holds in either suite: which key opens, where the bound is, and what is said of a return in clear.

use super::sealed::{clear_digest, code_of, only, warnings};
use crate::testing::keyring::Keyring;
use crate::testing::ring_sm::SmKeyring;
use crate::testing::*;
use model::Code;
use std::fs;
use std::path::Path;

/// The keys of each suite, and the name of an encrypted return.
fn each() -> [(Box<dyn Ring>, &'static str); 2] {
    [
        (Box::new(Keyring::new()), "HP0302A1.DBF.age"),
        (Box::new(SmKeyring::new()), "HP0302A1.DBF.sm4"),
    ]
}

/// Puts what the department's program made of a file on a medium, under a name.
fn put(bench: &Bench, name: &str, files: &[(String, Vec<u8>)]) {
    for (ending, bytes) in files {
        bench.put(&format!("{name}{ending}"), bytes);
    }
}

/// A file that takes no room and has no end.
fn without_end(path: &Path) {
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_len(1 << 40).unwrap();
}

/// Several keys: an old one opens what was encrypted before the new one was known there.
#[tokio::test]
async fn an_older_identity_still_opens() {
    for (keys, name) in each() {
        let both = ["spare", "node"].map(|key| fs::read_to_string(keys.path(key)).unwrap());
        fs::write(keys.path("both"), both.concat()).unwrap();
        let secrecy = format!("recipients = [\"{}\"]\n{}", keys.bureau(), keys.identity("both"));
        let bench = Bench::of(keys.settings(&secrecy), 16 << 20);
        put(&bench, name, &keys.closed(&golden("HP0302A1.DBF")));
        assert_eq!(warnings(&mut only(&bench).await), [], "{name}");
    }
}

#[tokio::test]
async fn the_bound_is_on_the_clear_bytes_and_nothing_larger_is_unpacked() {
    for (keys, name) in each() {
        let table = golden("HP0302A1.DBF");
        let bench = Bench::of(keys.settings(&keys.secrecy()), table.len() as u64);
        put(&bench, name, &keys.closed(&table));
        let rows = drain(&mut only(&bench).await.rows).unwrap();
        assert_eq!(rows.len(), 2, "{name}: exactly as much as is allowed");
        for large in [table.len() + 1, 70_000, 300_000] {
            put(&bench, name, &keys.closed(&vec![0x20; large]));
            assert_eq!(code_of(&mut only(&bench).await), Code::ETooLarge, "{name} {large}");
        }
        // A stick full of nothing is not read through, whatever its first bytes promise.
        let path = bench.medium().join(name);
        let head = fs::read(&path).unwrap();
        fs::write(&path, &head[..200]).unwrap();
        without_end(&path);
        assert_eq!(code_of(&mut only(&bench).await), Code::ETooLarge, "{name}");
        // Nor what lies beside it.
        let whole = keys.closed(&table);
        for (ending, _) in whole.iter().filter(|(ending, _)| !ending.is_empty()) {
            put(&bench, name, &whole);
            without_end(&bench.medium().join(format!("{name}{ending}")));
            assert_eq!(code_of(&mut only(&bench).await), Code::ECipherBroken, "{name}{ending}");
        }
    }
}

/// A return in clear is taken, because refusing it hides nothing any more; and it is told, unless somebody accepted it.
#[tokio::test]
async fn a_return_in_clear_is_taken_and_told_unless_it_was_agreed() {
    let agreed = "plain_returns = \"回盘机不能加密\"";
    for (keys, name) in each() {
        for (more, told) in [("", vec![Code::WPlainReturn]), (agreed, vec![])] {
            let bench = keys.bench(more);
            bench.put("HP0302A1.DBF", &golden("HP0302A1.DBF"));
            let mut offer = only(&bench).await;
            assert_eq!(warnings(&mut offer), told, "{name} {more}");
            assert!(told.is_empty() || offer.rows.warnings()[0].place.file.as_deref() == Some("HP0302A1.DBF"));
            assert_eq!(crate::keys::to_hex(&offer.digest), clear_digest());
        }
        // Somebody agreed to returns in clear and has no key: sets go encrypted all the same.
        let secrecy = format!("recipients = [\"{}\"]\n{agreed}", keys.bureau());
        let bench = Bench::of(keys.settings(&secrecy), 16 << 20);
        bench.put("HP0302A1.DBF", &golden("HP0302A1.DBF"));
        assert_eq!(warnings(&mut only(&bench).await), [], "{name}");
        let lies = &bench.prepared(1, &CASES).encoded.parts[4].name;
        assert!(lies.ends_with(keys.suite().ending()), "{lies}");
    }
}
