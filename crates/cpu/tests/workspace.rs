//! Windows that no network has but a hostile file might: refused before gigabytes are allocated.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use candling_core::ops::{Conv2d, Padding, Window};
use candling_core::{Activation, Backend, Op, ReluRule, Shape};
use candling_cpu::Cpu;
use candling_testkit::random;

fn conv(channels: usize, groups: usize, window: Window) -> Op {
    let activation = Activation::None;
    Op::Conv2d(Conv2d { in_channels: channels, out_channels: channels, window, groups, activation })
}

#[test]
fn oversized_windows_are_refused() {
    let all = Padding::all;
    let cases = [
        ("dense", conv(8, 1, Window { padding: all(3000), ..Window::new([4096, 1], [2, 2]) })),
        (
            "stencil",
            conv(
                8,
                8,
                Window { padding: all(60_000), dilation: [2000, 1], ..Window::new([2, 2], [60_000; 2]) },
            ),
        ),
        (
            "rows of a stencil",
            conv(8, 8, Window { padding: all(20_000), ..Window::new([20_000, 1], [1, 20_000]) }),
        ),
    ];
    let tall = Shape::new(1, 8, 4096, 1);
    let x = Cpu::new().upload(tall, &vec![1.0; tall.len()]).unwrap();
    for (name, op) in cases {
        let error =
            op.apply(&Cpu::new(), &random::weights(&op, 1), std::slice::from_ref(&x)).err().expect(name);
        assert_eq!(error.code(), "bad-shape", "{name}");
        assert!(error.to_string().starts_with("the buffer that this window works in is "), "{name}: {error}");
    }
}

/// Positions that a stride of thousands skips have no gradient, and take neither time nor memory.
#[test]
fn huge_strides_walk_back() {
    let shape = Shape::new(1, 8, 40, 40);
    for groups in [1, 8] {
        let op =
            conv(8, groups, Window { padding: Padding::all(1), ..Window::new([3, 3], [65_536, 65_536]) });
        let cpu = Cpu::new();
        let x = cpu.upload(shape, &vec![1.0; shape.len()]).unwrap();
        let weights = random::weights(&op, 1);
        let applied = op.apply(&cpu, &weights, &[x]).unwrap();
        let dy = cpu.upload(Shape::vector(1, 8), &[1.0; 8]).unwrap();
        let dx = pollster::block_on(cpu.download(&applied.vjp(&dy, 0, ReluRule::Exact).unwrap())).unwrap();
        // the only window covers four positions of each channel, through taps 4, 5, 7 and 8
        let w = &weights["op.weight"].data;
        let [outputs, inputs] = [8, 8 / groups];
        for (i, dx) in dx.iter().enumerate() {
            let (channel, row, column) = (i / 1600, i / 40 % 40, i % 40);
            let tap = 3 * (row + 1) + column + 1;
            let of_output = |output: usize| w[(output * inputs + channel % inputs) * 9 + tap];
            let expected: f32 = match (row < 2 && column < 2, groups) {
                (false, _) => 0.0,
                (true, 1) => (0..outputs).map(of_output).sum(),
                (true, _) => of_output(channel),
            };
            assert!((dx - expected).abs() < 1e-5, "groups {groups}, element {i}: {dx}, expected {expected}");
        }
    }
}
