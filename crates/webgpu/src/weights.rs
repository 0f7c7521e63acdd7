//! The format of weights of convolutions and linear layers on the GPU.
//!
//! Models are shipped in `f16`. Weights that `f16` represents exactly are stored as such, two in a word: half
//! of the memory and of the traffic, with exactly the same sums. Every GPU can read them by
//! `unpack2x16float`; only `f16` arithmetic would need `shader-f16`.
//!
//! A GPU may treat subnormal numbers as zero (WGSL specification, 15.7.2), and trained weights have some. So
//! they are stored times 2¹⁰, which makes all of them normal, and overflows only for weights of 64 and more;
//! multiplying by 2⁻¹⁰ is exact.

use candling_core::Result;

use crate::buffers::Buffer;
use crate::recorder::Recorder;

/// Weights on the GPU.
pub(crate) struct Weights {
    pub(crate) buffer: Buffer,
    /// Whether they are pairs of `f16`, times 2¹⁰; if not, words of `f32`.
    halves: bool,
}

impl Weights {
    /// Uploads the weights.
    pub(crate) fn keep(recorder: &Recorder, values: &[f32]) -> Result<Self> {
        let halves = halves(values);
        let words = halves.as_deref().unwrap_or(bytemuck::cast_slice(values));
        Ok(Self { buffer: recorder.keep(words)?, halves: halves.is_some() })
    }

    /// The uniform `halves` of every kernel that reads weights: their format.
    pub(crate) fn halves(&self) -> u32 {
        u32::from(self.halves)
    }
}

/// Pairs of `f16`, the first in the lower half of its word, if `f16` represents all values.
fn halves(values: &[f32]) -> Option<Vec<u32>> {
    let mut words = vec![0; values.len().div_ceil(2)];
    for (i, &value) in values.iter().enumerate() {
        words[i / 2] |= half(value)? << (16 * (i % 2));
    }
    Some(words)
}

/// The bits of 2¹⁰ times the value as a normal `f16`, or zero, if that is exact.
fn half(value: f32) -> Option<u32> {
    /// Number of mantissa bits that `f32` has more than `f16`.
    const MORE_DIGITS: u32 = 13;
    /// Difference between the exponent bits of `f32` and `f16`: the biases are 127 and 15, and the factor is
    /// 2¹⁰.
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
