//! Passes by whose time it is chosen whether the next ones are shared.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::choice::{Choice, Way};
use super::{crew, threads};

static CHOICE: Mutex<Choice> = Mutex::new(Choice::new());

/// Whether passes have to do without a crew.
static RESTS: AtomicBool = AtomicBool::new(false);

static USED: AtomicUsize = AtomicUsize::new(1);

/// Whether threads are found to make a pass slower, or a pass is timed without them.
pub(super) fn crew_rests() -> bool {
    RESTS.load(Ordering::Relaxed)
}

pub(super) fn threads_used() -> usize {
    USED.load(Ordering::Relaxed)
}

pub(super) fn run<R, E>(
    size: usize,
    clock: impl Fn() -> f64,
    pass: impl FnOnce() -> Result<R, E>,
) -> Result<R, E> {
    // Two at once would time each other.
    let Ok(mut choice) = CHOICE.try_lock().or_else(|error| match error {
        std::sync::TryLockError::Poisoned(poisoned) => Ok(PoisonError::into_inner(poisoned)),
        std::sync::TryLockError::WouldBlock => Err(()),
    }) else {
        return crew::muster(pass);
    };
    let begun = clock();
    RESTS.store(choice.begin(begun) == Way::Alone, Ordering::Relaxed);
    let done = crew::muster(|| {
        USED.store(threads(), Ordering::Relaxed);
        pass()
    });
    let now = clock();
    if done.is_ok() {
        choice.end(now, (now - begun) / size.max(1) as f64);
    }
    RESTS.store(choice.way() == Way::Alone, Ordering::Relaxed);
    done
}
