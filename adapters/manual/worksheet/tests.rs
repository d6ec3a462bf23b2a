#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;

#[test]
fn the_text_lines_up_in_columns_and_says_what_stays_empty() {
    let entry = |name: &str, value: Option<&str>| Entry {
        name: name.into(),
        value: value.map(str::to_owned),
    };
    let sheet = Worksheet {
        case_no: "110108202603020000019".into(),
        matter: "aic.name".into(),
        op: "amend".into(),
        fields: vec![entry("企业名称", Some("北京测试一号")), entry("tel", None)],
    };
    assert_eq!(
        sheet.text(Lang::Zh),
        "办件编号: 110108202603020000019\n事项: aic.name\n操作: 变更\n\n  1  企业名称  北京测试一号\n  2  tel       （不填）\n"
    );
    assert!(sheet.text(Lang::En).ends_with("  2  tel       (leave empty)\n"));
    assert_eq!(worksheet(&sheet.bytes()), Some(sheet));
}
