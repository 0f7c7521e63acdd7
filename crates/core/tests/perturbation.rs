//! Taking parts of a picture away: against scipy's blur and a closed form, and what is refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use candling_core::ops::GlobalAvgPool;
use candling_core::{Fill, Graph, Op, Perturber, Retain, Shape};
use candling_testkit::compare::max_difference;
use candling_testkit::random;
use pollster::block_on;

use common::{SMALL, linear, network, node, random_weights, small_graph, told};

/// Tolerance for sums of at most 17 products of magnitude below 1, taken twice in `f32`.
const BLUR: f32 = 1e-6;

/// Absolute; logits below 4 in magnitude, handed out as `f32`.
const ROUNDING: f64 = 5e-7;

/// scipy 1.17.1, `scipy.ndimage.gaussian_filter(x, sigma=2.0, mode="nearest", truncate=4.0)` on 32 rows and
/// 48 columns that are 0 but for `x[3, 5] = 1`, `x[20, 40] = -2`, `x[31, 0] = 0.5`. A sixteenth of 32 is 2.
#[test]
fn the_blur_is_scipys() {
    let shape = Shape::new(1, 2, 32, 48);
    let mut picture = vec![0.0; shape.len()];
    for (y, x, value) in [(3, 5, 1.0), (20, 40, -2.0), (31, 0, 0.5)] {
        picture[(32 + y) * 48 + x] = value;
    }
    let blurred = Fill::Blur.instead_of(&picture, shape);
    assert!(blurred[..shape.area()].iter().all(|&v| v == 0.0), "the other channel is not touched");
    for (y, x, expected) in [
        (3, 5, 0.039_790_135),
        (0, 0, 0.000_567_575_8),
        (2, 7, 0.021_298_125),
        (20, 40, -0.079_580_27),
        (24, 47, -0.000_023_559_32),
        (31, 0, 0.179_842_43),
        (28, 3, 0.005_329_19),
        (12, 22, 0.0),
    ] {
        let value: f32 = blurred[(32 + y) * 48 + x];
        assert!((value - expected).abs() <= BLUR, "({y}, {x}): {value}, expected {expected}");
    }
}

#[test]
fn a_plain_picture_stays_plain() {
    let shape = Shape::new(1, 1, 3, 20);
    let blurred = Fill::Blur.instead_of(&[0.75; 60], shape);
    assert!(blurred.iter().all(|v| (v - 0.75).abs() <= BLUR), "{blurred:?}");
    assert_eq!(Fill::Blur.instead_of(&[0.75], Shape::new(1, 1, 1, 1)), [0.75]);
    assert_eq!(Fill::Grey.instead_of(&[0.75; 60], shape), [0.0; 60]);
}

/// Where the network is linear, the logit is the sum over what is seen.
#[test]
fn a_linear_network_sees_the_rest_and_the_filling() {
    let shape = Shape::new(1, 2, 16, 9);
    let layers = vec![
        node("pool", Op::GlobalAvgPool(GlobalAvgPool), &["input"]),
        node("classifier", linear(2, 4), &["pool"]),
    ];
    let graph = Graph::new(shape, layers).unwrap();
    let weights = random_weights(&graph, 21);
    let (w, b) = (&weights["classifier.weight"].data, &weights["classifier.bias"].data);
    let x = random::values(shape.len(), 22);
    let mask: Vec<u8> = random::values(144, 23).iter().map(|v| if *v > 0.2 { 7 } else { 0 }).collect();
    for fill in Fill::ALL {
        let instead = fill.instead_of(&x, shape);
        let seen =
            |c: usize, i: usize| f64::from(if mask[i] == 0 { x[c * 144 + i] } else { instead[c * 144 + i] });
        let mean = [0, 1].map(|c| (0..144).map(|i| seen(c, i)).sum::<f64>() / 144.0);
        let logit = |k: usize| {
            let sum: f64 = (0..2).map(|c| f64::from(w[2 * k + c]) * mean[c]).sum();
            (f64::from(b[k]) + sum) as f32
        };
        let expected: Vec<f32> = (0..4).map(logit).collect();
        let perturber = Perturber::new(network(&graph, &weights), shape, x.clone(), fill).unwrap();
        let error = max_difference(&block_on(perturber.logits(&mask)).unwrap(), &expected);
        assert!(error <= ROUNDING, "{fill}: off by {error:.1e}");
    }
}

#[test]
fn nothing_taken_away_is_the_picture() {
    let graph = small_graph();
    let network = network(&graph, &random_weights(&graph, 5));
    let x = random::values(SMALL.len(), 6);
    let plain = block_on(network.forward(SMALL, &x, Retain::Logits).unwrap().logits()).unwrap();
    for fill in Fill::ALL {
        let perturber = Perturber::new(network.clone(), SMALL, x.clone(), fill).unwrap();
        assert_eq!(block_on(perturber.logits(&[0; 64])).unwrap(), plain);
        assert_ne!(block_on(perturber.logits(&[1; 64])).unwrap(), plain);
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let graph = small_graph();
    let network = network(&graph, &random_weights(&graph, 5));
    let perturber = |shape, values| Perturber::new(network.clone(), shape, vec![0.5; values], Fill::Grey);
    let two = told(&perturber(Shape { n: 2, ..SMALL }, 256).err().unwrap());
    assert_eq!(two, ("bad-argument", "perturb: 2 pictures; give it one at a time".into()));
    let short = told(&perturber(SMALL, 127).err().unwrap());
    assert_eq!(short, ("bad-shape", "input is 127 values, needed 128, for 1x2x8x8".into()));
    let sound = perturber(SMALL, 128).unwrap();
    for length in [0, 63, 65] {
        let text = format!("mask: {length} values; this input needs 8x8 = 64");
        assert_eq!(told(&block_on(sound.logits(&vec![0; length])).unwrap_err()), ("bad-argument", text));
    }
    let text = "fill: `black`; it is `grey` or `blur`".to_owned();
    assert_eq!(told(&"black".parse::<Fill>().unwrap_err()), ("bad-argument", text));
    for fill in Fill::ALL {
        assert_eq!(fill.name().parse::<Fill>().unwrap(), fill);
    }
}
