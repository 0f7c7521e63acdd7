//! Deletion and insertion curves: against a closed form, at their ends, in parts, and what is refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use candling_core::attribution::{Altered, Curves, Passes};
use candling_core::ops::GlobalAvgPool;
use candling_core::{Fill, Graph, Op, Shape, Tiling};
use candling_testkit::compare::max_difference;
use candling_testkit::random;
use pollster::block_on;

use common::{SMALL, linear, network, node, random_weights, small_graph, told};

/// Tolerance for probabilities from logits rounded to `f32`.
const ROUNDING: f64 = 1e-6;

fn whole(shape: Shape) -> [f64; 4] {
    [0.0, 0.0, shape.w as f64, shape.h as f64]
}

/// Each of the tiles once.
fn is_permutation(order: &[u32]) -> bool {
    let mut sorted = order.to_vec();
    sorted.sort_unstable();
    sorted.into_iter().eq(0..order.len() as u32)
}

#[test]
fn tiles_cover_the_input_and_the_rest_is_smaller() {
    let tiling = Tiling::new(Shape::new(1, 3, 5, 9), 4).unwrap();
    assert_eq!((tiling.columns(), tiling.len(), tiling.size()), (3, 6, (5, 9)));
    let pixels = |tile: u32| tiling.mask(&[tile]).iter().map(|&v| u32::from(v)).sum::<u32>();
    assert_eq!([0, 1, 2, 3, 4, 5].map(pixels), [16, 16, 4, 4, 4, 1]);
    assert!(tiling.mask(&[0, 1, 2, 3, 4, 5]).iter().all(|&v| v == 1));
    assert!(tiling.mask(&[6, u32::MAX]).iter().all(|&v| v == 0), "there are no such tiles");
    let top_left = tiling.mask(&[0]);
    assert_eq!([top_left[0], top_left[3 * 9 + 3], top_left[3 * 9 + 4], top_left[4 * 9]], [1, 1, 0, 0]);
    assert_eq!(Tiling::new(Shape::new(1, 3, 224, 224), 16).unwrap().len(), 196);
}

#[test]
fn a_map_ranks_the_tiles_by_its_mean_over_each() {
    let input = Shape::new(1, 3, 6, 6);
    let tiling = Tiling::new(input, 2).unwrap();
    let rank = |shape, map: &[f32], area| tiling.ranking(shape, map, area).unwrap();
    let cells = [4.0, -1.0, 0.5, 40.0, 3.0, 7.0, -2.0, 5.0, 6.0];
    assert_eq!(rank(Shape::new(1, 1, 3, 3), &cells, whole(input))[0], 3);
    // three channels: magnitudes, at the pixels themselves
    let mut pixels = vec![0.0; 108];
    for (tile, magnitude) in [(4, 3.0), (0, -2.0), (8, 1.0)] {
        let (y, x) = (tile / 3 * 2, tile % 3 * 2);
        pixels[36 * (tile % 3) + y * 6 + x + 1] = magnitude;
    }
    assert_eq!(rank(input, &pixels, whole(input))[..3], [4, 0, 8]);
    // one channel: negative values come after zeros
    let mut signed = vec![0.0; 36];
    signed[0] = -5.0;
    signed[35] = 0.1;
    let order = rank(Shape::new(1, 1, 6, 6), &signed, whole(input));
    assert_eq!((order[0], order[8]), (8, 0));
    assert!(is_permutation(&order));
}

/// A map of four cells over the middle of the input: each is the closest to its corner's tile.
#[test]
fn a_map_counts_where_it_lies() {
    let tiling = Tiling::new(Shape::new(1, 3, 8, 8), 4).unwrap();
    let map = [1.0, 4.0, 2.0, 3.0];
    let order = tiling.ranking(Shape::new(1, 1, 2, 2), &map, [2.0, 2.0, 4.0, 4.0]).unwrap();
    assert_eq!(order, [1, 3, 2, 0]);
    // in the left half only, the right one goes on with its edge
    let order = tiling.ranking(Shape::new(1, 1, 1, 2), &[1.0, 2.0], [0.0, 0.0, 4.0, 8.0]).unwrap();
    assert!(order[..2] == [1, 3] || order[..2] == [3, 1], "{order:?}");
}

#[test]
fn ties_have_an_order_of_no_meaning_that_is_the_same_each_time() {
    let input = Shape::new(1, 3, 224, 224);
    let tiling = Tiling::new(input, 16).unwrap();
    let rank = || tiling.ranking(Shape::new(1, 1, 7, 7), &[0.0; 49], whole(input)).unwrap();
    let order = rank();
    assert_eq!(order, rank());
    assert!(is_permutation(&order));
    assert!(order.iter().zip(0..).filter(|&(&tile, place)| tile == place).count() < 10, "not row by row");
}

/// A linear network of two classes: the probability is a logistic function of a sum over what is seen.
#[test]
fn a_linear_network_follows_the_closed_form() {
    let shape = Shape::new(1, 2, 8, 12);
    let layers = vec![
        node("pool", Op::GlobalAvgPool(GlobalAvgPool), &["input"]),
        node("classifier", linear(2, 2), &["pool"]),
    ];
    let graph = Graph::new(shape, layers).unwrap();
    let weights = random_weights(&graph, 31);
    let (w, b) = (&weights["classifier.weight"].data, &weights["classifier.bias"].data);
    let x: Vec<f32> = random::values(shape.len(), 32).iter().map(|v| 9.0 * v).collect();
    let blurred = Fill::Blur.instead_of(&x, shape);
    let probability = |seen: &dyn Fn(usize) -> f32| {
        let mean = [0, 1].map(|c| (0..96).map(|i| f64::from(seen(c * 96 + i))).sum::<f64>() / 96.0);
        let logit =
            |k: usize| f64::from(b[k]) + f64::from(w[2 * k]) * mean[0] + f64::from(w[2 * k + 1]) * mean[1];
        (1.0 / (1.0 + (logit(0) - logit(1)).exp())) as f32
    };

    let tiling = Tiling::new(shape, 4).unwrap();
    let ranking = vec![4, 0, 3, 5, 1, 2];
    let curves = Curves::of(tiling, ranking.clone(), 2).unwrap();
    assert_eq!(curves.passes(), 3 + 3 * 2 * 5);
    let plan = curves.clone().plan(shape, x.clone(), 1).unwrap();
    let tracer = Altered::new(network(&graph, &weights), shape, x.clone(), plan).unwrap();
    let values = block_on(tracer.run(0..curves.passes())).unwrap();
    let traced = curves.trace(&values).unwrap();

    let gone = |order: &[u32], k: usize, i: usize| {
        let (row, column) = (i % 96 / 12, i % 12);
        order[..k].contains(&((row / 4 * 3 + column / 4) as u32))
    };
    let deletion = |order: &[u32], k| probability(&|i| if gone(order, k, i) { 0.0 } else { x[i] });
    let insertion = |order: &[u32], k| probability(&|i| if gone(order, k, i) { x[i] } else { blurred[i] });
    let shares: Vec<f32> = (0..=6).map(|k| k as f32 / 6.0).collect();
    for (name, compared, expected) in [
        ("deletion", &traced.deletion, &deletion as &dyn Fn(&[u32], usize) -> f32),
        ("insertion", &traced.insertion, &insertion),
    ] {
        let map: Vec<f32> = (0..=6).map(|k| expected(&ranking, k)).collect();
        let random =
            |k: usize| curves.orders()[1..].iter().map(|order| expected(order, k)).sum::<f32>() / 2.0;
        let random: Vec<f32> = (0..=6).map(random).collect();
        for (curve, expected) in [(&compared.map, &map), (&compared.random, &random)] {
            assert_eq!(curve.shares, shares);
            let error = max_difference(&curve.probabilities, expected);
            assert!(error <= ROUNDING, "{name}: off by {error:.1e}");
            let area: f32 = expected.windows(2).map(|p| (p[0] + p[1]) / 12.0).sum();
            assert!(f64::from((curve.area - area).abs()) <= ROUNDING, "{name}: area {}", curve.area);
        }
        assert!(
            compared.map.probabilities.iter().any(|p| (p - map[0]).abs() > 1e-4),
            "{name} moves by far more than rounding"
        );
    }
}

#[test]
fn the_area_of_a_constant_is_the_constant_and_of_a_ramp_half() {
    let tiling = Tiling::new(Shape::new(1, 1, 224, 224), 16).unwrap();
    let curves = Curves::of(tiling, (0..196).collect(), 1).unwrap();
    assert_eq!(curves.passes(), 3 + 2 * 2 * 27);
    let constant = curves.trace(&vec![0.25; curves.passes()]).unwrap();
    for compared in [&constant.deletion, &constant.insertion] {
        assert_eq!((compared.map.area, compared.random.area), (0.25, 0.25));
    }
    // whole 1, grey 0, and the map's deletion falling evenly between them
    let mut values = vec![0.0; curves.passes()];
    values[0] = 1.0;
    for (k, value) in (1..28).zip(&mut values[3..]) {
        *value = 1.0 - k as f32 / 28.0;
    }
    let ramp = curves.trace(&values).unwrap();
    assert!(f64::from((ramp.deletion.map.area - 0.5).abs()) <= ROUNDING);
    // half of the first step of 28, and half of the last
    assert!(f64::from((ramp.deletion.random.area - 0.5 / 28.0).abs()) <= ROUNDING);
    assert!(f64::from((ramp.insertion.map.area - 0.5 / 28.0).abs()) <= ROUNDING);
}

#[test]
fn any_parts_give_the_bits_of_the_whole_and_another_worker_the_same() {
    let graph = small_graph();
    let network = network(&graph, &random_weights(&graph, 5));
    let tiling = Tiling::new(SMALL, 3).unwrap();
    let curves = Curves::of(tiling, vec![8, 7, 6, 5, 4, 3, 2, 1, 0], 1).unwrap();
    let again = Curves::new(tiling, curves.orders().to_vec()).unwrap();
    assert_eq!(again, curves);
    let picture = random::values(SMALL.len(), 6);
    let [here, there] = [curves, again].map(|curves| {
        let passes = curves.passes();
        let plan = curves.plan(SMALL, picture.clone(), 2).unwrap();
        (Altered::new(network.clone(), SMALL, picture.clone(), plan).unwrap(), passes)
    });
    let passes = here.1;
    let part = |range| block_on(there.0.run(range)).unwrap();
    let all = block_on(here.0.run(0..passes)).unwrap();
    assert_eq!([part(0..1), part(1..20), part(20..20), part(20..passes)].concat(), all);
    assert!(all.windows(2).any(|p| p[0] != p[1]));
}

#[test]
fn one_tile_has_curves_of_its_two_ends() {
    let tiling = Tiling::new(Shape::new(1, 2, 8, 8), 8).unwrap();
    let curves = Curves::of(tiling, vec![0], 1).unwrap();
    assert_eq!(curves.passes(), 3);
    let traced = curves.trace(&[0.5, 0.25, 0.75]).unwrap();
    assert_eq!(traced.deletion.map.probabilities, [0.5, 0.25]);
    assert_eq!(traced.insertion.random.probabilities, [0.75, 0.5]);
    assert_eq!(traced.insertion.map.shares, [0.0, 1.0]);
}

#[test]
fn what_does_not_fit_is_refused() {
    let refused = |result: Result<Curves, _>| told(&result.unwrap_err());
    let tiling = Tiling::new(SMALL, 4).unwrap();
    for side in [0, 9] {
        let text = format!("tile: a side of {side} pixels; it is 1 to 8 on an input of 8x8");
        assert_eq!(told(&Tiling::new(SMALL, side).unwrap_err()), ("bad-argument", text));
    }
    for ranking in [vec![], vec![0, 1, 2], vec![0, 1, 2, 2], vec![0, 1, 2, 4], vec![0, 1, 2, 3, 3]] {
        let text = "order 0: not each of the 4 tiles once".to_owned();
        assert_eq!(refused(Curves::of(tiling, ranking, 1)), ("bad-argument", text));
    }
    for random in [0, 101] {
        let text = format!("random orders: {random}; it is 1 to 100");
        assert_eq!(refused(Curves::of(tiling, vec![0, 1, 2, 3], random)), ("bad-argument", text));
    }
    let text = "orders: 1; they are the map's and at least one random".to_owned();
    assert_eq!(refused(Curves::new(tiling, vec![vec![0, 1, 2, 3]])), ("bad-argument", text));

    let curves = Curves::of(tiling, vec![0, 1, 2, 3], 1).unwrap();
    let text = "values: 2; `curves` is made of 15".to_owned();
    assert_eq!(told(&curves.trace(&[0.5, 0.5]).unwrap_err()), ("bad-argument", text));

    let graph = small_graph();
    let network = network(&graph, &random_weights(&graph, 5));
    let tracer = |shape: Shape, class| {
        let picture = vec![0.5; shape.len()];
        let plan = curves.clone().plan(shape, picture.clone(), class)?;
        Altered::new(network.clone(), shape, picture, plan)
    };
    assert_eq!(told(&tracer(SMALL, 4).err().unwrap()).0, "unknown-class");
    let text = "curves: tiles of 8x8; the input is 9x8".to_owned();
    assert_eq!(told(&tracer(Shape { h: 9, ..SMALL }, 0).err().unwrap()), ("bad-argument", text));
    let text = "curves: 2 pictures; give it one at a time".to_owned();
    assert_eq!(told(&tracer(Shape { n: 2, ..SMALL }, 0).err().unwrap()), ("bad-argument", text));
    let tracer = tracer(SMALL, 0).unwrap();
    #[allow(clippy::reversed_empty_ranges)] // that is the point
    for range in [0..16, 15..16, 5..4] {
        let text = format!("pieces: {}..{}; there are 15 of `curves`", range.start, range.end);
        assert_eq!(told(&block_on(tracer.run(range)).unwrap_err()), ("bad-argument", text));
    }

    let map = Shape::new(1, 1, 2, 2);
    let rank = |shape, values: &[f32], area| told(&tiling.ranking(shape, values, area).unwrap_err());
    assert_eq!(rank(map, &[0.0; 3], whole(SMALL)).1, "map: 3 values for 1x1x2x2; it is one map");
    assert_eq!(rank(Shape { n: 2, ..map }, &[0.0; 8], whole(SMALL)).0, "bad-argument");
    assert_eq!(rank(Shape { h: 0, ..map }, &[], whole(SMALL)).0, "bad-shape");
    assert_eq!(rank(map, &[0.0, f32::NAN, 0.0, 0.0], whole(SMALL)).0, "not-finite");
    for area in [[0.0, 0.0, 0.0, 8.0], [0.0, f64::NAN, 8.0, 8.0], [0.0, 0.0, 8.0, -1.0]] {
        assert_eq!(rank(map, &[0.0; 4], area).0, "bad-argument", "{area:?}");
    }
}
