//! Random numbers and random convolutions, the same for the same seed on every machine.

use candling_core::ops::{Conv2d, Padding, Window};
use candling_core::{Activation, Op, Shape, Weight, Weights};
use proptest::prelude::*;

/// `n` values in [−1, 1), from a seed (splitmix64; Steele et al. 2014).
#[must_use]
pub fn values(n: usize, seed: u64) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    };
    (0..n).map(|_| (next() >> 40) as f32 / (1u64 << 23) as f32 - 1.0).collect()
}

/// Random parameters for an op that runs on its own ([`Op::apply`]). Every other seed gives values that `f16`
/// represents exactly, like those of model files, which a backend may store as `f16`.
#[must_use]
pub fn weights(op: &Op, seed: u64) -> Weights {
    let tensor = |(i, (suffix, shape)): (usize, (&str, Vec<usize>))| {
        let n = shape.iter().product();
        let mut data = values(n, seed.wrapping_add(i as u64 * 7919));
        if seed.is_multiple_of(2) {
            data.iter_mut().for_each(|v| *v = (*v * 1024.0).round() / 1024.0);
        }
        (format!("op.{suffix}"), Weight { shape, data })
    };
    op.parameters().into_iter().enumerate().map(tensor).collect()
}

/// Any kernel, stride, asymmetric padding, dilation and grouping, and an input that fits.
pub fn convolution() -> impl Strategy<Value = (Conv2d, Shape)> {
    let groups = prop_oneof![
        3 => (1usize..=2, 1usize..=5, 1usize..=9),
        // depthwise, with 1 or 2 outputs per channel
        3 => (1usize..=9, Just(1usize), 1usize..=2),
    ];
    let kernel = prop_oneof![
        2 => Just([1, 1]),
        4 => Just([3, 3]),
        2 => Just([5, 5]),
        2 => [1usize..=4, 1usize..=4],
    ];
    let pair = |range: std::ops::RangeInclusive<usize>| [range.clone(), range];
    let padding = [0usize..=3, 0usize..=3, 0usize..=3, 0usize..=3];
    (groups, kernel, pair(1..=3), pair(1..=2), padding, 1usize..=3, pair(1..=17)).prop_filter_map(
        "window fits",
        |((groups, inputs, outputs), kernel, stride, dilation, [top, bottom, left, right], n, [h, w])| {
            let window = Window { kernel, stride, dilation, padding: Padding { top, bottom, left, right } };
            let conv = Conv2d {
                in_channels: groups * inputs,
                out_channels: groups * outputs,
                window,
                groups,
                activation: Activation::None,
            };
            let x = Shape::new(n, conv.in_channels, h, w);
            Op::Conv2d(conv).output_shape(&[x]).ok().map(|_| (conv, x))
        },
    )
}
