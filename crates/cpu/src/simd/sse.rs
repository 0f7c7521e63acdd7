//! SSE: the 128-bit vectors of every x86-64 CPU.

use core::arch::x86_64::*;

use super::Vector;

#[derive(Clone, Copy)]
pub(crate) struct Quad(__m128);

// SAFETY, for every block here: SSE is part of every x86-64; pointers are as the trait asks.
impl Vector for Quad {
    const LANES: usize = 4;
    const TILE: usize = 4;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self(unsafe { _mm_set1_ps(value) })
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        Self(unsafe { _mm_loadu_ps(from) })
    }

    #[inline(always)]
    unsafe fn load_splat(from: *const f32) -> Self {
        Self(unsafe { _mm_load1_ps(from) })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { _mm_storeu_ps(to, self.0) }
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        Self(unsafe { _mm_or_ps(self.0, other.0) })
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(unsafe { _mm_add_ps(self.0, other.0) })
    }

    #[inline(always)]
    fn add_product(self, a: Self, b: Self) -> Self {
        Self(unsafe { _mm_add_ps(self.0, _mm_mul_ps(a.0, b.0)) })
    }

    // if an operand is NaN, `max` and `min` return the second
    #[inline(always)]
    fn at_least(self, low: Self) -> Self {
        Self(unsafe { _mm_max_ps(low.0, self.0) })
    }

    #[inline(always)]
    fn at_most(self, high: Self) -> Self {
        Self(unsafe { _mm_min_ps(high.0, self.0) })
    }

    #[inline(always)]
    fn unless_at_most(self, a: Self, b: Self) -> Self {
        Self(unsafe { _mm_andnot_ps(_mm_cmple_ps(a.0, b.0), self.0) })
    }
}
