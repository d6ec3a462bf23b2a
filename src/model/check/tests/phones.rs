//! Telephone numbers, post codes, mail addresses.

use super::Judge;
use crate::Code;
use crate::check::Options;
use crate::vectors::{each, rows};

#[test]
fn phones() {
    let judge = Judge::new("phone");
    each("phone", &[], |name, value| {
        match name {
            "mobile_valid" => {
                let expected = [
                    "13800138000",
                    "19900000001",
                    "13800138000",
                    "13800138000",
                    "13800138000",
                ];
                assert_eq!(rows(value).len(), expected.len());
                rows(value)
                    .iter()
                    .zip(expected)
                    .for_each(|(row, out)| judge.gives(row.as_str().unwrap(), out, &[]));
            }
            "landline_valid" => judge.all_become(value, &[]),
            "invalid" => judge.all_refused(value),
            _ => return false,
        }
        true
    });
    let area = Options {
        default_area: Some("010".into()),
        ..Options::default()
    };
    Judge::with("phone", area).gives("55550100", "010-55550100", &[]);
}

#[test]
fn writings_beyond_the_vectors() {
    let judge = Judge::new("phone");
    for (written, canonical) in [
        ("+86-10-55550100", "010-55550100"),
        ("+86 755 5550100", "0755-5550100"),
        ("0086 138 0013 8000", "13800138000"),
        ("138-0013-8000", "13800138000"),
        ("010-5555-0100", "010-55550100"),
        ("010-55550100-801", "010-55550100-801"),
        ("0755-25550100-12", "0755-25550100-12"),
        ("（０１０）５５５５０１００", "010-55550100"),
        ("(0755)-5550100", "0755-5550100"),
        ("400-800-1234", "4008001234"),
        ("01055550100-801", "010-55550100-801"),
    ] {
        judge.gives(written, canonical, &[]);
    }
    for (written, code) in [
        ("", Code::ELen),
        ("138001380001", Code::ELen),
        ("010-5555010", Code::ELen),
        ("01155550100", Code::EPrefix),
        ("01015550100", Code::EPrefix),
        ("075-55550100", Code::EFormat),
        ("13800138000转1", Code::EFormat),
        ("010-55550100、13800138000", Code::ECharset),
        ("010-55550100转总机", Code::ECharset),
        ("1.38E+10", Code::ESci),
        ("138?0138000", Code::EReplaced),
    ] {
        judge.refuses(written, code);
    }
}

#[test]
fn post_codes_and_mail_addresses() {
    let post = Judge::new("postcode");
    post.gives(" １０００８０ ", "100080", &[]);
    post.refuses("10008", Code::ELen);
    post.refuses("10008A", Code::ECharset);
    post.refuses("000000", Code::EPlaceholder);
    let mail = Judge::new("email");
    mail.passes("Zhang.San+a@mail.example.cn");
    mail.gives("zhang＠example．cn", "zhang@example.cn", &[]);
    for (written, code) in [
        ("", Code::ELen),
        ("zhang", Code::EFormat),
        ("@example.cn", Code::EFormat),
        ("zhang@example", Code::EFormat),
        ("zhang@-example.cn", Code::EFormat),
        ("zhang..san@example.cn", Code::EFormat),
        ("a@b@example.cn", Code::ECharset),
        ("张三@example.cn", Code::ECharset),
        ("z****@example.cn", Code::EMasked),
    ] {
        mail.refuses(written, code);
    }
}
