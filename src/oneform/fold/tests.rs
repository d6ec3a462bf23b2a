use super::fold;
use proptest::prelude::*;

#[test]
fn labels_that_look_alike_fold_alike() {
    for (label, folded) in [
        ("联系电话", "联系电话"),
        ("联 系　电\u{a0}话 ", "联系电话"),
        ("电话（手机）", "电话(手机)"),
        ("电话(手机)", "电话(手机)"),
        ("Ｅ－ｍａｉｌ", "E-mail"),
        ("～！", "~!"),
        ("　", ""),
        // Neither letters nor other signs are made alike.
        ("e-MAIL", "e-MAIL"),
        ("Ⅳ㈠﹣", "Ⅳ㈠﹣"),
    ] {
        assert_eq!(fold(label), folded, "{label:?}");
    }
}

proptest! {
    #[test]
    fn folding_twice_is_folding_once(label in "\\PC{0,20}") {
        let once = fold(&label);
        prop_assert_eq!(fold(&once), once);
    }
}
