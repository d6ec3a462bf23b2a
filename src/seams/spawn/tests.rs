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
