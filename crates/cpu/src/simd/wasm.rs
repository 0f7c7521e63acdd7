//! WebAssembly's 128-bit vectors.

use core::arch::wasm32::*;

use super::Vector;

#[derive(Clone, Copy)]
pub(crate) struct Quad(v128);

impl Vector for Quad {
    const LANES: usize = 4;
    // Measured in V8: a product and a sum need a register between them, and with 6 positions they spill.
    const TILE: usize = 4;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self(f32x4_splat(value))
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        Self(unsafe { v128_load(from.cast()) })
    }

    #[inline(always)]
    unsafe fn load_splat(from: *const f32) -> Self {
        Self(unsafe { v128_load32_splat(from.cast()) })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { v128_store(to.cast(), self.0) }
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        Self(v128_or(self.0, other.0))
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(f32x4_add(self.0, other.0))
    }

    #[cfg(target_feature = "relaxed-simd")]
    #[inline(always)]
    fn add_product(self, a: Self, b: Self) -> Self {
        Self(f32x4_relaxed_madd(a.0, b.0, self.0))
    }

    #[cfg(not(target_feature = "relaxed-simd"))]
    #[inline(always)]
    fn add_product(self, a: Self, b: Self) -> Self {
        Self(f32x4_add(self.0, f32x4_mul(a.0, b.0)))
    }

    #[inline(always)]
    fn at_least(self, low: Self) -> Self {
        Self(f32x4_pmax(self.0, low.0))
    }

    #[inline(always)]
    fn at_most(self, high: Self) -> Self {
        Self(f32x4_pmin(self.0, high.0))
    }

    #[inline(always)]
    fn unless_at_most(self, a: Self, b: Self) -> Self {
        Self(v128_andnot(self.0, f32x4_le(a.0, b.0)))
    }
}
