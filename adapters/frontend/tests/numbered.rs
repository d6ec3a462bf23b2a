//! Numbered directories and fixed width, in the bytes of the interface and with the bureau's bad habits.

use super::stat_world::*;
use super::world::{answer, ask, held, names_and_holders, names_in};
use departments::fate::AllApproved;
use departments::stat::Habits;
use model::{Code, Finding};
use port::{Adapter, Ask, BatchVerdict, Next, Offer, Outcome, Recalled, Said, Taken};
use std::fs;
use std::sync::Arc;

const NAME: &str = "TJ20260306.TXT";

async fn one(adapter: &Arc<dyn Adapter>) -> Offer {
    let mut offers = adapter.collect(&ask(10)).await.unwrap();
    assert_eq!(offers.len(), 1);
    offers.remove(0)
}

/// All rows of an offer, a bad one by its codes; or the code that refused the whole.
fn read(offer: &mut Offer) -> Result<Vec<Vec<String>>, Code> {
    let mut rows = Vec::new();
    while let Some(taken) = offer.rows.next().map_err(|f| f.code)? {
        rows.push(match taken {
            Taken::Row(row) => row.cells.into_iter().map(|c| c.unwrap().into()).collect(),
            Taken::Bad { findings, .. } => findings.iter().map(|f| f.code.word().to_owned()).collect(),
        });
    }
    Ok(rows)
}

#[tokio::test]
async fn the_golden_file_leaves_byte_for_byte_under_the_number_of_its_head() {
    let world = StatWorld::new();
    let encoded = world.adapter().encode(&rows(), &numbers(1)).unwrap();
    assert_eq!(encoded.number, "202603060001");
    let [data] = encoded.parts.as_slice() else {
        panic!("{}", encoded.parts.len())
    };
    assert_eq!((data.name.as_str(), data.records.clone()), (NAME, 0..2));
    assert_eq!(data.bytes, golden(NAME));
}

#[tokio::test]
async fn rows_that_do_not_fit_are_named_by_bytes() {
    let world = StatWorld::new();
    let mut rows = rows();
    rows.rows[0].cells[4] = Some("测".repeat(51).into());
    rows.rows[1].cells[6] = Some("1500".into());
    let misfits = world.adapter().encode(&rows, &numbers(1)).unwrap_err().misfits();
    let named: Vec<_> = misfits
        .iter()
        .map(|m| (m.record, m.findings.iter().map(|f| f.code).collect::<Vec<_>>()))
        .collect();
    assert_eq!(named, [(0, vec![Code::ETooLong]), (1, vec![Code::ETooLong])]);
}

#[tokio::test]
async fn a_batch_goes_into_the_next_directory_and_a_repeat_changes_nothing() {
    let world = StatWorld::new();
    let adapter = world.adapter();
    adapter.probe().await.unwrap();
    for (seq, dir) in [(1, "001"), (2, "002")] {
        let mut batch = prepared(&*adapter, seq);
        for _ in 0..2 {
            assert_eq!(
                adapter.deliver(&batch).await.unwrap(),
                [Outcome::Pending, Outcome::Pending]
            );
            assert_eq!(names_in(&world.at("out").join(dir)), ["END", NAME]);
            assert_eq!(
                fs::read(world.at("out").join(dir).join(NAME)).unwrap(),
                batch.encoded.parts[0].bytes
            );
            assert_eq!(fs::read(world.at("out").join(dir).join("END")).unwrap(), b"");
            batch.again = true;
        }
        assert_eq!(adapter.query(&batch).await.unwrap(), [Said::CannotSay, Said::CannotSay]);
    }
    let there = [".001-202603060001", ".002-202603060002", "001", "002", "taken"];
    assert_eq!(names_in(&world.at("out")), there);
}

#[tokio::test]
async fn what_a_crash_left_behind_is_finished_in_its_own_directory() {
    type Left = fn(&StatWorld, &[u8]);
    let left: [(&str, Left); 6] = [
        ("nothing", |_, _| ()),
        ("a ticket", |w, _| fs::write(w.at("out/.001-202603060001"), "").unwrap()),
        ("a directory", |w, _| fs::create_dir(w.at("out/001")).unwrap()),
        ("half a file", |w, b| {
            fs::write(w.at("out/001/TJ20260306.TXT.part"), &b[..100]).unwrap()
        }),
        ("a file without END", |w, b| {
            fs::remove_file(w.at("out/001/TJ20260306.TXT.part")).unwrap();
            fs::write(w.at("out/001").join(NAME), b).unwrap();
        }),
        ("END", |w, _| fs::write(w.at("out/001/END"), "").unwrap()),
    ];
    for steps in 1..=left.len() {
        let world = StatWorld::new();
        let adapter = world.adapter();
        let mut batch = prepared(&*adapter, 1);
        batch.again = true;
        for (_, step) in &left[..steps] {
            step(&world, &batch.encoded.parts[0].bytes);
        }
        // A later number is taken by somebody else meanwhile.
        fs::create_dir(world.at("out/taken/007")).unwrap();
        let outcomes = adapter.deliver(&batch).await.unwrap();
        assert_eq!(outcomes[0], Outcome::Pending, "{}", left[steps - 1].0);
        let dir = if steps == 1 { "008" } else { "001" };
        assert_eq!(names_in(&world.at("out").join(dir)), ["END", NAME]);
        let directories = names_in(&world.at("out")).into_iter().filter(|n| n.len() == 3);
        assert_eq!(directories.collect::<Vec<_>>(), [dir], "never a second one");
    }
}

#[tokio::test]
async fn a_number_is_never_used_again() {
    let world = StatWorld::new();
    let adapter = world.adapter();
    let mut first = prepared(&*adapter, 1);
    adapter.deliver(&first).await.unwrap();
    // Taken, and the bureau has cleared its own shelf long ago.
    fs::rename(world.at("out/001"), world.at("out/taken/001")).unwrap();
    first.again = true;
    assert_eq!(adapter.deliver(&first).await.unwrap()[0], Outcome::Pending);
    assert_eq!(names_in(&world.at("out")), [".001-202603060001", "taken"]);
    fs::remove_dir_all(world.at("out/taken/001")).unwrap();
    adapter.deliver(&prepared(&*adapter, 2)).await.unwrap();
    assert_eq!(names_in(&world.at("out/002")), ["END", NAME]);
    // Nowhere, and it may have been taken: nobody can say, and nothing is sent on a guess.
    first.numbers.at -= 8 * 86_400_000;
    assert_eq!(
        adapter.deliver(&first).await.unwrap(),
        [Outcome::Unknown, Outcome::Unknown]
    );
    let blind = world.adapter_with("n1", |s| s.out.as_mut().unwrap().taken = None);
    first.numbers.at = numbers(1).at;
    assert_eq!(
        blind.deliver(&first).await.unwrap(),
        [Outcome::Unknown, Outcome::Unknown]
    );
    assert!(!world.at("out/001").exists());
}

#[tokio::test]
async fn what_somebody_else_put_there_is_never_overwritten() {
    let world = StatWorld::new();
    let adapter = world.adapter();
    let batch = prepared(&*adapter, 1);
    let mut twin = batch.encoded.parts[0].bytes.clone();
    twin[40] ^= 1;
    for (name, content) in [(NAME, twin.as_slice()), (NAME, b"other"), ("END", b"other")] {
        fs::write(world.at("out/.001-202603060001"), "").unwrap();
        fs::create_dir(world.at("out/001")).unwrap();
        fs::write(world.at("out/001").join(name), content).unwrap();
        let fault = adapter.deliver(&batch).await.unwrap_err();
        assert_eq!((fault.finding.code, fault.next), (Code::CConflict, Next::Person));
        assert_eq!(fs::read(world.at("out/001").join(name)).unwrap(), content);
        fs::remove_dir_all(world.at("out/001")).unwrap();
    }
    fs::write(world.at("out/001"), "a file").unwrap();
    assert_eq!(adapter.deliver(&batch).await.unwrap_err().finding.code, Code::CConflict);
}

#[tokio::test]
async fn a_directory_is_taken_back_unless_it_was_taken() {
    let world = StatWorld::new();
    let adapter = world.adapter();
    let blind = world.adapter_with("n1", |s| s.out.as_mut().unwrap().taken = None);
    let batch = prepared(&*adapter, 1);
    adapter.deliver(&batch).await.unwrap();
    assert_eq!(blind.recall(&batch).await.unwrap(), Recalled::Impossible);
    for _ in 0..2 {
        assert_eq!(adapter.recall(&batch).await.unwrap(), Recalled::Recalled);
        assert_eq!(names_in(&world.at("out/001.recalled")), [NAME]);
        assert_eq!(adapter.query(&batch).await.unwrap()[0], Said::NotBooked);
    }
    assert_eq!(adapter.deliver(&batch).await.unwrap_err().next, Next::Never);
    let second = prepared(&*adapter, 2);
    adapter.deliver(&second).await.unwrap();
    fs::rename(world.at("out/002"), world.at("out/taken/002")).unwrap();
    assert_eq!(adapter.recall(&second).await.unwrap(), Recalled::Taken);
    // Never complete: taken back even where nobody sees what was taken.
    let third = prepared(&*adapter, 3);
    adapter.deliver(&third).await.unwrap();
    fs::remove_file(world.at("out/003/END")).unwrap();
    assert_eq!(blind.recall(&third).await.unwrap(), Recalled::Recalled);
    // Never begun.
    let mut fourth = prepared(&*adapter, 4);
    assert_eq!(adapter.recall(&fourth).await.unwrap(), Recalled::Recalled);
    assert_eq!(blind.recall(&fourth).await.unwrap(), Recalled::Impossible);
    fourth.numbers.at -= 8 * 86_400_000;
    assert_eq!(adapter.recall(&fourth).await.unwrap(), Recalled::Impossible);
}

#[tokio::test]
async fn directories_are_offered_by_number_and_moved_whole() {
    let world = StatWorld::new();
    let adapter = world.adapter();
    for number in ["1000", "999", "002"] {
        let mut file = answer_file();
        file[28] = number.as_bytes()[number.len() - 1];
        world.put(number, &file);
    }
    world.put("notes", &answer_file());
    fs::create_dir_all(world.at("in/003")).unwrap();
    fs::write(world.at("in/003/TJ20260309.TXT"), answer_file()).unwrap();
    fs::create_dir_all(world.at("in/004")).unwrap();
    fs::write(world.at("in/004/END"), "").unwrap();
    let mut offers = adapter.collect(&ask(10)).await.unwrap();
    let names: Vec<&str> = offers.iter().map(|o| o.name.as_str()).collect();
    assert_eq!(names, ["002", "999", "1000"]);
    let declared = &offers[0].declared;
    assert_eq!(declared.number.as_deref(), Some("202603090002"));
    assert_eq!(declared.answers.as_deref(), Some("202603060001"));
    let expected = [
        ["1", "110108202603020000019", "0000", "110108260001", ""],
        ["2", "110108202603020000027", "2004", "", "行业代码不在字典"],
    ];
    assert_eq!(read(&mut offers[0]).unwrap(), expected);
    for _ in 0..2 {
        let accepted = answer(BatchVerdict::Accepted, vec![]);
        adapter.acknowledge(&offers[0].claim, &accepted).await.unwrap();
        let why = vec![Finding::new(Code::EFileSum).with("declared", 1).with("found", 0)];
        let refused = answer(BatchVerdict::Refused, why);
        adapter.acknowledge(&offers[1].claim, &refused).await.unwrap();
    }
    assert_eq!(names_in(&world.at("in/done/002")), ["END", "TJ20260309.TXT"]);
    assert_eq!(names_in(&world.at("in/error")), ["999", "999.receipt.csv"]);
    let left = ["003", "004", "1000.claimed-n1", "done", "error", "notes"];
    assert_eq!(names_and_holders(&world.at("in")), left);
    // The number again, and again in `done`: both are kept.
    world.put("002", &answer_file());
    let offers = adapter.collect(&ask(10)).await.unwrap();
    for offer in &offers {
        adapter
            .acknowledge(&offer.claim, &answer(BatchVerdict::Accepted, vec![]))
            .await
            .unwrap();
    }
    let kept = [
        "002",
        "002.2",
        "002.2.receipt.csv",
        "002.receipt.csv",
        "1000",
        "1000.receipt.csv",
    ];
    assert_eq!(names_in(&world.at("in/done")), kept);
    let receipt = fs::read(world.at("in/done/002.receipt.csv")).unwrap();
    let receipt = formats::Encoding::Gbk.decode(&receipt).unwrap();
    assert!(receipt.contains("\r\n\"0\",\"\",\"0000\",\"已接收"), "{receipt}");
}

#[tokio::test]
async fn two_files_in_one_directory_or_none_are_refused_unread() {
    let world = StatWorld::new();
    world.put("001", &answer_file());
    fs::write(world.at("in/001/TJ20260310.TXT"), answer_file()).unwrap();
    let adapter = world.adapter();
    let (mut first, again) = (one(&adapter).await, one(&adapter).await);
    assert_eq!((first.digest, &first.claim), (again.digest, &again.claim));
    assert_eq!(read(&mut first).unwrap_err(), Code::EStructure);
    let inside = held(&world.at("in"), "001", "n1");
    assert_eq!(names_in(&inside).len(), 3);
    // Its files gone, it is still said what it is.
    for name in ["TJ20260309.TXT", "TJ20260310.TXT"] {
        fs::remove_file(inside.join(name)).unwrap();
    }
    assert_eq!(read(&mut one(&adapter).await).unwrap_err(), Code::EStructure);
}

#[tokio::test]
async fn a_file_for_somebody_else_or_that_answers_nothing_is_told() {
    let world = StatWorld::new();
    let adapter = world.adapter();
    for (number, spoil, code) in [("001", 9..17, Code::EWrongRecipient), ("002", 1..9, Code::EStructure)] {
        let mut file = answer_file();
        file[spoil].copy_from_slice(b"OTHER   ");
        world.put(number, &file);
        let mut offer = one(&adapter).await;
        assert_eq!(read(&mut offer).unwrap_err(), code);
        adapter
            .acknowledge(&offer.claim, &answer(BatchVerdict::Refused, vec![]))
            .await
            .unwrap();
    }
    world.put("003", &golden("TJ20260309.TXT"));
    assert_eq!(one(&adapter).await.declared.answers, None);
}

/// F8 of the scenario and the bureau's other habits.
#[tokio::test]
async fn what_the_bureau_does_wrong_is_named() {
    let table = [
        (
            Habits {
                wrong_sum: true,
                ..Habits::default()
            },
            Err(Code::EFileSum),
        ),
        (
            Habits {
                wrong_count: true,
                ..Habits::default()
            },
            Err(Code::EFileCount),
        ),
        (
            Habits {
                ctrl_z: true,
                ..Habits::default()
            },
            Ok("0000"),
        ),
        (
            Habits {
                cut_character: true,
                ..Habits::default()
            },
            Ok("E_CUT_CHARACTER"),
        ),
    ];
    for (habits, expected) in table {
        let world = StatWorld::new();
        let (adapter, bureau) = (world.adapter(), world.bureau(Arc::new(AllApproved)));
        bureau.set_habits(habits);
        adapter.deliver(&prepared(&*adapter, 1)).await.unwrap();
        bureau.tick().unwrap();
        let rows = read(&mut one(&adapter).await);
        match expected {
            Err(code) => assert_eq!(rows.unwrap_err(), code, "{habits:?}"),
            Ok(word) => assert!(rows.unwrap()[0].iter().any(|c| c == word), "{habits:?}"),
        }
    }
    let world = StatWorld::new();
    let (adapter, bureau) = (world.adapter(), world.bureau(Arc::new(AllApproved)));
    bureau.set_habits(Habits {
        half: true,
        ..Habits::default()
    });
    adapter.deliver(&prepared(&*adapter, 1)).await.unwrap();
    bureau.tick().unwrap();
    assert_eq!(adapter.collect(&ask(10)).await.unwrap().len(), 0);
    bureau.set_habits(Habits::default());
    bureau.tick().unwrap();
    assert_eq!(read(&mut one(&adapter).await).unwrap().len(), 2);
}

#[tokio::test]
async fn a_file_that_a_person_brings_declares_by_its_head() {
    let world = StatWorld::new();
    let stick = tempfile::tempdir().unwrap();
    let file = stick.path().join("TJ20260309.TXT");
    std::fs::write(&file, answer_file()).unwrap();
    let ask = Ask {
        place: Some(file),
        ..ask(1)
    };
    let mut offer = world.adapter().collect(&ask).await.unwrap().remove(0);
    assert_eq!(offer.declared.answers.as_deref(), Some("202603060001"));
    assert_eq!(read(&mut offer).unwrap().len(), 2);
}

/// What is complete and cannot be taken waits, is told in time, and is put nowhere.
#[tokio::test]
async fn what_cannot_be_read_is_never_moved_and_is_an_alarm() {
    let old = |path: &std::path::Path| {
        let at = std::time::UNIX_EPOCH + std::time::Duration::from_millis(u64::try_from(super::world::NOW).unwrap())
            - std::time::Duration::from_secs(3 * 3_600);
        fs::File::open(path).unwrap().set_modified(at).unwrap();
    };
    for (file, others, words) in [
        (None, vec![], "there is END and no file"),
        (None, vec!["LIESMICH.TXT"], "LIESMICH.TXT in it is of no feed"),
        (
            Some("TJ20260309.TXT"),
            vec!["LIESMICH.TXT"],
            "LIESMICH.TXT in it is of no feed",
        ),
        (
            Some("TJ20260309.TXT"),
            vec!["TJ20260310.TXT.part"],
            "TJ20260310.TXT.part in it is of no feed",
        ),
        (Some("TJ20260309.TXT"), vec![".hidden"], ".hidden in it is of no feed"),
    ] {
        let world = StatWorld::new();
        let adapter = world.adapter();
        let dir = world.at("in/001");
        fs::create_dir_all(&dir).unwrap();
        for name in file.into_iter().chain(others).chain(["END"]) {
            fs::write(dir.join(name), if name == "END" { Vec::new() } else { answer_file() }).unwrap();
        }
        let there = names_in(&dir);
        assert!(adapter.collect(&ask(10)).await.unwrap().is_empty(), "{words}");
        adapter.probe().await.unwrap();
        old(&dir);
        let fault = adapter.probe().await.unwrap_err();
        let said = fault.finding.what(model::Lang::En);
        assert_eq!(fault.finding.code, Code::CWaits);
        assert!(said.contains("001") && said.contains(words), "{said}");
        assert_eq!(names_in(&dir), there, "{words}: nothing was moved");
        // Put right, it is taken.
        for name in there.iter().filter(|n| *n != "END") {
            fs::remove_file(dir.join(name)).unwrap();
        }
        fs::write(dir.join("TJ20260309.TXT"), answer_file()).unwrap();
        old(&dir);
        adapter.probe().await.unwrap();
        assert_eq!(read(&mut one(&adapter).await).unwrap().len(), 2, "{words}");
    }
}

/// A second file that comes while the first is being read is not put away with it.
#[tokio::test]
async fn what_is_put_into_a_directory_that_is_being_read_is_refused_by_name() {
    let world = StatWorld::new();
    let adapter = world.adapter();
    world.put("001", &answer_file());
    let offer = one(&adapter).await;
    let inside = held(&world.at("in"), "001", "n1");
    fs::write(inside.join("LIESMICH.TXT"), "x").unwrap();
    adapter
        .acknowledge(&offer.claim, &answer(BatchVerdict::Accepted, vec![]))
        .await
        .unwrap();
    assert!(!world.at("in/done/001").exists() && inside.exists());
    let mut again = one(&adapter).await;
    assert_ne!(again.digest, offer.digest);
    assert_eq!(read(&mut again).unwrap_err(), Code::EStructure);
    let why = vec![Finding::new(Code::EStructure).with("detail", "2")];
    adapter
        .acknowledge(&again.claim, &answer(BatchVerdict::Refused, why))
        .await
        .unwrap();
    assert_eq!(names_in(&world.at("in/error/001")).len(), 3);
}
