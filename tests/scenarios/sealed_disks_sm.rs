//! The same in the national suite: the bureau has OpenSSL and nothing else, no program of ours and none of age.

use crate::bad_return_disks::{codes, on_the_stick, slow_disks};
use crate::harness::{CLERK, Config, Town};
use crate::sealed_disks::on_it;
use departments::ntax::Habits;
use departments::openssl::{OpenSsl, make_key, public};
use std::fs;
use std::path::Path;

/// A town whose tax bureau has a key of its own, and whose node has one that opens and one that signs.
async fn town(bureau: &Path) -> Town {
    for name in ["opens", "signs"] {
        make_key(&bureau.join(name)).unwrap();
        fs::write(bureau.join(format!("{name}.pub")), public(&bureau.join(name)).unwrap()).unwrap();
    }
    let openssl = OpenSsl::open(bureau, &bureau.join("opens.pub"), &bureau.join("signs.pub")).unwrap();
    let to = openssl.public().unwrap();
    let town = Town::start_with(|config| {
        slow_disks(config);
        national(config, &to, bureau);
    })
    .await;
    town.ntax.set_sm(openssl);
    town
}

fn national(config: &Config, to: &str, keys: &Path) {
    config.edit("departments/ntax.toml", |t| {
        let settings = t["channel"][0]["settings"].as_table_mut().unwrap();
        settings.remove("plain");
        settings.remove("control_sum");
        settings.insert("suite".to_owned(), "sm".into());
        settings.insert("recipients".to_owned(), vec![to.to_owned()].into());
        for (setting, name) in [("identity", "opens"), ("signing_key", "signs")] {
            let file = toml::toml! { file = (keys.join(name).display().to_string()) };
            settings.insert(setting.to_owned(), file.into());
        }
        let vouches = toml::toml! { ntax = (to) };
        settings.insert("public_keys".to_owned(), vouches.into());
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_goes_and_comes_back_with_openssl_alone() {
    let home = tempfile::tempdir().unwrap();
    let town = town(home.path()).await;
    let check = town.run_as(CLERK, &["check", "--offline"]).await;
    assert_eq!(check.code, 0, "{check:?}");
    assert!(check.json.to_string().contains("W_SM_SOFTWARE"), "{check:?}");
    let all = on_the_stick(&town, &[1, 2]).await;
    let taking = town.take().remove(0);
    assert_eq!((taking.refused, taking.rows.len()), (None, 2));
    let answer = taking.answer.unwrap();
    assert!(answer.to_str().unwrap().ends_with(".DBF.sm4"), "{answer:?}");
    for path in on_it(&town.medium) {
        let bytes = fs::read(&path).unwrap();
        for no in &all {
            assert!(!bytes.windows(no.len()).any(|w| w == no.as_bytes()), "{no} in {path:?}");
        }
    }
    let medium = town.medium.display().to_string();
    let lying = town.ask(&["disk", "inspect", &medium]).await;
    let lying = lying.as_array().unwrap();
    assert_eq!(
        lying.len(),
        2,
        "the set and the answer, each with all of its files: {lying:?}"
    );
    assert_eq!(lying.iter().flat_map(codes).collect::<Vec<_>>(), [""; 0], "{lying:?}");

    // What two people compare by telephone is what OpenSSL finds.
    let number = town.ask(&["disk", "log"]).await[0]["number"]
        .as_str()
        .unwrap()
        .to_owned();
    let page = home.path().join("slip.html").display().to_string();
    let slip = town.ask(&["disk", "slip", &number, "--to", &page]).await;
    let openssl = OpenSsl::open(
        home.path(),
        &home.path().join("opens.pub"),
        &home.path().join("signs.pub"),
    )
    .unwrap();
    let digest = openssl
        .digest(&town.medium.join(&number).join("tagmanifest-sm3.txt"))
        .unwrap();
    assert_eq!(
        (&slip["digest_kind"], &slip["digest"]),
        (&"SM3".into(), &digest.as_str().into()),
        "{slip}"
    );

    // One of the answer's files stayed at the bureau.
    let code = format!("{}.mac", answer.display());
    let kept = fs::read(&code).unwrap();
    fs::remove_file(&code).unwrap();
    let half = town.import().await;
    assert_eq!(
        (&half[0]["verdict"], codes(&half[0])),
        (&"refused".into(), vec!["E_CIPHER_BROKEN"]),
        "{half:?}"
    );
    assert!(town.obligation(&all[0], "ntax.reg").await.unwrap()["standing"].is_null());
    fs::write(&code, kept).unwrap();
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
    // The bureau writes its answer once more, in a bag that it signs: other bytes, the same content.
    town.ntax.set_habits(Habits {
        bag: true,
        ..Habits::default()
    });
    let bag = town.ntax.reissue(&number, &town.medium).unwrap().unwrap();
    assert!(bag.join("signature.sm2").is_file());
    for path in on_it(&town.medium) {
        if path.parent() == Some(&town.medium) {
            fs::remove_file(path).unwrap();
        }
    }
    let again = town.import().await;
    assert_eq!(
        (&again[0]["verdict"], codes(&again[0])),
        (&"repeat".into(), vec!["E_REPEATED"]),
        "{again:?}"
    );
    town.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_disk_is_cut_again_with_the_same_bytes() {
    let home = tempfile::tempdir().unwrap();
    let mut town = town(home.path()).await;
    on_the_stick(&town, &[1]).await;
    let number = town.ask(&["disk", "log"]).await[0]["number"]
        .as_str()
        .unwrap()
        .to_owned();
    let bytes = |town: &Town| {
        let files = on_it(&town.medium.join(&number));
        let mut read: Vec<_> = files.into_iter().map(|path| (fs::read(&path).unwrap(), path)).collect();
        read.sort();
        read
    };
    let first = bytes(&town);
    assert_eq!(first.len(), 9, "six texts, and the table as three files");
    town.wipe();
    town.node_down().await;
    town.node_up().await;
    let medium = town.medium.display().to_string();
    town.ask(&["disk", "export", "ntax", "--to", &medium, "--again", &number])
        .await;
    assert_eq!(bytes(&town), first);
    town.close().await;
}
