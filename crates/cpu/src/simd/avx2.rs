//! 256-bit vectors with fused multiply-add, on x86-64 CPUs since 2013.

use core::arch::x86_64::*;

use super::{Kernel, Vector};

/// Compiles `kernel` for AVX2 and FMA: everything inlined here may use them.
///
/// # Safety
/// The CPU has AVX2 and FMA.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn run<K: Kernel>(kernel: K) -> K::Output {
    kernel.run::<Octet, 1>()
}

#[derive(Clone, Copy)]
pub(crate) struct Octet(__m256);

// SAFETY, for every block here: kernels come to this vector through `run` only; pointers are as the trait
// asks.
impl Vector for Octet {
    const LANES: usize = 8;
    const TILE: usize = 12;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self(unsafe { _mm256_set1_ps(value) })
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        Self(unsafe { _mm256_loadu_ps(from) })
    }

    #[inline(always)]
    unsafe fn load_splat(from: *const f32) -> Self {
        Self(unsafe { _mm256_broadcast_ss(&*from) })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { _mm256_storeu_ps(to, self.0) }
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        Self(unsafe { _mm256_or_ps(self.0, other.0) })
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(unsafe { _mm256_add_ps(self.0, other.0) })
    }

    #[inline(always)]
    fn add_product(self, a: Self, b: Self) -> Self {
        Self(unsafe { _mm256_fmadd_ps(a.0, b.0, self.0) })
    }

    // if an operand is NaN, `max` and `min` return the second
    #[inline(always)]
    fn at_least(self, low: Self) -> Self {
        Self(unsafe { _mm256_max_ps(low.0, self.0) })
    }

    #[inline(always)]
    fn at_most(self, high: Self) -> Self {
        Self(unsafe { _mm256_min_ps(high.0, self.0) })
    }

    #[inline(always)]
    fn unless_at_most(self, a: Self, b: Self) -> Self {
        Self(unsafe { _mm256_andnot_ps(_mm256_cmp_ps::<_CMP_LE_OQ>(a.0, b.0), self.0) })
    }
}
