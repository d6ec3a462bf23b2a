//! When a file is complete, by each rule; and what must not disturb a directory that others write into.

use super::stat_world::{StatWorld, answer_file};
use super::world::*;
use crate::Mode;
use crate::settings::Ready;
use crate::units::Period;
use model::Code;
use port::{Adapter, BatchVerdict, TypedMode as _};
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::sync::Arc;
use std::time::Duration;

const RESULT: &str = "LTAX_HUB_DJJG_20260317_0001.csv";

fn result_file(case_no: &str) -> Vec<u8> {
    gbk(&format!(
        "\"业务编号\",\"税务登记证号\",\"主管税务所\",\"登记日期\",\"处理结果\",\"说明\"\r\n\
         \"{case_no}\",\"110108123456788\",\"第一税务所\",\"2026-03-17\",\"办结\",\"\"\r\n"
    ))
}

/// The bureau's directory where files just appear, and must be left alone for a while.
fn stable(world: &StatWorld, wait: Duration) -> Arc<dyn Adapter> {
    world.adapter_with("n1", |s| {
        let in_ = s.in_.as_mut().unwrap();
        (in_.ready, in_.stable) = (Ready::Stable, Period(wait));
    })
}

fn renamed(world: &World) -> Arc<dyn Adapter> {
    rebuilt(world, |s| s.in_.as_mut().unwrap().ready = Ready::Rename)
}

async fn count(adapter: &Arc<dyn Adapter>) -> usize {
    adapter.collect(&ask(1000)).await.unwrap().len()
}

#[tokio::test]
async fn renamed_into_place_is_complete_and_its_marker_is_none() {
    let world = World::directory();
    let adapter = renamed(&world);
    for name in [
        ".LTAX_HUB_DJJG_1.csv",
        "LTAX_HUB_DJJG_1.csv.part",
        "LTAX_HUB_DJJG_1.csv.tmp",
    ] {
        fs::write(world.download(name), result_file("c")).unwrap();
        assert_eq!(count(&adapter).await, 0, "{name}");
    }
    fs::rename(world.download("LTAX_HUB_DJJG_1.csv.part"), world.download(RESULT)).unwrap();
    for _ in 0..2 {
        let mut offers = adapter.collect(&ask(10)).await.unwrap();
        assert_eq!(offers[0].declared.rows, None);
        assert_eq!(read(&mut offers[0]).unwrap().len(), 1);
        assert!(held(&world.download(""), RESULT, "n1").exists());
        assert_eq!(offers.len(), 1);
    }
    let offer = adapter.collect(&ask(10)).await.unwrap().remove(0);
    for _ in 0..2 {
        adapter
            .acknowledge(&offer.claim, &answer(BatchVerdict::Accepted, vec![]))
            .await
            .unwrap();
    }
    assert_eq!(
        names_in(&world.download("done")),
        [RESULT.to_owned(), format!("{RESULT}.receipt.csv")]
    );
}

/// Fault 24: a slow writer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_still_grows_is_left_alone() {
    let world = StatWorld::new();
    let adapter = stable(&world, Duration::from_millis(300));
    let (path, bytes) = (world.at("in/TJ20260309.TXT"), answer_file());
    fs::write(&path, &bytes[..302]).unwrap();
    let writing = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        fs::write(&path, &bytes).unwrap();
    };
    let wanted = ask(10);
    let (offers, ()) = tokio::join!(adapter.collect(&wanted), writing);
    assert_eq!(offers.unwrap().len(), 0, "it changed between two looks");
    let mut offers = adapter.collect(&wanted).await.unwrap();
    assert_eq!(read(&mut offers[0]).unwrap().len(), 2);
}

/// Fault 25: a writer that pauses for longer than the wait: the tail is not there.
#[tokio::test]
async fn a_file_that_is_left_alone_without_its_tail_waits() {
    let world = StatWorld::new();
    let adapter = stable(&world, Duration::from_millis(1));
    let (path, bytes) = (world.at("in/TJ20260309.TXT"), answer_file());
    for cut in [1, 302, 604, 906, 907, 1205] {
        fs::write(&path, &bytes[..cut]).unwrap();
        assert_eq!(count(&adapter).await, 0, "{cut}");
        assert_eq!(names_in(&world.at("in")), ["TJ20260309.TXT"]);
    }
    fs::write(&path, [&bytes[..], b"\x1A"].concat()).unwrap();
    assert_eq!(count(&adapter).await, 1);
}

/// Faults 26 and 27: replaced, appended, cut or removed between two looks or under our hands.
#[tokio::test]
async fn a_file_that_changes_under_our_hands_is_left_for_the_next_look() {
    type Change = fn(&std::path::Path);
    let changes: [(&str, Change); 4] = [
        ("appended", |p| {
            fs::write(p, [answer_file(), b"more".to_vec()].concat()).unwrap()
        }),
        ("cut", |p| fs::write(p, &answer_file()[..302]).unwrap()),
        ("removed", |p| fs::remove_file(p).unwrap()),
        ("replaced", |p| {
            fs::write(p.with_extension("tmp"), golden_of_another()).unwrap();
            fs::rename(p.with_extension("tmp"), p).unwrap();
        }),
    ];
    for (what, change) in changes {
        let world = StatWorld::new();
        let adapter = stable(&world, Duration::from_millis(200));
        let path = world.at("in/TJ20260309.TXT");
        fs::write(&path, answer_file()).unwrap();
        let changing = async {
            tokio::time::sleep(Duration::from_millis(80)).await;
            change(&path);
        };
        let wanted = ask(10);
        let (offers, ()) = tokio::join!(adapter.collect(&wanted), changing);
        // A replacement of the same length within one second is not seen by looking, but read whole.
        for offer in &mut offers.unwrap() {
            assert_eq!(what, "replaced");
            assert_eq!(read(offer).unwrap().len(), 2);
        }
        if path.exists() {
            fs::remove_file(&path).unwrap();
        }
    }
}

fn golden_of_another() -> Vec<u8> {
    let mut file = answer_file();
    file[28] = b'7';
    file
}

/// Fault 29: a new name or a new time is not a new batch. Fault 34: an old time does not hide a file.
#[tokio::test]
async fn names_and_times_are_no_identity_and_old_files_are_found() {
    let world = World::directory();
    let adapter = world.adapter();
    world.put(RESULT, &result_file("c"), 1);
    world.put("LTAX_HUB_DJJG_20260317_0002.csv", &result_file("c"), 1);
    let offers = adapter.collect(&ask(10)).await.unwrap();
    assert_eq!(offers[0].digest, offers[1].digest);
    for offer in &offers {
        adapter
            .acknowledge(&offer.claim, &answer(BatchVerdict::Accepted, vec![]))
            .await
            .unwrap();
    }
    let old = "LTAX_HUB_DJJG_20260101_0001.csv";
    world.put(old, &result_file("old"), 1);
    for name in [old.to_owned(), format!("{old}.ok")] {
        let file = fs::File::options().write(true).open(world.download(&name)).unwrap();
        file.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(1_000))
            .unwrap();
    }
    assert_eq!(adapter.collect(&ask(10)).await.unwrap()[0].name, old);
}

/// Fault 36: nothing at all, a head only, a tail that counts wrong.
#[tokio::test]
async fn an_empty_file_is_refused_and_one_without_rows_is_not() {
    let world = World::directory();
    let adapter = world.adapter();
    let header = result_file("c")[..result_file("c").iter().position(|b| *b == b'\n').unwrap() + 1].to_vec();
    let table = [
        (Vec::new(), 0, Err(Code::EStructure)),
        (header.clone(), 0, Ok(0)),
        (header, 1, Err(Code::EFileCount)),
    ];
    for (data, rows, expected) in table {
        world.put(RESULT, &data, rows);
        let mut offer = adapter.collect(&ask(1)).await.unwrap().remove(0);
        assert_eq!(read(&mut offer).map(|rows| rows.len()), expected);
        adapter
            .acknowledge(&offer.claim, &answer(BatchVerdict::Accepted, vec![]))
            .await
            .unwrap();
    }
}

/// Fault 38: many small files, in one pass over the directory.
#[tokio::test]
async fn a_hundred_thousand_names_are_looked_at_once() {
    let world = World::directory();
    let adapter = rebuilt(&world, |s| {
        let in_ = s.in_.as_mut().unwrap();
        (in_.ready, in_.names_max) = (Ready::Rename, 100_002);
    });
    for n in 0..100_000 {
        fs::File::create(world.download(&format!("OTHER_{n:06}.csv"))).unwrap();
    }
    fs::write(world.download(RESULT), result_file("c")).unwrap();
    let offers = adapter.collect(&ask(10)).await.unwrap();
    assert_eq!(offers.iter().map(|o| o.name.as_str()).collect::<Vec<_>>(), [RESULT]);
    adapter.probe().await.unwrap();
    // One name more than may be looked at is said, not hidden.
    fs::write(world.download("OTHER_more.csv"), "").unwrap();
    fs::write(world.download("OTHER_and_more.csv"), "").unwrap();
    assert_eq!(adapter.probe().await.unwrap_err().finding.code, Code::CPlace);
}

/// Fault 39: whatever is no plain file is left alone, and never waited for.
#[tokio::test]
async fn links_pipes_and_sockets_are_left_alone() {
    let world = World::directory();
    let adapter = renamed(&world);
    let named = |n: u32| world.download(&format!("LTAX_HUB_DJJG_{n}.csv"));
    fs::write(world.root().join("outside.csv"), result_file("secret")).unwrap();
    std::os::unix::fs::symlink(world.root().join("outside.csv"), named(1)).unwrap();
    fs::create_dir(named(2)).unwrap();
    assert!(
        std::process::Command::new("mkfifo")
            .arg(named(3))
            .status()
            .unwrap()
            .success()
    );
    let _socket = std::os::unix::net::UnixListener::bind(named(4)).unwrap();
    std::os::unix::fs::symlink("/dev/zero", named(5)).unwrap();
    // A device that anybody may make.
    let made = std::process::Command::new("mknod")
        .arg(named(6))
        .args(["c", "0", "0"])
        .status();
    assert!(made.unwrap().success());
    let before = names_in(&world.download(""));
    assert_eq!(before.len(), 6);
    assert_eq!(count(&adapter).await, 0);
    assert_eq!(names_in(&world.download("")), before);
    // A second name of a file is a file like others; what it is also called stays as it is.
    let second = world.root().join("second.csv");
    fs::write(&second, result_file("c")).unwrap();
    fs::hard_link(&second, named(7)).unwrap();
    let offer = adapter.collect(&ask(10)).await.unwrap().remove(0);
    adapter
        .acknowledge(&offer.claim, &answer(BatchVerdict::Accepted, vec![]))
        .await
        .unwrap();
    assert_eq!(fs::read(&second).unwrap(), result_file("c"));
    // A directory that is a link is no directory of ours.
    let away = world.root().join("elsewhere");
    fs::rename(world.download(""), &away).unwrap();
    std::os::unix::fs::symlink(&away, world.root().join("download")).unwrap();
    assert_eq!(adapter.collect(&ask(1)).await.err().unwrap().finding.code, Code::CPlace);
}

/// Fault 40: names as others make them.
#[tokio::test]
async fn strange_names_are_left_alone_and_counted_where_they_are_no_text() {
    let world = World::directory();
    let adapter = renamed(&world);
    let long = format!("LTAX_HUB_DJJG_{}.csv", "9".repeat(230));
    let turned = "LTAX_HUB_DJJG_\u{202E}vsc.csv";
    let names: [&[u8]; 7] = [
        turned.as_bytes(),
        b"LTAX_HUB_DJJG_a\nb.csv",
        b"-rf.csv",
        b"LTAX_HUB_DJJG_\\..\\x.csv",
        long.as_bytes(),
        b"..LTAX_HUB_DJJG_1.csv",
        b"LTAX_HUB_DJJG_1.csv.claimed-",
    ];
    for name in names {
        fs::write(
            world.download("").join(std::ffi::OsStr::from_bytes(name)),
            result_file("c"),
        )
        .unwrap();
    }
    assert_eq!(count(&adapter).await, 0);
    // What looks like ours and cannot be taken is told, and shown so that nobody is misled.
    let fault = adapter.probe().await.unwrap_err();
    let said = fault.finding.what(model::Lang::En);
    assert_eq!(fault.finding.code, Code::CPlace);
    assert!(said.contains("names cannot be used"), "{said}");
    assert!(said.chars().all(|c| !c.is_control() && c != '\u{202E}'), "{said:?}");
    fs::remove_file(world.download("LTAX_HUB_DJJG_a\nb.csv")).unwrap();
    fs::remove_file(world.download("LTAX_HUB_DJJG_\\..\\x.csv")).unwrap();
    fs::remove_file(world.download(&long)).unwrap();
    let said = adapter.probe().await.unwrap_err().finding.what(model::Lang::En);
    assert!(
        said.contains("1个文件名不能使用") && said.contains("\\u{202e}vsc.csv"),
        "{said}"
    );
    fs::remove_file(world.download(turned)).unwrap();
    adapter.probe().await.unwrap();
    // Chinese in UTF-8 is a name like others; two spellings of one name are two names.
    let sound = [
        "LTAX_HUB_DJJG_地税.csv",
        "LTAX_HUB_DJJG_\u{e9}.csv",
        "LTAX_HUB_DJJG_e\u{301}.csv",
        "LTAX_HUB_DJJG_A.csv",
        "LTAX_HUB_DJJG_a.csv",
    ];
    for (n, name) in sound.iter().enumerate() {
        fs::write(world.download(name), result_file(&format!("case-{n}"))).unwrap();
    }
    assert_eq!(count(&adapter).await, 5);
    let gbk_name = gbk("LTAX_HUB_DJJG_地税.csv");
    fs::write(world.download("").join(std::ffi::OsStr::from_bytes(&gbk_name)), "x").unwrap();
    assert_eq!(count(&adapter).await, 5);
    let fault = adapter.probe().await.unwrap_err();
    assert!(fault.finding.what(model::Lang::En).contains("UTF-8"));
}

/// Whoever writes says how names end meanwhile.
#[tokio::test]
async fn names_of_what_is_still_being_written_are_configured() {
    let world = World::directory();
    let adapter = rebuilt(&world, |s| {
        let in_ = s.in_.as_mut().unwrap();
        (in_.ready, in_.unfinished) = (Ready::Rename, vec![".writing".to_owned()]);
        in_.feeds[1].pattern = "LTAX_HUB_DJJG_*".to_owned();
    });
    for (name, offered) in [("1.csv.writing", 0), ("1.csv.WRITING", 0), ("1.csv.part", 1)] {
        let path = world.download(&format!("LTAX_HUB_DJJG_{name}"));
        fs::write(&path, result_file("c")).unwrap();
        assert_eq!(count(&adapter).await, offered, "{name}");
    }
}

/// Fault 35: what is not complete waits, and not in silence.
#[tokio::test]
async fn what_stays_incomplete_for_long_is_an_alarm() {
    let old = |path: &std::path::Path, ms: i64| {
        let at = std::time::UNIX_EPOCH + Duration::from_millis(u64::try_from(NOW - ms).unwrap());
        fs::File::open(path).unwrap().set_modified(at).unwrap();
    };
    let alarm = async |adapter: &Arc<dyn Adapter>| adapter.probe().await.err().map(|fault| fault.finding);
    let world = World::directory();
    let adapter = rebuilt(&world, |s| {
        s.in_.as_mut().unwrap().wait_alarm = Period(Duration::from_secs(600));
    });
    let marker = format!("{RESULT}.ok");
    for (left, name, words) in [
        ("data alone", RESULT, "there is no marker"),
        ("marker alone", marker.as_str(), "there is only a marker"),
        (
            "half a file",
            "LTAX_HUB_DJJG_1.csv.filepart",
            "it is still being written",
        ),
    ] {
        let path = world.download(name);
        fs::write(&path, "x").unwrap();
        old(&path, 590_000);
        assert_eq!(alarm(&adapter).await, None, "{left}");
        old(&path, 610_000);
        let found = alarm(&adapter).await.unwrap();
        assert_eq!(found.code, Code::CWaits, "{left}");
        let said = found.what(model::Lang::En);
        assert!(
            said.contains(name) && said.contains(words) && said.contains("10m"),
            "{said}"
        );
        assert_eq!(count(&adapter).await, 0, "{left}");
        fs::remove_file(path).unwrap();
    }
    // Complete, claimed or nobody's: no alarm, however old.
    world.put(RESULT, &result_file("c"), 1);
    fs::write(world.download("OTHER.csv"), "x").unwrap();
    for name in names_in(&world.download("")) {
        old(&world.download(&name), 3_600_000);
    }
    assert_eq!(alarm(&adapter).await, None);
    assert_eq!(count(&adapter).await, 1);
    assert_eq!(alarm(&adapter).await, None);
    // A numbered directory without its end, and a file without its tail.
    let world = StatWorld::new();
    let adapter = world.adapter();
    world.put("001", &answer_file());
    fs::remove_file(world.at("in/001/END")).unwrap();
    old(&world.at("in/001"), 3 * 3_600_000);
    let said = alarm(&adapter).await.unwrap().what(model::Lang::En);
    assert!(said.contains("001") && said.contains("there is no END"), "{said}");
    fs::write(world.at("in/001/END"), "").unwrap();
    old(&world.at("in/001"), 3 * 3_600_000);
    assert_eq!(alarm(&adapter).await, None);
    let world = StatWorld::new();
    let adapter = stable(&world, Duration::from_millis(1));
    fs::write(world.at("in/TJ20260309.TXT"), &answer_file()[..302]).unwrap();
    assert_eq!((count(&adapter).await, alarm(&adapter).await), (0, None));
    old(&world.at("in/TJ20260309.TXT"), 3 * 3_600_000);
    let said = alarm(&adapter).await.unwrap().what(model::Lang::En);
    assert!(said.contains("its tail is missing"), "{said}");
}

/// A file system that does not let us in is told as such, and is no empty directory.
#[tokio::test]
async fn a_root_that_is_not_there_is_no_empty_directory() {
    let world = World::directory();
    let adapter = world.adapter();
    adapter.probe().await.unwrap();
    fs::rename(world.root(), world.root().with_extension("away")).unwrap();
    assert_eq!(adapter.probe().await.unwrap_err().finding.code, Code::CPlace);
    assert_eq!(adapter.collect(&ask(1)).await.err().unwrap().finding.code, Code::CPlace);
    fs::rename(world.root().with_extension("away"), world.root()).unwrap();
    adapter.probe().await.unwrap();
}

#[tokio::test]
async fn what_leaves_may_be_read_by_the_group_whatever_we_mask() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::directory();
    let adapter = world.adapter();
    adapter.deliver(&prepared(&*adapter, &rows(), 1)).await.unwrap();
    let mode = |name: &str| fs::metadata(world.upload(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("HUB_LTAX_SWDJ_20260316_0001.csv"), 0o640);
    assert_eq!(mode("HUB_LTAX_SWDJ_20260316_0001.csv.ok"), 0o640);
}

/// The other text format, over the same rules.
#[tokio::test]
async fn lines_of_json_go_out_and_come_in() {
    let world = World::directory();
    let mut settings = world.settings(&Wishes::default());
    settings.format = Some(crate::settings::FileFormat::Jsonl);
    let mut layouts = layouts();
    let said = |layouts: &[model::define::Layout]| Mode::judge(&settings, &channel(), layouts).len();
    assert_eq!(said(&layouts), 3, "JSON is UTF-8");
    layouts.iter_mut().for_each(|l| l.encoding = "utf-8".to_owned());
    assert_eq!(said(&layouts), 0);
    let mut context = world.context(&Wishes::default());
    context.layouts = Arc::new(layouts.clone());
    let adapter = Mode::build(settings, context).unwrap();
    let mut out = rows();
    out.layout = Arc::new(layouts.swap_remove(0));
    let encoded = adapter.encode(&out, &numbers(1)).unwrap();
    let text = String::from_utf8(encoded.parts[0].bytes.clone()).unwrap();
    assert_eq!(text.lines().count(), 2);
    assert!(
        text.starts_with("{\"序号\":\"1\",\"业务编号\":\"110108202603020000019\","),
        "{text}"
    );
    world.put(RESULT, "{\"业务编号\":\"c\",\"处理结果\":\"办结\"}\n".as_bytes(), 1);
    let mut offer = adapter.collect(&ask(1)).await.unwrap().remove(0);
    assert_eq!(read(&mut offer).unwrap(), [["c", "办结"]]);
    assert_eq!(offer.declared.number.as_deref(), Some("LTAX_HUB_DJJG_20260317_0001"));
}
