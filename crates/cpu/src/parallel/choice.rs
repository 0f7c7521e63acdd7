//! The choice whether threads are worth using.
//!
//! On a busy machine, a pass waits layer after layer for threads that the system has descheduled, and takes
//! two or three times as long on two threads as on one. This cannot be predicted, so it is measured:
//! comparable passes are timed, the other mode is tried when there is reason to, and the faster one is kept
//! until the next trial.

/// The way in which a pass is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// On all threads.
    Shared,
    /// On the caller's thread.
    Alone,
}

impl Way {
    fn other(self) -> Self {
        match self {
            Self::Shared => Self::Alone,
            Self::Alone => Self::Shared,
        }
    }
}

/// Number of passes whose median time represents a way: a single pass may be delayed by anything.
const JUDGED: usize = 3;

/// Ratio of pass times below which the other way replaces the current one: a small gain is not worth a
/// change.
const GAIN: f64 = 0.9;

/// Ratio of the current pass time to the best so far above which the other way is tried.
const SLOWED: f64 = 1.5;

/// Shortest and longest pause between trials in milliseconds; each trial that changes nothing doubles it. A
/// failed trial costs one pass, which takes three times as long at worst.
const PAUSE: f64 = 1_000.0;
const LONGEST_PAUSE: f64 = 32_000.0;

/// The times of the last passes of one way.
#[derive(Clone, Copy)]
struct Times {
    last: [f64; JUDGED],
    count: usize,
}

impl Times {
    const NONE: Self = Self { last: [0.0; JUDGED], count: 0 };

    fn add(&mut self, time: f64) {
        self.last.rotate_left(1);
        self.last[JUDGED - 1] = time;
        self.count = (self.count + 1).min(JUDGED);
    }

    fn are_enough(&self) -> bool {
        self.count == JUDGED
    }

    /// The median of the recorded times, the upper one of two; zero if there are none.
    fn median(&self) -> f64 {
        let mut sorted = self.last;
        let seen = &mut sorted[JUDGED - self.count..];
        seen.sort_unstable_by(f64::total_cmp);
        seen.get(seen.len() / 2).copied().unwrap_or(0.0)
    }
}

/// The measurements and the current choice. Times are milliseconds of any clock, of passes of the same size.
pub(super) struct Choice {
    way: Way,
    /// Times of the current way.
    times: Times,
    /// Times of the other way, while it is tried.
    trial: Option<Times>,
    /// The smallest medians so far.
    best_shared: f64,
    best_alone: f64,
    /// Earliest time of the next trial.
    next: f64,
    pause: f64,
}

impl Choice {
    pub(super) const fn new() -> Self {
        Self {
            way: Way::Shared,
            times: Times::NONE,
            trial: None,
            best_shared: f64::INFINITY,
            best_alone: f64::INFINITY,
            next: 0.0,
            pause: PAUSE,
        }
    }

    /// The way for passes that are not measured.
    pub(super) fn way(&self) -> Way {
        self.way
    }

    /// The way for a measured pass that begins now.
    pub(super) fn begin(&mut self, now: f64) -> Way {
        if self.trial.is_none() && now >= self.next && self.is_doubted() {
            self.trial = Some(Times::NONE);
        }
        if self.trial.is_some() { self.way.other() } else { self.way }
    }

    /// Records that the last pass ended at `now` after `took` milliseconds.
    pub(super) fn end(&mut self, now: f64, took: f64) {
        let Some(trial) = &mut self.trial else {
            self.times.add(took);
            if self.times.are_enough() {
                self.note(self.way, self.times.median());
            }
            return;
        };
        trial.add(took);
        let trial = *trial;
        let pays = trial.median() < GAIN * self.times.median();
        if pays && !trial.are_enough() {
            return;
        }
        let other = self.way.other();
        self.note(other, trial.median());
        self.trial = None;
        if pays {
            (self.way, self.times) = (other, trial);
            self.pause = PAUSE;
        } else {
            self.pause = (2.0 * self.pause).min(LONGEST_PAUSE);
        }
        self.next = now + self.pause;
    }

    fn note(&mut self, way: Way, median: f64) {
        let best = match way {
            Way::Shared => &mut self.best_shared,
            Way::Alone => &mut self.best_alone,
        };
        *best = best.min(median);
    }

    /// Whether a trial is due. A single thread is always doubted. Threads are doubted if a single one was
    /// never measured or was as fast, or if they are much slower than they have been.
    fn is_doubted(&self) -> bool {
        let median = self.times.median();
        self.times.are_enough()
            && (self.way == Way::Alone
                || median > self.best_alone.min(SLOWED * self.best_shared)
                || self.best_alone.is_infinite())
    }
}

#[cfg(test)]
mod tests {
    use super::{Choice, Way};

    /// Relative deviation of pass times: as measured on an idle machine, and next to four busy programs.
    const QUIET: f64 = 0.1;
    const BUSY: f64 = 0.3;

    /// A simulated machine with noisy pass times.
    struct Machine {
        choice: Choice,
        noise: f64,
        now: f64,
        random: u32,
    }

    impl Machine {
        fn new(noise: f64) -> Self {
            Self { choice: Choice::new(), noise, now: 5_000.0, random: 1 }
        }

        /// Runs `count` passes that take `shared` or `alone` milliseconds, with a pause `between`, and
        /// returns how many were shared.
        fn passes(&mut self, count: usize, shared: f64, alone: f64, between: f64) -> usize {
            let mut on_threads = 0;
            for _ in 0..count {
                let way = self.choice.begin(self.now);
                on_threads += usize::from(way == Way::Shared);
                // Numerical Recipes' linear congruence
                self.random = self.random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = 1.0 + self.noise * (f64::from(self.random >> 8) / f64::from(1u32 << 23) - 1.0);
                let took = noise * if way == Way::Shared { shared } else { alone };
                self.now += took;
                self.choice.end(self.now, took);
                self.now += between;
            }
            on_threads
        }
    }

    #[test]
    fn a_quiet_machine_keeps_its_threads_and_tries_one_alone_once() {
        let mut machine = Machine::new(QUIET);
        assert_eq!(machine.passes(2_000, 20.0, 38.0, 10.0), 1_999);
    }

    #[test]
    fn a_busy_machine_drops_them_and_hardly_asks_again() {
        let mut machine = Machine::new(BUSY);
        assert_eq!(machine.passes(3, 75.0, 30.0, 0.0), 3);
        assert_eq!(machine.passes(3, 75.0, 30.0, 0.0), 0, "the trial");
        assert_eq!(machine.choice.way(), Way::Alone);
        let shared = machine.passes(2_000, 75.0, 30.0, 0.0);
        assert!((1..=10).contains(&shared), "{shared} of 2,000");
    }

    #[test]
    fn they_are_dropped_when_load_comes_and_taken_again_when_it_goes() {
        for between in [0.0, 300.0] {
            let mut machine = Machine::new(BUSY);
            machine.passes(100, 20.0, 38.0, between);
            for _ in 0..3 {
                machine.passes(60, 75.0, 42.0, between);
                assert_eq!(machine.choice.way(), Way::Alone, "{between}");
                let begun = machine.now;
                while machine.choice.way() == Way::Alone {
                    machine.passes(1, 20.0, 38.0, between);
                }
                assert!(machine.now - begun < 34_000.0, "{} ms", machine.now - begun);
            }
        }
    }

    #[test]
    fn where_both_are_slow_threads_stay_and_trials_get_rare() {
        let mut machine = Machine::new(QUIET);
        machine.passes(100, 20.0, 38.0, 0.0);
        let shared = machine.passes(1_000, 50.0, 55.0, 0.0);
        assert!(shared >= 980, "{shared} of 1,000");
        assert_eq!(machine.choice.way(), Way::Shared);
    }

    #[test]
    fn one_pass_that_was_held_up_changes_nothing() {
        let mut machine = Machine::new(QUIET);
        machine.passes(50, 20.0, 38.0, 0.0);
        machine.passes(1, 900.0, 900.0, 0.0);
        assert_eq!(machine.passes(50, 20.0, 38.0, 0.0), 50);
    }
}
