//! Some columns side by side in vector registers. Every processor multiplies, rounds, adds, rounds: no fused
//! multiply-add, whose single rounding would make results depend on the machine.

use candling_core::Activation;

/// A few `f32`, computed on at once.
pub(super) trait Lanes: Copy {
    /// All lanes the same.
    fn splat(value: f32) -> Self;
    /// The lanes from the beginning of `values`, which has enough.
    fn load(values: &[f32]) -> Self;
    /// `self + w·x`, rounded after each.
    fn add_product(self, w: Self, x: Self) -> Self;
    /// See [`Activation::apply`]; NaN stays NaN.
    fn activate(self, activation: Activation) -> Self;
    /// The lanes to the beginning of `values`, which has room.
    fn store(self, values: &mut [f32]);
}

/// For processors without vectors of their own here.
impl<const N: usize> Lanes for [f32; N] {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        [value; N]
    }

    #[inline(always)]
    fn load(values: &[f32]) -> Self {
        std::array::from_fn(|l| values[l])
    }

    #[inline(always)]
    fn add_product(self, w: Self, x: Self) -> Self {
        std::array::from_fn(|l| self[l] + w[l] * x[l])
    }

    #[inline(always)]
    fn activate(self, activation: Activation) -> Self {
        self.map(|v| activation.apply(v))
    }

    #[inline(always)]
    fn store(self, values: &mut [f32]) {
        values[..N].copy_from_slice(&self);
    }
}

#[cfg(target_arch = "wasm32")]
mod simd128 {
    use core::arch::wasm32::{
        f32x4, f32x4_add, f32x4_extract_lane, f32x4_mul, f32x4_pmax, f32x4_pmin, f32x4_splat, v128,
    };

    use super::{Activation, Lanes};

    /// `N` registers of four lanes.
    #[derive(Clone, Copy)]
    pub(in crate::gemm) struct Simd128<const N: usize>([v128; N]);

    impl<const N: usize> Lanes for Simd128<N> {
        #[inline(always)]
        fn splat(value: f32) -> Self {
            Self([f32x4_splat(value); N])
        }

        #[inline(always)]
        fn load(values: &[f32]) -> Self {
            let values = &values[..4 * N];
            Self(std::array::from_fn(|i| {
                f32x4(values[4 * i], values[4 * i + 1], values[4 * i + 2], values[4 * i + 3])
            }))
        }

        #[inline(always)]
        fn add_product(self, w: Self, x: Self) -> Self {
            Self(std::array::from_fn(|i| f32x4_add(self.0[i], f32x4_mul(w.0[i], x.0[i]))))
        }

        #[inline(always)]
        fn activate(self, activation: Activation) -> Self {
            let (zero, six) = (f32x4_splat(0.0), f32x4_splat(6.0));
            // `pmax(v, 0)` is `v < 0 ? 0 : v`
            match activation {
                Activation::None => self,
                Activation::Relu => Self(self.0.map(|v| f32x4_pmax(v, zero))),
                Activation::Relu6 => Self(self.0.map(|v| f32x4_pmin(f32x4_pmax(v, zero), six))),
            }
        }

        #[inline(always)]
        fn store(self, values: &mut [f32]) {
            for (to, v) in values[..4 * N].chunks_exact_mut(4).zip(self.0) {
                to.copy_from_slice(&[
                    f32x4_extract_lane::<0>(v),
                    f32x4_extract_lane::<1>(v),
                    f32x4_extract_lane::<2>(v),
                    f32x4_extract_lane::<3>(v),
                ]);
            }
        }
    }
}

#[cfg(target_arch = "wasm32")]
pub(super) use simd128::Simd128;
