//! Compares a network with PyTorch in `f64`: logits, every CAM method at every golden layer, every pixel
//! method, on every golden picture and class, raw values.

use std::collections::BTreeMap;
use std::sync::Arc;

use candling_core::{
    Backend, Bilinear, Explainer, Method, Network, NodeId, Query, ReluRule, Retain, Shape, Target, Weight,
};
use pollster::block_on;
use serde_json::Value;

use crate::compare::{max_difference, relative_l2};
use crate::golden::{self, Picture};

/// Errors of the results, allowed or measured.
#[derive(Debug, Clone, Copy, Default)]
pub struct Errors {
    /// Absolute error of logits. PyTorch's own `f32` is off by 1e-5; a wrong epsilon or padding by more than
    /// 0.1.
    pub logits: f64,
    /// Error of CAM maps at the last layer, as a share of the map's maximum.
    pub cam_at_head: f64,
    /// Error of CAM maps at earlier layers, likewise: a ReLU6 mask that flips by rounding changes the
    /// gradient (PyTorch's `f32`: up to 6e-3).
    pub cam_before: f64,
    /// Relative L2 error of pixel maps, and of gradients averaged by channel, for the same reason (PyTorch's
    /// `f32`: up to 4e-3).
    pub gradient: f64,
}

impl Errors {
    /// Allowed errors of a backend with fused multiply-add, whichever it is.
    pub const ROUNDED_ONCE: Errors =
        Errors { logits: 2e-3, cam_at_head: 1e-3, cam_before: 1e-2, gradient: 1e-2 };
}

/// Shape of one picture.
pub const INPUT: Shape = Shape::new(1, 3, 224, 224);

/// The layers with golden maps, and the methods at each.
const LAYERS: [&str; 5] = ["head", "blocks.10.add", "blocks.9.depthwise", "blocks.4.add", "stem"];
/// Layers whose activations have both signs. Grad-CAM++'s denominators may vanish there: PyTorch's own `f32`
/// is off by up to 0.26 of the maximum (`dog_cat` 235 at `blocks.4.add`), so that no `f32` result can be
/// compared with its `f64`.
const SIGNED: [&str; 2] = ["blocks.10.add", "blocks.4.add"];
const CAMS: [(Method, &str); 5] = [
    (Method::GRAD_CAM, "grad-cam.signed"),
    (Method::HIRES_CAM, "hires-cam.signed"),
    // stored before the ReLU, despite the name
    (Method::LAYER_CAM, "layer-cam"),
    (Method::GRAD_CAM_PLUS_PLUS, "grad-cam-pp.signed"),
    (Method::X_GRAD_CAM, "xgrad-cam.signed"),
];
const PIXEL_METHODS: [Method; 5] = [
    Method::GRADIENT,
    Method::GUIDED_BACKPROP,
    Method::DECONVNET,
    Method::INPUT_X_GRADIENT,
    Method::GUIDED_GRAD_CAM,
];

/// Runs every golden case of Lite0 and returns the largest errors; `tensor` makes the input of a picture.
///
/// # Panics
/// If an error is larger than `allowed`.
pub fn every_case<B: Backend>(
    network: &Arc<Network<B>>,
    tensor: impl Fn(&Picture) -> Vec<f32>,
    allowed: Errors,
) -> Errors {
    let mut check = Check::new(network, allowed);
    let mut cases = 0;
    for picture in golden::pictures() {
        let input = tensor(&picture);
        for &(class, over) in &picture.classes {
            let golden = golden::case(&picture.name, class);
            block_on(check.case(&format!("{} {class}", picture.name), &input, class, over, golden));
            cases += 1;
        }
    }
    assert_eq!(cases, 8, "golden cases");
    check.largest
}

/// Runs a network on golden cases, one after the other.
pub struct Check<'a, B: Backend> {
    network: &'a Arc<Network<B>>,
    allowed: Errors,
    largest: Errors,
}

impl<'a, B: Backend> Check<'a, B> {
    /// Creates a check; nothing is run yet.
    #[must_use]
    pub fn new(network: &'a Arc<Network<B>>, allowed: Errors) -> Self {
        Self { network, allowed, largest: Errors::default() }
    }

    /// The largest errors so far.
    #[must_use]
    pub fn largest(&self) -> Errors {
        self.largest
    }

    /// Checks all results for one picture and class: `over` is the class that its margin is compared with,
    /// `golden` the result of [`golden::case`].
    ///
    /// # Panics
    /// If an error is larger than allowed.
    pub async fn case(
        &mut self,
        name: &str,
        input: &[f32],
        class: u32,
        over: u32,
        (golden, notes): (BTreeMap<String, Weight>, Value),
    ) {
        let get = |name: &str| {
            let tensor = golden.get(name).unwrap_or_else(|| panic!("no golden {name}"));
            tensor.data.as_slice()
        };
        let named = |what: &str| format!("{name} {what}");
        let tape = self.network.forward(INPUT, input, Retain::All).unwrap();
        let mut explainer = Explainer::new(&tape);

        let logits = tape.logits().await.unwrap();
        let error = max_difference(&logits, get("logits"));
        assert!(error <= self.allowed.logits, "{}: off by {error:.1e}", named("logits"));
        self.largest.logits = self.largest.logits.max(error);

        let target = Target::Class(class);
        for layer in LAYERS {
            let id = self.find(layer);
            for (method, suffix) in CAMS {
                let suffix = format!("{layer}/{suffix}");
                if method == Method::GRAD_CAM_PLUS_PLUS && SIGNED.contains(&layer) {
                    continue;
                }
                // the stem's maps are large: three methods are enough there
                if !golden.contains_key(&suffix) {
                    assert_eq!(layer, "stem", "no golden {suffix}");
                    continue;
                }
                let (what, signed) = (named(&suffix), get(&suffix));
                let query = Query::new(method, target).at(id);
                let map = explainer.explain(&query).await.unwrap().data;
                self.cam(&what, layer, &map, &relu(signed, 1.0), largest(signed));
                if method == Method::GRAD_CAM {
                    // the other half of the signed map
                    let query = Query { counterfactual: true, ..query };
                    let against = explainer.explain(&query).await.unwrap().data;
                    self.cam(&what, layer, &against, &relu(signed, -1.0), largest(signed));
                }
            }
        }

        let head = self.find("head");
        let map = explainer.explain(&Query::new(Method::GRAD_CAM, target)).await.unwrap().data;
        let upsampled = every_fourth(&Bilinear::new((7, 7), (224, 224)).planes(&map, 1));
        let expected = get("head/grad-cam.upsampled");
        self.cam(&named("upsampled"), "head", &upsampled, expected, largest(expected));

        let cam = explainer.explain(&Query::new(Method::CAM, target)).await.unwrap().data;
        let signed = get("head/cam.signed");
        self.cam(&named("head/cam.signed"), "head", &cam, signed, largest(signed));

        let margin = Query::new(Method::GRAD_CAM, Target::Margin { class, over }).at(head);
        let margin = explainer.explain(&margin).await.unwrap().data;
        let signed = get("head/grad-cam.margin.signed");
        self.cam(&named("margin"), "head", &margin, &relu(signed, 1.0), largest(signed));

        for method in PIXEL_METHODS {
            let map = explainer.explain(&Query::new(method, target)).await.unwrap().data;
            let error = relative_l2(&every_fourth(&map), get(&format!("{method}.sub4")));
            self.gradient(&named(method.name()), error);
            // and the norm of the whole map
            let l2 = map.iter().map(|&v| f64::from(v) * f64::from(v)).sum::<f64>().sqrt();
            let expected = notes["stats"][method.name()]["l2"].as_f64().unwrap();
            self.gradient(&named(&format!("{method}, its norm")), (l2 - expected).abs() / expected);
        }

        // Grad-CAM's weights
        for layer in &LAYERS[..4] {
            let id = self.find(layer);
            let gradient = tape.backward(target, id, ReluRule::Exact).unwrap();
            let values = self.network.backend().download(&gradient).await.unwrap();
            let area = tape.shape(id).area();
            let means: Vec<f32> = values.chunks(area).map(|g| g.iter().sum::<f32>() / area as f32).collect();
            let what = format!("{layer}/gradient.channel_mean");
            self.gradient(&named(&what), relative_l2(&means, get(&what)));
        }
    }

    fn find(&self, layer: &str) -> NodeId {
        self.network.graph().find(layer).unwrap()
    }

    /// Compares a CAM; the error is a share of `scale`, the golden map's largest magnitude.
    fn cam(&mut self, what: &str, layer: &str, actual: &[f32], golden: &[f32], scale: f64) {
        let error = max_difference(actual, golden) / scale;
        let (allowed, largest) = if layer == "head" {
            (self.allowed.cam_at_head, &mut self.largest.cam_at_head)
        } else {
            (self.allowed.cam_before, &mut self.largest.cam_before)
        };
        assert!(error <= allowed, "{what}: off by {error:.1e} of the maximum");
        *largest = largest.max(error);
    }

    fn gradient(&mut self, what: &str, error: f64) {
        assert!(error <= self.allowed.gradient, "{what}: off by {error:.1e}, relative");
        self.largest.gradient = self.largest.gradient.max(error);
    }
}

/// The positive or the negative half of a signed map.
#[must_use]
pub fn relu(map: &[f32], sign: f32) -> Vec<f32> {
    map.iter().map(|&v| (sign * v).max(0.0)).collect()
}

/// The largest magnitude.
#[must_use]
pub fn largest(map: &[f32]) -> f64 {
    map.iter().map(|v| f64::from(v.abs())).fold(0.0, f64::max)
}

/// Every fourth row and column of planes of 224×224, which is what the goldens store.
pub fn every_fourth(planes: &[f32]) -> Vec<f32> {
    let rows = planes.chunks(224).enumerate().filter(|(row, _)| row % 224 % 4 == 0);
    rows.flat_map(|(_, row)| row.iter().step_by(4).copied()).collect()
}
