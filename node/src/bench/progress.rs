//! A bar on standard error for people who wait. Programs that read standard error see nothing.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Characters of a full bar.
const WIDTH: usize = 30;

/// One step of a benchmark that takes a while. Any thread may move it on.
#[derive(Debug)]
pub(crate) struct Progress {
    title: String,
    total: usize,
    done: AtomicUsize,
    drawn: AtomicUsize,
    shown: bool,
    ended: AtomicBool,
}

impl Progress {
    /// A step of so many parts.
    pub(crate) fn new(title: impl Into<String>, total: usize) -> Self {
        let progress = Self {
            title: title.into(),
            total: total.max(1),
            done: AtomicUsize::new(0),
            drawn: AtomicUsize::new(0),
            shown: std::io::stderr().is_terminal(),
            ended: AtomicBool::new(false),
        };
        progress.draw(0);
        progress
    }

    /// So many parts more are done.
    pub(crate) fn advance(&self, parts: usize) {
        let before = self.done.fetch_add(parts, Ordering::Relaxed);
        let now = before.saturating_add(parts);
        let percent = |done: usize| done.saturating_mul(100) / self.total;
        // A picture for each percent, by whoever reaches it.
        if percent(now) > self.drawn.fetch_max(percent(now), Ordering::Relaxed) {
            self.draw(now);
        }
    }

    fn draw(&self, done: usize) {
        if !self.shown || self.ended.load(Ordering::Relaxed) {
            return;
        }
        let full = (done.saturating_mul(WIDTH) / self.total).min(WIDTH);
        let (bar, rest) = ("=".repeat(full), " ".repeat(WIDTH.saturating_sub(full)));
        let percent = (done.saturating_mul(100) / self.total).min(100);
        // Nobody is worse off if it cannot be drawn.
        let _ = write!(std::io::stderr(), "\r{:<34} [{bar}{rest}] {percent:>3} %", self.title);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        if self.shown {
            let _ = write!(std::io::stderr(), "\r{}\r", " ".repeat(WIDTH.saturating_add(46)));
        }
    }
}
