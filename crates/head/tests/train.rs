//! Training against finite differences and closed forms, and refusal of unusable input.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::ops::ControlFlow;

use candle_core::{Device, Tensor, Var};
use candling_head::{Error, Examples, Head, Settings, TrainingStep, loss, train};
use fastrand::Rng;

/// Tolerance for central differences of an f64 loss with a step of 1e-5: half of the digits are lost in the
/// difference; the third derivative is small.
const DIFFERENCE: f64 = 1e-8;

const STEP: f64 = 1e-5;

fn watch(_: TrainingStep) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// `per_class` points around each of `classes` centres, one on each axis.
fn clouds(classes: usize, per_class: usize, width: usize, seed: u64) -> Examples {
    let mut rng = Rng::with_seed(seed);
    let labels: Vec<u32> = (0..classes * per_class).map(|i| (i % classes) as u32).collect();
    let value = |label: u32, axis: usize, rng: &mut Rng| {
        (if label as usize == axis { 3.0 } else { 1.0 }) + rng.f32() - 0.5
    };
    let features = labels
        .iter()
        .flat_map(|&label| (0..width).map(|axis| value(label, axis, &mut rng)).collect::<Vec<_>>());
    Examples::new(features.collect(), labels.clone(), classes, width).unwrap()
}

#[test]
fn the_gradient_is_that_of_finite_differences() {
    let (count, width, classes, decay) = (7, 5, 3, 0.3);
    let mut rng = Rng::with_seed(3);
    let mut draw = |len: usize| (0..len).map(|_| rng.f64() * 2.0 - 1.0).collect::<Vec<f64>>();
    let (x, w, b) = (draw(count * width), draw(classes * width), draw(classes));
    let y: Vec<u32> = (0..count as u32).map(|i| i % classes as u32).collect();
    let device = Device::Cpu;
    let x = Tensor::from_vec(x, (count, width), &device).unwrap();
    let y = Tensor::from_vec(y, count, &device).unwrap();
    let tensor = |values: &[f64], shape: &[usize]| Tensor::from_slice(values, shape, &device).unwrap();
    let value = |w: &[f64], b: &[f64]| {
        let loss = loss(&x, &y, &tensor(w, &[classes, width]), &tensor(b, &[classes]), decay).unwrap();
        loss.to_scalar::<f64>().unwrap()
    };
    let [w_var, b_var] = [(&w, vec![classes, width]), (&b, vec![classes])]
        .map(|(values, shape)| Var::from_tensor(&tensor(values, &shape)).unwrap());
    let gradients = loss(&x, &y, &w_var, &b_var, decay).unwrap().backward().unwrap();
    let of = |var: &Var| gradients.get(var).unwrap().flatten_all().unwrap().to_vec1::<f64>().unwrap();
    let mut compared = 0;
    for (gradient, of_weights) in [(of(&w_var), true), (of(&b_var), false)] {
        for (i, gradient) in gradient.into_iter().enumerate() {
            let at = |change: f64| {
                let (mut w, mut b) = (w.clone(), b.clone());
                (if of_weights { &mut w } else { &mut b })[i] += change;
                value(&w, &b)
            };
            let difference = (at(STEP) - at(-STEP)) / (2.0 * STEP);
            assert!((gradient - difference).abs() < DIFFERENCE, "{i}: {gradient} {difference}");
            compared += 1;
        }
    }
    assert_eq!(compared, classes * width + classes);
}

/// For two examples at ±½ (their mean square norm is 1/4, so that they become ±1), `w = (−v, v)` and `b = 0`
/// by symmetry, the loss is `ln(1 + e^(−2v)) + decay·v²`, and its minimum is where `1 / (1 + e^(2v)) =
/// decay·v`.
#[test]
fn the_minimum_of_two_examples_is_that_of_the_formula() {
    let decay = 0.1;
    let examples = Examples::new(vec![-0.5, 0.5], vec![0, 1], 2, 1).unwrap();
    let Head { weight, bias } =
        train(&examples, Settings { steps: 2000, decay, ..Settings::default() }, watch).unwrap();
    let v = f64::from(weight[1]) / 2.0;
    assert!((1.0 / (1.0 + (2.0 * v).exp()) - decay * v).abs() < 1e-6, "{weight:?}");
    assert!(
        (weight[0] + weight[1]).abs() < 1e-5 && bias.iter().all(|b| b.abs() < 1e-5),
        "{weight:?} {bias:?}"
    );
}

#[test]
fn clouds_are_told_apart_always_in_the_same_way_and_wherever_they_lie() {
    let examples = clouds(4, 10, 6, 1);
    let mut steps = Vec::new();
    let head = train(&examples, Settings::default(), |step| {
        steps.push(step);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(head, train(&examples, Settings::default(), watch).unwrap());
    assert_eq!(steps.iter().map(|step| step.step).collect::<Vec<_>>(), (1..=400).collect::<Vec<_>>());
    assert!(steps.windows(2).all(|pair| pair[1].loss <= pair[0].loss + 1e-6), "the loss falls");
    assert!((steps[0].loss - 4.0_f32.ln()).abs() < 1e-5, "at first all classes are alike");
    let (first, last) = (steps[0], steps[399]);
    assert!(first.accuracy < 0.5 && last.accuracy == 1.0, "{first:?} {last:?}");
    for axis in 0..4 {
        let mut point = vec![1.0; 6];
        point[axis] = 3.0;
        let logits = head.logits(&point).unwrap();
        let best = (0..4).max_by(|&a, &b| logits[a].total_cmp(&logits[b]));
        assert_eq!(best, Some(axis));
    }
}

#[test]
fn what_cannot_be_learnt_from_is_refused_by_name() {
    let words = |result: Result<Examples, Error>| result.unwrap_err().to_string();
    let features = vec![1.0; 6];
    assert_eq!(
        words(Examples::new(features.clone(), vec![0, 0, 2], 3, 2)),
        "class 1 has no example to learn from; give each class one at least, or leave it out"
    );
    assert_eq!(
        words(Examples::new(features.clone(), vec![0, 3, 1], 2, 2)),
        "example 1 is of class 3; there are 2"
    );
    assert_eq!(
        words(Examples::new(features.clone(), vec![0; 3], 1, 2)),
        "1 classes; at least 2 are needed to tell them apart"
    );
    assert_eq!(
        words(Examples::new(features, vec![0, 1], 2, 2)),
        "features is 6 values, needed 2 for each of 2 examples"
    );
    assert_eq!(
        words(Examples::new(vec![1.0, f32::NAN], vec![0, 1], 2, 1)),
        "example 1 has a feature that is no finite number"
    );
    let examples = clouds(2, 2, 2, 1);
    for (settings, words) in [
        (Settings { rate: 4.0, ..Settings::default() }, "rate is 4; it is above 0 and below 4"),
        (Settings { steps: 0, ..Settings::default() }, "steps is 0; it is 1 to 100000"),
        (Settings { decay: f64::NAN, ..Settings::default() }, "decay is NaN; it is 0 to 1"),
    ] {
        assert_eq!(train(&examples, settings, watch).unwrap_err().to_string(), words);
    }
}

#[test]
fn photos_that_are_all_alike_teach_how_many_there_are_and_no_more() {
    let examples = Examples::new(vec![2.0; 8], vec![0, 0, 0, 1], 2, 2).unwrap();
    let head = train(&examples, Settings::default(), watch).unwrap();
    let logits = head.logits(&[2.0, 2.0]).unwrap();
    assert!(
        head.weight.iter().all(|w| w.abs() < 1e-6) && ((logits[0] - logits[1]).exp() - 3.0).abs() < 1e-2,
        "{head:?}"
    );
}

#[test]
fn who_watches_may_end_it() {
    let mut told = 0;
    let stopped = train(&clouds(2, 3, 2, 1), Settings::default(), |_| {
        told += 1;
        if told == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(matches!(stopped, Err(Error::Stopped)) && told == 3);
}
