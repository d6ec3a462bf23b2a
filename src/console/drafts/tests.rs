#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use seams::SeededRng;

#[test]
fn drafts_outlive_the_process_are_sealed_and_belong_to_their_person() {
    let dir = tempfile::tempdir().unwrap();
    let open = || {
        let key = NodeKey::from_bytes([7; 32]);
        Drafts::new(dir.path().to_owned(), key, Arc::new(SeededRng::new(1)))
    };
    let draft = Draft {
        verify: false,
        page: String::new(),
        turn: 0,
        at: 5,
        looked: true,
        until: 9,
        texts: [("f.企业名称".to_owned(), "朝阳区某某公司".to_owned())].into(),
    };
    open().keep("t7", "李华", &draft).unwrap();
    assert_eq!(open().find("t7", "李华"), draft);
    assert_eq!(open().find("t7", "王五"), Draft::default());
    assert_eq!(open().find("t8", "李华"), Draft::default());
    let file = std::fs::read_dir(dir.path()).unwrap().next().unwrap().unwrap();
    let bytes = std::fs::read(file.path()).unwrap();
    assert!(!bytes.windows(6).any(|w| w == "朝阳".as_bytes()));
    // Copied to another task's name, it does not open there.
    std::fs::copy(file.path(), dir.path().join(name("t8", "李华"))).unwrap();
    assert_eq!(open().find("t8", "李华"), Draft::default());
    open().drop("t7", "李华");
    assert_eq!(open().find("t7", "李华"), Draft::default());
}

#[test]
fn a_draft_is_bounded() {
    let dir = tempfile::tempdir().unwrap();
    let key = NodeKey::from_bytes([7; 32]);
    let drafts = Drafts::new(dir.path().to_owned(), key, Arc::new(SeededRng::new(1)));
    let texts = [("f.a".to_owned(), "x".repeat(MOST))].into();
    let draft = Draft {
        texts,
        ..Draft::default()
    };
    assert_eq!(drafts.keep("t7", "李华", &draft).unwrap_err().code, Code::ETooLarge);
}
