#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]
use super::*;

#[test]
fn a_claim_moves_the_file_once() {
    let tmp = tempfile::tempdir().unwrap();
    let (inbox, mine) = (tmp.path().join("in"), tmp.path().join("mine"));
    std::fs::create_dir(&inbox).unwrap();
    std::fs::create_dir(&mine).unwrap();
    std::fs::write(inbox.join("f.csv"), b"x").unwrap();
    claim(&inbox, "f.csv", &mine, "node-1.f.csv").unwrap();
    assert_eq!(std::fs::read(mine.join("node-1.f.csv")).unwrap(), b"x");
    assert!(matches!(claim(&inbox, "f.csv", &mine, "other"), Err(FileError::Gone)));
    std::fs::write(inbox.join("f.csv"), b"y").unwrap();
    assert!(matches!(
        claim(&inbox, "f.csv", &mine, "node-1.f.csv"),
        Err(FileError::Exists)
    ));
    assert_eq!(std::fs::read(mine.join("node-1.f.csv")).unwrap(), b"x");
    assert_eq!(
        std::fs::read(inbox.join("f.csv")).unwrap(),
        b"y",
        "it stays where it was"
    );
    assert!(matches!(
        claim(&inbox, "../in/f.csv", &mine, "a"),
        Err(FileError::Name(_))
    ));
    assert!(matches!(claim(&inbox, "f.csv", &mine, "../a"), Err(FileError::Name(_))));
}

#[test]
fn of_many_who_claim_exactly_one_wins_each_file() {
    let tmp = tempfile::tempdir().unwrap();
    for i in 0..50 {
        std::fs::write(tmp.path().join(format!("f{i}")), b"x").unwrap();
    }
    let dir = tmp.path();
    let won: usize = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..4)
            .map(|me| {
                scope.spawn(move || {
                    let mine = |i: &i32| match claim(dir, &format!("f{i}"), dir, &format!("f{i}.by{me}")) {
                        Ok(()) => true,
                        Err(FileError::Gone) => false,
                        Err(e) => panic!("{e}"),
                    };
                    (0..50).filter(mine).count()
                })
            })
            .collect();
        racers.into_iter().map(|r| r.join().unwrap()).sum()
    });
    assert_eq!(won, 50);
    assert_eq!(std::fs::read_dir(dir).unwrap().count(), 50);
}
