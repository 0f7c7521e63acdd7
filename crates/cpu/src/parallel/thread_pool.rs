//! A thread pool whose workers stay awake for a whole forward or backward pass. The workers run on the
//! threads of rayon's pool.
//!
//! A layer takes a fraction of a millisecond, and a sleeping thread takes as long to wake: with rayon's own
//! loops, two threads made the forward pass 1.3 times as fast; for this pool see the table in
//! `tests/bench/README.md`. So workers spin for work during a pass and for a moment after it. A layer waits
//! only for workers that have taken one of its tasks: one that the system deschedules between two tasks
//! delays nobody.

use std::any::Any;
use std::cell::{Cell, UnsafeCell};
use std::hint::spin_loop;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::measured;

/// Flag in [`Pool::state`], set while workers may take tasks.
const OPEN: usize = 1;
/// Added to [`Pool::state`] for every worker that is taking tasks.
const INSIDE: usize = 2;

/// Least number of batches of tasks per thread: enough for all threads to finish at about the same time.
const BATCHES: usize = 8;

/// Idle rounds before a worker parks, about half a millisecond: long enough that an explanation finds the
/// workers of its forward pass awake, short enough that a page that paints in between gets its CPU back.
/// (WebAssembly has no clock here, and no pause instruction.)
const LINGER: u32 = if cfg!(target_family = "wasm") { 400_000 } else { 20_000 };

/// Longest wait of a pass for sleeping workers. While the caller waits, the system may run them on its core;
/// a thread that is woken by one that goes on working is often queued behind it on the same core, for whole
/// passes.
const WAKE_LIMIT: Duration = Duration::from_millis(1);

struct Pool {
    /// Whether a thread is running a pass with the pool.
    taken: AtomicBool,
    /// Number of workers that are awake.
    workers: AtomicUsize,
    arrived: (Mutex<()>, Condvar),
    state: AtomicUsize,
    /// The function that workers call. Written only while the pool is not open and no worker is inside.
    work: UnsafeCell<Option<*const (dyn Fn() + Sync)>>,
    /// The panic of a task in a worker.
    failure: Mutex<Option<Box<dyn Any + Send>>>,
}

// SAFETY: `work` is written only while no worker may read it, and it points to a function that is `Sync`.
unsafe impl Sync for Pool {}

static POOL: Pool = Pool {
    taken: AtomicBool::new(false),
    workers: AtomicUsize::new(0),
    arrived: (Mutex::new(()), Condvar::new()),
    state: AtomicUsize::new(0),
    work: UnsafeCell::new(None),
    failure: Mutex::new(None),
};

thread_local! {
    /// Whether this thread runs the pass that uses the pool and is not inside one of its tasks.
    static LEADS: Cell<bool> = const { Cell::new(false) };
}

/// Calls a function when dropped, also during a panic.
struct Finally<F: FnMut()>(F);

impl<F: FnMut()> Drop for Finally<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Locks a mutex; a panic leaves nothing that is locked here half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `pass` on this thread, with the pool's workers for its layers. It runs on this thread alone if the
/// workers were measured to make it slower, if another pass uses them (perhaps an enclosing one), or if this
/// is a thread of rayon's pool.
pub(super) fn run_pass<R>(pass: impl FnOnce() -> R) -> R {
    if measured::is_alone()
        || rayon::current_thread_index().is_some()
        || POOL.taken.swap(true, Ordering::SeqCst)
    {
        return pass();
    }
    let _over = Finally(|| {
        LEADS.set(false);
        POOL.taken.store(false, Ordering::Release);
    });
    POOL.wake();
    // a failure may be left from a pass in which the caller panicked too
    lock(&POOL.failure).take();
    LEADS.set(true);
    pass()
}

/// Number of threads available to the current call.
pub(super) fn size() -> usize {
    if LEADS.get() { 1 + POOL.workers.load(Ordering::Relaxed) } else { 1 }
}

/// Runs every task below `count` on this thread and the workers; returns false, having done nothing, if there
/// is no pool.
pub(super) fn share<T>(
    count: usize,
    scratch: &(impl Fn() -> T + Sync),
    task: &(impl Fn(&mut T, usize) + Sync),
) -> bool {
    if !LEADS.get() {
        return false;
    }
    let next = AtomicUsize::new(0);
    // small tasks are taken in batches: moving the counter between cores takes about as long as the smallest
    // task
    let batch = (count / (size() * BATCHES)).max(1);
    let take = || next.fetch_add(batch, Ordering::Relaxed);
    POOL.run_on_all(&|| {
        let mut first = take();
        if first < count {
            let mut scratch = scratch();
            while first < count {
                (first..count.min(first + batch)).for_each(|i| task(&mut scratch, i));
                first = take();
            }
        }
    });
    true
}

impl Pool {
    /// Wakes sleeping workers.
    fn wake(&'static self) {
        let all = rayon::current_num_threads();
        // sequentially consistent, like the worker's steps before it parks: one of the two sees the other
        let awake = || self.workers.load(Ordering::SeqCst);
        if awake() >= all {
            return;
        }
        rayon::spawn_broadcast(|_| self.work_loop());
        let (mutex, arrived) = &self.arrived;
        let mut held = lock(mutex);
        while awake() < all {
            let (again, waited) =
                arrived.wait_timeout(held, WAKE_LIMIT).unwrap_or_else(PoisonError::into_inner);
            if waited.timed_out() {
                break;
            }
            held = again;
        }
    }

    /// Calls `work`, which returns when no task is left, on this thread and all workers, and waits for those
    /// that entered.
    fn run_on_all(&self, work: &(dyn Fn() + Sync)) {
        // SAFETY: no worker is inside, and the pool is not open. All have left when this returns, so the
        // reference is used only while `work` lives.
        unsafe {
            *self.work.get() =
                Some(std::mem::transmute::<*const (dyn Fn() + Sync), *const (dyn Fn() + Sync)>(work));
        }
        self.state.fetch_or(OPEN, Ordering::Release);
        {
            let _closed = Finally(|| {
                self.state.fetch_and(!OPEN, Ordering::Relaxed);
                while self.state.load(Ordering::Acquire) >= INSIDE {
                    spin_loop();
                }
            });
            // tasks that run on this thread may not use the pool
            LEADS.set(false);
            let _back = Finally(|| LEADS.set(true));
            work();
        }
        let failure = lock(&self.failure).take();
        if let Some(failure) = failure {
            resume_unwind(failure);
        }
    }

    /// Worker loop: spin for work, park after [`LINGER`] idle rounds without a pass.
    fn work_loop(&self) {
        self.workers.fetch_add(1, Ordering::SeqCst);
        {
            let (mutex, arrived) = &self.arrived;
            let _held = lock(mutex);
            arrived.notify_one();
        }
        let mut idle = 0;
        loop {
            if idle >= LINGER && !self.taken.load(Ordering::Relaxed) {
                self.workers.fetch_sub(1, Ordering::SeqCst);
                if !self.taken.load(Ordering::SeqCst) {
                    return;
                }
                self.workers.fetch_add(1, Ordering::SeqCst);
            }
            let state = self.state.load(Ordering::Relaxed);
            let enter =
                || self.state.compare_exchange(state, state + INSIDE, Ordering::Acquire, Ordering::Relaxed);
            if state & OPEN == 0 || enter().is_err() {
                idle = idle.saturating_add(1);
                spin_loop();
                continue;
            }
            idle = 0;
            // SAFETY: a worker that is inside may read it, and it lives until all have left
            let work = unsafe { (*self.work.get()).map(|work| &*work) };
            if let Err(failure) = catch_unwind(AssertUnwindSafe(|| work.map(|work| work()))) {
                *lock(&self.failure) = Some(failure);
            }
            // all tasks are taken: no worker need enter any more
            self.state.fetch_and(!OPEN, Ordering::Relaxed);
            self.state.fetch_sub(INSIDE, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]

    use std::panic::AssertUnwindSafe;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::sync::{Mutex, MutexGuard};

    use crate::parallel::{for_each, on_threads, threads};

    /// Serialises the tests: there is one pool, and without it a pass would run alone.
    fn one_at_a_time() -> MutexGuard<'static, ()> {
        static ONE: Mutex<()> = Mutex::new(());
        super::lock(&ONE)
    }

    /// Runs `count` tasks and returns how often each was done.
    fn done(count: usize, also: impl Fn(usize) + Sync) -> Vec<usize> {
        let done: Vec<AtomicUsize> = (0..count).map(|_| AtomicUsize::new(0)).collect();
        let task = |(): &mut (), i: usize| {
            done[i].fetch_add(1, Ordering::Relaxed);
            also(i);
        };
        for_each(count, || (), task);
        done.into_iter().map(AtomicUsize::into_inner).collect()
    }

    /// Makes each of two tasks wait for the other, so that one thread alone would never finish the first.
    fn meet(begun: &AtomicUsize) {
        begun.fetch_add(1, Ordering::SeqCst);
        while begun.load(Ordering::SeqCst) < 2 {
            std::thread::yield_now();
        }
    }

    #[test]
    fn every_task_is_done_once_in_every_round() {
        let _alone = one_at_a_time();
        on_threads(|| {
            for count in (0..300).chain([10_000]) {
                assert_eq!(done(count, |_| {}), vec![1; count]);
            }
        });
        assert_eq!(threads(), 1);
        assert_eq!(done(3, |_| {}), [1; 3]);
    }

    #[test]
    fn tasks_may_have_tasks_and_passes_passes() {
        let _alone = one_at_a_time();
        on_threads(|| {
            assert_eq!(done(20, |_| assert_eq!(done(5, |_| {}), [1; 5])), [1; 20]);
            assert_eq!(done(20, |_| assert_eq!(on_threads(|| done(5, |_| {})), [1; 5])), [1; 20]);
            assert_eq!(on_threads(|| done(7, |_| {})), [1; 7]);
        });
    }

    #[test]
    fn all_threads_work() {
        let _alone = one_at_a_time();
        let begun = AtomicUsize::new(0);
        on_threads(|| assert_eq!(done(2, |_| meet(&begun)), [1; 2]));
    }

    #[test]
    fn a_panic_ends_the_pass_and_not_the_pool() {
        let _alone = one_at_a_time();
        let caller = std::thread::current().id();
        for in_worker in [false, true] {
            let begun = AtomicUsize::new(0);
            let panic_in_one = |_| {
                meet(&begun);
                assert!((std::thread::current().id() == caller) == in_worker, "as asked");
            };
            // a result is missing after the panic, so nothing that follows may run
            let went_on = AtomicBool::new(false);
            let pass = || {
                done(2, panic_in_one);
                went_on.store(true, Ordering::Relaxed);
            };
            let ended = std::panic::catch_unwind(AssertUnwindSafe(|| on_threads(pass)));
            assert!(ended.is_err() && !went_on.into_inner(), "in a worker: {in_worker}");
            assert_eq!(threads(), 1);
            on_threads(|| assert_eq!(done(100, |_| {}), vec![1; 100]));
        }
    }
}
