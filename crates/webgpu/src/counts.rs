//! What was asked of the card.

/// Totals since the device was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Command encoders.
    pub submissions: u64,
    /// Kernels that ran.
    pub dispatches: u64,
    /// Waits for values.
    pub read_backs: u64,
    /// Bytes that kernels read and wrote, every buffer counted once a kernel: what would have to cross the memory bus if nothing
    /// stayed in a cache from one kernel to the next.
    pub bytes: u64,
    /// Pipelines that were compiled.
    pub pipelines: u64,
    /// Bind groups that were made.
    pub bind_groups: u64,
    /// Buffers that were made for activations.
    pub buffers: u64,
}

impl std::ops::Sub for Counts {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            submissions: self.submissions - before.submissions,
            dispatches: self.dispatches - before.dispatches,
            read_backs: self.read_backs - before.read_backs,
            bytes: self.bytes - before.bytes,
            pipelines: self.pipelines - before.pipelines,
            bind_groups: self.bind_groups - before.bind_groups,
            buffers: self.buffers - before.buffers,
        }
    }
}
