//! Work shared among threads, where there are threads: with the feature `threads`, rayon's; else the caller's own.

/// Runs every task below `count`, in no particular order. `scratch` makes what a thread needs to itself.
pub(crate) fn for_each<T>(
    count: usize,
    scratch: impl Fn() -> T + Send + Sync,
    task: impl Fn(&mut T, usize) + Send + Sync,
) {
    #[cfg(feature = "threads")]
    if count > 1 && rayon::current_num_threads() > 1 {
        use rayon::iter::{IntoParallelIterator, ParallelIterator};
        return (0..count).into_par_iter().for_each_init(scratch, |scratch, i| task(scratch, i));
    }
    let mut scratch = scratch();
    (0..count).for_each(|i| task(&mut scratch, i));
}

/// Runs `work` where handing out tasks is cheapest: on one of the threads, if there are such.
///
/// From outside, every layer would have to wake a thread and be woken by it.
pub fn on_threads<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    #[cfg(feature = "threads")]
    return rayon::scope(|_| work());
    #[cfg(not(feature = "threads"))]
    work()
}

/// The start of a buffer that several tasks write, each to places of its own.
#[derive(Clone, Copy)]
pub(crate) struct Place(*mut f32);

// SAFETY: a pointer and no more; whoever writes through it has to keep to its places.
unsafe impl Send for Place {}
// SAFETY: likewise.
unsafe impl Sync for Place {}

impl Place {
    /// The start of `values`, for as long as they are borrowed elsewhere in no other way.
    pub(crate) fn of(values: &mut [f32]) -> Self {
        Self(values.as_mut_ptr())
    }

    /// The address of value `offset`.
    ///
    /// # Safety
    /// The offset lies in the buffer.
    #[inline(always)]
    pub(crate) unsafe fn at(self, offset: usize) -> *mut f32 {
        unsafe { self.0.add(offset) }
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
