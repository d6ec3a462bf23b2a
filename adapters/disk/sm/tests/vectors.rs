//! What the standards publish: GB/T 32905 (SM3), GB/T 32907 (SM4), GB/T 32918.5 (SM2 on its own curve), GB/T 17964 (the
//! mode), and a code of GM/T 0042's kind.

use super::*;
use crate::suite::Digester;
use sm2::pkcs8::der::Encode as _;
use sm2::pkcs8::der::asn1::{OctetString, Uint};

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<char> = hex.chars().filter(|c| !c.is_whitespace()).collect();
    let pair = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap();
    digits.chunks(2).map(pair).collect()
}

fn array<const N: usize>(hex: &str) -> [u8; N] {
    bytes(hex).try_into().unwrap()
}

#[test]
fn sm3() {
    for (message, digest) in [
        (
            "abc".to_owned(),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
        ),
        (
            "abcd".repeat(16),
            "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
        ),
        (
            String::new(),
            "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b",
        ),
    ] {
        assert_eq!(to_hex(&Suite::Sm.digest(message.as_bytes())), digest);
        let mut by_pieces = Digester::new(Suite::Sm);
        message.as_bytes().chunks(7).for_each(|piece| by_pieces.update(piece));
        assert_eq!(to_hex(&by_pieces.finish()), digest);
    }
}

#[test]
fn hmac_sm3() {
    let key: Vec<u8> = (1..=32).collect();
    let message = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".repeat(2);
    assert_eq!(
        to_hex(&Suite::Sm.code(&key, message.as_bytes())),
        "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a"
    );
}

/// One block under an initial value of nothing is the block cipher itself.
#[test]
fn sm4() {
    let key = "0123456789abcdeffedcba9876543210";
    let one = stream::write(&array(key), &[0; 16], &bytes(key));
    assert_eq!(to_hex(&one[..16]), "681edf34d206965e86b3e94f536e4246");
    let initial = "000102030405060708090a0b0c0d0e0f";
    let text = "aaaaaaaabbbbbbbbccccccccddddddddeeeeeeeeffffffffaaaaaaaabbbbbbbb";
    let two = stream::write(&array(key), &array(initial), &bytes(text));
    assert_eq!(
        to_hex(&two[..32]),
        "78ebb11cc40b0a48312aaeb2040244cb4cb7016951909226979b0d15dc6a8f6d"
    );
}

const PRIVATE: &str = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
const PUBLIC: &str = "04 09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020
                         ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";

fn der(numbers: [&str; 2], texts: &[&str]) -> Vec<u8> {
    let numbers = numbers.map(|number| Uint::new(&bytes(number)).unwrap().to_der().unwrap());
    let texts = texts
        .iter()
        .map(|text| OctetString::new(bytes(text)).unwrap().to_der().unwrap());
    let body: Vec<u8> = numbers.into_iter().chain(texts).flatten().collect();
    [&[0x30, u8::try_from(body.len()).unwrap()], &body[..]].concat()
}

#[test]
fn sm2_signature() {
    let public = Private::all(PRIVATE).unwrap()[0].public();
    assert_eq!(Public::from_text(&to_hex(&bytes(PUBLIC))), Some(public));
    let (r, s) = (
        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3",
        "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa",
    );
    assert!(public.signed(b"message digest", &der([r, s], &[])));
    for (message, signature) in [
        (&b"message digesT"[..], der([r, s], &[])),
        (b"message digest", der([s, r], &[])),
        (b"message digest", bytes(&format!("{r}{s}"))),
        (b"message digest", [der([r, s], &[]), vec![0]].concat()),
        (b"message digest", Vec::new()),
    ] {
        assert!(!public.signed(message, &signature));
    }
    // Ours is another one, and the same each time.
    let signer = Signer::from_text(PRIVATE).unwrap();
    let ours = signer.sign(b"message digest").unwrap();
    assert!(public.signed(b"message digest", &ours));
    assert_eq!(signer.sign(b"message digest"), Some(ours));
}

#[test]
fn sm2_encryption() {
    let key = Private::all(PRIVATE).unwrap().remove(0);
    let point = [
        "04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73",
        "e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0",
    ];
    let (code, text) = (
        "59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766",
        "21886ca989ca9c7d58087307ca93092d651efa",
    );
    assert_eq!(key.unwrap(&der(point, &[code, text])).unwrap(), b"encryption standard");
    // The order that older tools write, in the same form.
    assert_eq!(key.unwrap(&der(point, &[text, code])), None);
    let off_the_curve = [point[0], point[0]];
    assert_eq!(key.unwrap(&der(off_the_curve, &[code, text])), None);
    let ours = key.public().wrap(&[1; 32], b"encryption standard").unwrap();
    assert_eq!(key.unwrap(&ours).unwrap(), b"encryption standard");
    assert_eq!(key.public().wrap(&[1; 32], b"encryption standard"), Some(ours.clone()));
    assert_ne!(key.public().wrap(&[2; 32], b"encryption standard"), Some(ours));
}
