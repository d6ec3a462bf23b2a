#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use proptest::prelude::*;

fn packet(parts: &[&[u8]]) -> Bytes {
    Bytes::from(parts.concat())
}

#[test]
fn requests_look_as_the_protocol_says() {
    let put = |request: Request<'_>| {
        let mut out = BytesMut::new();
        put(7, &request, &mut out);
        out.to_vec()
    };
    let handle = &[0xff, 0x00, 0x80][..];
    for (request, bytes) in [
        (
            Request::Close { handle },
            &b"\0\0\0\x0c\x04\0\0\0\x07\0\0\0\x03\xff\0\x80"[..],
        ),
        (
            Request::Open {
                path: b"\xb5\xc7",
                flags: WRITE | CREATE | TRUNCATE,
            },
            b"\0\0\0\x13\x03\0\0\0\x07\0\0\0\x02\xb5\xc7\0\0\0\x1a\0\0\0\0",
        ),
        (
            Request::Read {
                handle,
                at: 0x1_0000_0000,
                len: 32768,
            },
            b"\0\0\0\x18\x05\0\0\0\x07\0\0\0\x03\xff\0\x80\0\0\0\x01\0\0\0\0\0\0\x80\0",
        ),
        (
            Request::Write {
                handle,
                at: 1,
                data: b"ab",
            },
            b"\0\0\0\x1a\x06\0\0\0\x07\0\0\0\x03\xff\0\x80\0\0\0\0\0\0\0\x01\0\0\0\x02ab",
        ),
        (
            Request::Rename { from: b"a", to: b"b" },
            b"\0\0\0\x0f\x12\0\0\0\x07\0\0\0\x01a\0\0\0\x01b",
        ),
        (
            Request::Mkdir { path: b"d" },
            b"\0\0\0\x0e\x0e\0\0\0\x07\0\0\0\x01d\0\0\0\0",
        ),
        (Request::Lstat { path: b"x" }, b"\0\0\0\x0a\x07\0\0\0\x07\0\0\0\x01x"),
    ] {
        assert_eq!(put(request), bytes, "{request:?}");
    }
}

#[test]
fn answers_are_read_as_bytes() {
    let id = [0, 0, 0, 7];
    let read = |kind: u8, rest: &[u8]| {
        answer(packet(&[&[kind], &id, rest])).map(|(id, a)| {
            assert_eq!(id, 7);
            a
        })
    };
    assert_eq!(
        read(101, b"\0\0\0\x02\0\0\0\0\0\0\0\0"),
        Ok(Answer::Status(NO_SUCH_FILE))
    );
    // Old servers leave the words out.
    assert_eq!(read(101, b"\0\0\0\x04"), Ok(Answer::Status(FAILURE)));
    assert_eq!(
        read(102, b"\0\0\0\x03\xff\0\x80"),
        Ok(Answer::Handle(Bytes::from_static(b"\xff\0\x80")))
    );
    let names = read(
        104,
        b"\0\0\0\x01\0\0\0\x02\xb5\xc7\0\0\0\x01l\x80\0\0\x0f\0\0\0\0\0\0\0\x09\0\0\0\x01\0\0\0\x02\0\0\x81\xa4\
          \0\0\0\x05\0\0\0\x06\0\0\0\x01\0\0\0\x01k\0\0\0\x01v",
    );
    let attrs = Attrs {
        size: Some(9),
        mode: Some(0o100_644),
        mtime: Some(6),
    };
    let name = Bytes::from_static(b"\xb5\xc7");
    assert_eq!(names, Ok(Answer::Names(vec![Named { name, attrs }])));
}

#[test]
fn what_is_not_the_protocol_is_refused() {
    let id = [0, 0, 0, 7];
    for (kind, rest, why) in [
        (101, &b"\0\0"[..], SHORT),
        (102, b"\0\0\0\x09abc", SHORT),
        (
            102,
            &[&[0, 0, 1, 1][..], &[0; 257]].concat(),
            Malformed("a handle's length"),
        ),
        (103, b"\xff\xff\xff\xff", SHORT),
        (104, b"\xff\xff\xff\xff", Malformed("a count of names")),
        (104, b"\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01", SHORT),
        (105, b"\x80\0\0\0\xff\xff\xff\xff", SHORT),
        (105, b"\0\0\x01\0", Malformed("attributes of another version")),
        (201, b"", Malformed("an answer of an unknown kind")),
    ] {
        assert_eq!(
            answer(packet(&[&[kind], &id, rest])).map(|_| ()),
            Err(why),
            "{kind} {rest:x?}"
        );
    }
    for length in [0, PACKET_MAX as u32 + 1, u32::MAX] {
        let mut come = BytesMut::from(&length.to_be_bytes()[..]);
        assert_eq!(cut(&mut come), Err(Malformed("a packet's length")), "{length}");
    }
}

proptest! {
    #[test]
    fn no_packet_breaks_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..200), kind in 101..106_u8) {
        let _ = answer(Bytes::from(bytes.clone()));
        let _ = answer(packet(&[&[kind, 0, 0, 0, 1], &bytes]));
        let _ = version(Bytes::from(bytes));
    }

    /// A packet comes out as it went in, in whatever pieces it arrives.
    #[test]
    fn packets_are_cut_where_they_end(sizes in prop::collection::vec(1..300_usize, 1..6), piece in 1..40_usize) {
        let whole: Vec<Vec<u8>> = sizes.iter().enumerate().map(|(n, size)| vec![n as u8; *size]).collect();
        let line: Vec<u8> = whole.iter().flat_map(|p| [&(p.len() as u32).to_be_bytes()[..], p].concat()).collect();
        let (mut come, mut cuts) = (BytesMut::new(), Vec::new());
        for piece in line.chunks(piece) {
            come.extend_from_slice(piece);
            while let Some(packet) = cut(&mut come).unwrap() {
                cuts.push(packet.to_vec());
            }
        }
        prop_assert_eq!(cuts, whole);
    }
}
