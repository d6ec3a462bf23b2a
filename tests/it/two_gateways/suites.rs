//! Both suites between two gateways: what names the set before is what that set's slip shows, and what any machine computes.

use super::{Gateway, stick, verdicts};
use crate::two_nodes;
use departments::openssl::{make_key, public};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

/// Makes a key pair of the national suite; the public half.
fn key(home: &Path, name: &str) -> String {
    let path = home.join(name);
    make_key(&path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    public(&path).unwrap()
}

/// The digest of a file, by OpenSSL.
fn sum(kind: &str, path: &Path) -> String {
    let mut openssl = Command::new("openssl");
    let done = openssl
        .args(["dgst", &format!("-{kind}"), "-r"])
        .arg(path)
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
    String::from_utf8(done.stdout).unwrap()[..64].to_owned()
}

/// Both sides go over to the national suite: keys of their own, and everything encrypted.
fn go_over(city: &Gateway, far: &Gateway) {
    let keys = |gateway: &Gateway| (key(&gateway.0, "gateway.key"), key(&gateway.0, "open.key"));
    let ((city_signs, city_opens), (far_signs, far_opens)) = (keys(city), keys(far));
    let sides = [
        (city, "far", "far-gw", far_signs, far_opens),
        (far, "city", "city-gw", city_signs, city_opens),
    ];
    for (gateway, dept, sender, signs, opens) in sides {
        let file = gateway.0.join(format!("config/departments/{dept}.toml"));
        two_nodes::edit(&file, |t| {
            let settings = t["channel"][0]["settings"].as_table_mut().unwrap();
            settings.remove("plain");
            settings.insert("suite".to_owned(), "sm".into());
            settings.insert("recipients".to_owned(), vec![opens].into());
            settings.insert("identity".to_owned(), toml::toml! { file = "../open.key" }.into());
            settings["public_keys"][sender] = signs.into();
        });
    }
}

/// The set before, as a set names it: number and digest.
fn before(set: &Path) -> (String, String) {
    let info = fs::read_to_string(set.join("bag-info.txt")).unwrap();
    let line = info.lines().find_map(|line| line.strip_prefix("Set-Before: "));
    let words: Vec<&str> = line.unwrap_or_else(|| panic!("{info}")).split(' ').collect();
    assert_eq!(words.len(), 3, "{info}");
    (words[0].to_owned(), words[2].to_owned())
}

#[test]
fn each_set_names_the_one_before_in_its_suite() {
    for (suite, kind, ending) in [("age", "sha256", ".DBF"), ("sm", "sm3", ".DBF.sm4")] {
        let dir = tempfile::tempdir().unwrap();
        let (city, far) = (Gateway::city(dir.path()), Gateway::far(dir.path(), "far-1"));
        if suite == "sm" {
            go_over(&city, &far);
        }
        let first = city.posted(1, |_| {});
        let out = stick(&dir, "out");
        let one = city.exports("far", &out).remove(0);
        assert!(out.join(format!("{one}/data/{one}{ending}")).is_file(), "{suite}");
        assert_eq!(verdicts(&far.imports(&out, &[])), ["accepted"], "{suite}");
        far.decides("准予");
        let back = stick(&dir, "back");
        far.exports("city", &back);
        // Its list of what it took, and the results.
        assert_eq!(verdicts(&city.imports(&back, &[])), ["accepted", "accepted"], "{suite}");
        assert_eq!(city.counts(&first), ("booked".into(), "approved".into()), "{suite}");

        city.posted(3, |_| {});
        let next = stick(&dir, "next");
        let two = city.exports("far", &next).remove(0);
        let (number, digest) = before(&next.join(two));
        let vouches = format!("{one}/tagmanifest-{kind}.txt");
        let sum = sum(kind, &out.join(&vouches));
        assert_eq!((number, &digest), (one.clone(), &sum), "{suite}");
        let slip = dir.path().join("slip.html");
        city.ask(&["disk", "slip", &one, "--to", slip.to_str().unwrap()]);
        let slip = fs::read_to_string(slip).unwrap();
        assert!(slip.contains(&digest), "{suite}: {slip}");
        let came = far.imports(&next, &[]);
        assert!(
            came.iter().all(|(_, verdict, _)| verdict == "accepted"),
            "{suite}: {came:?}"
        );
    }
}
