//! The tile that stays in registers: consecutive positions × one block of outputs.

use super::nonzero::Term;
use crate::blocked::BLOCK;
use crate::finish::Finish;
use crate::parallel::SharedSlice;
use crate::simd::Vector;

/// The operands of a tile, and how they are summed.
pub(super) trait Operands: Copy {
    /// Largest number of positions of a tile.
    fn most<V: Vector>() -> usize;
    /// The sums of the current tile of `SIZE` positions.
    ///
    /// # Safety
    /// `x` has the positions of every term, and `w` a value for each term and output.
    unsafe fn sums<V: Vector, const VECTORS: usize, const SIZE: usize>(&self) -> [[V; VECTORS]; SIZE];
    /// Moves to the tile `size` positions further.
    fn advance(&mut self, size: usize);
}

/// All terms.
#[derive(Clone, Copy)]
pub(super) struct Every<'a> {
    /// The panel.
    pub w: *const f32,
    /// The first position.
    pub x: *const f32,
    /// Offset from `x` to the input of each tap, in the first block.
    pub taps: &'a [usize],
    /// Stride between blocks of `x`.
    pub block: usize,
    /// Channels of `x`.
    pub channels: usize,
}

/// The terms that are [not zero](super::nonzero) at all positions.
#[derive(Clone, Copy)]
pub(super) struct Listed<'a> {
    /// The panel.
    pub w: *const f32,
    /// The first position.
    pub x: *const f32,
    pub terms: &'a [Term],
    /// Indices at which the terms of this tile begin, those of the next tile begin, and so on.
    pub ends: &'a [usize],
}

/// The results of a tile.
#[derive(Clone, Copy)]
pub(super) struct Results<'a> {
    pub finish: Finish<'a>,
    /// The first output.
    pub channel: usize,
    pub y: SharedSlice,
    /// Offset of the first result, and stride between results.
    pub at: usize,
    pub step: usize,
}

/// Computes `tiles` consecutive tiles of `size` positions each.
///
/// # Safety
/// As for [`Operands::sums`], for every tile; `y` and `finish` have room for the results; `size` is at most
/// [`Operands::most`].
#[inline(always)]
pub(super) unsafe fn run<V: Vector, const VECTORS: usize, O: Operands>(
    size: usize,
    tiles: usize,
    from: O,
    to: Results<'_>,
) {
    macro_rules! sizes {
        ($($size:literal)*) => {
            match size {
                $($size if $size <= O::most::<V>() => unsafe { row::<V, VECTORS, VECTORS, $size>(tiles, from, to) },)*
                _ => {}
            }
        };
    }
    sizes!(1 2 3 4 5 6 7 8 9 10 11 12);
}

/// Positions of a tile that computes one vector per position.
const NARROW: usize = 8;

/// Splits positions into tiles of one vector: number of tiles and their size.
pub(super) fn narrow_tiling(positions: usize) -> [(usize, usize); 2] {
    [(positions / NARROW, NARROW), (positions % NARROW, 1)]
}

/// Like [`run`], for outputs that fit one vector: it is computed, the other ones are zeros.
///
/// # Safety
/// As for [`run`]; `size` is one of [`narrow_tiling`].
#[inline(always)]
pub(super) unsafe fn narrow<V: Vector, const VECTORS: usize>(
    size: usize,
    tiles: usize,
    from: Every<'_>,
    to: Results<'_>,
) {
    // SAFETY: as asked of the caller.
    unsafe {
        match size {
            NARROW => row::<V, VECTORS, 1, NARROW>(tiles, from, to),
            _ => row::<V, VECTORS, 1, 1>(tiles, from, to),
        }
    }
}

/// Computes consecutive tiles, `COMPUTED` of the vectors of each position.
///
/// # Safety
/// As for [`run`].
// Browsers allocate registers for one function at a time, and badly for one that contains tiles of every
// size.
#[cfg_attr(target_arch = "wasm32", inline(never))]
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
unsafe fn row<V: Vector, const VECTORS: usize, const COMPUTED: usize, const SIZE: usize>(
    tiles: usize,
    mut from: impl Operands,
    mut to: Results<'_>,
) {
    for _ in 0..tiles {
        // SAFETY: as asked of the caller.
        unsafe { tile::<V, VECTORS, COMPUTED, SIZE>(from, to) };
        from.advance(SIZE);
        to.at += SIZE * to.step;
    }
}

/// # Safety
/// As for [`run`].
#[inline(always)]
unsafe fn tile<V: Vector, const VECTORS: usize, const COMPUTED: usize, const SIZE: usize>(
    from: impl Operands,
    to: Results<'_>,
) {
    // SAFETY: as asked of the caller, here and below.
    let sums = unsafe { from.sums::<V, COMPUTED, SIZE>() };
    let Results { finish, channel, y, at, step } = to;
    for vector in 0..COMPUTED {
        let lane = vector * V::LANES;
        let sums: [V; SIZE] = std::array::from_fn(|position| sums[position][vector]);
        unsafe { finish.store(sums, channel + lane, y, at + lane, step) };
    }
    for vector in COMPUTED..VECTORS {
        (0..SIZE).for_each(|i| unsafe { V::splat(0.0).store(y.at(at + i * step + vector * V::LANES)) });
    }
}

impl Operands for Every<'_> {
    #[inline(always)]
    fn most<V: Vector>() -> usize {
        V::TILE
    }

    #[inline(always)]
    unsafe fn sums<V: Vector, const VECTORS: usize, const SIZE: usize>(&self) -> [[V; VECTORS]; SIZE] {
        let Self { mut w, x, taps, block, channels } = *self;
        let mut sums = [[V::splat(0.0); VECTORS]; SIZE];
        for &tap in taps {
            let mut x = x.wrapping_add(tap);
            let mut left = channels;
            while left > 0 {
                // The count is not a constant: otherwise the compiler would unroll the eight terms and, in
                // WebAssembly, sum one output after the other, keeping the weights of all eight in registers
                // that do not exist.
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

    #[inline(always)]
    fn advance(&mut self, size: usize) {
        self.x = self.x.wrapping_add(size * BLOCK);
    }
}

impl Operands for Listed<'_> {
    // the more positions, the fewer terms are zero at all of them
    #[inline(always)]
    fn most<V: Vector>() -> usize {
        V::TILE.min(8)
    }

    #[inline(always)]
    unsafe fn sums<V: Vector, const VECTORS: usize, const SIZE: usize>(&self) -> [[V; VECTORS]; SIZE] {
        let mut sums = [[V::splat(0.0); VECTORS]; SIZE];
        for term in &self.terms[self.ends[0]..self.ends[1]] {
            unsafe {
                add_term(&mut sums, self.w.byte_add(term.w as usize), self.x.byte_add(term.x as usize));
            }
        }
        sums
    }

    #[inline(always)]
    fn advance(&mut self, size: usize) {
        self.x = self.x.wrapping_add(size * BLOCK);
        self.ends = &self.ends[1..];
    }
}

/// Adds one term, `sums += x · w`: the same channel of every position, a weight for every output.
///
/// # Safety
/// As for [`Operands::sums`].
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
