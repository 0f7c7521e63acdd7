//! Parallel loops: with the feature `threads` on a [pool](thread_pool) over rayon's threads, else on the
//! caller's thread.

#[cfg(feature = "threads")]
mod choice;
#[cfg(feature = "threads")]
mod measured;
#[cfg(feature = "threads")]
mod thread_pool;

/// Runs every task below `count`, in no particular order. `scratch` makes the buffer that each thread uses.
pub(crate) fn for_each<T>(count: usize, scratch: impl Fn() -> T + Sync, task: impl Fn(&mut T, usize) + Sync) {
    #[cfg(feature = "threads")]
    if count > 1 && thread_pool::share(count, &scratch, &task) {
        return;
    }
    let mut scratch = scratch();
    (0..count).for_each(|i| task(&mut scratch, i));
}

/// Number of threads that [`for_each`] uses here.
pub(crate) fn threads() -> usize {
    #[cfg(feature = "threads")]
    return thread_pool::size();
    #[cfg(not(feature = "threads"))]
    1
}

/// Runs `work` on this thread, and its parallel loops also on rayon's pool, unless there is none, another
/// `work` is using it, or [`measured`] found that it makes passes slower.
///
/// # Panics
/// If `work` does.
pub fn on_threads<R>(work: impl FnOnce() -> R) -> R {
    #[cfg(feature = "threads")]
    return thread_pool::run_pass(work);
    #[cfg(not(feature = "threads"))]
    work()
}

/// Runs `pass` like [`on_threads`] and measures whether threads make such passes faster; if not, they are
/// left out until they do. No bit of any result changes. `clock` returns milliseconds, and `size` is what the
/// time of a pass is proportional to, such as the number of input values.
///
/// # Errors
/// The errors of `pass`; its time is then ignored.
///
/// # Panics
/// If `pass` does.
pub fn measured<R, E>(
    size: usize,
    clock: impl Fn() -> f64,
    pass: impl FnOnce() -> Result<R, E>,
) -> Result<R, E> {
    #[cfg(feature = "threads")]
    return measured::run(size, clock, pass);
    #[cfg(not(feature = "threads"))]
    {
        let _ = (size, clock);
        pass()
    }
}

/// Number of threads of the last [`measured`] pass.
#[must_use]
pub fn threads_used() -> usize {
    #[cfg(feature = "threads")]
    return measured::threads_used();
    #[cfg(not(feature = "threads"))]
    1
}

/// The start of a buffer to which several tasks write, each to values of its own.
#[derive(Clone, Copy)]
pub(crate) struct SharedSlice(*mut f32);

// SAFETY: only a pointer; whoever writes through it has to keep to its own values.
unsafe impl Send for SharedSlice {}
// SAFETY: likewise.
unsafe impl Sync for SharedSlice {}

impl SharedSlice {
    /// The address of value `offset`.
    ///
    /// # Safety
    /// The offset lies in the buffer.
    #[inline(always)]
    pub(crate) unsafe fn at(self, offset: usize) -> *mut f32 {
        unsafe { self.0.add(offset) }
    }

    /// Sets `len` values from `offset` on to zero and borrows them.
    ///
    /// # Safety
    /// They lie in the buffer, and nobody else uses them while they are borrowed.
    pub(crate) unsafe fn zeros<'a>(self, offset: usize, len: usize) -> &'a mut [f32] {
        unsafe {
            let start = self.at(offset);
            start.write_bytes(0, len);
            std::slice::from_raw_parts_mut(start, len)
        }
    }
}

/// Allocates a buffer of `len` values that `write` fills.
///
/// # Safety
/// `write` writes each of the values.
pub(crate) unsafe fn written(len: usize, write: impl FnOnce(SharedSlice)) -> Vec<f32> {
    let mut values = Vec::with_capacity(len);
    write(SharedSlice(values.as_mut_ptr()));
    // SAFETY: the capacity is there, and the caller vouches for the values.
    unsafe { values.set_len(len) };
    values
}
