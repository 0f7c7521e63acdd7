//! Timing of passes, to choose whether the next ones use the thread pool.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::choice::{Choice, Way};
use super::{thread_pool, threads};

static CHOICE: Mutex<Choice> = Mutex::new(Choice::new());

/// Whether passes run without the pool.
static ALONE: AtomicBool = AtomicBool::new(false);

static USED: AtomicUsize = AtomicUsize::new(1);

/// Whether passes run on one thread, because threads were measured to be slower or a pass is timed without
/// them.
pub(super) fn is_alone() -> bool {
    ALONE.load(Ordering::Relaxed)
}

pub(super) fn threads_used() -> usize {
    USED.load(Ordering::Relaxed)
}

pub(super) fn run<R, E>(
    size: usize,
    clock: impl Fn() -> f64,
    pass: impl FnOnce() -> Result<R, E>,
) -> Result<R, E> {
    // two passes at once would disturb each other's time
    let Ok(mut choice) = CHOICE.try_lock().or_else(|error| match error {
        std::sync::TryLockError::Poisoned(poisoned) => Ok(PoisonError::into_inner(poisoned)),
        std::sync::TryLockError::WouldBlock => Err(()),
    }) else {
        return thread_pool::run_pass(pass);
    };
    let begun = clock();
    ALONE.store(choice.begin(begun) == Way::Alone, Ordering::Relaxed);
    let done = thread_pool::run_pass(|| {
        USED.store(threads(), Ordering::Relaxed);
        pass()
    });
    let now = clock();
    if done.is_ok() {
        choice.end(now, (now - begun) / size.max(1) as f64);
    }
    ALONE.store(choice.way() == Way::Alone, Ordering::Relaxed);
    done
}
