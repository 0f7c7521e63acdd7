//! Four scalars for every other CPU; the compiler may or may not vectorise them.

use super::Vector;

#[derive(Clone, Copy)]
pub(crate) struct Quad([f32; 4]);

impl Quad {
    #[inline(always)]
    fn map(self, f: impl Fn(usize, f32) -> f32) -> Self {
        Self(std::array::from_fn(|lane| f(lane, self.0[lane])))
    }
}

// SAFETY, for every block here: pointers are as the trait asks.
impl Vector for Quad {
    const LANES: usize = 4;
    const TILE: usize = 4;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self([value; 4])
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        Self(unsafe { from.cast::<[f32; 4]>().read_unaligned() })
    }

    #[inline(always)]
    unsafe fn load_splat(from: *const f32) -> Self {
        Self([unsafe { *from }; 4])
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { to.cast::<[f32; 4]>().write_unaligned(self.0) }
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        self.map(|lane, v| f32::from_bits(v.to_bits() | other.0[lane].to_bits()))
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.map(|lane, v| v + other.0[lane])
    }

    #[inline(always)]
    fn add_product(self, a: Self, b: Self) -> Self {
        self.map(|lane, v| v + a.0[lane] * b.0[lane])
    }

    #[inline(always)]
    fn at_least(self, low: Self) -> Self {
        self.map(|lane, v| if v < low.0[lane] { low.0[lane] } else { v })
    }

    #[inline(always)]
    fn at_most(self, high: Self) -> Self {
        self.map(|lane, v| if v > high.0[lane] { high.0[lane] } else { v })
    }

    #[inline(always)]
    fn unless_at_most(self, a: Self, b: Self) -> Self {
        self.map(|lane, v| if a.0[lane] <= b.0[lane] { 0.0 } else { v })
    }
}
