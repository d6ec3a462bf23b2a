//! Disks that nobody on the way can read: sets go out encrypted, the bureau's own `age` program opens them and encrypts
//! what comes back.

use crate::bad_return_disks::{codes, on_the_stick, slow_disks};
use crate::harness::{CLERK, Config, Town};
use departments::age::{Age, make_key, recipient};
use std::path::{Path, PathBuf};

/// A town whose tax bureau has the program and a key, and whose node has another one.
async fn town(bureau: &Path) -> Town {
    let node = bureau.join("node.age-key");
    make_key(&node).unwrap();
    let age = Age::open(bureau, &recipient(&node).unwrap()).unwrap();
    let to = age.recipient().to_owned();
    let town = Town::start_with(|config| {
        slow_disks(config);
        encrypted(config, &to, &node);
    })
    .await;
    town.ntax.set_age(age);
    town
}

fn encrypted(config: &Config, to: &str, node: &Path) {
    config.edit("departments/ntax.toml", |t| {
        let settings = t["channel"][0]["settings"].as_table_mut().unwrap();
        settings.remove("plain");
        // A sum of what is encrypted would stand in clear on the set.
        settings.remove("control_sum");
        settings.insert("recipients".to_owned(), vec![to.to_owned()].into());
        let file = toml::toml! { file = (node.display().to_string()) };
        settings.insert("identity".to_owned(), file.into());
    });
}

/// Every file on the stick.
pub fn on_it(dir: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => all.extend(on_it(&path)),
            false => all.push(path),
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_goes_and_comes_back_and_nothing_of_it_lies_in_clear() {
    let home = tempfile::tempdir().unwrap();
    let town = town(home.path()).await;
    let all = on_the_stick(&town, &[1, 2]).await;
    let taking = town.take().remove(0);
    assert_eq!((taking.refused, taking.rows.len()), (None, 2));
    let answer = taking.answer.unwrap();
    assert!(answer.to_str().unwrap().ends_with(".DBF.age"), "{answer:?}");
    for path in on_it(&town.medium) {
        let bytes = std::fs::read(&path).unwrap();
        for no in &all {
            assert!(!bytes.windows(no.len()).any(|w| w == no.as_bytes()), "{no} in {path:?}");
        }
    }
    let medium = town.medium.display().to_string();
    let lying = town.ask(&["disk", "inspect", &medium]).await;
    let wrong: Vec<_> = lying.as_array().unwrap().iter().flat_map(codes).collect();
    assert_eq!(wrong, [""; 0], "{lying}");

    // The stick got wet on the way back.
    let whole = std::fs::read(&answer).unwrap();
    let mut flipped = whole.clone();
    let middle = whole.len() - 200;
    flipped[middle] ^= 1;
    std::fs::write(&answer, &flipped).unwrap();
    let wet = town.import().await;
    assert_eq!(
        (&wet[0]["verdict"], codes(&wet[0])),
        (&"refused".into(), vec!["E_CIPHER_BROKEN"]),
        "{wet:?}"
    );
    assert!(town.obligation(&all[0], "ntax.reg").await.unwrap()["standing"].is_null());
    std::fs::write(&answer, &whole).unwrap();
    let taken = town.import().await;
    assert_eq!(
        (&taken[0]["verdict"], codes(&taken[0])),
        (&"accepted".into(), vec![]),
        "{taken:?}"
    );
    for no in &all {
        town.decided(no, "ntax.reg", "approved").await;
        town.books_hold(
            no,
            &[
                ("aic.name", 1, "submit"),
                ("aic.licence", 1, "submit"),
                ("ltax.reg", 1, "submit"),
                ("ntax.reg", 1, "submit"),
            ],
        );
    }
    // The bureau writes its answer once more: other bytes, the same content.
    let number = town.ask(&["disk", "log"]).await[0]["number"]
        .as_str()
        .unwrap()
        .to_owned();
    town.ntax.reissue(&number, &town.medium).unwrap().unwrap();
    assert_ne!(std::fs::read(&answer).unwrap(), whole);
    let again = town.import().await;
    assert_eq!(
        (&again[0]["verdict"], codes(&again[0])),
        (&"repeat".into(), vec!["E_REPEATED"]),
        "{again:?}"
    );
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_disk_is_cut_again_with_the_same_bytes_and_a_return_in_clear_is_told() {
    let home = tempfile::tempdir().unwrap();
    let mut town = town(home.path()).await;
    let no = on_the_stick(&town, &[1]).await.remove(0);
    let number = town.ask(&["disk", "log"]).await[0]["number"]
        .as_str()
        .unwrap()
        .to_owned();
    let payload = town.medium.join(&number).join(format!("data/{number}.DBF.age"));
    let first = std::fs::read(&payload).unwrap();
    town.wipe();
    town.node_down().await;
    town.node_up().await;
    let medium = town.medium.display().to_string();
    town.ask(&["disk", "export", "ntax", "--to", &medium, "--again", &number])
        .await;
    assert_eq!(std::fs::read(&payload).unwrap(), first);
    // A clerk there who does not know the program yet gives the table as it is.
    let closed = town.take().remove(0).answer.unwrap();
    let clear = std::process::Command::new("age")
        .arg("-d")
        .arg("-i")
        .arg(home.path().join("node.age-key"))
        .arg(&closed)
        .output()
        .expect("age: install age");
    std::fs::write(closed.with_extension(""), clear.stdout).unwrap();
    std::fs::remove_file(&closed).unwrap();
    let taken = town.import().await;
    assert_eq!(
        (&taken[0]["verdict"], codes(&taken[0])),
        (&"accepted".into(), vec!["W_PLAIN_RETURN"]),
        "{taken:?}"
    );
    town.decided(&no, "ntax.reg", "approved").await;
    let receipt = std::fs::read_to_string(closed.with_extension("receipt.txt")).unwrap_or_else(|_| {
        panic!("{:?}", on_it(&town.medium));
    });
    assert!(receipt.contains("age -r age1"), "{receipt}");
    assert_eq!(
        town.run_as(CLERK, &["refused", "list"])
            .await
            .json
            .as_array()
            .map(Vec::len),
        Some(0)
    );
    town.close().await;
}
