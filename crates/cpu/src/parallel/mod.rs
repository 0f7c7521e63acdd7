//! Work shared among threads, where there are threads: with the feature `threads`, a [`crew`] of rayon's; else the caller's own.

#[cfg(feature = "threads")]
mod choice;
#[cfg(feature = "threads")]
mod crew;
#[cfg(feature = "threads")]
mod measured;

/// Runs every task below `count`, in no particular order. `scratch` makes what a thread needs to itself.
pub(crate) fn for_each<T>(count: usize, scratch: impl Fn() -> T + Sync, task: impl Fn(&mut T, usize) + Sync) {
    #[cfg(feature = "threads")]
    if count > 1 && crew::share(count, &scratch, &task) {
        return;
    }
    let mut scratch = scratch();
    (0..count).for_each(|i| task(&mut scratch, i));
}

/// How many threads work at what is shared out here.
pub(crate) fn threads() -> usize {
    #[cfg(feature = "threads")]
    return crew::size();
    #[cfg(not(feature = "threads"))]
    1
}

/// Runs `work` here, and what it shares out on the threads of rayon's pool too, if there are such, no other `work` has them, and
/// [`measured`] did not find that they make it slower.
///
/// # Panics
/// Where `work` does.
pub fn on_threads<R>(work: impl FnOnce() -> R) -> R {
    #[cfg(feature = "threads")]
    return crew::muster(work);
    #[cfg(not(feature = "threads"))]
    work()
}

/// Runs `pass` as [`on_threads`] does, and by its time finds out whether threads make such passes faster now; if not, they rest until they do. That
/// changes no bit of any result. `clock` gives milliseconds, and `size` is what a pass's time grows with, such as the values of its input.
///
/// # Errors
/// Those of `pass`, whose time counts for nothing then.
///
/// # Panics
/// Where `pass` does.
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

/// On how many threads the pass was that was [`measured`] last.
#[must_use]
pub fn threads_used() -> usize {
    #[cfg(feature = "threads")]
    return measured::threads_used();
    #[cfg(not(feature = "threads"))]
    1
}

/// The start of a buffer that several tasks write, each to places of its own.
#[derive(Clone, Copy)]
pub(crate) struct Place(*mut f32);

// SAFETY: a pointer and no more; whoever writes through it has to keep to its places.
unsafe impl Send for Place {}
// SAFETY: likewise.
unsafe impl Sync for Place {}

impl Place {
    /// The address of value `offset`.
    ///
    /// # Safety
    /// The offset lies in the buffer.
    #[inline(always)]
    pub(crate) unsafe fn at(self, offset: usize) -> *mut f32 {
        unsafe { self.0.add(offset) }
    }

    /// `len` values from `offset` on, made zeros.
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

/// A buffer of `len` values that `write` fills.
///
/// # Safety
/// `write` writes each of them.
pub(crate) unsafe fn written(len: usize, write: impl FnOnce(Place)) -> Vec<f32> {
    let mut values = Vec::with_capacity(len);
    write(Place(values.as_mut_ptr()));
    // SAFETY: the capacity is there, and the caller vouches for the values.
    unsafe { values.set_len(len) };
    values
}
