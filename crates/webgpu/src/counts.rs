//! Counters of GPU work.

/// Totals since the device was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Command encoders.
    pub submissions: u64,
    /// Kernels that ran.
    pub dispatches: u64,
    /// Waits for values.
    pub read_backs: u64,
    /// Bytes that kernels read and wrote, every buffer counted once per kernel: the memory traffic if nothing
    /// stayed in a cache between kernels.
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
