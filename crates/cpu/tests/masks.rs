//! ReLU6 masks in `f32` and `f64` differ only within rounding of the kinks, and seldom. Each such flip
//! changes a gradient map by far more than rounding does, which is why tolerances on maps are as wide as they
//! are.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use candling_core::{Activation, Backend, Op, Retain};
use candling_cpu::{Cpu, Rounding};
use candling_testkit::golden;
use candling_testkit::reference::Reference;
use pollster::block_on;

use candling_testkit::golden_network::INPUT;
use common::{MODEL, lite0, tensor};

/// Largest distance from a kink, for activations of up to 6: a few `f32` roundings of a long sum.
const ROUNDING: f64 = 2e-5;

/// Largest number of flips, of the 6.7 million activations of a picture.
const FLIPS_PER_PICTURE: usize = 8;

#[test]
fn masks_flip_only_at_the_kinks() {
    [Rounding::Once, Rounding::Twice].into_iter().filter_map(Cpu::with_rounding).for_each(flips_of);
}

fn flips_of(cpu: Cpu) {
    let (cpu, reference) = (lite0(cpu), lite0(Reference));
    let has_mask = |op: &Op| matches!(op, Op::Conv2d(conv) if conv.activation != Activation::None);
    for picture in golden::pictures().iter().filter(|p| ["macaw", "coffee"].contains(&p.name.as_str())) {
        let x = tensor(picture);
        let actual = cpu.forward(INPUT, &x, Retain::All).unwrap();
        let expected = reference.forward(INPUT, &x, Retain::All).unwrap();
        let mut flips = 0;
        for id in MODEL.graph().ids().filter(|&id| has_mask(&MODEL.graph().node(id).op)) {
            let layer = &MODEL.graph().node(id).name;
            let y = block_on(Cpu::new().download(actual.activation(id).unwrap())).unwrap();
            for (&y, &expected) in y.iter().zip(expected.activation(id).unwrap().data.iter()) {
                let y = f64::from(y);
                if (0.0 < y && y < 6.0) != (0.0 < expected && expected < 6.0) {
                    flips += 1;
                    let apart = (y - expected).abs();
                    assert!(apart <= ROUNDING, "{} {layer}: {y} and {expected}", picture.name);
                }
            }
        }
        assert!(flips <= FLIPS_PER_PICTURE, "{}: {flips} masks flipped", picture.name);
    }
}
