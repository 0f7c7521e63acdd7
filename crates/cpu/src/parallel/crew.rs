//! The threads of rayon's pool as a crew that stays awake for a whole pass through the network.
//!
//! A layer takes a fraction of a millisecond, and a thread that fell asleep since the last one as long to wake: with rayon's own
//! loops, two threads made the forward pass 1.3 times as fast; with a crew, see the table in `tests/bench/README.md`. So the members
//! look for work without pause during a pass, and for a moment after it. A layer waits for nobody who has taken no task
//! of it: a thread that the system holds up between two tasks holds up nobody.

use std::any::Any;
use std::cell::{Cell, UnsafeCell};
use std::hint::spin_loop;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::measured;

/// Set in [`Crew::state`] while members may come in.
const OPEN: usize = 1;
/// Added to it for every member inside.
const INSIDE: usize = 2;

/// Batches of tasks for each thread, at least: enough for them to end at about the same time.
const BATCHES: usize = 8;

/// How often a member looks for work in vain before it goes to sleep: for half a millisecond, so that an explanation finds awake who
/// worked at its forward pass, and a page that paints frames in between has its processor back. (WebAssembly has no clock to look
/// at, and no instruction to pause.)
const LINGER: u32 = if cfg!(target_family = "wasm") { 400_000 } else { 20_000 };

/// How long a pass waits at most for members who are asleep. While it waits, the system may run them where it ran; a thread that is
/// woken by one that works on is often put behind it on the same processor, for whole passes.
const MUSTER: Duration = Duration::from_millis(1);

struct Crew {
    /// Whether some thread runs a pass with it.
    taken: AtomicBool,
    /// How many look for work.
    members: AtomicUsize,
    arrived: (Mutex<()>, Condvar),
    state: AtomicUsize,
    /// What a member that has come in does. It is set while nobody is inside and the crew is not open.
    work: UnsafeCell<Option<*const (dyn Fn() + Sync)>>,
    /// What a task has panicked with in a member.
    failure: Mutex<Option<Box<dyn Any + Send>>>,
}

// SAFETY: `work` is written only while no member may read it, as said there; it points to what may be shared.
unsafe impl Sync for Crew {}

static CREW: Crew = Crew {
    taken: AtomicBool::new(false),
    members: AtomicUsize::new(0),
    arrived: (Mutex::new(()), Condvar::new()),
    state: AtomicUsize::new(0),
    work: UnsafeCell::new(None),
    failure: Mutex::new(None),
};

thread_local! {
    /// Whether this thread runs the pass that the crew is there for, and is in no task of it.
    static LEADS: Cell<bool> = const { Cell::new(false) };
}

/// Calls the function when it is dropped, also on the way out of a panic.
struct Finally<F: FnMut()>(F);

impl<F: FnMut()> Drop for Finally<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Nothing that is locked here can be left half done by a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `pass` here, with the threads of rayon's pool as its crew; alone where they make it slower, where another pass has them, which may
/// be the one that this is part of, and on one of those threads.
pub(super) fn muster<R>(pass: impl FnOnce() -> R) -> R {
    if measured::crew_rests()
        || rayon::current_thread_index().is_some()
        || CREW.taken.swap(true, Ordering::SeqCst)
    {
        return pass();
    }
    let _over = Finally(|| {
        LEADS.set(false);
        CREW.taken.store(false, Ordering::Release);
    });
    CREW.call();
    // that of a pass which panicked here as well
    lock(&CREW.failure).take();
    LEADS.set(true);
    pass()
}

/// How many threads there are for what is shared out now.
pub(super) fn size() -> usize {
    if LEADS.get() { 1 + CREW.members.load(Ordering::Relaxed) } else { 1 }
}

/// Runs every task below `count` on this thread and its crew; false, and nothing done, where there is none.
pub(super) fn share<T>(
    count: usize,
    scratch: &(impl Fn() -> T + Sync),
    task: &(impl Fn(&mut T, usize) + Sync),
) -> bool {
    if !LEADS.get() {
        return false;
    }
    let next = AtomicUsize::new(0);
    // Small tasks come in batches: the counter goes from thread to thread in about the time of the smallest.
    let batch = (count / (size() * BATCHES)).max(1);
    let take = || next.fetch_add(batch, Ordering::Relaxed);
    CREW.work_through(&|| {
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
    /// Wakes the members who are asleep.
    fn call(&'static self) {
        let all = rayon::current_num_threads();
        // Sequentially consistent, as is what a member does that goes to sleep: one of the two sees the other.
        let awake = || self.members.load(Ordering::SeqCst);
        if awake() >= all {
            return;
        }
        rayon::spawn_broadcast(|_| self.serve());
        let (mutex, arrived) = &self.arrived;
        let mut held = lock(mutex);
        while awake() < all {
            let (again, waited) = arrived.wait_timeout(held, MUSTER).unwrap_or_else(PoisonError::into_inner);
            if waited.timed_out() {
                break;
            }
            held = again;
        }
    }

    /// Has everybody call `work`, which returns when there is nothing left to take, and waits for those who do.
    fn work_through(&self, work: &(dyn Fn() + Sync)) {
        // SAFETY: nobody is inside, and the crew is not open. Nobody is inside any more when this returns, so that the
        // reference may be kept as long as `work` lives.
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
            // Tasks that this one takes may share out nothing themselves.
            LEADS.set(false);
            let _back = Finally(|| LEADS.set(true));
            work();
        }
        let failure = lock(&self.failure).take();
        if let Some(failure) = failure {
            resume_unwind(failure);
        }
    }

    /// A member's day.
    fn serve(&self) {
        self.members.fetch_add(1, Ordering::SeqCst);
        {
            let (mutex, arrived) = &self.arrived;
            let _held = lock(mutex);
            arrived.notify_one();
        }
        let mut idle = 0;
        loop {
            if idle >= LINGER && !self.taken.load(Ordering::Relaxed) {
                self.members.fetch_sub(1, Ordering::SeqCst);
                if !self.taken.load(Ordering::SeqCst) {
                    return;
                }
                self.members.fetch_add(1, Ordering::SeqCst);
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
            // SAFETY: whoever is inside may read it, and it lives until all have left.
            let work = unsafe { (*self.work.get()).map(|work| &*work) };
            if let Err(failure) = catch_unwind(AssertUnwindSafe(|| work.map(|work| work()))) {
                *lock(&self.failure) = Some(failure);
            }
            // What is left is in others' hands: nobody need come in again.
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

    /// There is one crew: without it a pass would run alone.
    fn one_at_a_time() -> MutexGuard<'static, ()> {
        static ONE: Mutex<()> = Mutex::new(());
        super::lock(&ONE)
    }

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
    fn a_panic_ends_the_pass_and_not_the_crew() {
        let _alone = one_at_a_time();
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
