//! The threads of rayon's pool as a crew that stays awake for a whole pass through the network.
//!
//! A layer takes a fraction of a millisecond, and a thread that fell asleep since the last one as long to wake: with rayon's own
//! loops, two threads made the forward pass 1.3 times as fast; with a crew, see the table in `tests/bench/README.md`. So the other
//! threads look for work without pause until the pass is over. A layer waits for nobody who has taken no task: a thread that the
//! system holds up between two of its tasks holds up no layer. The end of a pass waits until all have noticed.

use std::cell::{Cell, UnsafeCell};
use std::hint::spin_loop;
use std::ptr::from_ref;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Set in [`Crew::state`] while members may come in.
const OPEN: usize = 1;
/// Set in it when the pass is over.
const OVER: usize = 2;
/// Added to it for every member inside.
const INSIDE: usize = 4;

/// Batches for each thread, at least: enough for them to end at about the same time.
const BATCHES: usize = 8;

struct Crew {
    state: AtomicUsize,
    /// What a member that has come in does. It is set while nobody is inside and the crew is not open.
    work: UnsafeCell<*const (dyn Fn() + Sync)>,
    /// Whether a task has panicked in a member.
    failed: AtomicBool,
}

// SAFETY: `work` is written only while no member may read it, as said there.
unsafe impl Sync for Crew {}

thread_local! {
    /// The crew of the pass which this thread runs; null where there is none, and in a task.
    static CREW: Cell<*const Crew> = const { Cell::new(std::ptr::null()) };
    /// Whether this thread runs a pass, or serves in a crew: it musters none then, whose members would never come.
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

/// Calls the function when it is dropped, also on the way out of a panic.
struct Finally<F: FnMut()>(F);

impl<F: FnMut()> Drop for Finally<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Runs `pass` here, with the threads of rayon's pool as its crew.
pub(super) fn muster<R>(pass: impl FnOnce() -> R) -> R {
    if BUSY.get() {
        return pass();
    }
    let idle: &(dyn Fn() + Sync) = &|| {};
    let crew =
        Crew { state: AtomicUsize::new(0), work: UnsafeCell::new(idle), failed: AtomicBool::new(false) };
    rayon::in_place_scope(|scope| {
        scope.spawn_broadcast(|_, _| crew.serve());
        CREW.set(from_ref(&crew));
        BUSY.set(true);
        let _over = Finally(|| {
            CREW.set(std::ptr::null());
            BUSY.set(false);
            crew.state.fetch_or(OVER, Ordering::Release);
        });
        pass()
    })
}

/// How many threads there are for what is shared out now.
pub(super) fn size() -> usize {
    if CREW.get().is_null() { 1 } else { 1 + rayon::current_num_threads() }
}

/// Runs every task below `count` on this thread and its crew; false, and nothing done, where there is none.
pub(super) fn share<T>(
    count: usize,
    scratch: &(impl Fn() -> T + Sync),
    task: &(impl Fn(&mut T, usize) + Sync),
) -> bool {
    // SAFETY: `muster` sets it, and takes it away before the crew goes.
    let Some(crew) = (unsafe { CREW.get().as_ref() }) else { return false };
    let next = AtomicUsize::new(0);
    // Small tasks come in batches: the counter goes from thread to thread in about the time of the smallest.
    let batch = (count / (size() * BATCHES)).max(1);
    let take = || next.fetch_add(batch, Ordering::Relaxed);
    crew.work_through(&|| {
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

impl Crew {
    /// Has everybody call `work`, which returns when there is nothing left to take, and waits for those who do.
    fn work_through(&self, work: &(dyn Fn() + Sync)) {
        // SAFETY: nobody is inside, and the crew is not open. Nobody is inside any more when this returns, so that the
        // reference may be kept as long as `work` lives.
        unsafe {
            *self.work.get() =
                std::mem::transmute::<*const (dyn Fn() + Sync), *const (dyn Fn() + Sync)>(work);
        }
        self.state.fetch_or(OPEN, Ordering::Release);
        {
            let _closed = Finally(|| {
                self.state.fetch_and(!OPEN, Ordering::Relaxed);
                while self.state.load(Ordering::Acquire) >= INSIDE {
                    spin_loop();
                }
            });
            // Tasks that this one takes may share out nothing themselves.
            let crew = CREW.replace(std::ptr::null());
            let _back = Finally(|| CREW.set(crew));
            work();
        }
        assert!(!self.failed.load(Ordering::Relaxed), "a task panicked on another thread");
    }

    /// A member's day.
    fn serve(&self) {
        BUSY.set(true);
        let _free = Finally(|| BUSY.set(false));
        loop {
            let state = self.state.load(Ordering::Relaxed);
            if state & OVER != 0 {
                return;
            }
            let enter =
                || self.state.compare_exchange(state, state + INSIDE, Ordering::Acquire, Ordering::Relaxed);
            if state & OPEN == 0 || enter().is_err() {
                spin_loop();
                continue;
            }
            let _left = Finally(|| {
                if std::thread::panicking() {
                    self.failed.store(true, Ordering::Relaxed);
                }
                // What is left is in others' hands: nobody need come in again.
                self.state.fetch_and(!OPEN, Ordering::Relaxed);
                self.state.fetch_sub(INSIDE, Ordering::Release);
            });
            // SAFETY: whoever is inside may read it, and it lives until all have left.
            unsafe { (**self.work.get())() };
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]

    use std::panic::AssertUnwindSafe;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use crate::parallel::{for_each, on_threads, threads};

    /// How often each task below `count` was done.
    fn done(count: usize, also: impl Fn(usize) + Sync) -> Vec<usize> {
        let done: Vec<AtomicUsize> = (0..count).map(|_| AtomicUsize::new(0)).collect();
        let task = |(): &mut (), i: usize| {
            done[i].fetch_add(1, Ordering::Relaxed);
            also(i);
        };
        for_each(count, || (), task);
        done.into_iter().map(AtomicUsize::into_inner).collect()
    }

    /// Each of two tasks waits for the other: one thread alone would never end the first.
    fn meet(begun: &AtomicUsize) {
        begun.fetch_add(1, Ordering::SeqCst);
        while begun.load(Ordering::SeqCst) < 2 {
            std::thread::yield_now();
        }
    }

    #[test]
    fn every_task_is_done_once_in_every_round() {
        on_threads(|| {
            assert!(threads() > 1);
            for count in (0..300).chain([10_000]) {
                assert_eq!(done(count, |_| {}), vec![1; count]);
            }
        });
        assert_eq!(threads(), 1);
        assert_eq!(done(3, |_| {}), [1; 3]);
    }

    #[test]
    fn tasks_may_have_tasks_and_passes_passes() {
        on_threads(|| {
            assert_eq!(done(20, |_| assert_eq!(done(5, |_| {}), [1; 5])), [1; 20]);
            assert_eq!(done(20, |_| assert_eq!(on_threads(|| done(5, |_| {})), [1; 5])), [1; 20]);
            assert_eq!(on_threads(|| done(7, |_| {})), [1; 7]);
        });
    }

    #[test]
    fn all_threads_work() {
        let begun = AtomicUsize::new(0);
        on_threads(|| assert_eq!(done(2, |_| meet(&begun)), [1; 2]));
    }

    #[test]
    fn a_panic_ends_the_pass_and_not_the_crew() {
        let caller = std::thread::current().id();
        for in_member in [false, true] {
            let begun = AtomicUsize::new(0);
            let panic_in_one = |_| {
                meet(&begun);
                assert!((std::thread::current().id() == caller) == in_member, "as asked");
            };
            // What a task should have written is not there: nothing that follows may run.
            let went_on = AtomicBool::new(false);
            let pass = || {
                done(2, panic_in_one);
                went_on.store(true, Ordering::Relaxed);
            };
            let ended = std::panic::catch_unwind(AssertUnwindSafe(|| on_threads(pass)));
            assert!(ended.is_err() && !went_on.into_inner(), "in a member: {in_member}");
            assert_eq!(threads(), 1);
            on_threads(|| assert_eq!(done(100, |_| {}), vec![1; 100]));
        }
    }
}
