//! A real server changes its host key: nothing is said to it until a person vouches for the new one.

use super::line::{Line, Way};
use super::world::*;
use model::Code;
use port::Next;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_changed_stops_everything_until_it_is_trusted() {
    let mut world = World::openssh().await;
    let adapter = world.adapter();
    adapter.probe().await.unwrap();
    let old = adapter.pinned().unwrap();
    let new = world.sshd().changes_its_key().await;
    let batch = prepared(&*adapter, &rows(), 1);
    // The connection from before may be found dead first.
    let _ = adapter.probe().await;
    for fault in [
        adapter.probe().await.unwrap_err(),
        adapter.deliver(&batch).await.unwrap_err(),
        adapter.collect(&ask(1)).await.map(|_| ()).unwrap_err(),
    ] {
        assert_eq!(
            (fault.finding.code, fault.next),
            (Code::CHostKey, Next::Person),
            "{fault}"
        );
        assert_eq!(fault.finding.arg("expected"), Some(old.as_str()));
        assert_eq!(fault.finding.arg("found"), Some(new.as_str()));
        assert!(
            fault
                .to_string()
                .contains(&format!("channel trust DEPT --fingerprint {new}"))
        );
    }
    assert_eq!(names_in(&world.upload("")), ["backup"]);
    // Another key than the one that stands there helps nothing.
    adapter.trust(&format!("SHA256:{}", "B".repeat(43)));
    assert_eq!(adapter.probe().await.unwrap_err().finding.code, Code::CHostKey);
    adapter.trust(&new);
    adapter.deliver(&batch).await.unwrap();
    assert_eq!(names_in(&world.upload("")).len(), 3);
    // What the administrator wrote is what it was.
    assert_eq!(adapter.pinned(), Some(old.clone()));
    // And the old key is none any more, should it come back.
    let third = world.sshd().changes_its_key().await;
    let _ = adapter.probe().await;
    let fault = adapter.probe().await.unwrap_err();
    assert_eq!(fault.finding.arg("expected"), Some(new.as_str()));
    assert_eq!(fault.finding.arg("found"), Some(third.as_str()));
    adapter.trust(&old);
    assert_eq!(adapter.probe().await.unwrap_err().finding.code, Code::CHostKey);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_says_who_he_is_to_a_server_with_another_key() {
    let world = World::openssh().await;
    let line = Line::to(world.settings(&Wishes::default()).sftp.unwrap().port).await;
    // How many pieces go to a server that is let in, and to one that is not: the second ends with the key exchange.
    let pieces = async |host_key: Option<String>| {
        let sent = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&sent);
        line.judge(move |way| {
            counted.fetch_add(usize::from(way == Way::There), Ordering::SeqCst);
            true
        });
        let adapter = rebuilt(&world, |s| {
            let sftp = s.sftp.as_mut().unwrap();
            sftp.port = line.port;
            sftp.host_key = host_key.unwrap_or(sftp.host_key.clone());
        });
        let _ = adapter.probe().await;
        sent.load(Ordering::SeqCst)
    };
    let admitted = pieces(None).await;
    let stopped = pieces(Some(format!("SHA256:{}", "A".repeat(43)))).await;
    // The key exchange is four, and one may arrive in two.
    assert!(stopped <= 5 && 2 * stopped < admitted, "{stopped} {admitted}");
}

#[test]
fn a_channel_without_a_pinned_key_is_no_configuration() {
    let text =
        "transport = \"sftp\"\nformat = \"csv\"\n[sftp]\nhost = \"h\"\nuser = \"u\"\npassword = { env = \"x\" }\n";
    let wrong = toml::from_str::<crate::Settings>(text).unwrap_err();
    assert!(wrong.to_string().contains("host_key"), "{wrong}");
}
