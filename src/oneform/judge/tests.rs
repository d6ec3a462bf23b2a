#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

const SOUND: &str = "[[form]]\nid = \"f\"\ndept = \"d\"\ntitle = \"t\"\ngroup = \"g\"\n\
                     [[form.item]]\nno = 1\nlabel = \"l\"\ntype = \"C\"\nlen = 10\n";

fn read(texts: &[&str]) -> (Vec<Form>, Vec<Wrong>) {
    let files: Vec<FormFile> = texts.iter().map(|t| toml::from_str(t).unwrap()).collect();
    judge(&files)
}

#[test]
fn a_sound_form_is_read_as_it_stands() {
    let text = "[[form]]\nid = \"f\"\ndept = \"d\"\ntitle = \"表 一\"\ngroup = \"g\"\n\
                [[form.item]]\nno = \"1-a\"\nlabel = \"注册资本\"\ncanonical = \"reg_capital\"\ntype = \"N\"\nlen = \"16.6\"\n\
                unit = \"万元\"\nrequired = true\n\
                [[form.item]]\nno = 2\nlabel = \"日期\"\ntype = \"D\"\n";
    let (forms, wrong) = read(&[text]);
    assert_eq!(wrong, []);
    let item = |no: &str, label: &str, canonical: Option<&str>, shape, required| Item {
        no: no.into(),
        label: label.into(),
        canonical: canonical.map(str::to_owned),
        shape,
        required,
    };
    let shape = |kind, len: Option<&str>, unit: Option<&str>| Shape {
        kind,
        len: len.map(str::to_owned),
        unit: unit.map(str::to_owned),
        code: None,
    };
    assert_eq!(
        forms,
        [Form {
            id: "f".into(),
            dept: "d".into(),
            title: "表 一".into(),
            group: "g".into(),
            items: vec![
                item(
                    "1-a",
                    "注册资本",
                    Some("reg_capital"),
                    shape(Kind::N, Some("16.6"), Some("万元")),
                    true
                ),
                item("2", "日期", None, shape(Kind::D, None, None), false),
            ],
        }]
    );
}

#[test]
fn each_fault_is_said_at_its_place() {
    let long = "x".repeat(TEXT_MAX + 1);
    for (from, to, code, at) in [
        ("id = \"f\"", "", Code::SMissingKey, "[[form]]"),
        ("dept = \"d\"", "", Code::SMissingKey, "[[form]]"),
        ("title = \"t\"", "title = \"　 \"", Code::SValue, "\"　 \""),
        (
            "group = \"g\"",
            &format!("group = \"{long}\""),
            Code::SValue,
            &format!("\"{long}\""),
        ),
        ("no = 1", "", Code::SMissingKey, "[[form.item]]"),
        ("label = \"l\"", "label = \"a\\u0007b\"", Code::SValue, "\"a\\u0007b\""),
        ("type = \"C\"", "", Code::SMissingKey, "[[form.item]]"),
        ("len = 10", "len = 0", Code::SValue, "0\n"),
        ("len = 10", "len = -3", Code::SValue, "-3"),
        ("len = 10", "len = \"16.6\"", Code::SValue, "\"16.6\""),
        ("len = 10", "canonical = \"Ent Name\"", Code::SValue, "\"Ent Name\""),
        ("type = \"C\"", "type = \"D\"", Code::SValue, "10"),
        (
            "type = \"C\"\nlen = 10",
            "type = \"N\"\nlen = \"6.\"",
            Code::SValue,
            "\"6.\"",
        ),
    ] {
        let text = SOUND.replace(from, to);
        let (_, wrong) = read(&[&text]);
        let [one] = wrong.as_slice() else {
            panic!("{to}: {wrong:?}")
        };
        assert_eq!(one.finding.code, code, "{to}");
        assert!(
            text[one.at.span.start..].starts_with(at),
            "{to}: {:?}",
            &text[one.at.span.clone()]
        );
    }
}

#[test]
fn what_is_empty_is_not_taken_for_an_answer() {
    let (_, wrong) = read(&["", &SOUND[..SOUND.find("[[form.item]]").unwrap()]]);
    let said: Vec<_> = wrong
        .iter()
        .map(|w| (w.at.file, w.finding.code, w.finding.args[0].1.as_str()))
        .collect();
    assert_eq!(said, [(0, Code::SMissingKey, "form"), (1, Code::SMissingKey, "item")]);
}

#[test]
fn a_second_of_one_name_says_where_the_first_stands() {
    let item = &SOUND[SOUND.find("[[form.item]]").unwrap()..];
    let (_, wrong) = read(&[SOUND, &format!("{SOUND}{item}")]);
    let said: Vec<_> = wrong
        .iter()
        .map(|w| (w.finding.code, w.at.file, w.first.clone().map(|f| f.file)))
        .collect();
    assert_eq!(said, [(Code::STwice, 1, Some(0)), (Code::STwice, 1, Some(1))]);
    assert_ne!(wrong[1].first.as_ref().unwrap().span, wrong[1].at.span);
}

#[test]
fn too_many_forms_are_refused_and_said_once() {
    let form = |n: usize| SOUND.replace("\"f\"", &format!("\"f{n}\""));
    let fits: String = (0..FORMS_MAX).map(form).collect();
    assert_eq!(read(&[&fits]).1, []);
    let (forms, wrong) = read(&[&fits, &form(FORMS_MAX), &form(FORMS_MAX + 1)]);
    assert_eq!((forms.len(), wrong.len()), (FORMS_MAX, 1));
    assert_eq!((wrong[0].at.file, wrong[0].finding.code), (1, Code::SValue));
}
