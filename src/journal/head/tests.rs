#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;

#[test]
fn it_reads_what_it_wrote_and_nothing_else() {
    for clean in [false, true] {
        let head = Head {
            seq: 7,
            segment: 3,
            end: 99,
            chain: [5; 32],
            clean,
            signature: Some([6; 64]),
        };
        let bytes = head.encode();
        assert_eq!(Head::parse(&bytes), Ok(head));
        for i in 0..bytes.len() {
            let mut bad = bytes;
            bad[i] ^= 1;
            assert_eq!(Head::parse(&bad), Err(HeaderFault::Bad), "byte {i}");
            if i != HEAD_UNSIGNED {
                assert_eq!(Head::parse(&bytes[..i]), Err(HeaderFault::Bad), "cut at {i}");
            }
        }
        let unsigned = Head {
            signature: None,
            ..head
        };
        assert_eq!(
            Head::parse(&bytes[..HEAD_UNSIGNED]),
            Ok(unsigned),
            "from before there were signatures"
        );
    }
}
