//! What comes back on a medium: counted, checked, refused by name, and never changed there.

use crate::testing::*;
use departments::fate;
use departments::ntax::Habits;
use model::{Code, Finding};
use port::{Ask, BatchVerdict, Next, Offer, Taken};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn code_of(offer: &mut Offer) -> Code {
    let header = offer.rows.header().clone();
    assert!(!header.is_empty());
    let finding: Finding = drain(&mut offer.rows).unwrap_err();
    assert!(offer.rows.next().unwrap().is_none(), "an end after a refusal");
    finding.code
}

#[tokio::test]
async fn a_bare_file_is_read_and_says_what_it_answers() {
    let bench = Bench::new("");
    let golden = golden("HP0302A1.DBF");
    for (file, answers) in [
        ("HP0302A1.DBF", "SW0302A1"),
        ("hp0302a1.dbf", "SW0302A1"),
        // Renamed: the same content says now that it answers another batch; both are told, nobody guesses.
        ("HP0303B2.DBF", "SW0303B2"),
    ] {
        let path = bench.put(file, &golden);
        for place in [bench.medium(), path.clone()] {
            let mut offers = bench.offers(&place).await;
            assert_eq!(offers.len(), 1, "{file}");
            let offer = &mut offers[0];
            assert_eq!(
                (offer.name.as_str(), offer.feed.as_str(), offer.bytes),
                (file, "return", 534)
            );
            assert_eq!(
                (
                    offer.declared.answers.as_deref(),
                    offer.declared.number.as_deref(),
                    offer.declared.rows
                ),
                (Some(answers), None, None)
            );
            assert_eq!(
                crate::keys::to_hex(&offer.digest),
                "39adeb6c809cab0c6287dea329bbee470fe140e1115849ce169694977759574a"
            );
            assert_eq!(&*offer.rows.header().names()[1], "CLJG");
            let rows = drain(&mut offer.rows).unwrap();
            let Taken::Row(first) = &rows[0] else {
                panic!("{rows:?}")
            };
            assert_eq!(
                (rows.len(), first.get(0), first.get(3), first.get(5)),
                (2, Some(CASES[0]), Some("110199123456788"), Some("20260318"))
            );
            assert!(offer.rows.warnings().is_empty());
        }
        assert_eq!(fs::read(&path).unwrap(), golden, "the medium is nobody's to change");
        fs::remove_file(path).unwrap();
    }
}

#[tokio::test]
async fn deleted_rows_are_told() {
    let bench = Bench::new("");
    bench.put("HP0302A1.DBF", &golden("DELETED.DBF"));
    let mut offers = bench.offers(&bench.medium()).await;
    assert_eq!(drain(&mut offers[0].rows).unwrap().len(), 1);
    let warnings = offers[0].rows.warnings();
    assert_eq!(
        warnings
            .iter()
            .map(|w| (w.code, w.place.file.as_deref()))
            .collect::<Vec<_>>(),
        [(Code::WDeletedRows, Some("HP0302A1.DBF"))]
    );
}

#[tokio::test]
async fn a_truncated_return_is_refused_wherever_it_was_cut() {
    let bench = Bench::new("");
    let golden = golden("HP0302A1.DBF");
    for len in (0..golden.len() - 1).step_by(64).chain([golden.len() - 2]) {
        bench.put("HP0302A1.DBF", &golden[..len]);
        let mut offers = bench.offers(&bench.medium()).await;
        let code = code_of(&mut offers[0]);
        assert!(
            matches!(code, Code::ETruncated | Code::EFileCount | Code::EStructure),
            "{len}: {code}"
        );
    }
}

#[tokio::test]
async fn what_is_not_a_return_is_refused_by_name() {
    let bench = Bench::bounded("", 2000);
    let golden = golden("HP0302A1.DBF");
    let spoilt = |at: usize, with: &[u8]| {
        let mut bytes = golden.clone();
        bytes[at..at + with.len()].copy_from_slice(with);
        bytes
    };
    for (bytes, code) in [
        (spoilt(64, b"XXXX"), Code::EHeader),
        (spoilt(4, &[3]), Code::EFileCount),
        (spoilt(0, &[0x83]), Code::EMemo),
        (spoilt(29, &[0x78]), Code::ECodePage),
        (b"<html>".repeat(60), Code::EStructure),
        (vec![0; 2001], Code::ETooLarge),
    ] {
        bench.put("HP0302A1.DBF", &bytes);
        let mut offers = bench.offers(&bench.medium()).await;
        assert_eq!(code_of(&mut offers[0]), code);
    }
    fs::remove_file(bench.medium().join("HP0302A1.DBF")).unwrap();
    // Named by a person, it is offered whatever it is called, and refused for its name; content put right is news.
    let mut wrong = bench.offers(&bench.put("return.dbf", &golden)).await;
    assert_eq!(
        (code_of(&mut wrong[0]), wrong[0].declared.answers.as_deref()),
        (Code::EFileName, None)
    );
    let right = bench.offers(&bench.put("HP0302A1.DBF", &golden)).await;
    assert_ne!(wrong[0].digest, right[0].digest);
}

#[tokio::test]
async fn what_is_not_ours_is_not_looked_at() {
    let bench = Bench::new("");
    bench.adapter.deliver(&bench.prepared(1, &CASES)).await.unwrap();
    for name in [
        "autorun.inf",
        "SW0302A1.DBF",
        "HP0302A1.DBF.part",
        "HP0302A1.txt",
        ".HP0302A1.DBF",
        "HP0302A1.DBF.receipt.txt",
    ] {
        bench.put(name, &golden("HP0302A1.DBF"));
    }
    fs::create_dir(bench.medium().join("HP0302A2.DBF")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", bench.medium().join("HP0302A3.DBF")).unwrap();
    assert_eq!(bench.offers(&bench.medium()).await.len(), 0);
    let nobody = bench
        .adapter
        .collect(&Ask {
            position: None,
            place: None,
            answers: None,
            past_gaps: false,
            max: 10,
        })
        .await
        .unwrap();
    assert!(nobody.is_empty());
    let gone = bench
        .adapter
        .collect(&Ask {
            position: None,
            place: Some("/nowhere".into()),
            answers: None,
            past_gaps: false,
            max: 10,
        })
        .await;
    let Err(fault) = gone else {
        panic!("a medium that is not there")
    };
    assert_eq!((fault.finding.code, fault.next), (Code::CPlace, Next::Person));
}

/// A bag as the department writes it, for three cases.
struct Returned {
    bench: Bench,
    bag: PathBuf,
}

impl Returned {
    async fn new() -> Self {
        Self::vouched(|key| format!("\"{key}\"")).await
    }

    /// With what the settings say of the bureau's public key.
    async fn vouched(keys: impl FnOnce(&str) -> String) -> Self {
        let home = tempfile::tempdir().unwrap();
        let ntax = departments::ntax::Ntax::open(home.path(), Arc::new(fate::AllApproved)).unwrap();
        ntax.set_habits(Habits {
            bag: true,
            ..Habits::default()
        });
        let bench = Bench::new(&format!("public_keys = {{ ntax = {} }}", keys(&ntax.public_key())));
        bench.adapter.deliver(&bench.prepared(1, &CASES)).await.unwrap();
        let taken = ntax.take(&bench.medium()).unwrap();
        let bag = taken[0].answer.clone().unwrap();
        Self { bench, bag }
    }

    async fn offer(&self) -> Offer {
        let mut offers = self.bench.offers(&self.bench.medium()).await;
        assert_eq!(offers.len(), 1, "one return, and our own set not offered");
        offers.remove(0)
    }

    fn rewrite(&self, file: &str, change: impl FnOnce(String) -> String) {
        let path = self.bag.join(file);
        fs::write(&path, change(fs::read_to_string(&path).unwrap())).unwrap();
    }
}

/// A file with a name of its own kind: a person says which disk it answers, of one file and no more.
#[tokio::test]
async fn a_person_says_which_batch_a_bare_file_answers() {
    let bench = Bench::new("");
    let path = bench.put("国税回执-3月.dbf", &golden("HP0302A1.DBF"));
    let ask = |place: &Path, answers: &str| Ask {
        position: None,
        place: Some(place.to_owned()),
        answers: Some(answers.to_owned()),
        past_gaps: false,
        max: 9,
    };
    let unnamed = &mut bench.offers(&path).await[0];
    assert_eq!(code_of(unnamed), Code::EFileName);
    for said in ["SW0302A1", "sw0302a1"] {
        let mut offers = bench.adapter.collect(&ask(&path, said)).await.unwrap();
        let offer = &mut offers[0];
        assert_eq!(offer.declared.answers.as_deref(), Some("SW0302A1"), "{said}");
        assert_eq!(drain(&mut offer.rows).unwrap().len(), 2);
    }
    for (place, said, code) in [
        (path.clone(), "XX0302A1", Code::VNotFound),
        (bench.medium(), "SW0302A1", Code::VCall),
    ] {
        let no = bench.adapter.collect(&ask(&place, said)).await.map(drop).unwrap_err();
        assert_eq!(no.finding.code, code, "{said}");
    }
}

#[tokio::test]
async fn a_sound_bag_is_the_same_content_as_its_bare_file() {
    let returned = Returned::new().await;
    let mut bag = returned.offer().await;
    assert_eq!(
        (bag.name.as_str(), bag.declared.answers.as_deref(), bag.declared.rows),
        ("HP0302A1", Some("SW0302A1"), Some(3))
    );
    assert_eq!(drain(&mut bag.rows).unwrap().len(), 3);
    let bare = returned.bench.offers(&returned.bag.join("data/HP0302A1.DBF")).await;
    assert_eq!(
        (bare[0].digest, &bare[0].declared.answers),
        (bag.digest, &bag.declared.answers)
    );
    let named = returned.bench.offers(&returned.bag).await;
    assert_eq!((named[0].digest, &named[0].claim), (bag.digest, &bag.claim));
}

/// A key is changed while sets signed with the old one are on their way: either is good until the old one is taken out.
/// When a set was made by whose clock decides nothing.
#[tokio::test]
async fn a_key_that_is_changed_on_the_way_vouches_until_it_is_taken_out() {
    let other = crate::public_key(SEED).unwrap();
    for (keys, good) in [
        (
            &(|key: &str| format!("[\"{other}\", \"{key}\"]")) as &dyn Fn(&str) -> String,
            true,
        ),
        (&|key: &str| format!("[\"{key}\", \"{other}\"]"), true),
        (&|_: &str| format!("[\"{other}\"]"), false),
    ] {
        let returned = Returned::vouched(keys).await;
        let mut offer = returned.offer().await;
        if good {
            assert_eq!(drain(&mut offer.rows).unwrap().len(), 3);
        } else {
            assert_eq!(code_of(&mut offer), Code::ESignature);
        }
    }
    // The year in a table's head, of a machine whose clock never was set.
    let bench = Bench::new("");
    let mut table = golden("HP0302A1.DBF");
    table[1..4].copy_from_slice(&[80, 1, 1]);
    bench.put("HP0302A1.DBF", &table);
    let offer = &mut bench.offers(&bench.medium()).await[0];
    assert_eq!(offer.declared.answers.as_deref(), Some("SW0302A1"));
    assert_eq!(drain(&mut offer.rows).unwrap().len(), 2);
}

#[tokio::test]
async fn a_bag_that_was_touched_is_refused_and_the_sound_one_is_still_news() {
    type Change = fn(&Returned);
    let table: [(&str, Code, Change); 12] = [
        ("swapped payload", Code::EFileHash, |r| {
            fs::write(r.bag.join("data/HP0302A1.DBF"), golden("HP0302A1.DBF")).unwrap()
        }),
        ("missing payload", Code::EStructure, |r| {
            fs::remove_file(r.bag.join("data/HP0302A1.DBF")).unwrap()
        }),
        ("tampered manifest", Code::EFileHash, |r| {
            r.rewrite("manifest-sha256.txt", |t| t.replace("HP0302A1", "HP0302A2"))
        }),
        ("other rows", Code::EFileHash, |r| {
            r.rewrite("bag-info.txt", |t| t.replace("Rows: 3", "Rows: 2"))
        }),
        ("wrong recipient", Code::EWrongRecipient, |r| {
            r.rewrite("bag-info.txt", |t| t.replace("haidian-1", "chaoyang-1"))
        }),
        ("no recipient", Code::EStructure, |r| {
            r.rewrite("bag-info.txt", |t| t.replace("Recipient", "To"))
        }),
        ("no signature", Code::ESignature, |r| {
            fs::remove_file(r.bag.join("signature.ed25519")).unwrap()
        }),
        ("forged signature", Code::ESignature, |r| {
            r.rewrite("signature.ed25519", |t| "0".repeat(t.len()))
        }),
        ("way up", Code::EStructure, |r| {
            r.rewrite("tagmanifest-sha256.txt", |t| t.replace("bagit.txt", "../bagit.txt"))
        }),
        ("unlisted info", Code::EStructure, |r| {
            r.rewrite("tagmanifest-sha256.txt", |t| {
                t.lines()
                    .filter(|l| !l.ends_with("bag-info.txt"))
                    .map(|l| format!("{l}\n"))
                    .collect()
            })
        }),
        ("no tag manifest", Code::EStructure, |r| {
            fs::remove_file(r.bag.join("tagmanifest-sha256.txt")).unwrap()
        }),
        ("huge text", Code::ETooLarge, |r| {
            fs::write(r.bag.join("bagit.txt"), vec![b'x'; 300_000]).unwrap()
        }),
    ];
    for (what, code, change) in table {
        let returned = Returned::new().await;
        let sound = returned.offer().await.digest;
        change(&returned);
        let mut offer = returned.offer().await;
        assert_eq!(code_of(&mut offer), code, "{what}");
        assert_ne!(offer.digest, sound, "{what}: the sound one would be taken for a repeat");
        assert_eq!(
            returned.offer().await.digest,
            offer.digest,
            "{what}: the same again is the same"
        );
    }
}

#[tokio::test]
async fn what_a_bag_answers_stands_inside_it() {
    // A signed label is data; the name somebody gave the directory is not.
    let returned = Returned::new().await;
    fs::rename(&returned.bag, returned.bench.medium().join("HP0909C3")).unwrap();
    let mut offer = returned.offer().await;
    assert_eq!(offer.declared.answers.as_deref(), Some("SW0302A1"));
    assert_eq!(drain(&mut offer.rows).unwrap().len(), 3);
}

#[tokio::test]
async fn unlisted_files_are_told_and_left() {
    let returned = Returned::new().await;
    fs::write(returned.bag.join("autorun.inf"), "open=x.exe").unwrap();
    fs::write(returned.bag.join("data/extra.DBF"), golden("HP0302A1.DBF")).unwrap();
    let mut offer = returned.offer().await;
    assert_eq!(drain(&mut offer.rows).unwrap().len(), 3);
    let told: Vec<_> = offer
        .rows
        .warnings()
        .into_iter()
        .map(|w| (w.code, w.place.file.unwrap_or_default()))
        .collect();
    assert_eq!(
        told,
        [
            (Code::WUnlistedFile, "autorun.inf".to_owned()),
            (Code::WUnlistedFile, "data/extra.DBF".to_owned())
        ]
    );
}

#[tokio::test]
async fn capitals_lost_on_the_way_do_not_matter() {
    let returned = Returned::new().await;
    fs::rename(
        returned.bag.join("data/HP0302A1.DBF"),
        returned.bag.join("data/hp0302a1.dbf"),
    )
    .unwrap();
    fs::rename(returned.bag.join("data"), returned.bag.join("DATA")).unwrap();
    fs::rename(&returned.bag, returned.bench.medium().join("hp0302a1")).unwrap();
    assert_eq!(drain(&mut returned.offer().await.rows).unwrap().len(), 3);
}

#[tokio::test]
async fn the_label_counts() {
    let returned = Returned::new().await;
    let unsigned = Bench::new("");
    copy_tree(&returned.bag, &unsigned.medium().join("HP0302A1"));
    let bag = unsigned.medium().join("HP0302A1");
    let info = fs::read_to_string(bag.join("bag-info.txt"))
        .unwrap()
        .replace("Rows: 3", "Rows: 4");
    let tags = fs::read_to_string(bag.join("tagmanifest-sha256.txt")).unwrap();
    let relabelled: String = tags
        .lines()
        .map(|l| {
            if l.ends_with("bag-info.txt") {
                format!(
                    "{}  bag-info.txt\n",
                    crate::keys::to_hex(&crate::keys::sha256(info.as_bytes()))
                )
            } else {
                format!("{l}\n")
            }
        })
        .collect();
    fs::write(bag.join("bag-info.txt"), info).unwrap();
    fs::write(bag.join("tagmanifest-sha256.txt"), relabelled).unwrap();
    let mut offers = unsigned.offers(&unsigned.medium()).await;
    assert_eq!(code_of(&mut offers[0]), Code::EFileCount);
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &target)
        } else {
            fs::copy(entry.path(), target).map(|_| ()).unwrap()
        }
    }
}

#[tokio::test]
async fn the_receipt_says_the_same_however_often_it_is_written() {
    let bench = Bench::new("");
    bench.put("HP0302A1.DBF", &golden("HP0302A1.DBF"));
    let claim = bench.offers(&bench.medium()).await.remove(0).claim;
    let accepted = answer(BatchVerdict::Accepted, &[(CASES[0], "0000"), (CASES[1], "2003")]);
    let path = bench.medium().join("HP0302A1.DBF.receipt.txt");
    bench.adapter.acknowledge(&claim, &accepted).await.unwrap();
    let first = fs::read_to_string(&path).unwrap();
    for expected in [
        "已接收 / accepted",
        "b9",
        "共 2 行，通过 1，拒绝 1",
        "2 rows, 1 good, 1 refused",
        "  2 | 110108202603020000027 | 2003 | “组织机构代码”校验位不符",
    ] {
        assert!(first.contains(expected), "{expected} in {first}");
    }
    assert!(!first.contains(CASES[0]), "good rows are only counted");
    bench.adapter.acknowledge(&claim, &accepted).await.unwrap();
    // A repeat leaves the first answer where it is.
    bench
        .adapter
        .acknowledge(&claim, &answer(BatchVerdict::Repeat, &[]))
        .await
        .unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), first);
    fs::remove_file(&path).unwrap();
    bench.adapter.acknowledge(&claim, &accepted).await.unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), first);
    assert_eq!(
        fs::read_dir(bench.medium()).unwrap().count(),
        2,
        "nothing unfinished stays"
    );
    // Pulled out meanwhile: a success, and nothing is written anywhere.
    fs::remove_dir_all(bench.medium()).unwrap();
    bench.adapter.acknowledge(&claim, &accepted).await.unwrap();
    for odd in ["", "x", "../x\n/etc", "a/b\n/tmp", "..\n/tmp"] {
        bench
            .adapter
            .acknowledge(&port::Claim(odd.into()), &accepted)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn nothing_of_a_return_stays_in_the_work_directory() {
    let bench = Bench::new("");
    bench.put("HP0302A1.DBF", &golden("HP0302A1.DBF"));
    let mut offers = bench.offers(&bench.medium()).await;
    // The medium goes while the rows are read: the copy is ours.
    fs::remove_dir_all(bench.medium()).unwrap();
    assert_eq!(fs::read_dir(bench.dir.path().join("work")).unwrap().count(), 0);
    assert_eq!(drain(&mut offers[0].rows).unwrap().len(), 2);
}

#[test]
fn only_a_medium_that_cannot_be_written_excuses_the_receipt() {
    use std::io::ErrorKind;
    for (kind, excused) in [
        (ErrorKind::ReadOnlyFilesystem, true),
        (ErrorKind::PermissionDenied, true),
        (ErrorKind::StorageFull, false),
        (ErrorKind::Other, false),
    ] {
        assert_eq!(crate::returned::cannot_write(&kind.into()), excused, "{kind}");
    }
}

#[tokio::test]
async fn a_new_column_is_told_and_left_for_the_mapping() {
    use formats::RowWriter as _;
    use formats::dbf::{DbfField, DbfKind, DbfWriteOptions, DbfWriter};
    let names = ["YWBH", "CLJG", "CLSM", "NSRSBH", "ZGSWS", "DJRQ", "NEWONE"];
    let fields = names.map(|name| DbfField {
        name: name.into(),
        kind: DbfKind::Text { width: 21 },
    });
    let options = DbfWriteOptions {
        encoding: formats::Encoding::Gbk,
        code_page: 0,
        date: jiff::civil::date(2026, 3, 4),
        rows: 1,
    };
    let (mut writer, mut bytes) = (DbfWriter::new(fields.into(), options).unwrap(), Vec::new());
    writer.begin(&mut bytes).unwrap();
    writer
        .row(
            &model::Row {
                line: 1,
                cells: vec![Some("0".into()); 7],
            },
            &mut bytes,
        )
        .unwrap();
    writer.end(&mut bytes).unwrap();
    let bench = Bench::new("");
    bench.put("HP0304A1.DBF", &bytes);
    let mut offers = bench.offers(&bench.medium()).await;
    assert_eq!(drain(&mut offers[0].rows).unwrap().len(), 1);
    assert_eq!(
        offers[0].rows.warnings().iter().map(|w| w.code).collect::<Vec<_>>(),
        [Code::WExtraColumn]
    );
}

#[tokio::test]
async fn a_few_at_a_time_get_through_a_medium() {
    let bench = Bench::new("");
    fs::create_dir(bench.medium().join("lost+found")).unwrap();
    for name in ["HP0302A1.DBF", "hp0302a2.dbf", "HP0302A3.DBF"] {
        bench.put(name, &golden("HP0302A1.DBF"));
    }
    let mut seen = Vec::new();
    for _ in 0..4 {
        let ask = Ask {
            position: None,
            place: Some(bench.medium()),
            answers: None,
            past_gaps: false,
            max: 1,
        };
        let offer = bench.adapter.collect(&ask).await.unwrap().remove(0);
        bench
            .adapter
            .acknowledge(&offer.claim, &answer(BatchVerdict::Accepted, &[]))
            .await
            .unwrap();
        seen.push(offer.name);
    }
    assert_eq!(seen, ["HP0302A1.DBF", "hp0302a2.dbf", "HP0302A3.DBF", "HP0302A1.DBF"]);
}
