//! What a department's machine does wrong, and what must be true afterwards: nothing is lost, doubled or overwritten.

use super::fake::{self, Fake, Node, Twist, attrs, text};
use super::hostile::Hostile;
use super::world::*;
use crate::units::Period;
use formats::digest::sm3_hex;
use model::Code;
use port::{Adapter, Next, Outcome, Prepared};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const NAME: &str = "/upload/HUB_LTAX_SWDJ_20260316_0001.csv";
const RESULT: &str = "LTAX_HUB_DJJG_20260317_0001.csv";

struct Place {
    server: Fake,
    ssh: Hostile,
    adapter: Arc<dyn Adapter>,
    _world: World,
}

async fn place_with(change: impl FnOnce(&mut crate::Settings)) -> Place {
    let server = Fake::new().dir("/upload").dir("/upload/backup").dir("/download");
    let ssh = Hostile::start(&server).await;
    let world = World::in_process().await;
    let adapter = rebuilt(&world, |settings| {
        let sftp = settings.sftp.as_mut().unwrap();
        (sftp.port, sftp.host_key) = (ssh.port, ssh.host_key.clone());
        change(settings);
    });
    Place {
        server,
        ssh,
        adapter,
        _world: world,
    }
}

async fn place() -> Place {
    place_with(|_| {}).await
}

impl Place {
    /// A complete result file in the download directory.
    fn leave(&self, name: &str) {
        let data = gbk(
            "\"业务编号\",\"税务登记证号\",\"主管税务所\",\"登记日期\",\"处理结果\",\"说明\"\r\n\
                        \"c\",\"110108123456788\",\"第一税务所\",\"2026-03-17\",\"办结\",\"\"\r\n",
        );
        let marker = format!("{}|{}|1|20260316190000\r\n", sm3_hex(&data), data.len());
        self.server
            .put(format!("/download/{name}").as_bytes(), Node::File(data));
        let marker_name = format!("/download/{name}.ok");
        self.server.put(marker_name.as_bytes(), Node::File(marker.into_bytes()));
    }

    /// The batch stands there whole, and nothing of ours beside it.
    fn published(&self, batch: &Prepared) {
        let [data, marker] = batch.encoded.parts.as_slice() else {
            panic!()
        };
        assert_eq!(self.server.file(NAME).as_ref(), Some(&data.bytes));
        assert_eq!(self.server.file(&format!("{NAME}.ok")).as_ref(), Some(&marker.bytes));
        assert_eq!(self.server.file(&format!("{NAME}.part")), None);
        assert_eq!(self.server.file(&format!("{NAME}.ok.part")), None);
    }

    fn nothing_is_published(&self) {
        assert_eq!(
            (self.server.file(NAME), self.server.file(&format!("{NAME}.ok"))),
            (None, None)
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_dies_in_mid_upload_is_gone_on_with() {
    let place = place().await;
    let mut batch = prepared(&*place.adapter, &rows(), 1);
    // What is handed over is bytes; of these no two parts are the same.
    batch.encoded.parts[0].bytes = (0..1_500_000_u32).flat_map(u32::to_be_bytes).collect();
    place.server.twist(|asked| match (asked.kind, asked.nth) {
        (fake::WRITE, 100..) => Twist::Die,
        _ => Twist::Right,
    });
    let fault = place.adapter.deliver(&batch).await.unwrap_err();
    assert_eq!((fault.finding.code, fault.next), (Code::CUnreachable, Next::Retry));
    place.nothing_is_published();
    let kept = place.server.file(&format!("{NAME}.part")).unwrap().len() as u64;
    place.server.right();
    place.server.seen();
    batch.again = true;
    assert_eq!(place.adapter.deliver(&batch).await.unwrap()[0], Outcome::Pending);
    place.published(&batch);
    let seen = place.server.seen();
    let first = seen.iter().find(|a| a.kind == fake::WRITE).unwrap();
    assert_eq!((first.at, kept), (kept, 100 * 32 * 1024));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_drops_after_the_rename_is_found_to_have_done_it() {
    for lost in [0, 1] {
        let place = place().await;
        let mut batch = prepared(&*place.adapter, &rows(), 1);
        place.server.twist(move |asked| match (asked.kind, asked.nth) {
            (fake::RENAME, n) if n == lost => Twist::DoAndDie,
            _ => Twist::Right,
        });
        let fault = place.adapter.deliver(&batch).await.unwrap_err();
        assert_eq!((fault.finding.code, fault.next), (Code::CUnreachable, Next::Retry));
        batch.again = true;
        assert_eq!(place.adapter.deliver(&batch).await.unwrap()[0], Outcome::Pending);
        place.published(&batch);
        // Data and marker were each written once and renamed once.
        let seen = place.server.seen();
        let count = |kind: u8| seen.iter().filter(|a| a.kind == kind).count();
        assert_eq!((count(fake::WRITE), count(fake::RENAME)), (2, 2), "{lost}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_rename_replaces_loses_no_file() {
    let place = place().await;
    place.server.replaces();
    let batch = prepared(&*place.adapter, &rows(), 1);
    place.server.put(NAME.as_bytes(), Node::File(b"theirs".to_vec()));
    let fault = place.adapter.deliver(&batch).await.unwrap_err();
    assert_eq!((fault.finding.code, fault.next), (Code::CConflict, Next::Person));
    assert_eq!(place.server.file(NAME), Some(b"theirs".to_vec()));
    // What stands there is what we send: a success, and no second writing.
    place
        .server
        .put(NAME.as_bytes(), Node::File(batch.encoded.parts[0].bytes.clone()));
    assert_eq!(place.adapter.deliver(&batch).await.unwrap()[0], Outcome::Pending);
    place.published(&batch);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_succeeds_and_a_close_that_fails_publish_nothing() {
    let place = place().await;
    let mut batch = prepared(&*place.adapter, &rows(), 1);
    place.server.twist(|asked| match asked.kind {
        fake::CLOSE => Twist::Status(4),
        _ => Twist::Right,
    });
    let fault = place.adapter.deliver(&batch).await.unwrap_err();
    assert_eq!((fault.finding.code, fault.next), (Code::CPlace, Next::Retry));
    place.nothing_is_published();
    place.server.right();
    batch.again = true;
    place.adapter.deliver(&batch).await.unwrap();
    place.published(&batch);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_remote_size_that_is_wrong_publishes_nothing() {
    let place = place().await;
    let mut batch = prepared(&*place.adapter, &rows(), 1);
    // A full disk that nobody mentions: the file has what fitted.
    place.server.twist(|asked| match asked.kind {
        fake::LSTAT if asked.path.ends_with(b".csv.part") => Twist::Packet(105, attrs(&Node::File(vec![0; 512]))),
        _ => Twist::Right,
    });
    let fault = place.adapter.deliver(&batch).await.unwrap_err();
    assert_eq!((fault.finding.code, fault.next), (Code::ETruncated, Next::Retry));
    place.nothing_is_published();
    place.server.right();
    batch.again = true;
    place.adapter.deliver(&batch).await.unwrap();
    place.published(&batch);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_that_stalls_ends_by_its_deadline_and_loses_nothing() {
    let place = place_with(|s| s.sftp.as_mut().unwrap().timeout = Period(Duration::from_secs(1))).await;
    place.leave(RESULT);
    place.server.twist(|asked| match asked.kind {
        fake::READ => Twist::Silence,
        _ => Twist::Right,
    });
    let fault = place.adapter.collect(&ask(10)).await.map(|_| ()).unwrap_err();
    assert_eq!((fault.finding.code, fault.next), (Code::CTimeout, Next::Retry));
    place.server.right();
    let mut offers = place.adapter.collect(&ask(10)).await.unwrap();
    assert_eq!((offers.len(), read(&mut offers[0]).unwrap().len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_that_lead_elsewhere_are_counted_and_left_alone() {
    let place = place().await;
    place.leave(RESULT);
    place.server.put(b"/download/LTAX_HUB_DJJG_1.csv", Node::Link);
    place.server.put(b"/download/LTAX_HUB_DJJG_2.csv", Node::Dir);
    let page = |names: &[&[u8]]| {
        let entries = names
            .iter()
            .flat_map(|n| [text(n), text(b""), attrs(&Node::File(vec![1]))].concat());
        [&(names.len() as u32).to_be_bytes()[..], &entries.collect::<Vec<u8>>()].concat()
    };
    let bad = page(&[
        b"../LTAX_HUB_DJJG_3.csv",
        b"/etc/LTAX_HUB_DJJG_4.csv",
        b"",
        b"\xb5\xc7.csv",
        b"a\0b",
    ]);
    let first = Arc::new(AtomicBool::new(true));
    place.server.twist(move |asked| match asked.kind {
        fake::READDIR if first.swap(false, Ordering::SeqCst) => Twist::Packet(104, bad.clone()),
        _ => Twist::Right,
    });
    let fault = place.adapter.probe().await.unwrap_err();
    assert_eq!((fault.finding.code, fault.next), (Code::CPlace, Next::Person));
    assert!(fault.to_string().contains('5'), "{fault}");
    let offers = place.adapter.collect(&ask(10)).await.unwrap();
    assert_eq!(offers.iter().map(|o| o.name.as_str()).collect::<Vec<_>>(), [RESULT]);
    // Nobody asked for anything outside the two directories.
    let outside = |path: &[u8]| !path.starts_with(b"/upload") && !path.starts_with(b"/download");
    let seen = place.server.seen();
    assert!(
        !seen
            .iter()
            .any(|a| outside(&a.path) || a.path.windows(2).any(|w| w == b"..")),
        "{seen:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listing_without_end_is_capped_and_said() {
    let place = place_with(|s| s.in_.as_mut().unwrap().names_max = 1_000_000 / 100).await;
    // A million names, a hundred at a time.
    place.server.twist(|asked| match asked.kind {
        fake::READDIR if asked.nth < 10_000 => {
            let names = (0..100).flat_map(|n| {
                let name = format!("LTAX_HUB_DJJG_{}_{n}.csv", asked.nth);
                [text(name.as_bytes()), text(b""), attrs(&Node::File(vec![1]))].concat()
            });
            Twist::Packet(104, [&100_u32.to_be_bytes()[..], &names.collect::<Vec<u8>>()].concat())
        }
        _ => Twist::Right,
    });
    let fault = place.adapter.probe().await.unwrap_err();
    assert_eq!((fault.finding.code, fault.next), (Code::CPlace, Next::Person));
    assert!(fault.to_string().contains("names_max = 10000"), "{fault}");
    let pages = place.server.seen().iter().filter(|a| a.kind == fake::READDIR).count();
    assert_eq!(pages, 101);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_outside_the_protocol_is_named_and_left() {
    let place = place().await;
    place.server.twist(|_| Twist::Bytes(u32::MAX.to_be_bytes().to_vec()));
    let fault = place.adapter.probe().await.unwrap_err();
    assert_eq!((fault.finding.code, fault.next), (Code::CProtocol, Next::Retry));
    // The session is thrown away with what is still in it.
    place.server.right();
    place.adapter.probe().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_login_is_tried_again_only_after_the_pause() {
    let logins = |place: &Place| place.ssh.logins.load(Ordering::SeqCst);
    let wrong = |pause: Duration| {
        move |settings: &mut crate::Settings| {
            let sftp = settings.sftp.as_mut().unwrap();
            sftp.password.as_mut().unwrap().env = Some("wrong".to_owned());
            sftp.auth_pause = Period(pause);
        }
    };
    let long = place_with(wrong(Duration::from_secs(1800))).await;
    for _ in 0..5 {
        let fault = long.adapter.probe().await.unwrap_err();
        assert_eq!((fault.finding.code, fault.next), (Code::CAuth, Next::Person));
    }
    assert_eq!(logins(&long), 1);
    let short = place_with(wrong(Duration::from_millis(1))).await;
    short.adapter.probe().await.unwrap_err();
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(short.adapter.probe().await.unwrap_err().finding.code, Code::CAuth);
    assert_eq!(logins(&short), 2);
}
