//! Windows that no network has, but a hostile file might: refused, before gigabytes are asked for.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use candling_core::ops::{Conv2d, Padding, Window};
use candling_core::{Activation, Backend, Op, Shape};
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
