#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use notify::event::Flag;
use std::fs;
use std::sync::mpsc;

/// Everything the system says of a directory.
fn raw(dir: &Path) -> (RecommendedWatcher, mpsc::Receiver<notify::Result<Event>>) {
    let (sender, events) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(sender).unwrap();
    watcher.watch(dir, RecursiveMode::NonRecursive).unwrap();
    (watcher, events)
}

/// Whether what was done in a directory tells something. The file that ends the listening is made elsewhere and comes
/// in by one rename, which is an event of its own.
fn told(dir: &Path, events: &mpsc::Receiver<notify::Result<Event>>, doing: impl FnOnce()) -> bool {
    doing();
    let away = dir.with_extension("away");
    fs::write(&away, "").unwrap();
    fs::rename(&away, dir.join("end")).unwrap();
    let mut told = false;
    loop {
        let event = events.recv().unwrap();
        if event.as_ref().unwrap().paths.iter().any(|p| p.ends_with("end")) {
            fs::remove_file(dir.join("end")).unwrap();
            let removed = |e: notify::Result<Event>| e.unwrap().kind.is_remove();
            while !removed(events.recv().unwrap()) {}
            return told;
        }
        told |= tells(&event);
    }
}

#[test]
fn what_comes_is_told_and_our_own_looking_is_not() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path().join("in");
    fs::create_dir_all(dir.join("done")).unwrap();
    let (_watcher, events) = raw(&dir);
    let file = dir.join("a.csv");
    let outside = tmp.path().join("outside.csv");
    fs::write(&outside, "x").unwrap();
    let mut open = None;
    assert!(
        told(&dir, &events, || open = Some(fs::File::create(&file).unwrap())),
        "created"
    );
    assert!(told(&dir, &events, || drop(open.take())), "closed after writing");
    assert!(
        told(&dir, &events, || fs::rename(&outside, dir.join("b.csv")).unwrap()),
        "renamed into"
    );
    assert!(
        told(&dir, &events, || fs::create_dir(dir.join("20260309001")).unwrap()),
        "a directory"
    );
    let looking = || {
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 4);
        assert_eq!(fs::read(&file).unwrap(), b"");
        fs::write(dir.join("done/c.csv"), "what was taken earlier").unwrap();
    };
    assert!(!told(&dir, &events, looking));
}

#[test]
fn lost_events_are_told_whatever_else_they_say() {
    let lost = Event::new(EventKind::Access(AccessKind::Any)).set_flag(Flag::Rescan);
    assert!(tells(&Ok(lost)));
    assert!(tells(&Err(notify::Error::generic("the watcher is in trouble"))));
}

/// Fault 44: more events than the system keeps, while their reader stands still.
#[test]
fn an_overflow_is_told_though_it_names_nothing() {
    let kept: usize = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events")
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    let tmp = tempfile::tempdir().unwrap();
    let (go, stalled) = mpsc::channel::<()>();
    let (sender, events) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event| {
        // Stands still until everything is there.
        let _ = stalled.recv();
        let _ = sender.send(event);
    })
    .unwrap();
    watcher.watch(tmp.path(), RecursiveMode::NonRecursive).unwrap();
    // Three events for each: made, opened, closed.
    for n in 0..kept / 2 {
        fs::File::create(tmp.path().join(n.to_string())).unwrap();
    }
    drop(go);
    let lost = loop {
        let event = events.recv().unwrap();
        if event.as_ref().unwrap().need_rescan() {
            break event;
        }
    };
    assert!(lost.as_ref().unwrap().paths.is_empty());
    assert!(tells(&lost));
}
