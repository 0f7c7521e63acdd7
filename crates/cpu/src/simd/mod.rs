//! Vector registers: one set of kernels, written once over [`Vector`], for every processor.
//!
//! | where | registers | `sum + a·b` |
//! |---|---|---|
//! | WebAssembly, `simd128` | 4 lanes | rounds twice |
//! | WebAssembly, `relaxed-simd` | 4 lanes | rounds once, where the processor has a fused multiply-add |
//! | x86-64 with AVX2 and FMA | 8 lanes | rounds once |
//! | any other x86-64 | 4 lanes | rounds twice |
//! | anything else | 4 scalars | rounds twice |
//!
//! Each sum runs over the same terms in the same order on all of them, so that results depend on nothing but how often a
//! product and sum are rounded ([`Rounding`](crate::Rounding)): `relaxed-simd` gives the bits of AVX2, `simd128` those of SSE.

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

/// Some `f32` side by side.
///
/// # Safety
/// The methods that touch memory need that memory to be readable or writable for all lanes; no alignment is asked for.
/// The methods of a wide vector may run only where [`Instructions::run`] has brought a kernel to it.
pub(crate) trait Vector: Copy {
    const LANES: usize;
    /// The most positions that a tile of the matrix product spans, so that sums and operands fit the registers.
    const TILE: usize;

    fn splat(value: f32) -> Self;
    unsafe fn load(from: *const f32) -> Self;
    /// One value to all lanes.
    unsafe fn load_splat(from: *const f32) -> Self;
    unsafe fn store(self, to: *mut f32);
    /// Every bit that is set in one of them.
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

/// Something to compute with whatever vectors there are; `VECTORS` of them hold a block of channels.
pub(crate) trait Kernel {
    type Output;
    fn run<V: Vector, const VECTORS: usize>(self) -> Self::Output;
}

/// The instructions that kernels are compiled to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Instructions {
    /// 128-bit vectors.
    Narrow,
    /// 256-bit vectors with fused multiply-add.
    #[cfg(target_arch = "x86_64")]
    Avx2,
}

impl Instructions {
    /// The best that this processor has.
    pub(crate) fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
            return Self::Avx2;
        }
        Self::Narrow
    }

    /// Whether a product and a sum are rounded together.
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
            // SAFETY: only `best` makes this, where the processor has the instructions.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { avx2::run(kernel) },
        }
    }
}
