#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::settings::judge;
use crate::tests::stat_world::{SETTINGS, channel, layouts};

fn wrong(from: &str, to: &str) -> Vec<String> {
    let text = SETTINGS.replace("@ROOT@", "/srv/stat").replacen(from, to, 1);
    let settings: Settings = toml::from_str(&text).unwrap();
    let findings = judge(&settings, &channel(), &layouts());
    findings.iter().map(|f| f.args[0].1.clone()).collect()
}

#[test]
fn what_types_cannot_say_is_judged() {
    let both = vec!["layout return", "layout submit"];
    let table = [
        ("", "", vec![]),
        ("\"from:A8\"", "\"from:A0\"", both.clone()),
        ("\"from:A8\"", "\"form:A8\"", both.clone()),
        ("\"count:N6\", ", "", both.clone()),
        ("record = 300", "record = 240", vec!["layout submit"]),
        ("sum = \"reg_capital\"", "sum = \"ent_name\"", vec!["layout submit"]),
        (", \"answers:A12\"", "", vec!["in.feeds returns"]),
        (
            "pattern = \"TJ*.TXT\"",
            "pattern = \"TJ*.TXT\"\nanswers = \"_RET\"",
            vec!["in.feeds returns"],
        ),
        ("TJ{date}.TXT", "TJ.TXT", vec!["out.name"]),
        ("ready = \"end\"\ntaken", "taken", vec!["out.name"]),
        (
            "ready = \"end\"\ntaken",
            "ready = \"stable\"\ntaken",
            vec!["out.name", "out.ready"],
        ),
        (
            "ready = \"end\"\nanswer",
            "ready = \"stable\"\nstable = \"0s\"\nanswer",
            vec!["in.ready"],
        ),
        ("ready = \"end\"\nanswer", "ready = \"stable\"\nanswer", vec![]),
        ("ready = \"end\"\nanswer", "ready = \"rename\"\nanswer", vec![]),
        (
            "format = \"fixed\"",
            "format = \"csv\"",
            vec!["out.name", "in.feeds returns", "fixed"],
        ),
    ];
    for (from, to, expect) in table {
        assert_eq!(wrong(from, to), expect, "{from} -> {to}");
    }
    assert!(toml::from_str::<Settings>(&SETTINGS.replace("us = ", "we = ")).is_err());
    assert!(toml::from_str::<Settings>(&SETTINGS.replace("ready = \"end\"", "ready = \"soon\"")).is_err());
}

#[test]
fn a_layout_says_letter_and_widths() {
    let settings: Settings = toml::from_str(SETTINGS).unwrap();
    let fixed = settings.fixed.as_ref().unwrap();
    let submit = frame(fixed, &layouts()[0]).unwrap();
    assert_eq!(
        (submit.rows, submit.fields.len(), submit.sum.as_deref()),
        (b'D', 12, Some("reg_capital"))
    );
    assert_eq!(
        frame(fixed, &layouts()[1]).unwrap().sum,
        None,
        "what a layout does not have is not summed up"
    );
    let spoiled: [fn(&mut Layout); 5] = [
        |l| l.encoding = "utf-16le".to_owned(),
        |l| l.fields[0].kind = Some("A2".to_owned()),
        |l| l.fields[0].meaning = Meaning::CaseNo,
        |l| l.fields[0].meaning = Meaning::Const("T".to_owned()),
        |l| l.fields[3].kind = None,
    ];
    for spoil in spoiled {
        let mut layout = layouts().swap_remove(0);
        spoil(&mut layout);
        assert!(frame(fixed, &layout).is_err());
    }
}

#[test]
fn both_line_ends_come_where_that_was_agreed() {
    let settings = SETTINGS.replace("us = ", "line_end = \"auto\"\nus = ");
    let auto: Settings = toml::from_str(&settings).unwrap();
    let strict: Settings = toml::from_str(SETTINGS).unwrap();
    let mut file = crate::tests::stat_world::answer_file();
    file.retain(|b| *b != b'\r');
    let layout = layouts().swap_remove(1);
    let open = |settings: &Settings| {
        let input = Box::new(std::io::Cursor::new(file.clone()));
        crate::format::open(
            crate::format::Files::of(settings),
            input,
            &layout,
            None,
            file.len() as u64,
        )
    };
    assert!(open(&auto).is_ok());
    assert_eq!(open(&strict).err().map(|f| f.code), Some(Code::EStructure));
}
