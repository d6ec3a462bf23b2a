#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::tests::fake::{self, Asked, Fake, Node, Twist, attrs, text};
use model::Code;
use seams::{TokioClock, UnixMs};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::DuplexStream;

type Line = Session<DuplexStream>;

/// A session with the server. Its line holds less than one request, so that both ways fill up.
async fn session(server: &Fake) -> Line {
    session_with(server, Duration::from_secs(60)).await
}

async fn session_with(server: &Fake, limit: Duration) -> Line {
    let (ours, theirs) = tokio::io::duplex(20_000);
    tokio::spawn(server.clone().serve(theirs));
    let (session, version) = Session::begin(ours, Arc::new(TokioClock::new(UnixMs(0))), limit)
        .await
        .unwrap();
    assert_eq!(version, 3);
    session
}

/// Bytes of which no two parts are the same.
fn content(len: usize) -> Vec<u8> {
    (0..len as u32)
        .flat_map(|n| n.to_be_bytes())
        .skip(1)
        .take(len)
        .collect()
}

async fn read_all(session: &mut Line, path: &str) -> Result<(Vec<u8>, bool), Error> {
    let mut bytes = Vec::new();
    let read = session.read(path.as_bytes(), 1 << 30, &mut bytes).await?;
    Ok((bytes, matches!(read, Read::All(_))))
}

fn kinds(seen: &[Asked], kind: u8) -> Vec<&Asked> {
    seen.iter().filter(|a| a.kind == kind).collect()
}

#[tokio::test]
async fn files_go_there_and_back_whatever_their_length() {
    let server = Fake::new().dir("/d");
    let mut session = session(&server).await;
    for len in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, WORTH_RESUMING + 7, 100 * CHUNK] {
        let bytes = content(len);
        assert_eq!(session.write(b"/d/x", &bytes).await, Ok(Some(len as u64)));
        assert_eq!(server.file("/d/x"), Some(bytes.clone()));
        let (came, all) = read_all(&mut session, "/d/x").await.unwrap();
        assert!(all && came == bytes, "{len}");
        assert!(session.is_quiet());
        session.remove(b"/d/x").await.unwrap();
    }
    assert_eq!(server.open_handles(), 0);
    assert_eq!(session.write(b"/nowhere/x", b"x").await, Ok(None));
}

#[tokio::test]
async fn answers_may_come_in_any_order_and_in_pieces() {
    let server = Fake::new();
    let bytes = content(READS * CHUNK);
    server.put(b"/x", Node::File(bytes.clone()));
    server.twist(|asked| {
        if asked.kind == fake::READ {
            Twist::Hold(READS)
        } else {
            Twist::Right
        }
    });
    let (came, all) = read_all(&mut session(&server).await, "/x").await.unwrap();
    assert!(all && came == bytes);
    // A server that gives half of what is asked, each time.
    let half = bytes.clone();
    server.twist(move |asked| match asked.kind {
        fake::READ => {
            let at = asked.at as usize;
            Twist::Packet(103, text(&half[at..half.len().min(at + CHUNK / 2)]))
        }
        _ => Twist::Right,
    });
    let (came, all) = read_all(&mut session(&server).await, "/x").await.unwrap();
    assert!(all && came == bytes);
}

#[tokio::test]
async fn so_many_are_under_way_and_no_more() {
    let server = Fake::new().dir("/d");
    server.put(b"/x", Node::File(content(100 * CHUNK)));
    let stuck = |kind: u8| {
        move |asked: &Asked| {
            if asked.kind == kind {
                Twist::Silence
            } else {
                Twist::Right
            }
        }
    };
    server.twist(stuck(fake::READ));
    let mut reader = session_with(&server, Duration::from_millis(300)).await;
    assert_eq!(read_all(&mut reader, "/x").await, Err(Error::Timeout));
    assert_eq!(kinds(&server.seen(), fake::READ).len(), READS);
    server.twist(stuck(fake::WRITE));
    let mut writer = session_with(&server, Duration::from_millis(300)).await;
    assert_eq!(writer.write(b"/d/x", &content(100 * CHUNK)).await, Err(Error::Timeout));
    assert_eq!(kinds(&server.seen(), fake::WRITE).len(), WRITES);
    assert!(!writer.is_quiet());
}

#[tokio::test]
async fn what_is_no_answer_ends_the_session() {
    let wrong_id = text(&[101, 0, 0, 0x27, 0x10, 0, 0, 0, 0]);
    for (twist, why) in [
        (wrong_id, "an answer to nothing that was asked"),
        (u32::MAX.to_be_bytes().to_vec(), "a packet's length"),
        (vec![0, 0, 0, 0], "a packet's length"),
        (vec![0, 4, 0, 1], "a packet's length"),
        (text(&[99, 0, 0, 0, 0]), "an answer of an unknown kind"),
        (text(&[101, 0, 0]), "a packet shorter than it says"),
        // A number that was answered already.
        (
            [
                text(&[101, 0, 0, 0, 0, 0, 0, 0, 4]),
                text(&[101, 0, 0, 0, 0, 0, 0, 0, 4]),
            ]
            .concat(),
            "an answer to nothing that was asked",
        ),
    ] {
        let server = Fake::new();
        let mut bytes = Some(twist);
        server.twist(move |_| bytes.take().map_or(Twist::Silence, Twist::Bytes));
        let mut session = session(&server).await;
        let mut result = session.lstat(b"/x").await.map(|_| ());
        if result == Err(Error::Status(4)) {
            result = session.lstat(b"/x").await.map(|_| ());
        }
        assert_eq!(result, Err(Error::Malformed(why)));
    }
}

#[tokio::test]
async fn an_answer_of_another_kind_is_none() {
    let server = Fake::new().dir("/d");
    server.put(b"/d/x", Node::File(content(10)));
    for kind in [
        fake::OPEN,
        fake::READ,
        fake::READDIR,
        fake::LSTAT,
        fake::CLOSE,
        fake::WRITE,
    ] {
        let handle = [&[102_u8][..], &text(&[0xff; 3])].concat();
        let (wrong, content_) = if kind == fake::OPEN {
            (105, attrs(&Node::Dir))
        } else {
            (102, handle[1..].to_vec())
        };
        server.twist(move |asked| {
            if asked.kind == kind {
                Twist::Packet(wrong, content_.clone())
            } else {
                Twist::Right
            }
        });
        let mut session = session(&server).await;
        let result = match kind {
            fake::READDIR => session.list(b"/d", 9).await.map(|_| ()),
            fake::WRITE => session.write(b"/d/y", b"abc").await.map(|_| ()),
            _ => read_all(&mut session, "/d/x").await.map(|_| ()),
        };
        assert_eq!(result, Err(Error::Malformed("an answer of another kind")), "{kind}");
    }
    server.right();
}

#[tokio::test]
async fn reading_is_bounded_in_bytes_and_pieces() {
    let server = Fake::new();
    server.put(b"/x", Node::File(content(3 * CHUNK)));
    let long = |len: usize| {
        move |asked: &Asked| match asked.kind {
            fake::READ => Twist::Packet(103, text(&vec![0; len])),
            _ => Twist::Right,
        }
    };
    server.twist(long(CHUNK + 1));
    let result = read_all(&mut session(&server).await, "/x").await;
    assert_eq!(result, Err(Error::Malformed("more bytes than were asked")));
    server.twist(long(1));
    let result = read_all(&mut session(&server).await, "/x").await;
    assert_eq!(result, Err(Error::Malformed("a file in crumbs")));
    server.right();
    let mut line = session(&server).await;
    let read = line.read(b"/x", 10, &mut Vec::new()).await.unwrap();
    assert!(matches!(read, Read::TooLong(len) if len == 3 * CHUNK as u64));
    // It ends earlier than it said.
    server.twist(|asked| match (asked.kind, asked.nth) {
        (fake::READ, 1..) => Twist::Status(1),
        _ => Twist::Right,
    });
    let mut line = session(&server).await;
    assert!(matches!(
        line.read(b"/x", 1 << 20, &mut Vec::new()).await,
        Ok(Read::Changed)
    ));
    assert!(line.is_quiet());
}

#[tokio::test]
async fn a_taker_that_wants_no_more_leaves_the_session_sound() {
    struct Full;
    impl Sink for Full {
        fn take(&mut self, _: &[u8]) -> Result<(), Fault> {
            Err(Fault::never("full"))
        }
    }
    let server = Fake::new();
    server.put(b"/x", Node::File(content(40 * CHUNK)));
    let mut session = session(&server).await;
    let Read::Sink(fault) = session.read(b"/x", 1 << 30, &mut Full).await.unwrap() else {
        panic!()
    };
    assert_eq!(fault.finding.code, Code::CNotPossible);
    assert!(session.is_quiet());
    assert_eq!((server.open_handles(), session.lstat(b"/y").await), (0, Ok(None)));
}

#[tokio::test]
async fn a_list_ends_whether_the_server_ends_it_or_not() {
    let server = Fake::new().dir("/d");
    for n in 0..250 {
        server.put(format!("/d/{n}").as_bytes(), Node::Link);
    }
    let mut all = session(&server).await;
    let names = all.list(b"/d", 250).await.unwrap();
    assert_eq!((names.names.len(), names.cut), (250, false));
    assert!(names.names.iter().all(|n| kind(&n.attrs) == Kind::Other));
    let names = all.list(b"/d", 249).await.unwrap();
    assert_eq!((names.names.len(), names.cut), (249, true));
    assert!(all.is_quiet() && server.open_handles() == 0);
    // A name longer than any is counted, and not kept.
    let named = |len: usize| {
        let page = [
            &[0, 0, 0, 1][..],
            &text(&vec![b'x'; len]),
            &text(b""),
            &attrs(&Node::Link),
        ]
        .concat();
        let mut once = Some(page);
        server.twist(move |asked| match asked.kind {
            fake::READDIR => once.take().map_or(Twist::Status(1), |page| Twist::Packet(104, page)),
            _ => Twist::Right,
        });
    };
    for (len, kept) in [(NAME_MAX, NAME_MAX), (NAME_MAX + 1, 0), (200_000, 0)] {
        named(len);
        let found = all.list(b"/d", 9).await.unwrap();
        assert_eq!((found.names.len(), found.names[0].name.len()), (1, kept));
    }
    // A page that never ends being followed by another; and pages on which nothing stands.
    let one = [text(b"../x"), text(b""), attrs(&Node::Link)].concat();
    let page = [&1000_u32.to_be_bytes()[..], &one.repeat(1000)].concat();
    for (page, names) in [(page, 100_000), (0_u32.to_be_bytes().to_vec(), 0)] {
        server.twist(move |asked| match asked.kind {
            fake::READDIR => Twist::Packet(104, page.clone()),
            _ => Twist::Right,
        });
        let found = all.list(b"/d", 100_000).await.unwrap();
        assert_eq!((found.names.len(), found.cut), (names, true));
    }
}

#[tokio::test]
async fn a_broken_upload_is_gone_on_with_where_it_broke() {
    let bytes = content(5 * WORTH_RESUMING / 2);
    let server = Fake::new().dir("/d");
    server.twist(|asked| match (asked.kind, asked.nth) {
        (fake::WRITE, 130..) => Twist::Die,
        _ => Twist::Right,
    });
    let broken = session(&server).await.write(b"/d/x.part", &bytes).await;
    assert!(matches!(broken, Err(Error::Lost(_))), "{broken:?}");
    let kept = server.file("/d/x.part").unwrap().len();
    assert_eq!(kept, 130 * CHUNK);
    server.right();
    server.seen();
    assert_eq!(
        session(&server).await.write(b"/d/x.part", &bytes).await,
        Ok(Some(bytes.len() as u64))
    );
    assert_eq!(server.file("/d/x.part"), Some(bytes.clone()));
    let seen = server.seen();
    assert_eq!(kinds(&seen, fake::WRITE).first().unwrap().at, kept as u64);
    // What is whole is not written again.
    session(&server).await.write(b"/d/x.part", &bytes).await.unwrap();
    assert_eq!(kinds(&server.seen(), fake::WRITE), Vec::<&Asked>::new());
}

#[tokio::test]
async fn what_only_looks_like_a_broken_upload_is_written_anew() {
    let bytes = content(2 * WORTH_RESUMING);
    let part = &bytes[..WORTH_RESUMING + 5];
    let mut hole = part.to_vec();
    hole[CHUNK..2 * CHUNK].fill(0);
    let mut torn = part.to_vec();
    let last = torn.len() - 1;
    torn[last] ^= 1;
    let longer = [bytes.as_slice(), b"x"].concat();
    let short = part[..WORTH_RESUMING - 1].to_vec();
    for (what, stands) in [("hole", hole), ("torn", torn), ("longer", longer), ("short", short)] {
        let server = Fake::new().dir("/d");
        server.put(b"/d/x.part", Node::File(stands));
        assert_eq!(
            session(&server).await.write(b"/d/x.part", &bytes).await,
            Ok(Some(bytes.len() as u64))
        );
        assert_eq!(server.file("/d/x.part"), Some(bytes.clone()), "{what}");
        let seen = server.seen();
        assert_eq!(kinds(&seen, fake::WRITE).first().unwrap().at, 0, "{what}");
        // A wrong end is seen by one look.
        let reads = kinds(&seen, fake::READ).len();
        match what {
            "torn" => assert_eq!(reads, 1),
            "hole" => assert!(reads > 1 && reads <= 1 + READS + 2, "{reads}"),
            _ => assert_eq!(reads, 0),
        }
    }
}

#[tokio::test]
async fn a_link_is_never_written_through() {
    let server = Fake::new().dir("/d");
    server.put(b"/d/x.part", Node::Link);
    assert_eq!(
        session(&server).await.write(b"/d/x.part", b"abc").await,
        Err(Error::Status(4))
    );
    assert_eq!(kinds(&server.seen(), fake::OPEN), Vec::<&Asked>::new());
}

#[tokio::test]
async fn a_writing_that_is_refused_is_said_and_leaves_the_session_sound() {
    let server = Fake::new().dir("/d");
    for kind in [fake::WRITE, fake::CLOSE] {
        server.twist(move |asked| match asked.kind {
            k if k == kind && (kind == fake::CLOSE || asked.nth >= 3) => Twist::Status(4),
            _ => Twist::Right,
        });
        let mut session = session(&server).await;
        assert_eq!(
            session.write(b"/d/x", &content(90 * CHUNK)).await,
            Err(Error::Status(4)),
            "{kind}"
        );
        assert!(session.is_quiet());
    }
    // The server says another size than was written.
    server.twist(|asked| match asked.kind {
        fake::LSTAT => Twist::Packet(105, attrs(&Node::File(vec![0; 2]))),
        _ => Twist::Right,
    });
    assert_eq!(session(&server).await.write(b"/d/y", b"abc").await, Ok(Some(2)));
}

#[tokio::test]
async fn a_rename_never_replaces_even_where_the_server_would() {
    let server = Fake::new().dir("/d");
    server.replaces();
    server.put(b"/d/a", Node::File(b"a".to_vec()));
    server.put(b"/d/b", Node::File(b"b".to_vec()));
    let mut session = session(&server).await;
    assert_eq!(session.rename(b"/d/a", b"/d/b").await, Ok(Moved::Exists));
    assert_eq!(server.file("/d/b"), Some(b"b".to_vec()));
    assert_eq!(session.rename(b"/d/none", b"/d/b").await, Ok(Moved::Missing));
    assert_eq!(session.rename(b"/d/none", b"/d/c").await, Ok(Moved::Missing));
    assert_eq!(session.rename(b"/d/a", b"/d/c").await, Ok(Moved::Done));
}
