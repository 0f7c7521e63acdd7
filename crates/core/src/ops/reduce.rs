//! Reductions over the positions of a channel.

/// A reduction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reduce {
    /// `Σ x`
    Sum,
    /// `Σ x / (h·w)`
    Mean,
}
