//! A kernel's parameters as its uniform buffer has them: words one after the other, in the order of its `Params`.

/// The words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Params(Vec<u32>);

impl Params {
    pub(crate) fn u(mut self, value: usize) -> Self {
        // Shapes have at most 2²⁸ elements, and windows are no larger than 2¹⁶.
        self.0.push(value as u32);
        self
    }

    pub(crate) fn i(mut self, value: i64) -> Self {
        self.0.push(value as i32 as u32);
        self
    }

    pub(crate) fn f(mut self, value: f32) -> Self {
        self.0.push(value.to_bits());
        self
    }

    /// Padded to what a uniform buffer is sized in.
    pub(crate) fn words(&self) -> Vec<u32> {
        let mut words = self.0.clone();
        words.resize(words.len().next_multiple_of(4), 0);
        words
    }
}
