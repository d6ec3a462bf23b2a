#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::letters::{ems, escape, wrap};
use super::*;
use crate::verb::tests::samples;

fn scenario() -> FlowView {
    serde_json::from_value(samples::flow()).unwrap()
}

fn titles() -> BTreeMap<String, Title> {
    let titles = [
        ("aic", "工商行政管理局", "administration for industry and commerce"),
        ("epb", "环境保护局", "environmental protection bureau"),
        ("park", "海淀园管委会", "Haidian park administration"),
        ("psb", "公安分局", "public security branch"),
        ("qts", "质量技术监督局", "quality and technical supervision"),
        ("ltax", "地方税务局", "local tax bureau"),
        ("ntax", "国家税务局", "national tax bureau"),
        ("stat", "统计局", "bureau of statistics"),
    ];
    titles
        .map(|(id, zh, en)| {
            (
                id.to_owned(),
                Title {
                    zh: zh.to_owned(),
                    en: en.to_owned(),
                },
            )
        })
        .into()
}

/// Writes both drawings where `SKEWER_DIR` says, for eyes.
#[test]
fn both_languages_are_drawn() {
    for (lang, name, words) in [
        (
            Lang::Zh,
            "zh",
            ["高新技术企业认定", "海淀园管委会", "46个工作日", "32个工作日"],
        ),
        (
            Lang::En,
            "en",
            ["certification", "Haidian park", "46 working days", "32 working days"],
        ),
    ] {
        let svg = draw(&scenario(), &titles(), lang);
        assert_eq!(svg.matches("fill=\"url(#haw)\"").count(), 9);
        for word in words {
            assert!(svg.contains(word), "{word}");
        }
        if let Ok(dir) = std::env::var("SKEWER_DIR") {
            std::fs::write(format!("{dir}/skewer.{name}.svg"), svg).unwrap();
        }
    }
}

#[test]
fn an_arrow_that_others_imply_is_not_drawn() {
    let svg = draw(&scenario(), &titles(), Lang::Zh);
    // name→licence, name→eia, licence→park, park→seal, park→orgcode, orgcode→three taxes and statistics.
    assert_eq!(svg.matches("marker-end").count(), 8);
}

#[test]
fn tags_close_and_texts_cannot_break_out() {
    let mut flow = scenario();
    flow.blocks[0].zh = "</text><script>alert('&')</script>\u{1}".to_owned();
    let svg = draw(&flow, &BTreeMap::new(), Lang::Zh);
    assert!(!svg.contains("<script>") && !svg.contains('\u{1}'));
    for tag in [
        "text",
        "defs",
        "svg",
        "title",
        "radialGradient",
        "linearGradient",
        "marker",
    ] {
        let opened = svg.matches(&format!("<{tag} ")).count() + svg.matches(&format!("<{tag}>")).count();
        assert_eq!(opened, svg.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    assert!(!svg.contains("NaN") && !svg.contains("inf"));
}

#[test]
fn any_flow_can_be_drawn() {
    let empty = FlowView {
        ent_class: "0".into(),
        blocks: vec![],
        steps: 0,
        departments: 0,
        serial_days: 0,
        parallel_days: 0,
    };
    assert!(draw(&empty, &BTreeMap::new(), Lang::En).ends_with("</svg>\n"));
    let mut odd = scenario();
    odd.blocks[2].follows = vec!["not.there".to_owned(), "epb.eia".to_owned()];
    odd.blocks[3].limit = u32::MAX;
    assert!(draw(&odd, &BTreeMap::new(), Lang::En).contains("high-tech"));
}

#[test]
fn lines_break_at_words_or_between_characters() {
    assert_eq!(
        wrap("environmental impact registration", 12.0, 2),
        ["environmental impact", "registration"]
    );
    assert_eq!(wrap("企业名称预先核准", 5.0, 2), ["企业名称预", "先核准"]);
    assert_eq!(wrap("一二三四五六七", 2.0, 2), ["一二", "三四…"]);
    assert_eq!(wrap("", 2.0, 2), Vec::<String>::new());
    assert!(ems("企业") > ems("mm"));
    assert_eq!(escape("a<b>&\"c\"\n"), "a&lt;b&gt;&amp;&quot;c&quot;");
}
