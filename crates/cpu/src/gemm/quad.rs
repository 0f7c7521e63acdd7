//! Four `f32` side by side in a vector register: 128 bits, which every processor here has without asking.
//!
//! Every processor multiplies, rounds, adds, rounds. There is no fused multiply-add, whose single rounding would make
//! results depend on the machine.

/// Four lanes, by the processor's own instructions.
#[derive(Clone, Copy)]
pub(super) struct Quad(Register);

#[cfg(target_arch = "wasm32")]
use core::arch::wasm32::v128 as Register;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::__m128 as Register;
#[cfg(not(any(target_arch = "wasm32", target_arch = "x86_64")))]
type Register = [f32; 4];

#[cfg(target_arch = "wasm32")]
impl Quad {
    #[inline(always)]
    pub(super) fn splat(value: f32) -> Self {
        Self(core::arch::wasm32::f32x4_splat(value))
    }

    #[inline(always)]
    pub(super) fn load(values: &[f32; 4]) -> Self {
        // SAFETY: sixteen readable bytes; no alignment is asked for.
        Self(unsafe { core::arch::wasm32::v128_load(values.as_ptr().cast()) })
    }

    #[inline(always)]
    pub(super) fn store(self, values: &mut [f32; 4]) {
        // SAFETY: sixteen writable bytes; no alignment is asked for.
        unsafe { core::arch::wasm32::v128_store(values.as_mut_ptr().cast(), self.0) }
    }

    /// `self + w·x`, rounded after each.
    #[inline(always)]
    pub(super) fn add_product(self, w: Self, x: Self) -> Self {
        use core::arch::wasm32::{f32x4_add, f32x4_mul};
        Self(f32x4_add(self.0, f32x4_mul(w.0, x.0)))
    }

    /// `v < 0 ? 0 : v`, which keeps NaN.
    #[inline(always)]
    pub(super) fn at_least_0(self) -> Self {
        Self(core::arch::wasm32::f32x4_pmax(self.0, Self::splat(0.0).0))
    }

    /// `v > 6 ? 6 : v`, which keeps NaN.
    #[inline(always)]
    pub(super) fn at_most_6(self) -> Self {
        Self(core::arch::wasm32::f32x4_pmin(self.0, Self::splat(6.0).0))
    }
}

#[cfg(target_arch = "x86_64")]
impl Quad {
    #[inline(always)]
    pub(super) fn splat(value: f32) -> Self {
        // SAFETY: SSE is part of every x86_64.
        Self(unsafe { core::arch::x86_64::_mm_set1_ps(value) })
    }

    #[inline(always)]
    pub(super) fn load(values: &[f32; 4]) -> Self {
        // SAFETY: sixteen readable bytes; no alignment is asked for.
        Self(unsafe { core::arch::x86_64::_mm_loadu_ps(values.as_ptr()) })
    }

    #[inline(always)]
    pub(super) fn store(self, values: &mut [f32; 4]) {
        // SAFETY: sixteen writable bytes; no alignment is asked for.
        unsafe { core::arch::x86_64::_mm_storeu_ps(values.as_mut_ptr(), self.0) }
    }

    /// `self + w·x`, rounded after each.
    #[inline(always)]
    pub(super) fn add_product(self, w: Self, x: Self) -> Self {
        use core::arch::x86_64::{_mm_add_ps, _mm_mul_ps};
        // SAFETY: SSE is part of every x86_64.
        Self(unsafe { _mm_add_ps(self.0, _mm_mul_ps(w.0, x.0)) })
    }

    /// `0 > v ? 0 : v`, which keeps NaN.
    #[inline(always)]
    pub(super) fn at_least_0(self) -> Self {
        // SAFETY: SSE is part of every x86_64.
        Self(unsafe { core::arch::x86_64::_mm_max_ps(Self::splat(0.0).0, self.0) })
    }

    /// `6 < v ? 6 : v`, which keeps NaN.
    #[inline(always)]
    pub(super) fn at_most_6(self) -> Self {
        // SAFETY: SSE is part of every x86_64.
        Self(unsafe { core::arch::x86_64::_mm_min_ps(Self::splat(6.0).0, self.0) })
    }
}

/// For every other processor: the same in scalars, which the compiler may or may not vectorise.
#[cfg(not(any(target_arch = "wasm32", target_arch = "x86_64")))]
impl Quad {
    #[inline(always)]
    pub(super) fn splat(value: f32) -> Self {
        Self([value; 4])
    }

    #[inline(always)]
    pub(super) fn load(values: &[f32; 4]) -> Self {
        Self(*values)
    }

    #[inline(always)]
    pub(super) fn store(self, values: &mut [f32; 4]) {
        *values = self.0;
    }

    /// `self + w·x`, rounded after each.
    #[inline(always)]
    pub(super) fn add_product(self, w: Self, x: Self) -> Self {
        Self(std::array::from_fn(|l| self.0[l] + w.0[l] * x.0[l]))
    }

    /// `v < 0 ? 0 : v`, which keeps NaN.
    #[inline(always)]
    pub(super) fn at_least_0(self) -> Self {
        Self(self.0.map(|v| if v < 0.0 { 0.0 } else { v }))
    }

    /// `v > 6 ? 6 : v`, which keeps NaN.
    #[inline(always)]
    pub(super) fn at_most_6(self) -> Self {
        Self(self.0.map(|v| if v > 6.0 { 6.0 } else { v }))
    }
}
