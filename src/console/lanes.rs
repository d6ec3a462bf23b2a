//! One form has one effect: what was answered to its token is answered again, and forms about one task go one by one.

use std::collections::{HashMap, VecDeque};
use tokio::sync::{Mutex, MutexGuard};

/// Lanes side by side.
const LANES: usize = 16;
/// Answers remembered in each.
const MOST: usize = 2_000;

/// Answers by form token.
#[derive(Default)]
pub(crate) struct Lane {
    answers: HashMap<String, String>,
    order: VecDeque<String>,
}

impl Lane {
    /// Where this form led before.
    pub(crate) fn before(&self, once: &str) -> Option<String> {
        self.answers.get(once).cloned()
    }

    /// It led there.
    pub(crate) fn led(&mut self, once: &str, to: &str) {
        if once.is_empty() || self.answers.insert(once.to_owned(), to.to_owned()).is_some() {
            return;
        }
        self.order.push_back(once.to_owned());
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.answers.remove(&oldest);
        }
    }
}

/// All lanes.
#[derive(Default)]
pub(crate) struct Lanes([Mutex<Lane>; LANES]);

impl Lanes {
    /// The lane of a task, alone in it until given back.
    pub(crate) async fn enter(&self, task: &str) -> MutexGuard<'_, Lane> {
        let sum = task
            .bytes()
            .fold(0_usize, |sum, b| sum.wrapping_mul(31).wrapping_add(usize::from(b)));
        self.0[sum % LANES].lock().await
    }
}
