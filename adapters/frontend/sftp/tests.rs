#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::tests::world::{Wishes, World};
use secrecy::SecretString;
use std::collections::BTreeSet;
use std::path::Path;

fn login(key: &Path) -> Login {
    Login::key(&SecretString::from(std::fs::read_to_string(key).unwrap()), None).unwrap()
}

/// The key of the one who may log in.
fn key(settings: &SftpSettings) -> Login {
    login(settings.key.as_ref().unwrap().file.as_ref().unwrap())
}

fn place(world: &World, change: impl FnOnce(&mut SftpSettings)) -> Sftp {
    let mut settings = world.settings(&Wishes::default()).sftp.unwrap();
    change(&mut settings);
    let who = settings.clone();
    Sftp::new(settings, Box::new(move || Ok(key(&who))), world.clock.clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_and_forty_files_are_open_at_once() {
    let world = World::openssh().await;
    let place = place(&world, |_| {});
    let (_link, mut connection) = place.open().await.unwrap();
    let mut handles = BTreeSet::new();
    for n in 0..140 {
        let path = world.upload(&n.to_string());
        let path = path.to_str().unwrap().as_bytes();
        handles.insert(connection.sftp.open(path, wire::WRITE | wire::CREATE).await.unwrap());
    }
    // All different, and each still the one that was given.
    assert_eq!(handles.len(), 140);
    assert!(handles.iter().any(|h| h.iter().any(|b| *b > 0x7f)), "{handles:?}");
    for handle in &handles {
        connection.sftp.close(handle).await.unwrap();
    }
    assert_eq!(std::fs::read_dir(world.upload("")).unwrap().count(), 141);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_names_are_listed_each_once() {
    let world = World::openssh().await;
    let dir = world.root().join("many");
    std::fs::create_dir(&dir).unwrap();
    for n in 0..100_000 {
        std::fs::File::create(dir.join(format!("{n:06}.csv"))).unwrap();
    }
    let place = place(&world, |_| {});
    let dir = dir.to_str().unwrap();
    let listing = place.list(dir, 200_000).await.unwrap();
    assert_eq!((listing.cut, listing.unreadable), (false, 0));
    let names: BTreeSet<&str> = listing.entries.iter().map(|e| e.name.as_str()).collect();
    assert_eq!((listing.entries.len(), names.len()), (100_000, 100_000));
    assert_eq!(
        (names.first(), names.last()),
        (Some(&"000000.csv"), Some(&"099999.csv"))
    );
    let some = place.list(dir, 20_000).await.unwrap();
    assert_eq!((some.cut, some.entries.len()), (true, 20_000));
    // A listing that was left early has not spoiled the session.
    assert!(place.stat(dir).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_fell_silent_is_not_used_again() {
    let world = World::openssh().await;
    let line = crate::tests::line::Line::to(world.settings(&Wishes::default()).sftp.unwrap().port).await;
    let place = place(&world, |settings| {
        settings.port = line.port;
        settings.keepalive = crate::units::Period(Duration::from_millis(50));
    });
    place.stat("/").await.unwrap();
    line.hold();
    // Nobody asks anything: the questions whether it lives are what finds out.
    while place.link.lock().await.kept.as_ref().is_some_and(Connection::is_open) {
        place.clock.sleep(Duration::from_millis(20)).await;
    }
    line.go_on();
    assert!(place.stat("/").await.unwrap().is_some());
    assert_eq!(line.connections(), 2);
}
