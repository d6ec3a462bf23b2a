//! The tax bureau's machine shows another host key: nothing goes there until a person of the node vouches for it.

use crate::harness::{CLERK, COLLEAGUE, Town, plain};
use departments::cases;
use serde_json::Value;

impl Town {
    async fn trust(&self, name: &str, more: &[&str]) -> (i32, String) {
        let said = self.run_as(name, &[&["channel", "trust", "ltax"], more].concat()).await;
        let code = said.error().to_owned();
        (said.code, code)
    }

    /// The bureau's channel as `check` shows it.
    async fn channel(&self) -> Value {
        let check = self.run_as(CLERK, &["check"]).await.json;
        let channels = check["channels"].as_array().unwrap().clone();
        let found = channels
            .into_iter()
            .find(|c| c["dept"] == "ltax" && c["mode"] == "frontend");
        found.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_host_key_stops_the_channel_until_a_person_trusts_it() {
    let mut town = Town::start().await;
    let no = cases::case_no(1);
    let written = std::fs::read_to_string(town.config().join("departments/ltax.toml")).unwrap();
    let old = town.sftp.as_ref().unwrap().host_key().to_owned();
    // Nothing has changed: there is nothing to trust.
    let same = ["--fingerprint", old.as_str()];
    assert_eq!(town.trust(CLERK, &same).await, (1, "V_TRUSTED".to_owned()));
    let new = town.another_host_key().await;
    town.post(&plain(1)).await;
    town.licensed(&no).await;

    let why = town
        .until("why names the changed key", async || {
            let line = town.why(&no, "ltax.reg").await?;
            (line["finding"]["code"] == "C_HOST_KEY").then_some(line)
        })
        .await;
    assert!(why["next"].is_null(), "a person is waited for: {why}");
    for lang in ["zh", "en"] {
        let page = town.page(lang, &["why", &no]).await.out;
        assert!(page.contains(&old) && page.contains(&new), "{page}");
        assert!(page.contains(&format!("--fingerprint {new}")), "{page}");
    }
    assert_eq!(town.channel().await["finding"]["code"], "C_HOST_KEY");

    let other = format!("SHA256:{}", "B".repeat(43));
    let (right, wrong) = (["--fingerprint", new.as_str()], ["--fingerprint", other.as_str()]);
    let refused = |code: &str| (1, code.to_owned());
    assert_eq!(town.trust("王五", &right).await, refused("V_PERSON"));
    assert_eq!(town.trust(CLERK, &wrong).await, refused("V_FINGERPRINT"));
    assert_eq!(town.trust(CLERK, &same).await, refused("V_FINGERPRINT"));
    let elsewhere = [&right[..], &["--channel", "nowhere"]].concat();
    assert_eq!(town.trust(CLERK, &elsewhere).await, refused("V_NOT_FOUND"));
    let park = town
        .run_as(CLERK, &["channel", "trust", "park", "--fingerprint", &new])
        .await;
    assert_eq!(park.error(), "V_NO_KEY");
    assert_eq!(town.trust(CLERK, &["--fingerprint", "SHA256:x"]).await.0, 2);
    assert_eq!(town.channel().await["finding"]["code"], "C_HOST_KEY");
    assert_eq!(town.rows(&no).iter().filter(|r| r.0 == "ltax.reg").count(), 0);

    // The same running node goes on, and the administrator's file is as it was.
    let by = [&right[..], &["--by", COLLEAGUE]].concat();
    let said = town
        .call(&["--json"], &[&["channel", "trust", "ltax"], &by[..]].concat())
        .await;
    assert_eq!(said.code, 0, "{said:?}");
    town.decided(&no, "ltax.reg", "approved").await;
    let now = std::fs::read_to_string(town.config().join("departments/ltax.toml")).unwrap();
    assert_eq!(now, written);
    let shown = |channel: &Value| {
        let trusted = &channel["trusted"];
        assert_eq!(trusted["fingerprint"], new.as_str(), "{channel}");
        assert_eq!(trusted["instead_of"], old.as_str());
        assert_eq!(trusted["by"], COLLEAGUE);
        assert_eq!(
            (channel["good"].as_bool(), &channel["finding"]),
            (Some(true), &Value::Null)
        );
    };
    shown(&town.channel().await);
    for lang in ["zh", "en"] {
        let page = town.page(lang, &["check"]).await.out;
        assert!(page.contains(&new) && page.contains(COLLEAGUE), "{page}");
    }
    // It holds over a restart; and is no news a second time.
    town.restart().await;
    shown(&town.channel().await);
    assert_eq!(town.trust(CLERK, &right).await, refused("V_TRUSTED"));

    // The machine changes once more, and this time the administrator writes the key down: what is written is the key.
    let third = town.another_host_key().await;
    town.node_down().await;
    let was = toml::Value::from(old);
    town.written().edit("departments/ltax.toml", |t| {
        for channel in t["channel"].as_array_mut().unwrap() {
            let sftp = channel.get_mut("settings").and_then(|s| s.get_mut("sftp"));
            if let Some(sftp) = sftp.filter(|s| s["host_key"] == was) {
                sftp["host_key"] = third.clone().into();
            }
        }
    });
    town.node_up().await;
    let channel = town.channel().await;
    assert_eq!(
        (&channel["good"], &channel["trusted"]),
        (&Value::Bool(true), &Value::Null),
        "{channel}"
    );
    town.carry(&no).await;
    town.close().await;
}
