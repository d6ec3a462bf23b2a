//! Servers from before 2014, played by a real one that offers nothing newer.

use super::world::*;
use model::Code;
use port::Next;
use std::path::Path;
use std::process::Command;

/// An RSA host key as a file, and its fingerprint by the tool that administrators use.
fn rsa_key(dir: &Path) -> (String, String) {
    let path = dir.join("old_host_key").to_str().unwrap().to_owned();
    let keygen = |words: &[&str]| {
        let done = Command::new("ssh-keygen").args(words).output();
        let done = done.expect("ssh-keygen is needed: install the package openssh-client");
        assert!(done.status.success(), "{done:?}");
        String::from_utf8(done.stdout).unwrap()
    };
    keygen(&["-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", &path]);
    let said = keygen(&["-l", "-E", "sha256", "-f", &path]);
    let print = said
        .split_whitespace()
        .find(|w| w.starts_with("SHA256:"))
        .unwrap()
        .to_owned();
    (path, print)
}

#[tokio::test]
async fn an_old_server_is_refused_with_the_setting_that_lets_it_in() {
    let dir = tempfile::tempdir().unwrap();
    let (key, host_key) = rsa_key(dir.path());
    for kex in [
        "diffie-hellman-group1-sha1",
        "diffie-hellman-group14-sha1",
        "diffie-hellman-group-exchange-sha1",
    ] {
        let world = World::openssh_with(&format!(
            "HostKey {key}\nHostKeyAlgorithms ssh-rsa\nKexAlgorithms {kex}\nCiphers aes128-cbc\nMACs hmac-sha1"
        ))
        .await;
        let adapter = |sftp: &'static str| {
            world.adapter_with(Wishes {
                host_key: Some(host_key.clone()),
                sftp,
                ..Wishes::default()
            })
        };
        let fault = adapter("").probe().await.unwrap_err();
        assert_eq!(
            (fault.finding.code, fault.next),
            (Code::CProtocol, Next::Person),
            "{kex}"
        );
        let said = fault.to_string();
        assert!(said.contains("sftp.legacy = true") && said.contains(kex), "{said}");
        let old = adapter("legacy = true");
        old.probe().await.unwrap();
        let batch = prepared(&*old, &rows(), 1);
        old.deliver(&batch).await.unwrap();
        let name = &batch.encoded.parts[0].name;
        assert_eq!(
            std::fs::read(world.upload(name)).unwrap(),
            batch.encoded.parts[0].bytes,
            "{kex}"
        );
    }
}

#[tokio::test]
async fn an_old_server_with_another_key_is_refused_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let (key, host_key) = rsa_key(dir.path());
    let world = World::openssh_with(&format!("HostKey {key}\nHostKeyAlgorithms ssh-rsa")).await;
    let pinned = format!("SHA256:{}", "A".repeat(43));
    let adapter = world.adapter_with(Wishes {
        host_key: Some(pinned.clone()),
        sftp: "legacy = true",
        ..Wishes::default()
    });
    let fault = adapter.probe().await.unwrap_err();
    assert_eq!((fault.finding.code, fault.next), (Code::CHostKey, Next::Person));
    // Both are shown: a person compares them.
    let said = fault.to_string();
    assert!(said.contains(&pinned) && said.contains(&host_key), "{said}");
}
