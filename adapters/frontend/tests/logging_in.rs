//! Connecting: keys, passwords, algorithms, silence, and servers that come back.

use super::everywhere;
use super::world::*;
use crate::units::Period;
use model::Code;
use port::Next;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

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
async fn an_old_server_needs_the_legacy_setting() {
    let old = "KexAlgorithms diffie-hellman-group14-sha1\nCiphers aes128-cbc\nMACs hmac-sha1";
    let world = World::openssh_with(old).await;
    let fault = world.adapter().probe().await.unwrap_err();
    assert_eq!((fault.finding.code, fault.next), (Code::CProtocol, Next::Person));
    let adapter = world.adapter_with(Wishes {
        sftp: "legacy = true",
        ..Wishes::default()
    });
    adapter.probe().await.unwrap();
    adapter.deliver(&prepared(&*adapter, &rows(), 1)).await.unwrap();
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

/// Passes bytes on until it is told to hold them; the connection then stands still, and neither side is told.
async fn line_that_can_stand_still(to: u16, held: Arc<AtomicBool>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let spawn = spawner();
    let each = Arc::clone(&spawn);
    spawn.spawn(
        "line",
        Box::pin(async move {
            loop {
                let (near, _) = listener.accept().await.unwrap();
                let far = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
                let ((a, b), (c, d)) = (near.into_split(), far.into_split());
                each.spawn("there", Box::pin(pass(a, d, Arc::clone(&held))));
                each.spawn("back", Box::pin(pass(c, b, Arc::clone(&held))));
            }
        }),
    );
    port
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, held: Arc<AtomicBool>) {
    let mut bytes = vec![0; 4096];
    while let Ok(got @ 1..) = from.read(&mut bytes).await {
        if held.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        if to.write_all(&bytes[..got]).await.is_err() {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_stands_still_ends_the_request_and_not_the_channel() {
    let world = World::openssh().await;
    let held = Arc::new(AtomicBool::new(false));
    let port =
        line_that_can_stand_still(world.settings(&Wishes::default()).sftp.unwrap().port, Arc::clone(&held)).await;
    let adapter = rebuilt(&world, |s| {
        let sftp = s.sftp.as_mut().unwrap();
        sftp.port = port;
        sftp.timeout = Period(Duration::from_secs(1));
    });
    adapter.probe().await.unwrap();
    held.store(true, Ordering::SeqCst);
    let batch = prepared(&*adapter, &rows(), 1);
    let fault = adapter.deliver(&batch).await.unwrap_err();
    assert_eq!((fault.finding.code, fault.next), (Code::CTimeout, Next::Retry));
    held.store(false, Ordering::SeqCst);
    adapter.deliver(&batch).await.unwrap();
}
