#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
}

#[test]
fn tasks_end_in_one_of_three_ways() {
    runtime().block_on(async {
        let spawner = TokioSpawn::new(Handle::current());
        let done = spawner.spawn("done", Box::pin(async {}));
        let hung = spawner.spawn("hung", Box::pin(std::future::pending()));
        let bad = spawner.spawn("bad", Box::pin(async { panic!("on purpose") }));
        assert_eq!(hung.name(), "hung");
        hung.abort();
        assert_eq!(done.join().await, Ended::Done);
        assert_eq!(hung.join().await, Ended::Aborted);
        assert_eq!(bad.join().await, Ended::Panicked);
    });
}

#[test]
fn a_node_is_cut_off_at_once_and_only_that_node() {
    runtime().block_on(async {
        let (a, b) = (TokioSpawn::new(Handle::current()), TokioSpawn::new(Handle::current()));
        let dropped = Arc::new(AtomicUsize::new(0));
        struct Count(Arc<AtomicUsize>);
        impl Drop for Count {
            fn drop(&mut self) {
                self.0.fetch_add(1, Ordering::SeqCst);
            }
        }
        let hang = |count: Count| -> BoxFuture {
            Box::pin(async move {
                let _held = count;
                std::future::pending::<()>().await;
            })
        };
        let tasks: Vec<Task> = (0..3).map(|_| a.spawn("a", hang(Count(dropped.clone())))).collect();
        let other = b.spawn("b", hang(Count(dropped.clone())));
        tokio::task::yield_now().await;
        assert_eq!((a.running(), b.running()), (3, 1));
        assert_eq!(a.abort_all(), 3);
        for task in tasks {
            assert_eq!(task.join().await, Ended::Aborted);
        }
        assert_eq!(dropped.load(Ordering::SeqCst), 3);
        assert_eq!((a.running(), b.running()), (0, 1));
        assert!(!other.is_finished());
    });
}

#[test]
fn finished_tasks_are_forgotten() {
    runtime().block_on(async {
        let spawner = TokioSpawn::new(Handle::current());
        for _ in 0..1_000 {
            spawner.spawn("short", Box::pin(async {})).join().await;
        }
        assert!(spawner.live.lock().unwrap().len() < 16);
    });
}

/// On the thread that was asked for, and told like any other when it is at its end or breaks off.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_task_apart_has_a_thread_of_its_own() {
    let spawn = TokioSpawn::threaded(tokio::runtime::Handle::current());
    let (tell, told) = std::sync::mpsc::channel();
    let where_am_i = move || {
        let _ = tell.send(std::thread::current().id());
    };
    let (first, second) = (where_am_i.clone(), where_am_i);
    // The only worker is held up by neither.
    let here = std::thread::current().id();
    let apart = spawn.spawn_apart("apart", Box::pin(async move { first() }));
    assert_eq!(apart.join().await, Ended::Done);
    let beside = spawn.spawn("beside", Box::pin(async move { second() }));
    assert_eq!(beside.join().await, Ended::Done);
    let (apart, beside) = (told.recv().unwrap(), told.recv().unwrap());
    assert_ne!(apart, beside);
    assert_ne!(apart, here);
    let broken = spawn.spawn_apart("broken", Box::pin(async { panic!("on purpose") }));
    assert_eq!(broken.join().await, Ended::Panicked);
    assert_eq!(spawn.running(), 0);
}
