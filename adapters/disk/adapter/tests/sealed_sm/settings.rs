//! Settings of the national suite, and of two suites at once.

use super::*;

#[test]
fn settings_that_mix_the_suites_are_named() {
    let (keys, age) = (SmKeyring::new(), crate::testing::keyring::Keyring::new());
    let judge = |text: &str| {
        let text = format!("signing_key = {{ file = \"k\" }}\n{text}");
        let settings: crate::Settings = toml::from_str(&text).unwrap();
        let found = settings.judge(&channel(), &[submit_layout(), return_layout()]);
        let setting = |name: &str, f: &model::Finding| {
            let found = f.args.iter().find(|(n, _)| *n == name);
            found.map(|(_, v)| v.clone()).unwrap_or_default()
        };
        let told = found.iter();
        told.map(|f| (f.code, setting("setting", f), setting("detail", f)))
            .collect::<Vec<_>>()
    };
    let software = (Code::WSmSoftware, String::new(), String::new());
    let (sealed, identity) = (keys.secrecy(), keys.identity("node"));
    let node = keys.recipient("node");
    let pem = fs::read_to_string(keys.path("node.pem")).unwrap();
    for good in [
        sealed.clone(),
        format!("recipients = [{pem:?}]\n{identity}"),
        "plain = \"reason\"\ncontrol_sum = \"ZCZB\"".to_owned(),
        format!("{sealed}\npublic_keys = {{ ntax = \"{node}\", other = [{pem:?}, \"{node}\"] }}"),
    ] {
        assert_eq!(
            judge(&format!("suite = \"sm\"\n{good}")),
            std::slice::from_ref(&software),
            "{good}"
        );
    }
    let to = age.bureau.recipient();
    let hex = crate::public_key(SEED).unwrap();
    for (bad, setting, words) in [
        (
            format!("suite = \"sm\"\nrecipients = [\"{to}\"]\n{identity}"),
            "recipients.0",
            "suite = \"sm\" 不能同用",
        ),
        (
            format!("suite = \"sm\"\nrecipients = [\"{node}\", \"MFkw\"]\n{identity}"),
            "recipients.1",
            "openssl pkey -pubout",
        ),
        (
            format!("suite = \"sm\"\nrecipients = [\"{node}\", {pem:?}]\n{identity}"),
            "recipients.1",
            "重复",
        ),
        (
            format!("recipients = [\"{node}\"]\n{identity}"),
            "recipients.0",
            "须写 suite = \"sm\"",
        ),
        (
            format!("suite = \"sm\"\n{sealed}\npublic_keys = {{ ntax = \"{hex}\" }}"),
            "public_keys.ntax",
            "SM2",
        ),
        (
            format!("{}\npublic_keys = {{ ntax = \"{node}\" }}", age.secrecy()),
            "public_keys.ntax",
            "64",
        ),
    ] {
        let mut found = judge(&bad);
        found.retain(|told| *told != software);
        assert_eq!(found.len(), 1, "{bad}: {found:?}");
        let (code, of, detail) = &found[0];
        assert_eq!((*code, of.as_str()), (Code::SChannelSetting, setting), "{bad}");
        assert!(detail.contains(words), "{detail}");
    }
}

/// What only the secrets tell is told when the channel is made.
#[tokio::test]
async fn a_channel_whose_keys_are_of_another_suite_is_not_made() {
    let keys = SmKeyring::new();
    let made = |secrecy: &str, signer: &str| {
        let context = context_in(keys.path("node").parent().unwrap());
        let text = format!("signing_key = {{ file = \"{signer}\" }}\n{secrecy}");
        <crate::Disk as port::TypedMode>::build(toml::from_str(&text).unwrap(), context).map(|_| ())
    };
    let sealed = format!("suite = \"sm\"\n{}", keys.secrecy());
    let node = keys.path("node").display().to_string();
    assert!(made(&sealed, &node).is_ok(), "a key as OpenSSL writes it signs too");
    let age = crate::testing::keyring::Keyring::new();
    let to = one_line(&keys.bureau.public().unwrap());
    let ed25519 = keys.path("ed25519");
    let words = ["genpkey", "-algorithm", "ed25519", "-out", ed25519.to_str().unwrap()];
    keys.bureau.call(&words).unwrap();
    for (secrecy, signer, setting) in [
        (sealed.clone(), ed25519.display().to_string(), "signing_key"),
        (age.secrecy(), node.clone(), "signing_key"),
        (
            format!("suite = \"sm\"\nrecipients = [\"{to}\"]\n{}", age.identity("node")),
            node.clone(),
            "identity",
        ),
        (
            format!(
                "recipients = [\"{}\"]\n{}",
                age.bureau.recipient(),
                keys.identity("node")
            ),
            "k".to_owned(),
            "identity",
        ),
        (
            format!("suite = \"sm\"\nrecipients = [\"{}\"]", age.bureau.recipient()),
            node.clone(),
            "recipients",
        ),
    ] {
        let finding = made(&secrecy, &signer).unwrap_err();
        assert_eq!(finding.args[0].1, setting, "{secrecy}");
    }
}
