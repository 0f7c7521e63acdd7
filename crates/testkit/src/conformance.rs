//! One suite for every backend: the golden ops, agreement with the reference on random cases, and the
//! identity that defines the vjp of a linear op, `⟨f(x), dy⟩ = ⟨x, f_vjp(dy)⟩`. It is asynchronous, so that
//! it runs in browsers too.

use candling_core::ops::{
    Add, Affine, AvgPool, ChannelShuffle, Concat, Conv2d, Flatten, GlobalAvgPool, IndexMap, Linear, MaxPool,
    Mul, Padding, Relu, Unary, Window,
};
use candling_core::{Activation, Backend, Gate, Op, ReluRule, Shape};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::compare::relative_to_max;
use crate::golden::OpCase;
use crate::random;
use crate::reference::Reference;

/// Tolerance for golden ops, relative to the largest value: `f32` sums of at most a few hundred products.
pub const GOLDEN: f64 = 1e-4;

/// Tolerance against the `f64` reference, on random cases of at most 225 products: about a hundred roundings.
pub const RANDOM: f64 = 1e-5;

/// Tolerance between the two sides of `⟨f(x), dy⟩ = ⟨x, f_vjp(dy)⟩`, relative to the sum of the absolute
/// products: both are sums of up to 10⁴ rounded terms.
pub const ADJOINT: f64 = 1e-5;

/// Golden cases of ops that Candling lacks; a case that is neither run nor named here fails the suite.
const NOT_OURS: [&str; 24] = [
    "adaptive_avg_pool_3x2",
    "div",
    "elu",
    "exp",
    "gelu",
    "gelu_tanh",
    "hardsigmoid",
    "hardswish",
    "layernorm",
    "leaky_relu_0p01",
    "log_softmax",
    "mish",
    "pad_zero",
    "slice_channels",
    "softmax",
    "softmax_large",
    "softplus",
    "sub",
    "tanh",
    "transpose_0231",
    "upsample_bilinear_7_to_20",
    "upsample_bilinear_7_to_20_align",
    "upsample_bilinear_x2",
    "upsample_nearest_x2",
];

/// The results of an op on a backend: its output, and the gradient of every input.
async fn run<B: Backend>(backend: &B, case: &OpCase) -> (Shape, Vec<f32>, Vec<Vec<f32>>) {
    let in_case = |e: candling_core::Error| -> ! { panic!("{}: {e}", case.name) };
    let upload = |(shape, data): &(Shape, Vec<f32>)| backend.upload(*shape, data).unwrap();
    let inputs: Vec<B::Tensor> = case.inputs.iter().map(upload).collect();
    let applied = case.op.apply(backend, &case.weights, &inputs).unwrap_or_else(|e| in_case(e));
    let y = applied.output();
    let dy = backend.upload(backend.shape(y), &case.dy).unwrap_or_else(|e| in_case(e));
    let mut gradients = Vec::new();
    for i in 0..inputs.len() {
        let dx = applied.vjp(&dy, i, case.rule).unwrap_or_else(|e| in_case(e));
        assert_eq!(backend.shape(&dx), case.inputs[i].0, "{}: gradient of input {i}", case.name);
        gradients.push(backend.download(&dx).await.unwrap());
    }
    (backend.shape(y), backend.download(y).await.unwrap(), gradients)
}

/// Checks every golden op, forward and vjp; `cases` is the result of
/// [`golden::op_cases`](crate::golden::op_cases).
///
/// # Panics
/// If an error is larger than [`GOLDEN`].
pub async fn goldens<B: Backend>(backend: &B, (cases, others): (Vec<OpCase>, Vec<String>)) {
    assert_eq!(others, NOT_OURS.to_vec(), "golden cases that nothing runs");
    for case in &cases {
        let (shape, y, mut dx) = run(backend, case).await;
        if case.name == "add_same_input" {
            let second = dx.pop().unwrap();
            dx[0].iter_mut().zip(second).for_each(|(a, b)| *a += b);
        }
        assert_eq!(shape, case.y.0, "{}", case.name);
        let close = |what: &str, actual: &[f32], expected: &[f32]| {
            let error = relative_to_max(actual, expected);
            assert!(error <= GOLDEN, "{} {what}: off by {error:.1e}", case.name);
        };
        close("y", &y, &case.y.1);
        assert_eq!(dx.len(), case.dx.len(), "{}", case.name);
        for (actual, expected) in dx.iter().zip(&case.dx) {
            close("dx", actual, expected);
        }
    }
}

/// Compares a backend with the reference on one op with random values.
async fn agrees<B: Backend>(backend: &B, op: Op, shapes: &[Shape], rule: ReluRule, seed: u64) -> OpCase {
    // values in steps of 1/8 up to ±8 make ties in pools and cross both kinks of ReLU6
    let coarse = |shape: Shape, seed: u64| {
        let values = random::values(shape.len(), seed);
        (shape, values.into_iter().map(|v| (v * 64.0).round() / 8.0).collect::<Vec<f32>>())
    };
    let inputs: Vec<_> = (0u64..).zip(shapes).map(|(i, &s)| coarse(s, seed ^ (i + 1))).collect();
    let y = op.output_shape(shapes).unwrap();
    let mut case = OpCase {
        name: format!("{op:?} on {shapes:?}, {rule:?}"),
        weights: random::weights(&op, seed),
        op,
        rule,
        inputs,
        y: (y, Vec::new()),
        dy: random::values(y.len(), seed ^ 99),
        dx: Vec::new(),
    };
    let (shape, y, dx) = run(&Reference, &case).await;
    let (actual_shape, actual_y, actual_dx) = run(backend, &case).await;
    assert_eq!(actual_shape, shape, "{}", case.name);
    let close = |what: &str, actual: &[f32], expected: &[f32]| {
        let error = relative_to_max(actual, expected);
        assert!(error <= RANDOM, "{} {what}: off by {error:.1e}", case.name);
    };
    close("y", &actual_y, &y);
    actual_dx.iter().zip(&dx).for_each(|(a, b)| close("dx", a, b));
    case.y = (actual_shape, actual_y);
    case.dx = actual_dx;
    case
}

/// Checks `⟨f(x), dy⟩ = ⟨x, f_vjp(dy)⟩` for a linear `f`, that is without its bias.
fn is_adjoint(case: &OpCase, f_of_zero: &[f32]) {
    let y: Vec<f64> = case.y.1.iter().zip(f_of_zero).map(|(&y, &b)| f64::from(y) - f64::from(b)).collect();
    let products =
        |a: &[f64], b: &[f32]| -> Vec<f64> { a.iter().zip(b).map(|(a, &b)| a * f64::from(b)).collect() };
    let left = products(&y, &case.dy);
    let x: Vec<f64> = case.inputs[0].1.iter().map(|&v| f64::from(v)).collect();
    let right = products(&x, &case.dx[0]);
    let scale: f64 = left.iter().chain(&right).map(|v| v.abs()).sum();
    let apart = (left.iter().sum::<f64>() - right.iter().sum::<f64>()).abs();
    assert!(apart <= ADJOINT * scale, "{}: <y, dy> - <x, dx> = {apart:.1e} of {scale:.1e}", case.name);
}

/// Checks random convolutions: agreement with the reference, and the adjoint identity.
///
/// # Panics
/// If an error is larger than [`RANDOM`] or [`ADJOINT`].
pub async fn random_convolutions<B: Backend>(backend: &B, cases: u32) {
    let mut runner = TestRunner::new_with_rng(Default::default(), deterministic());
    let strategy = (random::convolution(), any::<u64>());
    for _ in 0..cases {
        let ((conv, x), seed) = strategy.new_tree(&mut runner).unwrap().current();
        let case = agrees(backend, Op::Conv2d(conv), &[x], ReluRule::Exact, seed).await;
        // f(0) is the bias
        let bias = &case.weights["op.bias"].data;
        let area = case.y.0.area();
        let of_zero: Vec<f32> = (0..case.y.0.len()).map(|i| bias[i / area % bias.len()]).collect();
        is_adjoint(&case, &of_zero);
    }
}

/// A fixed seed: the same cases on every run, so that failures are reproducible.
fn deterministic() -> proptest::test_runner::TestRng {
    proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha)
}

/// Checks fused activations under every rule, and all ops that are not convolutions, at batch sizes 1 to 3.
///
/// # Panics
/// If an error is larger than [`RANDOM`].
pub async fn random_ops<B: Backend>(backend: &B) {
    let rules = [ReluRule::Exact, ReluRule::Guided, ReluRule::Deconv];
    let mut seed = 1u64;
    for n in 1..=3 {
        let x = Shape::new(n, 6, 9, 7);
        let mut check = async |op: Op, shapes: &[Shape], rule: ReluRule| {
            seed += 1;
            agrees(backend, op, shapes, rule, seed).await;
        };
        for activation in [Activation::Relu, Activation::Relu6] {
            for rule in rules {
                check(Op::Relu(Relu { activation }), &[x], rule).await;
                for (kernel, groups) in [([1, 1], 1), ([3, 3], 1), ([3, 3], 6), ([3, 3], 3)] {
                    let window =
                        Window { padding: Padding::all(kernel[0] / 2), ..Window::new(kernel, [1, 1]) };
                    let conv = Conv2d { in_channels: 6, out_channels: 6, window, groups, activation };
                    check(Op::Conv2d(conv), &[x], rule).await;
                }
            }
        }
        for (kernel, stride, p) in [(2, 2, 0), (3, 2, 1), (3, 1, 1), (5, 3, 2)] {
            for ceil_mode in [false, true] {
                let padding = Padding { bottom: p / 2, ..Padding::all(p) };
                let window = Window { padding, ..Window::new([kernel, kernel], [stride, stride]) };
                check(Op::MaxPool(MaxPool { window, ceil_mode }), &[x], ReluRule::Exact).await;
                for count_include_pad in [false, true] {
                    let op = AvgPool { window, ceil_mode, count_include_pad };
                    check(Op::AvgPool(op), &[x], ReluRule::Exact).await;
                }
            }
        }
        let vector = Shape::vector(n, 6);
        let exact = ReluRule::Exact;
        for op in [Op::Add(Add), Op::Mul(Mul)] {
            for shapes in [[x, x], [x, vector], [vector, x]] {
                check(op, &shapes, exact).await;
            }
        }
        for &f in Unary::ALL {
            check(Op::Unary(f), &[x], exact).await;
        }
        check(Op::Concat(Concat), &[x, Shape { c: 1, ..x }, Shape { c: 4, ..x }], exact).await;
        for groups in [1, 2, 3, 6] {
            check(Op::ChannelShuffle(ChannelShuffle { groups }), &[x], exact).await;
        }
        check(Op::Affine(Affine { channels: 6 }), &[x], exact).await;
        check(Op::Flatten(Flatten), &[x], exact).await;
        check(Op::GlobalAvgPool(GlobalAvgPool), &[x], exact).await;
        check(Op::Linear(Linear { in_features: 6, out_features: 11 }), &[vector], exact).await;
    }
}

/// Checks index maps that repeat, omit and reverse: agreement with the reference, which is exact but for the
/// sums of `scatter`, and the adjoint identity.
///
/// # Panics
/// If a copied value differs, or an error is larger than [`RANDOM`] or [`ADJOINT`].
pub async fn index_maps<B: Backend>(backend: &B) {
    const NOTHING: u32 = IndexMap::NOTHING;
    let x = Shape::new(2, 10, 4, 3);
    let channels = [vec![3, 9, NOTHING, 0, 3, 8, 1, 2, 7, 7, 5], vec![NOTHING, 4]];
    let rows = [vec![0, 1, 2, 3], vec![NOTHING, 2, 0, 0, 3, NOTHING]];
    let columns = [vec![2, 1, 0], vec![NOTHING, 0, 1, 2, 2]];
    for (i, channels) in (0u64..).zip(channels) {
        for (rows, columns) in rows.iter().zip(&columns) {
            let map = IndexMap { x, axes: [channels.clone(), rows.clone(), columns.clone()] };
            let (values, dy) = (random::values(x.len(), i), random::values(map.y().len(), i + 7));
            let y = backend.gather(&backend.upload(x, &values).unwrap(), &map).unwrap();
            let dx = backend.scatter(&backend.upload(map.y(), &dy).unwrap(), &map).unwrap();
            assert_eq!((backend.shape(&y), backend.shape(&dx)), (map.y(), x));
            let (y, dx) = (backend.download(&y).await.unwrap(), backend.download(&dx).await.unwrap());
            let expected = Reference.gather(&Reference.upload(x, &values).unwrap(), &map).unwrap();
            assert_eq!(y, Reference.download(&expected).await.unwrap(), "{map:?}");
            let expected = Reference.scatter(&Reference.upload(map.y(), &dy).unwrap(), &map).unwrap();
            let error = relative_to_max(&dx, &Reference.download(&expected).await.unwrap());
            assert!(error <= RANDOM, "{map:?}: off by {error:.1e}");
            let dot = |a: &[f32], b: &[f32]| -> [f64; 2] {
                let products = a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b));
                products.fold([0.0; 2], |[sum, all], p| [sum + p, all + p.abs()])
            };
            let ([left, scale], [right, _]) = (dot(&y, &dy), dot(&values, &dx));
            assert!((left - right).abs() <= ADJOINT * scale, "{map:?}: {left} and {right}");
        }
    }
}

/// Checks edge cases: a tensor of the wrong length is refused, and NaN passes a ReLU.
///
/// # Panics
/// If the backend fails a case.
pub async fn edges<B: Backend>(backend: &B) {
    let wrong = backend.upload(Shape::vector(1, 3), &[0.0; 4]).err().expect("4 values are no 1x3x1x1");
    assert_eq!(wrong.code(), "bad-shape");
    let nan = backend.upload(Shape::vector(1, 2), &[f32::NAN, -1.0]).unwrap();
    for activation in [Activation::Relu, Activation::Relu6] {
        let y = backend.download(&backend.activation(&nan, activation).unwrap()).await.unwrap();
        assert!(y[0].is_nan() && y[1] == 0.0, "{activation:?} of NaN is {}", y[0]);
    }
    nan_passes_back(backend).await;
}

/// NaN passes in the backward pass too, as in PyTorch: where the output or its gradient is NaN, no comparison
/// closes the ReLU. A network that overflowed does not look like one without evidence.
async fn nan_passes_back<B: Backend>(backend: &B) {
    let vector = Shape::vector(1, 3);
    let upload = |values: [f32; 3]| backend.upload(vector, &values).unwrap();
    let download = async |tensor: &B::Tensor| backend.download(tensor).await.unwrap();
    let activation = Activation::None;
    let window = Window::new([1, 1], [1, 1]);
    let conv = Conv2d { in_channels: 3, out_channels: 3, window, groups: 1, activation };
    let identity = backend.prepare_conv2d(&conv, &[1., 0., 0., 0., 1., 0., 0., 0., 1.], &[0.0; 3]).unwrap();
    for activation in [Activation::Relu, Activation::Relu6] {
        for rule in [ReluRule::Exact, ReluRule::Guided, ReluRule::Deconv] {
            let y = upload([f32::NAN, 1.0, 0.0]);
            let closed = if rule == ReluRule::Deconv { 2.0 } else { 0.0 };
            let gate = || Gate { y: &y, activation, rule };
            let dx = backend.gated(&upload([2.0, f32::NAN, 2.0]), gate()).unwrap();
            let dx = download(&dx).await;
            let right = dx[0] == 2.0 && dx[1].is_nan() && dx[2] == closed;
            assert!(right, "{activation:?}, {rule:?}: {dx:?}");
            // the same gate, fused into a convolution, where 0·NaN makes every sum NaN
            let gated = async |dz: [f32; 3]| {
                download(&backend.conv2d_vjp(&upload(dz), &identity, vector, Some(gate())).unwrap()).await
            };
            assert_eq!(gated([2.0, 0.0, 2.0]).await, [2.0, 0.0, closed], "{activation:?}, {rule:?}");
            let dx = gated([f32::NAN, 1.0, 1.0]).await;
            assert!(dx[0].is_nan() && dx[1].is_nan(), "{activation:?}, {rule:?}: {dx:?}");
        }
    }
}
