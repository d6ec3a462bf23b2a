#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::vectors::{each, only, rows, text};
use proptest::prelude::*;

const KINDS: [Mask; 6] = [
    Mask::CitizenId,
    Mask::Phone,
    Mask::Name,
    Mask::Address,
    Mask::BankAcct,
    Mask::Email,
];

#[test]
fn known_answers() {
    each("mask", &[], |name, value| {
        if name != "default" {
            return false;
        }
        for row in rows(value) {
            only(row, &["kind", "in", "out"]);
            let kind = match text(row, "kind") {
                "citizen_id" => Mask::CitizenId,
                "mobile" | "landline" => Mask::Phone,
                "name" => Mask::Name,
                "address" => Mask::Address,
                "bank_acct" => Mask::BankAcct,
                "email" => Mask::Email,
                // Public: its items carry no mask at all, so there is nothing to call.
                "uscc" => {
                    assert_eq!(text(row, "in"), text(row, "out"));
                    continue;
                }
                other => panic!("{other}"),
            };
            assert_eq!(mask(kind, text(row, "in")), text(row, "out"));
        }
        true
    });
}

#[test]
fn short_and_odd_values_show_little() {
    for (kind, value, shown) in [
        (Mask::CitizenId, "E12345678", "E******78"),
        (Mask::CitizenId, "1234", "****"),
        (Mask::Phone, "010-55550100-801", "010-****0100-***"),
        (Mask::Phone, "0755-5550100", "0755-***0100"),
        (Mask::Phone, "4008001234", "400***1234"),
        (Mask::Phone, "55550100", "********"),
        (Mask::Phone, "010-1", "*****"),
        (Mask::Phone, "®0A-", "****"),
        (Mask::Name, "张", "*"),
        (Mask::Address, "示例路1号", "****"),
        (Mask::Address, "江苏省苏州市昆山市玉山镇1号", "江苏省苏州市昆山市****"),
        (Mask::Address, "内蒙古自治区锡林郭勒盟", "内蒙古自治区****"),
        (Mask::Address, "某小区2号楼", "****"),
        (Mask::BankAcct, "12345", "*****"),
        (Mask::Email, "z@example.cn", "****@example.cn"),
        (Mask::Email, "zhang", "****"),
    ] {
        assert_eq!(mask(kind, value), shown, "{value}");
    }
    for kind in KINDS {
        assert!(mask(kind, "").chars().all(|c| c == '*'));
    }
}

proptest! {
    #[test]
    fn something_is_always_hidden(value in "\\PC{1,30}") {
        for kind in KINDS {
            let masked = mask(kind, &value);
            prop_assert!(masked.contains('*'), "{kind:?} {value:?}");
            if matches!(kind, Mask::CitizenId | Mask::Name | Mask::BankAcct | Mask::Phone) {
                prop_assert_eq!(masked.chars().count(), value.chars().count());
            }
        }
    }
}

#[test]
fn a_long_number_in_a_text_is_masked_and_nothing_else_is() {
    for (text, shown) in [
        ("与章程不符", "与章程不符"),
        ("应为100.000000万元", "应为100.000000万元"),
        ("2026-03-02登记", "2026-03-02登记"),
        ("应为110199197602140073，不是前者", "应为110*************73，不是前者"),
        ("证件11019919760214007X", "证件110*************7X"),
        ("电话13800005678 13900005678", "电话138******78 139******78"),
        ("", ""),
        ("末位7", "末位7"),
    ] {
        assert_eq!(numbers_in(text), shown);
    }
}
