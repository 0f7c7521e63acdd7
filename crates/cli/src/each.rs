//! Parallel work on many items, with results in order.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::error::Result;

/// Results per core that may wait for their turn: enough that no core waits long for another, few enough to
/// need little memory.
const AT_ONCE: usize = 16;

/// Calls `work` for each item on all cores and passes the results to `done` in order, as they come. Memory
/// does not grow with the number of items. If standard error is a terminal and the work has a name, a
/// progress bar is shown there.
///
/// # Errors
/// The first error of `done`, after which no item is started.
pub fn for_each<'a, I: Sync, T: Send>(
    what: impl Into<Option<&'static str>>,
    items: &'a [I],
    work: impl Fn(&I) -> T + Sync,
    mut done: impl FnMut(&'a I, T) -> Result<()>,
) -> Result<()> {
    if let [item] = items {
        return done(item, work(item));
    }
    let bar = bar(what.into(), items.len());
    let queue = Queue::of(items.len(), AT_ONCE * rayon::current_num_threads());
    let (send, receive) = mpsc::channel();
    let result = rayon::in_place_scope(|scope| {
        let (queue, work, bar) = (&queue, &work, &bar);
        // a broadcast, because a thread that waits inside `work` never starts a second one of these
        scope.spawn_broadcast(move |_, _| {
            // also after a panic, so that nobody waits for this thread
            let _closing = Closing(queue);
            while let Some(at) = queue.next() {
                let result = work(&items[at]);
                bar.inc(1);
                if send.send((at, result)).is_err() {
                    break;
                }
            }
        });
        in_order(items, &receive, |item, result| {
            let told = bar.suspend(|| done(item, result));
            queue.told(told.is_err());
            told
        })
    });
    bar.finish_and_clear();
    result
}

/// The same on this thread, one item after the other.
pub fn one_by_one<'a, I, T>(
    what: impl Into<Option<&'static str>>,
    items: &'a [I],
    work: impl Fn(&I) -> T,
    mut done: impl FnMut(&'a I, T) -> Result<()>,
) -> Result<()> {
    let bar = bar(what.into(), items.len());
    let result = items.iter().try_for_each(|item| {
        let result = work(item);
        bar.inc(1);
        bar.suspend(|| done(item, result))
    });
    bar.finish_and_clear();
    result
}

/// Passes on the results in the order of the items, whichever came first.
fn in_order<'a, I, T>(
    items: &'a [I],
    receive: &mpsc::Receiver<(usize, T)>,
    mut done: impl FnMut(&'a I, T) -> Result<()>,
) -> Result<()> {
    let mut waiting = BTreeMap::new();
    let mut turn = 0;
    for (at, result) in receive {
        waiting.insert(at, result);
        while let Some(result) = waiting.remove(&turn) {
            done(&items[turn], result)?;
            turn += 1;
        }
    }
    Ok(())
}

/// Makes the progress bar; hidden for few items, without a terminal, and without a name.
fn bar(what: Option<&'static str>, items: usize) -> ProgressBar {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let Some(what) = what.filter(|_| items > 1 && !plain) else {
        return ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    };
    let bar = ProgressBar::new(items as u64).with_message(what);
    match ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}, {eta} to go") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// A queue of item indices, each handed out once, and none too far ahead of the results that were passed on.
struct Queue {
    state: Mutex<State>,
    moved: Condvar,
    items: usize,
    ahead: usize,
}

#[derive(Default)]
struct State {
    begun: usize,
    told: usize,
    closed: bool,
}

impl Queue {
    fn of(items: usize, ahead: usize) -> Self {
        Self { state: Mutex::default(), moved: Condvar::new(), items, ahead }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until an item may be started and returns it.
    fn next(&self) -> Option<usize> {
        let far = |state: &mut State| !state.closed && state.begun >= state.told + self.ahead;
        let waited = self.moved.wait_while(self.state(), |state| state.begun < self.items && far(state));
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        let at = (!state.closed && state.begun < self.items).then_some(state.begun)?;
        state.begun += 1;
        Some(at)
    }

    /// Records that a result was passed on; after the `last`, no item is started.
    fn told(&self, last: bool) {
        let mut state = self.state();
        state.told += 1;
        state.closed |= last;
        self.moved.notify_all();
    }
}

/// Closes the queue if its thread panics.
struct Closing<'q>(&'q Queue);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.state().closed = true;
            self.0.moved.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::error::Error;

    #[test]
    fn results_come_in_order_however_long_each_takes() {
        let items: Vec<u64> = (0..100).collect();
        let mut seen = Vec::new();
        let work = |&item: &u64| {
            thread::sleep(Duration::from_micros((item * 7919) % 997));
            item * 2
        };
        for_each(None, &items, work, |&item, result| {
            seen.push((item, result));
            Ok(())
        })
        .unwrap();
        assert_eq!(seen, items.iter().map(|&item| (item, item * 2)).collect::<Vec<_>>());
    }

    /// The first item waits until as many others as allowed have started, and then gives further ones time to
    /// start wrongly.
    #[test]
    fn none_is_begun_too_far_ahead() {
        let items: Vec<usize> = (0..1000).collect();
        let (begun, told) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let (threads, ahead) = (rayon::current_num_threads(), AT_ONCE * rayon::current_num_threads());
        let work = |&item: &usize| {
            let before = begun.fetch_add(1, Ordering::SeqCst);
            assert!(before < told.load(Ordering::SeqCst) + ahead, "{before} begun before item {item}");
            while item == 0 && threads > 1 && begun.load(Ordering::SeqCst) < ahead {
                thread::yield_now();
            }
            if item == 0 {
                thread::sleep(Duration::from_millis(20));
            }
        };
        for_each(None, &items, work, |_, ()| {
            told.fetch_add(1, Ordering::SeqCst);
            Ok(())
        })
        .unwrap();
        assert_eq!(told.into_inner(), items.len());
    }

    #[test]
    fn nothing_is_begun_after_an_error() {
        let items: Vec<usize> = (0..100_000).collect();
        let begun = AtomicUsize::new(0);
        let stopped = for_each(
            None,
            &items,
            |_| begun.fetch_add(1, Ordering::SeqCst),
            |&item, _| if item == 3 { Err(Error::ReaderGone) } else { Ok(()) },
        );
        assert!(matches!(stopped, Err(Error::ReaderGone)));
        assert!(begun.load(Ordering::SeqCst) <= 4 + AT_ONCE * rayon::current_num_threads());
    }

    #[test]
    fn a_panic_is_passed_on_and_waits_for_nobody() {
        let items: Vec<usize> = (0..10_000).collect();
        let work = |&item: &usize| assert_ne!(item, 5);
        let caught = std::panic::catch_unwind(|| for_each(None, &items, work, |_, ()| Ok(())));
        assert!(caught.is_err());
    }
}
