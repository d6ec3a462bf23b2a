//! How far a long piece of work has come, for whoever looks on: a bar on standard error, on a terminal only.

use crate::ask::PATIENCE;
use crate::labels::{bar_of_work, working};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use model::Lang;

/// A bar over a known amount of work. Nothing is drawn before the work has taken two seconds, nor where nobody looks.
pub struct Progress {
    bar: ProgressBar,
    terminal: bool,
}

impl Progress {
    /// Over nothing yet; drawn only if `terminal`.
    pub fn new(lang: Lang, terminal: bool) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {elapsed}") {
            bar.set_style(style);
        }
        bar.set_message(working(lang));
        Self { bar, terminal }
    }

    /// Over work that has taken a while already, with how long it has taken and how long it will yet.
    pub(crate) fn of_work(lang: Lang) -> Self {
        let bar = ProgressBar::new(0).with_elapsed(PATIENCE);
        if let Ok(style) = ProgressStyle::with_template(&bar_of_work(lang)) {
            bar.set_style(style);
        }
        bar.set_message(working(lang));
        Self { bar, terminal: true }
    }

    /// It is under way, and nobody can say how far.
    pub(crate) fn tick(&self) {
        self.bar.tick();
    }

    /// So much is done of so much.
    pub fn set(&self, done: u64, of: u64) {
        if self.terminal && self.bar.is_hidden() && self.bar.elapsed() > PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_length(of);
        self.bar.set_position(done);
    }

    /// The bar goes; what comes next stands where it was.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
