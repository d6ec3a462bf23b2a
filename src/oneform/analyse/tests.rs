#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::tables::Kind;
use proptest::prelude::*;

fn shape(len: &str) -> Shape {
    Shape {
        kind: Kind::C,
        len: Some(len.to_owned()),
        unit: None,
        code: None,
    }
}

/// `ent_name:企业名称:100` is a shared item, `:自有:10` an own one; `!` at the end: required.
fn form(id: &str, dept: &str, group: &str, items: &str) -> Form {
    let item = |(at, text): (usize, &str)| {
        let parts: Vec<&str> = text.trim_end_matches('!').split(':').collect();
        Item {
            no: (at + 1).to_string(),
            label: parts[1].to_owned(),
            canonical: (!parts[0].is_empty()).then(|| parts[0].to_owned()),
            shape: shape(parts[2]),
            required: text.ends_with('!'),
        }
    };
    Form {
        id: id.to_owned(),
        dept: dept.to_owned(),
        title: id.to_owned(),
        group: group.to_owned(),
        items: items.split(' ').enumerate().map(item).collect(),
    }
}

fn three() -> Vec<Form> {
    vec![
        form("a1", "a", "g", "name:名称:100 tel:电话:20 sex:性别:1 :电话:20"),
        form("a2", "a", "g", "name:名称:100! sex:性别:1 :面积:9 sex:性别:1"),
        form("b1", "b", "g", "name:单位名称:80 tel:电话:20 fax:电　话:20"),
    ]
}

#[test]
fn everything_is_counted_once() {
    let report = analyse(&three());
    assert_eq!(
        (
            report.items,
            report.shared_occurrences,
            report.shared_items,
            report.own_items,
            report.items_after
        ),
        (11, 9, 4, 2, 6)
    );
    assert_eq!((report.repeated, report.repeated_pct.as_str()), (5, "45.5"));
    // name and tel on the core form; sex and the own ones remain with a, fax with b.
    assert_eq!(
        (report.forms, report.forms_after, report.forms_saved_pct.as_str()),
        (3, 3, "0.0")
    );
    let again: Vec<_> = report
        .duplicates
        .iter()
        .map(|d| (d.item.as_str(), d.times, d.forms.join(" ")))
        .collect();
    assert_eq!(
        again,
        [
            ("name", 3, "a1 a2 b1".to_owned()),
            ("sex", 3, "a1 a2".to_owned()),
            ("tel", 2, "a1 b1".to_owned())
        ]
    );
    let by_dept: Vec<_> = report
        .departments
        .iter()
        .map(|d| {
            (
                d.dept.as_str(),
                d.forms,
                d.shared_occurrences,
                d.own_items,
                d.forms_after,
            )
        })
        .collect();
    assert_eq!(by_dept, [("a", 2, 6, 2, 1), ("b", 1, 3, 0, 1)]);
}

#[test]
fn a_conflict_is_the_same_item_in_another_shape_and_nothing_else() {
    let report = analyse(&three());
    let [one] = report.conflicts.as_slice() else {
        panic!("{:?}", report.conflicts)
    };
    assert_eq!((one.item.as_str(), one.label.as_str()), ("name", "名称"));
    let shapes: Vec<_> = one
        .shapes
        .iter()
        .map(|s| (s.shape.len.as_deref(), s.forms.join(" ")))
        .collect();
    assert_eq!(
        shapes,
        [(Some("100"), "a1 a2".to_owned()), (Some("80"), "b1".to_owned())]
    );
    for change in [
        |s: &mut Shape| s.kind = Kind::N,
        |s: &mut Shape| s.len = None,
        |s: &mut Shape| s.unit = Some("元".to_owned()),
        |s: &mut Shape| s.code = Some("GB/T 2261.1".to_owned()),
    ] {
        let mut forms = three();
        change(&mut forms[0].items[1].shape);
        assert_eq!(analyse(&forms).conflicts.len(), 2);
    }
}

#[test]
fn labels_suggest_and_never_merge() {
    let report = analyse(&three());
    let [one] = report.suggestions.as_slice() else {
        panic!("{:?}", report.suggestions)
    };
    let places: Vec<_> = one
        .places
        .iter()
        .map(|p| (p.form.as_str(), p.no.as_str(), p.item.as_deref()))
        .collect();
    assert_eq!(one.label, "电话");
    assert_eq!(
        places,
        [
            ("a1", "2", Some("tel")),
            ("a1", "4", None),
            ("b1", "2", Some("tel")),
            ("b1", "3", Some("fax"))
        ]
    );
}

#[test]
fn what_is_left_asks_each_item_once() {
    let report = analyse(&three());
    let looks: Vec<String> = report
        .merged
        .iter()
        .map(|m| {
            let items: Vec<String> = m
                .items
                .iter()
                .map(|i| {
                    let name = i.item.clone().unwrap_or_else(|| format!("{}/{}", i.form, i.no));
                    let (required, conflict) = (if i.required { "!" } else { "" }, if i.conflict { "?" } else { "" });
                    format!("{name}{required}{conflict}")
                })
                .collect();
            format!("{:?} {:?} {}: {}", m.dept, m.group, m.from.join(" "), items.join(" "))
        })
        .collect();
    assert_eq!(
        looks,
        [
            "None None a1 a2 b1: name!? tel",
            "Some(\"a\") Some(\"g\") a1 a2: sex a1/4 a2/3",
            "Some(\"b\") Some(\"g\") b1: fax",
        ]
    );
}

#[test]
fn an_occasion_of_which_nothing_is_left_needs_no_form() {
    let one = [form("a1", "a", "g", "name:名称:9"), form("a2", "a", "g", "name:名称:9")];
    let report = analyse(&one);
    // One occasion alone needs no core form either.
    assert_eq!(
        (
            report.forms_after,
            report.merged[0].dept.as_deref(),
            report.forms_saved_pct.as_str()
        ),
        (1, Some("a"), "50.0")
    );
    let two = [form("a1", "a", "g", "name:名称:9"), form("a2", "a", "h", "name:名称:9")];
    assert_eq!(
        (analyse(&two).forms_after, analyse(&two).merged[0].dept.clone()),
        (1, None)
    );
    // The same group of another department is another occasion; more forms than before are said as such.
    let more = [
        form("a1", "a", "g", "name:名称:9 :x:1"),
        form("b1", "b", "g", "name:名称:9 :y:1"),
    ];
    assert_eq!(
        (analyse(&more).forms_after, analyse(&more).forms_saved_pct.as_str()),
        (3, "-50.0")
    );
    assert_eq!(
        (analyse(&[]).forms_after, analyse(&[]).forms_saved_pct.as_str()),
        (0, "0.0")
    );
}

#[test]
fn percentages_are_rounded_by_whole_numbers() {
    for (before, after, said) in [
        (29, 11, "62.1"),
        (678, 423, "37.6"),
        (2000, 1999, "0.1"),
        (2001, 2000, "0.0"),
        (3, 0, "100.0"),
        (2000, 2001, "-0.1"),
    ] {
        assert_eq!(percent(before, after), said, "{before} {after}");
    }
}

fn some_forms() -> impl Strategy<Value = Vec<Form>> {
    let item = (prop::option::of(0..6_u8), 0..4_u8, 1..3_u8, any::<bool>());
    let one = (0..3_u8, 0..2_u8, prop::collection::vec(item, 1..8));
    prop::collection::vec(one, 0..8).prop_map(|forms| {
        let items = |items: Vec<(Option<u8>, u8, u8, bool)>| {
            let texts: Vec<String> = items
                .into_iter()
                .map(|(id, label, len, required)| {
                    let id = id.map(|id| format!("i{id}")).unwrap_or_default();
                    format!("{id}:l{label}:{len}{}", if required { "!" } else { "" })
                })
                .collect();
            texts.join(" ")
        };
        let made = forms.into_iter().enumerate();
        made.map(|(n, (dept, group, list))| form(&n.to_string(), &dept.to_string(), &group.to_string(), &items(list)))
            .collect()
    })
}

proptest! {
    /// No item is lost and none is asked twice, however forms are cut.
    #[test]
    fn the_merged_forms_hold_every_item_once(forms in some_forms()) {
        let report = analyse(&forms);
        let left: Vec<&MergedItem> = report.merged.iter().flat_map(|m| &m.items).collect();
        prop_assert_eq!(left.len(), report.items_after);
        let names: BTreeSet<_> = left.iter().map(|i| i.item.clone().unwrap_or_else(|| format!("{}/{}", i.form, i.no))).collect();
        prop_assert_eq!(names.len(), left.len());
        prop_assert_eq!(report.items_after + report.repeated, report.items);
        prop_assert_eq!(report.duplicates.iter().map(|d| d.times - 1).sum::<usize>(), report.repeated);
        let required = |items: &[Item], id: &str| items.iter().any(|i| i.canonical.as_deref() == Some(id) && i.required);
        for item in left {
            if let Some(id) = &item.item {
                prop_assert_eq!(item.required, forms.iter().any(|f| required(&f.items, id)));
            }
        }
        prop_assert_eq!(report.forms_after, report.merged.len());
        prop_assert!(report.merged.iter().all(|m| !m.items.is_empty()));
    }

    /// Counts do not depend on the order in which forms are given.
    #[test]
    fn order_changes_no_figure(forms in some_forms()) {
        let figures = |forms: &[Form]| {
            let r = analyse(forms);
            let conflicts: Vec<String> = r.conflicts.iter().map(|c| c.item.clone()).collect();
            (r.forms_after, r.items_after, r.repeated, r.departments, conflicts, r.suggestions.len())
        };
        let turned: Vec<Form> = forms.iter().rev().cloned().collect();
        prop_assert_eq!(figures(&forms), figures(&turned));
    }
}
