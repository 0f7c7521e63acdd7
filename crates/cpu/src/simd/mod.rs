//! SIMD: one set of kernels, written once over [`Vector`], for every CPU.
//!
//! | where | registers | `sum + a·b` |
//! |---|---|---|
//! | WebAssembly, `simd128` | 4 lanes | rounds twice |
//! | WebAssembly, `relaxed-simd` | 4 lanes | rounds once, if the CPU has a fused multiply-add |
//! | x86-64 with AVX2 and FMA | 8 lanes | rounds once |
//! | any other x86-64 | 4 lanes | rounds twice |
//! | anything else | 4 scalars | rounds twice |
//!
//! Each sum runs over the same terms in the same order on all of them, so results depend only on how often
//! `sum + a·b` is rounded ([`Rounding`](crate::Rounding)): `relaxed-simd` gives the bits of AVX2, `simd128`
//! those of SSE.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(not(any(target_arch = "wasm32", target_arch = "x86_64")))]
mod scalar;
#[cfg(target_arch = "x86_64")]
mod sse;
#[cfg(target_arch = "wasm32")]
mod wasm;

#[cfg(not(any(target_arch = "wasm32", target_arch = "x86_64")))]
use scalar::Quad;
#[cfg(target_arch = "x86_64")]
use sse::Quad;
#[cfg(target_arch = "wasm32")]
use wasm::Quad;

/// A vector register of `f32` lanes.
///
/// # Safety
/// The methods that access memory need it to be readable or writable for all lanes, at any alignment. The
/// methods of a wide vector may run only inside [`Instructions::run`].
pub(crate) trait Vector: Copy {
    const LANES: usize;
    /// Largest number of positions of a tile of the matrix product for which sums and operands fit the
    /// registers.
    const TILE: usize;

    fn splat(value: f32) -> Self;
    unsafe fn load(from: *const f32) -> Self;
    /// Loads one value into all lanes.
    unsafe fn load_splat(from: *const f32) -> Self;
    unsafe fn store(self, to: *mut f32);
    /// Bitwise or.
    fn or(self, other: Self) -> Self;
    fn add(self, other: Self) -> Self;
    /// `self + a·b`
    fn add_product(self, a: Self, b: Self) -> Self;
    /// `self < low ? low : self`, which keeps NaN.
    fn at_least(self, low: Self) -> Self;
    /// `self > high ? high : self`, which keeps NaN.
    fn at_most(self, high: Self) -> Self;
    /// `a <= b ? 0 : self`
    fn unless_at_most(self, a: Self, b: Self) -> Self;
}

/// A computation over any vector type; `VECTORS` of them hold a block of channels.
pub(crate) trait Kernel {
    type Output;
    fn run<V: Vector, const VECTORS: usize>(self) -> Self::Output;
}

/// The instruction set of kernels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Instructions {
    /// 128-bit vectors.
    Narrow,
    /// 256-bit vectors with fused multiply-add.
    #[cfg(target_arch = "x86_64")]
    Avx2,
}

impl Instructions {
    /// The best instruction set of this CPU.
    pub(crate) fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
            return Self::Avx2;
        }
        Self::Narrow
    }

    /// Whether `sum + a·b` is rounded once.
    pub(crate) fn fused(self) -> bool {
        match self {
            Self::Narrow => cfg!(all(target_arch = "wasm32", target_feature = "relaxed-simd")),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => true,
        }
    }

    #[inline(always)]
    pub(crate) fn run<K: Kernel>(self, kernel: K) -> K::Output {
        match self {
            Self::Narrow => kernel.run::<Quad, 2>(),
            // SAFETY: only `best` returns this, if the CPU has the instructions.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { avx2::run(kernel) },
        }
    }
}
