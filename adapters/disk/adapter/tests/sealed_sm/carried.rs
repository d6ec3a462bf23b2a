//! What happens to such disks on their way: bags, couriers, slips, forms that go back.

use super::*;
use departments::fate::AllApproved;
use departments::ntax::{Habits, Ntax};
use model::BatchId;
use port::{DigestKind, Recalled, Thing};
use std::sync::Arc;

/// The bureau that has the program: a set out, a bag or bare files back, both encrypted.
async fn bureau(bag: bool) -> (SmKeyring, Bench, Ntax, tempfile::TempDir) {
    let (keys, home) = (SmKeyring::new(), tempfile::tempdir().unwrap());
    let ntax = Ntax::open(home.path(), Arc::new(AllApproved)).unwrap();
    let openssl = keys.taken_along(home.path());
    let public = one_line(&openssl.public().unwrap());
    ntax.set_habits(Habits {
        bag,
        ..Habits::default()
    });
    let secrecy = format!(
        "recipients = [\"{public}\"]\n{}\npublic_keys = {{ ntax = \"{public}\" }}",
        keys.identity("node")
    );
    let bench = Bench::of(keys.settings(&secrecy), 16 << 20);
    bench.adapter.deliver(&bench.prepared(1, &CASES)).await.unwrap();
    ntax.set_sm(openssl);
    assert_eq!(ntax.take(&bench.medium()).unwrap()[0].refused, None);
    (keys, bench, ntax, home)
}

#[tokio::test]
async fn a_bag_is_checked_as_it_lies_and_opened_after() {
    let (keys, bench, _ntax, home) = bureau(true).await;
    let bag = bench.medium().join("HP0302A1");
    let mut offer = only(&bench).await;
    assert_eq!(
        (offer.name.as_str(), offer.declared.answers.as_deref()),
        ("HP0302A1", Some("SW0302A1"))
    );
    let sound = offer.digest;
    assert_eq!(drain(&mut offer.rows).unwrap().len(), 3);
    assert_eq!(offer.rows.warnings(), []);
    let payload = bag.join("data").join(ANSWER);
    let bare = bench.offers(&payload).await.remove(0);
    assert_eq!(bare.digest, sound, "bare or in its bag, it is the same content");
    // Whatever happened to a file of it, the manifest tells it first: it is not what was sent.
    for ending in ["", ".mac", ".key1"] {
        let path = bag.join("data").join(format!("{ANSWER}{ending}"));
        let whole = fs::read(&path).unwrap();
        for at in [0, whole.len() / 2, whole.len() - 1] {
            let mut other = whole.clone();
            other[at] ^= 1;
            fs::write(&path, &other).unwrap();
            let mut offer = only(&bench).await;
            assert_ne!(offer.digest, sound);
            assert_eq!(code_of(&mut offer), Code::EFileHash, "{ending}, byte {at}");
        }
        fs::remove_file(&path).unwrap();
        assert_eq!(code_of(&mut only(&bench).await), Code::EStructure, "without {ending}");
        fs::write(&path, &whole).unwrap();
    }
    assert_eq!(only(&bench).await.digest, sound);
    // A signature of somebody else's, and none.
    let signature = bag.join("signature.sm2");
    let ours = fs::read(&signature).unwrap();
    for other in [Some(Vec::new()), Some(vec![0x30; 70]), None] {
        match other {
            Some(bytes) => fs::write(&signature, bytes).unwrap(),
            None => fs::remove_file(&signature).unwrap(),
        }
        assert_eq!(code_of(&mut only(&bench).await), Code::ESignature);
    }
    fs::write(&signature, &ours).unwrap();
    // A key beside the payload that no list names is told and not used, though it would open.
    let openssl = keys.taken_along(home.path());
    let data = bag.join("data");
    fs::rename(data.join(format!("{ANSWER}.key1")), data.join(format!("{ANSWER}.key2"))).unwrap();
    let lines = |list: &str| fs::read_to_string(bag.join(list)).unwrap();
    let manifest: String = lines("manifest-sm3.txt")
        .lines()
        .filter(|line| !line.ends_with(".key1"))
        .map(|line| format!("{line}\n"))
        .collect();
    let before = openssl.digest(&bag.join("manifest-sm3.txt")).unwrap();
    fs::write(bag.join("manifest-sm3.txt"), manifest).unwrap();
    let after = openssl.digest(&bag.join("manifest-sm3.txt")).unwrap();
    let tags = lines("tagmanifest-sm3.txt").replace(&before, &after);
    fs::write(bag.join("tagmanifest-sm3.txt"), &tags).unwrap();
    fs::write(&signature, openssl.signature(tags.as_bytes()).unwrap()).unwrap();
    let mut offer = only(&bench).await;
    assert_eq!(code_of(&mut offer), Code::ECipherBroken);
    assert_eq!(offer.rows.warnings()[0].code, Code::WUnlistedFile);
}

#[tokio::test]
async fn a_courier_is_told_what_such_a_stick_is() {
    let (keys, bench, _ntax, _home) = bureau(false).await;
    let medium = bench.medium();
    let told = lying(&bench, &medium).await;
    let names: Vec<&str> = told.iter().map(|l| l.name.as_str()).collect();
    assert_eq!(names, [ANSWER, "SW0302A1"], "what lies beside a file is told with it");
    assert_eq!(
        (
            told[0].thing,
            told[0].number.as_deref(),
            told[0].rows,
            told[0].wrong.clone()
        ),
        (Thing::Return, Some("SW0302A1"), Some(3), None)
    );
    assert_eq!(
        (told[1].thing, told[1].ledger, told[1].rows, told[1].wrong.clone()),
        (Thing::Set, Some(BatchId(1)), Some(3), None)
    );
    assert_eq!(told[1].answer.as_deref(), Some(ANSWER));
    let one = lying(&bench, &medium.join(format!("{ANSWER}.mac"))).await;
    assert_eq!(one, told[..1], "whichever of its files was named");
    // One byte anywhere in our own set.
    for entry in fs::read_dir(medium.join("SW0302A1/data")).unwrap() {
        let path = entry.unwrap().path();
        let whole = fs::read(&path).unwrap();
        let mut other = whole.clone();
        other[whole.len() / 2] ^= 1;
        fs::write(&path, &other).unwrap();
        let wrong = lying(&bench, &medium).await[1].wrong.clone().unwrap();
        assert_eq!(wrong.code, Code::EFileHash, "{path:?}");
        fs::write(&path, &whole).unwrap();
    }
    let stranger = keys.path("stranger.pem");
    put(
        &bench,
        ANSWER,
        &keys.bureau.closed_for(stranger.to_str().unwrap(), b"x").unwrap(),
    );
    let wrong = lying(&bench, &medium).await[0].wrong.clone().unwrap();
    assert_eq!(wrong.code, Code::ECipherOthers);
}

#[tokio::test]
async fn the_slip_says_which_digest_two_people_compare() {
    let keys = SmKeyring::new();
    for (bench, kind, file) in [
        (keys.bench(""), DigestKind::Sm3, "SW0302A1/tagmanifest-sm3.txt"),
        (Bench::new(""), DigestKind::Sha256, "SW0302A1/tagmanifest-sha256.txt"),
    ] {
        let batch = bench.prepared(1, &CASES);
        bench.adapter.deliver(&batch).await.unwrap();
        let slip = bench.adapter.slip(&batch.encoded).unwrap();
        assert_eq!((slip.kind, slip.file.as_str()), (kind, file));
        if kind == DigestKind::Sm3 {
            let found = keys.bureau.digest(&bench.medium().join(file)).unwrap();
            assert_eq!(crate::keys::to_hex(&slip.digest), found);
            assert_eq!(slip.answer.as_deref(), Some(ANSWER));
        }
        // What was cut before the settings changed is what it was.
        let other = if kind == DigestKind::Sm3 {
            Bench::new("")
        } else {
            keys.bench("")
        };
        let again = other.adapter.slip(&batch.encoded).unwrap();
        assert_eq!((again.kind, again.digest), (slip.kind, slip.digest));
    }
}

#[tokio::test]
async fn an_encrypted_answer_beside_a_set_keeps_it_from_being_taken_back() {
    let (_keys, bench, _ntax, _home) = bureau(false).await;
    let batch = bench.prepared(1, &CASES);
    assert_eq!(bench.adapter.recall(&batch).await.unwrap(), Recalled::Taken);
    for ending in ["", ".mac", ".key1"] {
        fs::remove_file(bench.medium().join(format!("{ANSWER}{ending}"))).unwrap();
    }
    assert_eq!(bench.adapter.recall(&batch).await.unwrap(), Recalled::Recalled);
}

/// Of a workbook that came encrypted no row goes back in clear.
#[tokio::test]
async fn the_form_that_goes_back_is_encrypted_where_the_return_was() {
    use crate::testing::forms;
    use departments::hrss::Hrss;
    use port::BatchVerdict;
    let (keys, home) = (SmKeyring::new(), tempfile::tempdir().unwrap());
    let hrss = Hrss::open(home.path(), Arc::new(AllApproved)).unwrap();
    let openssl = keys.taken_along(home.path());
    let to = one_line(&openssl.public().unwrap());
    hrss.set_sm(openssl);
    let bench = forms::bench_of(&format!(
        "suite = \"sm\"\nrecipients = [\"{to}\"]\n{}",
        keys.identity("node")
    ));
    let batch = bench.prepared_of(forms::outgoing(&CASES), 1);
    assert!(batch.encoded.parts[4].name.ends_with(".xlsx.sm4"));
    bench.adapter.deliver(&batch).await.unwrap();
    assert_eq!(hrss.take(&bench.medium()).unwrap()[0].refused, None);
    let claim = only(&bench).await.claim;
    let codes = [(CASES[0], "0000"), (CASES[1], "2003"), (CASES[2], "0000")];
    let answer = answer(BatchVerdict::Accepted, &codes);
    bench.adapter.acknowledge(&claim, &answer).await.unwrap();
    let notes = || {
        let names = fs::read_dir(bench.medium()).unwrap();
        let names = names.map(|e| e.unwrap().file_name().into_string().unwrap());
        names.filter(|n| n.contains(".receipt")).collect::<BTreeSet<_>>()
    };
    let name = "HRSS_HUB_RET_20260302_01.xlsx.sm4";
    let form = format!("{name}.receipt.xlsx.sm4");
    let expected = [
        format!("{name}.receipt.txt"),
        form.clone(),
        format!("{form}.mac"),
        format!("{form}.key1"),
    ];
    assert_eq!(notes(), BTreeSet::from(expected));
    let sealed = bench.medium().join(&form);
    let key = home.path().join("bureau.sm2-key");
    let opened = keys.bureau.opened_with(key.to_str().unwrap(), &sealed).unwrap();
    assert!(opened.starts_with(b"PK"));
    let told = lying(&bench, &bench.medium()).await;
    let told: Vec<_> = told.iter().filter(|l| l.name.contains(".receipt")).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told.iter().all(|l| l.thing == Thing::Note && l.number.is_some()),
        "{told:?}"
    );
    // What is left of a form is a note of ours still.
    let whole = fs::read(&sealed).unwrap();
    fs::remove_file(&sealed).unwrap();
    let left = lying(&bench, &bench.medium()).await;
    let left: Vec<_> = left
        .iter()
        .filter(|l| l.name.contains(".receipt"))
        .map(|l| l.thing)
        .collect();
    assert_eq!(left, [Thing::Note; 3]);
    fs::write(&sealed, whole).unwrap();
    // Said again after a crash that left the form and not the text: the same form.
    let first = fs::read(&sealed).unwrap();
    fs::remove_file(bench.medium().join(format!("{name}.receipt.txt"))).unwrap();
    bench.adapter.acknowledge(&claim, &answer).await.unwrap();
    assert_eq!(fs::read(&sealed).unwrap(), first);
}
