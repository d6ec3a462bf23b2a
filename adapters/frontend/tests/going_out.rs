//! Files going out and being taken back.

use super::everywhere;
use super::world::*;
use formats::digest::sm3_hex;
use model::Code;
use port::{Next, Outcome, Recalled, Said};

const NAME: &str = "HUB_LTAX_SWDJ_20260316_0001.csv";

everywhere!(
    a_batch_is_published_with_its_marker_and_a_repeat_changes_nothing,
    what_a_crash_left_behind_is_finished,
    what_is_nowhere_is_sent_again_only_if_absence_proves_something,
    another_file_of_that_name_is_never_overwritten,
    a_batch_is_recalled_unless_it_was_taken,
    a_large_batch_arrives_whole,
    without_a_marker_the_name_alone_publishes,
);

#[tokio::test]
async fn the_bytes_are_the_agreed_ones_and_the_same_for_ever() {
    let world = World::in_process().await;
    let adapter = world.adapter();
    let encoded = adapter.encode(&rows(), &numbers(1)).unwrap();
    assert_eq!(encoded, adapter.encode(&rows(), &numbers(1)).unwrap());
    assert_eq!(encoded.number, "HUB_LTAX_SWDJ_20260316_0001");
    let [data, marker] = encoded.parts.as_slice() else {
        panic!("{}", encoded.parts.len())
    };
    // Both lines computed elsewhere, by another program.
    assert_eq!(
        (data.name.as_str(), data.bytes.len(), data.records.clone()),
        (NAME, 577, 0..2)
    );
    assert_eq!(
        sm3_hex(&data.bytes),
        "00e9287941b0ac1776454ae4f2549734bfb8465ed59dd814c5cbd0d4133310e3"
    );
    assert_eq!(marker.name, format!("{NAME}.ok"));
    assert_eq!(
        String::from_utf8(marker.bytes.clone()).unwrap(),
        "00e9287941b0ac1776454ae4f2549734bfb8465ed59dd814c5cbd0d4133310e3|577|2|20260316183000\r\n"
    );
}

#[tokio::test]
async fn rows_that_do_not_fit_are_all_named() {
    let world = World::in_process().await;
    let mut rows = rows();
    rows.rows[0].cells[5] = Some("张㛃".into());
    let mut layout = (*rows.layout).clone();
    layout.fields[2].max_bytes = Some(27);
    rows.layout = layout.into();
    let misfits = world.adapter().encode(&rows, &numbers(1)).unwrap_err().misfits();
    let named: Vec<_> = misfits
        .iter()
        .map(|m| (m.record, m.findings.iter().map(|f| f.code).collect::<Vec<_>>()))
        .collect();
    assert_eq!(named, [(0, vec![Code::ETooLong, Code::EUnmappable])]);
}

mod body {
    use super::*;

    fn two_there(world: &World, batch: &port::Prepared) {
        assert_eq!(names_in(&world.upload("")), [NAME, &format!("{NAME}.ok"), "backup"]);
        assert_eq!(std::fs::read(world.upload(NAME)).unwrap(), batch.encoded.parts[0].bytes);
        assert_eq!(
            std::fs::read(world.upload(&format!("{NAME}.ok"))).unwrap(),
            batch.encoded.parts[1].bytes
        );
    }

    pub async fn a_batch_is_published_with_its_marker_and_a_repeat_changes_nothing(world: World) {
        let adapter = world.adapter();
        adapter.probe().await.unwrap();
        let mut batch = prepared(&*adapter, &rows(), 1);
        assert_eq!(
            adapter.deliver(&batch).await.unwrap(),
            [Outcome::Pending, Outcome::Pending]
        );
        two_there(&world, &batch);
        batch.again = true;
        assert_eq!(
            adapter.deliver(&batch).await.unwrap(),
            [Outcome::Pending, Outcome::Pending]
        );
        two_there(&world, &batch);
        assert_eq!(adapter.query(&batch).await.unwrap(), [Said::CannotSay, Said::CannotSay]);
    }

    pub async fn what_a_crash_left_behind_is_finished(world: World) {
        let adapter = world.adapter();
        let mut batch = prepared(&*adapter, &rows(), 1);
        batch.again = true;
        let bytes = batch.encoded.parts[0].bytes.clone();
        // Died while writing aside.
        std::fs::write(world.upload(&format!("{NAME}.part")), &bytes[..100]).unwrap();
        assert_eq!(adapter.deliver(&batch).await.unwrap()[0], Outcome::Pending);
        two_there(&world, &batch);
        // Died between the data and its marker.
        std::fs::remove_file(world.upload(&format!("{NAME}.ok"))).unwrap();
        assert_eq!(adapter.deliver(&batch).await.unwrap()[0], Outcome::Pending);
        two_there(&world, &batch);
        // Died after everything, and the department was quick.
        std::fs::rename(world.upload(NAME), world.upload("backup").join(NAME)).unwrap();
        std::fs::remove_file(world.upload(&format!("{NAME}.ok"))).unwrap();
        assert_eq!(adapter.deliver(&batch).await.unwrap()[0], Outcome::Pending);
        assert_eq!(names_in(&world.upload("")), ["backup"]);
    }

    pub async fn what_is_nowhere_is_sent_again_only_if_absence_proves_something(world: World) {
        let blind = world.adapter_with(Wishes {
            out: "",
            ..Wishes::default()
        });
        let mut batch = prepared(&*blind, &rows(), 1);
        batch.again = true;
        assert_eq!(
            blind.deliver(&batch).await.unwrap(),
            [Outcome::Unknown, Outcome::Unknown]
        );
        assert_eq!(names_in(&world.upload("")), ["backup"]);

        let mut old = batch.clone();
        old.numbers.at -= 8 * 86_400_000;
        let adapter = world.adapter();
        assert_eq!(
            adapter.deliver(&old).await.unwrap(),
            [Outcome::Unknown, Outcome::Unknown]
        );
        assert_eq!(names_in(&world.upload("")), ["backup"]);

        assert_eq!(
            adapter.deliver(&batch).await.unwrap(),
            [Outcome::Pending, Outcome::Pending]
        );
        two_there(&world, &batch);
    }

    pub async fn another_file_of_that_name_is_never_overwritten(world: World) {
        let adapter = world.adapter();
        let batch = prepared(&*adapter, &rows(), 1);
        let mut twin = batch.encoded.parts[0].bytes.clone();
        twin[0] ^= 1;
        let marker = format!("{NAME}.ok");
        for (path, content) in [(NAME, &b"other"[..]), (NAME, &twin), (&marker, b"other")] {
            std::fs::write(world.upload(path), content).unwrap();
            let fault = adapter.deliver(&batch).await.unwrap_err();
            assert_eq!((fault.finding.code, fault.next), (Code::CConflict, Next::Person));
            assert_eq!(names_in(&world.upload("")), [path, "backup"]);
            assert_eq!(std::fs::read(world.upload(path)).unwrap(), content);
            std::fs::remove_file(world.upload(path)).unwrap();
        }
        std::fs::create_dir(world.upload(NAME)).unwrap();
        assert_eq!(adapter.deliver(&batch).await.unwrap_err().finding.code, Code::CConflict);
    }

    pub async fn a_batch_is_recalled_unless_it_was_taken(world: World) {
        let adapter = world.adapter();
        let batch = prepared(&*adapter, &rows(), 1);
        adapter.deliver(&batch).await.unwrap();
        let blind = world.adapter_with(Wishes {
            out: "",
            ..Wishes::default()
        });
        assert_eq!(blind.recall(&batch).await.unwrap(), Recalled::Impossible);
        two_there(&world, &batch);
        for _ in 0..2 {
            assert_eq!(adapter.recall(&batch).await.unwrap(), Recalled::Recalled);
            assert_eq!(names_in(&world.upload("")), [&format!("{NAME}.recalled"), "backup"]);
            assert_eq!(adapter.query(&batch).await.unwrap(), [Said::NotBooked, Said::NotBooked]);
        }
        assert_eq!(adapter.deliver(&batch).await.unwrap_err().next, Next::Never);

        let second = prepared(&*adapter, &rows(), 2);
        let name = "HUB_LTAX_SWDJ_20260316_0002.csv";
        adapter.deliver(&second).await.unwrap();
        std::fs::rename(world.upload(name), world.upload("backup").join(name)).unwrap();
        assert_eq!(adapter.recall(&second).await.unwrap(), Recalled::Taken);
        assert_eq!(
            adapter.query(&second).await.unwrap(),
            [Said::CannotSay, Said::CannotSay]
        );

        // Never published: what lies aside is taken back even where nobody sees what was taken.
        let third = prepared(&*blind, &rows(), 3);
        std::fs::write(world.upload("HUB_LTAX_SWDJ_20260316_0003.csv.part"), b"half").unwrap();
        for _ in 0..2 {
            assert_eq!(blind.recall(&third).await.unwrap(), Recalled::Recalled);
            assert_eq!(adapter.recall(&third).await.unwrap(), Recalled::Recalled);
        }
        // Nothing of it anywhere: proof only where taken files can be seen, and only while they surely stay.
        let mut fourth = prepared(&*adapter, &rows(), 4);
        assert_eq!(blind.recall(&fourth).await.unwrap(), Recalled::Impossible);
        assert_eq!(adapter.recall(&fourth).await.unwrap(), Recalled::Recalled);
        fourth.numbers.at -= 8 * 86_400_000;
        assert_eq!(adapter.recall(&fourth).await.unwrap(), Recalled::Impossible);
    }

    pub async fn without_a_marker_the_name_alone_publishes(world: World) {
        let renaming = |taken: &'static str| {
            world.adapter_with(Wishes {
                out: taken,
                ..Wishes::default()
            })
        };
        let adapter = renaming("ready = \"rename\"\naside = \".writing\"\ntaken = \"@UP@/backup\"");
        let mut batch = prepared(&*adapter, &rows(), 1);
        let [data] = batch.encoded.parts.as_slice() else {
            panic!("a marker")
        };
        let (bytes, aside) = (data.bytes.clone(), world.upload(&format!("{NAME}.writing")));
        let there = || std::fs::read(world.upload(NAME)).unwrap();
        // Died while writing: nothing stands under the name, and it is begun again.
        std::fs::write(&aside, &bytes[..100]).unwrap();
        batch.again = true;
        assert_eq!(adapter.deliver(&batch).await.unwrap(), vec![Outcome::Pending; 2]);
        assert_eq!(
            (names_in(&world.upload("")), there()),
            (vec![NAME.to_owned(), "backup".to_owned()], bytes.clone())
        );
        assert_eq!(adapter.deliver(&batch).await.unwrap(), vec![Outcome::Pending; 2]);
        assert_eq!(
            (names_in(&world.upload("")), there()),
            (vec![NAME.to_owned(), "backup".to_owned()], bytes.clone())
        );
        // Taken back before it was taken, and not after.
        for _ in 0..2 {
            assert_eq!(adapter.recall(&batch).await.unwrap(), Recalled::Recalled);
            assert_eq!(names_in(&world.upload("")), [&format!("{NAME}.recalled"), "backup"]);
            assert_eq!(adapter.query(&batch).await.unwrap(), [Said::NotBooked, Said::NotBooked]);
        }
        let second = prepared(&*adapter, &rows(), 2);
        let name = "HUB_LTAX_SWDJ_20260316_0002.csv";
        adapter.deliver(&second).await.unwrap();
        std::fs::rename(world.upload(name), world.upload("backup").join(name)).unwrap();
        assert_eq!(adapter.deliver(&second).await.unwrap(), vec![Outcome::Pending; 2]);
        assert_eq!(adapter.recall(&second).await.unwrap(), Recalled::Taken);
        assert_eq!(names_in(&world.upload("")), [&format!("{NAME}.recalled"), "backup"]);
        // What is nowhere may have been taken where nobody sees it.
        let blind = renaming("ready = \"rename\"");
        let mut third = prepared(&*blind, &rows(), 3);
        third.again = true;
        assert_eq!(blind.deliver(&third).await.unwrap(), vec![Outcome::Unknown; 2]);
        // Somebody else's file stays.
        std::fs::write(world.upload("HUB_LTAX_SWDJ_20260316_0003.csv"), "other").unwrap();
        assert_eq!(blind.deliver(&third).await.unwrap_err().finding.code, Code::CConflict);
    }

    pub async fn a_large_batch_arrives_whole(world: World) {
        let adapter = world.adapter();
        let batch = prepared(&*adapter, &many(12_000), 1);
        assert!(batch.encoded.parts[0].bytes.len() > 2 << 20);
        adapter.deliver(&batch).await.unwrap();
        two_there(&world, &batch);
    }
}

fn many(count: usize) -> port::Outgoing {
    let two = rows();
    let mut all = two.clone();
    for n in 2..count {
        all.rows.push(two.rows[n % 2].clone());
        all.records.push(two.records[n % 2].clone());
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_dies_in_the_middle_leaves_nothing_under_the_name() {
    let world = World::in_process().await;
    let adapter = world.adapter();
    let mut batch = prepared(&*adapter, &many(12_000), 1);
    world.sftp_server().cut_after(1 << 20);
    let fault = adapter.deliver(&batch).await.unwrap_err();
    assert_eq!((fault.finding.code, fault.next), (Code::CUnreachable, Next::Retry));
    assert_eq!(names_in(&world.upload("")), [&format!("{NAME}.part"), "backup"]);
    world.sftp_server().mend();
    batch.again = true;
    assert_eq!(adapter.deliver(&batch).await.unwrap()[0], Outcome::Pending);
    assert_eq!(std::fs::read(world.upload(NAME)).unwrap(), batch.encoded.parts[0].bytes);
    assert_eq!(names_in(&world.upload("")), [NAME, &format!("{NAME}.ok"), "backup"]);
}
