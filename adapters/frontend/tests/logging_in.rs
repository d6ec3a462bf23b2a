//! Connecting: keys, passwords, algorithms, silence, and servers that come back.

use super::everywhere;
use super::fake::Fake;
use super::hostile::Hostile;
use super::line::Line;
use super::world::*;
use crate::units::Period;
use model::Code;
use port::Next;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::net::TcpListener;

everywhere!(servers: a_changed_host_key_fails_closed);

mod body {
    use super::*;

    pub async fn a_changed_host_key_fails_closed(world: World) {
        let wrong = format!("SHA256:{}", "A".repeat(43));
        let adapter = world.adapter_with(Wishes {
            host_key: Some(wrong.clone()),
            ..Wishes::default()
        });
        let batch = prepared(&*adapter, &rows(), 1);
        let right = world.settings(&Wishes::default()).sftp.unwrap().host_key;
        for fault in [
            adapter.probe().await.unwrap_err(),
            adapter.deliver(&batch).await.unwrap_err(),
        ] {
            assert_eq!((fault.finding.code, fault.next), (Code::CHostKey, Next::Person));
            let arg = |name: &str| {
                fault
                    .finding
                    .args
                    .iter()
                    .find(|(n, _)| n == name)
                    .map(|(_, v)| v.clone())
            };
            assert_eq!(
                (arg("expected"), arg("found")),
                (Some(wrong.clone()), Some(right.clone()))
            );
        }
        assert_eq!(names_in(&world.upload("")), ["backup"]);
    }
}

#[tokio::test]
async fn a_refused_password_is_not_tried_again() {
    let world = World::in_process().await;
    let adapter = world.adapter_with(Wishes {
        password: "wrong",
        ..Wishes::default()
    });
    let fault = adapter.probe().await.unwrap_err();
    assert_eq!((fault.finding.code, fault.next), (Code::CAuth, Next::Person));
    assert!(!fault.to_string().contains("wrong"));
    // With the server gone, only an adapter that does not even connect still says the same.
    let _stopped = world.stop().await;
    assert_eq!(adapter.probe().await.unwrap_err().finding.code, Code::CAuth);
    assert_eq!(
        adapter.collect(&ask(1)).await.map(|_| ()).unwrap_err().finding.code,
        Code::CAuth
    );
}

#[tokio::test]
async fn a_refused_key_is_a_persons_to_mend() {
    let world = World::openssh().await;
    let adapter = rebuilt(&world, |s| {
        s.sftp.as_mut().unwrap().user = "nobody-of-that-name".to_owned()
    });
    let fault = adapter.probe().await.unwrap_err();
    assert_eq!((fault.finding.code, fault.next), (Code::CAuth, Next::Person));
}

/// A server that counts tries, and locks after a few: it sees one, however often the channel is asked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_allows_one_try_sees_one() {
    let world = World::openssh_with("MaxAuthTries 1").await;
    let line = Line::to(world.settings(&Wishes::default()).sftp.unwrap().port).await;
    let adapter = rebuilt(&world, |s| {
        let sftp = s.sftp.as_mut().unwrap();
        sftp.user = "nobody-of-that-name".to_owned();
        sftp.port = line.port;
    });
    let mut last = None;
    for _ in 0..6 {
        last = adapter.probe().await.err();
        let _ = adapter.collect(&ask(1)).await.map(|_| ());
    }
    let fault = last.unwrap();
    assert_eq!((fault.finding.code, fault.next), (Code::CAuth, Next::Person), "{fault}");
    assert_eq!(line.connections(), 1);
    let said = fault.to_string();
    assert!(
        said.contains("sftp.key") && said.contains("run tanghulu check"),
        "{said}"
    );
}

/// What OpenSSH says in the place of SFTP to an account whose password has expired.
const EXPIRED: &str = "WARNING: Your password has expired.\nYou must change your password now and login again!\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_password_is_a_persons_to_mend_and_said() {
    let fake = Fake::new();
    let ssh = Hostile::start_saying(&fake, Some(EXPIRED)).await;
    let world = World::in_process().await;
    let adapter = rebuilt(&world, |settings| {
        let sftp = settings.sftp.as_mut().unwrap();
        (sftp.port, sftp.host_key) = (ssh.port, ssh.host_key.clone());
    });
    let fault = adapter.probe().await.unwrap_err();
    assert_eq!(
        (fault.finding.code, fault.next),
        (Code::CProtocol, Next::Person),
        "{fault}"
    );
    assert!(fault.to_string().contains("the password may have expired"), "{fault}");
    assert_eq!(ssh.logins.load(Ordering::SeqCst), 1);
}

/// A server that answers a login with a question, or never: two such logins are one that was refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_that_is_never_answered_is_tried_twice_and_no_more() {
    let fake = Fake::new();
    let ssh = Hostile::start_silent(&fake).await;
    let world = World::in_process().await;
    let adapter = rebuilt(&world, |settings| {
        let sftp = settings.sftp.as_mut().unwrap();
        (sftp.port, sftp.host_key) = (ssh.port, ssh.host_key.clone());
        sftp.connect_timeout = Period(Duration::from_secs(2));
    });
    let faults = [
        adapter.probe().await.unwrap_err(),
        adapter.probe().await.unwrap_err(),
        adapter.probe().await.unwrap_err(),
    ];
    let codes = faults.map(|f| (f.finding.code, f.next));
    let auth = (Code::CAuth, Next::Person);
    assert_eq!(codes, [(Code::CTimeout, Next::Retry), auth, auth]);
    assert_eq!(ssh.logins.load(Ordering::SeqCst), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_key_opens_with_its_passphrase_only() {
    let mut world = World::openssh().await;
    let file = world.sshd().client_key.clone();
    let done = std::process::Command::new("ssh-keygen")
        .args(["-q", "-p", "-P", "", "-N", "right", "-f"])
        .arg(&file)
        .status();
    let done = done.expect("ssh-keygen is needed: install the package openssh-client");
    assert!(done.success());
    let with = |passphrase: Option<&str>| {
        let wishes = Wishes::default();
        let mut settings = world.settings(&wishes);
        settings.sftp.as_mut().unwrap().passphrase = passphrase.map(|text| port::Secret {
            env: Some(text.to_owned()),
            ..port::Secret::default()
        });
        <crate::Mode as port::TypedMode>::build(settings, world.context(&wishes))
    };
    with(Some("right")).unwrap().probe().await.unwrap();
    for wrong in [Some("wrong"), None] {
        let finding = with(wrong).map(|_| ()).unwrap_err();
        assert_eq!(
            (finding.code, finding.arg("setting")),
            (Code::SChannelSetting, Some("sftp.key"))
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_comes_back_is_used_again() {
    let world = World::in_process().await;
    let adapter = world.adapter();
    adapter.probe().await.unwrap();
    let stopped = world.stop().await;
    let fault = adapter.collect(&ask(1)).await.map(|_| ()).unwrap_err();
    assert_eq!((fault.finding.code, fault.next), (Code::CUnreachable, Next::Retry));
    let _world = stopped.start_again().await;
    adapter.probe().await.unwrap();
}

#[tokio::test]
async fn a_silent_server_is_given_up() {
    let world = World::in_process().await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let adapter = rebuilt(&world, |s| {
        let sftp = s.sftp.as_mut().unwrap();
        sftp.port = silent.local_addr().unwrap().port();
        sftp.connect_timeout = Period(Duration::from_millis(200));
    });
    let fault = adapter.probe().await.unwrap_err();
    assert_eq!((fault.finding.code, fault.next), (Code::CTimeout, Next::Retry));
}

#[tokio::test]
async fn a_missing_directory_is_named() {
    let world = World::in_process().await;
    let adapter = rebuilt(&world, |s| s.out.as_mut().unwrap().dir = "/nowhere".to_owned());
    for fault in [
        adapter.probe().await.unwrap_err(),
        adapter.deliver(&prepared(&*adapter, &rows(), 1)).await.unwrap_err(),
    ] {
        assert_eq!((fault.finding.code, fault.next), (Code::CPlace, Next::Person));
        assert!(fault.to_string().contains("/nowhere"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_stands_still_ends_the_request_and_not_the_channel() {
    let world = World::openssh().await;
    let line = Line::to(world.settings(&Wishes::default()).sftp.unwrap().port).await;
    let adapter = rebuilt(&world, |s| {
        let sftp = s.sftp.as_mut().unwrap();
        sftp.port = line.port;
        sftp.timeout = Period(Duration::from_secs(1));
    });
    adapter.probe().await.unwrap();
    line.hold();
    let batch = prepared(&*adapter, &rows(), 1);
    let fault = adapter.deliver(&batch).await.unwrap_err();
    assert_eq!((fault.finding.code, fault.next), (Code::CTimeout, Next::Retry));
    line.go_on();
    adapter.deliver(&batch).await.unwrap();
}
