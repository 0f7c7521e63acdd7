//! Occlusion maps of small networks: closed forms, computation in parts, and errors.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::sync::Arc;

use candling_core::attribution::{Altered, OcclusionPlan, Passes};
use candling_core::ops::GlobalAvgPool;
use candling_core::{Graph, Network, Occlusion, Op, Result, Shape, Target, Weights};
use candling_testkit::compare::max_difference;
use candling_testkit::random;
use candling_testkit::reference::Reference;
use pollster::block_on;

use common::{SMALL, linear, network, node, random_weights, small_graph, told};

const CLASS: Target = Target::Class(1);
const MARGIN: Target = Target::Margin { class: 1, over: 3 };

/// Occlusion of the 2×8×8 of [`SMALL`]: 3×3 positions; two rows and columns are never covered.
const QUARTER: Occlusion = Occlusion { patch: 3, stride: 2, baseline: 0.25 };

/// Absolute tolerance. The reference computes in `f64`, but logits are returned as `f32`: those here are
/// below 4 in magnitude, a value depends on up to four of them, and the error of each is at most half of
/// 2⁻²².
const ROUNDING: f64 = 5e-7;

fn small() -> Arc<Network<Reference>> {
    let graph = small_graph();
    network(&graph, &random_weights(&graph, 5))
}

fn picture() -> Vec<f32> {
    random::values(SMALL.len(), 6)
}

fn occluder(target: Target, how: Occlusion) -> Result<Altered<Reference, OcclusionPlan>> {
    Altered::new(small(), SMALL, picture(), how.plan(SMALL, target)?)
}

#[test]
fn positions_are_those_of_a_convolution_without_padding() {
    let grid = |patch, stride, h, w| {
        Occlusion { patch, stride, ..Occlusion::default() }.grid(Shape::new(1, 3, h, w)).unwrap()
    };
    assert_eq!(Occlusion::default().grid(Shape::new(1, 3, 224, 224)), Ok((13, 13)));
    assert_eq!(grid(48, 32, 224, 224), (6, 6));
    assert_eq!(grid(2, 1, 5, 9), (4, 8));
    assert_eq!(grid(5, 5, 5, 9), (1, 1));
    assert_eq!(grid(1, 1, 1, 1), (1, 1));
}

#[test]
fn the_map_lies_around_the_middles_of_the_patches() {
    let area = |patch, stride| {
        Occlusion { patch, stride, ..Occlusion::default() }.area(Shape::new(1, 3, 224, 224)).unwrap()
    };
    // the centre of the first patch is at 16, that of the last at 208
    assert_eq!(area(32, 16), [8.0, 8.0, 208.0, 208.0]);
    assert_eq!(area(32, 32), [0.0, 0.0, 224.0, 224.0]);
    assert_eq!(area(48, 47), [0.5, 0.5, 188.0, 188.0]);
}

/// With a linear network (global average pool, linear) the drop is linear too: the weights times the removed
/// values.
#[test]
fn a_linear_network_falls_by_what_is_covered() {
    let shape = Shape::new(1, 2, 6, 9);
    let layers = vec![
        node("pool", Op::GlobalAvgPool(GlobalAvgPool), &["input"]),
        node("classifier", linear(2, 4), &["pool"]),
    ];
    let graph = Graph::new(shape, layers).unwrap();
    let weights: Weights = random_weights(&graph, 11);
    let x = random::values(shape.len(), 12);
    for (target, how) in [
        (CLASS, QUARTER),
        (MARGIN, Occlusion { patch: 4, stride: 1, baseline: 0.0 }),
        (MARGIN, Occlusion { patch: 6, stride: 3, baseline: -2.0 }),
    ] {
        let row = target.gradient(4).unwrap();
        let w = &weights["classifier.weight"].data;
        // weights of the target, by channel
        let w = [0, 1]
            .map(|c| row.iter().enumerate().map(|(class, dy)| f64::from(dy * w[2 * class + c])).sum::<f64>());
        let (rows, columns) = how.grid(shape).unwrap();
        let fall = |position: usize| {
            let (top, left) = (position / columns * how.stride, position % columns * how.stride);
            let mut fall = 0.0;
            for (c, w) in w.iter().enumerate() {
                for y in top..top + how.patch {
                    for column in left..left + how.patch {
                        let taken = f64::from(x[(c * 6 + y) * 9 + column]) - f64::from(how.baseline);
                        fall += w * taken / 54.0;
                    }
                }
            }
            fall as f32
        };
        let expected: Vec<f32> = (0..rows * columns).map(fall).collect();
        let occluder =
            Altered::new(network(&graph, &weights), shape, x.clone(), how.plan(shape, target).unwrap())
                .unwrap();
        assert_eq!(occluder.pieces(), rows * columns);
        let map = block_on(occluder.run(0..rows * columns)).unwrap();
        let whole = occluder.finish(&map).unwrap();
        assert_eq!((whole.shape, &whole.data), (Shape::new(1, 1, rows, columns), &map));
        assert_eq!(Ok(whole.area), how.area(shape));
        let error = max_difference(&map, &expected);
        assert!(error <= ROUNDING, "{target:?} {how:?}: off by {error:.1e}");
    }
}

#[test]
fn any_parts_give_the_bits_of_the_whole() {
    for target in [CLASS, MARGIN] {
        let occluder = occluder(target, QUARTER).unwrap();
        let part = |range| block_on(occluder.run(range)).unwrap();
        let whole = part(0..9);
        assert!(whole.iter().any(|&v| v > 0.0) && whole.iter().any(|&v| v < 0.0), "{whole:?}");
        assert_eq!([part(0..1), part(1..7), part(7..7), part(7..9)].concat(), whole);
        let backwards: Vec<f32> = (0..9).rev().flat_map(|at| part(at..at + 1)).collect();
        assert!(backwards.iter().rev().eq(&whole));
    }
}

#[test]
fn covering_with_what_is_there_changes_nothing() {
    let plain = vec![QUARTER.baseline; SMALL.len()];
    let occluder = Altered::new(small(), SMALL, plain, QUARTER.plan(SMALL, CLASS).unwrap()).unwrap();
    assert_eq!(block_on(occluder.run(0..9)).unwrap(), [0.0; 9]);
}

#[test]
fn what_does_not_fit_is_refused() {
    let refused = |how| told(&occluder(CLASS, how).err().expect("an error"));
    let cases = [
        (Occlusion { patch: 0, ..QUARTER }, "patch: a side of 0 pixels; it is 1 to 8 on an input of 8x8"),
        (Occlusion { patch: 9, ..QUARTER }, "patch: a side of 9 pixels; it is 1 to 8 on an input of 8x8"),
        (
            Occlusion { stride: 0, ..QUARTER },
            "stride: 0 pixels; it is 1 to 3, the side of the patch, or pixels are stepped over",
        ),
        (
            Occlusion { stride: 4, ..QUARTER },
            "stride: 4 pixels; it is 1 to 3, the side of the patch, or pixels are stepped over",
        ),
        (Occlusion { baseline: f32::NAN, ..QUARTER }, "baseline: NaN; it is a finite number"),
    ];
    for (how, text) in cases {
        assert_eq!(refused(how), ("bad-argument", text.to_owned()));
    }
    assert_eq!(told(&occluder(Target::Class(4), QUARTER).err().unwrap()).0, "unknown-class");

    let two = Shape { n: 2, ..SMALL };
    let batch = Altered::new(small(), two, picture().repeat(2), QUARTER.plan(two, CLASS).unwrap());
    let text = "occlusion: 2 pictures; give it one at a time".to_owned();
    assert_eq!(told(&batch.err().unwrap()), ("bad-argument", text));

    let occluder = occluder(CLASS, QUARTER).unwrap();
    #[allow(clippy::reversed_empty_ranges)] // that is the point
    for range in [0..10, 9..10, 5..4, usize::MAX..usize::MAX] {
        let text = format!("pieces: {}..{}; there are 9 of `occlusion`", range.start, range.end);
        assert_eq!(told(&block_on(occluder.run(range)).unwrap_err()), ("bad-argument", text));
    }
}
