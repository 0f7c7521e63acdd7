//! A pool of buffers: every pass of a network requests the same sizes in the same order.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

/// Bytes of a value.
pub(crate) const WORD: u64 = 4;

/// Bytes that unused buffers may occupy, 256 MiB; above it they are freed.
const MOST_FREE: u64 = 1 << 28;

/// A buffer with a unique number, the key of bind groups.
pub(crate) struct Buffer {
    pub(crate) inner: wgpu::Buffer,
    pub(crate) id: u64,
}

impl Buffer {
    pub(crate) fn bytes(&self) -> u64 {
        self.inner.size()
    }
}

/// A buffer of the pool in use; it is returned when it is dropped.
pub(crate) struct Lent {
    buffer: Option<Buffer>,
    pool: Weak<RefCell<Pool>>,
}

impl std::ops::Deref for Lent {
    type Target = Buffer;

    #[allow(clippy::expect_used)] // `None` only while it is dropped
    fn deref(&self) -> &Buffer {
        self.buffer.as_ref().expect("a buffer in use")
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let (Some(buffer), Some(pool)) = (self.buffer.take(), self.pool.upgrade()) {
            pool.borrow_mut().take_back(buffer);
        }
    }
}

/// An unused buffer, and the recording in which it was last used.
struct Free {
    buffer: Buffer,
    recording: u64,
}

/// The unused buffers, the most recently used ones last.
#[derive(Default)]
pub(crate) struct Pool {
    free: Vec<Free>,
    bytes: u64,
    /// Number of submissions so far.
    pub(crate) recording: u64,
}

impl Pool {
    /// Takes an unused buffer of this size, if there is one. Recorded kernels run in order, so they may share
    /// a buffer whose reader is recorded but has not run.
    pub(crate) fn lend(pool: &Rc<RefCell<Self>>, bytes: u64) -> Option<Lent> {
        Self::lend_if(pool, bytes, |_| true)
    }

    /// The same for a buffer that no recorded kernel uses: an upload overtakes what was recorded and not
    /// submitted.
    pub(crate) fn lend_unused(pool: &Rc<RefCell<Self>>, bytes: u64) -> Option<Lent> {
        let recording = pool.borrow().recording;
        Self::lend_if(pool, bytes, |free| free.recording < recording)
    }

    fn lend_if(pool: &Rc<RefCell<Self>>, bytes: u64, fits: impl Fn(&Free) -> bool) -> Option<Lent> {
        let mut this = pool.borrow_mut();
        let place = this.free.iter().rposition(|free| free.buffer.bytes() == bytes && fits(free))?;
        let Free { buffer, .. } = this.free.remove(place);
        this.bytes -= bytes;
        Some(Self::lent(pool, buffer))
    }

    /// Wraps a new buffer, which the pool will own.
    pub(crate) fn lent(pool: &Rc<RefCell<Self>>, buffer: Buffer) -> Lent {
        Lent { buffer: Some(buffer), pool: Rc::downgrade(pool) }
    }

    fn take_back(&mut self, buffer: Buffer) {
        self.bytes += buffer.bytes();
        let recording = self.recording;
        self.free.push(Free { buffer, recording });
    }

    /// Frees all unused buffers if they are too much; returns whether it did.
    pub(crate) fn trim(&mut self) -> bool {
        let trim = self.bytes > MOST_FREE;
        if trim {
            self.free.clear();
            self.bytes = 0;
        }
        trim
    }
}
