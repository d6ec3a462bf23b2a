#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::testing::{commit, create, everything, key, open, pos, rng, size};
use crate::{NodeKey, Trust, verify_against};
use seams::{FileInfo, SimStorage};
use std::io;
use std::sync::Mutex;

/// A place that lets something happen before each of its appends.
struct Meanwhile {
    inner: Arc<SimStorage>,
    each: Mutex<Box<dyn FnMut() + Send>>,
}

impl Meanwhile {
    fn new(each: impl FnMut() + Send + 'static) -> Self {
        Self {
            inner: Arc::new(SimStorage::new()),
            each: Mutex::new(Box::new(each)),
        }
    }
}

impl Storage for Meanwhile {
    fn list(&self, prefix: &str) -> io::Result<Vec<FileInfo>> {
        self.inner.list(prefix)
    }
    fn exists(&self, name: &str) -> io::Result<bool> {
        self.inner.exists(name)
    }
    fn len(&self, name: &str) -> io::Result<u64> {
        self.inner.len(name)
    }
    fn create(&self, name: &str) -> io::Result<()> {
        self.inner.create(name)
    }
    fn append(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        (self.each.lock().unwrap())();
        self.inner.append(name, bytes)
    }
    fn read_into(&self, name: &str, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.inner.read_into(name, offset, buf)
    }
    fn write_at(&self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.inner.write_at(name, offset, bytes)
    }
    fn sync(&self, name: &str) -> io::Result<()> {
        self.inner.sync(name)
    }
    fn truncate(&self, name: &str, len: u64) -> io::Result<()> {
        self.inner.truncate(name, len)
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.inner.rename(from, to)
    }
    fn remove(&self, name: &str) -> io::Result<()> {
        self.inner.remove(name)
    }
    fn sync_dir(&self) -> io::Result<()> {
        self.inner.sync_dir()
    }
}

fn shared(groups: u64) -> Arc<Mutex<Journal>> {
    let storage = Arc::new(SimStorage::new());
    let mut journal = create(&storage).unwrap();
    for seq in 1..=groups {
        commit(&mut journal, seq, size(seq)).unwrap();
    }
    Arc::new(Mutex::new(journal))
}

/// While a copy is made, as many groups are committed as it has pieces; the copy is the journal as it was fixed.
#[test]
fn a_copy_is_as_of_one_group_though_the_writer_goes_on() {
    for groups in [0, 1, 7, 30] {
        let journal = shared(groups);
        let want = everything(&journal.lock().unwrap());
        let snapshot = journal.lock().unwrap().snapshot().unwrap();
        let (writer, mut more) = (journal.clone(), groups);
        let to = Meanwhile::new(move || {
            more += 1;
            commit(&mut writer.lock().unwrap(), more, size(more)).unwrap();
        });
        let copied = snapshot.copy_to(&to).unwrap();
        assert!(journal.lock().unwrap().head_chain().0 > groups, "others went on");
        let trust = Trust {
            key: Some(snapshot.public_key()),
            anchors: vec![*snapshot.head()],
        };
        let report = verify_against(&*to.inner, &trust).unwrap();
        assert!(
            report.is_intact() && report.torn_tail.is_none(),
            "{groups}: {:?}",
            report.damage
        );
        assert_eq!((report.last_group, snapshot.head().group), (groups, groups));
        for file in &copied {
            let bytes = to.inner.files()[&file.name].clone();
            assert_eq!((file.bytes, file.digest), (bytes.len() as u64, sha256(&bytes)));
        }
        let (copy, report) = open(&to.inner).unwrap();
        assert!(report.clean, "{report:?}");
        assert_eq!(everything(&copy), want);
    }
}

/// An erasure lets another file take a segment's place: the copy is none, and the next one is whole.
#[test]
fn a_copy_that_met_an_erasure_is_begun_anew() {
    let journal = shared(20);
    let mut met = 0;
    // At each of its pieces once.
    for piece in 0..20 {
        let group = 1 + piece;
        let snapshot = journal.lock().unwrap().snapshot().unwrap();
        let (writer, mut left) = (journal.clone(), Some(piece));
        let to = Meanwhile::new(move || {
            if left == Some(0) {
                writer.lock().unwrap().erase(1, &[pos(group, 0)]).unwrap();
            }
            left = left.and_then(|left| left.checked_sub(1));
        });
        match snapshot.copy_to(&to) {
            Err(JournalError::Changed) => met += 1,
            Err(other) => panic!("{other}"),
            Ok(_) => assert!(
                verify_against(&*to.inner, &Trust::default()).unwrap().is_intact(),
                "{piece}"
            ),
        }
        let again = SimStorage::new();
        journal.lock().unwrap().snapshot().unwrap().copy_to(&again).unwrap();
        assert!(
            verify_against(&again, &Trust::default()).unwrap().is_intact(),
            "{piece}"
        );
    }
    assert!(met > 3, "{met} copies met an erasure");
}

#[test]
fn a_key_is_told_from_another_before_anything_is_opened() {
    let storage = Arc::new(SimStorage::new());
    let journal = create(&storage).unwrap();
    assert_eq!(public_key_of(&*storage, &key()).unwrap(), journal.public_key());
    let other = NodeKey::generate(&*rng());
    assert!(matches!(public_key_of(&*storage, &other), Err(JournalError::Key)));
    let nothing = SimStorage::new();
    assert!(matches!(public_key_of(&nothing, &key()), Err(JournalError::Missing)));
}

#[test]
fn the_chain_after_any_group_is_told() {
    let storage = Arc::new(SimStorage::new());
    let mut journal = create(&storage).unwrap();
    let mut heads = Vec::new();
    for seq in 1..=40 {
        commit(&mut journal, seq, size(seq)).unwrap();
        heads.push(journal.head_chain());
    }
    let reader = journal.reader();
    for (group, chain) in heads.into_iter().rev() {
        assert_eq!(reader.chain_after(group).unwrap(), Some(chain));
    }
    for none in [0, 41, u64::MAX] {
        assert_eq!(reader.chain_after(none).unwrap(), None);
    }
}
