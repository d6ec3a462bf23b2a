//! The commands that we give to others, run as they stand: those of this crate's README in a shell, those of a set's own
//! page one by one, as a clerk types them.

use super::*;
use crate::sm::Private;
use std::process::Command;

/// A bench, and a directory with what a department has been given: our public keys, a set, and its answer in clear.
async fn department(keys: &SmKeyring) -> (Bench, tempfile::TempDir) {
    let bench = keys.bench("");
    bench.adapter.deliver(&bench.prepared(1, &CASES[..2])).await.unwrap();
    let home = tempfile::tempdir().unwrap();
    let copied = Command::new("cp")
        .arg("-r")
        .arg(bench.medium().join("SW0302A1"))
        .arg(home.path())
        .status();
    assert!(copied.unwrap().success());
    for (name, given) in [
        ("signer.pem", "sender.pub"),
        ("node.pem", "node.pub"),
        ("bureau.sm2-key", "department.key"),
        ("bureau.sm2-key", "SW0302A1/my.key"),
    ] {
        fs::copy(keys.path(name), home.path().join(given)).unwrap();
    }
    fs::copy(home.path().join("sender.pub"), home.path().join("SW0302A1/sender.pub")).unwrap();
    fs::write(home.path().join("HP0302A1.DBF"), golden("HP0302A1.DBF")).unwrap();
    (bench, home)
}

/// What the department made is taken as its answer.
async fn comes_back(bench: &Bench, home: &Path) {
    for ending in ["", ".mac", ".key1"] {
        let name = format!("{ANSWER}{ending}");
        bench.put(&name, &fs::read(home.join(&name)).unwrap());
    }
    let mut offer = only(bench).await;
    assert_eq!(crate::keys::to_hex(&offer.digest), clear_digest());
    assert_eq!(warnings(&mut offer), []);
}

/// The lines of the one block for a shell that speaks of OpenSSL.
fn script() -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(readme).unwrap();
    let mut blocks = readme.split("```sh\n").skip(1);
    let block = blocks.find(|block| block.contains("openssl")).unwrap();
    block.split("```").next().unwrap().to_owned()
}

#[tokio::test]
async fn the_commands_of_the_readme_open_a_set_and_make_an_answer() {
    let keys = SmKeyring::new();
    let (bench, home) = department(&keys).await;
    let run = |script: &str| {
        Command::new("sh")
            .args(["-euc", script])
            .current_dir(home.path())
            .output()
            .expect("sh")
    };
    let done = run(&script());
    assert!(done.status.success(), "{}", done.stderr.escape_ascii());
    assert_eq!(
        fs::read(home.path().join("SW0302A1.DBF")).unwrap(),
        golden("SW0302A1.DBF")
    );
    comes_back(&bench, home.path()).await;
    // And each of them fails where it should.
    for (file, at) in [
        ("SW0302A1/tagmanifest-sm3.txt", 5),
        ("SW0302A1/manifest-sm3.txt", 5),
        ("SW0302A1/bag-info.txt", 5),
        ("SW0302A1/data/SW0302A1.DBF.sm4", 40),
        ("SW0302A1/data/SW0302A1.DBF.sm4.mac", 5),
        ("SW0302A1/data/SW0302A1.DBF.sm4.key1", 90),
    ] {
        let path = home.path().join(file);
        let whole = fs::read(&path).unwrap();
        let mut other = whole.clone();
        other[at] ^= 1;
        fs::write(&path, other).unwrap();
        assert!(!run(&script()).status.success(), "{file}");
        fs::write(&path, whole).unwrap();
    }
}

#[tokio::test]
async fn the_commands_on_a_sets_own_page_open_it_and_make_an_answer() {
    let keys = SmKeyring::new();
    let (bench, home) = department(&keys).await;
    let set = home.path().join("SW0302A1");
    let page = fs::read_to_string(set.join("READ-ME.txt")).unwrap();
    let lines: Vec<&str> = page.lines().collect();
    fs::rename(home.path().join("HP0302A1.DBF"), set.join("HP0302A1.DBF")).unwrap();
    let begin = lines.iter().position(|line| line.starts_with("-----BEGIN")).unwrap();
    fs::write(set.join("node.pub"), lines[begin..].join("\n") + "\n").unwrap();
    let typed = |line: &str| {
        // Whoever types puts in what stands in keys.txt, and leaves out what stands in brackets.
        let keys = fs::read_to_string(set.join("keys.txt")).unwrap_or_default();
        let mut line = line.split("  (").next().unwrap().to_owned();
        for (word, key) in ["-K KEY", "-iv IV", "hexkey:MACKEY"].into_iter().zip(keys.lines()) {
            let stem = word.trim_end_matches(|c: char| c.is_ascii_uppercase());
            line = line.replace(word, &format!("{stem}{key}"));
        }
        let done = Command::new("bash")
            .args(["-c", &line])
            .current_dir(&set)
            .output()
            .unwrap();
        assert!(done.status.success(), "{line}: {}", done.stderr.escape_ascii());
        done.stdout
    };
    let mut drawn = Vec::new();
    let mut run = 0;
    for line in lines.iter().filter(|line| line.starts_with("openssl ")) {
        let said = typed(line);
        run += 1;
        if line.starts_with("openssl rand") {
            drawn.extend(&said);
            fs::write(set.join("keys.txt"), &drawn).unwrap();
        }
        if line.contains("-macopt") && !line.contains("-out") {
            let code = fs::read_to_string(set.join("data/SW0302A1.DBF.sm4.mac")).unwrap();
            let said = String::from_utf8(said).unwrap();
            assert!(said.trim_end().ends_with(code.trim_end()), "{said}");
        }
    }
    assert_eq!(run, 10, "{page}");
    assert_eq!(fs::read(set.join("SW0302A1.DBF")).unwrap(), golden("SW0302A1.DBF"));
    comes_back(&bench, &set).await;
    let node = Private::all(&fs::read_to_string(keys.path("node")).unwrap()).unwrap();
    assert!(page.contains(&node[0].public().pem().join("\r\n")), "{page}");
}
