//! Weights that `f16` represents exactly are stored as such on the GPU, and keep their values.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use candling_core::ops::{Conv2d, Window};
use candling_core::{Activation, Backend, Shape};
use candling_webgpu::WebGpu;
use pollster::block_on;

use common::card;

/// Computes y = w·x for one channel each: the outputs for x = 1, and the bytes of the kernel's buffers.
fn products(card: &WebGpu, w: &[f32]) -> (Vec<f32>, u64) {
    let op = Conv2d {
        in_channels: 1,
        out_channels: w.len(),
        window: Window::new([1, 1], [1, 1]),
        groups: 1,
        activation: Activation::None,
    };
    let conv = card.prepare_conv2d(&op, w, &vec![0.0; w.len()]).unwrap();
    let x = card.upload(Shape::new(1, 1, 1, 1), &[1.0]).unwrap();
    let before = card.counts();
    let y = card.conv2d(&x, &conv, Shape::new(1, w.len(), 1, 1)).unwrap();
    let bytes = (card.counts() - before).bytes;
    (block_on(card.download(&y)).unwrap(), bytes)
}

#[test]
fn every_number_of_f16_below_64_is_itself() {
    let card = card();
    let positive = (0u16..).map(half::f16::from_bits).map(half::f16::to_f32).take_while(|&v| v < 64.0);
    let all: Vec<f32> = positive.flat_map(|v| [v, -v]).collect();
    assert!(all.contains(&f32::from_bits(0x3380_0000)), "the smallest subnormal is among them");
    let few = products(&card, &all);
    assert_eq!(few.0.iter().map(|v| v + 0.0).collect::<Vec<_>>(), all);
    // x, w of 2 bytes each, bias and y
    assert_eq!(few.1, 4 + (2 + 4 + 4) * all.len() as u64);
}

#[test]
fn other_numbers_stay_f32() {
    let card = card();
    for other in [64.0, 1.0 + f32::EPSILON, 2f32.powi(-25), 1e30] {
        let (y, bytes) = products(&card, &[other, 1.0, -0.5]);
        assert_eq!(y, [other, 1.0, -0.5]);
        assert_eq!(bytes, 4 + (4 + 4 + 4) * 3, "{other}");
    }
}

#[test]
fn an_odd_number_of_halves_is_padded() {
    let (y, bytes) = products(&card(), &[0.25, -3.0, 6e-8]);
    assert_eq!(y[..2], [0.25, -3.0]);
    assert_eq!(bytes, 4 + 3 * 4 + 3 * 8, "6e-8 is no number of f16");
    let (y, bytes) = products(&card(), &[0.25, -3.0, 63.96875]);
    assert_eq!(y, [0.25, -3.0, 63.96875]);
    assert_eq!(bytes, 4 + 2 * 4 + 3 * 8);
}
