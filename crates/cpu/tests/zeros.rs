//! Terms that are zero for a whole tile are skipped in a product of several panels, never in one of a single
//! panel: the results must not differ by a bit. With the feature `threads`, neither may they depend on how
//! the product is split into tasks.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use candling_core::ops::{Conv2d, Padding, Window};
use candling_core::{Activation, Backend, Op, ReluRule, Shape, Weight, Weights};
use candling_cpu::{Cpu, Rounding, on_threads};
use candling_testkit::random::values;
use pollster::block_on;

/// Number of outputs of a panel.
const PANEL: usize = 8;
/// Channels on the side that is summed over: four blocks and a part of one.
const TERMS: usize = 37;
/// Channels on the other side: three panels and a part of one.
const OUTPUTS: usize = 29;

/// Sparse values: one in `one_in` runs of `run` neighbours is not zero.
fn sparse(shape: Shape, run: usize, one_in: usize) -> Vec<f32> {
    let kept = values(shape.len().div_ceil(run), 5).into_iter().map(|v| v.abs() * (one_in as f32) < 1.0);
    let of_runs = kept.flat_map(|kept| std::iter::repeat_n(kept, run));
    values(shape.len(), 6).into_iter().zip(of_runs).map(|(v, kept)| if kept { v } else { 0.0 }).collect()
}

/// A 1×1 convolution with some rows and columns of one weight matrix `[OUTPUTS, TERMS]`, or of its transpose.
fn pointwise(inputs: usize, outputs: usize, w: impl Fn(usize, usize) -> f32) -> (Op, Weights) {
    let window = Window { padding: Padding::all(0), ..Window::new([1, 1], [1, 1]) };
    let activation = Activation::None;
    let conv = Conv2d { in_channels: inputs, out_channels: outputs, window, groups: 1, activation };
    let data = (0..outputs).flat_map(|output| (0..inputs).map(move |input| (output, input)));
    let weight = Weight {
        shape: vec![outputs, inputs, 1, 1],
        data: data.map(|(output, input)| w(output, input)).collect(),
    };
    let bias = Weight { shape: vec![outputs], data: vec![0.0; outputs] };
    (Op::Conv2d(conv), [("op.weight".to_owned(), weight), ("op.bias".to_owned(), bias)].into())
}

fn forward(cpu: Cpu, (op, weights): (Op, Weights), shape: Shape, x: &[f32]) -> Vec<f32> {
    let x = cpu.upload(shape, x).unwrap();
    block_on(cpu.download(op.apply(&cpu, &weights, &[x]).unwrap().output())).unwrap()
}

fn vjp(cpu: Cpu, (op, weights): (Op, Weights), x: Shape, dy: &[f32]) -> Vec<f32> {
    let x = cpu.upload(x, &vec![0.0; x.len()]).unwrap();
    let applied = op.apply(&cpu, &weights, &[x]).unwrap();
    let dy = cpu.upload(cpu.shape(applied.output()), dy).unwrap();
    block_on(cpu.download(&applied.vjp(&dy, 0, ReluRule::Exact).unwrap())).unwrap()
}

/// Checks that `product`, which computes outputs given the first and their number, returns the same bits for
/// all at once and for one panel at a time.
fn same_bits(name: &str, n: usize, product: impl Fn(usize, usize) -> Vec<f32>) {
    let whole = on_threads(|| product(0, OUTPUTS));
    let picture = whole.len() / n;
    let area = picture / OUTPUTS;
    for first in (0..OUTPUTS).step_by(PANEL) {
        let count = PANEL.min(OUTPUTS - first);
        let part = product(first, count);
        for (i, part) in part.chunks_exact(count * area).enumerate() {
            let same = &whole[i * picture + first * area..][..count * area];
            let bits = |values: &[f32]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(part), bits(same), "{name}, picture {i}, outputs from {first} on");
        }
    }
}

#[test]
fn passing_over_zeros_changes_no_bit() {
    let w = values(OUTPUTS * TERMS, 7);
    for cpu in [Rounding::Once, Rounding::Twice].into_iter().filter_map(Cpu::with_rounding) {
        for (n, h, width) in [(1, 1, 1), (2, 1, 3), (1, 7, 7), (2, 14, 14), (1, 3, 41)] {
            for one_in in [1, 2, 8, 40] {
                for run in [1, 4, 49] {
                    let terms = Shape::new(n, TERMS, h, width);
                    let x = sparse(terms, run, one_in);
                    let name = format!("{terms:?}, one run of {run} in {one_in}, {:?}", cpu.rounding());
                    same_bits(&format!("forward {name}"), n, |first, count| {
                        let conv = pointwise(TERMS, count, |output, term| w[(first + output) * TERMS + term]);
                        forward(cpu, conv, terms, &x)
                    });
                    same_bits(&format!("vjp {name}"), n, |first, count| {
                        let conv = pointwise(count, TERMS, |term, output| w[(first + output) * TERMS + term]);
                        vjp(cpu, conv, Shape::new(n, count, h, width), &x)
                    });
                }
            }
        }
    }
}

/// Lanes beyond the last channel are not terms, even if an overflow has left values there.
#[test]
fn lanes_beyond_the_last_channel_are_passed_over() {
    const CHANNELS: usize = 12;
    let shape = Shape::new(1, 1, 3, 5);
    for cpu in [Rounding::Once, Rounding::Twice].into_iter().filter_map(Cpu::with_rounding) {
        // infinity times 1 and −1, which ReLU6 turns into 6 and 0; and times the zeros beyond the last
        // channel, which is NaN
        let (first, weights) = pointwise(1, CHANNELS, |output, _| if output == 3 { 1.0 } else { -1.0 });
        let Op::Conv2d(conv) = first else { unreachable!("made above") };
        let first = Op::Conv2d(Conv2d { activation: Activation::Relu6, ..conv });
        let x = cpu.upload(shape, &vec![f32::INFINITY; shape.len()]).unwrap();
        let six = first.apply(&cpu, &weights, &[x]).unwrap();
        let (second, weights) =
            pointwise(CHANNELS, OUTPUTS, |output, term| (output * CHANNELS + term) as f32);
        let y = second.apply(&cpu, &weights, std::slice::from_ref(six.output())).unwrap();
        let y = block_on(cpu.download(y.output())).unwrap();
        let expected = (0..OUTPUTS).flat_map(|output| [6.0 * (output * CHANNELS + 3) as f32; 15]);
        assert_eq!(y, expected.collect::<Vec<_>>(), "{:?}", cpu.rounding());
    }
}
