use super::{Dots, NameError, check_name};

#[test]
fn names_are_plain_or_refused_with_a_reason() {
    let long = "x".repeat(121);
    let table: &[(&str, Result<(), NameError>)] = &[
        ("a.csv", Ok(())),
        ("名单 2026-01.dbf", Ok(())),
        ("a..b", Ok(())),
        ("...", Err(NameError::Dot)),
        ("", Err(NameError::Empty)),
        (".", Err(NameError::Path)),
        ("..", Err(NameError::Path)),
        ("a/b", Err(NameError::Path)),
        ("/", Err(NameError::Path)),
        ("..\\x", Err(NameError::Path)),
        ("a\0b", Err(NameError::Control)),
        ("a\nb", Err(NameError::Control)),
        ("a\u{7f}", Err(NameError::Control)),
        ("a\u{85}", Err(NameError::Control)),
        ("vsc\u{202E}exe.", Err(NameError::Control)),
        (".hidden", Err(NameError::Dot)),
        (&long, Err(NameError::TooLong)),
        (&long[1..], Ok(())),
    ];
    for (name, want) in table {
        assert_eq!(check_name(name, Dots::Refuse), *want, "{name:?}");
    }
    assert_eq!(check_name(".hidden", Dots::Allow), Ok(()));
    assert_eq!(check_name("..", Dots::Allow), Err(NameError::Path));
    assert_eq!(
        check_name(&"名".repeat(41), Dots::Refuse),
        Err(NameError::TooLong),
        "bytes, not characters"
    );
}
