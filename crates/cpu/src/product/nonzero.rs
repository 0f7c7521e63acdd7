//! Lists of the terms of a tile that are not zero at all of its positions.
//!
//! ReLU makes zeros, and neighbouring positions often share them: in EfficientNet-Lite0, four consecutive
//! inputs of the product after a depthwise layer are all zero for a tenth to seven tenths of the terms, more
//! in deeper layers, and in the backward pass of guided backpropagation for half to nine tenths. A product of
//! zero changes no bit of a sum (except the sign of a zero to which a fused multiply-add has rounded), so a
//! tile may skip such a term for all outputs at once, once it has been listed. Weights are finite:
//! [`candling_core`] has checked that.

use crate::blocked::{BLOCK, blocks};
use crate::simd::Vector;

/// Offsets of a term: of its input, in bytes from the first position of the tile, and of its weights, in
/// bytes from the start of the panel.
#[derive(Clone, Copy)]
pub(super) struct Term {
    pub x: u32,
    pub w: u32,
}

/// The input of a product with one tap.
#[derive(Clone, Copy)]
pub(super) struct Input<'a> {
    pub x: &'a [f32],
    /// Offset of the first position.
    pub first: usize,
    /// Stride between blocks of channels.
    pub block: usize,
    pub channels: usize,
}

/// The lists of consecutive tiles.
#[derive(Default)]
pub(super) struct Lists {
    terms: Vec<Term>,
    /// Index of the end of each tile's terms.
    ends: Vec<usize>,
}

impl Input<'_> {
    /// The input, starting `positions` later.
    #[inline(always)]
    pub(super) fn skip(self, positions: usize) -> Self {
        Self { first: self.first + positions * BLOCK, ..self }
    }

    /// Pointer to the first position.
    #[inline(always)]
    pub(super) fn start(self) -> *const f32 {
        self.x.as_ptr().wrapping_add(self.first)
    }

    /// Whether every offset within the input fits a [`Term`].
    pub(super) fn fits(self) -> bool {
        let bytes = (blocks(self.channels) * self.block * size_of::<f32>()) as u64;
        bytes.max((self.channels * BLOCK * size_of::<f32>()) as u64) <= u64::from(u32::MAX)
    }

    /// Calls `f` with the first channel of each block and, for each lane, a value that is zero if the channel
    /// is zero at the first `size` positions.
    ///
    /// # Safety
    /// The input has that many positions.
    #[inline(always)]
    unsafe fn each_block<V: Vector, const VECTORS: usize>(
        self,
        size: usize,
        mut f: impl FnMut(usize, [u32; BLOCK]),
    ) {
        let mut x = self.start();
        for first in (0..self.channels).step_by(BLOCK) {
            let mut any = [V::splat(0.0); VECTORS];
            for position in 0..size {
                for (vector, any) in any.iter_mut().enumerate() {
                    // SAFETY: guaranteed by the caller; lanes beyond the last channel are allocated.
                    *any = any.or(unsafe { V::load(x.add(position * BLOCK + vector * V::LANES)) });
                }
            }
            let mut lanes = [0.0; BLOCK];
            for (any, lanes) in any.into_iter().zip(lanes.chunks_exact_mut(V::LANES)) {
                // SAFETY: the chunk has the length of a vector.
                unsafe { any.store(lanes.as_mut_ptr()) };
            }
            // lanes beyond the last channel are not terms; if the layer before has overflowed, they contain
            // NaN
            lanes[BLOCK.min(self.channels - first)..].fill(0.0);
            // the shift drops the sign: negative zero is zero
            f(first, lanes.map(|any: f32| any.to_bits() << 1));
            x = x.wrapping_add(self.block);
        }
    }

    /// Counts the terms that are not zero.
    ///
    /// # Safety
    /// As for [`each_block`](Self::each_block).
    #[inline(always)]
    pub(super) unsafe fn count<V: Vector, const VECTORS: usize>(self, size: usize) -> usize {
        let mut count = 0;
        let add = |_, bits: [u32; BLOCK]| count += bits.iter().filter(|bits| **bits != 0).count();
        unsafe { self.each_block::<V, VECTORS>(size, add) };
        count
    }
}

impl Lists {
    /// Clears the lists and reserves room for `tiles` tiles of `channels` terms.
    pub(super) fn reset(&mut self, tiles: usize, channels: usize) {
        self.terms.clear();
        // every term is written before it is known whether it counts, even for lanes beyond the last channel
        self.terms.reserve(tiles * channels.next_multiple_of(BLOCK));
        self.ends.clear();
        self.ends.push(0);
    }

    /// Adds the list of a tile of `size` positions.
    ///
    /// # Safety
    /// The input has that many positions, and [`reset`](Self::reset) has reserved room.
    #[inline(always)]
    pub(super) unsafe fn add<V: Vector, const VECTORS: usize>(&mut self, input: Input<'_>, size: usize) {
        const BYTES: usize = size_of::<f32>();
        let mut end = self.terms.len();
        let terms = self.terms.as_mut_ptr();
        let list = |first: usize, bits: [u32; BLOCK]| {
            let (x, w) = (first / BLOCK * input.block * BYTES, first * BLOCK * BYTES);
            for (lane, bits) in bits.into_iter().enumerate() {
                let term = Term { x: (x + lane * BYTES) as u32, w: (w + lane * BLOCK * BYTES) as u32 };
                // SAFETY: room was reserved.
                unsafe { terms.add(end).write(term) };
                end += usize::from(bits != 0);
            }
        };
        // SAFETY: guaranteed by the caller; all terms before `end` have been written.
        unsafe {
            input.each_block::<V, VECTORS>(size, list);
            self.terms.set_len(end);
        }
        self.ends.push(end);
    }

    /// The lists from tile number `tile` on.
    #[inline(always)]
    pub(super) fn from(&self, tile: usize) -> (&[Term], &[usize]) {
        (&self.terms, &self.ends[tile..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{Instructions, Kernel};

    /// Lists tiles of three positions: for each term the offsets of its input and its weights.
    struct List<'a>(Input<'a>, usize);

    impl Kernel for List<'_> {
        type Output = Vec<Vec<[u32; 2]>>;

        fn run<V: Vector, const VECTORS: usize>(self) -> Self::Output {
            let Self(input, tiles) = self;
            let mut lists = Lists::default();
            lists.reset(tiles, input.channels);
            for tile in 0..tiles {
                let tile = input.skip(3 * tile);
                // SAFETY: the positions exist, and room was reserved.
                unsafe {
                    lists.add::<V, VECTORS>(tile, 3);
                    assert_eq!(
                        tile.count::<V, VECTORS>(3),
                        lists.ends[lists.ends.len() - 1] - lists.ends[lists.ends.len() - 2]
                    );
                }
            }
            let terms =
                |ends: &[usize]| lists.terms[ends[0]..ends[1]].iter().map(|term| [term.x, term.w]).collect();
            lists.ends.windows(2).map(terms).collect()
        }
    }

    #[test]
    fn terms_that_are_not_zero_are_listed_and_no_others() {
        const CHANNELS: usize = 11;
        // two tiles of three positions, in two blocks
        let block = 6 * BLOCK;
        let mut x = vec![0.0; 2 * block];
        let mut put = |channel: usize, position: usize, value: f32| {
            x[channel / BLOCK * block + position * BLOCK + channel % BLOCK] = value;
        };
        put(0, 2, 1.0);
        put(7, 0, f32::NAN);
        put(9, 1, -1e-40);
        put(3, 1, -0.0);
        // beyond the last channel
        put(11, 0, f32::NAN);
        put(10, 5, f32::INFINITY);
        let input = Input { x: &x, first: 0, block, channels: CHANNELS };
        let term = |channel: usize| {
            let x = channel / BLOCK * block + channel % BLOCK;
            [x, channel * BLOCK].map(|at| (at * size_of::<f32>()) as u32)
        };
        for instructions in [Instructions::best(), Instructions::Narrow] {
            let lists = instructions.run(List(input, 2));
            assert_eq!(lists, [vec![term(0), term(7), term(9)], vec![term(10)]]);
        }
    }
}
