#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::testing::key;

fn signer() -> Signer {
    Signer::new(&key(), &[9; 16])
}

fn head(group: u64) -> SignedHead {
    let (id, chain) = ([9; 16], [group.to_le_bytes()[0]; 32]);
    let signature = signer().head(&id, group, &chain);
    SignedHead {
        id,
        group,
        chain,
        signature,
    }
}

#[test]
fn a_head_says_the_same_however_often_it_is_written_and_nothing_of_it_can_be_changed() {
    let public = signer().public();
    let written = head(7).to_string();
    assert_eq!(written.len(), PREFIX.len() + HEAD_LETTERS);
    assert_eq!(written, head(7).to_string());
    let read: SignedHead = written.parse().unwrap();
    assert_eq!(read, head(7));
    assert!(read.is_of(&public));
    let stranger = Signer::new(&key(), &[8; 16]).public();
    assert!(
        !read.is_of(&stranger),
        "another journal of the same node has another key"
    );
    let bytes = URL_SAFE_NO_PAD.decode(&written[PREFIX.len()..]).unwrap();
    for at in 0..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        let text = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes));
        assert!(!text.parse::<SignedHead>().unwrap().is_of(&public), "byte {at}");
    }
}

#[test]
fn heads_are_found_in_any_text() {
    let (one, two) = (head(1), head(20));
    let text = format!("回执\r\n账本 Ledger: {one}\r\nth1:short {{\"ledger\":\"{two}\"}} th1:");
    assert_eq!(SignedHead::all_in(text.as_bytes()), vec![one, two]);
    assert!(SignedHead::all_in("th1:糖葫芦".as_bytes()).is_empty());
    for bad in ["", "th1:", "th2:AAAA", "th1:!!!!"] {
        assert!(bad.parse::<SignedHead>().is_err(), "{bad}");
    }
}

#[test]
fn a_signature_for_one_use_stands_for_no_other() {
    let signature = signer().sign("sheet 1", b"text");
    let public = signer().public();
    assert!(public.verifies("sheet 1", b"text", &signature));
    assert!(!public.verifies("sheet 2", b"text", &signature));
    assert!(!public.verifies("sheet 1", b"texts", &signature));
}

#[test]
fn a_public_key_is_read_as_it_is_written() {
    let public = signer().public();
    let base64 = STANDARD.encode(public.0);
    assert_eq!(public.to_string().parse(), Ok(public));
    assert_eq!(format!(" {public}\n").parse(), Ok(public));
    assert_eq!(base64.parse(), Ok(public));
    for bad in ["", "00", "zz", "糖", &"g".repeat(64), &"0".repeat(65)] {
        assert_eq!(bad.parse::<PublicKey>(), Err(NoPublicKey), "{bad}");
    }
}

#[test]
fn a_head_of_a_newer_form_is_told_from_what_is_none() {
    for (text, expected) in [
        ("th2:abc", NoHead::Newer(2)),
        ("th17:abc", NoHead::Newer(17)),
        ("th1:abc", NoHead::Form),
        ("th0:abc", NoHead::Form),
        ("the head", NoHead::Form),
        ("thx:abc", NoHead::Form),
        ("", NoHead::Form),
    ] {
        assert_eq!(text.parse::<SignedHead>(), Err(expected), "{text}");
    }
}
