//! Through a document by one token, name or value after the other, each scanned in the text that is in sight.

use super::scan::{Open, Scanner, is_space};
use super::window::Window;
use crate::{Limits, fault};
use model::{Code, Finding};

pub(super) struct Walk {
    pub(super) window: Window,
    depth: usize,
    limits: Limits,
}

impl Walk {
    /// From the beginning of the document.
    pub(super) fn new(window: Window, limits: Limits) -> Self {
        Self {
            window,
            depth: 0,
            limits,
        }
    }

    /// Back to where so much text has been gone through, as if nothing had been opened.
    pub(super) fn again(&mut self, position: u64) -> Result<(), Finding> {
        self.window.again()?;
        self.depth = 0;
        loop {
            self.window.show()?;
            let left = usize::try_from(position - self.window.position()).unwrap_or(usize::MAX);
            match left.min(self.window.rest().len()) {
                0 => return Ok(()),
                seen => self.window.pass(seen),
            }
        }
    }

    /// Where the next token begins.
    pub(super) fn start(&mut self) -> Result<u64, Finding> {
        loop {
            self.window.show()?;
            match self.window.rest().bytes().take_while(|b| is_space(*b)).count() {
                0 => return Ok(self.window.position()),
                space => self.window.pass(space),
            }
        }
    }

    /// What stands next, at most a value of a record's size.
    pub(super) fn step<T>(&mut self, take: impl FnOnce(&mut Scanner<'_>) -> Result<T, Finding>) -> Result<T, Finding> {
        let start = self.start()?;
        let mut scanner = Scanner::new(self.window.rest(), start, self.limits).inside(self.depth);
        let taken = take(&mut scanner)?;
        let passed = scanner.passed();
        self.depth = scanner.depth();
        self.window.pass(passed);
        Ok(taken)
    }

    /// The next name, with its value standing next; nothing behind the end of the object. The caller leaves it.
    pub(super) fn next_key(&mut self, object: &mut Open) -> Result<Option<String>, Finding> {
        if !self.step(|s| s.more_members(object))? {
            return Ok(None);
        }
        let key = self.step(|s| s.key())?;
        self.step(|s| s.colon())?;
        Ok(Some(key))
    }

    /// The end of an object is behind.
    pub(super) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// The next line, which the scanner sees alone: a record does not go on in the next. One without its end may be half
    /// a line, whatever it looks like. Nothing behind the last.
    pub(super) fn line<T>(
        &mut self,
        row: u64,
        take: impl FnOnce(&mut Scanner<'_>) -> Result<T, Finding>,
    ) -> Result<Option<T>, Finding> {
        self.window.show()?;
        let rest = self.window.rest();
        if rest.is_empty() {
            return Ok(None);
        }
        let (end, limit) = (rest.find('\n'), self.limits.record_bytes);
        // A CR before it belongs to the end.
        if end.unwrap_or(rest.len()) > limit.saturating_add(1) {
            return Err(fault::too_large(format!(">{limit}"), limit, "limits.record_bytes").row(row));
        }
        let line = end.and_then(|end| rest.get(..=end));
        let line = line.ok_or_else(|| Finding::new(Code::ELastLine).row(row))?;
        let mut scanner = Scanner::new(line, self.window.position(), self.limits);
        let taken = take(&mut scanner).and_then(|taken| scanner.end().map(|()| taken));
        let (taken, passed) = (taken.map_err(|f| f.row(row))?, line.len());
        self.window.pass(passed);
        Ok(Some(taken))
    }

    /// Whether nothing but space follows.
    pub(super) fn is_over(&mut self) -> Result<bool, Finding> {
        self.start()?;
        Ok(self.window.rest().is_empty())
    }

    /// Nothing but space may follow.
    pub(super) fn end(&mut self) -> Result<(), Finding> {
        self.step(|s| s.end())
    }
}
