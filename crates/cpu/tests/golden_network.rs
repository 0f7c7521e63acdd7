//! Lite0 on the CPU backend against PyTorch in `f64`: logits, every CAM method at every golden layer, every pixel
//! method, on every golden picture and class. Raw values.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use candling_core::{Attribution, Backend, Bilinear, Method, Query, Retain, Tape, Target};
use candling_cpu::{Cpu, Rounding};
use candling_testkit::compare::{max_difference, relative_l2};
use candling_testkit::golden;
use candling_testkit::reference::Reference;
use pollster::block_on;

use common::{INPUT, MODEL, lite0, tensor};

/// Logits, absolute. PyTorch's own `f32` is off by 1e-5; a wrong epsilon or padding by more than 0.1.
const LOGITS: f64 = 2e-3;
/// CAM maps at the last layer, as a share of the map's maximum.
const CAM_AT_HEAD: f64 = 1e-3;
/// CAM maps at earlier layers: a ReLU6 mask that flips by rounding moves the gradient (PyTorch's `f32`: up to 6e-3).
const CAM_BEFORE: f64 = 1e-2;
/// The same where products and sums are rounded apart, which flips another mask: in one picture's stem, where HiResCAM shows the
/// gradient of single positions, by 2.8e-2 and LayerCAM by 4.1e-2. `masks.rs` shows that either way masks flip at their kinks only.
const CAM_BEFORE_ROUNDING_TWICE: f64 = 6e-2;
/// Pixel maps, relative L2, for the same reason (PyTorch's `f32`: up to 4e-3).
const PIXELS: f64 = 1e-2;

/// The layers with golden maps, and the methods at each.
const LAYERS: [&str; 5] = ["head", "blocks.10.add", "blocks.9.depthwise", "blocks.4.add", "stem"];
const CAMS: [(Method, &str); 3] = [
    (Method::GradCam, "grad-cam.signed"),
    (Method::HiresCam, "hires-cam.signed"),
    // stored before its ReLU, despite the name
    (Method::LayerCam, "layer-cam"),
];
const PIXEL_METHODS: [Method; 5] = [
    Method::Gradient,
    Method::GuidedBackprop,
    Method::Deconvnet,
    Method::InputXGradient,
    Method::GuidedGradCam,
];

fn explain(tape: &Tape<Cpu>, query: Query) -> Attribution {
    block_on(tape.explain(&query)).unwrap()
}

fn relu(map: &[f32], sign: f32) -> Vec<f32> {
    map.iter().map(|&v| (sign * v).max(0.0)).collect()
}

/// Off by at most `tolerance` of `scale`, the golden map's largest magnitude.
fn assert_map(what: &str, actual: &[f32], golden: &[f32], scale: f64, tolerance: f64) {
    let error = max_difference(actual, golden) / scale;
    assert!(error <= tolerance, "{what}: off by {error:.1e} of the maximum");
}

/// Every fourth row and column of planes of 224×224, which is what the goldens keep of them.
fn every_fourth(planes: &[f32]) -> Vec<f32> {
    let rows = planes.chunks(224).enumerate().filter(|(row, _)| row % 224 % 4 == 0);
    rows.flat_map(|(_, row)| row.iter().step_by(4).copied()).collect()
}

fn largest(map: &[f32]) -> f64 {
    map.iter().map(|v| f64::from(v.abs())).fold(0.0, f64::max)
}

#[test]
fn every_golden_case_rounding_once() {
    Cpu::with_rounding(Rounding::Once).into_iter().for_each(|cpu| every_golden_case(cpu, CAM_BEFORE));
}

#[test]
fn every_golden_case_rounding_twice() {
    every_golden_case(Cpu::with_rounding(Rounding::Twice).unwrap(), CAM_BEFORE_ROUNDING_TWICE);
}

fn every_golden_case(cpu: Cpu, before_head: f64) {
    let network = lite0(cpu);
    let mut cases = 0;
    for picture in golden::pictures() {
        let tape = network.forward(INPUT, &tensor(&picture), Retain::All).unwrap();
        let logits = block_on(tape.logits()).unwrap();
        for &(class, over) in &picture.classes {
            cases += 1;
            let (golden, notes) = golden::case(&picture.name, class);
            let get = |name: &str| golden.get(name).map(|w| w.data.as_slice());
            let name = |what: &str| format!("{} {class} {what}", picture.name);

            let error = max_difference(&logits, get("logits").unwrap());
            assert!(error <= LOGITS, "{}: off by {error:.1e}", name("logits"));

            let target = Target::Class(class);
            for layer in LAYERS {
                let tolerance = if layer == "head" { CAM_AT_HEAD } else { before_head };
                let id = MODEL.graph.find(layer).unwrap();
                for (method, suffix) in CAMS {
                    let what = name(&format!("{layer}/{suffix}"));
                    let signed = get(&format!("{layer}/{suffix}")).unwrap_or_else(|| panic!("no {what}"));
                    let scale = largest(signed);
                    let query = Query::new(method, target).at(id);
                    let map = explain(&tape, query);
                    assert_map(&what, &map.data, &relu(signed, 1.0), scale, tolerance);
                    if method == Method::GradCam {
                        // the other half of the signed map
                        let against = explain(&tape, Query { counterfactual: true, ..query });
                        assert_map(&what, &against.data, &relu(signed, -1.0), scale, tolerance);
                    }
                }
            }

            let head = MODEL.graph.find("head").unwrap();
            let map = explain(&tape, Query::new(Method::GradCam, target)).data;
            let upsampled = every_fourth(&Bilinear::new((7, 7), (224, 224)).planes(&map, 1));
            let golden = get("head/grad-cam.upsampled").unwrap();
            assert_map(&name("upsampled"), &upsampled, golden, largest(golden), CAM_AT_HEAD);

            let cam = explain(&tape, Query::new(Method::Cam, target));
            let signed = get("head/cam.signed").unwrap();
            assert_map(&name("head/cam.signed"), &cam.data, signed, largest(signed), CAM_AT_HEAD);

            let margin = Query::new(Method::GradCam, Target::Margin { class, over }).at(head);
            let signed = get("head/grad-cam.margin.signed").unwrap();
            let map = explain(&tape, margin);
            assert_map(&name("margin"), &map.data, &relu(signed, 1.0), largest(signed), CAM_AT_HEAD);

            for method in PIXEL_METHODS {
                let map = explain(&tape, Query::new(method, target));
                let what = name(method.name());
                let golden = get(&format!("{method}.sub4")).unwrap();
                let error = relative_l2(&every_fourth(&map.data), golden);
                assert!(error <= PIXELS, "{what}: off by {error:.1e} relative L2");
                // ... and of the whole map its norm
                let l2 = map.data.iter().map(|&v| f64::from(v) * f64::from(v)).sum::<f64>().sqrt();
                let expected = notes["stats"][method.name()]["l2"].as_f64().unwrap();
                assert!((l2 - expected).abs() <= PIXELS * expected, "{what}: L2 {l2}, golden {expected}");
            }
        }
    }
    assert_eq!(cases, 8, "golden cases");
}

/// The gradient at each golden layer, by its mean per channel, which is Grad-CAM's weight.
#[test]
fn gradient_of_every_channel() {
    let network = lite0(Cpu::new());
    for picture in golden::pictures() {
        let tape = network.forward(INPUT, &tensor(&picture), Retain::All).unwrap();
        for &(class, _) in &picture.classes {
            let (golden, _) = golden::case(&picture.name, class);
            for layer in &LAYERS[..4] {
                let id = MODEL.graph.find(layer).unwrap();
                let gradient =
                    tape.backward(Target::Class(class), id, candling_core::ReluRule::Exact).unwrap();
                let values = block_on(network.backend().download(&gradient)).unwrap();
                let area = tape.shape(id).area();
                let mean = |g: &[f32]| g.iter().sum::<f32>() / area as f32;
                let means: Vec<f32> = values.chunks(area).map(mean).collect();
                let error = relative_l2(&means, &golden[&format!("{layer}/gradient.channel_mean")].data);
                assert!(error <= CAM_BEFORE, "{} {class} {layer}: off by {error:.1e}", picture.name);
            }
        }
    }
}

/// The `f64` reference runs the same network: the goldens then hold to `f32` storage.
#[test]
fn the_reference_agrees_on_the_whole_network() {
    /// `f32` rounding of inputs, weights and outputs only.
    const STORAGE: f64 = 1e-5;
    let network = lite0(Reference);
    let picture = golden::pictures().into_iter().find(|p| p.name == "dog_cat").unwrap();
    let tape = network.forward(INPUT, &tensor(&picture), Retain::All).unwrap();
    let logits = block_on(tape.logits()).unwrap();
    let (class, _) = picture.classes[0];
    let (golden, _) = golden::case(&picture.name, class);
    assert!(max_difference(&logits, &golden["logits"].data) <= STORAGE);
    let stem = MODEL.graph.find("stem").unwrap();
    let map = block_on(tape.explain(&Query::new(Method::GradCam, Target::Class(class)).at(stem))).unwrap();
    let signed = &golden["stem/grad-cam.signed"].data;
    let error = max_difference(&map.data, &relu(signed, 1.0));
    assert!(error <= STORAGE * largest(signed), "stem off by {error:.1e}");
}
