//! The tile that stays in registers: some neighbouring positions × one block of outputs.

use super::Terms;
use crate::blocked::BLOCK;
use crate::finish::Finish;
use crate::parallel::Place;
use crate::simd::Vector;

/// What a tile reads.
#[derive(Clone, Copy)]
pub(super) struct Operands {
    /// The panel.
    pub w: *const f32,
    /// The first position, in the first block.
    pub x: *const f32,
    /// Values from one block of `x` to the next.
    pub block: usize,
    pub terms: Terms,
}

/// Computes the tile of `size` positions, of which the first goes to place `at` of `y`.
///
/// # Safety
/// `x` holds the positions in every block of terms, `w` a value for each term and output; `y` and `finish` hold the block
/// from `at` and `channel` on; `size` is at most [`Vector::TILE`].
#[inline(always)]
pub(super) unsafe fn run<V: Vector, const VECTORS: usize>(
    size: usize,
    from: Operands,
    finish: Finish<'_>,
    channel: usize,
    y: Place,
    at: usize,
) {
    macro_rules! sizes {
        ($($size:literal)*) => {
            match size {
                $($size if $size <= V::TILE => unsafe {
                    tile::<V, VECTORS, $size>(from, finish, channel, y, at)
                },)*
                _ => {}
            }
        };
    }
    sizes!(1 2 3 4 5 6 7 8 9 10 11 12);
}

/// # Safety
/// As for [`run`].
// Browsers give registers to one function at a time, and badly to one that holds tiles of every size.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
unsafe fn tile<V: Vector, const VECTORS: usize, const SIZE: usize>(
    from: Operands,
    finish: Finish<'_>,
    channel: usize,
    y: Place,
    at: usize,
) {
    // SAFETY: as asked of the caller.
    let sums = unsafe { sums::<V, VECTORS, SIZE>(from) };
    for (position, sums) in sums.into_iter().enumerate() {
        for (vector, sum) in sums.into_iter().enumerate() {
            let (lane, at) = (vector * V::LANES, at + position * BLOCK + vector * V::LANES);
            // SAFETY: as asked of the caller.
            unsafe { finish.apply(sum, channel + lane, at).store(y.at(at)) };
        }
    }
}

/// # Safety
/// As for [`run`].
#[inline(always)]
unsafe fn sums<V: Vector, const VECTORS: usize, const SIZE: usize>(from: Operands) -> [[V; VECTORS]; SIZE] {
    let Operands { mut w, mut x, block, terms } = from;
    let mut sums = [[V::splat(0.0); VECTORS]; SIZE];
    for _ in 0..terms.taps {
        let mut left = terms.channels;
        while left > 0 {
            // A count that the compiler does not know: it would unroll the eight terms and, in WebAssembly, sum one output
            // after the other, with the weights of all eight in registers that nobody has.
            let lanes = left.min(BLOCK);
            for lane in 0..lanes {
                unsafe { add_term(&mut sums, w.add(lane * BLOCK), x.add(lane)) };
            }
            left -= lanes;
            w = w.wrapping_add(lanes * BLOCK);
            x = x.wrapping_add(block);
        }
    }
    sums
}

/// `sums += x · w` for one term: the same channel of every position, a weight for every output.
///
/// # Safety
/// As for [`run`].
#[inline(always)]
unsafe fn add_term<V: Vector, const VECTORS: usize, const SIZE: usize>(
    sums: &mut [[V; VECTORS]; SIZE],
    w: *const f32,
    x: *const f32,
) {
    let mut of_term = [V::splat(0.0); VECTORS];
    for (vector, of_term) in of_term.iter_mut().enumerate() {
        *of_term = unsafe { V::load(w.add(vector * V::LANES)) };
    }
    for (position, sums) in sums.iter_mut().enumerate() {
        let x = unsafe { V::load_splat(x.add(position * BLOCK)) };
        for (sum, &w) in sums.iter_mut().zip(&of_term) {
            *sum = sum.add_product(x, w);
        }
    }
}
