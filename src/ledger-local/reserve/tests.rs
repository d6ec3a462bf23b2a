#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use seams::{SeededRng, SimStorage};
use std::io::ErrorKind;

const BYTES: u64 = 3 << 20;

fn reserve(storage: &Arc<SimStorage>) -> Reserve {
    Reserve::new(storage.clone(), Arc::new(SeededRng::new(3)), BYTES)
}

fn bytes(storage: &SimStorage) -> u64 {
    storage.files().get(NAME).map_or(0, |f| f.len() as u64)
}

#[test]
fn it_is_made_once_given_up_and_made_again() {
    let storage = Arc::new(SimStorage::new());
    let kept = reserve(&storage);
    kept.make().unwrap();
    let first = storage.files();
    assert_eq!(bytes(&storage), BYTES);
    kept.make().unwrap();
    assert_eq!(storage.files(), first, "what is there is left");
    kept.release();
    assert_eq!(bytes(&storage), 0);
    assert!(kept.is_back());
    assert_eq!(bytes(&storage), BYTES);
}

/// Where any call finds no room there is none, and nothing of it is left to eat what there is.
#[test]
fn a_reserve_that_finds_no_room_leaves_nothing() {
    for call in 2.. {
        let storage = Arc::new(SimStorage::new());
        storage.fail_at(call, ErrorKind::StorageFull);
        if reserve(&storage).make().is_ok() {
            assert!(call > 8, "it makes few calls: {call}");
            return;
        }
        assert_eq!(bytes(&storage), 0, "call {call}");
    }
}

/// It is there, but the place takes no write: nothing is back.
#[test]
fn a_place_that_is_read_only_by_now_has_no_room() {
    let storage = Arc::new(SimStorage::new());
    let kept = reserve(&storage);
    kept.make().unwrap();
    storage.fail_at(3, ErrorKind::ReadOnlyFilesystem);
    assert!(!kept.is_back());
    storage.fail_never();
    assert!(kept.is_back());
}
