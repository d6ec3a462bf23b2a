//! Sets and returns that are encrypted, with the `age` program on the other side.

use crate::testing::keyring::Keyring;
use crate::testing::*;
use departments::fate::AllApproved;
use departments::ntax::{Habits, Ntax};
use model::{BatchId, Code, Finding};
use port::{Lying, Offer, Recalled, Thing};
use std::fs;
use std::path::Path;
use std::sync::Arc;

pub(super) fn code_of(offer: &mut Offer) -> Code {
    let finding: Finding = drain(&mut offer.rows).unwrap_err();
    assert_eq!(finding.class_of_file(), Some(offer.name.as_str()), "{finding:?}");
    finding.code
}

/// The thing on the medium that a finding is about, as somebody would look for it there.
trait OfFile {
    fn class_of_file(&self) -> Option<&str>;
}

impl OfFile for Finding {
    fn class_of_file(&self) -> Option<&str> {
        self.place.file.as_deref().and_then(|file| file.split('/').next())
    }
}

pub(super) fn warnings(offer: &mut Offer) -> Vec<Code> {
    drain(&mut offer.rows).unwrap();
    offer.rows.warnings().iter().map(|warning| warning.code).collect()
}

pub(super) async fn only(bench: &Bench) -> Offer {
    let mut offers = bench.offers(&bench.medium()).await;
    assert_eq!(offers.len(), 1);
    offers.remove(0)
}

pub(super) fn clear_digest() -> String {
    crate::keys::to_hex(&crate::keys::sha256(&golden("HP0302A1.DBF")))
}

#[tokio::test]
async fn every_recipient_opens_a_set_with_age_and_nothing_of_it_lies_in_clear() {
    let keys = Keyring::new();
    let two = format!(
        "recipients = [\"{}\", \"{}\"]\n{}",
        keys.bureau.recipient(),
        keys.recipient("spare"),
        keys.identity("node")
    );
    let bench = Bench::of(keys.settings(&two), 16 << 20);
    let batch = bench.prepared(1, &CASES[..2]);
    bench.adapter.deliver(&batch).await.unwrap();
    let bag = bench.medium().join("SW0302A1");
    let lies = fs::read(bag.join("data/SW0302A1.DBF.age")).unwrap();
    assert_eq!(fs::read_dir(bag.join("data")).unwrap().count(), 1);
    let table = golden("SW0302A1.DBF");
    for key in ["bureau.age-key", "spare"] {
        assert_eq!(keys.age(&["-d", "-i", key], &lies).as_ref(), Some(&table), "{key}");
    }
    for key in ["node", "stranger"] {
        assert_eq!(keys.age(&["-d", "-i", key], &lies), None, "{key}");
    }
    let info = fs::read_to_string(bag.join("bag-info.txt")).unwrap();
    assert!(info.contains(&format!("Payload-Oxum: {}.1\n", lies.len())), "{info}");
    assert!(info.contains("Rows: 2\n") && !info.contains("Control-Sum"), "{info}");
    // No cell of any row, as it stands in the table, lies anywhere on the medium.
    let cells: Vec<Vec<u8>> = CASES[..2]
        .iter()
        .flat_map(|case| cells(case))
        .filter_map(|cell| formats::Encoding::Gbk.encode(&cell.unwrap()).ok())
        .filter(|bytes| bytes.len() > 5 && table.windows(bytes.len()).any(|w| w == &bytes[..]))
        .collect();
    assert!(cells.len() > 12);
    for part in &batch.encoded.parts {
        assert!(
            !cells
                .iter()
                .any(|cell| part.bytes.windows(cell.len()).any(|w| w == &cell[..])),
            "{}",
            part.name
        );
    }
    // Cut again it is the same; another batch of the same rows shares nothing with it.
    assert_eq!(bench.prepared(1, &CASES[..2]).encoded, batch.encoded);
    let other = bench.prepared(2, &CASES[..2]).encoded;
    let lies_too = &other.parts.iter().find(|p| p.name.starts_with("data/")).unwrap().bytes;
    let end = lies.len() - table.len();
    assert_ne!(lies[end..], lies_too[end..]);
}

#[tokio::test]
async fn a_return_that_age_encrypted_is_the_same_content_as_in_clear() {
    let keys = Keyring::new();
    let bench = keys.bench("");
    let closed = keys.bureau.closed(&golden("HP0302A1.DBF")).unwrap();
    // The content says that it is encrypted; the name need not.
    for name in ["HP0302A1.DBF.age", "hp0302a1.dbf.AGE", "HP0302A1.DBF"] {
        let path = bench.put(name, &closed);
        let mut offer = only(&bench).await;
        assert_eq!(
            (
                offer.name.as_str(),
                offer.declared.answers.as_deref(),
                offer.declared.number.as_deref()
            ),
            (name, Some("SW0302A1"), None)
        );
        assert_eq!(crate::keys::to_hex(&offer.digest), clear_digest());
        assert_eq!(warnings(&mut offer), []);
        assert_eq!(fs::read(&path).unwrap(), closed, "the medium is nobody's to change");
        assert_eq!(fs::read_dir(bench.dir.path().join("work")).unwrap().count(), 0);
        fs::remove_file(path).unwrap();
    }
    // Encrypted once more it has other bytes and is the same.
    let again = keys.bureau.closed(&golden("HP0302A1.DBF")).unwrap();
    assert_ne!(again, closed);
    bench.put("HP0302A1.DBF.age", &again);
    assert_eq!(crate::keys::to_hex(&only(&bench).await.digest), clear_digest());
}

#[tokio::test]
async fn what_cannot_be_opened_is_refused_by_name_and_put_right_it_is_news() {
    let keys = Keyring::new();
    let table = golden("HP0302A1.DBF");
    let closed = keys.bureau.closed(&table).unwrap();
    let stranger = keys.recipient("stranger");
    let foreign = keys.age(&["-r", &stranger], &table).unwrap();
    let letters = keys.age(&["-a", "-r", &keys.recipient("node")], &table).unwrap();
    let flipped = |at: usize| {
        let mut bytes = closed.clone();
        bytes[at] ^= 1;
        bytes
    };
    let other_letter = |at: usize| {
        let mut bytes = closed.clone();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        bytes
    };
    let end = closed.len();
    let bench = keys.bench("");
    let mut seen = std::collections::BTreeSet::new();
    for (what, bytes, code) in [
        ("for somebody else", foreign.clone(), Code::ECipherOthers),
        ("its stanza changed", other_letter(90), Code::ECipherOthers),
        ("its content changed", flipped(end - 30), Code::ECipherBroken),
        (
            "its code changed",
            flipped(closed.len() - table.len() - 16 - 16 - 5),
            Code::ECipherBroken,
        ),
        ("without its last byte", closed[..end - 1].to_vec(), Code::ECipherBroken),
        ("its head only", closed[..120].to_vec(), Code::ECipherBroken),
        ("more behind it", [&closed[..], b"x"].concat(), Code::ECipherBroken),
        ("in letters", letters, Code::ECipherForm),
        (
            "another version",
            [b"age-encryption.org/v9\n", &closed[22..]].concat(),
            Code::ECipherForm,
        ),
        ("in clear", table.clone(), Code::ECipherForm),
        ("nothing", Vec::new(), Code::ECipherForm),
    ] {
        bench.put("HP0302A1.DBF.age", &bytes);
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
    bench.put("HP0302A1.DBF.age", &closed);
    let mut right = only(&bench).await;
    assert!(seen.insert(right.digest), "taken for a repeat of what was refused");
    assert_eq!(drain(&mut right.rows).unwrap().len(), 2);

    // A channel without a key says that, and not that the file is wrong; its plain returns go on as ever.
    let without = Bench::new("");
    without.put("HP0302A1.DBF.age", &closed);
    assert_eq!(code_of(&mut only(&without).await), Code::ECipherNoKey);
    fs::remove_file(without.medium().join("HP0302A1.DBF.age")).unwrap();
    without.put("HP0302A1.DBF", &table);
    assert_eq!(warnings(&mut only(&without).await), []);
}

/// What the other side must do stands in it, to be typed.
#[tokio::test]
async fn the_remedy_names_our_key() {
    let keys = Keyring::new();
    let bench = keys.bench("");
    let foreign = keys.age(&["-r", &keys.recipient("stranger")], b"x").unwrap();
    bench.put("HP0302A1.DBF.age", &foreign);
    let finding = drain(&mut only(&bench).await.rows).unwrap_err();
    for lang in [model::Lang::Zh, model::Lang::En] {
        let remedy = finding.remedy(lang);
        assert!(
            remedy.contains(&format!("age -r {} -o", keys.recipient("node"))),
            "{remedy}"
        );
    }
}

/// The bureau that has the program: a set out, a bag or a bare file back, both encrypted.
async fn bureau(bag: bool) -> (Keyring, Bench, Ntax, tempfile::TempDir) {
    let (keys, home) = (Keyring::new(), tempfile::tempdir().unwrap());
    let ntax = Ntax::open(home.path(), Arc::new(AllApproved)).unwrap();
    let ntax = ntax.trusting(&crate::public_key(SEED).unwrap());
    ntax.set_habits(Habits {
        bag,
        ..Habits::default()
    });
    let bench = keys.bench(&format!("public_keys = {{ ntax = \"{}\" }}", ntax.public_key()));
    bench.adapter.deliver(&bench.prepared(1, &CASES)).await.unwrap();
    assert_eq!(
        ntax.take(&bench.medium()).unwrap()[0].refused.as_deref(),
        Some("1006"),
        "without the key"
    );
    ntax.set_age(departments::age::Age::open(keys.path("node").parent().unwrap(), &keys.recipient("node")).unwrap());
    assert_eq!(ntax.take(&bench.medium()).unwrap()[0].refused, None);
    (keys, bench, ntax, home)
}

#[tokio::test]
async fn a_bag_is_checked_as_it_lies_and_opened_after() {
    let (_keys, bench, _ntax, _home) = bureau(true).await;
    let bag = bench.medium().join("HP0302A1");
    let mut offer = only(&bench).await;
    assert_eq!(
        (offer.name.as_str(), offer.declared.answers.as_deref()),
        ("HP0302A1", Some("SW0302A1"))
    );
    let sound = offer.digest;
    assert_eq!(drain(&mut offer.rows).unwrap().len(), 3);
    let payload = bag.join("data/HP0302A1.DBF.age");
    let bare = bench.offers(&payload).await.remove(0);
    assert_eq!(bare.digest, sound, "bare or in its bag, it is the same content");
    // Whatever happened to the file, the manifest tells it first: it is not what was sent.
    let closed = fs::read(&payload).unwrap();
    for at in [30, 100, closed.len() - 1] {
        let mut other = closed.clone();
        other[at] ^= 1;
        fs::write(&payload, &other).unwrap();
        let mut offer = only(&bench).await;
        assert_ne!(offer.digest, sound);
        assert_eq!(code_of(&mut offer), Code::EFileHash, "byte {at}");
    }
    fs::write(&payload, &closed).unwrap();
    assert_eq!(only(&bench).await.digest, sound);
}

async fn lying(bench: &Bench, place: &Path) -> Vec<Lying> {
    bench.adapter.inspect(place).await.unwrap()
}

#[tokio::test]
async fn a_courier_is_told_what_an_encrypted_stick_is() {
    let (keys, bench, _ntax, _home) = bureau(false).await;
    let medium = bench.medium();
    let told = lying(&bench, &medium).await;
    let (answer, set) = (&told[0], &told[1]);
    assert_eq!(
        (answer.name.as_str(), answer.thing),
        ("HP0302A1.DBF.age", Thing::Return)
    );
    assert_eq!(
        (answer.number.as_deref(), answer.rows, answer.wrong.clone()),
        (Some("SW0302A1"), Some(3), None)
    );
    // Our own set is known by its signature; it is for others to open.
    assert_eq!(
        (set.name.as_str(), set.thing, set.ledger),
        ("SW0302A1", Thing::Set, Some(BatchId(1)))
    );
    assert_eq!(
        (set.rows, set.wrong.clone(), set.answer.as_deref()),
        (Some(3), None, Some("HP0302A1.DBF.age"))
    );
    let payload = medium.join("SW0302A1/data/SW0302A1.DBF.age");
    let closed = fs::read(&payload).unwrap();
    fs::write(&payload, &closed[..closed.len() - 1]).unwrap();
    let wrong = lying(&bench, &medium).await[1].wrong.clone().unwrap();
    assert_eq!(wrong.code, Code::EFileHash);
    fs::write(&payload, &closed).unwrap();
    // A return for somebody else is told before anybody drives across the town with it.
    let foreign = keys.age(&["-r", &keys.recipient("stranger")], b"x").unwrap();
    bench.put("HP0302A1.DBF.age", &foreign);
    assert_eq!(
        lying(&bench, &medium).await[0].wrong.clone().unwrap().code,
        Code::ECipherOthers
    );
}

#[tokio::test]
async fn an_encrypted_answer_beside_a_set_keeps_it_from_being_taken_back() {
    let (_keys, bench, _ntax, _home) = bureau(false).await;
    let batch = bench.prepared(1, &CASES);
    assert_eq!(bench.adapter.recall(&batch).await.unwrap(), Recalled::Taken);
    fs::remove_file(bench.medium().join("HP0302A1.DBF.age")).unwrap();
    assert_eq!(bench.adapter.recall(&batch).await.unwrap(), Recalled::Recalled);
    assert_eq!(bench.adapter.recall(&batch).await.unwrap(), Recalled::Recalled);
}

/// Of a workbook that came encrypted no row goes back in clear.
#[tokio::test]
async fn the_form_that_goes_back_is_encrypted_where_the_return_was() {
    use crate::testing::forms;
    use departments::hrss::Hrss;
    use port::BatchVerdict;
    let (keys, home) = (Keyring::new(), tempfile::tempdir().unwrap());
    let name = "HRSS_HUB_RET_20260302_01.xlsx.age";
    let plain = format!("plain = \"x\"\n{}", keys.identity("node"));
    for (secrecy, form) in [(keys.secrecy(), true), (plain, false)] {
        let hrss = Hrss::open(home.path(), Arc::new(AllApproved)).unwrap();
        hrss.set_age(
            departments::age::Age::open(keys.path("node").parent().unwrap(), &keys.recipient("node")).unwrap(),
        );
        let bench = forms::bench_of(&secrecy);
        let batch = bench.prepared_of(forms::outgoing(&CASES), 1);
        assert_eq!(batch.encoded.parts[4].name.ends_with(".xlsx.age"), form);
        bench.adapter.deliver(&batch).await.unwrap();
        assert_eq!(hrss.take(&bench.medium()).unwrap()[0].refused, None);
        let claim = only(&bench).await.claim;
        let codes = [(CASES[0], "0000"), (CASES[1], "2003"), (CASES[2], "0000")];
        let answer = answer(BatchVerdict::Accepted, &codes);
        bench.adapter.acknowledge(&claim, &answer).await.unwrap();
        let names = || {
            let names = fs::read_dir(bench.medium())
                .unwrap()
                .map(|e| e.unwrap().file_name().into_string().unwrap());
            let mut names: Vec<String> = names.filter(|n| n.contains(".receipt")).collect();
            names.sort();
            names
        };
        let (text, sealed) = (format!("{name}.receipt.txt"), format!("{name}.receipt.xlsx.age"));
        let told = lying(&bench, &bench.medium()).await;
        assert!(
            told.iter()
                .filter(|l| l.name.contains(".receipt"))
                .all(|l| l.thing == Thing::Note),
            "{told:?}"
        );
        if !form {
            assert_eq!(names(), [text], "nobody's key is known there");
            continue;
        }
        assert_eq!(names(), [text.clone(), sealed.clone()]);
        let first = fs::read(bench.medium().join(&sealed)).unwrap();
        assert!(keys.bureau.opened(&first).unwrap().starts_with(b"PK"));
        // Said again after a crash that left the form and not the text: the same form.
        fs::remove_file(bench.medium().join(&text)).unwrap();
        bench.adapter.acknowledge(&claim, &answer).await.unwrap();
        assert_eq!(fs::read(bench.medium().join(&sealed)).unwrap(), first);
    }
}

#[test]
fn settings_of_encryption_that_cannot_work_are_named() {
    let keys = Keyring::new();
    let judge = |text: &str| {
        let settings = keys.settings(text);
        let found = settings.judge(&channel(), &[submit_layout(), return_layout()]);
        let setting = |f: &Finding| {
            f.args
                .iter()
                .find(|(name, _)| *name == "setting")
                .map(|(_, v)| v.clone())
                .unwrap()
        };
        found.iter().map(|f| (f.code, setting(f))).collect::<Vec<_>>()
    };
    let (to, identity, sealed) = (keys.bureau.recipient(), keys.identity("node"), keys.secrecy());
    for good in [
        sealed.clone(),
        format!("suite = \"age\"\n{sealed}"),
        format!("{sealed}\nplain_returns = \"reason\""),
        format!("recipients = [\"{to}\"]\nplain_returns = \"reason\""),
        format!("plain = \"reason\"\n{identity}"),
        "plain = \"reason\"\ncontrol_sum = \"ZCZB\"".to_owned(),
    ] {
        assert_eq!(judge(&good), [], "{good}");
    }
    let many: Vec<String> = (0..17).map(|n| crate::age::tests::public([n; 32])).collect();
    for (bad, code, setting) in [
        (identity.clone(), Code::SPlain, "recipients"),
        ("plain = \" \"".to_owned(), Code::SPlain, "recipients"),
        (format!("{sealed}\nplain = \"reason\""), Code::SPlain, "plain"),
        (format!("{sealed}\nplain = \"\""), Code::SPlain, "plain"),
        (
            "plain = \"reason\"\nsuite = \"age\"".to_owned(),
            Code::SChannelSetting,
            "suite",
        ),
        (
            "plain = \"reason\"\nplain_returns = \"x\"".to_owned(),
            Code::SChannelSetting,
            "plain_returns",
        ),
        (
            format!("{sealed}\nplain_returns = \" \""),
            Code::SChannelSetting,
            "plain_returns",
        ),
        (format!("recipients = [\"{to}\"]"), Code::SChannelSetting, "identity"),
        (
            format!("recipients = [\"age1xyz\"]\n{identity}"),
            Code::SChannelSetting,
            "recipients.0",
        ),
        (
            format!("recipients = [\"{to}\", \"{to}\"]\n{identity}"),
            Code::SChannelSetting,
            "recipients.1",
        ),
        (
            format!("recipients = {many:?}\n{identity}"),
            Code::SChannelSetting,
            "recipients",
        ),
        (
            format!("{sealed}\ncontrol_sum = \"ZCZB\""),
            Code::SChannelSetting,
            "control_sum",
        ),
    ] {
        assert_eq!(judge(&bad), [(code, setting.to_owned())], "{bad}");
    }
    assert!(toml::from_str::<crate::Settings>("signing_key = { file = \"k\" }\nsuite = \"rot13\"").is_err());
}

/// What only the secrets tell is told when the channel is made, and never by sending in clear.
#[tokio::test]
async fn a_channel_whose_keys_are_no_keys_is_not_made() {
    let keys = Keyring::new();
    let made = |secrecy: &str| {
        let context = context_in(keys.path("node").parent().unwrap());
        <crate::Disk as port::TypedMode>::build(keys.settings(secrecy), context).map(|_| ())
    };
    assert!(made(&keys.secrecy()).is_ok());
    fs::write(keys.path("odd"), "no key").unwrap();
    let to = keys.bureau.recipient();
    for (secrecy, setting) in [
        (format!("recipients = [\"{to}\"]\n{}", keys.identity("odd")), "identity"),
        (format!("plain = \"x\"\n{}", keys.identity("odd")), "identity"),
        // A key of small order: whatever is agreed with it is no secret.
        (
            format!("recipients = [\"{}\"]", crate::age::tests::public([0; 32])),
            "recipients",
        ),
        (String::new(), "plain"),
        (format!("plain = \"x\"\n{}", keys.secrecy()), "plain"),
    ] {
        let finding = made(&secrecy).unwrap_err();
        assert_eq!(finding.args[0].1, setting, "{secrecy}");
    }
}
