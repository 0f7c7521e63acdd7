//! Errors of networks and tapes, and what they keep. A wrong request never gives a silent result.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::sync::Arc;

use candling_core::attribution::{Options, plan};
use candling_core::ops::{Conv2d, Flatten, GlobalAvgPool, MaxPool, Window};
use candling_core::{
    Activation, Attribution, Backend, Error, Graph, Method, Network, Op, Query, ReluRule, Result, Retain,
    Shape, Tape, Target, Weights,
};
use candling_testkit::random;
use candling_testkit::reference::{self, Array, Reference};
use pollster::block_on;

use common::{
    SMALL, conv, layer, linear, network, node, random_weights, relu, relu_graph, small_graph, told, weight,
};

const CLASS: Target = Target::Class(1);

fn small() -> Arc<Network<Reference>> {
    let graph = small_graph();
    network(&graph, &random_weights(&graph, 5))
}

fn picture() -> Vec<f32> {
    random::values(SMALL.len(), 6)
}

fn tape(retain: Retain<'_>) -> Tape<Reference> {
    small().forward(SMALL, &picture(), retain).unwrap()
}

fn explain(tape: &Tape<Reference>, query: Query) -> Result<Attribution> {
    block_on(tape.explain(&query))
}

/// Code and message of the error for a query to a tape that kept everything.
fn refusal(query: Query) -> (&'static str, String) {
    told(&explain(&tape(Retain::All), query).unwrap_err())
}

#[test]
fn unknown_classes_are_refused_with_the_range() {
    let text = |index: u32| format!("unknown class {index}; this network has classes 0 to 3");
    for method in Method::of_one_pass() {
        for class in [4, u32::MAX] {
            let query = Query::new(method, Target::Class(class));
            assert_eq!(refusal(query), ("unknown-class", text(class)), "{method}");
        }
        let over = Query::new(method, Target::Margin { class: 0, over: 7 });
        assert_eq!(refusal(over), ("unknown-class", text(7)), "{method}");
        let class = Query::new(method, Target::Margin { class: 8, over: 1 });
        assert_eq!(refusal(class), ("unknown-class", text(8)), "{method}");
    }
}

#[test]
fn a_margin_over_itself_is_refused() {
    let query = Query::new(Method::GRAD_CAM, Target::Margin { class: 2, over: 2 });
    let text = "target: the margin of class 2 over itself is always 0; name two classes";
    assert_eq!(refusal(query), ("bad-argument", text.to_owned()));
}

#[test]
fn counterfactual_goes_with_grad_cam_only() {
    for method in Method::of_one_pass() {
        let query = Query { counterfactual: true, ..Query::new(method, CLASS) };
        if method == Method::GRAD_CAM {
            assert!(explain(&tape(Retain::All), query).is_ok());
        } else {
            let why = if method.definition().signed { ", its map has both signs" } else { "" };
            let text = format!("counterfactual: `{method}` has none{why}; it goes with `grad-cam`");
            assert_eq!(refusal(query), ("bad-argument", text));
        }
    }
}

#[test]
fn many_passes_are_begun_and_not_asked_of_one() {
    let text = "method: `occlusion` is made of many passes, not of one".to_owned();
    assert_eq!(refusal(Query::new(Method::OCCLUSION, CLASS)), ("bad-argument", text));
    let options = Options::default();
    let one = plan(SMALL, &picture(), &Query::new(Method::GRAD_CAM, CLASS), &options).err().unwrap();
    assert!(told(&one).1.starts_with("method: `grad-cam` is made of one pass; of many are "), "{one}");
}

#[test]
fn pixel_methods_take_no_layer() {
    for method in Method::of_one_pass() {
        // the only layer at which every CAM method works
        let query = Query::new(method, CLASS).at(layer(&small_graph(), "second"));
        if method.takes_layer() {
            assert!(explain(&tape(Retain::All), query).is_ok(), "{method}");
        } else {
            let text = format!("layer: `{method}` is about the input's pixels and takes no layer");
            assert_eq!(refusal(query), ("bad-argument", text));
        }
    }
}

#[test]
fn a_layer_without_positions_is_refused() {
    let graph = small_graph();
    for method in Method::ALL.into_iter().filter(|method| method.takes_layer()) {
        for (name, op) in [("pool", "global_avg_pool"), ("classifier", "linear")] {
            let query = Query::new(method, CLASS).at(layer(&graph, name));
            let text = format!(
                "layer: `{name}` ({op}) has no positions left to map; choose one before it, for example `second`"
            );
            assert_eq!(refusal(query), ("bad-argument", text), "{method}");
        }
    }
}

/// A ReLU keeps the positions of its input, but after global pooling there are none.
#[test]
fn a_relu_behind_the_pooling_has_no_positions() {
    let layers = vec![
        node("conv", Op::Conv2d(conv(1, 2, 1)), &["input"]),
        node("pool", Op::GlobalAvgPool(GlobalAvgPool), &["conv"]),
        node("relu", relu(Activation::Relu), &["pool"]),
        node("classifier", linear(2, 3), &["relu"]),
    ];
    let graph = Graph::new(Shape::new(1, 1, 4, 4), layers).unwrap();
    let positions =
        ["input", "conv", "pool", "relu", "classifier"].map(|name| graph.has_positions(layer(&graph, name)));
    assert_eq!(positions, [true, true, false, false, false]);
}

#[test]
fn cam_is_refused_away_from_its_layer() {
    let query = Query::new(Method::CAM, CLASS).at(layer(&small_graph(), "first"));
    let text = "layer: `cam` only works at the layer before the global average pool, `second`; at `first` use \
                `grad-cam`";
    assert_eq!(refusal(query), ("bad-argument", text.to_owned()));
}

/// Exporters write a flatten after the pooling, which changes nothing.
#[test]
fn a_flattening_behind_the_pooling_makes_no_difference_to_cam() {
    let plain = small_graph();
    let mut layers = plain.nodes()[1..].to_vec();
    layers.insert(3, node("flatten", Op::Flatten(Flatten), &["pool"]));
    layers[4].inputs = vec!["flatten".into()];
    let flattened = Graph::new(SMALL, layers).unwrap();
    let weights = random_weights(&plain, 5);
    let map = |graph: &Graph| {
        let tape = network(graph, &weights).forward(SMALL, &picture(), Retain::All).unwrap();
        explain(&tape, Query::new(Method::CAM, CLASS)).unwrap().data
    };
    assert_eq!(map(&flattened), map(&plain));
}

#[test]
fn cam_is_refused_without_its_head() {
    let classifier = linear(5 * 36, 4);
    let layers = vec![
        node("conv", Op::Conv2d(conv(2, 5, 3)), &["input"]),
        node("flatten", Op::Flatten(Flatten), &["conv"]),
        node("classifier", classifier, &["flatten"]),
    ];
    let graph = Graph::new(SMALL, layers).unwrap();
    let tape = network(&graph, &random_weights(&graph, 1)).forward(SMALL, &picture(), Retain::All).unwrap();
    let error = explain(&tape, Query::new(Method::CAM, CLASS)).unwrap_err();
    let text = "method: `cam` needs a network that ends in global average pool and linear; this one ends in \
                `classifier` (linear); use `grad-cam`";
    assert_eq!(told(&error), ("bad-argument", text.to_owned()));
    assert!(explain(&tape, Query::new(Method::GRAD_CAM, CLASS)).is_ok());
}

/// Any layer with positions can be explained: here the last ReLU.
#[test]
fn a_network_without_convolution_is_asked_at_its_last_layer_with_positions() {
    let picture = Shape::new(1, 1, 2, 2);
    let (graph, weights) = relu_graph(picture, Activation::Relu, &[1.0; 4]);
    let tape = network(&graph, &weights).forward(picture, &[1.0; 4], Retain::All).unwrap();
    let query = Query::new(Method::GRAD_CAM, Target::Class(0));
    let map = explain(&tape, query).unwrap();
    assert_eq!((map.layer, map.shape, map.data), (Some(layer(&graph, "relu")), picture, vec![1.0; 4]));
}

#[test]
fn a_network_without_positions_has_no_default_layer() {
    let vector = Shape::vector(1, 2);
    let graph = Graph::new(vector, vec![node("classifier", linear(2, 4), &["input"])]).unwrap();
    let tape = network(&graph, &random_weights(&graph, 1)).forward(vector, &[1.0; 2], Retain::All).unwrap();
    let error = explain(&tape, Query::new(Method::GRAD_CAM, CLASS)).unwrap_err();
    let text = "layer: no layer of this network has more than one position; name one";
    assert_eq!(told(&error), ("bad-argument", text.to_owned()));
}

#[test]
fn unknown_methods_are_refused_with_the_list() {
    let error = "grad_cam".parse::<Method>().unwrap_err();
    let text = "unknown method `grad_cam`; methods are gradient, input-x-gradient, guided-backprop, deconvnet, cam, \
                grad-cam, guided-grad-cam, grad-cam-plus-plus, x-grad-cam, hires-cam, layer-cam, occlusion, smooth-grad";
    assert_eq!(told(&error), ("bad-argument", text.to_owned()));
    for method in Method::ALL {
        assert_eq!(method.name().parse(), Ok(method));
    }
}

#[test]
fn bad_pictures_are_refused() {
    let refuse = |shape: Shape, x: &[f32]| told(&small().forward(shape, x, Retain::All).err().unwrap());
    for (value, shown) in [(f32::NAN, "NaN"), (f32::INFINITY, "inf"), (f32::NEG_INFINITY, "-inf")] {
        let mut x = picture();
        x[77] = value;
        x[100] = f32::NAN;
        assert_eq!(refuse(SMALL, &x), ("not-finite", format!("input is not finite at element 77 ({shown})")));
    }
    let (code, text) = refuse(SMALL, &picture()[1..]);
    assert_eq!(code, "bad-shape");
    assert!(text.contains("127 values") && text.contains("1x2x8x8"), "{text}");
    let (code, text) = refuse(Shape { c: 3, ..SMALL }, &[0.0; 192]);
    assert_eq!(code, "bad-shape");
    assert!(text.starts_with("layer `first` (conv2d): input is 1x3x8x8"), "{text}");
    let (code, text) = refuse(Shape { n: 0, ..SMALL }, &[]);
    assert_eq!((code, text.as_str()), ("bad-shape", "input is 0x2x8x8, needed 1 to 268435456 elements"));
}

#[test]
fn overflow_is_seen_not_painted() {
    let graph = small_graph();
    let mut weights = random_weights(&graph, 5);
    weights.get_mut("classifier.bias").unwrap().data[2] = f32::MAX;
    weights.get_mut("classifier.weight").unwrap().data.iter_mut().for_each(|w| *w = f32::MAX);
    let tape = network(&graph, &weights).forward(SMALL, &picture(), Retain::All).unwrap();
    let (code, text) = told(&block_on(tape.logits()).unwrap_err());
    assert_eq!(code, "not-finite");
    assert!(text.starts_with("logits is not finite at element "), "{text}");
}

/// Finite weights and logits, but a gradient that overflows `f32`: a NaN or infinity must not be taken for
/// "no evidence".
#[test]
fn a_map_that_overflows_is_refused() {
    let graph = small_graph();
    let mut weights = random_weights(&graph, 5);
    for layer in ["classifier", "second", "first"] {
        let weight = weights.get_mut(&format!("{layer}.weight")).unwrap();
        weight.data.iter_mut().for_each(|w| *w = w.abs() * 1e25);
        weights.get_mut(&format!("{layer}.bias")).unwrap().data.fill(0.0);
    }
    // a black picture: all activations and logits are 0
    let tape = network(&graph, &weights).forward(SMALL, &vec![0.0; SMALL.len()], Retain::All).unwrap();
    assert!(block_on(tape.logits()).unwrap().iter().all(|&logit| logit == 0.0));
    // at 0 the other rules give 0; the deconvnet ignores the output
    let (code, text) = told(&explain(&tape, Query::new(Method::DECONVNET, CLASS)).unwrap_err());
    assert_eq!(code, "not-finite");
    assert!(text.starts_with("the map of `deconvnet` is not finite at element 0"), "{text}");
}

#[test]
fn a_cam_that_overflows_is_refused() {
    // one position, one channel: the map is 1e25 · 1e25, the logit is 0 through a second channel
    let layers = vec![
        node("layer", Op::Conv2d(conv(1, 1, 1)), &["input"]),
        node("pool", Op::GlobalAvgPool(GlobalAvgPool), &["layer"]),
        node("classifier", linear(1, 1), &["pool"]),
    ];
    let graph = Graph::new(Shape::new(1, 1, 1, 2), layers).unwrap();
    let weights = Weights::from([
        ("layer.weight".into(), weight(&[1, 1, 1, 1], &[1e25])),
        ("layer.bias".into(), weight(&[1], &[0.0])),
        ("classifier.weight".into(), weight(&[1, 1], &[1e25])),
        ("classifier.bias".into(), weight(&[1], &[0.0])),
    ]);
    // the two positions cancel in the mean
    let tape = network(&graph, &weights).forward(Shape::new(1, 1, 1, 2), &[1.0, -1.0], Retain::All).unwrap();
    assert_eq!(block_on(tape.logits()).unwrap(), [0.0]);
    for method in [Method::GRAD_CAM, Method::HIRES_CAM, Method::LAYER_CAM, Method::CAM] {
        let (code, text) = told(&explain(&tape, Query::new(method, Target::Class(0))).unwrap_err());
        assert_eq!(code, "not-finite", "{text}");
        assert!(text.starts_with(&format!("the map of `{method}` is not finite at element 0")), "{text}");
    }
}

#[test]
fn bad_weights_are_refused_by_name() {
    let graph = small_graph();
    let good = || random_weights(&graph, 5);
    let refuse = |weights: &Weights| told(&Network::new(Reference, graph.clone(), weights).err().unwrap());
    for (name, op) in [("first", "conv2d"), ("second", "conv2d"), ("classifier", "linear")] {
        for suffix in ["weight", "bias"] {
            let key = format!("{name}.{suffix}");
            let at = format!("layer `{name}` ({op}): weight `{key}`");
            let mut weights = good();
            let shape = weights.remove(&key).unwrap().shape;
            assert_eq!(refuse(&weights), ("missing-weight", format!("{at} is missing")));

            weights.insert(key.clone(), weight(&[2, 3], &[0.0; 6]));
            assert_eq!(
                refuse(&weights),
                ("bad-shape", format!("{at} is [2, 3] (6 values), needed {shape:?}"))
            );

            weights.insert(key.clone(), weight(&shape, &[0.0]));
            assert_eq!(
                refuse(&weights),
                ("bad-shape", format!("{at} is {shape:?} (1 values), needed {shape:?}"))
            );

            let mut values = vec![0.0; shape.iter().product()];
            values[1] = f32::NAN;
            weights.insert(key.clone(), weight(&shape, &values));
            assert_eq!(refuse(&weights), ("not-finite", format!("{at} is not finite at element 1 (NaN)")));
        }
    }
}

#[test]
fn logits_only_keeps_nothing_else() {
    let graph = small_graph();
    let tape = tape(Retain::Logits);
    assert_eq!(block_on(tape.logits()).unwrap(), block_on(self::tape(Retain::All).logits()).unwrap());
    for id in graph.ids().filter(|&id| id != graph.output()) {
        assert!(tape.activation(id).is_none(), "{}", graph.node(id).name);
    }
    for method in Method::of_one_pass() {
        let error = explain(&tape, Query::new(method, CLASS)).unwrap_err();
        assert_eq!(error.code(), "not-retained", "{method}");
    }
    let error = explain(&tape, Query::new(Method::LAYER_CAM, CLASS).at(layer(&graph, "first"))).unwrap_err();
    let text =
        "layer `first` was not kept by the forward pass; name it in `Retain::Layers`, or use `Retain::All`";
    assert_eq!(told(&error), ("not-retained", text.to_owned()));
}

#[test]
fn named_layers_are_kept_with_the_way_back_to_them() {
    let graph = small_graph();
    let all = tape(Retain::All);
    // the backward pass to the pixels needs the masks of all layers, but not the pixels
    for (kept, works, refused, walks_to_input) in [
        (vec!["second"], vec!["second"], vec!["first", "input"], false),
        (vec!["first"], vec!["first"], vec!["input"], true),
        (vec!["first", "input"], vec!["first", "input"], vec![], true),
        (vec!["input"], vec!["input"], vec![], true),
    ] {
        let ids: Vec<_> = kept.iter().map(|name| layer(&graph, name)).collect();
        let some = tape(Retain::Layers(&ids));
        for name in works {
            let query = Query::new(Method::HIRES_CAM, CLASS).at(layer(&graph, name));
            assert_eq!(explain(&some, query).unwrap(), explain(&all, query).unwrap(), "{name} of {kept:?}");
        }
        for name in refused {
            let error =
                explain(&some, Query::new(Method::HIRES_CAM, CLASS).at(layer(&graph, name))).unwrap_err();
            assert_eq!(error.code(), "not-retained", "{name} of {kept:?}");
        }
        let gradient = explain(&some, Query::new(Method::GRADIENT, CLASS));
        assert_eq!(gradient.is_ok(), walks_to_input, "gradient with {kept:?}");
    }
}

/// The reference without some of its kernels, as a backend may be.
struct Partial {
    max_pool_vjp: bool,
}

impl Backend for Partial {
    type Tensor = Array;
    type Conv = reference::Conv;
    type Linear = reference::Linear;
    type Affine = reference::Affine;
    type Argmax = <Reference as Backend>::Argmax;

    fn upload(&self, shape: Shape, data: &[f32]) -> Result<Array> {
        Reference.upload(shape, data)
    }

    async fn download(&self, x: &Array) -> Result<Vec<f32>> {
        Reference.download(x).await
    }

    fn shape(&self, x: &Array) -> Shape {
        x.shape
    }

    fn prepare_linear(&self, w: &[f32], b: &[f32]) -> Result<reference::Linear> {
        Reference.prepare_linear(w, b)
    }

    fn linear(&self, x: &Array, linear: &reference::Linear) -> Result<Array> {
        Reference.linear(x, linear)
    }

    fn linear_vjp(&self, dy: &Array, linear: &reference::Linear) -> Result<Array> {
        Reference.linear_vjp(dy, linear)
    }

    fn max_pool(&self, x: &Array, op: &MaxPool, y: Shape) -> Result<(Array, Self::Argmax)> {
        Reference.max_pool(x, op, y)
    }

    fn max_pool_vjp(&self, dy: &Array, argmax: &Self::Argmax, x: Shape) -> Result<Array> {
        if !self.max_pool_vjp {
            return Err(Error::Unsupported("max_pool_vjp"));
        }
        Reference.max_pool_vjp(dy, argmax, x)
    }

    fn reshape(&self, x: &Array, y: Shape) -> Result<Array> {
        Reference.reshape(x, y)
    }
}

/// A graph with a max-pool `smaller` and a classifier.
fn pooled() -> (Graph, Weights) {
    let window = Window::new([2, 2], [2, 2]);
    let layers = vec![
        node("smaller", Op::MaxPool(MaxPool { window, ceil_mode: false }), &["input"]),
        node("flatten", Op::Flatten(Flatten), &["smaller"]),
        node("classifier", linear(32, 4), &["flatten"]),
    ];
    let graph = Graph::new(SMALL, layers).unwrap();
    let weights = random_weights(&graph, 3);
    (graph, weights)
}

#[test]
fn a_missing_vjp_names_the_layer_and_the_kernel() {
    let (graph, weights) = pooled();
    let gradient = |max_pool_vjp| {
        let network = Arc::new(Network::new(Partial { max_pool_vjp }, graph.clone(), &weights).unwrap());
        let tape = network.forward(SMALL, &picture(), Retain::All).unwrap();
        // after the pooling no kernel is missing
        assert!(tape.backward(CLASS, layer(&graph, "smaller"), ReluRule::Exact).is_ok());
        tape.backward(CLASS, graph.input(), ReluRule::Exact)
    };
    let text = "layer `smaller` (max_pool): this backend has no `max_pool_vjp`";
    assert_eq!(told(&gradient(false).unwrap_err()), ("unsupported", text.to_owned()));
    assert!(gradient(true).unwrap().data.iter().any(|&g| g != 0.0));
}

#[test]
fn a_missing_forward_names_the_layer_and_the_kernel() {
    let layers = vec![
        node("gate", relu(Activation::Relu), &["input"]),
        node("flatten", Op::Flatten(Flatten), &["gate"]),
        node("classifier", linear(128, 4), &["flatten"]),
    ];
    let graph = Graph::new(SMALL, layers).unwrap();
    let weights = random_weights(&graph, 3);
    let network = Arc::new(Network::new(Partial { max_pool_vjp: true }, graph, &weights).unwrap());
    let error = network.forward(SMALL, &picture(), Retain::Logits).err().unwrap();
    let text = "layer `gate` (relu): this backend has no `activation`";
    assert_eq!(told(&error), ("unsupported", text.to_owned()));

    let graph = small_graph();
    let weights = random_weights(&graph, 3);
    let error = Network::new(Partial { max_pool_vjp: true }, graph, &weights).err().unwrap();
    let text = "layer `first` (conv2d): this backend has no `prepare_conv2d`";
    assert_eq!(told(&error), ("unsupported", text.to_owned()));
}

/// Methods compute their formulas, on shapes where each can be told from the others.
#[test]
fn shapes_of_the_answers() {
    let tape = tape(Retain::All);
    for method in Method::of_one_pass() {
        let answer = explain(&tape, Query::new(method, CLASS)).unwrap();
        let shape = if method.walks_to_input() { SMALL } else { Shape::new(1, 1, 4, 4) };
        assert_eq!((answer.shape, answer.data.len()), (shape, shape.len()), "{method}");
        assert_eq!(method.definition().pixels, shape == SMALL, "{method}");
        assert!(method.definition().signed || answer.data.iter().all(|&v| v >= 0.0), "{method}");
        let last = method.takes_layer().then(|| layer(&small_graph(), "second"));
        assert_eq!(answer.layer, last, "{method}");
        assert_eq!(answer.method, method);
        assert!(answer.data.contains(&answer.max()), "{method}");
    }
}

/// With `add(x, x)` and a layer that is read three times, the gradients of all readers are summed.
#[test]
fn fan_out_sums_gradients() {
    use candling_core::ops::{Add, Concat};
    let layers = vec![
        node("double", Op::Add(Add), &["input", "input"]),
        node("triple", Op::Add(Add), &["double", "input"]),
        node("both", Op::Concat(Concat), &["triple", "triple"]),
        node("pool", Op::GlobalAvgPool(GlobalAvgPool), &["both"]),
        node("classifier", linear(2, 1), &["pool"]),
    ];
    let picture = Shape::new(1, 1, 1, 2);
    let graph = Graph::new(picture, layers).unwrap();
    let weights: Weights = [
        ("classifier.weight".to_owned(), weight(&[1, 2], &[10.0, 4.0])),
        ("classifier.bias".to_owned(), weight(&[1], &[1.0])),
    ]
    .into();
    let tape = network(&graph, &weights).forward(picture, &[1.0, 5.0], Retain::All).unwrap();
    // 3·mean(x)·(10 + 4) + 1
    assert_eq!(block_on(tape.logits()).unwrap(), [127.0]);
    let gradient = explain(&tape, Query::new(Method::GRADIENT, Target::Class(0))).unwrap();
    assert_eq!(gradient.data, [21.0, 21.0]);
}

/// A fused activation belongs to its layer: the gradient *at* the layer has not passed it.
#[test]
fn the_gradient_at_a_layer_is_behind_its_activation() {
    let fused = Conv2d { activation: Activation::Relu, ..conv(1, 1, 1) };
    let layers = vec![
        node("conv", Op::Conv2d(fused), &["input"]),
        node("flatten", Op::Flatten(Flatten), &["conv"]),
        node("classifier", linear(2, 1), &["flatten"]),
    ];
    let picture = Shape::new(1, 1, 1, 2);
    let graph = Graph::new(picture, layers).unwrap();
    let weights: Weights = [
        ("conv.weight".to_owned(), weight(&[1, 1, 1, 1], &[2.0])),
        ("conv.bias".to_owned(), weight(&[1], &[0.0])),
        ("classifier.weight".to_owned(), weight(&[1, 2], &[3.0, 4.0])),
        ("classifier.bias".to_owned(), weight(&[1], &[0.0])),
    ]
    .into();
    let tape = network(&graph, &weights).forward(picture, &[-1.0, 1.0], Retain::All).unwrap();
    let at = |name: &str| {
        let gradient = tape.backward(Target::Class(0), layer(&graph, name), ReluRule::Exact).unwrap();
        gradient.data.to_vec()
    };
    assert_eq!(at("conv"), [3.0, 4.0]);
    assert_eq!(at("input"), [0.0, 8.0]);
    assert_eq!(at("classifier"), [1.0]);
}
