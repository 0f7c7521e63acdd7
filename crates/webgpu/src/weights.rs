//! Weights of convolutions and linear layers, as they lie on the card.
//!
//! Models are shipped in `f16`. What is a number of `f16` is kept as one, two in a word: half of the memory and of the traffic, and the
//! very same sums. `unpack2x16float` reads them on every card; only `f16` arithmetic would need one with `shader-f16`.
//!
//! A card may take subnormal numbers for zero (WGSL specification, 15.7.2), and trained weights have some. So they are stored 2¹⁰ times as large,
//! which makes normal numbers of all of them, and no other number of a weight below 64; multiplying by 2⁻¹⁰ is exact.

use candling_core::Result;

use crate::buffers::Buffer;
use crate::recorder::Recorder;

/// Weights on the card.
pub(crate) struct Weights {
    pub(crate) buffer: Buffer,
    /// Whether they are pairs of `f16`, 2¹⁰ times as large; else words of `f32`.
    halves: bool,
}

impl Weights {
    /// Brings them there.
    pub(crate) fn keep(recorder: &Recorder, values: &[f32]) -> Result<Self> {
        let halves = halves(values);
        let words = halves.as_deref().unwrap_or(bytemuck::cast_slice(values));
        Ok(Self { buffer: recorder.keep(words)?, halves: halves.is_some() })
    }

    /// What every kernel that reads weights is told: how they lie there.
    pub(crate) fn halves(&self) -> u32 {
        u32::from(self.halves)
    }
}

/// Pairs of `f16`, the first in the lower half of its word, if that is what all of them are.
fn halves(values: &[f32]) -> Option<Vec<u32>> {
    let mut words = vec![0; values.len().div_ceil(2)];
    for (i, &value) in values.iter().enumerate() {
        words[i / 2] |= half(value)? << (16 * (i % 2));
    }
    Some(words)
}

/// The bits of 2¹⁰ times a value as a normal `f16`, or zero, if that is exact.
fn half(value: f32) -> Option<u32> {
    /// Digits that an `f32` has on top of those of an `f16`.
    const MORE_DIGITS: u32 = 13;
    /// What the exponent's bits of an `f32` are more by: the biases are 127 and 15, and the factor is 2¹⁰.
    const MORE_EXPONENT: u32 = (127 - 15 - 10) << 10;
    let bits = value.to_bits();
    let sign = bits >> 16 & 0x8000;
    let magnitude = bits & 0x7fff_ffff;
    if magnitude == 0 {
        return Some(sign);
    }
    let half = (magnitude >> MORE_DIGITS).checked_sub(MORE_EXPONENT)?;
    let normal = (0x0400..0x7c00).contains(&half);
    (normal && magnitude.trailing_zeros() >= MORE_DIGITS).then_some(sign | half)
}
