//! Starting tasks: through a spawner that remembers them, so that a simulated node can be cut off at once.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use tokio::runtime::Handle;
use tokio::task::{AbortHandle, JoinHandle};

#[cfg(test)]
mod tests;

/// What a spawner runs.
pub type BoxFuture = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Starts tasks.
pub trait Spawn: Send + Sync {
    /// Starts `fut` at once; `name` is for logs and never unique.
    /// Dropping the `Task` leaves it running.
    fn spawn(&self, name: &'static str, fut: BoxFuture) -> Task;

    /// The same for a task that computes for long and keeps much: on a thread of its own, where there are such. What it
    /// allocates then comes from one heap, and the threads that serve everyone are not held up.
    fn spawn_apart(&self, name: &'static str, fut: BoxFuture) -> Task {
        self.spawn(name, fut)
    }
}

/// How a task ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// It ran to its end.
    Done,
    /// It was aborted.
    Aborted,
    /// It panicked.
    Panicked,
}

/// A running task.
#[derive(Debug)]
pub struct Task {
    name: &'static str,
    handle: JoinHandle<()>,
}

impl Task {
    /// The name it was started with.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Stops it at its next waiting point.
    pub fn abort(&self) {
        self.handle.abort();
    }

    /// Whether it has ended.
    pub fn is_finished(&self) -> bool {
        self.handle.is_finished()
    }

    /// Waits for its end.
    pub async fn join(self) -> Ended {
        match self.handle.await {
            Ok(()) => Ended::Done,
            Err(e) if e.is_panic() => Ended::Panicked,
            Err(_) => Ended::Aborted,
        }
    }
}

/// Spawns on a tokio runtime and remembers what it spawned.
#[derive(Debug)]
pub struct TokioSpawn {
    runtime: Handle,
    threads: bool,
    live: Mutex<Vec<AbortHandle>>,
}

impl TokioSpawn {
    /// Spawns on this runtime. Inside a runtime: `TokioSpawn::new(tokio::runtime::Handle::current())`.
    pub fn new(runtime: Handle) -> Self {
        Self {
            runtime,
            threads: false,
            live: Mutex::new(Vec::new()),
        }
    }

    /// The same, with threads for tasks that want one. Such a task is not stopped by `abort_all`: it must end by itself.
    pub fn threaded(runtime: Handle) -> Self {
        Self {
            threads: true,
            ..Self::new(runtime)
        }
    }

    fn remember(&self, name: &'static str, handle: JoinHandle<()>) -> Task {
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        if live.len() == live.capacity() {
            // Only when the list would grow: its length stays near the number of running tasks.
            live.retain(|t| !t.is_finished());
        }
        live.push(handle.abort_handle());
        Task { name, handle }
    }

    /// Stops everything it spawned, each at its next waiting point: a node that dies. Returns how many still ran.
    pub fn abort_all(&self) -> usize {
        let tasks = std::mem::take(&mut *self.live.lock().unwrap_or_else(PoisonError::into_inner));
        let running = tasks.iter().filter(|t| !t.is_finished()).count();
        for task in tasks {
            task.abort();
        }
        running
    }

    /// How many of its tasks still run.
    pub fn running(&self) -> usize {
        let live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        live.iter().filter(|t| !t.is_finished()).count()
    }
}

impl Spawn for TokioSpawn {
    #[allow(clippy::disallowed_methods, reason = "the one place that spawns")]
    fn spawn(&self, name: &'static str, fut: BoxFuture) -> Task {
        self.remember(name, self.runtime.spawn(fut))
    }

    #[allow(clippy::disallowed_methods, reason = "the one place that spawns")]
    fn spawn_apart(&self, name: &'static str, fut: BoxFuture) -> Task {
        if !self.threads {
            return self.spawn(name, fut);
        }
        let runtime = self.runtime.clone();
        self.remember(name, self.runtime.spawn_blocking(move || runtime.block_on(fut)))
    }
}
