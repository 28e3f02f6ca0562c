//! How far long work has come: a count and a rate on standard error, for whoever sits before it.
//!
//! Nothing is shown before the work has taken half a second, where standard error is no terminal, with `--quiet`, or
//! where `CI` is set; what was shown is gone when the work is done.

use std::env;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::console::Console;

/// Work sooner done needs no company.
const DELAY: Duration = Duration::from_millis(500);

/// The progress of one piece of work. Threads may share it.
#[derive(Debug)]
pub(crate) struct Progress {
    begun: Instant,
    delay: Duration,
    bar: ProgressBar,
    shown: OnceLock<()>,
    is_wanted: bool,
}

impl Progress {
    /// Work that counts `things`.
    pub(crate) fn new(console: &Console, verb: &'static str, things: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        // The template is a constant; were it wrong, the bar would have the usual form.
        if let Ok(style) = ProgressStyle::with_template("{prefix} {human_pos} {msg} ({rate})") {
            bar.set_style(style.with_key("rate", write_rate));
        }
        bar.set_prefix(verb);
        bar.set_message(things);
        let is_wanted = !console.is_quiet() && !is_ci() && env::var_os("TERM").is_none_or(|term| term != "dumb");
        Self { begun: Instant::now(), delay: delay(), bar, shown: OnceLock::new(), is_wanted }
    }

    /// One thing more is done.
    pub(crate) fn step(&self) {
        if !self.is_wanted {
            return;
        }
        if self.shown.get().is_none() && self.begun.elapsed() >= self.delay {
            // Draws nothing where standard error is no terminal.
            self.shown.get_or_init(|| self.bar.set_draw_target(ProgressDrawTarget::stderr()));
        }
        self.bar.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn write_rate(state: &ProgressState, out: &mut dyn std::fmt::Write) {
    // A line of progress that can't be written is none.
    let _ = write!(out, "{:.0}/s", state.per_sec());
}

fn is_ci() -> bool {
    env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0")
}

fn delay() -> Duration {
    let given = env::var("ARGUS_PROGRESS_DELAY_MS").ok().and_then(|text| text.parse().ok());
    given.map_or(DELAY, Duration::from_millis)
}
