//! Transforms by name, and their way back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

fn undone(written: &[&str]) -> Result<Vec<String>, String> {
    let written: Vec<String> = written.iter().map(|w| (*w).to_owned()).collect();
    undo(&written).map_err(str::to_owned)
}

#[test]
fn the_way_back_is_the_other_way_round() {
    assert_eq!(
        undone(&["wan_to_yuan", "group_commas"]).unwrap(),
        ["strip_commas", "yuan_to_wan"]
    );
    assert_eq!(undone(&["trim", "date:%Y%m%d"]).unwrap(), ["date:%Y%m%d"]);
    assert_eq!(undone(&["scale:2"]).unwrap(), Vec::<String>::new());
    assert_eq!(undone(&["upper"]).unwrap_err(), "upper");
    assert_eq!(undone(&["nonsense"]).unwrap_err(), "nonsense");
}

#[test]
fn they_are_those_that_mapping_knows() {
    let mut names: Vec<&str> = TRANSFORMS.iter().map(|t| t.name).collect();
    names.sort_unstable();
    assert_eq!(names, mapping::transform::NAMES);
}

#[test]
fn what_undoes_is_itself_known() {
    for t in TRANSFORMS {
        if let Undo::By(name) = t.undo {
            assert_eq!(transform(name).2.map(|u| u.arg), Some(t.arg), "{}", t.name);
        }
    }
}

#[test]
fn date_patterns_hold_each_part_once() {
    for (pattern, good) in [
        ("%Y-%m-%d", true),
        ("%Y%m%d", true),
        ("%d/%m/%Y", true),
        ("%Y年%m月%d日", true),
        ("%Y年%-m月%-d日", true),
        ("%Y-%m-%-d", true),
        ("%Y%-m%d", false),
        ("%Y-%-m0-%d", false),
        ("%Y-%-Y-%d", false),
        ("%Y-%m", false),
        ("%y-%m-%d", false),
        ("%Y-%m-%d %H", false),
        ("%Y-%m-%d%", false),
        ("", false),
    ] {
        assert_eq!(is_date_pattern(pattern), good, "{pattern}");
    }
}
