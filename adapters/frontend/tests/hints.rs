//! A hint is an event in the directory that files come into, and nothing but a hint.

use super::world::*;
use port::Adapter;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

const NAME: &str = "LTAX_HUB_DJJG_20260317_0001.csv";

/// Fails instead of waiting for ever.
async fn wakes(adapter: &Arc<dyn Adapter>, what: &str) {
    tokio::time::timeout(Duration::from_secs(120), adapter.hint())
        .await
        .expect(what);
}

async fn sleeps(adapter: &Arc<dyn Adapter>) -> bool {
    tokio::time::timeout(Duration::from_millis(200), adapter.hint())
        .await
        .is_err()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_into_a_directory_wakes_who_waits() {
    let world = World::directory();
    let adapter = world.adapter();
    // What came before anybody listened.
    wakes(&adapter, "the first").await;
    assert!(sleeps(&adapter).await);
    let waiting = {
        let adapter = adapter.clone();
        tokio::spawn(async move { wakes(&adapter, "created").await })
    };
    let file = fs::File::create(world.download("a.part")).unwrap();
    waiting.await.unwrap();
    drop(file);
    wakes(&adapter, "closed after writing, while nobody waited").await;
    let waiting = {
        let adapter = adapter.clone();
        tokio::spawn(async move { wakes(&adapter, "renamed").await })
    };
    let elsewhere = world.root().join("elsewhere");
    fs::write(&elsewhere, "x").unwrap();
    fs::rename(&elsewhere, world.download("b.part")).unwrap();
    waiting.await.unwrap();
    // Looking is no reason to look again.
    assert!(adapter.collect(&ask(10)).await.unwrap().is_empty());
    assert!(sleeps(&adapter).await);
}

/// Also what stands for a watcher that the system has no room for: nothing is hinted, looking goes on.
#[tokio::test]
async fn what_cannot_be_watched_is_looked_at_and_watched_once_it_can_be() {
    let world = World::directory();
    let adapter = world.adapter();
    let away = world.root().join("away");
    fs::rename(world.download(""), &away).unwrap();
    assert!(sleeps(&adapter).await);
    // Over a link there is nothing to hear, as there is nothing to see.
    std::os::unix::fs::symlink(&away, world.root().join("download")).unwrap();
    assert!(sleeps(&adapter).await);
    fs::remove_file(world.root().join("download")).unwrap();
    fs::rename(&away, world.download("")).unwrap();
    world.put(NAME, b"x", 1);
    assert_eq!(adapter.collect(&ask(10)).await.unwrap().len(), 1);
    wakes(&adapter, "it is there again").await;
    // Replaced by another of the same name: heard from the next wait on.
    fs::rename(world.download(""), &away).unwrap();
    fs::create_dir(world.download("")).unwrap();
    while !sleeps(&adapter).await {}
    fs::write(world.download(NAME), "x").unwrap();
    wakes(&adapter, "the new one").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_behind_a_server_hints_at_nothing() {
    let world = World::in_process().await;
    let adapter = world.adapter();
    world.put(NAME, b"x", 1);
    assert!(sleeps(&adapter).await);
    assert_eq!(adapter.collect(&ask(10)).await.unwrap().len(), 1);
}
