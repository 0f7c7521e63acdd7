//! All positions of a channel to one value.

/// What they come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reduce {
    /// `Σ x`
    Sum,
    /// `Σ x / (h·w)`
    Mean,
}
